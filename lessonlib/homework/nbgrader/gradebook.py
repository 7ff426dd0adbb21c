"""Put a report into nbgrader's gradebook and write the feedback page, through nbgrader itself."""

import html
import shutil
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateFeedback

from lessonlib.homework.assign import nbgrader_config, run_converter
from lessonlib.homework.course import Course, key, write
from lessonlib.homework.model import Homework, Report, grade_id_of

Row = dict[str, Any]


def record(course: Course, homework: Homework, student: str, report: Report) -> None:
    """Autograde and feedback for one student. Raises HomeworkError where nbgrader refuses."""
    if report.status != "graded":
        _forget(course, homework, student)
        _reason_page(course, homework, student, report)
        return
    config = nbgrader_config(course)
    config.CourseDirectory.assignment_id = homework.name
    config.CourseDirectory.student_id = _literal(student)
    run_converter(Autograde, config, force=True)
    feedback(course, homework, student)


def feedback(course: Course, homework: Homework, student: str) -> None:
    """Write a student's feedback page again (after grading by hand, say)."""
    config = nbgrader_config(course)
    config.CourseDirectory.assignment_id = homework.name
    config.CourseDirectory.student_id = _literal(student)
    run_converter(GenerateFeedback, config, force=True)


def _literal(student: str) -> str:
    """An id as a glob pattern that matches itself alone."""
    return student.replace("[", "[[]") if "[" in student else student


def _forget(course: Course, homework: Homework, student: str) -> None:
    """Nothing of an earlier file may stand as this one's score."""
    shutil.rmtree(course.root / "autograded" / student / homework.name, ignore_errors=True)
    with Gradebook(course.database, "") as gradebook:
        try:
            gradebook.remove_submission(homework.name, student)
        except MissingEntry:
            return


def _reason_page(course: Course, homework: Homework, student: str, report: Report) -> None:
    notes = "".join(f"<li>{html.escape(n)}</li>" for n in report.notes)
    page = (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>Not graded</title>"
        "</head><body style='font-family:sans-serif;max-width:70ch;margin:2em auto'>"
        f"<h1>{html.escape(homework.name)}: not graded yet</h1>"
        f"<p>{html.escape(report.reason)}.</p><ul>{notes}</ul></body></html>\n"
    )
    folder = course.root / "feedback" / student / homework.name
    shutil.rmtree(folder, ignore_errors=True)
    write(folder / f"{homework.name}.html", page)


def is_recorded(course: Course, homework: Homework, student: str, raw: bytes) -> bool:
    """Whether gradebook and feedback already hold the report on this file."""
    path = course.report_path(homework, student).with_suffix(".recorded")
    return path.exists() and path.read_text() == key(homework, raw)


def mark_recorded(course: Course, homework: Homework, student: str, raw: bytes) -> None:
    """Remember that gradebook and feedback hold the report on this file."""
    write(course.report_path(homework, student).with_suffix(".recorded"), key(homework, raw))


def scores(course: Course, homework: Homework) -> dict[str, Row]:
    """What the gradebook says: student -> {"scores", "automatic", "manual", "maximum"}.

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
        name = grade_id_of("check", graded.exercise)
        held = row["automatic"].get(name)
        if held is None or abs(held - graded.points) > 1e-6:
            return f"the gradebook holds {held} for {graded.exercise}, the grader {graded.points}"
    missing = {e.id for e in homework.exercises()} - {g.exercise for g in report.exercises}
    return f"no score for {', '.join(sorted(missing))}" if missing else ""
