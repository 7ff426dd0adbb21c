"""Say whose each uploaded file is (Canvas, Moodle, nbgrader, plain), and which one counts."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from lessonlib.homework.cells import grade_id_of
from lessonlib.homework.cohort.archives import MOODLE, MOST_OF_ONE, Entry, Refused, entries
from lessonlib.homework.cohort.roster import Student, safe_id, squeeze
from lessonlib.homework.model import Homework

_CANVAS = re.compile(
    r"^(?P<name>[^_/]+?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<turn>\d+)_(?P<file>.+)$", re.I
)
_MOST_BYTES = 120 * 2**20  # bytes that are read of one student's files


@dataclass
class Upload:
    """What one student handed in: the chosen file, or the reason why there is none.

    `student` is the id as a folder name.
    """

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
            intake.by_student[owner] = [Entry(path, partial(_refuse, reason))]
    return intake


def _refuse(reason: str) -> bytes:
    raise Refused(reason)


def _unique_aliases(roster: list[Student]) -> dict[str, str]:
    seen: dict[str, set[str]] = {}
    for student in roster:
        for alias in student.aliases:
            seen.setdefault(alias, set()).add(student.id)
    return {alias: ids.pop() for alias, ids in seen.items() if len(ids) == 1}


def _owner(path: str, homework: Homework, aliases: dict[str, str]) -> tuple[str, bool]:
    """(student, late) of a file; the roster's id where it is known."""
    moodle, first = MOODLE.match(path), path.split("/")[0]
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
        if squeeze(key) in aliases:
            return aliases[squeeze(key)], late
    return safe_id(fallback), late


def uploads(intake: Intake, homework: Homework, only: Collection[str]) -> Iterator[Upload]:
    """The file that counts of each student, or of those in `only`, read when its turn comes."""
    for student, found in sorted(intake.by_student.items()):
        if not only or safe_id(student) in only:
            upload = choose(student, found, homework)
            if student in intake.late:
                upload.notes.append("marked late by the upload system")
            yield upload


def _likely(found: list[Entry]) -> list[Entry]:
    """The files that may be the homework: those that are named as notebooks, else the first."""
    return ([e for e in found if ".ipynb" in e.path.lower()] or found)[:MOST_OF_ONE]


def choose(student: str, found: list[Entry], homework: Homework) -> Upload:
    """The file that counts: the one with most of this homework's cells, then the newest."""
    names = [e.name for e in homework.exercises()]
    ids = [grade_id_of("ex", e.id) for e in homework.exercises()]
    best: tuple[int, float, str] | None = None
    upload, read = Upload(safe_id(student), None), 0
    for entry in _likely(found):
        try:
            raw = entry.read() if read < _MOST_BYTES else _refuse("more than is read of a student")
        except (Refused, OSError) as error:
            upload.problem = upload.problem or f"{Path(entry.path).name}: {error}"
            continue
        read += len(raw)
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
