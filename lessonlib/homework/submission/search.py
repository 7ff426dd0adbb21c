"""Search a student's own code for the line whose change makes it right, as `check` does.

The changed programs run where the student's code runs; what is right is compared here.
"""

import ast
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from lessonlib.exercises.call import Outcome, TimeUp
from lessonlib.exercises.compare import Comparison
from lessonlib.exercises.diagnosis.edits import Edit
from lessonlib.exercises.diagnosis.explain import Finding, place_of
from lessonlib.exercises.diagnosis.program import Program, program_in
from lessonlib.exercises.exercise import Exercise
from lessonlib.exercises.judge import FRESH, expected
from lessonlib.homework.sandbox.session import Transcript, pack_trials
from lessonlib.homework.submission.plan import Plan
from lessonlib.homework.submission.repair import defines
from lessonlib.homework.submission.score import read

_MOST_EDITS = 600
_MOST_SOURCE, _MOST_NODES = 20_000, 3_000  # characters and parts of a program that is searched
_MOST_CONFIRMED = 5
_LONG = 5.0  # seconds that an exercise allows for one case

Run = Callable[[bytes, int], Transcript]  # what is called, and how many calls that is


def repaired(plan: Plan, cases: list[tuple], failed: list[int], run: Run) -> Finding | None:
    """The line to look at in the student's answer, or None.

    cases  : those of the lesson; failed: the positions of those in which the answer is wrong
    run    : runs the student's cells and then what it is given, in the student's process

    A change is confirmed on further cases that everyone can draw: the student's code may tell what
    it sees here by which line is named, so the homework's own cases are never among them. Where
    one case takes long, not one of them could be tried in time.
    """
    if plan.exercise.seconds > _LONG:
        return None
    try:
        program = _program(plan)
        if program is None or not program.is_harmless():
            return None
        edits = list(islice(_changed(program), _MOST_EDITS))
    except RecursionError:  # nested too deeply to be looked through
        return None
    first = [cases[k] for k in failed[:2]]
    near = _fitting(plan.exercise, [text for _, text in edits], first, run)
    chosen = [edits[k] for k in near[:_MOST_CONFIRMED]]
    drawn = plan.exercise.cases(np.random.default_rng(FRESH))
    texts = [text for _, text in chosen]
    sure = _fitting(plan.exercise, texts, [*cases, *drawn], run) if chosen else []
    return place_of(program, [chosen[sure[0]][0]]) if sure else None


def _program(plan: Plan) -> Program | None:
    """The student's answer, from the last cell that defines it."""
    name = plan.exercise.name
    sources = [c["source"] for c in plan.cells() if not c["given"] and defines(c["source"], name)]
    if not sources or len(sources[-1]) > _MOST_SOURCE:
        return None
    program = program_in(sources[-1], name)
    parts = sum(1 for _ in islice(ast.walk(program.tree), _MOST_NODES)) if program else 0
    return program if 0 < parts < _MOST_NODES else None


def _changed(program: Program) -> Iterator[tuple[Edit, str]]:
    for edit in program.edits():
        with edit:
            try:
                yield edit, ast.unparse(ast.fix_missing_locations(program.tree))
            except (ValueError, TypeError, AttributeError, RecursionError):
                continue


def _fitting(exercise: Exercise, sources: list[str], cases: list[tuple], run: Run) -> list[int]:
    """The positions of the sources that are right in all these cases."""
    wants = [expected(exercise, case) for case in cases]
    comparison, width = Comparison(exercise.tolerance), len(cases)
    payload = pack_trials(exercise, sources, cases)
    seen = run(payload, len(sources) * width).outcomes
    found = []
    for k in range(len(sources)):
        outcomes = (
            read(exercise, seen.get(k * width + n, Outcome(error=TimeUp())), case)
            for n, case in enumerate(cases)
        )
        if all(
            o.error is None and comparison.compare(o.value, want) is None
            for o, want in zip(outcomes, wants, strict=True)
        ):
            found.append(k)
    return found
