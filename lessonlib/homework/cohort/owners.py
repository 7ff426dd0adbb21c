"""Say whose each uploaded file is, and which one counts.

A student is an id, a number or an e-mail address; a name counts where only one student has it. What
may be of several students is nobody's: it is refused, in words, and none of them is graded by it.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path, PurePosixPath

from lessonlib.homework.cells import grade_id_of
from lessonlib.homework.cohort.archives import MOST_OF_ONE, Entry, Refused, entries
from lessonlib.homework.cohort.names import Directory, distinct, safe_id, squeeze
from lessonlib.homework.cohort.platforms import Place, is_platforms_own, place_of, plain_place
from lessonlib.homework.cohort.roster import Student
from lessonlib.homework.cohort.submitters import Submitters
from lessonlib.homework.lateness import late_by, moment, stamp, zone_of
from lessonlib.homework.model import Homework

_MOST_BYTES = 120 * 2**20  # bytes that are read of one student's files
_MOST_NAMED = 4  # students, of those whose a file may be


@dataclass
class Upload:
    """What one student handed in: the chosen file, or the reason why there is none.

    `student` is the id as a folder name; `handed_in` is when, as nbgrader writes it, or empty.
    """

    student: str
    raw: bytes | None
    notes: list[str] = field(default_factory=list)
    problem: str = ""
    handed_in: str = ""
    late: bool = False
    origin: str = ""  # the path that it has in what was handed in
    contested: bool = False  # every file may also be another student's


@dataclass
class Intake:
    """All entries by student, and the files that were refused.

    contested : students whose file one that was refused may be, with what was said about it
    platform  : when the class list says that a student handed in, for the numbers that were seen
    """

    by_student: dict[str, list[Entry]] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    contested: dict[str, list[str]] = field(default_factory=dict)
    platform: dict[str, datetime] = field(default_factory=dict)


@dataclass
class _Owner:
    """Whose a file is: a student of the class list, a stranger, or one of several students."""

    place: Place
    students: set[str] = field(default_factory=set)
    sure: bool = False  # by an id or number
    why: str = ""  # why several


def sort_by_student(source: Path, homework: Homework, roster: list[Student]) -> Intake:
    """Say of every file whose it is."""
    sorter = _Sorter(homework, roster)
    found, refused = entries(source, sorter.known())
    submitters = Submitters.of(found)
    found = list(submitters.entries(found))
    refused = [(named, why) for path, why in refused for named in submitters.named(path)]
    times = _timestamps(found)
    kept = [e for e in found if not is_platforms_own(e.path)]
    owners = {e.path: sorter.owner(e.path) for e in kept}
    sorter.refuse_second_numbers(list(owners.values()))
    intake = Intake(refused=[*refused])
    for entry in kept:
        owner = owners[entry.path]
        if len(owner.students) > 1 or owner.why:
            _contest(intake, entry.path, owner, sorter)
            continue
        student = sorter.folder(owner)
        timed = replace(entry, handed_in=sorter.when(entry, times), late=owner.place.late)
        intake.by_student.setdefault(student, []).append(timed)
        sorter.keep_platform_time(owner, intake)
    for path, reason in refused:
        owner = sorter.owner(path.lstrip("/."))
        for student in owner.students if len(owner.students) == 1 and not owner.why else ():
            if student not in intake.by_student:
                intake.by_student[student] = [Entry(path, partial(_refuse, reason))]
    return intake


def _refuse(reason: str) -> bytes:
    raise Refused(reason)


def _timestamps(found: list[Entry]) -> dict[str, datetime]:
    """What nbgrader's exchange wrote about each folder; it makes no zips."""
    times = {}
    for entry in found:
        path = PurePosixPath(entry.path)
        if path.name == "timestamp.txt":
            try:
                text = entry.read().decode("utf-8-sig", errors="replace")
            except (Refused, OSError):
                continue
            when = moment(text, UTC)
            if when is not None:
                times[str(path.parent)] = when
    return times


def _contest(intake: Intake, path: str, owner: _Owner, sorter: "_Sorter") -> None:
    students = sorted(owner.students)
    why = owner.why or sorter.alike(students)
    reason = f"it may be of {_few(students)}: {why}"
    intake.refused.append((path, f"{reason}; give the file one student's id as its name"))
    for student in students:
        others = [s for s in students if s != student]
        shared = f" or of {_few(others)}" if others else ""
        said = f"{PurePosixPath(path).name} may be of this student{shared}, so it was not graded"
        intake.contested.setdefault(student, []).append(said)


def _few(students: list[str]) -> str:
    """The first of several ids, and how many more there are."""
    if len(students) <= _MOST_NAMED:
        return " or ".join(students)
    more = len(students) - _MOST_NAMED
    return f"{' or '.join(students[:_MOST_NAMED])} or {more} more"


class _Sorter:
    """Knows the class, and finds in it whom a path names."""

    def __init__(self, homework: Homework, roster: list[Student]) -> None:
        self.homework = homework
        self.zone: tzinfo = zone_of(homework.due)
        self.students = {s.id: s for s in roster}
        self.directory = Directory(roster)
        self.folders = {safe_id(s.id): s.id for s in roster}

    def known(self) -> Collection[str]:
        """What the folder of one student may be called, squeezed."""
        return {squeeze(key) for level in self.directory.levels for key in level}

    def owner(self, path: str) -> _Owner:
        """Whose a file is, from the folders around it and its own name."""
        parts = path.split("/")
        last = len(parts) - 1
        for k, part in enumerate(parts):
            place = place_of(part, self.zone, below=k > 0)
            if place is not None:
                owner = self._of_platform(place)
                if owner.students or k == 0 or place.certain:
                    return owner
            if self.students:
                found = self._of_words(plain_place(part, k == last, self.homework))
                if found.students:
                    return found
        return _Owner(plain_place(parts[0], last == 0, self.homework))

    def when(self, entry: Entry, times: dict[str, datetime]) -> datetime | None:
        """When a file was handed in: what a platform says, and only without one timestamp.txt.

        The outermost name in a platform's form is the platform's. What is inside is the student's.
        """
        places = (place_of(p, self.zone, k > 0) for k, p in enumerate(entry.path.split("/")))
        platforms = next(filter(None, places), None)
        if entry.handed_in or platforms:
            return entry.handed_in or (platforms.handed_in if platforms else None)
        return times.get(str(PurePosixPath(entry.path).parent))

    def _of_words(self, place: Place) -> _Owner:
        directory = self.directory
        for text in (place.whole, place.name):
            for students, sure in ((directory.by_id(text), True), (directory.by_name(text), False)):
                if students:
                    return _Owner(place, students, sure)
        return _Owner(place, directory.within(place.name, place.words))

    def _of_platform(self, place: Place) -> _Owner:
        """By the platform's number; by an id or the name where the class list has no number."""
        directory, number = self.directory, place.number
        named = next((f for n in place.names if (f := directory.find(n))), set())
        numbered = directory.numbers.get(number, "")
        ids = (directory.by_id(text) for text in (*place.logins, number) if text)
        certain = {numbered} if numbered else next((found for found in ids if found), set())
        if not certain:
            return _Owner(place, named)
        why = ""
        if named and not named & certain:
            why = f"{number} is the number of one, {place.name} is the name of the other"
        elif not (numbered or place.logins or named) and any(directory.names[s] for s in certain):
            why = f"{number} is in the class list, but with another name than {place.name}"
        return _Owner(place, certain | named if why else certain, True, why)

    def refuse_second_numbers(self, owners: list[_Owner]) -> None:
        """A platform gives each student one number: another number is another student."""
        by_student: dict[str, dict[str, list[_Owner]]] = {}
        for owner in owners:
            if len(owner.students) == 1 and owner.place.number and not owner.why:
                numbers = by_student.setdefault(next(iter(owner.students)), {})
                numbers.setdefault(owner.place.number, []).append(owner)
        for numbers in by_student.values():
            if len(numbers) < 2:
                continue
            for same in numbers.values():
                for owner in same:
                    if not owner.sure:
                        several = " and ".join(sorted(numbers))
                        owner.why = f"the numbers {several} have one name, {owner.place.name}"

    def alike(self, students: list[str]) -> str:
        """Why several students fit."""
        names = {self.students[s].name for s in students}
        if len(names) == 1 and (name := names.pop()):
            return f"all of them are called {name}"
        return "the name of the file fits all of them"

    def folder(self, owner: _Owner) -> str:
        """A student's id; for a stranger a folder that no other stranger and no student has."""
        if owner.students:
            return next(iter(owner.students))
        text = owner.place.fallback
        folder = safe_id(text)
        if self.folders.setdefault(folder, text) != text:
            folder = distinct(folder, text)
        return folder

    def keep_platform_time(self, owner: _Owner, intake: Intake) -> None:
        """A grading worksheet is of one homework: its times hold where its numbers are seen."""
        for student in owner.students:
            seat = self.students[student]
            if seat.handed_in and seat.number and seat.number == owner.place.number:
                when = moment(seat.handed_in, self.zone)
                if when is not None:
                    intake.platform[student] = when


def found_later(
    paths: Mapping[str, str], homework: Homework, roster: list[Student]
) -> dict[str, str]:
    """Who of those that were taken in without this class list is in it, and under which id.

    paths : folder of a submission -> the path that it was handed in with
    """
    sorter = _Sorter(homework, roster)
    owners = {folder: sorter.owner(path) for folder, path in paths.items()}
    sorter.refuse_second_numbers(list(owners.values()))
    return {
        folder: safe_id(next(iter(owner.students))) for folder, owner in owners.items()
        if len(owner.students) == 1 and not owner.why
    }  # fmt: skip


def uploads(intake: Intake, homework: Homework, only: Collection[str]) -> Iterator[Upload]:
    """The file that counts of each student, or of those in `only`, read when its turn comes.

    A student whose only files may also be another's gets the reason, and no file.
    """
    for student in sorted({*intake.by_student, *intake.contested}):
        if only and safe_id(student) not in only:
            continue
        contested = intake.contested.get(student, [])
        upload = choose(student, intake.by_student.get(student, []), homework)
        if not upload.handed_in and student in intake.platform:
            upload.handed_in = stamp(intake.platform[student])
        after = late_by(homework.due, upload.handed_in, upload.late)
        if after == "late":
            upload.notes.append("marked late by the upload system")
        elif after:
            upload.notes.append(f"handed in {upload.handed_in}, {after} h after the due date")
        if student in intake.by_student:
            upload.notes += contested
        else:
            upload.problem, upload.contested = "; ".join(contested), True
        yield upload


def _likely(found: list[Entry]) -> list[Entry]:
    """The files that may be the homework: those that are named as notebooks, else the first."""
    return ([e for e in found if ".ipynb" in e.path.lower()] or found)[:MOST_OF_ONE]


def choose(student: str, found: list[Entry], homework: Homework) -> Upload:
    """The file that counts: the one with most of this homework's cells, then the newest.

    Of files that are equally old, the one in which more has been written.
    """
    names = [e.name for e in homework.exercises()]
    ids = [grade_id_of("ex", e.id) for e in homework.exercises()]
    best: tuple[int, float, float, int, str] | None = None
    upload, read = Upload(safe_id(student), None, origin=found[0].path if found else ""), 0
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
        hits += entry.path.lower().endswith(".ipynb")
        when = entry.handed_in.timestamp() if entry.handed_in else 0.0
        order = re.sub(r"\d+", lambda number: number[0].zfill(9), entry.path)  # Version 10 after 2
        rank = (hits, when, entry.time, -flat.count(b"raise NotImplementedError"), order)
        if best is None or rank > best:
            best, upload.raw, upload.late = rank, raw, entry.late
            upload.origin = entry.path
            upload.handed_in = stamp(entry.handed_in) if entry.handed_in else ""
    if upload.raw is not None:
        upload.problem = ""
        name = PurePosixPath(upload.origin).name
        if len(found) > 1:
            upload.notes.append(f"{len(found)} files handed in; {name} was graded")
    return upload
