"""`lessonlib grade`: from a folder of submissions to gradebook, feedback, CSV and class report."""

import json
import os
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from lessonlib import __version__
from lessonlib.homework.cohort import owners as reading
from lessonlib.homework.cohort.pool import DaskPool, LocalPool, Pool
from lessonlib.homework.cohort.reports import Line, lines, write_reports
from lessonlib.homework.cohort.roster import Student, read_roster
from lessonlib.homework.cohort.worker import make_job
from lessonlib.homework.course import Course, safe_id
from lessonlib.homework.model import HomeworkError, Limits, Report
from lessonlib.homework.nbgrader.gradebook import feedback, is_recorded, mark_recorded, record
from lessonlib.homework.release import solved

TRUSTED = (
    "WARNING: --trusted runs the students' code with this account's rights. It can read and change "
    "every file of this account, the gradebook included, and use the network. Use it only for code "
    "that you would run yourself."
)


@dataclass
class Settings:
    """How to grade."""

    jobs: int = 1
    scheduler: str | None = None
    trusted: bool = False
    students: tuple[str, ...] = ()  # only these, anew
    limits: Limits = field(default_factory=Limits)
    progress: bool = True


@dataclass
class Outcome:
    """What a run of `grade` did."""

    table: list[Line]
    graded_now: int
    seconds: float
    notes: list[str]


class Grading:
    """One run of `grade` for one lesson."""

    def __init__(self, course: Course, lesson: str, settings: Settings) -> None:
        self.course, self.settings = course, settings
        self.homework = course.homework(lesson)
        self.notes: list[str] = []
        self.student_notes: dict[str, list[str]] = {}
        self.problems: dict[str, Report] = {}
        if self.homework.version != __version__:
            self.notes.append(
                f"assigned with lessonlib {self.homework.version}, this is {__version__}: "
                "grade with the version that assigned (see INSTRUCTORS.md)"
            )

    # ---- taking in ---------------------------------------------------------------------------

    def take_in(self, source: Path, roster: list[Student]) -> None:
        """Copy each student's file to where nbgrader expects it."""
        found = reading.sort_by_student(source, self.homework, roster)
        self.notes += [f"refused: {path}: {reason}" for path, reason in found.refused]
        for student, entries in sorted(found.by_student.items()):
            if self.settings.students and student not in self.settings.students:
                continue
            upload = reading.choose(student, entries, self.homework)
            if student in found.late:
                upload.notes.append("marked late by the upload system")
            self._keep(safe_id(student), upload)

    def _keep(self, student: str, upload: reading.Upload) -> None:
        if upload.notes:
            self.student_notes[student] = upload.notes
        path = self.course.submitted(self.homework, student)
        if upload.raw is None:
            self.problems[student] = Report("not graded", upload.problem or "no file was found")
            shutil.rmtree(path.parent, ignore_errors=True)
        elif not path.exists() or path.read_bytes() != upload.raw:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(upload.raw)
        self._save_notes(student, upload)

    def _notes_path(self, student: str) -> Path:
        return self.course.report_path(self.homework, student).with_suffix(".intake")

    def _save_notes(self, student: str, upload: reading.Upload) -> None:
        path = self._notes_path(student)
        path.parent.mkdir(parents=True, exist_ok=True)
        reason = "" if upload.raw is not None else (upload.problem or "no file was found")
        path.write_text(json.dumps({"notes": upload.notes, "problem": reason}), encoding="utf-8")

    def _load_notes(self) -> None:
        for path in (self.course.root / "reports" / self.homework.lesson).glob("*.intake"):
            tree = json.loads(path.read_text(encoding="utf-8"))
            self.student_notes[path.stem] = tree["notes"]
            if tree["problem"]:
                self.problems[path.stem] = Report("not graded", tree["problem"])

    # ---- grading -----------------------------------------------------------------------------

    def students(self) -> list[str]:
        """Everyone whose file is there."""
        root, name = self.course.root / "submitted", self.homework.name
        return sorted(p.parts[-3] for p in root.glob(f"*/{name}/{name}.ipynb"))

    def _raw(self, student: str) -> bytes:
        return self.course.submitted(self.homework, student).read_bytes()

    def _job(self, raw: bytes) -> dict[str, Any]:
        hide = [str(self.course.root)]
        return make_job(
            self.homework, raw, self.settings.limits, hide, self.settings.trusted
        )  # fmt: skip

    def _pool(self) -> Pool:
        if self.settings.scheduler:
            return DaskPool(self.settings.scheduler)
        return LocalPool(self.settings.jobs)

    def self_test(self, pool: Pool) -> None:
        """The reference must get full marks in the same room before any student is graded."""
        raw = json.dumps(solved(self.homework.notebook())).encode()
        for _, report in pool.run([("reference", lambda: self._job(raw))]):
            if report.reason.startswith("problem: no closed room"):
                raise HomeworkError(
                    f"{report.reason.removeprefix('problem: ')}. This system does not allow the "
                    "namespaces that keep students' code away from your files. Grade on a Linux "
                    "machine that allows them, or read what --trusted means."
                )
            short = [g.exercise for g in report.exercises if g.points < g.maximum]
            if report.status != "graded" or short:
                raise HomeworkError(
                    "the reference solution does not get full marks here, so nobody is graded: "
                    + (report.reason or ", ".join(short))
                )

    def grade_all(self) -> int:
        """Grade what has no report yet, record what is not recorded. Returns how many were new."""
        todo, ready = [], []
        for student in self.students():
            if self.settings.students and student not in self.settings.students:
                continue
            again = bool(self.settings.students)
            report = self.course.report_for(self.homework, student, self._raw(student))
            if report is None or again or report.reason.startswith("problem:"):
                todo.append(student)
            elif not is_recorded(self.course, self.homework, student, self._raw(student)):
                ready.append((student, report))
        bar = tqdm(total=len(todo) + len(ready), unit="student", disable=not self.settings.progress)
        with bar:
            for student, report in ready:
                self._record(student, report)
                bar.update()
            if todo:
                self._grade_new(todo, bar)
        return len(todo)

    def _grade_new(self, todo: list[str], bar: "tqdm[Any]") -> None:
        jobs = ((s, lambda s=s: self._job(self._raw(s))) for s in todo)
        with self._pool() as pool:
            self.self_test(pool)
            for student, report in pool.run(jobs):
                self.course.store(self.homework, student, self._raw(student), report)
                self._record(student, report)
                bar.update()

    def _record(self, student: str, report: Report) -> None:
        """nbgrader's part for one student; where it refuses, the student is named, not scored."""
        try:
            record(self.course, self.homework, student, report)
        except HomeworkError as error:
            failed = Report("not graded", f"problem: {error}", report.notes)
            self.course.store(self.homework, student, self._raw(student), failed)
            record(self.course, self.homework, student, failed)
            return
        mark_recorded(self.course, self.homework, student, self._raw(student))

    # ---- results -----------------------------------------------------------------------------

    def reports(self) -> dict[str, Report]:
        """Every report there is, and the reason for everyone without one."""
        found = dict(self.problems)
        for student in self.students():
            report = self.course.report_for(self.homework, student, self._raw(student))
            found[student] = report or Report("not graded", "problem: grading has not come to it")
        return found

    def finish(self, roster: list[Student]) -> list[Line]:
        """Write the CSV and the class report from everything that is known."""
        self._load_notes()
        seated = [Student(safe_id(s.id), s.name) for s in roster]
        table = lines(self.course, self.homework, seated, self.reports(), self.student_notes)
        original = {safe_id(s.id): s for s in roster}
        for line in table:
            line.student = original.get(line.student.id, line.student)
        write_reports(self.course, self.homework, table)
        return table


def grade(
    course: Course, lesson: str, settings: Settings, submissions: Path | None = None,
    roster: Path | None = None,
) -> Outcome:  # fmt: skip
    """Grade a lesson's submissions. Raises HomeworkError where nothing can be graded."""
    with course.locked():
        run = Grading(course, lesson, settings)
        seats = _roster(course, roster)
        if submissions is not None:
            run.take_in(submissions, seats)
        unknown = set(settings.students) - {*run.students(), *run.problems}
        if unknown:
            raise HomeworkError(f"no submission of {', '.join(sorted(unknown))}")
        begun = time.perf_counter()
        count = run.grade_all()
        seconds = time.perf_counter() - begun
        if not count:  # called again after grading by hand
            for student, report in run.reports().items():
                if report.status == "graded":
                    feedback(course, run.homework, student)
        return Outcome(run.finish(seats), count, seconds, run.notes)


def _roster(course: Course, path: Path | None) -> list[Student]:
    """The roster given now, or the one given before."""
    kept = course.root / "roster.csv"
    if path is not None and path.resolve() != kept.resolve():
        read_roster(path)
        shutil.copyfile(path, kept)
        os.chmod(kept, 0o644)
    seats = read_roster(kept) if kept.exists() else []
    twice = [n for n, k in Counter(safe_id(s.id) for s in seats).items() if k > 1]
    if twice:
        raise HomeworkError(f"the roster has several students for {', '.join(twice)}")
    return seats
