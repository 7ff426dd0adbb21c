"""What a homework is made of: the data that assigning and grading hand to each other."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from lessonlib.exercises.judge import Exercise
from lessonlib.lessons.registry import exercises_of


class HomeworkError(Exception):
    """What was asked for cannot be done; the message says what was seen and what was wanted."""


@dataclass(frozen=True)
class Homework:
    """One lesson as homework: what `assign` decided and `grade` needs.

    `release` is the notebook that students get, as JSON text. `points` maps exercise ids to points.
    `extra_cases` is the source of the instructor's private file, or empty. With `diagnosis` a wrong
    answer is searched for its mistake, as `check` does it in the lesson.
    """

    lesson: str
    name: str
    version: str
    seed: int
    points: dict[str, float]
    release: str
    due: str | None = None
    extra_cases: str = ""
    diagnosis: bool = True

    def to_json(self) -> str:
        """The text of the homework's file in the course folder."""
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @staticmethod
    def from_json(text: str) -> "Homework":
        """Read the text again. Raises HomeworkError where it is none."""
        try:
            made = Homework(**json.loads(text))
            made.notebook()
            return made
        except (ValueError, TypeError, KeyError) as error:
            raise HomeworkError(f"not a homework file of this version: {error}") from None

    @staticmethod
    def of_file(path: Path) -> "Homework":
        """Read a file. Raises HomeworkError where it is damaged."""
        try:
            return Homework.from_json(path.read_text(encoding="utf-8"))
        except (HomeworkError, UnicodeDecodeError) as error:
            raise HomeworkError(
                f"{path} is damaged ({error}): put back your backup of it; without it the seed of "
                "the homework's own cases is lost, and the lesson has to be assigned again"
            ) from None

    @cached_property
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


@dataclass
class Graded:
    """What the grader says about one exercise of one student.

    mistake : the known mistake that was recognised, or None
    finding : the short name of whatever was found, under which a class is counted
    how     : by which means it was found (see `lessonlib.exercises.diagnosis.explain.Finding`)
    """

    exercise: str
    title: str
    points: float
    maximum: float
    status: str
    message: str
    details: list[list[str]] = field(default_factory=list)
    mistake: str | None = None
    finding: str = ""
    how: str = ""


@dataclass
class Report:
    """What the grader says about one submission. `status` is "graded" or "not graded".

    A `reason` that begins with "problem:" is not the student's: the file is graded again next time.
    """

    status: str
    reason: str = ""
    notes: list[str] = field(default_factory=list)
    exercises: list[Graded] = field(default_factory=list)
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    seconds: float = 0.0

    @staticmethod
    def problem(reason: object, notes: list[str] | None = None) -> "Report":
        """A submission that could not be graded for a reason that is not the student's."""
        return Report("not graded", f"problem: {reason}", notes or [])

    @property
    def no_room(self) -> bool:
        """Whether nothing was graded because the system allows no closed room."""
        return self.reason.startswith("problem: no closed room")

    @property
    def shortfall(self) -> str | None:
        """What a report on the reference lacks; None where it has full marks."""
        short = [g.exercise for g in self.exercises if g.points < g.maximum]
        if self.status == "graded" and not short:
            return None
        return self.reason or ", ".join(short)
