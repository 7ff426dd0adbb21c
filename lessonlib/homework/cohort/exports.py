"""Points in the form that a platform imports: its own export, with one column filled in.

Of Canvas's gradebook the columns that name a student and the assignment's are kept, so that an
import changes nothing else. A student without final points keeps what is in the export.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from lessonlib.homework import safe
from lessonlib.homework.cohort.names import exact, squeeze
from lessonlib.homework.cohort.reports import Line, final_points, maximum_of, number
from lessonlib.homework.cohort.roster import (
    CANVAS,
    COLUMNS,
    PARTICIPANTS,
    WORKSHEET,
    Student,
    read_lines,
)
from lessonlib.homework.cohort.tables import Row, heading, read_as_it_is
from lessonlib.homework.model import Homework, HomeworkError

_OF_A_STUDENT = ("student", "lastname", "firstname", "id", "sis user id", "sis login id",
                 "integration id", "root account", "section")  # fmt: skip
_ASSIGNMENT = re.compile(r"(.*\S)\s*\((\d+)\)\s*")  # Canvas's own number of it
_GRADE = ("grade", "bewertung")
_MOST = ("maximum grade", "bestwertung")
_CHANGED = ("last modified (grade)", "zuletzt geändert (bewertung)")


@dataclass
class Export:
    """A file to import, and what has to be said about it."""

    text: str
    notes: list[str]


@dataclass(frozen=True)
class _Template:
    """A platform's export: its rows as they are, and whose the lines are."""

    path: Path
    kind: str
    rows: list[Row]
    separator: str
    students: dict[int, Student]

    @staticmethod
    def read(path: Path) -> "_Template":
        kind, found = read_lines(path)
        return _Template(path, kind, *read_as_it_is(path, COLUMNS), dict(found))

    @property
    def head(self) -> list[str]:
        """The names of the columns, as they are compared."""
        return [heading(cell) for cell in self.rows[0].cells]

    def column(self, names: Iterable[str]) -> int | None:
        """The position of the first of these columns that is there."""
        return next((self.head.index(name) for name in names if name in self.head), None)


def export(
    kind: str, homework: Homework, table: list[Line], path: Path | None, column: str = ""
) -> Export:
    """The points of a class for a platform: "canvas", "moodle" or "csv" (any other).

    path   : the platform's own export
    column : the assignment's column of Canvas's gradebook, where it is not found by its name
    Raises HomeworkError where the export is another one, or the column is not certain.
    """
    points = [(line, final_points(homework, line)) for line in table]
    if kind == "csv":
        made = Export(_plain(homework, points), [])
    elif path is None:
        raise HomeworkError(f"--export {kind} fills in an export of it: give that as --gradebook")
    else:
        made = _FILL[kind](homework, points, _Template.read(path), column)
    waiting = sum(p is None and line.row is not None for line, p in points)
    if waiting:
        made.notes.append(f"{waiting} left out: answers wait to be graded by hand")
    return made


Points = list[tuple[Line, float | None]]


def _plain(homework: Homework, points: Points) -> str:
    rows = [["student_id", "name", "points", "maximum"]]
    most = number(maximum_of(homework))
    for line, value in points:
        who = [safe.cell(line.student.id), safe.cell(line.student.name)]
        rows.append([*who, "" if value is None else number(value), most])
    return _csv(rows, ",")


def _csv(rows: Iterable[list[str]], separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _canvas(homework: Homework, points: Points, template: _Template, column: str) -> Export:
    if template.kind != CANVAS:
        raise HomeworkError(
            f"{template.path.name} is {template.kind}; --export canvas needs Canvas's gradebook "
            "(Gradebook > Export)"
        )
    place = _assignment(homework, template, column)
    kept = [k for k, name in enumerate(template.head) if name in _OF_A_STUDENT]
    values, notes = _by_line(points, template)
    for row in template.rows:
        if "points possible" in heading(row.cells[0]) and place < len(row.cells):
            notes += _other_maximum(homework, row.cells[place], "Canvas")
    rows = [[*(_at(r, k) for k in kept), values.get(r.line, _at(r, place))] for r in template.rows]
    return Export(_csv(rows, ";" if template.separator == ";" else ","), notes)


def _at(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


def _assignment(homework: Homework, template: _Template, column: str) -> int:
    """The position of the homework's column: the one that is named, or whose name is certain."""
    found = {
        k: m for k, cell in enumerate(template.rows[0].cells) if (m := _ASSIGNMENT.fullmatch(cell))
    }
    if column:
        fits = [k for k, m in found.items() if exact(column) in map(exact, (m[0], m[1], m[2]))]
    else:
        wanted = squeeze(homework.name)
        fits = [k for k, m in found.items() if squeeze(m[1]) == wanted] or list(found)
    if len(fits) == 1:
        return fits[0]
    there = ", ".join(repr(m[0].strip()) for m in found.values()) or "none"
    asked = f"no column is {column!r}" if column else "which column is this homework's is not clear"
    if column and len(fits) > 1:
        asked = f"{len(fits)} columns are called {column!r}; use the number in parentheses"
    raise HomeworkError(
        f"{template.path.name}: {asked}; assignments there: {there}. Say which with --column"
    )


def _moodle(homework: Homework, points: Points, template: _Template, column: str) -> Export:
    values, notes = _by_line(points, template)
    if template.kind == PARTICIPANTS:
        return _gradebook(homework, template, values, notes)
    if template.kind != WORKSHEET:
        raise HomeworkError(
            f"{template.path.name} is {template.kind}; --export moodle needs the assignment's "
            "grading worksheet, or the participants of the course"
        )
    place = template.column(_GRADE)
    if place is None or template.column(_CHANGED) is None:
        raise HomeworkError(
            f"{template.path.name}: Moodle takes a grading worksheet back only with the columns "
            f"{' / '.join(_GRADE)} and {' / '.join(_CHANGED)}; download it again"
        )
    most = template.column(_MOST)
    seen = {_at(row, most) for row in template.rows[1:]} if most is not None else set()
    for text in sorted(seen - {""}):
        notes += _other_maximum(homework, text, "Moodle")
    rows = [_with(row.cells, place, values.get(row.line)) for row in template.rows]
    return Export(_csv(rows, ","), notes)


def _gradebook(
    homework: Homework, template: _Template, values: dict[int, str], notes: list[str]
) -> Export:
    """The participants with one more column, for Moodle's gradebook."""
    first, *rest = template.rows
    made = [[*first.cells, homework.name]]
    made += [[*row.cells, values[row.line]] for row in rest if row.line in values]
    return Export(_csv(made, ","), [*notes, "Moodle: Grades > Import > CSV file; map "
                  f"{homework.name} to the assignment"])  # fmt: skip


def _with(cells: list[str], place: int, value: str | None) -> list[str]:
    return cells if value is None else [*cells[:place], value, *cells[place + 1 :]]


def _other_maximum(homework: Homework, text: str, platform: str) -> list[str]:
    """A sentence where the platform counts to another number."""
    most = maximum_of(homework)
    try:
        theirs = float(text.strip().replace(",", "."))
    except ValueError:
        return []
    if theirs == most:
        return []
    return [f"{platform} has {number(theirs)} points for it, the homework {number(most)}"]


def _by_line(points: Points, template: _Template) -> tuple[dict[int, str], list[str]]:
    """The points of each line of an export; a student is found by what is certain, never a name."""
    lines: dict[str, set[int]] = {}
    own = {exact(student.id): {at} for at, student in template.students.items()}
    for at, student in template.students.items():
        for text in {student.id, student.number, *student.keys} - {""}:
            lines.setdefault(exact(text), set()).add(at)
    found: dict[int, list[tuple[Line, float]]] = {}
    missing = []
    for line, value in points:
        if value is None:
            continue
        texts = {line.student.id, line.student.number, *line.student.keys} - {""}
        any_of = {at for text in texts for at in lines.get(exact(text), ())}
        hits = set(own.get(exact(line.student.id), any_of))
        if len(hits) == 1:
            found.setdefault(hits.pop(), []).append((line, value))
        else:
            missing.append(line.student.id)
    twice = [x.student.id for several in found.values() if len(several) > 1 for x, _ in several]
    values = {at: number(v) for at, ((_, v), *more) in found.items() if not more}
    notes = [f"not in {template.path.name}: {', '.join(missing)}"] if missing else []
    return values, notes + ([f"one line for several: {', '.join(twice)}"] if twice else [])


_FILL: dict[str, Callable[[Homework, Points, _Template, str], Export]]
_FILL = {"canvas": _canvas, "moodle": _moodle}
