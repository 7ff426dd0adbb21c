"""Turn what came back into points and words; nothing here runs a student's code."""

from dataclasses import replace
from typing import Any

import numpy as np

from lessonlib.exercises.call import Outcome, TimeUp, plain
from lessonlib.exercises.compare import difference
from lessonlib.exercises.judge import Exercise
from lessonlib.exercises.result import CORRECT, NOT_YET, Result
from lessonlib.homework.sandbox.session import ProcessEnded, Transcript
from lessonlib.homework.submission.cases import Cases

_CRASHES = {-4: "illegal instruction", -7: "bus error", -8: "arithmetic error",
            -9: "out of memory or time", -11: "segmentation fault", -24: "out of processor time",
            -25: "a file grew too large"}  # fmt: skip
ASKED = (
    "The answer calls the library function that this exercise asks you to write. "
    "No points for this exercise."
)


def result_of(exercise: Exercise, message: str, status: str = NOT_YET) -> Result:
    """A result without points."""
    return Result(exercise.id, exercise.title, status, message)


def ending(seen: Transcript) -> str:
    """How the student's process ended, in words."""
    if seen.stopped:
        return "stopped by the grader"
    if seen.refused:
        return f"stopped by the grader, which was sent {seen.refused}"
    return _CRASHES.get(seen.ending, f"exit code {seen.ending}")


def outcomes(
    exercise: Exercise, seen: Transcript, calls: list[tuple], first: int = 0
) -> list[Outcome]:
    """The outcomes of a group of calls, as far as they go; a missing one is an error.

    calls : the arguments of each; first: the number of the first one
    """
    found: list[Outcome] = []
    for k, arguments in enumerate(calls, first):
        if k in seen.outcomes:
            found.append(read(exercise, seen.outcomes[k], arguments))
            if isinstance(found[-1].error, TimeUp | NotImplementedError):
                break
        else:
            error = TimeUp() if seen.stopped else ProcessEnded(f"the process ended, {ending(seen)}")
            return [*found, Outcome(error=error)]
    return found


def read(exercise: Exercise, outcome: Outcome, arguments: tuple) -> Outcome:
    """An outcome with what is compared in place of what the student's process has sent."""
    if exercise.read is None or outcome.error is not None:
        return outcome
    try:
        return replace(outcome, value=plain(exercise.read(outcome.value, *arguments)))
    except Exception as error:  # as it would be in the lesson, where both are one call
        return replace(outcome, value=None, error=error)


def no_answer(exercise: Exercise, seen: Transcript) -> Result:
    """What to say where no function came out of the cells."""
    if seen.over:
        text = "The time for the whole submission was over before this exercise."
        return result_of(exercise, text)
    if seen.answer == "value":
        text = f"`{exercise.name}` is no function in this notebook, it is {seen.shown}."
        return result_of(exercise, text)
    errors = [c["error"] for c in seen.cells.values() if c["error"]]
    if seen.answer == "missing" and errors:
        kind, text = errors[-1][0], errors[-1][-1]
        return result_of(
            exercise, f"There is no `{exercise.name}`: a cell stopped with {kind}: {text}"
        )
    if seen.answer == "missing":
        return result_of(exercise, f"No cell of this notebook defines `{exercise.name}`.")
    return result_of(exercise, f"The notebook's process ended before the answer ({ending(seen)}).")


def share(
    cases: Cases, public: list[Outcome], hidden: list[Outcome], recognised: bool
) -> tuple[float, str]:
    """The share of the points, and why it is none where cases passed without work."""
    in_public = _passed(cases, public, 0, len(cases.public))
    in_hidden = _passed(cases, hidden, len(cases.public), len(cases.every))
    score = cases.points(in_public, in_hidden, recognised)
    if score == 1.0 or not in_hidden.any():
        return score, ""
    if _is_constant(hidden):
        return 0.0, "It returns the same for every input: no points."
    if _is_echo(hidden, cases.hidden):
        return 0.0, "It returns what it was given: no points."
    if score == 0 and not (in_hidden & ~cases.shown[len(cases.public) :]).any():
        return 0.0, "It is right only where the lesson shows the answer: no points."
    if score == 0:
        return 0.0, "It is right only where an answer without any work is right too: no points."
    return score, ""


def _passed(cases: Cases, outcomes: list[Outcome], start: int, stop: int) -> np.ndarray:
    """Which cases of a group are right; those that were not reached are not."""
    passed = np.zeros(stop - start, dtype=bool)
    passed[: len(outcomes)] = cases.passed(outcomes, start)
    return passed


_SHOWS_NO_CASE = ("property", "arguments", "twin")  # what is said names no number of a case


def _is_constant(outcomes: list[Outcome]) -> bool:
    values = [o.value for o in outcomes if o.error is None]
    same = [difference(v, values[0]) is None for v in values[1:]] if values else []
    return len(same) > 0 and all(same)


def _is_echo(outcomes: list[Outcome], cases: list[tuple]) -> bool:
    """Whether every value is an argument, or a tuple of arguments, always the same ones."""
    pairs = [(o.value, c) for o, c in zip(outcomes, cases, strict=False) if o.error is None]
    if len(pairs) < 2:
        return False
    if all(isinstance(v, tuple) and v for v, _ in pairs):
        widths = {len(v) for v, _ in pairs}
        if len(widths) != 1:
            return False
        return all(_same_argument([(v[k], c) for v, c in pairs]) for k in range(widths.pop()))
    return _same_argument(pairs)


def _same_argument(pairs: list[tuple[Any, tuple]]) -> bool:
    width = min(len(c) for _, c in pairs)
    return any(
        all(v is not None and difference(v, c[k]) is None for v, c in pairs) for k in range(width)
    )


def explain(exercise: Exercise, known: Result, outside: Result) -> Result:
    """The message of the lesson's `check`; the homework's own cases are never shown."""
    if outside.status == CORRECT and known.status == CORRECT:
        count = "the lesson's cases and on the homework's own"
        return replace(known, message=f"Agrees with the reference on {count}.")  # and notes
    if known.status != CORRECT:
        return known
    if outside.mistake is not None:
        return replace(outside, details=())
    if outside.how not in _SHOWS_NO_CASE:  # the name of what was found may hold a case, too
        outside = replace(outside, message="", finding="", how="")
    text = (
        f"It agrees on the lesson's cases, but only on {outside.score:.0%} of the homework's own "
        "cases. Was it written for the examples? Try inputs of other sizes and signs."
    )
    return replace(outside, message=f"{text} {outside.message}".strip(), details=())
