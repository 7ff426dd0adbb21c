"""`lessonlib assign`: from lessons to a course folder that nbgrader and formgrader open."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lessonlib import __version__
from lessonlib.files import write
from lessonlib.homework.cells import is_written
from lessonlib.homework.course import Course
from lessonlib.homework.faults import in_words
from lessonlib.homework.lateness import is_due_date
from lessonlib.homework.model import Homework, HomeworkError
from lessonlib.homework.release import find_lesson, points_of, release_of


@dataclass
class Choices:
    """What an instructor may choose; None keeps what an earlier run decided, or the default."""

    points: dict[str, float] = field(default_factory=dict)
    due: str | None = None
    seed: int | None = None
    extra_cases: str | None = None
    diagnosis: bool | None = None
    lessons_folder: Path | None = None
    course: str = "neural-sparks"


def assign(lessons: Iterable[str], root: Path, choices: Choices) -> list[Homework]:
    """Write the release and the course's records for each lesson. Run twice, the same bytes.

    Raises HomeworkError for an unknown lesson or exercise, and where submissions exist and the
    graded cells would change.
    """
    lessons = list(lessons)
    made = [_prepare(lesson, root, choices) for lesson in lessons]
    stray = [task for task in choices.points if task.split(".")[0] not in lessons]
    if stray:
        raise HomeworkError(
            f"points for {stray[0]!r}: its lesson is not among those assigned: {', '.join(lessons)}"
        )
    course = Course(root.resolve())
    course.create(choices.course)
    with in_words(), course.locked():
        return [_assign_one(course, path, homework) for path, homework in made]


def _prepare(lesson: str, root: Path, choices: Choices) -> tuple[str, Homework]:
    """Everything that can be refused, before anything is written."""
    path = find_lesson(lesson, choices.lessons_folder)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    points = {k: v for k, v in choices.points.items() if k.split(".")[0] == lesson}
    source = release_of(notebook, lesson, points)
    file = Course(root).homework_file(lesson)
    before = Homework.of_file(file) if file.exists() else None
    seed = choices.seed
    if seed is None:
        seed = before.seed if before else secrets.randbelow(2**31)
    extra = choices.extra_cases
    if extra is None:
        extra = before.extra_cases if before else ""
    due = choices.due or (before.due if before else None)
    if choices.due and not is_due_date(choices.due):
        raise HomeworkError(
            f"the due date {choices.due!r} is not certain; wanted year, month, day, time and a "
            'zone, as in "2027-01-31 23:59 Europe/Berlin" or "2027-01-31 23:59 UTC"'
        )
    diagnosis = choices.diagnosis
    if diagnosis is None:
        diagnosis = before.diagnosis if before else True
    exercises = {k: v for k, v in points_of(source).items() if not is_written(k)}
    homework = Homework(
        lesson, path.stem, __version__, seed, exercises, dumps(source), due, extra, diagnosis
    )  # fmt: skip
    if extra:
        from lessonlib.homework.submission.grader import extra_cases

        extra_cases(homework)
    return dumps(source), homework


def dumps(notebook: dict[str, Any]) -> str:
    """A notebook as text, always in the same form."""
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _assign_one(course: Course, source: str, homework: Homework) -> Homework:
    from nbgrader.converters import GenerateAssignment

    from lessonlib.homework.nbgrader import steps

    name = homework.name
    write(course.root / "source" / name / f"{name}.ipynb", source)
    steps.run(course, name, GenerateAssignment)  # locks, stamps and saves the cells
    released = course.root / "release" / name / f"{name}.ipynb"
    release = dumps(json.loads(released.read_text(encoding="utf-8")))
    write(released, release)
    homework = replace(homework, release=release)
    write(course.homework_file(homework.lesson), homework.to_json())
    if homework.due:
        _set_due(course, name, homework.due)
    return homework


def _set_due(course: Course, name: str, due: str) -> None:
    from lessonlib.homework.nbgrader.gradebook import opened

    with opened(course) as gradebook:
        gradebook.update_or_create_assignment(name, duedate=due)
