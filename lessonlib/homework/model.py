"""What a homework is made of: the data that assigning and grading hand to each other."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from lessonlib.exercises.judge import Exercise
from lessonlib.lessons.registry import exercises_of

_ROLES = {"ex": "exercise", "check": "check", "why": "written"}


class HomeworkError(Exception):
    """What was asked for cannot be done; the message says what was seen and what was wanted."""


@dataclass(frozen=True)
class Limits:
    """Processor seconds for a student's cell, a given one, a call (at most); what ends it."""

    cell: float = 15.0
    given: float = 90.0
    call: float = 60.0
    grace: float = 2.0
    memory: int = 3 * 2**30
    tries: int = 3


@dataclass(frozen=True)
class Homework:
    """One lesson as homework: what `assign` decided and `grade` needs.

    `release` is the notebook that students get, as JSON text. `points` maps exercise ids to points.
    `extra_cases` is the source of the instructor's private file, or empty.
    """

    lesson: str
    name: str
    version: str
    seed: int
    points: dict[str, float]
    release: str
    due: str | None = None
    extra_cases: str = ""

    def to_json(self) -> str:
        """The text of the homework's file in the course folder."""
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @staticmethod
    def from_json(text: str) -> "Homework":
        """Read the text again. Raises HomeworkError where it is none."""
        try:
            return Homework(**json.loads(text))
        except (ValueError, TypeError) as error:
            raise HomeworkError(f"not a homework file of this version: {error}") from None

    def fingerprint(self) -> str:
        """Changes when anything that a score depends on changes."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def notebook(self) -> dict[str, Any]:
        """The release as a notebook's JSON tree, each source one text."""
        tree = json.loads(self.release)
        for cell in tree["cells"]:
            cell["source"] = "".join(cell["source"])
        return tree

    def exercises(self) -> list[Exercise]:
        """The exercises that earn points here, in order."""
        return [e for e in exercises_of(self.lesson).values() if e.id in self.points]


def exercise_of(grade_id: str) -> str:
    """The exercise or question that a cell belongs to.

    >>> exercise_of("check-04b-2"), exercise_of("why-01-1")
    ('04b.2', '01.w1')
    """
    kind, lesson, number = grade_id.split("-")
    return f"{lesson}.{'w' if kind == 'why' else ''}{number}"


def grade_id_of(kind: str, exercise: str) -> str:
    """The name of an exercise's cell.

    >>> grade_id_of("ex", "04b.2"), grade_id_of("why", "01.w1")
    ('ex-04b-2', 'why-01-1')
    """
    lesson, number = exercise.split(".")
    return f"{kind}-{lesson}-{number.lstrip('w')}"


def role_of(cell: dict[str, Any]) -> tuple[str, str]:
    """(role, exercise) of a cell: exercise, check, written or given."""
    info = cell.get("metadata", {}).get("nbgrader")
    grade_id = info.get("grade_id") if isinstance(info, dict) else None
    parts = str(grade_id).split("-")
    if len(parts) == 3 and parts[0] in _ROLES:
        return _ROLES[parts[0]], exercise_of(str(grade_id))
    return "given", ""


@dataclass
class Graded:
    """What the grader says about one exercise of one student."""

    exercise: str
    title: str
    points: float
    maximum: float
    status: str
    message: str
    details: list[list[str]] = field(default_factory=list)
    mistake: str | None = None


@dataclass
class Report:
    """What the grader says about one submission. `status` is "graded" or "not graded"."""

    status: str
    reason: str = ""
    notes: list[str] = field(default_factory=list)
    exercises: list[Graded] = field(default_factory=list)
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    seconds: float = 0.0

    def to_json(self) -> str:
        """The text that is stored and sent between machines."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Report":
        """Read a stored report."""
        tree = json.loads(text)
        tree["exercises"] = [Graded(**g) for g in tree["exercises"]]
        return Report(**tree)
