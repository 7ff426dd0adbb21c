"""What an instructor wants to know about a lesson, from the data that the lesson itself uses."""

import argparse
from collections.abc import Iterator

from lessonlib._errors import CommandError
from lessonlib.exercises.judge import Exercise
from lessonlib.lessons.registry import card, exercises_of, lessons, questions_of


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand `guide`."""
    parser = subparsers.add_parser(
        "guide",
        help="what a lesson's homework is for, with times, misconceptions and rubrics",
        description="Print an instructor's page on lessons (Markdown).",
    )
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="all when none is named")
    parser.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> Iterator[str]:
    for lesson in chosen.lessons or lessons():
        if lesson not in lessons():
            raise CommandError(f"no lesson {lesson!r}; there are {', '.join(lessons())}")
        yield page(lesson)


def page(lesson: str) -> str:
    """One lesson's page: goal, times, exercises, misconceptions, rubrics.

    Raises KeyError naming the lessons there are.

    >>> page("00").splitlines()[0]
    '# 00: Check the installation, teach a machine to read digits'
    """
    about, tasks, questions = card(lesson), exercises_of(lesson), questions_of(lesson)
    minutes = sum(e.minutes for e in tasks.values())
    points = sum(e.points for e in tasks.values()) + sum(q.points for q in questions.values())
    needs = f", needs {', '.join(about.needs)}" if about.needs else ""
    parts = [f"# {lesson}: {about.promise}", "", f"Whole lesson {about.hours:g} hours{needs}."]
    parts += [f"Homework about {minutes} minutes, {points} points.", "", "## Exercises", ""]
    parts += ["| id | what it asks | stars | minutes | points |", "|---|---|--:|--:|--:|"]
    parts += [_row(e) for e in tasks.values()]
    parts += ["", "## Misconceptions that are recognised", ""]
    for task in tasks.values():
        parts += [f"- **{task.id} {m.name}.** {m.message}" for m in task.mistakes]
    if questions:
        parts += ["", "## Graded by hand", ""]
    for question in questions.values():
        parts.append(f"**{question.id} {question.title}** ({question.points} points)")
        parts += ["", *(f"- {line}" for line in question.rubric), ""]
    return "\n".join(parts).rstrip() + "\n"


def _row(task: Exercise) -> str:
    first = (task.reference.__doc__ or "").strip().split("\n")[0]
    kind = "" if task.starter is None else " (find the bug)"
    return (
        f"| {task.id} | {task.title}{kind}. {first} "
        f"| {task.stars} | {task.minutes} | {task.points} |"
    )
