"""`lessonlib grade`: read the files of a class, grade each, record it, report on all.

Each step is one call for a student, and what it works on is that student's `Submission`.
"""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from lessonlib import __version__
from lessonlib.files import write
from lessonlib.homework.cohort.names import safe_id
from lessonlib.homework.cohort.owners import found_later, sort_by_student, uploads
from lessonlib.homework.cohort.pool import DaskPool, LocalPool, Pool, Task
from lessonlib.homework.cohort.reports import Line, lines, write_reports
from lessonlib.homework.cohort.roster import Student, read_roster
from lessonlib.homework.course import Course
from lessonlib.homework.faults import in_words
from lessonlib.homework.limits import Limits
from lessonlib.homework.model import Homework, HomeworkError
from lessonlib.homework.nbgrader.gradebook import (
    check_gradebook,
    move_student,
    record,
    scores,
    write_feedback,
)
from lessonlib.homework.release import solved
from lessonlib.homework.submission.submission import Submission, submissions

TRUSTED = (
    "WARNING: --trusted runs the students' code with this account's rights. It can read and change "
    "every file of this account, the gradebook included, and use the network. Use it only for code "
    "that you would run yourself."
)


@dataclass
class Settings:
    """How to grade."""

    jobs: int = 1
    scheduler: str | None = None
    trusted: bool = False
    students: tuple[str, ...] = ()  # only these, whether they have a report or not
    limits: Limits = field(default_factory=Limits)
    progress: bool = True
    names: bool = False  # in the report on the class


@dataclass
class Outcome:
    """What a run of `grade` did."""

    table: list[Line]
    graded_now: int
    seconds: float
    notes: list[str]


class Grading:
    """One run of `grade` for one lesson: the submissions of a class, by student."""

    def __init__(
        self, course: Course, lesson: str, settings: Settings, seats: dict[str, Student]
    ) -> None:
        self.course, self.settings, self.seats = course, settings, seats
        self.homework = course.homework(lesson)
        self.only = {safe_id(s) for s in settings.students}
        self.group = {s.student: s for s in submissions(course, self.homework)}
        self._find_again()

    def _find_again(self) -> None:
        """Who was taken in before there was a class list has one row, under the id that it says."""
        strangers = {s: self.group[s] for s in self.group if self.seats and s not in self.seats}
        paths = {s: known.origin or f"{s}.ipynb" for s, known in strangers.items()}
        found = found_later(paths, self.homework, list(self.seats.values()))
        for stranger, student in found.items():
            old = self.group.pop(stranger)
            move_student(self.course, self.homework, stranger, student)
            if student not in self.group:
                self.group[student] = old.move_to(student)
            else:
                old.set_aside()
                self.group[student].remark(f"an earlier file is kept in replaced/{stranger}")

    def read(self, source: Path) -> list[str]:
        """Take in each student's file, to where nbgrader expects it. Returns what was refused."""
        intake = sort_by_student(source, self.homework, list(self.seats.values()))
        for upload in uploads(intake, self.homework, self.only):
            new = Submission(self.course, self.homework, upload.student)
            submission = self.group.setdefault(upload.student, new)
            if upload.contested and submission.key:  # the file that was handed in before counts
                submission.remark(upload.problem)
                continue
            submission.origin = upload.origin
            submission.take_in(upload.raw, upload.notes, upload.problem)
            submission.date(upload.handed_in, upload.late)
        return [f"refused: {path}: {reason}" for path, reason in intake.refused]

    def grade(self) -> int:
        """Grade what is not graded, record what is not recorded. Returns how many were graded."""
        new, ready = self._waiting()
        quiet = not self.settings.progress
        with tqdm(total=len(new) + len(ready), unit="student", disable=quiet) as bar:
            for submission in ready:
                record(submission)
                bar.update()
            if not new:
                return 0
            with self._pool() as pool:
                self_test(pool, self.homework)
                for student, report in pool.run((s.student, s.read) for s in new):
                    self.group[student].keep(report)
                    record(self.group[student])
                    bar.update()
        return len(new)

    def _waiting(self) -> tuple[list[Submission], list[Submission]]:
        """The submissions that are to be graded, and those that are only to be recorded."""
        new, ready, held = [], [], scores(self.course, self.homework)
        for submission in self.group.values():
            if self.only and submission.student not in self.only:
                continue
            if submission.key and (self.only or submission.is_open):
                new.append(submission)
            elif not submission.recorded or submission.is_graded != (submission.student in held):
                ready.append(submission)  # also where the gradebook is another one now
        return new, ready

    def _pool(self) -> Pool:
        settings = self.settings
        task = Task(self.homework, settings.limits, (str(self.course.root),), settings.trusted)
        if settings.scheduler:
            return DaskPool(task, settings.scheduler)
        return LocalPool(task, settings.jobs)

    def renew_feedback(self) -> None:
        """Write all feedback pages again: points and comments may have been given by hand."""
        for submission in self.group.values():
            if submission.outcome().status == "graded":
                write_feedback(submission)

    def report(self) -> list[Line]:
        """Write the CSV and the class report from everything that is known."""
        table = lines(self.course, self.homework, self.seats, self.group)
        write_reports(self.course, self.homework, table, self.settings.names)
        return table


def grade(
    course: Course, lesson: str, settings: Settings, submissions: Path | None = None,
    roster: Path | None = None,
) -> Outcome:  # fmt: skip
    """Grade a lesson's submissions. Raises HomeworkError where nothing can be graded.

    A fault of the machine or the gradebook ends the run; what was done before is kept.
    """
    with in_words(), course.locked():
        run = Grading(course, lesson, settings, _seats(course, roster))
        check_gradebook(course, run.homework)
        notes = _version_notes(run.homework)
        if submissions is not None:
            notes += run.read(submissions)
        unknown = run.only - set(run.group)
        if unknown:
            raise HomeworkError(f"no submission of {', '.join(sorted(unknown))}")
        begun = time.perf_counter()
        count = run.grade()
        seconds = time.perf_counter() - begun
        if not count:
            run.renew_feedback()
        return Outcome(run.report(), count, seconds, notes)


def self_test(pool: Pool, homework: Homework) -> None:
    """The reference must get full marks in the same room before any student is graded."""
    raw = json.dumps(solved(homework.notebook())).encode()
    for _, report in pool.run([("reference", lambda: raw)]):
        if report.no_room:
            raise HomeworkError(
                f"{report.reason.removeprefix('problem: ')}. This system does not allow the "
                "namespaces that keep students' code away from your files. Grade on a Linux "
                "machine that allows them, or read what --trusted means."
            )
        if (short := report.shortfall) is not None:
            raise HomeworkError(
                "the reference solution does not get full marks here, so nobody is graded: " + short
            )


def _version_notes(homework: Homework) -> list[str]:
    if homework.version == __version__:
        return []
    return [
        f"assigned with lessonlib {homework.version}, this is {__version__}: "
        "grade with the version that assigned (see INSTRUCTORS.md)"
    ]


def _seats(course: Course, path: Path | None) -> dict[str, Student]:
    """The roster given now, or the one given before, by folder name."""
    kept = course.root / "roster.csv"
    if path is not None and path.resolve() != kept.resolve():
        read_roster(path)
        write(kept, path.read_bytes())
    roster = read_roster(kept) if kept.exists() else []
    return {safe_id(s.id): s for s in roster}
