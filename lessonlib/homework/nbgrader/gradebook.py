"""Put a report into nbgrader's gradebook and write the feedback page, through nbgrader itself."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateFeedback

from lessonlib import markup
from lessonlib.files import write
from lessonlib.homework import safe
from lessonlib.homework.cells import graded_cell_of
from lessonlib.homework.course import Course
from lessonlib.homework.faults import DAMAGED, Fault, in_words
from lessonlib.homework.limits import LOCK_SECONDS
from lessonlib.homework.model import Homework, HomeworkError, Report
from lessonlib.homework.nbgrader.steps import quietly, run
from lessonlib.homework.submission.submission import Submission

Row = dict[str, Any]


@contextmanager
def opened(course: Course) -> Iterator[Gradebook]:
    """The gradebook. Raises Fault where it is locked for long, read-only or damaged."""
    with in_words(), quietly(), Gradebook(course.database, "") as gradebook:
        yield gradebook


def check_gradebook(course: Course, homework: Homework) -> None:
    """Raises Fault where the gradebook cannot be used: before anything is graded or taken in."""
    file = course.root / "gradebook.db"
    again = f"run `lessonlib assign {homework.lesson} --course {course.root}`, then grade again"
    if not file.exists():
        raise Fault(f"{file} is gone: put back your backup of it, or {again}")
    connect = partial(sqlite3.connect, file, timeout=LOCK_SECONDS, isolation_level=None)
    with in_words(), closing(connect()) as database:
        if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise Fault(f"{file} {DAMAGED}")
        database.execute("BEGIN IMMEDIATE")  # waits for others, needs the right to write
        database.execute("ROLLBACK")
        names = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'assignment'")
        known = names.fetchone() == (1,) and database.execute(
            "SELECT count(*) FROM assignment WHERE name = ?", (homework.name,)
        ).fetchone() == (1,)
    if not known:
        raise Fault(f"{file} does not know {homework.name}: {again}")


def record(submission: Submission) -> None:
    """Gradebook and feedback for one student; where nbgrader refuses, that is the report.

    Raises ValueError for a submission that has not been graded, Fault where the machine or the
    gradebook is the reason.
    """
    report = submission.report
    if submission.problem:
        _withdraw(submission, submission.outcome())
        submission.keep(None, recorded=True)
        return
    if report is None:
        raise ValueError(f"record: {submission.student} has not been graded")
    try:
        if report.status == "graded":
            submission.stamp()
            _run(submission, Autograde, GenerateFeedback)
        else:
            _withdraw(submission, report)
    except Fault:
        raise
    except HomeworkError as error:
        report = Report.problem(error, report.notes)
        _withdraw(submission, report)
    submission.keep(report, recorded=True)


def write_feedback(submission: Submission) -> None:
    """Write a student's feedback page again (after grading by hand, say)."""
    _run(submission, GenerateFeedback)


def _run(submission: Submission, *converters: Any) -> None:
    name = submission.homework.name
    run(submission.course, name, *converters, student=submission.student)


def _withdraw(submission: Submission, report: Report) -> None:
    """Nothing of an earlier file may count as this one's score; the page says why there is none."""
    shutil.rmtree(submission.autograded, ignore_errors=True)
    with opened(submission.course) as gradebook, suppress(MissingEntry):
        gradebook.remove_submission(submission.homework.name, submission.student)
    head = f"{submission.homework.name}: not graded yet"
    body = markup.paragraph(f"{safe.line(report.reason)}.")
    body += markup.bullets(map(safe.line, [*submission.notes, *report.notes]))
    shutil.rmtree(submission.feedback_file.parent, ignore_errors=True)
    write(submission.feedback_file, markup.page("Not graded", head, body))


def move_student(course: Course, homework: Homework, old: str, new: str) -> None:
    """What the gradebook holds under an id is another's: the same student, with the real id."""
    with opened(course) as gradebook, suppress(MissingEntry):
        submission = gradebook.find_submission(homework.name, old)
        theirs = gradebook.update_or_create_student(new)
        if any(s.name == homework.name for s in theirs.submissions):
            gradebook.remove_submission(homework.name, old)
        else:
            submission.student = theirs
            gradebook.db.commit()
        if not gradebook.find_student(old).submissions:
            gradebook.remove_student(old)


def scores(course: Course, homework: Homework) -> dict[str, Row]:
    """What the gradebook says: student -> {"scores", "automatic", "by_hand", "manual"}.

    `scores` holds what counts, points given by hand included; `manual` names what waits for it.
    """
    found: dict[str, Row] = {}
    with opened(course) as gradebook:
        for submission in gradebook.assignment_submissions(homework.name):
            for notebook in submission.notebooks:
                grades = {g.name: g for g in notebook.grades}
                found[submission.student_id] = {
                    "scores": {n: g.score for n, g in grades.items()},
                    "automatic": {n: g.auto_score for n, g in grades.items()},
                    "by_hand": {n for n, g in grades.items() if g.manual_score is not None},
                    "manual": sorted(n for n, g in grades.items() if g.needs_manual_grade),
                }
    return found


def agrees(homework: Homework, report: Report, row: Row | None) -> str:
    """Empty, or how the gradebook differs from what the grader found."""
    if row is None:
        return "the gradebook has no score"
    for graded in report.exercises:
        held = row["automatic"].get(graded_cell_of(graded.exercise))
        if held is None or abs(held - graded.points) > 1e-6:
            return f"the gradebook holds {held} for {graded.exercise}, the grader {graded.points}"
    missing = {e.id for e in homework.exercises()} - {g.exercise for g in report.exercises}
    return f"no score for {', '.join(sorted(missing))}" if missing else ""
