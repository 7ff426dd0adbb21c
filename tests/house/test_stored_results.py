"""Stored results: each is what its recipe makes, by the code as it is now."""

import json
from pathlib import Path

import numpy as np
import pytest

import lessonlib.recipes as kitchen
from lessonlib import cli
from lessonlib.lessons.registry import lessons, recipe, recipes_of
from lessonlib.trained import file_name, read_index, trained

PACKAGE = Path(kitchen.__file__).parent


@pytest.mark.parametrize("name", kitchen.recipes())
def test_a_stored_result_was_made_by_the_code_as_it_is(name):
    assert name in read_index(), f"run: lessonlib make {name}"
    assert kitchen.is_current(name), f"the code has changed since; run: lessonlib make {name}"
    stored = trained(name)
    assert stored.arrays
    assert name in repr(stored)


def test_nothing_is_stored_without_a_recipe():
    assert set(read_index()) == set(kitchen.recipes())
    files = {path.name for path in (PACKAGE.parent / "data/models").glob("*.npz")}
    assert files == {file_name(name) for name in kitchen.recipes()}


@pytest.mark.parametrize("name", ["00.scoreboard", "01.scoreboard"])
def test_a_shortened_run_gives_the_stored_numbers(name):
    again = recipe(name).make((0,))
    stored = trained(name)
    assert list(again["names"]) == list(stored["names"])
    assert np.allclose(again["rows"][0, :, :4], stored["rows"][0, :, :4], atol=0.02)


def test_a_recipe_depends_on_what_it_imports_and_on_nothing_else():
    found = {path.relative_to(PACKAGE).as_posix() for path in kitchen.sources("09.attention")}
    assert "lessons/l09/recipes/dates.py" in found  # another recipe
    assert "models/date_reader.py" in found  # a network, by way of the package's face
    assert "functional/_sequence.py" in found  # two files further down
    assert not any("explorer" in name or "exercises" in name for name in found)
    assert "lessons/l09/__init__.py" not in found  # the card


PLAIN = 'x = "#1"\n\n\ndef f(y):\n    z = 2 * y\n    return x, z\n'
TOLD = '''"""Doc."""
from typing import Any
x = '#1'  # why


# more
def f(
    y: "Any",
) -> "Any":
    """Doc
    longer."""
    z = (2 * y)
    return (x, z)
'''


def bare(tmp_path, text):
    kitchen._bare.cache_clear()
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    return kitchen._bare(tmp_path / "a.py")


def test_only_what_makes_numbers_counts(tmp_path):
    assert bare(tmp_path, PLAIN) == bare(tmp_path, TOLD)
    for old, new in (("#1", "#2"), ("2 * y", "y * 2"), ("f(y)", "f(y=1)"), ("x, z", "z, x")):
        assert bare(tmp_path, PLAIN) != bare(tmp_path, PLAIN.replace(old, new))
    assert bare(tmp_path, "import a.b as c") != bare(tmp_path, "import a.d as c")
    assert bare(tmp_path, "x: int = 1") == bare(tmp_path, "x = 1")
    assert bare(tmp_path, "def f(a: int = 1): ...") == bare(tmp_path, "def f(a=1): ...")


GUARDED = """
def f(x, n):
    if x.ndim != 2:
        raise ValueError(f"f: x of shape {x.shape}, wanted (N, D)")
    for k in range(n):
        x = x + k
    else:
        raise RuntimeError("f: no end")
    return x
"""


def test_a_guard_that_only_refuses_and_what_an_error_says_do_not_count(tmp_path):
    guard = GUARDED[GUARDED.index("    if") : GUARDED.index("    for")]
    whole = bare(tmp_path, GUARDED)
    for new in (
        GUARDED.replace(guard, ""),
        GUARDED.replace("ndim != 2", "ndim not in (2, 3)"),
        GUARDED.replace("f: x of shape {x.shape}, wanted (N, D)", "f: x"),
        GUARDED.replace("f: no end", "f: it never ends"),
        GUARDED.replace('ValueError(f"f: x of shape {x.shape}, wanted (N, D)")', "TypeError"),
    ):
        assert new != GUARDED
        assert bare(tmp_path, new) == whole


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ValueError(", "StopIteration("),  # may steer a loop
        ("        raise ValueError", "        x = 0\n        raise ValueError"),
        ("    for k", "    else:\n        x = 2 * x\n    for k"),
        ("x.ndim != 2", "(n := x.ndim) != 2"),
        ("RuntimeError(", "ValueError("),  # no guard: what is raised counts
        ("raise RuntimeError", "return RuntimeError"),
    ],
)
def test_what_may_steer_the_numbers_counts(tmp_path, old, new):
    assert GUARDED.replace(old, new) != GUARDED
    assert bare(tmp_path, GUARDED.replace(old, new)) != bare(tmp_path, GUARDED)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder of data with one stored result, and the recipe whose numbers the test chooses."""
    (tmp_path / "models").mkdir()
    for module in ("lessonlib.recipes", "lessonlib.trained"):
        monkeypatch.setattr(f"{module}.data_folder", lambda: tmp_path)
    module = recipe("01.scoreboard")
    monkeypatch.setattr(module, "make", lambda: {"x": np.arange(3.0)})
    kitchen.make("01.scoreboard")
    return tmp_path / "models", module


def test_the_same_numbers_leave_the_file_and_other_numbers_replace_it(kept, monkeypatch):
    folder, module = kept
    file = folder / "01_scoreboard.npz"
    before, index = file.read_bytes(), json.loads((folder / "index.json").read_text())
    assert index["01.scoreboard"]["seeds"] == list(module.SEEDS)
    monkeypatch.setattr(module, "make", lambda: {"x": np.arange(3.0) + 1e-9})
    assert "stored before" in kitchen.make("01.scoreboard")
    assert file.read_bytes() == before
    monkeypatch.setattr(module, "make", lambda: {"x": np.arange(3.0) + 1})
    assert kitchen.make("01.scoreboard").endswith(", stored")
    assert trained("01.scoreboard")["x"].tolist() == [1, 2, 3]


def test_confirming_renews_the_hash_and_runs_nothing(kept, monkeypatch, capsys):
    folder, module = kept
    before = json.loads((folder / "index.json").read_text())["01.scoreboard"]
    monkeypatch.setattr(module, "make", lambda: pytest.fail("it was run"))
    monkeypatch.setattr(kitchen, "code_hash", lambda name: "new")
    assert not kitchen.is_current("01.scoreboard")
    assert cli.main(["make", "--confirm", "01.scoreboard"]) == 0
    assert capsys.readouterr().out == "01.scoreboard: confirmed\n"
    assert kitchen.is_current("01.scoreboard")
    after = json.loads((folder / "index.json").read_text())["01.scoreboard"]
    assert after == before | {"code_sha256": "new"}
    with pytest.raises(KeyError, match=r"nothing is stored for 02\.xor"):
        kitchen.confirm("02.xor")


@pytest.mark.parametrize("where", ["make", "savez", "replace"])
def test_an_interrupted_make_leaves_the_old_result(kept, monkeypatch, where):
    folder, module = kept
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    if where == "make":
        monkeypatch.setattr(module, "make", interrupt)
    else:
        monkeypatch.setattr(module, "make", lambda: {"x": np.arange(4.0)})
        target = "numpy.savez_compressed" if where == "savez" else "os.replace"
        monkeypatch.setattr(target, interrupt)
    assert cli.main(["make", "01.scoreboard"]) == 130
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert trained("01.scoreboard")["x"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("09.date", "there is no recipe '09.date'; this lesson has 09.attention, 09.dates"),
        ("9.dates", "there is no lesson '9'; there are 00, 01"),
        ("99", "there is no lesson '99'; there are 00, 01"),
        ("dates_09", "there is no lesson 'dates_09'; there are 00, 01"),
        ("1.2.3", 'the id of a recipe looks like "00.scoreboard"'),
    ],
)
def test_a_wrong_id_names_the_ones_there_are(word, said, capsys):
    assert cli.main(["make", word]) == 1
    assert said in capsys.readouterr().err


def test_a_wrong_result_names_those_of_its_lesson():
    with pytest.raises(KeyError, match=r"no result '09.date'; there are 09.attention, 09.dates"):
        trained("09.date")


def test_every_lesson_has_its_part_of_the_scoreboard_or_none():
    assert all(name.startswith(f"{lesson}.") for lesson in lessons() for name in recipes_of(lesson))
