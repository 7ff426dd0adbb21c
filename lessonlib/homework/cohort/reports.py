"""The table of grades and the report on the class."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import Any

from lessonlib.homework.cohort.roster import Student
from lessonlib.homework.course import Course, write
from lessonlib.homework.model import Homework, Report, grade_id_of
from lessonlib.homework.nbgrader.gradebook import agrees, scores
from lessonlib.lessons.registry import questions_of

GRADED, NOT_GRADED, NOTHING = "graded", "not graded", "no submission"


@dataclass
class Line:
    """One student's row."""

    student: Student
    status: str
    report: Report | None
    row: dict[str, Any] | None
    notes: list[str]


def lines(
    course: Course, homework: Homework, roster: list[Student], reports: dict[str, Report],
    notes: dict[str, list[str]],
) -> list[Line]:  # fmt: skip
    """One line per student on the roster, then those who are not on it, by id."""
    known = {s.id for s in roster}
    others = [Student(s) for s in sorted(reports) if s not in known]
    held = scores(course, homework)
    return [
        _line(homework, s, reports.get(s.id), held.get(s.id), notes.get(s.id, []), s.id in known
              or not roster)
        for s in [*roster, *others]
    ]  # fmt: skip


def _line(
    homework: Homework, student: Student, report: Report | None, row: dict[str, Any] | None,
    notes: list[str], expected: bool,
) -> Line:  # fmt: skip
    notes = list(notes) + ([] if expected else ["not on the roster"])
    if report is None:
        return Line(student, NOTHING, None, None, notes)
    notes += report.notes
    if report.status != GRADED:
        return Line(student, NOT_GRADED, report, None, [report.reason, *notes])
    trouble = agrees(homework, report, row)
    if trouble:
        return Line(student, NOT_GRADED, report, None, [trouble, *notes])
    return Line(student, GRADED, report, row, notes)


def _columns(homework: Homework) -> list[str]:
    return [*(e.id for e in homework.exercises()), *questions_of(homework.lesson)]


def _grade_id(column: str) -> str:
    return grade_id_of("why" if ".w" in column else "check", column)


def _safe(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def grades_csv(course: Course, homework: Homework, table: list[Line]) -> str:
    """The grades as CSV: a column per exercise and question, total, maximum, status, notes."""
    columns, maximum = _columns(homework), _maximum(homework)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = ["student_id", "name", *columns, "total", "maximum", "needs_manual", "status", "notes"]
    writer.writerow(head)
    for line in table:
        values: list[str] = [""] * len(columns)
        total, manual = "", ""
        if line.row is not None:
            waiting = set(line.row["manual"])
            values = [_cell(line.row, _grade_id(c), waiting) for c in columns]
            total = _number(sum(float(v) for v in values if v))
            manual = "yes" if waiting else "no"
        notes = _safe("; ".join(" ".join(n.split()) for n in line.notes))
        who = [_safe(line.student.id), _safe(line.student.name)]
        writer.writerow([*who, *values, total, _number(maximum), manual, line.status, notes])
    return out.getvalue()


def _cell(row: dict[str, Any], grade_id: str, waiting: set[str]) -> str:
    if grade_id in waiting and grade_id not in row["by_hand"]:
        return ""
    return _number(row["scores"].get(grade_id) or 0.0)


def _number(value: float) -> str:
    return f"{round(value, 4):g}"


def _maximum(homework: Homework) -> float:
    from lessonlib.homework.release import points_of

    return sum(points_of(homework.notebook()).values())


def class_report(homework: Homework, table: list[Line]) -> str:
    """A page on the class: which exercise, which recognised mistake, who could not be graded."""
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
    parts += ["", "## Recognised mistakes", "", *_mistakes(table)]
    for status, title in ((NOT_GRADED, "Not graded"), (NOTHING, "No submission")):
        found = [line for line in table if line.status == status]
        if found:
            parts += ["", f"## {title}", ""]
            parts += [f"- {x.student.id} {x.student.name}".rstrip() + _why(x) for x in found]
    return "\n".join(parts) + "\n"


def _why(line: Line) -> str:
    return f": {line.notes[0]}" if line.notes else ""


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


def _mistakes(table: list[Line]) -> list[str]:
    seen: Counter[tuple[str, str]] = Counter()
    words: dict[tuple[str, str], str] = {}
    for line in table:
        for graded in line.report.exercises if line.report and line.status == GRADED else ():
            if graded.mistake:
                seen[graded.exercise, graded.mistake] += 1
                words[graded.exercise, graded.mistake] = graded.message
    if not seen:
        return ["None."]
    return [f"- {n} x {e} {m}: {words[e, m]}" for (e, m), n in seen.most_common()]


def write_reports(course: Course, homework: Homework, table: list[Line]) -> None:
    """Write grades_NN.csv and report_NN.md into the course folder."""
    write(course.root / f"grades_{homework.lesson}.csv", grades_csv(course, homework, table))
    write(course.root / f"report_{homework.lesson}.md", class_report(homework, table))
