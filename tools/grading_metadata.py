"""Give exercise cells the metadata that nbgrader reads; points come from lessonlib.exercises.

An exercise is a cell with a stub followed by a cell `check("01.2", ...)`. A written question is a
Markdown cell followed by one that holds only *Your answer here.*
"""

import re
from typing import Any

from nbformat import NotebookNode

from lessonlib.homework.cells import ANSWER, BEGIN, END, grade_id_of, graded_cell_of, marks
from lessonlib.lessons.registry import find, questions_of

_CHECK = re.compile(r'^check\("(\w+)\.(\d+)", (\w+)\)$')


def mark_exercises(book: NotebookNode, lesson: str) -> NotebookNode:
    """Set ids and nbgrader metadata of all exercise and answer cells of a lesson.

    Raises ValueError for a check without a stub before it, a stub without its two comment lines,
    another function name than the exercise's, or answers that do not match the lesson's questions.
    """
    questions = list(questions_of(lesson).values())
    for before, cell in zip(book.cells, book.cells[1:], strict=False):
        asked = _CHECK.match(cell.source.strip()) if cell.cell_type == "code" else None
        if asked:
            _mark_pair(before, cell, *asked.groups())
        elif cell.cell_type == "markdown" and cell.source.strip() == ANSWER:
            if not questions:
                raise ValueError(f"lesson {lesson}: more answer cells than written questions")
            question = questions.pop(0)
            _mark(cell, graded_cell_of(question.id), solution=True, points=question.points)
    if questions:
        raise ValueError(f"lesson {lesson}: no answer cell for question {questions[0].id}")
    return book


def _mark_pair(
    stub: NotebookNode, check: NotebookNode, lesson: str, number: str, name: str
) -> None:
    exercise = find(f"{lesson}.{number}")
    if stub.cell_type != "code" or BEGIN not in stub.source or END not in stub.source:
        raise ValueError(f"{exercise.id}: no cell with {BEGIN!r} and {END!r} before its check")
    defined = re.search(rf"^(?:def|class) {name}\b", stub.source, re.MULTILINE)
    if name != exercise.name or not defined:
        raise ValueError(f"{exercise.id}: checks {name}, the exercise asks for {exercise.name}")
    _mark(stub, grade_id_of("ex", exercise.id), solution=True)
    _mark(check, graded_cell_of(exercise.id), points=exercise.points, locked=True)


def _mark(cell: NotebookNode, grade_id: str, **about: Any) -> None:
    cell.id = grade_id
    cell.metadata["nbgrader"] = marks(grade_id, **about)
