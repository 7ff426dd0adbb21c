"""The import contracts of pyproject.toml hold, and each of them catches what it is there for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lessonlib.files import notebooks_folder

ROOT = notebooks_folder().parent


def lint(folder):
    """What import-linter says of the package in a folder."""
    program = Path(sys.executable).with_name("lint-imports")
    env = dict(os.environ, PYTHONPATH=str(folder), COLUMNS="200")
    return subprocess.run(
        [str(program), "--no-cache"], cwd=folder, env=env, capture_output=True, text=True
    )


def test_the_contracts_hold():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "lessonlib", folder / "lessonlib")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("functional/linear.py", "from lessonlib import nn", "Imports go down only"),
        ("exercises/judge.py", "from lessonlib.lessons import registry", "Imports go down only"),
        ("models/gpt.py", "def f():\n    import lessonlib.widgets.view", "Imports go down only"),
        ("extra.py", "", "extra"),
        ("lessons/l02/recipes/xor.py", "from lessonlib.lessons import l01", "No lesson imports"),
        ("lessons/l01/recipes/scoreboard.py", "import lessonlib.widgets.view", "No number comes"),
        ("lessons/l04/explorer/model.py", "import lessonlib.plots", "numbers know no view"),
        ("lessons/l01/explorer/explorer.py", "from lessonlib.exercises import judge", "Explorers"),
    ],
)
def test_a_wrong_import_is_caught(copy, file, line, broken):
    path = copy / "lessonlib" / file
    kept = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{kept or ''}\n{line}\n", encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        path.unlink() if kept is None else path.write_text(kept, encoding="utf-8")
    assert done.returncode != 0
    assert broken in done.stdout
