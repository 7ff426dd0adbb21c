"""One student's file of one homework: where it is, and all that is known about it.

What is known is one JSON file, `reports/NN/STUDENT.json`, written whole or not at all. Courses of
the first edition kept it in three; these are read, and replaced when there is something to write.
"""

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from lessonlib.files import write
from lessonlib.homework.course import Course
from lessonlib.homework.lateness import late_by
from lessonlib.homework.model import Graded, Homework, Report

GRADER = 1  # goes up when a change of the grader can change a score
_BEFORE = (".recorded", ".intake")  # endings of the first edition's other two files


@dataclass
class Submission:
    """What one student handed in for one homework.

    notes    : what was noticed when the file was taken in
    problem  : why there is no file, where the student handed in something else
    key      : names the file, the homework and the grader that `report` is about
    report   : what the grader found, None as long as this very file has not been graded
    recorded : whether gradebook and feedback hold the report
    handed_in: when, as nbgrader writes it ("2026-10-05 13:22:00 UTC"), empty where nobody says
    late     : whether the platform says that it was late
    origin   : the path that it was handed in with, from which its student is told
    """

    course: Course
    homework: Homework
    student: str
    notes: list[str] = field(default_factory=list)
    problem: str = ""
    key: str = ""
    report: Report | None = None
    recorded: bool = False
    handed_in: str = ""
    late: bool = False
    origin: str = ""

    @staticmethod
    def open(course: Course, homework: Homework, student: str) -> "Submission":
        """What is known about a student's file. What is known about an earlier file is left out."""
        known = Submission(course, homework, student)
        known = replace(known, **_stored(known.state_file))
        key = known._key_of(known.read()) if known.file.exists() else ""
        if key:
            known.problem = ""
        if key != known.key:
            known._has_changed(key)
        return known

    @property
    def file(self) -> Path:
        """The file that counts, where nbgrader looks for it."""
        name = self.homework.name
        return self.course.root / "submitted" / self.student / name / f"{name}.ipynb"

    def read(self) -> bytes:
        """The file's bytes; they are not kept, since a class may be large."""
        return self.file.read_bytes()

    @property
    def state_file(self) -> Path:
        """Where all that is known about the file is kept."""
        return self.course.root / "reports" / self.homework.lesson / f"{self.student}.json"

    @property
    def feedback_file(self) -> Path:
        """The page that the student gets."""
        name = self.homework.name
        return self.course.root / "feedback" / self.student / name / f"{name}.html"

    @property
    def autograded(self) -> Path:
        """nbgrader's folder of the graded notebook."""
        return self.course.root / "autograded" / self.student / self.homework.name

    def take_in(self, raw: bytes | None, notes: list[str], problem: str) -> None:
        """Keep what was handed in; without a file, the reason why there is none."""
        self.notes, self.problem = notes, ""
        if raw is None:
            self._has_changed("")
            self.problem = problem or "no file was found"
            self._save()  # before the file goes: a full disk must not leave neither
            self._put_away()
        elif self._key_of(raw) != self.key:
            write(self.file, raw)
            self._has_changed(self._key_of(raw))
        self._save()

    def date(self, handed_in: str, late: bool) -> None:
        """Keep when it was handed in."""
        if (handed_in, late) != (self.handed_in, self.late):
            self.handed_in, self.late, self.recorded = handed_in, late, False
        self.stamp()
        self._save()

    def stamp(self) -> None:
        """Write when it was handed in to where nbgrader reads it."""
        clock = self.file.with_name("timestamp.txt")
        if self.handed_in and self.key:
            write(clock, f"{self.handed_in}\n")
        else:
            clock.unlink(missing_ok=True)

    def move_to(self, student: str) -> "Submission":
        """The same submission under the id that its student has in the class list."""
        moved = replace(self, student=student)
        _move(self.autograded, moved.autograded)
        _move(self.feedback_file.parent, moved.feedback_file.parent)
        moved._save()
        _move(self.file.parent, moved.file.parent)
        self.state_file.unlink(missing_ok=True)
        return moved

    def set_aside(self) -> None:
        """It is no submission any longer; its file is kept in `replaced/`."""
        for folder in (self.autograded, self.feedback_file.parent):
            shutil.rmtree(folder, ignore_errors=True)
        self._put_away()
        self.state_file.unlink(missing_ok=True)

    def _put_away(self) -> None:
        """Keep its file in `replaced/`: it may be the only copy that there is."""
        if self.file.exists():
            kept = self.course.root / "replaced" / self.student / self.homework.name
            _move(self.file.parent, kept)

    def remark(self, note: str) -> None:
        """Keep one more note."""
        self.notes = [*(n for n in self.notes if n != note), note]
        self._save()

    @property
    def late_by(self) -> str:
        """How long after the due date it was handed in; empty where it was in time."""
        return late_by(self.homework.due, self.handed_in, self.late)

    def keep(self, report: Report | None, recorded: bool = False) -> None:
        """Keep what the grader found, and whether gradebook and feedback hold it."""
        self.report, self.recorded = report, recorded
        self._save()

    @property
    def is_open(self) -> bool:
        """Whether this very file has not been graded yet, or grading it has failed."""
        return self.report is None or self.report.reason.startswith("problem:")

    @property
    def is_graded(self) -> bool:
        """Whether this very file has a score."""
        return self.outcome().status == "graded"

    def outcome(self) -> Report:
        """The report, or in its place the reason why there is none."""
        if self.problem:
            return Report("not graded", self.problem)
        return self.report or Report.problem("grading has not come to it")

    def _key_of(self, raw: bytes) -> str:
        digest = hashlib.sha256(raw).hexdigest()[:24]
        return f"{GRADER}-{self.homework.fingerprint}-{digest}"

    def _has_changed(self, key: str) -> None:
        """Another file than the one that was graded: what was found does not hold for it."""
        self.key, self.report, self.recorded = key, None, False

    def _save(self) -> None:
        state = {
            "edition": 2,
            "key": self.key,
            "notes": self.notes,
            "problem": self.problem,
            "recorded": self.recorded,
            "handed_in": self.handed_in,
            "late": self.late,
            "origin": self.origin,
            "report": self.report and asdict(self.report),
        }
        text = json.dumps(state, sort_keys=True, ensure_ascii=False)
        write(self.state_file, text.encode(errors="replace"))  # half characters cannot be stored
        for ending in _BEFORE:
            self.state_file.with_suffix(ending).unlink(missing_ok=True)


def _move(old: Path, new: Path) -> None:
    if old.exists():
        shutil.rmtree(new, ignore_errors=True)
        new.parent.mkdir(parents=True, exist_ok=True)
        old.rename(new)
        with contextlib.suppress(OSError):
            old.parent.rmdir()  # where no other homework is in it


def submissions(course: Course, homework: Homework) -> Iterator[Submission]:
    """Of everyone who handed in something, in the order of their ids."""
    files = (course.root / "submitted").glob(f"*/{homework.name}/{homework.name}.ipynb")
    states = (course.root / "reports" / homework.lesson).glob("[!.]*.*")
    known = {p.parts[-3] for p in files} | {p.stem for p in states}
    for student in sorted(known):
        found = Submission.open(course, homework, student)
        if found.key or found.problem:
            yield found


def _stored(file: Path) -> dict[str, Any]:
    """What is kept about a file; nothing where that is damaged: the file is then graded again."""
    state = _read(file)
    if state.pop("edition", 1) == 1:
        state = _first_edition(file, state)
    kinds = {"key": str, "notes": list, "problem": str, "recorded": bool, "report": dict | None}
    if not all(isinstance(state.get(name, ...), kind) for name, kind in kinds.items()):
        return {}
    known = {name: state[name] for name in kinds}
    known["handed_in"], known["late"] = str(state.get("handed_in", "")), state.get("late") is True
    known["origin"] = str(state.get("origin", ""))
    try:
        if (tree := known["report"]) is not None:
            exercises = [Graded(**graded) for graded in tree["exercises"]]
            known["report"] = Report(**{**tree, "exercises": exercises})
        return known
    except (KeyError, TypeError):
        return {}


def _first_edition(file: Path, state: dict[str, Any]) -> dict[str, Any]:
    """The state that the first edition kept in three files."""
    recorded, taken = file.with_suffix(".recorded"), _read(file.with_suffix(".intake"))
    key, report = str(state.get("key", "")), None
    with contextlib.suppress(ValueError, TypeError):
        report = json.loads(state.get("report", "null"))
    return {
        "key": key if report else "",
        "notes": taken.get("notes", []),
        "problem": taken.get("problem", ""),
        "recorded": recorded.exists() and recorded.read_bytes() == key.encode(),
        "report": report,
    }


def _read(file: Path) -> dict[str, Any]:
    """The JSON tree in a file; an empty one where there is none or the file is damaged."""
    try:
        tree = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return tree if isinstance(tree, dict) else {}
