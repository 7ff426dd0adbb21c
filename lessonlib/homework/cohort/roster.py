"""The students of a course, from the CSV files that learning platforms export."""

import csv
import io
import re
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import Path

from lessonlib.homework.model import HomeworkError

_ID_COLUMNS = (
    "student_id", "student id", "username", "user name", "sis login id", "login", "id",
    "sis user id", "email address", "email", "student",
)  # fmt: skip
_MOST_ID, _MOST_BYTES = 80, 200  # characters, and bytes of a folder's name
_NAME_COLUMNS = ("name", "full name", "student", "student name")


@dataclass(frozen=True)
class Student:
    """One row of the roster."""

    id: str
    name: str = ""
    aliases: frozenset[str] = frozenset()


def read_roster(path: Path) -> list[Student]:
    """The students of a CSV file (Canvas and Moodle exports, or a plain list of ids)."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    rows = [r for r in csv.reader(io.StringIO(text)) if any(c.strip() for c in r)]
    if not rows:
        raise HomeworkError(f"the roster {path.name} is empty")
    head = [c.strip().lower() for c in rows[0]]
    at = next((head.index(c) for c in _ID_COLUMNS if c in head), None)
    if at is None and len(head) > 1:
        raise HomeworkError(
            f"the roster {path.name} has the columns {', '.join(head)}; one of "
            f"{', '.join(_ID_COLUMNS[:5])} ... is needed"
        )
    body = rows if at is None else rows[1:]
    students: dict[str, Student] = {}
    for row in body:
        cells = [c.strip() for c in row] + [""] * len(head)
        identity = cells[at or 0]
        if not identity or identity in students:
            continue
        students[identity] = Student(identity, _name(head, cells), _aliases(head, cells))
    return list(students.values())


def _name(head: list[str], cells: list[str]) -> str:
    pairs = dict(zip(head, cells, strict=False))
    if "first name" in pairs:
        last = pairs.get("last name") or pairs.get("surname") or ""
        return f"{pairs['first name']} {last}".strip()
    return next((pairs[c] for c in _NAME_COLUMNS if pairs.get(c)), "")


def squeeze(text: str) -> str:
    """Only the letters and digits of a text, in lower case.

    >>> squeeze("O'Neil, Ann-Marie")
    'oneilannmarie'
    """
    return "".join(c for c in unicodedata.normalize("NFC", text).lower() if c.isalnum())


def _aliases(head: list[str], cells: list[str]) -> frozenset[str]:
    """Every way a row may be named in a file name, squeezed to letters and digits."""
    name = _name(head, cells)
    found = {c for c in cells if c} | {name}
    found |= {c.split("@")[0] for c in cells if "@" in c}
    found |= {c.removeprefix("Participant").strip() for c in cells if c.startswith("Participant")}
    words = name.replace(",", " ").split()
    if len(words) > 1:
        found |= {" ".join([words[-1], *words[:-1]]), " ".join([*words[1:], words[0]])}
    return frozenset(s for s in map(squeeze, found) if s)


def safe_id(text: str) -> str:
    """A student's id as a folder name.

    >>> safe_id("Ana/../x y")
    'Ana_.._x_y'
    """
    whole = unicodedata.normalize("NFC", text.strip())
    cleaned = re.sub(r"[^\w.@-]", "_", whole, flags=re.UNICODE).strip(".")
    if len(cleaned) > _MOST_ID or len(cleaned.encode()) > _MOST_BYTES:  # two long names stay two
        begin = cleaned.encode()[: _MOST_ID - 9].decode(errors="ignore")
        cleaned = f"{begin}-{zlib.crc32(whole.encode(errors='replace')):08x}"
    return cleaned or "unnamed"
