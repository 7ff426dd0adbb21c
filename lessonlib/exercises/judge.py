"""What an exercise is made of, and how an answer to it is judged.

An exercise is a reference function, a generator of test cases, hints, and the mistakes people make.
A mistake is kept as the wrong function itself: whoever's answer behaves like it on every case has
made that mistake, and earns its message.
"""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lessonlib.exercises.call import AskedToWrite, Outcome, TimeUp, call
from lessonlib.exercises.compare import difference, pattern, show
from lessonlib.exercises.result import CORRECT, NOT_ATTEMPTED, NOT_YET, Result

SEED = 20  # the cases of a lesson are the same for everyone; homework draws its own


@dataclass(frozen=True)
class Mistake:
    """A way people get it wrong: a name, the wrong function, and what to tell them."""

    name: str
    answer: Callable[..., Any]
    message: str


def _plain(answer: Callable[..., Any], *arguments: Any) -> Any:
    """Call the answer with the arguments of a case, as most exercises do."""
    return answer(*arguments)


@dataclass(frozen=True)
class Exercise:
    """One exercise: everything `check`, `hint`, `solution` and the grader need to know.

    cases(rng) returns a list of argument tuples, small ones first. `use(answer, *arguments)` says
    how an answer is called; it returns plain numbers, arrays, strings, tuples, lists or dicts.
    `starter` is the faulty function of a find-the-bug exercise. `forbidden` names the library
    functions that would be the answer.
    """

    id: str
    title: str
    points: int
    stars: int
    minutes: int
    reference: Callable[..., Any]
    cases: Callable[[np.random.Generator], list[tuple]]
    hints: tuple[str, ...]
    mistakes: tuple[Mistake, ...] = ()
    forbidden: tuple[str, ...] = ()
    starter: Callable[..., Any] | None = None
    use: Callable[..., Any] = _plain
    tolerance: float = 1e-8
    seconds: float = 5.0

    @property
    def name(self) -> str:
        """The name of the function or class that the learner writes."""
        return self.reference.__name__

    @property
    def arguments(self) -> list[str]:
        """The names of what a case holds: the function's arguments, or those of `use` after it."""
        if self.use is _plain:
            return list(inspect.signature(self.reference).parameters)
        return list(inspect.signature(self.use).parameters)[1:]


@dataclass(frozen=True)
class WrittenQuestion:
    """A question answered in words and graded by hand; its text is in the notebook.

    `rubric` lists what earns how many points.
    """

    id: str
    title: str
    points: int
    rubric: tuple[str, ...]


def judge(exercise: Exercise, answer: Any, seed: int = SEED) -> Result:
    """Try an answer on the exercise's cases and say what was seen. Never raises or runs long."""
    if not callable(answer):
        return _result(
            exercise,
            NOT_YET,
            f'Hand over the function itself, without parentheses: check("{exercise.id}", '
            f"{exercise.name}). What came was {show(answer, 60)}.",
        )
    cases = exercise.cases(np.random.default_rng(seed))
    outcomes: list[Outcome] = []
    left = exercise.seconds
    for arguments in cases:
        outcomes.append(call(exercise.use, answer, arguments, left))
        if isinstance(outcomes[-1].error, TimeUp | NotImplementedError | AskedToWrite):
            break
    return verdict(exercise, cases, outcomes)


def verdict(exercise: Exercise, cases: list[tuple], outcomes: list[Outcome]) -> Result:
    """Turn what the calls returned into a result: runs, returns, kind, shape, dtype, values."""
    if outcomes and isinstance(outcomes[0].error, NotImplementedError):
        return _result(
            exercise,
            NOT_ATTEMPTED,
            f"Write your code between the two comment lines, run the cell, then run this one. "
            f'Stuck? hint("{exercise.id}").',
        )
    wants = [call(exercise.use, exercise.reference, c, 60.0).value for c in cases]
    found = [_fault(exercise, o, w) for o, w in zip(outcomes, wants, strict=False)]
    score = sum(f is None for f in found) / len(cases)
    if len(outcomes) == len(cases) and not any(found):
        return _result(exercise, CORRECT, _praise(exercise, len(cases)), 1.0)
    first, fault = next((k, f) for k, f in enumerate(found) if f is not None)
    values = [o.value for o in outcomes]
    if exercise.starter is not None and _behaves_like(exercise, exercise.starter, cases, values):
        return _result(
            exercise, NOT_ATTEMPTED, "The bug is still there. " + _how_to_fix(exercise), score
        )
    mistake = recognise(exercise, cases, outcomes)
    if mistake is not None:
        message = mistake.message
    else:
        message = _advice(exercise, outcomes[first], wants[first], fault)
    details = _details(exercise, cases[first], outcomes[first], wants[first], fault)
    name = None if mistake is None else mistake.name
    return _result(exercise, NOT_YET, message, score, name, details)


def _how_to_fix(exercise: Exercise) -> str:
    return f'Change one thing between the two comment lines. Stuck? hint("{exercise.id}").'


def _praise(exercise: Exercise, cases: int) -> str:
    points = f"{exercise.points} point{'s' * (exercise.points != 1)}"
    return f"All {cases} test cases agree with the reference. {points}."


def _result(
    exercise: Exercise,
    status: str,
    message: str,
    score: float = 0.0,
    mistake: str | None = None,
    details: tuple[tuple[str, str], ...] = (),
) -> Result:
    return Result(exercise.id, exercise.title, status, message, score, mistake, details)


def _fault(exercise: Exercise, outcome: Outcome, want: Any) -> str | None:
    """One sentence on what is wrong with one outcome, or None."""
    error = outcome.error
    if isinstance(error, TimeUp):
        return f"no answer after {exercise.seconds:g} seconds"
    if error is not None:
        return f"{type(error).__name__}: {error}"
    wrong = difference(outcome.value, want, exercise.tolerance)
    if wrong is None and outcome.mutated is not None:
        name = exercise.arguments[outcome.mutated]
        return f"the values are right, but the call changed its argument `{name}`"
    return wrong


def _behaves_like(
    exercise: Exercise, wrong: Callable[..., Any], cases: list[tuple], values: list[Any]
) -> bool:
    """Whether the values are what `wrong` returns on every case (and none is missing)."""
    if len(values) < len(cases):
        return False
    for arguments, value in zip(cases, values, strict=True):
        other = call(exercise.use, wrong, arguments, exercise.seconds)
        if other.error is not None or value is None:
            return False
        if difference(value, other.value, exercise.tolerance) is not None:
            return False
    return True


def recognise(exercise: Exercise, cases: list[tuple], outcomes: list[Outcome]) -> Mistake | None:
    """The first known mistake whose function returns the same values on every case, or None."""
    if any(o.error is not None for o in outcomes):
        return None
    values = [o.value for o in outcomes]
    for mistake in exercise.mistakes:
        if _behaves_like(exercise, mistake.answer, cases, values):
            return mistake
    return None


def _advice(exercise: Exercise, outcome: Outcome, want: Any, fault: str) -> str:
    error = outcome.error
    if isinstance(error, TimeUp):
        return (
            f"The function was stopped: {fault}. Does a loop wait for something that never happens?"
        )
    if isinstance(error, AskedToWrite):
        return "The answer calls the library function that this exercise asks you to write."
    if isinstance(error, SystemExit):
        return "The function called exit(). Return a value instead."
    if error is not None:
        return f"The function stopped with an error. {fault}"
    if outcome.mutated is not None and "changed its argument" in fault:
        return (
            f"Nearly: {fault}. Work on a new array (w = w + ... instead of w += ...), "
            "so that the caller's data stay as they were."
        )
    relation = pattern(outcome.value, want)
    if outcome.value is None:
        return "The function returned None. Is a `return` missing?"
    return f"The result differs. {relation}" if relation else f"The result differs: {fault}."


def _details(
    exercise: Exercise, arguments: tuple, outcome: Outcome, want: Any, fault: str
) -> tuple[tuple[str, str], ...]:
    names = exercise.arguments
    given = ", ".join(f"{n}={show(a, 70)}" for n, a in zip(names, arguments, strict=False))
    rows = [("called", f"{exercise.name}({given})")]
    if outcome.error is None:
        rows.append(("came back", show(outcome.value)))
    elif outcome.line:
        rows.append(("your line", outcome.line))
    rows.append(("expected", show(want)))
    if outcome.error is None:
        rows.append(("first difference", fault))
    if outcome.printed:
        rows.append(("it printed", textwrap.shorten(outcome.printed, 200)))
    return tuple(rows)
