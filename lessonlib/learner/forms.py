"""An answer may be right in another form than a page uses: a list for an array, a generator, ...

`in_form` puts a thin layer around such an answer, so that the cells that use it need not know.
"""

import copy
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.call import call, plain
from lessonlib.exercises.exercise import Exercise
from lessonlib.exercises.judge import SEED

_CASES = 3  # the first ones of an exercise are the smallest


def in_form(exercise: Exercise, answer: Any) -> Any:
    """The answer itself, or one around it that returns what the reference would return.

    The one around it also leaves its arguments as they are, where the answer changes them.
    """
    if not exercise.is_plain or isinstance(answer, type):
        return answer
    for arguments in exercise.cases(np.random.default_rng(SEED))[:_CASES]:
        model = call(exercise.tried, exercise.reference, arguments, exercise.seconds).value
        same = call(_same_form(model), answer, arguments, exercise.seconds)
        if same.value is not True or same.mutated is not None:
            return _formed(answer, model)
    return answer


def _same_form(model: Any) -> Callable[..., bool]:
    def use(answer: Callable[..., Any], *arguments: Any) -> bool:
        value = answer(*arguments)
        return _kinds(value) == _kinds(like(model, value))

    return use


def _formed(answer: Callable[..., Any], model: Any) -> Callable[..., Any]:
    @functools.wraps(answer)
    def formed(*arguments: Any, **named: Any) -> Any:
        return like(model, answer(*map(_own, arguments), **{k: _own(v) for k, v in named.items()}))

    return formed


def _own(argument: Any) -> Any:
    """A copy of what a function may change by accident."""
    own = isinstance(argument, np.ndarray | list | tuple | dict)
    return copy.deepcopy(argument) if own else argument


def _kinds(value: Any) -> Any:
    """The types in a value, nested as it is."""
    return type(value), [_kinds(v) for v in value] if isinstance(value, tuple | list) else []


def like(model: Any, value: Any) -> Any:
    """A value in the form of a model: an array, a list or a tuple of such, or a number.

    >>> like(np.zeros(2), (k * k for k in range(3)))
    array([0, 1, 4])
    >>> like((0.0, np.zeros(1)), [np.array(2.0), [3.0]])
    (np.float64(2.0), array([3.]))
    """
    value = plain(value)
    if isinstance(model, np.ndarray):
        return np.asarray(value)
    if isinstance(model, tuple | list):
        items = list(value) if isinstance(value, tuple | list | np.ndarray) else None
        if items is None or not model:
            return value
        models = model if len(model) == len(items) else [model[0]] * len(items)
        kind = tuple if isinstance(model, tuple) else list
        return kind(like(m, v) for m, v in zip(models, items, strict=True))
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value
