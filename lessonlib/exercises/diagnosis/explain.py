"""Put into words what is wrong with an answer: properties first, then mistakes, then searches."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lessonlib.exercises.call import AskedToWrite, TimeUp, call
from lessonlib.exercises.compare import leaves
from lessonlib.exercises.diagnosis import causes, search, second
from lessonlib.exercises.diagnosis.edits import Edit
from lessonlib.exercises.diagnosis.evidence import Evidence
from lessonlib.exercises.diagnosis.inputs import other_arguments
from lessonlib.exercises.diagnosis.program import Program, program_of
from lessonlib.exercises.diagnosis.relations import factor, relation
from lessonlib.exercises.diagnosis.where import place
from lessonlib.exercises.diagnosis.words import LOOK, Words
from lessonlib.exercises.exercise import Exercise, Mistake, Property

_TWIN_SECONDS, _REPAIR_SECONDS = 1.3, 1.2


@dataclass(frozen=True)
class Finding:
    """What is said of a wrong answer.

    how  : by which means it was found: "error", "known", "property", "arguments", "twin",
           "relation", "repair", "place", or "" for a bare difference
    name : a short name of it, under which equal findings of a class are counted
    """

    message: str
    how: str = ""
    name: str = ""
    details: tuple[tuple[str, str], ...] = ()


def explain(evidence: Evidence, known: Mistake | None, searching: bool = True) -> Finding:
    """What to tell the learner of a wrong answer."""
    ended = _ended(evidence)
    if ended is not None:
        return ended
    broken = _broken(evidence)
    if known is not None:
        rows = tuple(("does not hold", p.name) for p in broken)
        return Finding(known.message, "known", known.name, rows)
    if evidence.smallest.outcome.error is not None:
        return _stopped(evidence, searching)
    first = _first_words(evidence, broken)
    found = (_searched(evidence) if searching else None) or _tried(_placed, evidence)
    if first is None:
        return found or _bare(evidence)
    if found is None:
        return first
    return Finding(f"{first.message} {found.message}", first.how, first.name, found.details)


# ---- it stopped, or nothing came back ---------------------------------------------------------


def _ended(evidence: Evidence) -> Finding | None:
    """What is said where nothing could be compared."""
    errors = [c.outcome.error for c in evidence.cases]
    if any(isinstance(e, TimeUp) for e in errors):
        return Finding(_time_is_up(evidence), "error", "takes too long")
    if any(isinstance(e, AskedToWrite) for e in errors):
        text = "The answer calls the library function that this exercise asks you to write."
        return Finding(text, "error", "calls the library")
    if any(isinstance(e, SystemExit) for e in errors):
        text = "The function called exit(). Return a value instead."
        return Finding(text, "error", "calls exit()")
    if all(c.outcome.value is None and c.outcome.error is None for c in evidence.failed):
        text = "The function returned None. Is a `return` missing?"
        where = place(evidence)
        return Finding(f"{text} {where}" if where else text, "error", "returns nothing")
    if any(c.fault is not None and c.fault.kind == "mutated" for c in evidence.cases) and all(
        c.fault is None or c.fault.kind == "mutated" for c in evidence.cases
    ):
        fault = next(c.fault for c in evidence.cases if c.fault is not None)
        return Finding(
            f"Nearly: the values are right, but {fault.text}. Work on a new array "
            "(w = w + ... instead of w += ...), so that the caller's data stay as they were.",
            "property",
            "changes its argument",
        )
    return _other_dtype(evidence)


def _other_dtype(evidence: Evidence) -> Finding | None:
    """What is said where every number is right, and the dtype alone is another one."""
    failed = evidence.failed
    if not evidence.exercise.strict or any(c.outcome.error is not None for c in failed):
        return None
    if not failed or not all(evidence.agrees(c.outcome.value, c.want) for c in failed):
        return None
    text = f"Nearly: the numbers are right, and their dtype is not. {place(evidence) or ''}".strip()
    more = " ".join(dict.fromkeys(p.message for p in _broken(evidence)[:1]))
    return Finding(f"{text} {more}".strip(), "property", "another dtype")


def _time_is_up(evidence: Evidence) -> str:
    late = next(c for c in evidence.cases if isinstance(c.outcome.error, TimeUp))
    about = getattr(late.arguments, "about", "")
    text = f"The function was stopped: no answer after {evidence.exercise.seconds:g} seconds"
    text += f" {about}." if about else "."
    for wanted in evidence.exercise.properties:  # no more calls: they would take as long again
        if wanted.also is None and any(_lacks(evidence, wanted, c) for c in evidence.failed):
            return f"{text} {wanted.message}"
    if any(c.outcome.error is None for c in evidence.cases):
        return f"{text} Other cases it answers. Is the same work done again and again here?"
    return f"{text} Does a loop wait for something that never happens?"


def _stopped(evidence: Evidence, searching: bool) -> Finding:
    """An error of Python: in words, with the learner's line, and the line to look at."""
    case = evidence.smallest
    name = type(case.outcome.error).__name__
    where = place(evidence)
    message = causes.of_error(case) + (f" {where}" if where else "")
    repaired = _repaired(evidence) if searching else None
    if repaired is not None:
        return Finding(f"{message} {repaired.message}", "repair", name)
    return Finding(message, "error", name)


# ---- properties and numbers that are none --------------------------------------------------------


def _broken(evidence: Evidence) -> list[Property]:
    """The properties that the answer lacks in some case."""
    wanted = evidence.exercise.properties
    return [p for p in wanted if any(_lacks(evidence, p, c) for c in evidence.failed)]


def _is_data(value: Any) -> bool:
    """Whether a value is made of numbers, texts and arrays; properties speak of nothing else."""
    kinds = (np.ndarray, np.generic, int, float, str)
    return all(isinstance(leaf, kinds) or leaf is None for leaf in leaves(value))


def _lacks(evidence: Evidence, wanted: Property, case: Any) -> bool:
    value = case.outcome.value
    if case.outcome.error is not None or value is None or not _is_data(value):
        return False
    if wanted.also is not None:
        if evidence.answer is None:
            return False
        one = second.Second(wanted, case.arguments, value, wanted.also(*case.arguments))
        again = call(evidence.exercise.tried, evidence.answer, one.arguments, 1.0)
        return bool(second.missed([one], [again]))
    try:
        with search.quietly():
            return not wanted.holds(value, *case.arguments)
    except Exception:  # a value of another form: the property does not speak of it
        return False


def _first_words(evidence: Evidence, broken: list[Property]) -> Finding | None:
    for case in evidence.failed:
        if case.outcome.error is None and (cause := causes.of_nan(case)):
            return Finding(cause, "property", "NaN or infinity")
    if broken:
        text = " ".join(dict.fromkeys(p.message for p in broken[:2]))
        return Finding(text, "property", broken[0].name)
    if _forgets_nothing(evidence):
        return Finding(second.AGAIN.message, "property", second.AGAIN.name)
    return None


def _forgets_nothing(evidence: Evidence) -> bool:
    """Whether the first case gives another result when it is called once more."""
    if evidence.answer is None or not evidence.cases or evidence.cases[0].outcome.error is not None:
        return False
    first = evidence.cases[0]
    again = call(evidence.exercise.tried, evidence.answer, first.arguments, 1.0)
    return again.error is None and not evidence.agrees(again.value, first.outcome.value)


# ---- searches --------------------------------------------------------------------------------


def _searched(evidence: Evidence) -> Finding | None:
    means: tuple[Callable[[Evidence], Finding | None], ...] = (
        _other_arguments,
        _related,
        _twin,
        _multiplied,
        _repaired,
    )
    if evidence.constant:  # much else would make it so too
        means = (_repaired, _constant)
    for look in means:
        if evidence.budget.left() > 0 and (found := _tried(look, evidence)) is not None:
            return found
    return None


def _tried(look: Callable[[Evidence], Finding | None], evidence: Evidence) -> Finding | None:
    """What a search finds. A value that it cannot bear costs the explanation, not the judgement."""
    try:
        return look(evidence)
    except Exception:
        return None


def _constant(evidence: Evidence) -> Finding | None:
    parts = (np.ravel(leaf) for c in evidence.all for leaf in leaves(c.outcome.value))
    value = next(part[0] for part in parts if part.size)
    return Finding(f"Your answer is {value} for everything that was tried.", "relation", "constant")


def _other_arguments(evidence: Evidence) -> Finding | None:
    if not evidence.exercise.is_plain:
        return None
    text = other_arguments(evidence)
    return Finding(text, "arguments", text.split(". ")[0].rstrip(".")) if text else None


def _twin(evidence: Evidence) -> Finding | None:
    exercise = evidence.exercise
    program = program_of(exercise.reference)
    if program is None:
        return None
    words = words_of(exercise, program)
    edits = search.twin(evidence, program, words.can_say, _TWIN_SECONDS)
    if not edits:
        return None
    phrase = words.twin(edits)
    return Finding(f"Your answer gives what a right one gives when {phrase}.", "twin", phrase)


def words_of(exercise: Exercise, program: Program) -> Words:
    """How to speak of the parts of an exercise's reference."""
    return Words(exercise.parts, _own_arguments(program))


def _own_arguments(program: Program) -> list[str]:
    found = (node for node in ast.walk(program.tree) if isinstance(node, ast.arguments))
    return [argument.arg for node in found for argument in node.args]


def _related(evidence: Evidence) -> Finding | None:
    text = relation(evidence)
    return Finding(text, "relation", text.rstrip(".")) if text else None


def _multiplied(evidence: Evidence) -> Finding | None:
    text = factor(evidence)
    return Finding(text, "relation", text.rstrip(".")) if text else None


def _repaired(evidence: Evidence) -> Finding | None:
    program = program_of(evidence.answer) if evidence.answer is not None else None
    if program is None or not program.is_harmless():
        return None
    edits = search.repair(evidence, program, _REPAIR_SECONDS)
    if not edits:
        return None
    return place_of(program, edits)


def place_of(program: Program, edits: list[Edit]) -> Finding:
    """What is said of the lines whose change makes the learner's own program right."""
    change = "One small change makes" if len(edits) == 1 else "Two small changes make"
    if len(edits) == 2 and edits[0].line == edits[1].line:
        looks = " and ".join(dict.fromkeys(LOOK[edit.kind] for edit in edits))
        place = _in_line(program, edits[0])
        end = "" if looks.endswith("?") else "."
        return Finding(
            f"{change} it right, both in {place}; look at {looks}{end}", "repair", edits[0].kind
        )
    places = ", and ".join(_place(program, edit) for edit in edits)
    end = "" if places.endswith("?") else "."
    return Finding(f"{change} it right: {places}{end}", "repair", edits[0].kind)


def _place(program: Program, edit: Edit) -> str:
    return f"{_in_line(program, edit)}; look at {LOOK[edit.kind]}"


def _in_line(program: Program, edit: Edit) -> str:
    shown = program.line(edit.line)
    return f"line {edit.line}" + (f", `{shown[:90]}`" if shown else "")


def _placed(evidence: Evidence) -> Finding | None:
    text = place(evidence)
    return None if text is None else Finding(text, "place", text.rstrip("."))


def _bare(evidence: Evidence) -> Finding:
    return Finding(f"The result differs: {evidence.smallest.fault}.")
