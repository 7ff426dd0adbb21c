"""JupyterLite: the wheel needs no PyTorch, nor do the lessons, and every file is there."""

import json
import sys
import threading
import zipfile

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

pytest.importorskip("latex2mathml", reason="the site is built with the extra [book]")

from website.without_torch import REMARK, SETUP, browser_version, runs_in_browser, torch_cells

from lessonlib.exercises.call import call
from lessonlib.files import notebooks_folder
from lessonlib.learner.installation import BROWSER, installation

NOTEBOOKS = sorted(notebooks_folder().glob("[0-9]*.ipynb"))
# What Pyodide 314.0 brings; its wheels are built for it and cannot come from elsewhere.
PYODIDE = {"matplotlib": "3.10.8", "numpy": "2.4.6", "pillow": "12.2.0", "scipy": "1.18.0"}
CELLS = [
    "import numpy as np\nx = np.ones(2)",
    "import torch\ny = 2 * x\nt = torch.from_numpy(x)\nprint('equal', np.allclose(t, x))",
    "theirs = t.sum()",
    "z = y.sum()\nassert z == 4",
    "t = 3",
    "assert t == 3",
]


@pytest.fixture
def lesson(tmp_path):
    """A small lesson of six cells, two of which need PyTorch."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title")])
    for source in CELLS:
        book.cells.append(nbformat.v4.new_code_cell(source, execution_count=1))
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
    assert names["z"] == 4
    assert "theirs" not in names


def test_cells_that_need_pytorch_say_so(lesson):
    title, setup, _, mixed, wholly, after, *_ = browser_version(lesson).cells
    assert title.source == "# Title"
    assert setup.source == SETUP
    assert mixed.source.startswith(REMARK)
    assert "#| import torch" in mixed.source
    assert "\ny = 2 * x\n" in mixed.source
    assert "#| print('equal'" in mixed.source, "it would say what was not computed"
    assert wholly.cell_type == "markdown"
    assert "PyTorch does not run in a browser" in wholly.source
    assert "theirs = t.sum()" in wholly.source
    assert "4.0" in wholly.source
    assert "![a square](attachment:figure-1.png)" in wholly.source
    assert wholly.attachments["figure-1.png"] == {"image/png": "iVBORw0KGgo="}
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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_lesson_for_the_browser_imports_pytorch(path):
    if not runs_in_browser(path):
        pytest.skip("not offered in the browser: too much of it is PyTorch")
    book = browser_version(path)
    assert list(torch_cells(book)) == []
    nbformat.validate(book)
    assert book.metadata.kernelspec.name == "python"


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
