"""Rewritten lessons are what the second edition asks for, and each check catches what it is for."""

from types import SimpleNamespace

import copies
import nbformat
import pytest
import second_edition
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from structure import FIRST_EDITION

from lessonlib.files import notebooks_folder
from lessonlib.lessons.registry import exercises_of, lessons

LESSONS = sorted(notebooks_folder().glob("[0-9]*.ipynb"))
IS_FIRST = "a lesson of the first edition"


def second_edition_cells(path):
    """(cells, number) of a rewritten lesson; skips another."""
    number = path.stem.split("_")[0]
    if number in FIRST_EDITION:
        pytest.skip(IS_FIRST)
    return nbformat.read(path, as_version=4).cells, number


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_rewritten_lesson_has_no_problem(path):
    assert list(second_edition.lesson_problems(*second_edition_cells(path))) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_exercise_of_a_rewritten_lesson_is_a_copy(path):
    cells, number = second_edition_cells(path)
    assert list(copies.copy_problems(cells, exercises_of(number))) == []


def test_the_first_edition_names_lessons():
    assert set(lessons()) >= FIRST_EDITION


# --- structure ---

PNG = {"image/png": "aGVs", "text/plain": "Figure: a line."}


def said(text):
    return new_output("stream", name="stdout", text=text)


def code(source, *outputs, tags=(), **metadata):
    return new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags), **metadata})


def exercise(number, title):
    """Heading, answer and check of one exercise."""
    graded = {"nbgrader": {"grade_id": f"ex-03-{number}", "solution": True}}
    checked = {"nbgrader": {"grade_id": f"check-03-{number}", "grade": True}}
    return [
        new_markdown_cell(f"### Exercise 03.{number} — {title}"),
        code("def f(x):\n    raise NotImplementedError", **graded),
        code(f'check("03.{number}", f)', said("not attempted"), **checked),
    ]


def make_lesson():
    """A rewritten lesson without a problem."""
    drawn = new_output("display_data", data=PNG)
    return [
        new_markdown_cell("# A lesson\n\n" + "word " * 250),
        *(new_markdown_cell("word " * 250) for _ in range(10)),
        code('predict("03.a")', said("Predict 03.a: more or less?")),
        new_markdown_cell("Then measure."),
        code("loss = train(10)"),
        code('expect("03.loss", loss)', said("loss: 0.2 (median 0.2, 0.1 to 0.3 over 20 seeds)")),
        new_markdown_cell("Less."),
        code("plots.show(fig, 'A line.')", drawn, tags=["hide-input"]),
        new_markdown_cell("As you see."),
        *exercise(1, "small"),
        new_markdown_cell("It works."),
        code('f = yours("03.1")', said("03.1 f: the reference")),
        *exercise(2, "capstone: a training loop"),
        new_markdown_cell("The end.\n\n**Sources.** A. Author, *A title* (1958).\n\nMore."),
    ]


def verdict(cells, number="03"):
    return list(second_edition.lesson_problems(cells, number))


def test_a_good_lesson_has_no_problem():
    assert verdict(make_lesson()) == []


def at(cells, start):
    """The position of the cell that begins so."""
    return next(k for k, cell in enumerate(cells) if cell.source.startswith(start))


def _swap(start, new):
    """Replace the cell that begins so."""

    def spoil(cells):
        cells[at(cells, start)] = new

    return spoil


def _insert(before, *new):
    def spoil(cells):
        place = at(cells, before)
        cells[place:place] = new

    return spoil


def _source(start, source):
    return lambda cells: cells[at(cells, start)].update(source=source)


def _say(start, text):
    return lambda cells: cells[at(cells, start)].outputs.append(said(text))


SPOILT = {
    "words, at least 2500 are wanted": lambda cells: cells.__delitem__(slice(5, 11)),
    "words, at most 4500": lambda cells: cells.extend([new_markdown_cell("word " * 290)] * 8),
    "301 words, at most 300": _source("Less.", "word " * 301),
    "a comment for the linter": _source("loss =", "loss = train(10)  # noqa: E731"),
    "a private name: ._push": _source("loss =", "def g(self):\n    return self._push(1)"),
    "a private name: ._cache": _source("loss =", "model._cache.clear()"),
    "a lambda that is assigned": _source("loss =", "tell = lambda x: losses.append(x)"),
    "side effect: lambda x: (y": _source("loss =", "model.hook = lambda x: (y := x)"),
    "an output that is only True": _say("loss =", "True\n"),
    "only True or False: '[ True False]'": _say("loss =", "[ True False]\n"),
    "only True or False: 'loss 1\\nnp.True_'": _say("loss =", "loss 1\nnp.True_\n"),
    "more than 2 code cells without": _insert("plots.show", code("x = 1"), code("y = 2")),
    "it only draws: tag it hide-input": lambda cells: cells[at(cells, "plots.")].metadata.clear(),
    "what it does must be seen": lambda cells: cells[at(cells, "expect")].metadata.update(
        tags=["hide-input"]
    ),
    "tagged hide-input, but": lambda cells: cells[at(cells, "plots.")].metadata.update(
        tags=["hide-input", "show-input"]
    ),
    "a link to #A-title, which is no heading": _source("Less.", "Less, [as said](#A-title)."),
    "a figure comes before": _insert(
        "loss =", code("plots.show(fig, '')", new_output("display_data", data=PNG), tags=["x"])
    ),
    "an exercise comes before": _insert("loss =", *exercise(3, "in between")),
    "no output answers the prediction": lambda cells: cells.append(code('predict("03.b")')),
    "no accepted answer is put to work": _source('f = yours("03.1")', "f = 1"),
    "no capstone by its title: ### Exercise 03.2": _source(
        "### Exercise 03.2", "### Exercise 03.2 — a training loop"
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_spoilt_lesson_is_caught(what):
    cells = make_lesson()
    SPOILT[what](cells)
    found = verdict(cells)
    assert any(what in problem for problem in found), found


ALLOWED = {
    "a picture whose code is the idea": lambda cells: cells[at(cells, "plots.")].metadata.update(
        tags=["show-input"]
    ),
    "a cell that draws and speaks": _source(
        "expect(", 'expect("03.loss", loss)\nplots.show(fig, "A line.")'
    ),
    "two predictions, one answer": _insert("Then", code('predict("03.b")', said("Predict"))),
    "a lambda that is a formula": _source("loss =", "square = lambda x: x**2"),
    "special methods": _source("loss =", "Model.__call__(model, x)"),
    "words about truth": _say("loss =", "equal: True\n"),
    "code that an exercise leaves open": _source("loss =", "def f(:"),
    "sources, however long": lambda cells: cells.append(
        new_markdown_cell("**Sources.** " + "word " * 3000)
    ),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_what_is_no_problem_passes(what):
    cells = make_lesson()
    ALLOWED[what](cells)
    assert verdict(cells) == []


def test_the_first_page_may_be_short_and_has_no_capstone():
    assert verdict([new_markdown_cell("# Start here")], "00") == []


def test_marks_and_markup_are_no_words():
    assert second_edition.words_in("<details><summary>How?</summary>So.</details>") == 2
    assert second_edition.words_in("0.957 (0.946 to 0.967)<!-- 01.digits averaged --> of") == 5
    assert second_edition.words_in("## The end\n\n**Sources.** A (1).\n\nB — c.") == 4
    assert second_edition.words_in("The end.\n\n## Sources\n\nA. B, 1958.\n\nC. D.") == 2


# --- exercises are no copies ---


def straight(X, weight, bias):
    """Scores, then answers."""
    scores = X @ weight + bias
    return np.where(scores > 0, 1, -1)  # noqa: F821


def looped(weight, X, y):
    if len(X) != len(y):
        raise ValueError("looped: X and y differ")
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label * (weight @ x) <= 0:
            weight = weight + label * x
            mistakes += 1
    return weight, mistakes


class Layer:
    def forward(self, x):
        self.x = x
        return np.maximum(x @ self.W.T, 0)  # noqa: F821

    def backward(self, dy):
        return (dy * (self.x @ self.W.T > 0)) @ self.W


LOOP = """
w = np.zeros(2)
for point, side in zip(points, sides):
    if side * (w @ point) <= 0:
        w = w + side * point
        wrong += 1
"""
SHOWN = [
    (straight, "z = rows @ w + b\nprint(np.where(z > 0, 1, -1))"),
    (straight, "answers = np.where(rows @ w + b > 0, 1, -1)"),
    (straight, "def classify(a, w, b):\n    return np.where(a @ w + b > 0, 1, -1).mean()"),
    (straight, "s = P @ w + b\nx = 1\nif x:\n    t = np.where(s > 0, 1, -1)"),
    (looped, LOOP),
    (
        looped,
        f"def learn(w, points, sides):\n    wrong = 0\n{LOOP.replace(chr(10), chr(10) + '    ')}",
    ),
    (
        Layer,
        "self.x = x\nz = np.maximum(x @ self.W.T, 0)\ndx = (dy * (self.x @ self.W.T > 0)) @ self.W",
    ),
]
NOT_SHOWN = [
    (straight, "z = rows @ w + b"),
    (straight, "print(np.where(rows @ w + b > 0, 1, 0))"),
    (straight, "print(np.where(rows @ w + b >= 0, 1, -1))"),
    (straight, "print(np.where(rows @ w - b > 0, 1, -1))"),
    (straight, "def f(:"),
    (looped, LOOP.replace("<= 0", "< 0")),
    (looped, "mistakes = 0\nif side * (w @ point) <= 0:\n    w = w + side * point"),
    (Layer, "z = np.maximum(x @ self.W.T, 0)"),
]


@pytest.mark.parametrize(("reference", "page"), SHOWN)
def test_a_copy_is_caught(reference, page):
    assert copies.Page(["x = 1", page]).shows(reference)


@pytest.mark.parametrize(("reference", "page"), NOT_SHOWN)
def test_what_is_not_on_the_page_is_no_copy(reference, page):
    assert copies.Page([page, "x = 1"]).shows(reference) == ""


def test_two_halves_in_two_cells_are_no_copy():
    assert copies.Page(["z = rows @ w + b", "a = np.where(z > 0, 1, -1)"]).shows(straight) == ""


def test_only_what_is_above_an_exercise_counts():
    answers = exercise(1, "scores and answers")
    page = code("answers = np.where(rows @ w + b > 0, 1, -1)")
    exercises = {"03.1": SimpleNamespace(id="03.1", reference=straight)}
    (found,) = copies.copy_problems([page, *answers], exercises)
    assert found.startswith("03.1 asks for what the page above it shows: np.where")
    assert list(copies.copy_problems([*answers, page], exercises)) == []
    own = code(page.source, nbgrader={"grade_id": "ex-03-2"})  # what is in an answer is no page
    assert list(copies.copy_problems([own, *answers], exercises)) == []
