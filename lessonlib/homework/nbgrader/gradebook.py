"""Put a report into nbgrader's gradebook and write the feedback page, through nbgrader itself."""

import shutil
from contextlib import suppress
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateFeedback

from lessonlib import markup
from lessonlib.files import write
from lessonlib.homework import safe
from lessonlib.homework.cells import graded_cell_of
from lessonlib.homework.course import Course
from lessonlib.homework.model import Homework, HomeworkError, Report
from lessonlib.homework.nbgrader.steps import run
from lessonlib.homework.submission.submission import Submission

Row = dict[str, Any]


def record(submission: Submission) -> None:
    """Gradebook and feedback for one student; where nbgrader refuses, that is the report.

    Raises ValueError for a submission that has not been graded.
    """
    report = submission.report
    if report is None:
        raise ValueError(f"record: {submission.student} has not been graded")
    try:
        if report.status == "graded":
            _run(submission, Autograde, GenerateFeedback)
        else:
            _withdraw(submission, report)
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
    with Gradebook(submission.course.database, "") as gradebook, suppress(MissingEntry):
        gradebook.remove_submission(submission.homework.name, submission.student)
    head = f"{submission.homework.name}: not graded yet"
    body = markup.paragraph(f"{safe.line(report.reason)}.")
    body += markup.bullets(map(safe.line, report.notes))
    shutil.rmtree(submission.feedback_file.parent, ignore_errors=True)
    write(submission.feedback_file, markup.page("Not graded", head, body))


def scores(course: Course, homework: Homework) -> dict[str, Row]:
    """What the gradebook says: student -> {"scores", "automatic", "by_hand", "manual"}.

    `scores` holds what counts, points given by hand included; `manual` names what waits for it.
    """
    found: dict[str, Row] = {}
    with Gradebook(course.database, "") as gradebook:
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
