"""The students of a course, from the CSV files that learning platforms export.

A list is read or refused, never guessed: every row has one id, and no two rows have the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lessonlib.homework.cohort.names import same_folder
from lessonlib.homework.cohort.tables import Row, heading, read_table
from lessonlib.homework.model import HomeworkError

_FIRST = ("first name", "vorname", "given name")
_LAST = ("last name", "surname", "nachname", "family name")
_FULL = ("full name", "vollständiger name", "student name", "name", "student")
_EMAIL = ("email address", "e-mail-adresse", "e-mail address", "email", "e-mail")
_LOGIN = ("username", "user name", "anmeldename", "benutzername", "sis login id", "login id",
          "login", "github_username")  # fmt: skip
_NUMBER = ("id number", "id-nummer", "matrikelnummer", "orgdefinedid", "sis user id", "sid",
           "integration id")  # fmt: skip
_PLAIN = ("student_id", "student id", *_LOGIN, "id", *_NUMBER, *_EMAIL)
_WHEN = ("last modified (submission)", "zuletzt geändert (abgabe)")
_CHANGEABLE = ("grade can be changed", "bewertung kann geändert werden")
_MONTH = "(jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)"
_MOST_FAULTS = 12  # rows that are named
CANVAS, WORKSHEET = "Canvas's gradebook", "Moodle's grading worksheet"
PARTICIPANTS = "Moodle's participants or Google Classroom's grades"


@dataclass(frozen=True)
class Student:
    """One row of the class list.

    keys      : the other columns that name this student alone: login, number, e-mail address
    number    : the platform's own number, which is in the names of the files that it exports
    names     : the name in each form in which it may be written
    handed_in : when the platform says that the student handed in, in its own words
    """

    id: str
    name: str = ""
    keys: frozenset[str] = frozenset()
    number: str = ""
    names: frozenset[str] = frozenset()
    handed_in: str = ""


@dataclass(frozen=True)
class _Format:
    """An export that is known: the columns by which it is recognised, one of each group."""

    name: str
    needs: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...]  # the first of them that is there holds the id
    number: tuple[str, ...] = ()

    def fits(self, head: list[str]) -> bool:
        return all(any(c in head for c in group) for group in self.needs)


_FORMATS = (
    _Format(CANVAS, (("student",), ("id",), ("section", "sis login id")),
            ("sis login id", "id"), ("id",)),
    _Format("GitHub Classroom's roster", (("identifier",), ("github_username",)), ("identifier",)),
    _Format(WORKSHEET, (("identifier", "id"), _CHANGEABLE),
            (*_LOGIN, *_EMAIL, "id number", "id-nummer", "identifier", "id"), ("identifier", "id")),
    _Format(WORKSHEET, (("identifier",), _FULL),
            (*_LOGIN, *_EMAIL, "id number", "identifier"), ("identifier",)),
    _Format("Brightspace's grades", (("orgdefinedid", "end-of-line indicator"),),
            ("username", "orgdefinedid", "email")),
    _Format("Blackboard's grade centre", (_LAST, _FIRST, ("username",)), ("username",)),
    _Format(PARTICIPANTS, (_LAST, _FIRST),
            ("student_id", *_LOGIN, *_EMAIL, *_NUMBER, "student id")),
)  # fmt: skip
_REFUSED = (
    ("Moodle's log", (("event name", "ereignisname"), ("event context", "ereigniskontext")),
     "download the participants or the grading worksheet"),
    ("nbgrader's table of grades", (("assignment",), ("student_id",), ("raw_score",)),
     "it has a row for each submission; a class list has one for each student"),
)  # fmt: skip
_SUMMARY = re.compile(r"(points( possible)?|date|manual posting|(class |overall )?average)$", re.I)
_TEST_STUDENTS = ("student, test", "test student")
COLUMNS = frozenset([*_PLAIN, *_FIRST, *_LAST, *_FULL, *_CHANGEABLE, "identifier", "section"])


def read_roster(path: Path) -> list[Student]:
    """The students of a CSV file: an export of a platform, or a list with a column `student_id`.

    Raises HomeworkError, which names each row whose id is missing or there twice.
    """
    return [student for _, student in read_lines(path)[1]]


def read_lines(path: Path) -> tuple[str, list[tuple[int, Student]]]:
    """What a class list is, and its students, each with the line of the file.

    Raises HomeworkError as `read_roster` does.
    """
    rows = read_table(path, COLUMNS)
    head = [heading(c) for c in rows[0].cells]
    form = _format_of(path, head)
    found = list(_students(path, form, head, rows[1:]) if form else _plain_list(path, rows))
    if not found:
        raise HomeworkError(f"the class list {path.name} has a head and no students")
    _refuse_doubles(path, found)
    return form.name if form else "a list", found


def _format_of(path: Path, head: list[str]) -> _Format | None:
    """What the list is; None for a list of ids without a head."""
    for name, needs, instead in _REFUSED:
        if all(any(c in head for c in group) for group in needs):
            raise HomeworkError(f"the class list {path.name} is {name}: {instead}")
    form = next((f for f in _FORMATS if f.fits(head)), _Format("a list", (), _PLAIN))
    column = next((c for c in form.ids if c in head), None)
    if column is None and len(head) == 1 and head[0] not in _FULL + _FIRST + _LAST:
        return None
    if column is None:
        kind = "" if not form.needs else f" (it looks like {form.name})"
        raise HomeworkError(
            f"the class list {path.name}{kind} has the columns {', '.join(head)}; none of them "
            "names a student for certain, since two may have the same name. A column student_id, "
            "username, id or email address is needed"
        )
    if head.count(column) > 1:
        raise HomeworkError(f"the class list {path.name} has the column {column} twice")
    return form


def _plain_list(path: Path, rows: list[Row]) -> list[tuple[int, Student]]:
    odd = [
        f"line {r.line}: {r.cells[0]!r}" for r in rows
        if re.search(r"\s", r.cells[0]) or _not_an_id(r.cells[0])
    ]  # fmt: skip
    if odd:
        raise HomeworkError(
            f"the class list {path.name} has no head, so that each line must be one id; "
            f"these are none: {_listed(odd)}. Begin the list with the line student_id"
        )
    return [(r.line, Student(r.cells[0])) for r in rows]


def _students(
    path: Path, form: _Format, head: list[str], rows: list[Row]
) -> Iterator[tuple[int, Student]]:
    """Each row's student, with the line. Raises HomeworkError naming the rows that are wrong."""
    faults = []
    column = next(c for c in form.ids if c in head)
    for row in rows:
        if any(row.cells[len(head) :]):
            faults.append(f"line {row.line} has {len(row.cells)} cells, the head has {len(head)}")
            continue
        cells = dict(zip(head, row.cells + [""] * len(head), strict=False))
        name = _name(cells)
        if _is_no_student(form, row.cells, cells, column):
            continue
        identity = _value(cells, column)
        if not identity:
            who = f" ({name})" if name else ""
            faults.append(f"line {row.line}{who} has no {column}")
        elif reason := _not_an_id(identity) or _not_a_person(identity, column, cells):
            faults.append(f"line {row.line} has the {column} {identity!r}: {reason}")
        else:
            yield row.line, _student(form, cells, identity)
    if faults:
        raise HomeworkError(f"the class list {path.name} is not read: {_listed(faults)}")


def _not_an_id(text: str) -> str:
    """Why a cell is no id, or nothing."""
    if re.fullmatch(r"#?(N/A|REF!|NAME\?|VALUE!|NUM!|NULL!|DIV/0!)", text, re.I):
        return "the result of a formula that failed"
    if re.search(r"[<>{}]", text):
        return "a piece of another kind of file"
    if re.search(r"[;,|\t\r\n]", text):
        return "two cells in one, or another separator than in the head"
    if re.fullmatch(r"\d[.,]\d+E\+?\d+", text, re.I):
        return "a spreadsheet program has shortened the number"
    if re.fullmatch(r"\d+\.0+", text):
        return "a program has written the number with a decimal point"
    if re.fullmatch(rf"\d{{1,2}}[-. ]{_MONTH}\.?([-. ]\d+)?", text, re.I):
        return "a spreadsheet program has made a date of it"
    return ""


def _not_a_person(identity: str, column: str, cells: dict[str, str]) -> str:
    """Why a line may be one of dates or totals: no name, and no address where one should be."""
    if column in _EMAIL and "@" not in identity and not _name(cells):
        return "no name, and no e-mail address"
    return ""


def _is_no_student(form: _Format, row: list[str], cells: dict[str, str], column: str) -> bool:
    """A line of totals or dates that a platform puts below the head, or Canvas's test student."""
    name = _name(cells)
    above = not name and not any(cells.get(c) for c in form.ids)
    if form.name == CANVAS and (above or name.lower() in _TEST_STUDENTS):
        return True
    words = [c for c in row if c]
    return not _value(cells, column) and any(_SUMMARY.match(w) for w in words[:1])


def _student(form: _Format, cells: dict[str, str], identity: str) -> Student:
    kept = (*_LOGIN, *_NUMBER, *_EMAIL, "student_id", "student id", "id")
    keys = {v for c in kept if c not in form.number and (v := _value(cells, c))}
    number = next((cells[c] for c in form.number if cells.get(c)), "")
    digits = re.search(r"(\d+)$", number)
    when = next((cells[c] for c in _WHEN if cells.get(c, "-") != "-"), "")
    return Student(
        identity, _name(cells), frozenset(keys - {identity}), digits[1] if digits else "",
        frozenset(_forms(cells)), when,
    )  # fmt: skip


def _value(cells: dict[str, str], column: str) -> str:
    """A cell without the # that Brightspace puts before an id."""
    return cells.get(column, "").removeprefix("#")


def _first_of(cells: dict[str, str], columns: tuple[str, ...]) -> str:
    return next((cells[c] for c in columns if cells.get(c)), "")


def _name(cells: dict[str, str]) -> str:
    first, last = _first_of(cells, _FIRST), _first_of(cells, _LAST)
    return f"{first} {last}".strip() or _first_of(cells, _FULL)


def _forms(cells: dict[str, str]) -> Iterator[str]:
    """A name as platforms write it: the family name first or last, with or without a comma."""
    first, last = _first_of(cells, _FIRST), _first_of(cells, _LAST)
    yield from (f"{first} {last}", f"{last} {first}")
    for column in _FULL:
        name = cells.get(column, "")
        words = name.replace(",", " ").split()
        yield name
        if len(words) > 1:
            yield " ".join([words[-1], *words[:-1]])
            yield " ".join([*words[1:], words[0]])
        if "," in name:
            before, after = name.split(",", 1)
            yield f"{after} {before}"


def _refuse_doubles(path: Path, found: list[tuple[int, Student]]) -> None:
    """Two rows must not be one student, nor two students one folder."""
    seen: dict[str, tuple[int, str]] = {}
    faults = []
    for line, student in found:
        before, other = seen.setdefault(same_folder(student.id), (line, student.id))
        if before == line:
            continue
        also = "both have" if other == student.id else f"are too much alike: {other!r} and"
        faults.append(f"lines {before} and {line} {also} the id {student.id!r}")
    if faults:
        raise HomeworkError(f"the class list {path.name} is not read: {_listed(faults)}")


def _listed(faults: list[str]) -> str:
    more = len(faults) - _MOST_FAULTS
    return "; ".join(faults[:_MOST_FAULTS]) + (f"; and {more} more" if more > 0 else "")
