"""`lessonlib assign`: from lessons to a course folder that nbgrader and formgrader open."""

import io
import json
import logging
import os
import secrets
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lessonlib import __version__
from lessonlib.homework.course import Course, write
from lessonlib.homework.model import Homework, HomeworkError
from lessonlib.homework.release import find_lesson, points_of, release_of


@dataclass
class Choices:
    """What an instructor may choose; None keeps what an earlier run decided, or the default."""

    points: dict[str, float] = field(default_factory=dict)
    due: str | None = None
    seed: int | None = None
    extra_cases: str | None = None
    lessons_folder: Path | None = None
    course: str = "neural-sparks"


def assign(lessons: Iterable[str], root: Path, choices: Choices) -> list[Homework]:
    """Write the release and the course's records for each lesson. Run twice, the same bytes.

    Raises HomeworkError for an unknown lesson or exercise, and where submissions exist and the
    graded cells would change.
    """
    made = [_prepare(lesson, root, choices) for lesson in lessons]
    course = Course(root.resolve())
    course.create(choices.course)
    with course.locked():
        return [_assign_one(course, path, homework) for path, homework in made]


def _prepare(lesson: str, root: Path, choices: Choices) -> tuple[str, Homework]:
    """Everything that can be refused, before anything is written."""
    path = find_lesson(lesson, choices.lessons_folder)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    points = {k: v for k, v in choices.points.items() if k.split(".")[0] == lesson}
    source = release_of(notebook, lesson, points)
    file = root / "homework" / f"{lesson}.json"
    before = Homework.from_json(file.read_text(encoding="utf-8")) if file.exists() else None
    seed = choices.seed
    if seed is None:
        seed = before.seed if before else secrets.randbelow(2**31)
    extra = choices.extra_cases
    if extra is None:
        extra = before.extra_cases if before else ""
    due = choices.due or (before.due if before else None)
    exercises = {k: v for k, v in points_of(source).items() if ".w" not in k}
    homework = Homework(
        lesson, path.stem, __version__, seed, exercises, dumps(source), due, extra
    )  # fmt: skip
    if extra:
        from lessonlib.homework.submission.grader import extra_cases

        extra_cases(homework)
    return dumps(source), homework


def dumps(notebook: dict[str, Any]) -> str:
    """A notebook as text, always in the same form."""
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _assign_one(course: Course, source: str, homework: Homework) -> Homework:
    name = homework.name
    write(course.root / "source" / name / f"{name}.ipynb", source)
    generate(course, name)
    released = course.root / "release" / name / f"{name}.ipynb"
    tree = json.loads(released.read_text(encoding="utf-8"))
    write(released, dumps(tree))
    homework = Homework(**{**homework.__dict__, "release": dumps(tree)})
    write(course.root / "homework" / f"{homework.lesson}.json", homework.to_json())
    if homework.due:
        _set_due(course, name, homework.due)
    return homework


def generate(course: Course, name: str) -> None:
    """nbgrader's own step: lock, stamp and save the cells in the gradebook."""
    from nbgrader.converters import GenerateAssignment

    config = nbgrader_config(course)
    config.CourseDirectory.assignment_id = name
    run_converter(GenerateAssignment, config, force=True)


def nbgrader_config(course: Course) -> Any:
    """nbgrader's configuration for a course, as its nbgrader_config.py sets it."""
    from traitlets.config import Config

    from lessonlib.homework.nbgrader.steps import configure

    folder = str(Path(sys.executable).parent)  # nbgrader calls `alembic` by name
    if folder not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ.get("PATH", "")
    config = Config()
    configure(config, course.root)
    return config


def run_converter(kind: Any, config: Any, force: bool = False) -> None:
    """Run one of nbgrader's converters quietly; its log comes back in the error."""
    from nbgrader.coursedir import CourseDirectory

    log, text = logging.getLogger("lessonlib.nbgrader"), io.StringIO()
    log.handlers, log.propagate = [logging.StreamHandler(text)], False
    log.setLevel(logging.ERROR)
    converter = kind(coursedir=CourseDirectory(config=config, log=log), config=config, log=log)
    converter.force = force
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's own calls of older interfaces
            converter.start()
    except Exception as error:
        lines = [s for s in text.getvalue().strip().splitlines() if s.strip()]
        raise HomeworkError(f"nbgrader: {error} {lines[-1] if lines else ''}".strip()) from error


def _set_due(course: Course, name: str, due: str) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(course.database, "") as gradebook:
        gradebook.update_or_create_assignment(name, duedate=due)
