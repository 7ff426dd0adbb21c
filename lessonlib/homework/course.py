"""The course folder: where nbgrader's parts and the grader's own records stand."""

import contextlib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lessonlib.homework.model import Homework, HomeworkError, Report

try:
    import fcntl
except ImportError:  # Windows, where the commands refuse
    fcntl = None  # type: ignore[assignment]

CONFIG = '''"""nbgrader's configuration for this course, made by `lessonlib assign`."""

from pathlib import Path

from lessonlib.homework.nbgrader.steps import configure

configure(get_config(), Path(__file__).parent)  # noqa: F821 (nbgrader defines get_config)
'''
GRADER = 1  # goes up when a change of the grader can change a score


@dataclass(frozen=True)
class Course:
    """A course folder: `homework/` holds what `assign` decided, `reports/` what was found."""

    root: Path

    @property
    def database(self) -> str:
        """nbgrader's gradebook."""
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def create(self, course: str) -> None:
        """Make the folder and nbgrader's configuration; what exists stays."""
        for name in ("source", "homework", "submitted"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for name, text in (
            ("nbgrader_config.py", CONFIG),
            ("course.json", json.dumps({"course": course}) + "\n"),
        ):
            if not (self.root / name).exists():
                write(self.root / name, text)

    def lessons(self) -> list[str]:
        """The lessons that have been assigned."""
        return sorted(p.stem for p in (self.root / "homework").glob("*.json"))

    def homework(self, lesson: str) -> Homework:
        """One assigned lesson. Raises HomeworkError naming those there are."""
        path = self.root / "homework" / f"{lesson}.json"
        if not path.exists():
            known = ", ".join(self.lessons()) or "none"
            raise HomeworkError(
                f"lesson {lesson!r} is not assigned in {self.root}; assigned: {known}"
            )
        return Homework.from_json(path.read_text(encoding="utf-8"))

    def homework_named(self, name: str) -> Homework:
        """The homework of an nbgrader assignment."""
        return self.homework(name.split("_")[0])

    def submitted(self, homework: Homework, student: str) -> Path:
        """Where a student's file stands."""
        return self.root / "submitted" / student / homework.name / f"{homework.name}.ipynb"

    def report_path(self, homework: Homework, student: str) -> Path:
        """Where the report on a student stands."""
        return self.root / "reports" / homework.lesson / f"{student}.json"

    def report_for(self, homework: Homework, student: str, raw: bytes) -> Report | None:
        """The stored report, if it is about this very file and this very homework."""
        path = self.report_path(homework, student)
        if not path.exists():
            return None
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            if stored["key"] != key(homework, raw):
                return None
            return Report.from_json(stored["report"])
        except (ValueError, KeyError, TypeError):
            return None

    def store(self, homework: Homework, student: str, raw: bytes, report: Report) -> None:
        """Keep a report beside the key of what it is about."""
        tree = {"key": key(homework, raw), "report": report.to_json()}
        write(self.report_path(homework, student), json.dumps(tree, ensure_ascii=False))

    def stored_or_new_report(self, homework: Homework, student: str) -> Report:
        """The stored report, or a new one: formgrader's own button ends here."""
        raw = self.submitted(homework, student).read_bytes()
        report = self.report_for(homework, student, raw)
        if report is None:
            from lessonlib.homework.submission.grader import Grader

            grader = Grader(homework, hide=[str(self.root)])
            try:
                report = grader.grade(raw)
            finally:
                grader.close()
            self.store(homework, student, raw, report)
        return report

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second grader out. Raises HomeworkError where one is at work."""
        with open(self.root / ".lock", "w", encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise HomeworkError(f"another command is working in {self.root}") from None
            yield


def key(homework: Homework, raw: bytes) -> str:
    """Names a file, the homework and the grader that a report is about."""
    return f"{GRADER}-{homework.fingerprint()}-{hashlib.sha256(raw).hexdigest()[:24]}"


def safe_id(text: str) -> str:
    """A student's id as a folder name.

    >>> safe_id("Ana/../x y")
    'Ana_.._x_y'
    """
    cleaned = re.sub(r"[^\w.@-]", "_", text.strip(), flags=re.UNICODE).strip(".")[:80]
    return cleaned or "unnamed"


def write(path: Path, text: str) -> None:
    """Write a file at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
