"""What an error of Python or a NaN says to somebody who has not seen it a hundred times."""

import re

import numpy as np

from lessonlib.exercises.compare import as_array, leaves
from lessonlib.exercises.diagnosis.evidence import Case

_NUMBERS = re.compile(r"\d+")


def of_error(case: Case) -> str:
    """A sentence or two on the error that a call stopped with, and the learner's line."""
    error, outcome = case.outcome.error, case.outcome
    kind, text = type(error).__name__, " ".join(str(error).split())[:240]
    where = f" in line {outcome.number}" if outcome.number else ""
    said = f"{kind}: {text}" if text else kind
    advice = _advice(kind, text)
    return f"The function stopped with an error{where}. {advice + ' ' if advice else ''}({said})"


def _advice(kind: str, text: str) -> str:
    for pattern, words in _KNOWN:
        if found := re.search(pattern, f"{kind}: {text}"):
            return words.format(*found.groups())
    return ""


_KNOWN = (
    (r"size (\d+) is different from (\d+)", "A matrix product joins a side of {1} with one of {0}: "
     "the inner sizes have to be equal. Is a transpose missing, or one too many?"),
    (r"shapes (\(.*?\)) and (\(.*?\)) not aligned", "A matrix product of {0} and {1} does not exist: "
     "the inner sizes have to be equal."),
    (r"operands could not be broadcast together with shapes (\(.*?\)) (\(.*?\))", "Arrays of shape "
     "{0} and {1} do not fit together. An axis that keepdims=True would have kept, or a transpose?"),
    (r"array split does not result in an equal division", "np.split cuts along axis 0 unless it is "
     "told another axis."),
    (r"index (\d+) is out of bounds for axis \d+ with size (\d+)", "Position {0} is asked of {1}: "
     "they count from 0 to {1} - 1."),
    (r"IndexError: list index out of range", "A list is asked for a position behind its end."),
    (r"inhomogeneous shape", "Rows of different length cannot become one array. Does the function "
     "return what is asked for, and nothing beside it?"),
    (r"truth value of an array", "A whole array stands where one True or False is needed: compare "
     "entry by entry, or use np.any, np.all."),
    (r"RecursionError", "The function calls itself too deeply: Python stops at about 1,000 calls."),
    (r"KeyError: (.*)", "A dict is asked for the key {0}, which it does not have."),
    (r"UnboundLocalError: .*?'(\w+)'", "`{0}` is used before it has a value on this way through the "
     "function."),
    (r"NameError: name '(\w+)'", "There is no `{0}`: is the name right, and was the cell run that "
     "makes it?"),
    (r"missing \d+ required positional argument", "The function is called with fewer arguments than "
     "it has: keep the line `def ...` as it was."),
    (r"takes (\d+) positional arguments? but (\d+)", "The function takes {0} arguments and is called "
     "with {1}: keep the line `def ...` as it was."),
    (r"only integer scalar arrays|indices must be integers|integers .* are valid indices",
     "A position has to be a whole number (int)."),
    (r"cannot reshape array of size (\d+) into shape (.*)", "{0} numbers do not fill the shape {1}."),
    (r"ZeroDivisionError", "Something is divided by 0 here."),
    (r"zero-size array to reduction", "The largest or smallest of nothing is asked for: an array is "
     "empty here."),
    (r"Cannot cast ufunc .* output from dtype\('float64'\) to dtype\('int64'\)", "The array holds "
     "whole numbers and cannot take fractions in place: make it float first."),
)  # fmt: skip


def of_nan(case: Case) -> str | None:
    """Where NaN or infinity in a result comes from, or None if all of it is finite."""
    odd = [a for a in map(as_array, leaves(case.outcome.value)) if a is not None]
    if all(np.isfinite(a.astype(float)).all() for a in odd):
        return None
    right = [a for a in map(as_array, leaves(case.want)) if a is not None]
    if not all(np.isfinite(a.astype(float)).all() for a in right):
        return None
    warned, line = case.outcome.warned or ("", "")
    at = f" (in `{line}`)" if line else ""
    if "overflow" in warned and "exp" in warned:
        return (
            f"There are NaN or infinite values: exp overflows for large numbers{at}. Take the "
            "largest value off before exp."
        )
    if "overflow" in warned:
        return f"There are NaN or infinite values: a number grows beyond the range of float{at}."
    if "divide by zero encountered in log" in warned:
        return f"There are infinite values: the logarithm of 0 is taken{at}."
    if "invalid value encountered in log" in warned:
        return f"There are NaN values: the logarithm of a negative number is taken{at}."
    if "sqrt" in warned:
        return f"There are NaN values: the square root of a negative number is taken{at}."
    if "empty slice" in warned:
        return f"There are NaN values: the mean of nothing is taken{at}, an empty selection."
    if "divide" in warned:
        return (
            f"There are NaN or infinite values: something is divided by 0{at}. Which row or "
            "column is empty, or all masked?"
        )
    if "subtract" in warned or "reduce" in warned:
        return (
            f"There are NaN values: infinity is taken off infinity{at}. A row with nothing but "
            "-inf does that: everything in it is masked."
        )
    return f"There are NaN or infinite values{at}."
