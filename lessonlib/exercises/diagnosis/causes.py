"""What an error of Python or a NaN says to somebody who has not seen it a hundred times."""

import re
from typing import Any

import numpy as np

from lessonlib.exercises.call import Unusable
from lessonlib.exercises.compare import as_array, leaves
from lessonlib.exercises.diagnosis.evidence import Case


def of_error(case: Case) -> str:
    """A sentence or two on the error that a call stopped with, and the learner's line."""
    error, outcome = case.outcome.error, case.outcome
    kind, text = type(error).__name__, " ".join(str(error).split())[:240]
    if isinstance(error, Unusable):
        return f"What your answer returns cannot be tried out: {text}."
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
    (
        r"size (\d+) is different from (\d+)",
        "A matrix product joins a side of {1} with one of {0}: the inner sizes have to be equal. "
        "Is a transpose missing, or one too many?",
    ),
    (
        r"shapes (\(.*?\)) and (\(.*?\)) not aligned",
        "A matrix product of {0} and {1} does not exist: the inner sizes have to be equal.",
    ),
    (
        r"operands could not be broadcast together with shapes (\(.*?\)) (\(.*?\))",
        "Arrays of shape {0} and {1} do not fit together. Is a transpose missing, or an axis that "
        "keepdims=True would have kept?",
    ),
    (
        r"array split does not result in an equal division",
        "np.split cuts along axis 0 unless it is told another axis.",
    ),
    (
        r"index (\d+) is out of bounds for axis \d+ with size (\d+)",
        "Position {0} is asked of {1} entries: they are counted from 0.",
    ),
    (
        r"IndexError: (list|tuple|string) index out of range",
        "A {0} is asked for a position behind its end: is it empty, or shorter than expected?",
    ),
    (
        r"'NoneType' object",
        "Something is None here. Methods that work in place (shuffle, sort, append) return None.",
    ),
    (
        r"inhomogeneous shape",
        "Rows of different length cannot become one array. Does the function return what is asked "
        "for, and nothing more?",
    ),
    (
        r"truth value of an array",
        "A whole array is used where one True or False is needed: compare entry by entry, or use "
        "np.any or np.all.",
    ),
    (r"RecursionError", "The function calls itself too deeply: Python stops at about 1,000 calls."),
    (r"KeyError: (.*)", "A dict is asked for the key {0}, which it does not have."),
    (r"UnboundLocalError: .*?'(\w+)'", "`{0}` is used before it has a value."),
    (
        r"NameError: name '(\w+)'",
        "There is no `{0}`: is the name right, and has the cell been run that makes it?",
    ),
    (
        r"missing \d+ required positional argument",
        "The function is called with fewer arguments than it has: keep the line `def ...`.",
    ),
    (
        r"takes (\d+) positional arguments? but (\d+)",
        "The function takes {0} arguments and is called with {1}: keep the line `def ...`.",
    ),
    (
        r"only integer scalar arrays|indices must be integers|integers .* are valid indices",
        "A position has to be a whole number (int).",
    ),
    (
        r"cannot reshape array of size (\d+) into shape (.*)",
        "{0} numbers do not fill the shape {1}.",
    ),
    (
        r"only (?:0-dimensional|length-1|size-1) arrays can be converted",
        "A function for one number (one of `math`, or float) is given a whole array; those of "
        "NumPy work on every entry.",
    ),
    (
        r"ZeroDivisionError",
        "Something is divided by 0 here. Did a count stay at 0, because a loop was empty or a "
        "generator had been used up before?",
    ),
    (
        r"zero-size array to reduction",
        "The largest or smallest of nothing is asked for: an array is empty here.",
    ),
    (
        r"Cannot cast ufunc .* output from dtype\('float64'\) to dtype\('int64'\)",
        "The array holds whole numbers and cannot take fractions in place: make it float first.",
    ),
)


def of_nan(case: Case) -> str | None:
    """Where NaN or infinity in a result comes from, or None if all of it is finite."""
    if _is_finite(case.outcome.value) or not _is_finite(case.want):
        return None
    warned, line = case.outcome.warned or ("", "")
    at = f" (in `{line}`)" if line else ""
    for pattern, words in _WARNED:
        if re.search(pattern, warned):
            return f"There are NaN or infinite values: {words.format(at=at)}"
    return f"There are NaN or infinite values{at}."


def _is_finite(value: Any) -> bool:
    arrays = [a for a in map(as_array, leaves(value)) if a is not None]
    return all(np.isfinite(a.astype(float)).all() for a in arrays)


_WARNED = (
    (
        r"overflow.* exp",
        "exp overflows for large numbers{at}. Take the largest value off before exp.",
    ),
    (r"overflow", "a number grows beyond the range of float{at}."),
    (r"divide by zero.* log", "the logarithm of 0 is taken{at}."),
    (r"invalid value.* log", "the logarithm of a negative number is taken{at}."),
    (r"sqrt", "the square root of a negative number is taken{at}."),
    (r"empty slice", "the mean of nothing is taken{at}: the selection is empty."),
    (
        r"divide",
        "something is divided by 0{at}: a length, a sum, or a row that is empty or all hidden?",
    ),
    (
        r"subtract|reduce",
        "infinity is taken off infinity{at}. A row with nothing but -inf does that: all of it is "
        "hidden by the mask.",
    ),
)
