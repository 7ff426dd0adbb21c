"""JupyterLite: the wheel needs no PyTorch, nor do the lessons, and every file is there."""

import json
import re
import symtable
import sys
import threading
import zipfile

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

pytest.importorskip("latex2mathml", reason="the site is built with the extra [book]")

from website.without_torch import SETUP, TAG, browser_version, needs_torch, runs_in_browser

from lessonlib.exercises.call import call
from lessonlib.files import notebooks_folder
from lessonlib.learner.installation import BROWSER, installation

NOTEBOOKS = sorted(notebooks_folder().glob("[0-9]*.ipynb"))
# What Pyodide 314.0 brings; its wheels are built for it and cannot come from elsewhere.
PYODIDE = {"matplotlib": "3.10.8", "numpy": "2.4.6", "pillow": "12.2.0", "scipy": "1.18.0"}
CELLS = [
    "import numpy as np\nx = np.ones(2)",
    "import torch\nt = torch.from_numpy(x)",
    "theirs = t.sum()",
    "z = x.sum()\nassert z == 2",
    "t = 3",
    "assert t == 3",
]
TAGGED = (1, 2)


@pytest.fixture
def lesson(tmp_path):
    """A small lesson of six cells, two of which need PyTorch."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title")])
    for number, source in enumerate(CELLS):
        metadata = {"tags": [TAG]} if number in TAGGED else {}
        cell = nbformat.v4.new_code_cell(source, execution_count=1, metadata=metadata)
        book.cells.append(cell)
    figure = {"image/png": "iVBORw0KGgo=", "text/plain": "Picture"}
    about = {"image/png": {"alt": "a [square]"}}
    book.cells[3].outputs = [
        nbformat.v4.new_output("display_data", data=figure, metadata=about),
        nbformat.v4.new_output("stream", name="stdout", text="4.0\n"),
    ]
    path = tmp_path / "99_small.ipynb"
    nbformat.write(book, path)
    return path


def test_a_lesson_goes_on_where_there_is_no_pytorch(lesson, monkeypatch):
    for name in ("torch", "torchvision"):
        monkeypatch.setitem(sys.modules, name, None)
    names = {}
    for cell in browser_version(lesson).cells:
        if cell.cell_type == "code" and cell.source != SETUP:
            exec(cell.source, names)
    assert names["z"] == 2
    assert "theirs" not in names


def test_cells_that_need_pytorch_say_so(lesson):
    title, setup, _, first, second, after, *_ = browser_version(lesson).cells
    assert title.source == "# Title"
    assert setup.source == SETUP
    assert first.cell_type == second.cell_type == "markdown"
    assert "PyTorch does not run in a browser" in first.source
    assert "theirs = t.sum()" in second.source
    assert "4.0" in second.source
    assert "![a square](attachment:figure-1.png)" in second.source
    assert second.attachments["figure-1.png"] == {"image/png": "iVBORw0KGgo="}
    assert after.source == CELLS[3]
    nbformat.validate(browser_version(lesson))


def test_the_notebook_itself_stays_as_it_is(lesson):
    before = lesson.read_bytes()
    browser_version(lesson)
    assert lesson.read_bytes() == before


def test_a_lesson_whose_path_is_pytorch_is_not_offered(lesson):
    assert runs_in_browser(lesson), "two of six cells need it"
    book = nbformat.read(lesson, as_version=4)
    kept = list(book.cells)
    book.cells = kept[:5]
    nbformat.write(book, lesson)
    assert not runs_in_browser(lesson), "two of four"
    book.cells = kept
    book.cells[3].metadata["nbgrader"] = {"grade_id": "check-99-1"}
    nbformat.write(book, lesson)
    assert not runs_in_browser(lesson), "an exercise needs it"


def global_names(table):
    """Names of a notebook's namespace that a piece of code uses, functions included, and binds."""
    top = table.get_type() == "module"
    symbols = table.get_symbols()
    used = {s.get_name() for s in symbols if s.is_referenced() and (top or s.is_global())}
    bound = {s.get_name() for s in symbols if top and (s.is_assigned() or s.is_imported())}
    for inner in table.get_children():
        used |= global_names(inner)[0]
    return used, bound


def torch_problems(cells):
    """Cells without the tag that import PyTorch, or use what only tagged cells make."""
    made, missing = set(), set()
    for cell in cells:
        try:
            used, bound = global_names(symtable.symtable(cell.source, cell.id, "exec"))
        except SyntaxError:  # a line for IPython
            continue
        if needs_torch(cell):
            missing |= bound - made
            continue
        if re.search(r"^\s*(?:import|from) torch", cell.source, re.MULTILINE):
            yield f"{cell.id} imports PyTorch and has no tag {TAG!r}"
        if lacking := (used & missing) - bound:
            yield f"{cell.id} uses {', '.join(sorted(lacking))}, made in cells tagged {TAG!r} alone"
        made |= bound
        missing -= bound


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_that_needs_pytorch_is_tagged(path):
    if not runs_in_browser(path):
        pytest.skip("not offered in the browser: too much of it is PyTorch")
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert list(torch_problems(cells)) == []
    book = browser_version(path)
    nbformat.validate(book)
    assert book.metadata.kernelspec.name == "python"


def test_a_missing_tag_is_noticed(lesson):
    cells = [c for c in nbformat.read(lesson, as_version=4).cells if c.cell_type == "code"]
    assert list(torch_problems(cells)) == []
    cells[2].metadata = nbformat.from_dict({})
    (problem,) = torch_problems(cells)
    assert "uses t, made in cells tagged" in problem
    cells[1].metadata = nbformat.from_dict({})
    (problem,) = torch_problems(cells)
    assert "imports PyTorch and has no tag" in problem
    inside = nbformat.v4.new_code_cell("def f():\n    return t", id="inside")
    cells[1].metadata = nbformat.from_dict({"tags": [TAG]})
    assert any("inside uses t" in p for p in torch_problems([*cells[:2], inside]))


def test_the_first_lessons_are_offered(site):
    here = {path.name for path in (site / "lite/files").glob("*.ipynb")}
    assert here == {path.name for path in NOTEBOOKS if runs_in_browser(path)}
    assert {"00_start_here.ipynb", "01_perceptron.ipynb", "03_backpropagation.ipynb"} <= here


def test_the_wheel_is_there_and_needs_no_pytorch(site):
    (wheel,) = (site / "lite/pypi").glob("neural_sparks-*.whl")
    assert "neural-sparks" in json.loads((site / "lite/pypi/all.json").read_text())
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (about,) = (name for name in names if name.endswith("METADATA"))
        lines = archive.read(about).decode().splitlines()
    for part in ("lessonlib/_data/digits.npz", "lessonlib/_notebooks/01_perceptron.ipynb"):
        assert part in names
    wanted = [line.removeprefix("Requires-Dist: ") for line in lines if "Requires-Dist" in line]
    hard = [Requirement(line) for line in wanted if "extra ==" not in line]
    assert {one.name for one in hard} & {"torch", "torchvision", "scikit-learn"} == set()
    for one in hard:
        assert one.name not in PYODIDE or Version(PYODIDE[one.name]) in one.specifier


def test_only_what_the_lessons_need_is_in_it(site):
    text = (site / "lite/jupyter-lite.json").read_text(encoding="utf-8")
    extensions = json.loads(text)["jupyter-config-data"]["federated_extensions"]
    assert {one["name"] for one in extensions} == {
        "@jupyterlite/pyodide-kernel-extension",
        "@jupyter-widgets/jupyterlab-manager",
        "anywidget",
    }
    assert str(site) not in text
    assert sum(file.stat().st_size for file in (site / "lite").rglob("*")) < 60e6


# --- lessonlib itself, in a browser ---


def test_check_works_where_there_are_no_signals_and_no_threads(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.delattr("signal.setitimer", raising=False)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert call(lambda f, x: f(x), lambda x: x + 1, (2,)).value == 3
    assert isinstance(call(lambda f: f(), lambda: 1 / 0, ()).error, ZeroDivisionError)


def test_the_first_page_does_not_miss_what_a_browser_cannot_have(monkeypatch):
    from importlib import metadata

    known = metadata.version

    def version(name):
        if name in BROWSER:
            raise metadata.PackageNotFoundError(name)
        return known(name)

    monkeypatch.setattr("lessonlib.learner.installation.metadata.version", version)
    assert not installation().ready
    monkeypatch.setattr("sys.platform", "emscripten")
    found = installation()
    assert found.ready
    assert "does not run in a browser" in repr(found)
