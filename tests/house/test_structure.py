"""The checks of the structure hold in this checkout, and each one catches what it is there for."""

import copy
import json

import nbformat
import pytest
import structure
from build_notebooks import METADATA
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from lessonlib.files import notebooks_folder

ROOT = notebooks_folder().parent
PACKAGE = ROOT / "lessonlib"
LESSONS = sorted(notebooks_folder().glob("*.ipynb"))


def test_nothing_heavy_is_loaded_where_it_is_not_used():
    assert list(structure.import_problems(PACKAGE)) == []


def test_imports_go_in_no_circle():
    assert list(structure.cycle_problems(PACKAGE)) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lessons_have_no_problem(path):
    assert list(structure.notebook_problems(path)) == []


@pytest.fixture
def package(tmp_path):
    """A small package without a problem, as a function that adds or replaces one file."""
    root = tmp_path / "lessonlib"

    def put(name, text):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return root

    put("__init__.py", "from importlib import import_module\n")
    put("functional/__init__.py", "from .activations import gelu\n")
    put(
        "functional/activations.py",
        "import numpy as np\ndef gelu(x):\n    from scipy.special import erf\n    return erf(x)\n",
    )
    put("nn.py", "import math\nimport numpy\nfrom . import functional as F\n")
    put("datasets.py", "def mnist():\n    import torchvision\n    return torchvision\n")
    put("plots/__init__.py", "import matplotlib.pyplot as plt\nfrom .style import use\n")
    put("lessons/l01/diagrams.py", "from matplotlib.patches import Circle\n")
    put("plots/style.py", "def use():\n    from lessonlib import plots\n    return plots\n")
    assert [*structure.import_problems(root), *structure.cycle_problems(root)] == []
    return put


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("functional/linear.py", "import scipy.special", "the mathematics needs NumPy alone"),
        ("functional/activations.py", "import scipy.special", "NumPy alone"),
        ("nn.py", "def f():\n    import torch", "NumPy alone"),
        ("datasets.py", "import torch", "import it where it is used"),
        ("datasets.py", "import matplotlib", "datasets.py loads matplotlib"),
        ("plots/curves.py", "import ipywidgets", "curves.py loads ipywidgets"),
        ("exercises.py", "import nbgrader", "exercises.py loads nbgrader"),
        ("lessons/l01/explorer/model.py", "import sklearn", "import it where it is used"),
        ("__init__.py", "import numpy", "must stay light"),
    ],
)
def test_a_wrong_import_is_caught(package, name, text, said):
    root = package(name, text + "\n")
    found = list(structure.import_problems(root))
    assert any(said in problem for problem in found), found


def test_a_circle_is_caught(package):
    package("plots/style.py", "from .curves import draw\n")
    root = package("plots/curves.py", "import lessonlib.plots.style\n")
    (problem,) = structure.cycle_problems(root)
    assert "plots/curves.py" in problem.replace("\\", "/")


def graded(grade_id, **fields):
    base = {"schema_version": 3, "grade_id": grade_id, "grade": False, "task": False}
    return {"nbgrader": base | {"solution": False, "locked": False} | fields}


def make_lesson():
    """A lesson without a problem."""
    answer = (
        "def f(x):\n    ### BEGIN SOLUTION\n    raise NotImplementedError\n    ### END SOLUTION"
    )
    cells = [new_markdown_cell("# Draw a line\n\n![a plot](picture.png)", id="title")]
    for number in range(structure.COMPARED_CELLS):
        out = new_output("stream", name="stdout", text="1\n")
        tags = {"tags": [structure.TAG]}
        cells.append(new_code_cell("print(1)", outputs=[out], metadata=tags, id=f"c-{number}"))
    cells.append(new_code_cell(answer, metadata=graded("ex-03-1", solution=True), id="ex-03-1"))
    check = graded("check-03-1", grade=True, locked=True, points=2)
    cells.append(new_code_cell('check("03.1", f)', metadata=check, id="check-03-1"))
    code = [cell for cell in cells if cell.cell_type == "code"]
    for number, cell in enumerate(code):
        cell.execution_count = number + 1
    return nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(METADATA))


def verdict(tmp_path, book, name="03_backpropagation.ipynb"):
    (tmp_path / name).write_text(json.dumps(book), encoding="utf-8")  # as spoilt as it is
    return list(structure.notebook_problems(tmp_path / name))


def test_a_good_lesson_has_no_problem(tmp_path):
    assert verdict(tmp_path, make_lesson()) == []


def _set(index, **fields):
    return lambda book: book.cells[index].update(fields)


def _output(index, **fields):
    return lambda book: book.cells[index].outputs.append(new_output(**fields))


def _grade(index, **fields):
    return lambda book: book.cells[index].metadata.nbgrader.update(fields)


WIDGET = {"application/vnd.jupyter.widget-view+json": {}, "image/png": "aGVs"}
SPOILT = {
    "26 lines of code": _set(1, source="x = 1\n" * 26),
    "characters, at most 88": _set(1, source=f"x = '{'a' * 90}'"),
    "181 words": _set(0, source="# " + "word " * 180),
    "not a title": _set(0, source="Draw a line"),
    "a shell or an installer": _set(1, source="x = 1\n!pip install torch"),
    "an installer is called": _set(1, source="%pip install torch"),
    "a picture from the network": _set(0, source="# A\n![x](https://example.org/x.png)"),
    "picture from the network": _output(
        1, output_type="display_data", data={"text/html": "<img src='http://example.org/x.png'>"}
    ),
    "a path of one machine": _set(1, source="open('/home/me/data.txt')"),
    "path of one machine": _output(1, output_type="stream", name="stdout", text="C:\\Users\\me"),
    "stores the error": _output(1, output_type="error", ename="E", evalue="", traceback=[]),
    "stores text of stderr": _output(1, output_type="stream", name="stderr", text="warning"),
    "a figure without an alt text": _output(
        1, output_type="display_data", data={"image/png": "aGVs"}, metadata={"image/png": {}}
    ),
    "the first code cell imports PyTorch": _set(1, source="from torch import nn"),
    "stores a widget view": _output(1, output_type="display_data", data=WIDGET),
    "was run as number 7": _set(1, execution_count=7),
    "was run as number None": _set(1, execution_count=None),
    "metadata of some program: execution": lambda book: book.cells[1].metadata.update(execution={}),
    "the notebook's metadata": lambda book: book.metadata.update(widgets={"state": {}}),
    "metadata are not those": lambda book: book.metadata.kernelspec.update(name="mine"),
    "7 cells are tagged": lambda book: book.cells[1].metadata.pop("tags"),
    "the same id": _set(1, id="title"),
    "at most 1000000": _set(0, source="# A\n\n" + "x" * 1_000_001),
    "not of schema 3": _grade(9, schema_version=2),
    "an answer cell without": lambda book: book.cells[9].metadata.pop("nbgrader"),
    "is named ex-03-k": _grade(9, grade_id="ex-04-1"),
    "locked and named check-03-1": _grade(10, grade_id="check-03-2"),
    "must be graded": _grade(10, locked=False),
    "carries points": _grade(10, points=0),
    "checks 04.1 in lesson 03": _set(10, source='check("04.1", f)'),
    "a solved exercise would fail": lambda book: book.cells[10].metadata.update(
        tags=[structure.TAG]
    ),
    "do not pair": lambda book: book.cells.pop(10),
}


@pytest.mark.parametrize("said", SPOILT)
def test_a_spoilt_lesson_is_caught(tmp_path, said, monkeypatch):
    monkeypatch.setattr(structure, "FIRST_EDITION", {"03"})  # its words are counted here
    book = make_lesson()
    SPOILT[said](book)
    found = verdict(tmp_path, book)
    assert any(said in problem for problem in found), found


def test_the_first_page_needs_no_compared_cells(tmp_path):
    book = make_lesson()
    book.cells = book.cells[:1]
    assert verdict(tmp_path, book, "00_start_here.ipynb") == []
