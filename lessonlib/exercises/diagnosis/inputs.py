"""Is the answer right for other arguments than those it was given?

The reference is called with one argument changed: set to 0, transposed, read from its end, ... If
it then returns what the learner's answer returns, on every case, this argument was misread.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lessonlib.exercises.call import TimeUp, call, plain, time_limit
from lessonlib.exercises.diagnosis.evidence import Case, Evidence
from lessonlib.exercises.diagnosis.search import STOPPED, quietly

Change = tuple[str, Callable[[Any], Any]]

_SECONDS = 0.06  # by the clock, for one call of the reference; it takes a few thousandths
_NUMERIC = (np.ndarray, int, float)
_ARRAY: tuple[Change, ...] = (
    ("were 0 everywhere", np.zeros_like),
    ("were transposed", lambda a: a.T.copy() if a.ndim == 2 else a),
    ("were read from its end to its beginning", lambda a: a[::-1].copy() if a.ndim else a),
    ("lacked its first entry", lambda a: a[1:] if a.ndim == 1 else a),
    ("lacked its last entry", lambda a: a[:-1] if a.ndim == 1 else a),
    ("lacked its first row", lambda a: a[1:] if a.ndim > 1 else a),
    ("lacked its last row", lambda a: a[:-1] if a.ndim > 1 else a),
    ("had the opposite sign", lambda a: -a if a.dtype.kind in "if" else a),
    ("were squared", lambda a: a**2 if a.dtype.kind in "if" else a),
    ("had no signs", lambda a: np.abs(a) if a.dtype.kind in "if" else a),
    ("were 1 everywhere", np.ones_like),
    ("held only its last row", lambda a: np.where(_last_row(a), a, 0)),
)
_NUMBER: tuple[Change, ...] = (
    ("were 0", lambda a: type(a)(0)),
    ("were 1", lambda a: type(a)(1)),
    ("were one larger", lambda a: a + 1),
    ("were one smaller", lambda a: a - 1),
    ("{} and 1 - {} were exchanged", lambda a: 1 - a),
    ("had the opposite sign", lambda a: -a),
    ("were twice as large", lambda a: 2 * a),
    ("were half as large", lambda a: a / 2),
    ("were squared", lambda a: a * a),
    ("were its own square root", lambda a: abs(a) ** 0.5),
)
_LIST: tuple[Change, ...] = (
    ("were read from its end to its beginning", lambda a: a[::-1]),
    ("lacked its first entry", lambda a: a[1:]),
    ("lacked its last entry", lambda a: a[:-1]),
)


def _last_row(a: np.ndarray) -> np.ndarray:
    rows = np.arange(len(a)) == len(a) - 1 if a.ndim else np.array(True)
    return rows.reshape(-1, *[1] * (a.ndim - 1)) if a.ndim else rows


def other_arguments(evidence: Evidence) -> str | None:
    """A sentence on the argument that the answer reads differently, or None."""
    exercise = evidence.exercise
    if any(c.outcome.error is not None for c in evidence.all):
        return None
    names = exercise.arguments
    width = len(evidence.smallest.arguments)
    with quietly():
        for k, words, changed in _changes(evidence.smallest.arguments, width):
            if evidence.budget.left() <= 0:
                return None
            if _explains(evidence, changed):
                said = words.format(*(f"`{n}`" for n in names))
                text = f"The answer would be right if {said}."
                nothing = f" So `{names[k]}` has no effect where it should have one."
                return text + nothing if _ignored(evidence, k) else text
    return None


def _ignored(evidence: Evidence, k: int) -> bool:
    """Whether another value of an argument leaves the learner's result as it is."""
    case, exercise = evidence.smallest, evidence.exercise
    if evidence.answer is None or not isinstance(case.arguments[k], _NUMERIC):
        return False
    other = (*case.arguments[:k], 2 * case.arguments[k] + 1, *case.arguments[k + 1 :])
    done = call(exercise.tried, evidence.answer, other, 0.3)
    return done.error is None and evidence.agrees(done.value, case.outcome.value)


def _changes(
    arguments: tuple, width: int
) -> Iterator[tuple[int, str, Callable[[tuple], tuple | None]]]:
    for k, value in enumerate(arguments):
        for words, change in _fitting(value):
            said = words if "{}" in words else "{} " + words
            yield k, said.replace("{}", f"{{{k}}}"), _one_changed(k, change)
    for i in range(width):
        for j in range(i + 1, width):
            if type(arguments[i]) is type(arguments[j]):
                yield i, f"{{{i}}} and {{{j}}} were exchanged", _exchanged(i, j)
            if isinstance(arguments[i], _NUMERIC) and isinstance(arguments[j], _NUMERIC):
                yield i, f"{{{i}}} and {{{j}}} were both 0", _zeros(i, j)


def _fitting(value: Any) -> tuple[Change, ...]:
    if isinstance(value, np.ndarray):
        return _ARRAY
    if isinstance(value, bool):
        return (("were the opposite", lambda a: not a), ("were False", lambda a: False),
                ("were True", lambda a: True))  # fmt: skip
    if isinstance(value, int | float):
        return _NUMBER
    return _LIST if isinstance(value, list | tuple | str) else ()


def _one_changed(k: int, change: Callable[[Any], Any]) -> Callable[[tuple], tuple | None]:
    def changed(arguments: tuple) -> tuple | None:
        try:
            return (*arguments[:k], change(arguments[k]), *arguments[k + 1 :])
        except Exception:
            return None

    return changed


def _exchanged(i: int, j: int) -> Callable[[tuple], tuple | None]:
    def changed(arguments: tuple) -> tuple | None:
        parts = list(arguments)
        parts[i], parts[j] = parts[j], parts[i]
        return tuple(parts)

    return changed


def _zeros(i: int, j: int) -> Callable[[tuple], tuple | None]:
    def changed(arguments: tuple) -> tuple | None:
        return tuple(0 * a if k in (i, j) else a for k, a in enumerate(arguments))

    return changed


def _explains(evidence: Evidence, changed: Callable[[tuple], tuple | None]) -> bool:
    """Whether the reference with other arguments does what the answer does, on every case."""
    return all(_same(evidence, case, changed(case.arguments)) for case in evidence.all)


def _same(evidence: Evidence, case: Case, arguments: tuple | None) -> bool:
    if arguments is None:
        return False
    exercise = evidence.exercise
    try:
        with time_limit(_SECONDS):
            value = plain(exercise.tried(exercise.reference, *copy.deepcopy(arguments)))
    except KeyboardInterrupt:
        raise
    except (Exception, TimeUp):
        value = STOPPED
    return value is not STOPPED and evidence.agrees(case.outcome.value, value)
