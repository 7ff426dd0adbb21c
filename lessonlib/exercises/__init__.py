"""The judge: what an exercise is, how an answer is called and compared, and what is said of it.

It knows no lesson. `lessonlib.lessons.registry` finds the exercises, `lessonlib.learner` holds what
a cell calls (`check`, `hint`, `predict`, ...).
"""

from importlib import import_module
from typing import Any

from lessonlib.exercises.judge import Exercise, Mistake, WrittenQuestion, judge
from lessonlib.exercises.prediction import Prediction
from lessonlib.exercises.result import Result

# Names that a learner's copy of a lesson may import from here; their home is above this package.
_LEARNER = {
    "TakeHome": "take_home",
    "check": "check",
    "export_progress": "record",
    "hint": "check",
    "import_progress": "record",
    "predict": "predict",
    "progress": "progress",
    "solution": "check",
    "take_home": "take_home",
}

__all__ = [  # noqa: PLE0604 (all are strings)
    "Exercise",
    "Mistake",
    "Prediction",
    "Result",
    "WrittenQuestion",
    "judge",
    *_LEARNER,
]


def __getattr__(name: str) -> Any:
    if name in _LEARNER:
        return getattr(import_module(f"lessonlib.learner.{_LEARNER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
