"""`check`, `hint` and `solution`: what a learner calls to have an answer judged and to get help."""

import ast
import inspect
import itertools
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
    return Text(f"One answer to {task.id} {task.title}", _without_types(source), code=True)


def _without_types(source: str) -> str:
    """A definition without annotations: they may name what the page has not imported.

    >>> _without_types("def f(x: Parents, *more: int) -> dict[str, Any]:\\n    return {}")
    'def f(x, *more):\\n    return {}'
    """
    text = source.encode()
    starts = [0, *itertools.accumulate(map(len, text.splitlines(keepends=True)))]
    spans = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.arg) and (kind := node.annotation) is not None:
            begin = starts[node.lineno - 1] + node.col_offset + len(node.arg.encode())
        elif isinstance(node, ast.FunctionDef) and (kind := node.returns) is not None:
            begin = text.rindex(b")", 0, starts[kind.lineno - 1] + kind.col_offset) + 1
        else:
            continue
        spans.append((begin, starts[(kind.end_lineno or 1) - 1] + (kind.end_col_offset or 0)))
    for begin, end in sorted(spans, reverse=True):
        text = text[:begin] + text[end:]
    return text.decode()
