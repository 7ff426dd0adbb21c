"""The notebook plugin catches what it is there for: each trouble in a small notebook of its own."""

import itertools
import os
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import notebook_limits
import pytest
from notebook_limits import (
    DEFAULTS,
    SERVER,
    import_statements,
    on_binder,
    open_together,
    pace,
)

from lessonlib.files import notebooks_folder

SECONDS, MEGABYTES = 4, 60
BURN = f"import time\nwhile time.process_time() < {SECONDS + 0.5}: pass"
FIRST = 1.5
PRINTED = "off module://matplotlib_inline.backend_inline None\n"
# name -> sources of its cells; a pair is a cell tagged for comparison with its stored output
BOOKS = {
    "good": [
        "%matplotlib inline",
        (
            "import os\n"
            "print(os.environ['LESSONLIB_PROGRESS'], os.environ['MPLBACKEND'], "
            "os.environ.get('LEFT_BEHIND'))",
            PRINTED,
        ),
    ],
    "failing": ["1 / 0", "x = 1"],
    "differing": [("print(2)", "3\n")],
    "stderr": ["import warnings\nwarnings.warn('watch out')", "x = 1"],
    "slow": ["x = 1", BURN],
    "slow_start": [
        f"import time\nend = time.process_time() + {FIRST + 0.2}\n"
        "while time.process_time() < end: pass",
        "x = 1",
    ],
    "slow_child": [
        "x = 1",
        f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}]);",
    ],
    "large": ["import numpy as np\nx = np.ones(12_000_000)\ndel x"],  # 96 MB, given back
    "imports": ["import numpy, scipy.special, matplotlib.pyplot\nimport scipy.optimize"],
    "prose": [],
}


def write_book(path, cells):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("A lesson.")])
    for number, source in enumerate(cells):
        source, stored = source if isinstance(source, tuple) else (source, None)
        cell = nbformat.v4.new_code_cell(source, execution_count=number + 1)
        if stored is not None:
            cell.metadata["tags"] = ["nbval-check-output"]
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=stored)]
        book.cells.append(cell)
    nbformat.write(book, path)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """All notebooks through the plugin in one run: ({(notebook, item): failure or None}, text)."""
    folder = tmp_path_factory.mktemp("books")
    for name, cells in BOOKS.items():
        write_book(folder / f"{name}.ipynb", cells)
    # as a test does whose library sets variables and leaves them
    (folder / "conftest.py").write_text("import os\nos.environ['LEFT_BEHIND'] = '1'\n")
    command = [sys.executable, "-m", "pytest", "-p", "notebook_limits", "-W", "error"]
    command += ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=60"]
    command += ["--color=no", "--junitxml=out.xml"]
    command += ["-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    limits = {
        "LESSONLIB_NOTEBOOK_CPU_SECONDS": str(SECONDS),
        "LESSONLIB_NOTEBOOK_MEGABYTES": str(MEGABYTES),
        "LESSONLIB_FIRST_CELL_CPU_SECONDS": str(FIRST),
        "LESSONLIB_QUIET_PIECE_CPU_SECONDS": "1",  # seconds are burnt here, whatever they are worth
    }
    # MPLBACKEND as under the whole suite: the tests' own process draws nothing
    env = dict(
        os.environ,
        PYTHONPATH=str(Path(notebook_limits.__file__).parent),
        MPLBACKEND="Agg",
        **limits,
    )
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    found = {}
    for case in ElementTree.parse(folder / "out.xml").iter("testcase"):
        trouble = [
            f"{child.get('message')} {child.text}" for child in case if child.tag != "properties"
        ]
        found[case.get("classname").split(".")[-2], case.get("name")] = "".join(trouble) or None
    return found, done.stdout


def test_a_good_notebook_passes_with_figures_inline_and_progress_off(outcome):
    found, _ = outcome
    assert {item: message for (book, item), message in found.items() if book == "good"} == {
        "Cell 0": None,
        "Cell 1": None,
        "limits": None,
    }


def test_the_costs_of_every_notebook_are_printed(outcome):
    lines = {line.split()[0]: line.split() for line in outcome[1].splitlines() if line.strip()}
    assert set(BOOKS) - {"prose"} <= set(lines)
    _, cells, seconds, slower, wall, peak, above = lines["good"]
    assert cells == "2"
    assert 0.05 < float(seconds) < SECONDS
    assert float(slower) == 1
    assert 0.05 < float(wall) < 60
    assert 30 < float(peak) < 200
    assert float(above) < 40


@pytest.mark.parametrize(
    ("book", "item", "said"),
    [
        ("failing", "Cell 0", "ZeroDivisionError"),
        ("differing", "Cell 0", "Cell outputs differ"),
        ("stderr", "Cell 0", "The cell wrote to stderr"),
        ("stderr", "Cell 0", "watch out"),
        ("slow_start", "Cell 0", f"at most {FIRST} are allowed"),
        ("slow", "limits", f"at most {SECONDS} are allowed"),
        ("slow_child", "limits", f"at most {SECONDS} are allowed"),
        ("large", "limits", f"at most {MEGABYTES} are allowed"),
    ],
)
def test_a_trouble_is_caught(outcome, book, item, said):
    assert said in (outcome[0][book, item] or "passed")


@pytest.mark.parametrize(
    ("book", "item"),
    [("failing", "Cell 1"), ("stderr", "Cell 1"), ("imports", "limits"), ("slow", "Cell 1")],
)
def test_what_is_not_a_trouble_passes(outcome, book, item):
    assert outcome[0][book, item] is None


@pytest.mark.parametrize(("seconds", "slower"), [(0.004, 1), (0.008, 1), (0.02, 2.5)])
def test_a_slow_machine_is_allowed_the_time_that_it_needs_for_the_same_work(
    monkeypatch, seconds, slower
):
    """A fast machine is allowed no less than it was."""
    clock = itertools.count()
    monkeypatch.setenv("LESSONLIB_QUIET_PIECE_CPU_SECONDS", "0.008")
    monkeypatch.setattr(time, "thread_time", lambda: seconds * next(clock))
    assert pace() == pytest.approx(slower)


def test_a_notebook_without_code_has_no_items(outcome):
    assert not [book for book, _ in outcome[0] if book == "prose"]


def test_import_statements_are_found_wherever_they_stand():
    sources = [
        "%matplotlib inline\nimport json",
        "def f():\n    from os import path\n    return path",
        "not python at all",
        "import json",
    ]
    program = import_statements(sources)
    assert program.count("import json") == 1
    assert "from os import path" in program


def test_three_open_lessons_are_held_to_what_binder_allows():
    """The three largest count, with PyTorch as Binder has it: 300 MB each is too much for three."""
    most = DEFAULTS["LESSONLIB_OPEN_MEGABYTES"]
    assert open_together([500.0, 100.0, 400.0, 300.0]) == SERVER + 1200.0
    assert on_binder(peak=150.0, above=40.0) == 150.0, "no PyTorch: what it is here"
    assert on_binder(peak=1100.0, above=120.0) == 486.0, "a build for CUDA counts as Binder's"
    assert open_together([on_binder(1100.0, 250.0)] * 3) <= most
    assert open_together([on_binder(1300.0, 300.0)] * 3) > most


def test_what_the_first_optimizer_imports_counts_as_an_import():
    assert "torch._dynamo" in import_statements(["optimizer = torch.optim.SGD(model.parameters())"])
    assert import_statements(["x = 1"]) == ""


def test_every_lesson_is_run_by_the_suite(request):
    """`start.py test` gives nbval's flags and `testpaths` names the lessons' folder."""
    assert notebooks_folder().name in request.config.getini("testpaths")
