"""`make notebooks`: outputs come from a clean run, or the notebook stays as it was."""

import build_notebooks
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

WIDGET = """
from IPython.display import display
display({"application/vnd.jupyter.widget-view+json": {}, "image/png": "aGVs"}, raw=True)
display({"application/vnd.jupyter.widget-view+json": {}}, raw=True)
"""
ENVIRONMENT = """
import os
print([os.environ[f"LESSONLIB_PROGRESS{end}"] for end in ("", "_BAR")])
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONLIB_PROGRESS", "on")
    monkeypatch.setenv("LESSONLIB_PROGRESS_BAR", "on")

    def put(name, *sources):
        book = new_notebook(cells=[new_code_cell(source.strip()) for source in sources])
        book.metadata["widgets"] = {"state": {}}
        nbformat.write(book, tmp_path / name)
        return tmp_path / name

    return put


def test_outputs_are_stored_clean_and_the_same_twice(write, tmp_path, capsys):
    path = write("99_small.ipynb", "x = 6", "x * 7", WIDGET, ENVIRONMENT)
    assert build_notebooks.main(["99"], tmp_path) == 0
    assert capsys.readouterr().out.startswith("99_small: well")
    first = path.read_bytes()
    book = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in book.cells] == [1, 2, 3, 4]
    assert [cell.id for cell in book.cells] == ["99-000", "99-001", "99-002", "99-003"]
    assert book.cells[1].outputs[0].data["text/plain"] == "42"
    assert [dict(output.data) for output in book.cells[2].outputs] == [{"image/png": "aGVs"}]
    assert book.cells[3].outputs[0].text == "['off', 'off']\n"
    assert book.metadata == build_notebooks.METADATA
    assert build_notebooks.main([], tmp_path) == 0
    assert path.read_bytes() == first
    assert build_notebooks.main(["--check"], tmp_path) == 0


def test_what_is_tagged_is_folded_and_nothing_else(write, tmp_path, capsys):
    path = write("99_small.ipynb", "x = 6", "x * 7", "x")
    book = nbformat.read(path, as_version=4)
    book.cells[0].metadata["tags"] = ["hide-input"]
    book.cells[1].metadata["jupyter"] = {"source_hidden": True, "outputs_hidden": True}
    book.cells[2].metadata.update(tags=["hide-input"], jupyter={"source_hidden": True})
    nbformat.write(book, path)
    assert build_notebooks.main(["--check"], tmp_path) == 1
    said = capsys.readouterr().out
    assert [f"cell {k} is folded" in said for k in range(3)] == [True, True, False]
    assert build_notebooks.main([], tmp_path) == 0
    cells = nbformat.read(path, as_version=4).cells
    folded = {"source_hidden": True}
    assert [cell.metadata.get("jupyter") for cell in cells] == [folded, None, folded]
    assert build_notebooks.main(["--check"], tmp_path) == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys\nprint('careful', file=sys.stderr)", "stores text of stderr"),
        ("import os\nos._exit(1)", "Kernel died"),
    ],
)
def test_a_trouble_leaves_the_notebook_as_it_was(write, tmp_path, capsys, source, said):
    path = write("99_small.ipynb", "print('before')", source)
    before = path.read_bytes()
    assert build_notebooks.main(["99_small"], tmp_path) == 1
    assert said in capsys.readouterr().out
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_check_names_what_no_clean_run_leaves(write, tmp_path, capsys):
    write("99_small.ipynb", "print('never run')")
    assert build_notebooks.main(["--check"], tmp_path) == 1
    assert "cell 0 was run as number None" in capsys.readouterr().out


def test_an_unknown_name_lists_the_known_ones(write, tmp_path):
    write("99_small.ipynb", "1")
    with pytest.raises(SystemExit, match="the lessons are 99_small"):
        build_notebooks.main(["04"], tmp_path)
