"""The subcommands `assign`, `grade` and `guide` of the command line."""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lessonlib._errors import CommandError
from lessonlib.files import write
from lessonlib.homework import guide, safe
from lessonlib.homework.isolation import isolated
from lessonlib.homework.limits import Limits
from lessonlib.homework.model import Homework, HomeworkError

if TYPE_CHECKING:
    from lessonlib.homework.cohort.reports import Line
    from lessonlib.homework.course import Course


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the parsers; each sets `run`, which yields the lines to print."""
    _add_assign(subparsers)
    _add_grade(subparsers)
    guide.add_parser(subparsers)


def _add_assign(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "assign", help="turn lessons into homework", description="Write the notebooks that "
        "students get and the course folder that nbgrader and formgrader open.",
    )  # fmt: skip
    parser.add_argument("lessons", nargs="+", metavar="LESSON", help="a lesson's number, as in 03")
    parser.add_argument("--course", type=Path, required=True, metavar="DIR")
    parser.add_argument("--points", nargs="+", default=[], metavar="ID=POINTS", help="as in 03.2=5")
    parser.add_argument("--due", help='as in "2027-01-31 23:59 Europe/Berlin"')
    parser.add_argument("--seed", type=int, help="of the own cases (default: drawn once)")
    parser.add_argument("--extra-cases", type=Path, metavar="FILE", help="private cases, see guide")
    parser.add_argument("--diagnosis", action=argparse.BooleanOptionalAction, default=None,
                        help="search wrong answers for their mistake (default: yes)")  # fmt: skip
    parser.add_argument("--lessons-folder", type=Path, metavar="DIR", help="where they are")
    parser.add_argument("--course-id", default="neural-sparks", help="nbgrader's name for it")
    parser.add_argument("--gradescope", action="store_true", help="make an autograder.zip as well")
    parser.add_argument("--classroom", action="store_true",
                        help="make a template repository for GitHub Classroom as well")  # fmt: skip
    parser.set_defaults(run=_assign)


def _add_grade(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "grade", help="grade submissions", description="Grade what students handed in; writes "
        "grades_NN.csv, report_NN.md and feedback/ into the course folder.",
    )  # fmt: skip
    parser.add_argument("course", type=Path, metavar="DIR")
    parser.add_argument("--lesson", help="needed where several are assigned")
    parser.add_argument("--submissions", type=Path, metavar="FOLDER", help="folder or zip file; "
                        "without it, what has been taken in before")  # fmt: skip
    parser.add_argument("--roster", type=Path, metavar="CSV")
    parser.add_argument("--student", action="append", default=[], help="grade only this one, again")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster")
    parser.add_argument("--cell-seconds", type=float, default=Limits.cell)
    parser.add_argument("--trusted", action="store_true", help="where no closed room can be made")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.add_argument("--names", action="store_true", help="name students in the class report")
    parser.add_argument("--export", choices=("canvas", "moodle", "csv"),
                        help="write a file that this platform imports")  # fmt: skip
    parser.add_argument("--gradebook", type=Path, metavar="CSV", help="the platform's own export, "
                        "to fill in (default: the class list)")  # fmt: skip
    parser.add_argument("--column", default="", help="the assignment's column of that export")
    parser.set_defaults(run=_grade)


def _needed() -> None:
    if not hasattr(os, "fork"):
        raise CommandError("homework needs Linux or macOS; on Windows use WSL")
    encoding = sys.getfilesystemencoding()
    if encoding.lower().replace("-", "") != "utf8":
        raise CommandError(
            f"this terminal's names of files are in {encoding}, and a student's name may need "
            "more: set PYTHONUTF8=1 and start the same command again"
        )
    try:
        import nbgrader  # noqa: F401
    except ImportError:
        raise CommandError(
            'homework needs nbgrader: pip install "neural-sparks[homework]"'
        ) from None


def _points(words: list[str]) -> dict[str, float]:
    found = {}
    for word in words:
        match = re.fullmatch(r"(\w+\.\w+)=(\d+(?:\.\d+)?)", word)
        if not match:
            raise CommandError(f"--points {word}: wanted ID=POINTS, as in 03.2=5")
        found[match[1]] = float(match[2])
    return found


def _absolute(path: Path | None) -> Path | None:
    """A path that means the same in whatever folder the work is done."""
    return path and path.absolute()


def _assign(chosen: argparse.Namespace) -> Iterator[str]:
    extra = chosen.extra_cases and chosen.extra_cases.read_text(encoding="utf-8")
    course, folder = chosen.course.absolute(), _absolute(chosen.lessons_folder)
    with isolated():
        _needed()
        from lessonlib.homework.assign import Choices, assign

        choices = Choices(_points(chosen.points), chosen.due, chosen.seed, extra, chosen.diagnosis,
                          folder, chosen.course_id)  # fmt: skip
        try:
            made = assign(chosen.lessons, course, choices)
        except HomeworkError as error:
            raise CommandError(str(error)) from None
        said = list(_for_platforms(chosen, course, made))
    for homework in made:
        yield f"students get {chosen.course}/release/{homework.name}/{homework.name}.ipynb"
    yield f"you keep {chosen.course} (it holds the seed of the homework's own cases)"
    yield from said


def _for_platforms(chosen: argparse.Namespace, course: Path, made: list[Homework]) -> Iterator[str]:
    """Write what the chosen platforms need; say where it is and what it does not protect."""
    from lessonlib.homework.autograder import classroom, gradescope

    for homework in made if chosen.gradescope else ():
        inside = f"gradescope/{homework.name}/autograder.zip"
        write(course / inside, gradescope.archive(homework))
        yield f"for Gradescope: {chosen.course}/{inside}"
    if chosen.gradescope:
        yield "  where its containers allow no closed room, a submission can read this archive"
    for homework in made if chosen.classroom else ():
        inside = f"classroom/{homework.name}"
        classroom.repository(homework, course / inside)
        yield f"for GitHub Classroom: the template repository {chosen.course}/{inside}"
    if chosen.classroom:
        yield "  its points are feedback: whoever can push can change them; grade with `grade`"


def _grade(chosen: argparse.Namespace) -> Iterator[str]:
    chosen.course, chosen.roster = chosen.course.absolute(), _absolute(chosen.roster)
    chosen.submissions, chosen.gradebook = map(_absolute, (chosen.submissions, chosen.gradebook))
    with isolated():
        yield from _graded(chosen)


def _graded(chosen: argparse.Namespace) -> Iterator[str]:
    _needed()
    from lessonlib.homework.cohort.grade import TRUSTED, Settings, grade
    from lessonlib.homework.course import Course

    course = Course(chosen.course.resolve())
    if not (course.root / "course.json").exists():
        raise CommandError(f"{chosen.course} is no course folder; `lessonlib assign` makes one")
    lesson = chosen.lesson or _only(course.lessons())
    if chosen.trusted:
        yield TRUSTED
    settings = Settings(
        jobs=max(1, chosen.jobs), scheduler=chosen.scheduler, trusted=chosen.trusted,
        students=tuple(chosen.student), limits=Limits.with_cell(chosen.cell_seconds),
        progress=not chosen.quiet, names=chosen.names,
    )  # fmt: skip
    try:
        outcome = grade(course, lesson, settings, chosen.submissions, chosen.roster)
    except HomeworkError as error:
        raise CommandError(str(error)) from None
    yield from map(safe.line, outcome.notes)
    for line in outcome.table:
        if line.status == "not graded":
            yield safe.line(f"not graded: {line.student.id}: {'; '.join(line.notes[:1])}")
    counts = {s: sum(x.status == s for x in outcome.table) for s in _STATES}
    each = f" ({outcome.seconds / outcome.graded_now:.2f} s each)" if outcome.graded_now else ""
    yield f"{outcome.graded_now} graded now{each}; " + ", ".join(
        f"{n} {s}" for s, n in counts.items()
    )
    yield f"{course.root}/grades_{lesson}.csv and report_{lesson}.md; pages in feedback/"
    if chosen.export:
        yield from _exported(chosen, course, lesson, outcome.table)


def _exported(
    chosen: argparse.Namespace, course: "Course", lesson: str, table: "list[Line]"
) -> Iterator[str]:
    """Write the file for a platform and say what is to be known about it."""
    from lessonlib.homework.cohort.exports import export

    kept = course.root / "roster.csv"
    path = chosen.gradebook or (kept if kept.exists() else None)
    try:
        made = export(chosen.export, course.homework(lesson), table, path, chosen.column)
    except HomeworkError as error:
        raise CommandError(str(error)) from None
    file = course.root / f"export_{lesson}_{chosen.export}.csv"
    write(file, made.text)
    yield from map(safe.line, made.notes)
    yield f"to import: {file}"


_STATES = ("graded", "not graded", "no submission")


def _only(lessons: list[str]) -> str:
    if len(lessons) != 1:
        raise CommandError(f"--lesson is needed; assigned: {', '.join(lessons) or 'none'}")
    return lessons[0]
