"""Lesson 03's exercises: a class as the answer, many right orders, and a starter as on the page."""

import inspect

import nbformat
import numpy as np
import pytest
from grading_metadata import mark_exercises
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lessonlib.exercises import judge
from lessonlib.files import notebooks_folder
from lessonlib.lessons.l03.exercises.exercise_3 import ENDLESS, IN_ORDER, parents_first
from lessonlib.lessons.l03.exercises.exercise_4 import Scalar
from lessonlib.lessons.registry import exercises_of

DIAMOND = {"L": ("a", "b"), "a": ("x",), "b": ("x",), "x": (), "other": ()}


def lesson_with(stub):
    """A notebook with one exercise and the lesson's one written answer."""
    cells = [new_code_cell(stub), new_code_cell('check("03.4", Scalar)')]
    return new_notebook(cells=[*cells, new_markdown_cell("*Your answer here.*")])


def stub(head):
    body = "        # BEGIN YOUR CODE\n        raise NotImplementedError\n        # END YOUR CODE"
    return f"{head}\n    def backward(self):\n{body}"


def test_a_class_may_be_the_answer():
    book = mark_exercises(lesson_with(stub("import math\n\nclass Scalar:")), "03")
    assert book.cells[0].metadata["nbgrader"]["grade_id"] == "ex-03-4"
    assert book.cells[1].metadata["nbgrader"]["points"] == 4


@pytest.mark.parametrize("head", ["class Scalars:", "class Other:\n    # class Scalar:"])
def test_another_name_is_refused(head):
    with pytest.raises(ValueError, match="the exercise asks for Scalar"):
        mark_exercises(lesson_with(stub(head)), "03")


def test_the_details_name_what_the_answer_was_tried_on():
    exercise = exercises_of("03")["03.4"]
    assert exercise.arguments == ["expression", "values"]
    wrong = dict(judge(exercise, exercise.mistakes[0].answer).details)
    assert wrong["called"] == "a, b = Scalar(2.0), Scalar(3.0); the backward of a * b + a"
    assert exercises_of("03")["03.6"].arguments == ["dy", "x", "weight"]


@pytest.mark.parametrize(
    ("order", "verdict"),
    [
        (["x", "a", "b", "L"], IN_ORDER),
        (("x", "b", "a", "L"), IN_ORDER),
        (iter(["x", "b", "a", "L"]), IN_ORDER),
        (["x", "a", "L"], "b is missing: x, a, L"),
        (["x", "a", "L", "b"], "L stands before b, from which it is computed: x, a, L, b"),
        (["x", "a", "b", "x", "L"], "a name is listed twice: x, a, b, x, L"),
        (
            ["x", "a", "b", "other", "L"],
            "other is listed, L does not depend on it: x, a, b, other, L",
        ),
        ([], "L is missing: an empty list"),
        (None, None),
    ],
)
def test_every_right_order_is_right_and_wrong_ones_are_described(order, verdict):
    exercise, arguments = exercises_of("03")["03.3"], (DIAMOND, "L")
    told = exercise.use(lambda parents, last: order, *arguments)
    assert exercise.read(told, *arguments) == verdict


def test_the_reference_orders_a_graph_with_many_paths_quickly():
    ladder = {"v0": ()} | {f"v{k}": (f"v{k - 1}",) * 2 for k in range(1, 60)}
    assert parents_first(ladder, "v59") == [f"v{k}" for k in range(60)]
    y = x = Scalar(1.0)
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def every_path(self):
    """A backward along every path, with a list in place of nested calls."""
    waiting = [(self, 1.0)]
    while waiting:
        number, amount = waiting.pop()
        number.grad += amount
        waiting += [(p, s * amount) for p, s in zip(number.parents, number.slopes, strict=True)]


def test_a_walk_along_every_path_is_refused_and_named():
    class Changed(Scalar):
        backward = every_path

        def __add__(self, other):
            return remade(super().__add__(other))

        def __mul__(self, other):
            return remade(super().__mul__(other))

        def tanh(self):
            return remade(super().tanh())

    def remade(number):
        return Changed(number.data, number.parents, number.slopes)

    result = judge(exercises_of("03")["03.4"], Changed)
    assert result.mistake == "every path"
    assert result.score > 0.9


def test_a_backward_that_forgets_earlier_gradients_is_refused_and_named():
    exercise = exercises_of("03")["03.4"]
    (forgets,) = [m for m in exercise.mistakes if m.name == "set to 0 first"]
    result = judge(exercise, forgets.answer)
    assert result.mistake == "set to 0 first"
    assert 0.9 < result.score < 1


def test_a_walk_without_an_end_is_not_one_along_every_path():
    def waits(parents, last):
        todo = [last]
        while todo:
            name = todo.pop()
            todo += [*parents[name], name]

    use = exercises_of("03")["03.3"].use
    assert use(waits, DIAMOND, "L") == ENDLESS


def test_float32_is_kept():
    exercise = exercises_of("03")["03.7"]
    assert judge(exercise, exercise.reference).details == ()
    double = judge(exercise, lambda X, y, *rest: exercise.reference(X.astype(float), y, *rest))
    assert "it is wrong where the arrays are float32" in double.message


def test_a_gradient_of_something_without_effect_and_one_of_three_dimensions():
    exercise = exercises_of("03")["03.5"]

    def blind(loss, arrays, gradients, nudge):
        errors = exercise.reference(loss, arrays, gradients, nudge)
        still = exercise.reference(loss, arrays, [0 * g for g in gradients], nudge)
        return [e if s else 0.0 for e, s in zip(errors, still, strict=True)]

    def flat(loss, arrays, gradients, nudge):
        errors = exercise.reference(loss, arrays, gradients, nudge)
        return [e if g.ndim < 3 else 0.0 for e, g in zip(errors, gradients, strict=True)]

    assert "against a loss that never changes" in judge(exercise, blind).finding
    assert "wrong where an array has three dimensions" in judge(exercise, flat).message


def test_the_buggy_lines_of_the_page_are_those_of_the_starter():
    lesson = nbformat.read(notebooks_folder() / "03_backpropagation.ipynb", as_version=4)
    (cell,) = [cell for cell in lesson.cells if cell.id == "ex-03-2"]
    page = {}
    exec(cell.source, page)
    starter = exercises_of("03")["03.2"].starter
    for (steps,) in exercises_of("03")["03.2"].cases(np.random.default_rng(0)):
        assert page["gradients"](steps) == starter(steps)
    lines = [line.strip() for line in inspect.getsource(starter).splitlines()[1:]]
    assert [line for line in lines if line not in cell.source] == []
