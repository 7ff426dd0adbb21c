"""Grade the one submission that a platform has put into a folder."""

import json
from dataclasses import dataclass
from pathlib import Path

from lessonlib.homework.cohort.archives import entries
from lessonlib.homework.cohort.owners import choose
from lessonlib.homework.cohort.pool import Task, grade_file
from lessonlib.homework.limits import Limits
from lessonlib.homework.model import Graded, Homework, HomeworkError, Report
from lessonlib.homework.release import solved
from lessonlib.lessons.registry import questions_of

OPEN = (
    "WARNING: this container does not allow the namespaces of a closed room. The submission ran "
    "with the rights of the grader: it can read the reference and the seed of the cases, and can "
    "write its own score. Look at what a submission does before you trust a score from here, or "
    "grade the files with `lessonlib grade` on a machine that has closed rooms."
)


@dataclass(frozen=True)
class Single:
    """What was found about one submission.

    closed : whether it ran in a closed room
    """

    homework: Homework
    report: Report
    closed: bool

    def points(self) -> float:
        """The points of all exercises; questions in words have none here."""
        return round(sum(g.points for g in self.report.exercises), 4)

    def graded(self) -> list[Graded]:
        """What was found about each exercise that earns points."""
        return [g for g in self.report.exercises if g.maximum]

    def by_hand(self) -> list[str]:
        """The questions that a person grades."""
        return list(questions_of(self.homework.lesson))


def grade_folder(homework: Homework, folder: Path) -> Single:
    """Grade the notebook in a folder; of several the one with most of the homework's exercises.

    A closed room shows neither this folder nor the grader's: only Python, its packages, the data.
    Raises HomeworkError where the reference does not get full marks here, or nothing was graded
    for a reason that is not the student's.
    """
    task, closed = _room(homework)
    found, refused = entries(folder)
    upload = choose("submission", found, homework)
    if upload.raw is None:
        reason = upload.problem or next((f"{p}: {r}" for p, r in refused), "no file was found")
        return Single(homework, Report("not graded", reason), closed)
    report = grade_file(task, upload.raw)
    if report.reason.startswith("problem:"):
        raise HomeworkError(report.reason)
    report.notes = [*upload.notes, *report.notes]
    return Single(homework, report, closed)


def _room(homework: Homework) -> tuple[Task, bool]:
    """How to grade here; the reference decides it, before a student's file is looked at."""
    reference = json.dumps(solved(homework.notebook())).encode()
    task, closed = Task(homework, Limits()), True
    report = grade_file(task, reference)
    if report.no_room:
        task, closed = Task(homework, Limits(), trusted=True), False
        report = grade_file(task, reference)
    if (short := report.shortfall) is not None:
        raise HomeworkError(f"the reference solution does not get full marks here: {short}")
    return task, closed


def message(graded: Graded) -> str:
    """What a student reads about one exercise: the message and its details, as plain text."""
    details = (f"{label}: {text}" for label, text in graded.details)
    return "\n".join([graded.message, *details])


def remarks(single: Single) -> list[str]:
    """What is said about the whole submission, one sentence each."""
    report, said = single.report, []
    if report.status != "graded":
        said.append(f"Not graded: {report.reason}. Hand in again; this submission has no points.")
    said += [f"Put right before grading: {note}" for note in report.notes]
    if questions := single.by_hand():
        said.append(f"Graded by hand, not in these points: {', '.join(questions)}")
    return said
