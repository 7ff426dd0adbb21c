"""The course folder: where nbgrader's parts and the grader's own records are."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lessonlib.files import write
from lessonlib.homework.model import Homework, HomeworkError

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]  # not on Windows, where the commands refuse

_LONGEST = 512 - len("-journal")  # bytes of a path that SQLite opens; its journal is next to it
CONFIG = '''"""nbgrader's configuration for this course, made by `lessonlib assign`."""

from pathlib import Path

from lessonlib.homework.nbgrader.steps import configure

configure(get_config(), Path(__file__).parent)  # noqa: F821 (nbgrader defines get_config)
'''


@dataclass(frozen=True)
class Course:
    """A course folder: `homework/` holds what `assign` decided, `reports/` what was found."""

    root: Path

    @property
    def database(self) -> str:
        """nbgrader's gradebook."""
        from sqlalchemy.engine import URL

        path = str(self.root / "gradebook.db")
        return URL.create("sqlite", database=path).render_as_string()  # ? and % mean more in a URL

    @staticmethod
    def of_database(url: str) -> "Course":
        """The course that a gradebook belongs to.

        >>> Course.of_database(Course(Path("/why? 5%20")).database).root.name
        'why? 5%20'
        """
        from sqlalchemy.engine import make_url

        return Course(Path(make_url(url).database or "").parent)

    def check_path(self) -> None:
        """Raise HomeworkError where SQLite, which keeps the gradebook, can open no file there."""
        length = len(os.fsencode(self.root / "gradebook.db"))
        if length > _LONGEST:
            raise HomeworkError(
                f"the path of the course folder is too long by {length - _LONGEST} bytes: with "
                f"gradebook.db it has {length}, and SQLite, which keeps nbgrader's gradebook, "
                f"opens {_LONGEST}. Move the course to a shorter path"
            )

    def create(self, course: str) -> None:
        """Make the folder and nbgrader's configuration; what exists stays.

        Raises HomeworkError where the path is too long, before anything is written.
        """
        self.check_path()
        for name in ("source", "homework", "submitted"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for name, text in (
            ("nbgrader_config.py", CONFIG),
            ("course.json", json.dumps({"course": course}) + "\n"),
        ):
            file = self.root / name
            if not file.exists() or not file.read_bytes().strip():
                write(file, text)

    @property
    def course_id(self) -> str:
        """nbgrader's name for the course. Raises HomeworkError where course.json is damaged."""
        file = self.root / "course.json"
        try:
            return str(json.loads(file.read_text(encoding="utf-8"))["course"])
        except (ValueError, TypeError, KeyError):
            raise HomeworkError(
                f'{file} is damaged: put back your backup of it, or write {{"course": '
                '"neural-sparks"} into it, with the name that `lessonlib assign` was given'
            ) from None

    def lessons(self) -> list[str]:
        """The lessons that have been assigned."""
        return sorted(p.stem for p in (self.root / "homework").glob("*.json"))

    def homework_file(self, lesson: str) -> Path:
        """Where what `assign` decided about a lesson is kept."""
        return self.root / "homework" / f"{lesson}.json"

    def homework(self, lesson: str) -> Homework:
        """One assigned lesson. Raises HomeworkError naming those there are."""
        path = self.homework_file(lesson)
        if not path.exists():
            known = ", ".join(self.lessons()) or "none"
            raise HomeworkError(
                f"lesson {lesson!r} is not assigned in {self.root}; assigned: {known}"
            )
        return Homework.of_file(path)

    def homework_named(self, name: str) -> Homework:
        """The homework of an nbgrader assignment."""
        return self.homework(name.split("_")[0])

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second grader out. Raises HomeworkError where one is at work."""
        self.check_path()
        with open(self.root / ".lock", "w", encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise HomeworkError(f"another command is working in {self.root}") from None
            yield
