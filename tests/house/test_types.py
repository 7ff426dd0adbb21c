"""Types hold over the whole package, and a wrong one is caught."""

import re
import subprocess
import sys

import pytest

from lessonlib.files import notebooks_folder

ROOT = notebooks_folder().parent
IGNORE = re.compile(r"# type: ignore\[[a-z-]+\]  # \S")  # which error, and why it is none


@pytest.fixture(scope="module")
def check(tmp_path_factory):
    """What mypy says of some files, by default of the package, under pyproject.toml."""
    cache = tmp_path_factory.mktemp("mypy")

    def run(*files):
        options = ["--config-file", "pyproject.toml", "--cache-dir", str(cache)]
        return subprocess.run(
            [sys.executable, "-m", "mypy", *options, *map(str, files)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )

    return run


@pytest.mark.slow
def test_the_types_of_the_package_hold(check):
    done = check()
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("old", "new", "caught"),
    [
        ("", "", ""),
        ('between: str = ""', "between: int = 0", "attr-defined"),
        ("ids: Iterable[int], ", "ids, ", "no-untyped-def"),
        ('between: str = ""', "between: str = None", "assignment"),
        ("import numpy as np", "import numpy as np  # type: ignore[import]", "unused-ignore"),
    ],
    ids=["as it is", "wrong type", "no type", "None unsaid", "idle ignore"],
)
def test_a_wrong_type_in_a_module_is_caught(check, tmp_path, old, new, caught):
    text = (ROOT / "lessonlib" / "text" / "vocabulary.py").read_text(encoding="utf-8")
    assert old in text
    copy = tmp_path / "copied.py"
    copy.write_text(text.replace(old, new) if old else text, encoding="utf-8")
    done = check(copy)
    assert done.returncode == (1 if caught else 0), done.stdout + done.stderr
    assert caught in done.stdout


def test_every_exception_names_its_error_and_its_reason():
    lines = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / "lessonlib").rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "type: ignore" in line
    ]
    assert [line for line in lines if not IGNORE.search(line)] == []
    assert len(lines) < 15
