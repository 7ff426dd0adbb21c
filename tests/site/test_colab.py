"""The lessons for Colab: their first cell does there what it must, and nothing anywhere else.

Colab is played by a package `google.colab` and a `pip` that note what is asked of them.
"""

import json
import os
import re
import sys

import nbformat
import pytest
from nbclient import NotebookClient

pytest.importorskip("latex2mathml", reason="the site is built with the extra [book]")

from homework_cases.course import MARKS, homework_of
from homework_cases.edit import code
from website.colab import build_colab, colab_version, setup
from website.sources import colab_address, repository

from lessonlib.files import notebooks_folder
from lessonlib.homework.release import solved
from lessonlib.homework.submission.grader import Grader

NOTEBOOKS = sorted(notebooks_folder().glob("[0-9]*.ipynb"))
ROOT = notebooks_folder().parent
PIP = "import os, sys\nopen(os.environ['CALLS'], 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
OUTPUT = """import os
def enable_custom_widget_manager():
    open(os.environ['CALLS'], 'a').write('widgets\\n')
"""


@pytest.fixture
def colab(tmp_path, monkeypatch):
    """Colab's own modules, for kernels that start from here. Returns the file of their calls."""
    files = {"pip/__init__.py": "", "pip/__main__.py": PIP, "google/__init__.py": "",
             "google/colab/__init__.py": "", "google/colab/output.py": OUTPUT}  # fmt: skip
    for name, text in files.items():
        path = tmp_path / "stubs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "stubs"), str(ROOT)]))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("LESSONLIB_PROGRESS", "off")
    (tmp_path / "calls").touch()
    return tmp_path / "calls"


def run(book, folder):
    kernel = {"metadata": {"path": str(folder)}}
    NotebookClient(book, timeout=120, kernel_name="python3", resources=kernel).execute()
    return book


def test_the_cell_installs_and_lets_widgets_in(colab, tmp_path):
    run(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(setup())]), tmp_path)
    assert colab.read_text().splitlines() == [
        f"install --quiet neural-sparks @ git+{repository()}", "widgets"
    ]  # fmt: skip


@pytest.mark.slow
def test_a_lesson_runs_there_from_top_to_bottom(colab, tmp_path):
    build_colab(tmp_path, NOTEBOOKS[:1])
    book = run(nbformat.read(tmp_path / NOTEBOOKS[0].name, as_version=4), tmp_path)
    assert colab.read_text().splitlines()[-1] == "widgets"
    assert [o for c in book.cells for o in c.get("outputs", []) if o.output_type == "error"] == []


def test_elsewhere_the_cell_does_nothing(colab, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    run(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(setup())]), tmp_path)
    assert colab.read_text() == ""


def test_every_lesson_has_the_cell_below_its_title(tmp_path):
    build_colab(tmp_path, NOTEBOOKS)
    for path in NOTEBOOKS:
        made = nbformat.read(tmp_path / path.name, as_version=4)
        nbformat.validate(made)
        given = nbformat.read(path, as_version=4)
        assert made.cells[0].source.startswith("# ")
        assert made.cells[1].source == setup()
        codes = [[c.source for c in nb.cells if c.cell_type == "code"] for nb in (made, given)]
        assert codes[0][1:] == codes[1]


def test_its_links_lead_to_colab_or_to_the_repository():
    links = set()
    for path in NOTEBOOKS:
        text = "\n".join(c.source for c in colab_version(path).cells if c.cell_type == "markdown")
        links |= set(re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", text))
    away = {link for link in links if not link.startswith("#")}
    assert {link for link in away if not re.match(r"https?://", link)} == set()
    assert colab_address("00_start_here.ipynb") in away


def test_the_book_shows_the_cell_to_copy():
    text = (ROOT / "docs/start.md").read_text(encoding="utf-8")
    assert f"```\n{setup()}\n```" in text.replace("REPOSITORY", repository())


def test_the_readme_opens_the_first_lesson():
    assert colab_address(NOTEBOOKS[0].name) in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="graded in a closed room")
@pytest.mark.filterwarnings(*MARKS[0].args)
def test_a_homework_with_the_cell_loses_no_points_and_no_time():
    homework = homework_of("00")
    tree = solved(homework.notebook())
    tree["cells"].insert(1, code(setup(), "colab-setup"))
    grader = Grader(homework, trusted=True)
    try:
        report = grader.grade(json.dumps(tree).encode())
    finally:
        grader.close()
    assert [g.points for g in report.exercises] == [g.maximum for g in report.exercises]
    assert report.seconds < 5
