"""Make a homework's notebook from a lesson: the same notebook, with nothing filled in.

Working from a copy with answers gives the same bytes: what is between the delimiters is put back,
answers in words are emptied, outputs and calls of `solution` are left out.
"""

import ast
import inspect
import json
import re
import textwrap
from pathlib import Path
from typing import Any

from lessonlib import __version__
from lessonlib.exercises.judge import Exercise
from lessonlib.files import notebooks_folder
from lessonlib.homework.cells import ANSWER, BEGIN, END, role_of, with_body
from lessonlib.homework.model import HomeworkError
from lessonlib.lessons.registry import exercises_of, find, lessons, notebooks_in, questions_of

_SOLUTION = re.compile(r"^\s*solution\([^)]*\)\s*;?\s*$")


def find_lesson(lesson: str, folder: Path | None = None) -> Path:
    """The notebook of a lesson. Raises HomeworkError naming the lessons there are."""
    folder = folder or notebooks_folder()
    there = notebooks_in(folder)
    found = [path for number, path in there if number == lesson]
    if lesson not in lessons() or not found:
        known = ", ".join(dict.fromkeys(number for number, _ in there))
        raise HomeworkError(f"there is no lesson {lesson!r} in {folder}; there are {known}")
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise HomeworkError(f"lesson {lesson!r} is in {folder} more than once: {names}")
    return found[0]


def cleared(source: str, exercise: Exercise) -> str:
    """An exercise cell with its answer taken out.

    Raises HomeworkError where the two delimiter comments are not there.
    """
    starter = exercise.starter
    body = exercise.stub if starter is None else _body_of(starter)
    text, count = with_body(source, body)
    if count != 1:
        raise HomeworkError(
            f"{exercise.id}: the cell has {count} regions between {BEGIN!r} and {END!r}, wanted 1"
        )
    return text


def _body_of(function: Any) -> str:
    """The lines of a function below its signature and docstring."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    tree = ast.parse("\n".join(lines)).body[0]
    assert isinstance(tree, ast.FunctionDef | ast.ClassDef)
    first = tree.body[1] if inspect.getdoc(function) else tree.body[0]
    return textwrap.dedent("\n".join(lines[first.lineno - 1 :]))


def release_of(notebook: dict[str, Any], lesson: str, points: dict[str, float]) -> dict[str, Any]:
    """The notebook as it is handed out, before nbgrader locks and stamps it.

    points : overrides, exercise or question id -> points
    Raises HomeworkError for a point without its cell, or a cell without its exercise.
    """
    tasks, questions = exercises_of(lesson), questions_of(lesson)
    _check_points(points, {*tasks, *questions})
    cells, seen = [], set()
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        role, task = role_of(cell)
        if cell["cell_type"] == "code" and _SOLUTION.match(source):
            continue
        if role == "exercise":
            source = cleared(source, _known(tasks, task))
        elif role == "written":
            source = ANSWER
            seen.add(task)
        metadata = _metadata(cell, role)
        if role == "check":
            metadata["nbgrader"]["points"] = points.get(task, _known(tasks, task).points)
            seen.add(task)
        elif role == "written" and task in points:
            metadata["nbgrader"]["points"] = points[task]
        cells.append(_clean(cell, source, metadata))
    missing = sorted(set(tasks) - seen)
    if missing:
        raise HomeworkError(f"the notebook has no check cell for {', '.join(missing)}")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"homework": lesson, "version": __version__}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "lessonlib": about}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _check_points(points: dict[str, float], known: set[str]) -> None:
    for task, value in points.items():
        if task not in known:
            raise HomeworkError(f"points for {task!r}: the lesson has {', '.join(sorted(known))}")
        if not 0 <= value < 10_000:
            raise HomeworkError(f"points for {task}: {value}, wanted a number of 0 or more")


def _known(tasks: dict[str, Exercise], task: str) -> Exercise:
    if task not in tasks:
        raise HomeworkError(
            f"a cell is marked for exercise {task}, which does not exist; "
            f"the lesson has {', '.join(tasks)}"
        )
    return tasks[task]


def _metadata(cell: dict[str, Any], role: str) -> dict[str, Any]:
    kept = {k: cell["metadata"][k] for k in ("tags", "nbgrader") if k in cell["metadata"]}
    if role == "given":
        kept.pop("nbgrader", None)
    else:
        info = kept["nbgrader"]
        wanted = ("schema_version", "grade", "solution", "locked", "task", "grade_id", "points")
        kept["nbgrader"] = {k: info[k] for k in wanted if k in info} | {"schema_version": 3}
    return kept


def _clean(cell: dict[str, Any], source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    made = {
        "cell_type": cell["cell_type"],
        "id": cell["id"],
        "metadata": metadata,
        "source": source,
    }
    return made | ({"outputs": [], "execution_count": None} if made["cell_type"] == "code" else {})


def points_of(release: dict[str, Any]) -> dict[str, float]:
    """The points of every graded cell, by exercise or question."""
    found = {}
    for cell in release["cells"]:
        role, task = role_of(cell)
        if role in ("check", "written"):
            found[task] = float(cell["metadata"]["nbgrader"]["points"])
    return found


def solved(release: dict[str, Any]) -> dict[str, Any]:
    """The release with the reference's code in every exercise (for the self-test and the tests)."""
    tree = json.loads(json.dumps(release))
    for cell in tree["cells"]:
        role, task = role_of(cell)
        if role == "exercise":
            cell["source"] = reference_cell(cell["source"], task)
    return tree


def reference_cell(source: str, task: str) -> str:
    """An exercise cell with the reference's body between the delimiters."""
    reference = find(task).reference
    if not isinstance(reference, type):
        return with_body(source, _body_of(reference))[0]
    methods = re.findall(r"def (\w+)\(", source.split(BEGIN)[0])
    if not methods:  # the region holds all of them
        return with_body(source, _without_annotations(_body_of(reference)))[0]
    return with_body(source, _body_of(getattr(reference, methods[-1])))[0]


def _without_annotations(methods: str) -> str:
    """Methods that need no names of `typing`, which a lesson does not import."""
    tree = ast.parse(methods)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(tree)
