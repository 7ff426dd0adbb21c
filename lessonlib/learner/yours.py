"""`yours`: the learner's own accepted answer, at work on the page; `affordable` for slow ones."""

import math
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lessonlib.exercises.call import AskedToWrite, call
from lessonlib.exercises.exercise import Exercise
from lessonlib.learner import own
from lessonlib.learner.forms import in_form
from lessonlib.lessons.registry import find

_NONE_YET = "check has not accepted an answer of yours yet"
_IMPORT_SECONDS = 5.0

_trusted: dict[tuple[str, str], tuple[Any, str]] = {}  # (exercise, module's text) -> found, why not


def yours(exercise: str) -> Any:
    """The answer of yours that `check` accepted, or the reference as long as there is none.

    One line says which. Answers are kept in my/own/; in a new kernel an answer from there is
    checked again before it is used. While homework is graded, calling what comes back raises
    RuntimeError.
    Raises KeyError naming the ids of the lesson

    >>> yours("00.1")([1, 2], [1, 2])
    00.1 accuracy: ...
    1.0
    """
    if os.environ.get("NBGRADER_EXECUTION"):
        return _refusing(exercise)
    task = find(exercise)
    if own.is_judging(task.id):
        raise AskedToWrite("this exercise asks you to write it")
    answer, which = _chosen(task) if own.is_on() else (task.reference, _reference(_NONE_YET))
    print(f"{task.id} {task.name}: {which}")  # noqa: T201 (the line that says which)
    return answer


def _refusing(exercise: str) -> Callable[..., Any]:
    def refuse(*arguments: Any, **named: Any) -> Any:
        raise RuntimeError(
            f'yours("{exercise}") gives nothing while homework is graded: write what you need '
            "into your answer"
        )

    return refuse


def _reference(why: str) -> str:
    return f"the reference ({why})"


def _chosen(task: Exercise) -> tuple[Any, str]:
    """The answer, and in words which one it is."""
    here, why = own.kept_here(task.id), ""
    if here is None or here.has_source:
        found, why = _from_file(task)
        if found is not None:
            return found, _which(here, "")
    if here is not None:
        return in_form(task, here.answer), _which(here, why)
    return task.reference, _reference(why)


def _which(here: own.Kept | None, why: str) -> str:
    reason = (here.only_here if here else "") or why
    return f"yours, in this kernel only ({reason})" if reason else "yours"


# ---- from my/own/ -------------------------------------------------------------------------------


def _from_file(task: Exercise) -> tuple[Any, str]:
    """The answer that the lesson's module holds, or None and why there is none."""
    file = own.file_of(task.id)
    try:
        text = own.text_of(file)
    except OSError as error:
        return None, f"{own.shown(file)} cannot be read: {error.strerror or error}"
    if not own.has_block(text, task.id):
        return None, _NONE_YET
    if (task.id, text) not in _trusted:
        _trusted[task.id, text] = _tried(task, text, file)
    return _trusted[task.id, text]


def _tried(task: Exercise, text: str, file: Path) -> tuple[Any, str]:
    """Run the exercise's block, or else the whole module, and judge what it defines."""
    why = ""
    for piece in (own.alone(text, task.id), text):
        done = call(_defined, piece, (task.name, str(file)), _IMPORT_SECONDS)
        if done.error is not None:
            error = f"{type(done.error).__name__}: {done.error}"
            why = why or f"{own.shown(file)} does not work: {error}"
        elif own.judged(task, done.value[0]):
            return in_form(task, done.value[0]), ""
        else:
            why = f"the one in {own.shown(file)} no longer passes the check"
    return None, why


def _defined(code: str, name: str, file: str) -> list[Any]:
    """What a piece of a module defines under a name. Raises what running it raises."""
    space: dict[str, Any] = {"__name__": f"own.{Path(file).stem}", "__file__": file}
    exec(compile(code, file, "exec"), space)
    if name not in space:
        raise NameError(f"it defines no `{name}`")
    return [space[name]]


# ---- what a slow answer can do ------------------------------------------------------------------


def affordable(run: Callable[[int], Any], sizes: Sequence[int], seconds: float = 2.0) -> int:
    """The largest of the sizes that `run` manages in about so many seconds, the smallest at least.

    The smallest size is timed. With one measurement, twice the size is taken to need four times as
    long; larger sizes are tried as long as that costs little, and then say how the time grows.
    One line says so if it is not the largest. Where the pages' own outputs are made, nothing is
    timed and the largest is taken.

        steps = affordable(lambda n: train(states, n), sizes=(50, 200, 1000))
        losses = train(states, steps)

    Raises ValueError where there are no sizes, or one that is not above 0

    >>> affordable(lambda n: sum(range(n)), sizes=(10, 100))
    100
    """
    ordered = sorted(set(sizes))
    if not ordered or ordered[0] <= 0:
        raise ValueError(f"affordable: sizes {sizes!r}; give at least one, all above 0")
    if not own.is_on():
        return ordered[0] if os.environ.get("NBGRADER_EXECUTION") else ordered[-1]
    expected = _expected(run, ordered, seconds)
    size = max((s for s in ordered if expected(s) <= seconds), default=ordered[0])
    if size != ordered[-1]:
        print(  # noqa: T201 (the line that says so)
            f"Size {size} in place of {ordered[-1]}: with this answer, that would take about "
            f"{_in_words(expected(ordered[-1]))}."
        )
    return size


def _expected(
    run: Callable[[int], Any], ordered: list[int], seconds: float
) -> Callable[[int], float]:
    """The seconds that a size is expected to take: t(size) = t · (size / tried) ** power."""
    tried, took, power, spent = 0, 0.0, 2.0, 0.0

    def expected(size: int) -> float:
        return took * (size / tried) ** power

    for size in ordered:
        if tried and spent + expected(size) > seconds / 2:
            break
        before, start = (tried, took), time.perf_counter()
        run(size)
        tried, took = size, max(time.perf_counter() - start, 1e-6)
        spent += took
        if before[0]:
            power = max(1.0, math.log(took / before[1]) / math.log(tried / before[0]))
    return expected


def _in_words(seconds: float) -> str:
    """A time to read.

    >>> _in_words(0.31), _in_words(12.2), _in_words(600.0)
    ('0.3 seconds', '12 seconds', '10 minutes')
    """
    if seconds >= 120:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds:.0f} seconds" if seconds >= 2 else f"{seconds:.1f} seconds"
