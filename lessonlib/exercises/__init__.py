"""Exercises: check an answer, give hints, show a solution, ask for predictions, keep progress.

`engine` judges answers, `l01` and its neighbours hold one lesson's exercises each.
"""

from lessonlib.exercises.carry import TakeHome, take_home
from lessonlib.exercises.engine import (
    Exercise,
    Mistake,
    WrittenQuestion,
    check,
    hint,
    judge,
    solution,
)
from lessonlib.exercises.overview import progress
from lessonlib.exercises.predictions import Prediction, predict
from lessonlib.exercises.record import export_progress, import_progress
from lessonlib.exercises.result import Result

__all__ = [
    "Exercise",
    "Mistake",
    "Prediction",
    "Result",
    "TakeHome",
    "WrittenQuestion",
    "check",
    "export_progress",
    "hint",
    "import_progress",
    "judge",
    "predict",
    "progress",
    "solution",
    "take_home",
]
