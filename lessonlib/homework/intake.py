"""Read what an upload system gives: a folder or zip as Canvas, Moodle, nbgrader or people make it.

Nothing is ever unpacked under a name that came from outside; a member is read, bounded, to memory.
"""

import csv
import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lessonlib.homework.course import safe_id
from lessonlib.homework.model import Homework, HomeworkError, grade_id_of

MOST_FILE, MOST_TOTAL, MOST_MEMBERS = 30 * 2**20, 8 * 2**30, 50_000
_CANVAS = re.compile(
    r"^(?P<name>[^_/]+?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<turn>\d+)_(?P<file>.+)$", re.I
)
_MOODLE = re.compile(r"^(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_\w+?_?(?:/(?P<file>.*)|$)")
_NOISE = ("__MACOSX", ".ipynb_checkpoints", ".git", ".DS_Store", "Thumbs.db")
_ID_COLUMNS = (
    "student_id", "student id", "username", "user name", "sis login id", "login", "id",
    "sis user id", "email address", "email", "student",
)  # fmt: skip
_NAME_COLUMNS = ("name", "full name", "student", "student name")


@dataclass(frozen=True)
class Entry:
    """One file of the upload: its place, how to read it, when it was changed."""

    path: str
    read: Callable[[], bytes]
    time: float = 0.0


@dataclass(frozen=True)
class Student:
    """One row of the roster."""

    id: str
    name: str = ""
    aliases: frozenset[str] = frozenset()


@dataclass
class Upload:
    """What one student handed in: the chosen file, or the reason why there is none."""

    student: str
    raw: bytes | None
    notes: list[str] = field(default_factory=list)
    problem: str = ""


@dataclass
class Intake:
    """All entries by student, and the files that were refused."""

    by_student: dict[str, list[Entry]] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    refused: list[tuple[str, str]] = field(default_factory=list)


class Refused(Exception):
    """A member of an archive that is not read; the message says why."""


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


def _squeeze(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _aliases(head: list[str], cells: list[str]) -> frozenset[str]:
    """Every way a row may be named in a file name, squeezed to letters and digits."""
    name = _name(head, cells)
    found = {c for c in cells if c} | {name}
    found |= {c.split("@")[0] for c in cells if "@" in c}
    found |= {c.removeprefix("Participant").strip() for c in cells if c.startswith("Participant")}
    words = name.replace(",", " ").split()
    if len(words) > 1:
        found |= {" ".join([words[-1], *words[:-1]]), " ".join([*words[1:], words[0]])}
    return frozenset(s for s in map(_squeeze, found) if s)


def entries(source: Path, known: Collection[str] = ()) -> tuple[list[Entry], list[tuple[str, str]]]:
    """The files of a folder, a zip or a single notebook, and what was refused.

    A folder around everything in a zip is taken off, unless it is named as a student in `known`.
    """
    if not source.exists():
        raise HomeworkError(f"there is no {source}")
    refused: list[tuple[str, str]] = []
    if source.is_dir():
        found = list(_folder(source, refused))
    elif zipfile.is_zipfile(source):
        found = _unwrapped(list(_archive(zipfile.ZipFile(source), refused)), known)
    else:
        found = [Entry(source.name, lambda: _bounded(source), source.stat().st_mtime)]
    return [e for e in found if not _is_noise(e.path)], refused


def _is_noise(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return any(p in _NOISE or p.startswith("._") for p in parts)


def _unwrapped(found: list[Entry], known: Collection[str]) -> list[Entry]:
    """Without a folder that stands around everything (many zip programs add one)."""
    found = [e for e in found if not _is_noise(e.path)]
    tops = {e.path.split("/")[0] for e in found if "/" in e.path}
    flat = any("/" not in e.path for e in found)
    below = {e.path.split("/")[1] for e in found} if not flat else set()
    if len(tops) != 1 or flat or len(below) < 2:
        return found
    top = tops.pop()
    if _MOODLE.match(top) or _squeeze(top) in known:
        return found
    return [Entry(e.path.split("/", 1)[1], e.read, e.time) for e in found]


def _folder(root: Path, refused: list[tuple[str, str]]) -> Iterator[Entry]:
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            path = Path(folder, name)
            inside = path.relative_to(root).as_posix()
            if path.is_symlink() or not path.is_file():
                refused.append((inside, "not a plain file"))
            elif zipfile.is_zipfile(path):
                yield from _nested(inside, path.read_bytes(), refused)
            else:
                yield Entry(inside, lambda p=path: _bounded(p), path.stat().st_mtime)


def _bounded(path: Path) -> bytes:
    with path.open("rb") as handle:
        raw = handle.read(MOST_FILE + 1)
    if len(raw) > MOST_FILE:
        raise Refused(f"larger than {MOST_FILE >> 20} MB")
    return raw


def _nested(inside: str, raw: bytes, refused: list[tuple[str, str]]) -> Iterator[Entry]:
    """The files of a zip that a student handed in, as if they lay in a folder of its name."""
    folder = inside[:-4] if inside.lower().endswith(".zip") else inside
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, OSError):
        refused.append((inside, "a damaged zip file"))
        return
    for entry in _archive(archive, refused, depth=1):
        yield Entry(f"{folder}/{entry.path}", entry.read, entry.time)


def _archive(
    archive: zipfile.ZipFile, refused: list[tuple[str, str]], depth: int = 0
) -> Iterator[Entry]:
    members = [m for m in archive.infolist() if not m.is_dir()]
    if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_TOTAL:
        refused.append((archive.filename or "a zip file", "too many or too large files in it"))
        return
    for member in members:
        reason = _fault(member)
        if reason:
            refused.append((member.filename, reason))
        elif member.filename.lower().endswith(".zip"):
            if depth:
                refused.append((member.filename, "a zip file inside a zip file"))
            else:
                yield from _nested(member.filename, _member(archive, member), refused)
        else:
            moment = member.date_time
            order = float(sum(v * 100**k for k, v in enumerate(reversed(moment))))
            yield Entry(member.filename, lambda m=member: _member(archive, m), order)


def _fault(member: zipfile.ZipInfo) -> str:
    """Why a member is not read, or nothing."""
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or re.match(r"^[A-Za-z]:", name):
        return "its name points outside the archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link"
    if member.flag_bits & 1:
        return "encrypted"
    if member.file_size > MOST_FILE:
        return f"larger than {MOST_FILE >> 20} MB"
    if member.file_size > 2**20 and member.file_size > 300 * max(1, member.compress_size):
        return "packed more than 300 times: not read"
    return ""


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(member) as handle:
            raw = handle.read(MOST_FILE + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise Refused(f"unreadable in the zip file ({error})") from None
    if len(raw) > MOST_FILE:
        raise Refused(f"larger than {MOST_FILE >> 20} MB")
    return raw


def sort_by_student(source: Path, homework: Homework, roster: list[Student]) -> Intake:
    """Say of every file whose it is."""
    aliases = _unique_aliases(roster)
    found, refused = entries(source, aliases)
    intake = Intake(refused=refused)
    for entry in found:
        student, late = _owner(entry.path, homework, aliases)
        intake.by_student.setdefault(student, []).append(entry)
        if late:
            intake.late.add(student)
    for path, reason in refused:
        student, _ = _owner(path.replace("\\", "/").lstrip("/."), homework, aliases)
        owner = student if student in aliases.values() else ""
        if owner and owner not in intake.by_student:
            intake.by_student[owner] = [Entry(path, lambda r=reason: _refuse(r))]
    return intake


def _refuse(reason: str) -> bytes:
    raise Refused(reason)


def _unique_aliases(roster: list[Student]) -> dict[str, str]:
    seen: dict[str, set[str]] = {}
    for student in roster:
        for alias in student.aliases | {_squeeze(student.id)}:
            seen.setdefault(alias, set()).add(student.id)
    return {alias: ids.pop() for alias, ids in seen.items() if len(ids) == 1}


def _owner(path: str, homework: Homework, aliases: dict[str, str]) -> tuple[str, bool]:
    """(student, late) of a file; the roster's id where it is known."""
    moodle, first = _MOODLE.match(path), path.split("/")[0]
    canvas = _CANVAS.match(first)
    if moodle:
        keys, fallback, late = [moodle["id"], moodle["name"]], moodle["name"], False
    elif canvas:
        keys, late = [canvas["id"], canvas["name"]], bool(canvas["late"])
        fallback = f"{canvas['name']}_{canvas['id']}"
    else:
        stem = first if "/" in path else re.sub(r"(\.\w{1,6})+$", "", first)
        short = re.sub(rf"[\W_]*{re.escape(homework.name)}[\W_]*", "", stem, flags=re.I)
        short = re.sub(r"[ _]*\(\d+\)$", "", short) or stem
        keys, fallback, late = [stem, short], short, False
        keys += [part for part in re.split(r"[\s_]+", stem) if len(part) > 2]
    for key in keys:
        if _squeeze(key) in aliases:
            return aliases[_squeeze(key)], late
    return safe_id(fallback), late


def choose(student: str, found: list[Entry], homework: Homework) -> Upload:
    """The file that counts: the one with most of this homework's cells, then the newest."""
    names = [e.name for e in homework.exercises()]
    ids = [grade_id_of("ex", e.id) for e in homework.exercises()]
    best: tuple[int, float, str] | None = None
    upload = Upload(student, None)
    for entry in found:
        try:
            raw = entry.read()
        except (Refused, OSError) as error:
            upload.problem = upload.problem or f"{Path(entry.path).name}: {error}"
            continue
        flat = raw.replace(b"\x00", b"")
        hits = sum(i.encode() in flat for i in ids)
        hits += sum(f"def {n}".encode() in flat for n in names)
        rank = (hits + (entry.path.lower().endswith(".ipynb")), entry.time, entry.path)
        if best is None or rank > best:
            best, upload.raw = rank, raw
    if upload.raw is not None and best is not None:
        upload.problem = ""
        name = PurePosixPath(best[2]).name
        if len(found) > 1:
            upload.notes.append(f"{len(found)} files handed in; {name} was graded")
    return upload
