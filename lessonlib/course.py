"""The map of the course: which lessons there are, how long they take, what they need."""

import html
from dataclasses import dataclass
from pathlib import Path

from lessonlib.datasets import data_folder
from lessonlib.exercises import record
from lessonlib.exercises.engine import exercises_of, lessons


@dataclass(frozen=True)
class Lesson:
    """One lesson: number, file stem, what it does, hours, numbers of the lessons it needs."""

    number: str
    stem: str
    promise: str
    hours: float
    needs: tuple[str, ...]


LESSONS = (
    Lesson("00", "00_start_here", "Check the installation, meet the digits", 0.75, ()),
    Lesson("01", "01_perceptron", "Draw a line, learn a line", 2.5, ("00",)),
    Lesson("02", "02_multilayer_perceptron", "Bend the plane", 3, ("01",)),
    Lesson("03", "03_backpropagation", "Assign the blame", 3, ("02",)),
    Lesson("04", "04_training_dynamics", "Walk downhill without falling", 3, ("03",)),
    Lesson("04b", "04b_deep_and_stable", "Keep the signal alive", 2, ("04",)),
    Lesson("05", "05_generalisation", "Know when it only memorises", 3, ("04",)),
    Lesson("05b", "05b_when_not_to_use_a_network", "Try the simple thing first", 2, ("05",)),
    Lesson("06", "06_convolution", "Share the weights", 3, ("05",)),
    Lesson("06b", "06b_deep_vision", "Look inside", 3, ("06", "04b")),
    Lesson("07", "07_recurrent_networks", "Carry a state", 3, ("05",)),
    Lesson("08", "08_lstm_gru", "Learn what to keep", 3, ("07",)),
    Lesson("09", "09_attention", "Look back at what matters", 3, ("08",)),
    Lesson("10", "10_transformer", "Predict the next token", 3, ("09",)),
    Lesson("10b", "10b_inside_a_transformer", "What it learns, what it makes up", 3, ("10",)),
)


def notebooks_folder() -> Path:
    """The folder of the lessons: notebooks/ in a checkout, lessonlib/_notebooks in a wheel."""
    package = Path(__file__).resolve().parent
    beside = package / "_notebooks"
    return beside if beside.exists() else data_folder().parent / "notebooks"


def available() -> tuple[Lesson, ...]:
    """The lessons whose notebook exists.

    >>> [lesson.number for lesson in available()][:2]
    ['00', '01']
    """
    folder = notebooks_folder()
    return tuple(lesson for lesson in LESSONS if (folder / f"{lesson.stem}.ipynb").exists())


class CourseMap:
    """The lessons with hours, needs and the learner's progress; a table in a notebook."""

    def rows(self) -> list[tuple[Lesson, bool, str]]:
        """(lesson, whether it is there, progress in words) for each lesson."""
        done, there, known = record.load()["exercises"], available(), lessons()
        table = []
        for lesson in LESSONS:
            tasks = exercises_of(lesson.number) if lesson.number in known else {}
            right = sum(done.get(t, {}).get("status") == "correct" for t in tasks)
            state = f"{right} of {len(tasks)} exercises" if tasks else ""
            table.append((lesson, lesson in there, state if lesson in there else "planned"))
        return table

    def __repr__(self) -> str:
        lines = ["lesson  hours  needs     progress            what it does"]
        for lesson, _, state in self.rows():
            needs = ", ".join(lesson.needs)
            lines.append(
                f"{lesson.number:6}  {lesson.hours:5g}  {needs:8}  {state:18}  {lesson.promise}"
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        body = ""
        for lesson, there, state in self.rows():
            name = html.escape(lesson.promise)
            link = f"<a href='{lesson.stem}.ipynb'>{name}</a>" if there else name
            body += (
                f"<tr><td>{lesson.number}</td><td style='text-align:left'>{link}</td>"
                f"<td>{lesson.hours:g}</td><td>{', '.join(lesson.needs) or 'nothing'}</td>"
                f"<td style='text-align:left'>{state}</td></tr>"
            )
        return (
            "<table><thead><tr><th>lesson</th><th style='text-align:left'>what it does</th>"
            "<th>hours</th><th>needs</th><th style='text-align:left'>your progress</th></tr>"
            f"</thead><tbody>{body}</tbody></table>"
        )


def course_map() -> CourseMap:
    """Show all lessons with hours, needs and your progress. Taught in notebooks/00_start_here."""
    return CourseMap()
