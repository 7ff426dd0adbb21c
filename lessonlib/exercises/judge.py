"""How an answer is judged: called on every case, compared, and told what is wrong.

The order of what is said: it stopped, nothing came back; what every right answer has and this one
lacks; a known mistake; what the searches of `diagnosis` find; the first difference, on the smallest
case that shows it.
"""

import ast
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lessonlib.exercises.call import AskedToWrite, Outcome, TimeUp, call
from lessonlib.exercises.compare import Comparison, Difference
from lessonlib.exercises.diagnosis.evidence import Case as Tried
from lessonlib.exercises.diagnosis.evidence import Evidence
from lessonlib.exercises.diagnosis.explain import Finding, explain
from lessonlib.exercises.diagnosis.program import program_of
from lessonlib.exercises.exercise import Case, Exercise, Mistake, Property, WrittenQuestion
from lessonlib.exercises.result import CORRECT, NOT_ATTEMPTED, NOT_YET, Result
from lessonlib.exercises.show import show

__all__ = ["SEED", "Case", "Exercise", "Mistake", "Property", "WrittenQuestion", "judge", "verdict"]

SEED = 20  # the cases of a lesson are the same for everyone; homework draws its own
FRESH = 21  # drawn to confirm what is said of a wrong answer
_ENDS = (TimeUp, NotImplementedError, AskedToWrite)


def judge(exercise: Exercise, answer: Any, seed: int = SEED) -> Result:
    """Try an answer on the exercise's cases and say what was seen. Never raises or runs long."""
    if not callable(answer):
        return _result(
            exercise,
            NOT_YET,
            f'Hand over the function itself, without parentheses: check("{exercise.id}", '
            f"{exercise.name}). What came was {show(answer, 60)}.",
        )
    try:
        return _judged(exercise, answer, seed)
    except Exception as failed:  # a notebook may have changed what the checker itself calls
        return _result(exercise, NOT_YET, _no_reference(failed))


def _judged(exercise: Exercise, answer: Any, seed: int) -> Result:
    cases = exercise.cases(np.random.default_rng(seed))
    outcomes = _call_all(exercise, answer, cases)
    fresh, again = [], []
    if not _quick_ending(outcomes) and _any_fault(exercise, cases, outcomes):
        fresh = exercise.cases(np.random.default_rng(FRESH))
        again = _call_all(exercise, answer, fresh)
    return verdict(exercise, cases, outcomes, fresh, again, answer)


def _call_all(exercise: Exercise, answer: Any, cases: list[tuple]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for arguments in cases:
        outcomes.append(call(exercise.tried, answer, arguments, exercise.seconds))
        if isinstance(outcomes[-1].error, _ENDS):
            break
    return outcomes


def _quick_ending(outcomes: list[Outcome]) -> bool:
    return isinstance(outcomes[-1].error, _ENDS)


def _any_fault(exercise: Exercise, cases: list[tuple], outcomes: list[Outcome]) -> bool:
    return any(t.failed for t in _tried(exercise, cases, outcomes)[0])


def _tried(
    exercise: Exercise, cases: Sequence[tuple], outcomes: Sequence[Outcome]
) -> tuple[list[Tried], list[str]]:
    """The cases with what was expected and the first difference, and notes on the form."""
    tried, notes = [], Comparison(exercise.tolerance, exercise.values, exercise.strict)
    for arguments, outcome in zip(cases, outcomes, strict=False):
        want = expected(exercise, arguments)
        tried.append(
            Tried(arguments, outcome, want, _fault(exercise, arguments, outcome, want, notes))
        )
    return tried, notes.notes


def expected(exercise: Exercise, arguments: tuple) -> Any:
    """What the reference returns in a case. Raises ReferenceFailed where it cannot be computed."""
    right = call(exercise.tried, exercise.reference, arguments, 60.0)
    if right.error is not None:
        raise ReferenceFailed(f"{type(right.error).__name__}: {right.error}")
    return right.value


def failing(exercise: Exercise, cases: Sequence[tuple], outcomes: Sequence[Outcome]) -> list[int]:
    """The positions of the cases in which an answer is wrong. Raises ReferenceFailed."""
    return [k for k, case in enumerate(_tried(exercise, cases, outcomes)[0]) if case.failed]


def agrees(exercise: Exercise, arguments: tuple, outcome: Outcome, want: Any) -> bool:
    """Whether one outcome is right; `want` is what the reference returns in this case."""
    notes = Comparison(exercise.tolerance, exercise.values, exercise.strict)
    return outcome.error is None and _fault(exercise, arguments, outcome, want, notes) is None


class ReferenceFailed(Exception):
    """The exercise's own answer could not be computed, so nothing can be said of the learner's."""


def _fault(
    exercise: Exercise, arguments: tuple, outcome: Outcome, want: Any, notes: Comparison
) -> Difference | None:
    """What is wrong with one outcome, or None. An error is told by the outcome itself."""
    if outcome.error is not None:
        return None
    accepted = exercise.accepts is not None and _accepted(exercise, outcome.value, arguments)
    wrong = None if accepted else notes.compare(outcome.value, want)
    if wrong is None and outcome.mutated is not None:
        name = _argument(exercise, outcome.mutated)
        if exercise.pure:
            return Difference("mutated", f"the call changed its argument {name}")
        notes.note(f"The call changed its argument {name}: whoever calls it may still need it.")
    return wrong


def _accepted(exercise: Exercise, value: Any, arguments: tuple) -> bool:
    assert exercise.accepts is not None
    try:
        return bool(exercise.accepts(value, *arguments))
    except Exception:
        return False


def _argument(exercise: Exercise, position: int) -> str:
    names = exercise.arguments
    return f"`{names[position]}`" if position < len(names) else f"number {position + 1}"


def verdict(
    exercise: Exercise,
    cases: list[tuple],
    outcomes: list[Outcome],
    fresh: Sequence[tuple] = (),
    again: Sequence[Outcome] = (),
    answer: Any = None,
    search: bool = True,
) -> Result:
    """Turn what the calls returned into a result.

    fresh, again : further cases and outcomes, with which an explanation is confirmed
    answer       : the learner's function, where it may be called and edited again
    search       : whether the searches of `diagnosis` are made at all
    Raises ReferenceFailed where what is expected cannot be computed
    """
    if outcomes and isinstance(outcomes[0].error, NotImplementedError):
        return _result(
            exercise,
            NOT_ATTEMPTED,
            f"Write your code between the two comment lines, run the cell, then run this one. "
            f'Stuck? hint("{exercise.id}").',
        )
    tried, notes = _tried(exercise, cases, outcomes)
    more, _ = _tried(exercise, fresh, again)
    score = sum(not t.failed for t in tried) / len(cases)
    if len(outcomes) == len(cases) and not any(t.failed for t in tried):
        return _praise(exercise, len(cases), notes)
    values = [o.value for o in outcomes]
    if exercise.starter is not None and _behaves_like(exercise, exercise.starter, cases, values):
        text = "The bug is still there. " + _how_to_fix(exercise)
        if answer is None or _statements(answer) == _statements(exercise.starter):
            return _result(exercise, NOT_ATTEMPTED, text, score)
        text = "The code has changed, but every answer is still the one that the bug gives. " + text
        return _result(exercise, NOT_YET, text, score)
    evidence = Evidence(exercise, tried, more, answer)
    known = recognise(exercise, cases, outcomes)
    if known is not None and not _behaves_like(
        exercise, known.answer, fresh, [o.value for o in again]
    ):
        known = None
    found = explain(evidence, known, search)
    details = _details(exercise, evidence.smallest, found)
    result = _result(
        exercise, NOT_YET, found.message, score, known.name if known else None, details
    )
    return replace(result, finding=found.name, how=found.how)


def _statements(function: Callable[..., Any]) -> list[str] | None:
    """What a function does, whatever its name, docstring and layout; None without its source."""
    program = program_of(function)
    if program is None:
        return None
    (own,) = (
        node
        for node in program.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == program.name
    )
    first = 0 if ast.get_docstring(own) is None else 1
    return [ast.dump(statement) for statement in own.body[first:]]


def _no_reference(failed: Exception) -> str:
    reason = str(failed) if isinstance(failed, ReferenceFailed) else repr(failed)
    return (
        f"The checker's own answer could not be computed here ({reason}), so nothing can be said "
        "of yours. Something that it relies on has been changed (a function of NumPy?): restart "
        "the kernel and run the cells again."
    )


def _how_to_fix(exercise: Exercise) -> str:
    return f'Change one thing between the two comment lines. Stuck? hint("{exercise.id}").'


def _praise(exercise: Exercise, cases: int, notes: list[str]) -> Result:
    points = f"{exercise.points} point{'s' * (exercise.points != 1)}"
    tried = "The test case agrees" if cases == 1 else f"All {cases} test cases agree"
    if exercise.accepts is not None:
        tried = "The one test is passed" if cases == 1 else f"All {cases} tests are passed"
    else:
        tried += " with the reference"
    message = f"{tried}. {points}."
    details = tuple(("note", note) for note in notes)
    return _result(exercise, CORRECT, message, 1.0, details=details)


def _result(
    exercise: Exercise,
    status: str,
    message: str,
    score: float = 0.0,
    mistake: str | None = None,
    details: tuple[tuple[str, str], ...] = (),
) -> Result:
    return Result(exercise.id, exercise.title, status, message, score, mistake, details)


def _behaves_like(
    exercise: Exercise, wrong: Callable[..., Any], cases: Sequence[tuple], values: list[Any]
) -> bool:
    """Whether the values are what `wrong` returns on every case."""
    if len(values) < len(cases):
        return False
    comparison = Comparison(exercise.tolerance)
    for arguments, value in zip(cases, values, strict=True):
        other = call(exercise.tried, wrong, arguments, exercise.seconds)
        if other.error is not None or (value is None) != (other.value is None):
            return False
        if value is not None and comparison.compare(value, other.value) is not None:
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


def _details(exercise: Exercise, case: Tried, found: Finding) -> tuple[tuple[str, str], ...]:
    outcome = case.outcome
    rows = [("called", _written(exercise, case.arguments))]
    if outcome.error is None:
        what = "came back" if exercise.read is None else "what it did"
        rows.append((what, show(outcome.value)))
    elif outcome.line:
        number = f"line {outcome.number}: " if outcome.number else ""
        rows.append(("your line", number + outcome.line[:200]))
    one_of_many = exercise.accepts is not None
    rows.append(("one that is right" if one_of_many else "expected", show(case.want)))
    if case.fault is not None and case.fault.kind != "none" and not one_of_many:
        rows.append(("first difference", str(case.fault)))
    rows += found.details
    if outcome.printed:
        rows.append(("it printed", textwrap.shorten(outcome.printed, 200)))
    return tuple(rows)


def _written(exercise: Exercise, arguments: tuple) -> str:
    """The call as the learner would write it."""
    if exercise.called is not None:
        return exercise.called(*arguments)
    given = ", ".join(
        f"{n}={show(a, 70)}" for n, a in zip(exercise.arguments, arguments, strict=False)
    )
    return f"{exercise.name}({given})"
