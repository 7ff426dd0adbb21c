"""What lessons, pages and instructors call stays callable, whatever moves behind it.

`public_names.txt` lists it. A name leaves the list only when a lesson stops using it and nobody
can have a copy of that lesson; what a lesson newly uses is added by hand.
"""

from pathlib import Path

import pytest
from public_names import code_of, commands_of, names_of, resolve, takes

from lessonlib.cli import build_parser

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PAGES = [ROOT / name for name in ("README.md", "INSTRUCTORS.md", "CONTRIBUTING.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))
LINES = (HERE / "public_names.txt").read_text(encoding="utf-8").splitlines()
NAMES = [line for line in LINES if line.startswith("lessonlib.") and "=" not in line]
KEYWORDS = [line for line in LINES if line.endswith("=")]
COMMANDS = [line.removeprefix("$ lessonlib ") for line in LINES if line.startswith("$")]


def used():
    """Every line that the list must have today."""
    sources = [*sorted((ROOT / "notebooks").glob("*.ipynb")), *PAGES]
    names = set().union(*(names_of(code_of(path)) for path in sources))
    commands = {c for page in PAGES for c in commands_of(page)}
    return {*names, *(f"$ lessonlib {command}" for command in commands)}


def test_the_list_is_complete():
    assert used() - set(LINES) == set()
    (choices,) = (a.choices for a in build_parser()._actions if a.choices)
    options = {
        f"{name} {option}"
        for name, parser in choices.items()
        for option in parser._option_string_actions
        if option.startswith("--") and option != "--help"
    }
    assert {*choices, *options} - set(COMMANDS) == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_there(name):
    resolve(name)


@pytest.mark.parametrize("line", KEYWORDS)
def test_a_call_is_accepted(line):
    name, keyword = line.removesuffix("=").split(" ")
    assert takes(resolve(name), keyword)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_there(command):
    name, *options = command.split(" ")
    (choices,) = (a.choices for a in build_parser()._actions if a.choices)
    assert name in choices
    assert set(options) <= set(choices[name]._option_string_actions)


def test_a_name_that_has_gone_is_noticed():
    for name in ("lessonlib.nn.Lineal", "lesson.nn"):
        with pytest.raises(ImportError):
            resolve(name)
    assert not takes(resolve("lessonlib.seed"), "start")
    pieces = ["from lessonlib import nn", "nn.Linear(2, 3, bias=False)"]
    assert names_of(pieces) == {"lessonlib.nn", "lessonlib.nn.Linear", "lessonlib.nn.Linear bias="}
