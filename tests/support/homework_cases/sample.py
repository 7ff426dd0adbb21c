"""A small lesson notebook made from a lesson's exercises: quick to grade, of the same form."""

import inspect
import json

from lessonlib.homework.cells import ANSWER, BEGIN, END, grade_id_of, graded_cell_of, marks
from lessonlib.lessons.registry import exercises_of, questions_of


def _cell(kind, identity, source, **metadata):
    extra = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": identity, "metadata": metadata, "source": source, **extra}


def _exercise(task):
    exercise, check = grade_id_of("ex", task.id), graded_cell_of(task.id)
    arguments = ", ".join(inspect.signature(task.reference).parameters)
    is_class = isinstance(task.reference, type)
    head = f"class {task.name}" if is_class else f"def {task.name}({arguments})"
    nothing = "pass" if is_class else "raise NotImplementedError"
    stub = f'{head}:\n    """{task.title}."""\n    {BEGIN}\n    {nothing}\n    {END}'
    call = f'check("{task.id}", {task.name})'
    graded = marks(check, points=task.points, locked=True)
    return [
        _cell("code", exercise, stub, nbgrader=marks(exercise, solution=True)),
        _cell("code", check, call, nbgrader=graded),
    ]


def _question(question):
    name = graded_cell_of(question.id)
    graded = marks(name, solution=True, points=question.points)
    return [
        _cell("markdown", f"{name}-text", f"**{question.title}.** Why is it so?"),
        _cell("markdown", name, ANSWER, nbgrader=graded),
    ]


def lesson_notebook(lesson):
    """A notebook with a set-up cell, a given cell that costs time, and every exercise."""
    cells = [
        _cell("markdown", "title", "# A lesson in short"),
        _cell("code", "setup", "import numpy as np\n\nfrom lessonlib import check, hint, solution"),
        _cell("code", "given", "offsets = np.arange(3.0)\noffsets.sum()"),
    ]
    for task in exercises_of(lesson).values():
        cells += _exercise(task)
    for question in questions_of(lesson).values():
        cells += _question(question)
    cells.append(_cell("code", "last", 'solution("' + next(iter(exercises_of(lesson))) + '")'))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write_lesson(folder, lesson):
    """Write the notebook under a lesson's file name. Returns its path."""
    path = folder / f"{lesson}_sample.ipynb"
    path.write_text(json.dumps(lesson_notebook(lesson), indent=1), encoding="utf-8")
    return path
