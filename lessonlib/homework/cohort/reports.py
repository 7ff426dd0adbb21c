"""The table of grades and the report on the class."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import Any

from lessonlib.files import write
from lessonlib.homework import safe
from lessonlib.homework.cells import graded_cell_of
from lessonlib.homework.cohort.difficulty import FEWEST, Item, in_words, items, tried_nothing
from lessonlib.homework.cohort.picture import svg
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
    columns, maximum = _columns(homework), maximum_of(homework)
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
            total = number(sum(float(v) for v in values if v))
            manual = "yes" if waiting else "no"
        notes = safe.cell("; ".join(" ".join(n.split()) for n in line.notes))
        who = [safe.cell(line.student.id), safe.cell(line.student.name)]
        rest = [total, number(maximum), manual, line.late_by, line.status, notes]
        writer.writerow([*who, *values, *rest])
    return out.getvalue()


def final_points(homework: Homework, line: Line) -> float | None:
    """A student's points; None where there are none yet, or something waits to be graded by hand.

    Points that count once are exported once: a part of them would be taken for all.
    """
    if line.row is None or line.row["manual"]:
        return None
    cells = map(graded_cell_of, _columns(homework))
    return sum(line.row["scores"].get(c) or 0.0 for c in cells)


def _cell(row: Row, grade_id: str, waiting: set[str]) -> str:
    if grade_id in waiting and grade_id not in row["by_hand"]:
        return ""
    return number(row["scores"].get(grade_id) or 0.0)


def number(value: float) -> str:
    """Points as they are written.

    >>> number(2.0), number(1.42857)
    ('2', '1.4286')
    """
    return f"{round(value, 4):g}"


def maximum_of(homework: Homework) -> float:
    """The points of all exercises and questions."""
    return sum(points_of(homework.notebook()).values())


def class_report(homework: Homework, table: list[Line], names: bool = False) -> str:
    """A page on the class: how hard each exercise was, what was found how often, where people stop.

    names : whether students may be named; without, only numbers are in it
    """
    count = Counter(line.status for line in table)
    found = items(homework, graded_reports(table))
    parts = [f"# {homework.name}: {len(table)} students", ""]
    waiting = sum(bool(line.row and line.row["manual"]) for line in table)
    counts = [f"{count[s]} {s}" for s in (GRADED, NOT_GRADED, NOTHING)]
    parts += [", ".join([*counts, f"{waiting} with answers to grade by hand"]), ""]
    if count[GRADED]:
        parts += [_picture(homework, found, count[GRADED]), ""]
    parts += ["## How hard each exercise was", ""]
    parts += [
        "| exercise | full | part | none | not attempted | full marks | mean share | item-rest | |",
        "|---|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    parts += [_item_row(item) for item in found]
    parts += ["", _LEGEND, "", "## Where people stop", "", *_stops(found, table), ""]
    parts += ["## What was found", ""]
    findings = [row for e in homework.exercises() for row in _findings(e.id, e.title, table)]
    parts += findings or ["None.", ""]
    for status, title in ((NOT_GRADED, "Not graded"), (NOTHING, "No submission")):
        lines = [line for line in table if line.status == status]
        if lines:
            parts += [f"## {title}", "", *_listed(homework, lines, names), ""]
    return "\n".join(parts)


_LEGEND = (
    "Full marks and mean share are over all who were graded. Item-rest is the correlation of the "
    "points of an exercise with the share of the points that the same students have of the others "
    "that they tried: above 0.3 it separates well, near 0 it says nothing about the rest, clearly "
    f"below 0 something is wrong with it. It is left out where fewer than {FEWEST} tried, or all "
    "have the same."
)


def graded_reports(table: list[Line]) -> list[Report]:
    """What was found about everyone who was graded."""
    return [line.report for line in table if line.status == GRADED and line.report]


def _picture(homework: Homework, found: list[Item], students: int) -> str:
    """The picture's place in the page, with its content in words."""
    said = "; ".join(f"{item.exercise} {item.mean:.0%}" for item in found)
    people = f"{students} student{'s' * (students != 1)}"
    alt = f"One bar of {people} for each exercise; mean share of the points: {said}"
    return f"![{alt}]({picture_name(homework)})"


def picture_name(homework: Homework) -> str:
    """The file of the picture, next to the report."""
    return f"report_{homework.lesson}.svg"


def _item_row(item: Item) -> str:
    counts = f"{item.full} | {item.part} | {item.none} | {item.untouched}"
    share = f"{item.full / item.students:.0%} | {item.mean:.2f}" if item.students else " | "
    rest = "" if item.rest is None else f"{item.rest:.2f}"
    return f"| {item.exercise} {item.title} | {counts} | {share} | {rest} | {in_words(item)} |"


def _stops(found: list[Item], table: list[Line]) -> list[str]:
    """How many tried an exercise and none behind it."""
    if not graded_reports(table):
        return ["Nobody has been graded."]
    nothing = tried_nothing(found, graded_reports(table))
    rows = [f"- {nothing} tried nothing"] if nothing else []
    rows += [
        f"- {item.stopped} stopped after {item.exercise} {item.title}"
        for item in found if item.stopped
    ]  # fmt: skip
    return rows or ["Everybody who was graded tried the last exercise."]


def _listed(homework: Homework, lines: list[Line], names: bool) -> list[str]:
    """The students and why; without names how many they are."""
    if names:
        return [f"- {_who(line.student)}{_why(line)}" for line in lines]
    return [
        f"{len(lines)}. Who and why is in grades_{homework.lesson}.csv; `lessonlib grade --names` "
        "writes it here."
    ]


def _who(student: Student) -> str:
    return safe.markdown(f"{student.id} {student.name}".rstrip())


def _why(line: Line) -> str:
    return f": {safe.markdown(line.notes[0])}" if line.notes else ""


def _graded(table: list[Line], exercise: str) -> list[Any]:
    return [
        g for line in table if line.status == GRADED and line.report
        for g in line.report.exercises if g.exercise == exercise
    ]  # fmt: skip


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


def write_reports(
    course: Course, homework: Homework, table: list[Line], names: bool = False
) -> None:
    """Write grades_NN.csv, report_NN.md and its picture into the course folder."""
    write(course.root / f"grades_{homework.lesson}.csv", grades_csv(course, homework, table))
    write(course.root / f"report_{homework.lesson}.md", class_report(homework, table, names))
    graded = graded_reports(table)
    if graded:
        write(course.root / picture_name(homework), svg(items(homework, graded), len(graded)))
