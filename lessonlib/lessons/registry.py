"""Which lessons there are and what each of them has: cards, exercises, predictions, recipes.

A lesson is a folder `lNN` next to this file. Nothing is listed by hand: every folder that is there
is a lesson of the course. A wrong name is refused with a message that lists the names there are.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from lessonlib.exercises.judge import Exercise, WrittenQuestion
from lessonlib.exercises.prediction import Prediction
from lessonlib.files import notebooks_folder
from lessonlib.lessons.card import Lesson

_FOLDER = Path(__file__).parent


@cache
def lessons() -> tuple[str, ...]:
    """The numbers of all lessons, in the order of the course.

    >>> lessons()[:3]
    ('00', '01', '02')
    """
    return tuple(sorted(p.parent.name[1:] for p in _FOLDER.glob("l[0-9][0-9]*/__init__.py")))


def card(lesson: str) -> Lesson:
    """The card of a lesson. Raises KeyError naming the lessons there are."""
    return _part(lesson).CARD


@cache
def cards() -> tuple[Lesson, ...]:
    """The cards of all lessons, in the order of the course."""
    return tuple(card(lesson) for lesson in lessons())


def available() -> tuple[Lesson, ...]:
    """The cards of the lessons whose notebook exists.

    >>> [lesson.number for lesson in available()][:2]
    ['00', '01']
    """
    folder = notebooks_folder()
    return tuple(lesson for lesson in cards() if (folder / f"{lesson.stem}.ipynb").exists())


def notebooks_in(folder: Path) -> list[tuple[str, Path]]:
    """(number, notebook) of the lessons in a folder, in the order of the course.

    >>> [number for number, _ in notebooks_in(notebooks_folder())][:2]
    ['00', '01']
    """
    return [(path.name.split("_")[0], path) for path in sorted(folder.glob("[0-9]*_*.ipynb"))]


def exercises_of(lesson: str) -> dict[str, Exercise]:
    """All exercises of a lesson by id, in order. Raises KeyError naming the lessons there are.

    >>> list(exercises_of("00"))
    ['00.1', '00.2', '00.3']
    """
    files = (_FOLDER / f"l{_known(lesson)}" / "exercises").glob("exercise_*.py")
    numbers = sorted(int(file.stem.removeprefix("exercise_")) for file in files)
    found = [_part(lesson, f"exercises.exercise_{number}").EXERCISE for number in numbers]
    return {exercise.id: exercise for exercise in found}


def predictions_of(lesson: str) -> dict[str, Prediction]:
    """All predictions of a lesson by id, in order. Raises KeyError naming the lessons there are."""
    return {p.id: p for p in _part(lesson, "predictions").PREDICTIONS}


def questions_of(lesson: str) -> dict[str, WrittenQuestion]:
    """The written questions of a lesson by id. Raises KeyError naming the lessons there are."""
    return {q.id: q for q in _part(lesson, "predictions").QUESTIONS}


def find(exercise: str) -> Exercise:
    """The exercise with this id, such as "01.2". Raises KeyError naming the ids of the lesson."""
    return _find("exercise", exercise, "01.2", exercises_of)


def find_prediction(prediction: str) -> Prediction:
    """The prediction with this id, such as "01.a". Raises KeyError naming the ids of the lesson."""
    return _find("prediction", prediction, "01.a", predictions_of)


def explorer(name: str) -> Any:
    """The explorer class of this name. Raises KeyError naming the explorers there are."""
    known = {lesson.explorer: lesson.number for lesson in cards() if lesson.explorer}
    if name not in known:
        raise KeyError(f"there is no explorer {name!r}; there are {', '.join(sorted(known))}")
    return getattr(_part(known[name], "explorer"), name)


def recipes_of(lesson: str) -> tuple[str, ...]:
    """The ids of a lesson's recipes. Raises KeyError naming the lessons there are.

    >>> recipes_of("00")
    ('00.centred_scoreboard', '00.scoreboard')
    """
    _known(lesson)
    files = sorted((_FOLDER / f"l{lesson}" / "recipes").glob("[a-z]*.py"))
    return tuple(f"{lesson}.{file.stem}" for file in files if file.stem != "shared")


def recipe(name: str) -> ModuleType:
    """The module of the recipe with this id, such as "00.scoreboard".

    Raises KeyError naming the recipes of the lesson.
    """
    lesson, _ = _split("recipe", name, "00.scoreboard")
    if name not in recipes_of(lesson):
        known = ", ".join(recipes_of(lesson)) or "none"
        raise KeyError(f"there is no recipe {name!r}; this lesson has {known}")
    return _part(lesson, f"recipes.{name.split('.')[1]}")


def _known(lesson: str) -> str:
    if lesson not in lessons():
        raise KeyError(f"there is no lesson {lesson!r}; there are {', '.join(lessons())}")
    return lesson


def _part(lesson: str, part: str = "") -> ModuleType:
    return import_module(".".join(filter(None, [f"lessonlib.lessons.l{_known(lesson)}", part])))


def _split(kind: str, name: Any, example: str) -> list[str]:
    if not isinstance(name, str) or name.count(".") != 1:
        raise KeyError(f'the id of a {kind} looks like "{example}"; this was {name!r}')
    return name.split(".")


def _find(kind: str, name: str, example: str, of: Any) -> Any:
    known = of(_split(kind, name, example)[0])
    if name not in known:
        raise KeyError(f"there is no {kind} {name!r}; this lesson has {', '.join(known)}")
    return known[name]
