"""`check`, `hint` and `solution`: what a learner calls to have an answer judged and to get help."""

import inspect
import os
import textwrap
from dataclasses import replace
from typing import Any

from lessonlib.exercises.call import forbid
from lessonlib.exercises.exercise import Exercise
from lessonlib.exercises.judge import judge
from lessonlib.exercises.result import Result, Text
from lessonlib.learner import own, record
from lessonlib.lessons.registry import find


def check(exercise: str, answer: Any) -> Result | float:
    """Try the learner's answer and say: not attempted, not yet (and why), or correct.

    In a lesson it never raises; what it accepts is kept for `yours`. Where nbgrader validates, a
    wrong answer raises ValueError; where it grades, the points earned come back as a bare number.
    """
    mode = os.environ.get("NBGRADER_EXECUTION", "")
    task = find(exercise)
    if mode not in ("validate", "autograde"):
        result = own.judged(task, answer)
        record.note_check(task.id, result.status, result.mistake, result.how, result.finding)
        return _kept(task, answer, result)
    with forbid(task.forbidden):
        result = judge(task, answer)
    if mode == "autograde":
        return round(task.points * result.score, 4)
    if not result:
        raise ValueError(repr(result))
    return result


def _kept(task: Exercise, answer: Any, result: Result) -> Result:
    """The result, once an accepted answer is kept; with a line on what is kept, where needed."""
    if not own.is_on() or answer is task.reference:
        return result
    if result:
        word = own.keep(task, answer)
    elif own.is_kept(task.id):
        word = f'the accepted answer stays in use: yours("{task.id}")'
    else:
        return result
    return replace(result, details=(*result.details, ("kept", word))) if word else result


_hints_shown: dict[str, int] = {}


def hint(exercise: str) -> Text:
    """Give the next hint; after the last one it starts again from the first."""
    task = find(exercise)
    shown = _hints_shown.get(task.id, 0) % len(task.hints)
    _hints_shown[task.id] = shown + 1
    record.note_hint(task.id, shown + 1)
    last = " (the last one)" if shown + 1 == len(task.hints) else ""
    return Text(f"Hint {shown + 1} of {len(task.hints)}{last}", task.hints[shown])


def solution(exercise: str) -> Text:
    """Show one right answer, with comments."""
    task = find(exercise)
    source = textwrap.dedent(inspect.getsource(task.reference)).strip()
    return Text(f"One answer to {task.id} {task.title}", source, code=True)
