"""The table of grades and the report on the class."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import Any

from lessonlib.files import write
from lessonlib.homework import safe
from lessonlib.homework.cells import graded_cell_of
from lessonlib.homework.cohort.roster import Student
from lessonlib.homework.course import Course
from lessonlib.homework.model import Homework, Report
from lessonlib.homework.nbgrader.gradebook import Row, agrees, scores
from lessonlib.homework.release import points_of
from lessonlib.homework.submission.submission import Submission
from lessonlib.lessons.registry import questions_of

GRADED, NOT_GRADED, NOTHING = "graded", "not graded", "no submission"
_FINDINGS = 8  # of one exercise, the most frequent first


@dataclass
class Line:
    """One student's row; `row` is what the gradebook holds, where the grader found the same.

    late_by : how long after the due date it was handed in, empty where it was in time
    """

    student: Student
    status: str
    report: Report | None
    row: Row | None
    notes: list[str]
    late_by: str = ""


def lines(
    course: Course, homework: Homework, seats: dict[str, Student], group: dict[str, Submission]
) -> list[Line]:
    """One line per student on the roster, then those who are not on it, by id.

    seats : the roster by folder name
    """
    held = scores(course, homework)
    table = [_line(seat, group.get(s), held.get(s), []) for s, seat in seats.items()]
    remarks = ["not on the roster"] if seats else []
    strangers = sorted(set(group) - set(seats))
    return table + [_line(Student(s), group[s], held.get(s), remarks) for s in strangers]


def _line(
    student: Student, submission: Submission | None, row: Row | None, remarks: list[str]
) -> Line:
    if submission is None:
        return Line(student, NOTHING, None, None, remarks)
    report = submission.outcome()
    notes = submission.notes + remarks + report.notes
    trouble = report.reason
    if submission.is_open and submission.key:
        trouble += "; start the same command again"
    if report.status == GRADED:
        trouble = agrees(submission.homework, report, row)
        if not trouble:
            return Line(student, GRADED, report, row, notes, submission.late_by)
    return Line(student, NOT_GRADED, report, None, [trouble, *notes], submission.late_by)


def _columns(homework: Homework) -> list[str]:
    return [*(e.id for e in homework.exercises()), *questions_of(homework.lesson)]


def grades_csv(course: Course, homework: Homework, table: list[Line]) -> str:
    """The grades as CSV: a column per exercise and question, total, maximum, status, notes."""
    columns, maximum = _columns(homework), _maximum(homework)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = ["student_id", "name", *columns, "total", "maximum"]
    head += ["needs_manual", "late_by", "status", "notes"]
    writer.writerow(head)
    for line in table:
        values: list[str] = [""] * len(columns)
        total, manual = "", ""
        if line.row is not None:
            waiting = set(line.row["manual"])
            values = [_cell(line.row, graded_cell_of(c), waiting) for c in columns]
            total = _number(sum(float(v) for v in values if v))
            manual = "yes" if waiting else "no"
        notes = safe.cell("; ".join(" ".join(n.split()) for n in line.notes))
        who = [safe.cell(line.student.id), safe.cell(line.student.name)]
        rest = [total, _number(maximum), manual, line.late_by, line.status, notes]
        writer.writerow([*who, *values, *rest])
    return out.getvalue()


def _cell(row: Row, grade_id: str, waiting: set[str]) -> str:
    if grade_id in waiting and grade_id not in row["by_hand"]:
        return ""
    return _number(row["scores"].get(grade_id) or 0.0)


def _number(value: float) -> str:
    return f"{round(value, 4):g}"


def _maximum(homework: Homework) -> float:
    return sum(points_of(homework.notebook()).values())


def class_report(homework: Homework, table: list[Line]) -> str:
    """A page on the class: each exercise, what was found how often, who could not be graded."""
    count = Counter(line.status for line in table)
    parts = [f"# {homework.name}: {len(table)} students", ""]
    parts += [f"{count[s]} {s}" for s in (GRADED, NOT_GRADED, NOTHING)]
    waiting = sum(bool(line.row and line.row["manual"]) for line in table)
    parts += [f"{waiting} with answers to grade by hand", "", "## Exercises", ""]
    parts += [
        "| exercise | full | part | none | not attempted | mean share |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for exercise in homework.exercises():
        parts.append(_exercise_row(exercise.id, exercise.title, table))
    parts += ["", "## What was found", ""]
    findings = [row for e in homework.exercises() for row in _findings(e.id, e.title, table)]
    parts += findings or ["None.", ""]
    for status, title in ((NOT_GRADED, "Not graded"), (NOTHING, "No submission")):
        found = [line for line in table if line.status == status]
        if found:
            parts += [f"## {title}", ""]
            parts += [f"- {_who(x.student)}{_why(x)}" for x in found]
            parts.append("")
    return "\n".join(parts)


def _who(student: Student) -> str:
    return safe.markdown(f"{student.id} {student.name}".rstrip())


def _why(line: Line) -> str:
    return f": {safe.markdown(line.notes[0])}" if line.notes else ""


def _graded(table: list[Line], exercise: str) -> list[Any]:
    return [
        g for line in table if line.status == GRADED and line.report
        for g in line.report.exercises if g.exercise == exercise
    ]  # fmt: skip


def _exercise_row(exercise: str, title: str, table: list[Line]) -> str:
    found = _graded(table, exercise)
    untouched = sum(g.status == "not attempted" for g in found)
    full = sum(g.points >= g.maximum for g in found)
    none = sum(g.points == 0 for g in found) - untouched
    shares = [g.points / g.maximum for g in found if g.maximum]
    mean = f"{sum(shares) / len(shares):.2f}" if shares else ""
    part = len(found) - full - none - untouched
    return f"| {exercise} {title} | {full} | {part} | {none} | {untouched} | {mean} |"


def _findings(exercise: str, title: str, table: list[Line]) -> list[str]:
    """The most frequent findings of an exercise, each with a message that it earned."""
    graded = _graded(table, exercise)
    said = {name: g.message for g in graded if (name := g.mistake or g.finding)}
    count = Counter(name for g in graded if (name := g.mistake or g.finding))
    head = [f"{exercise} {title}", ""] if count else []
    rows = [
        f"- {n} of {len(graded)}: {safe.markdown(m)}. {safe.markdown(said[m])}"
        for m, n in count.most_common(_FINDINGS)
    ]
    return [*head, *rows, ""] if rows else []


def write_reports(course: Course, homework: Homework, table: list[Line]) -> None:
    """Write grades_NN.csv and report_NN.md into the course folder."""
    write(course.root / f"grades_{homework.lesson}.csv", grades_csv(course, homework, table))
    write(course.root / f"report_{homework.lesson}.md", class_report(homework, table))
