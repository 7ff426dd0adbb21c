"""Code and text use the words of the field and plain English: the list is in CONTRIBUTING.md."""

import pytest
from words import files, problems, read_table

from lessonlib.files import notebooks_folder

ROOT = notebooks_folder().parent
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
ROWS = read_table(CONTRIBUTING.read_text(encoding="utf-8"))
LISTS = {CONTRIBUTING, ROOT / "tests/house/test_words.py"}  # they name the words themselves
FILES = [path for path in files(ROOT) if path not in LISTS]
# What learners and instructors see, or stored results hold, stays until its lesson changes.
KEPT = (
    "Assign the blame",
    "two hidden layers, descent",
    "shortcut forgotten on the way back",
    "All stand at the start",
    "Every gate stood half open",
    "L stands before b, from which it is computed",
    "the rule never stops",
    "the rule stopped after",
    "A new one beside yours",
    "the check stood above the exercise",
)
# Names that mean something else there: steps or frames per second.
OTHER_MEANING = {
    ("lessonlib/widgets", "rate"),
    ("tests/checker", "rate"),
    ("tests/lessons/l02", "rate"),
}


def found(path):
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text(encoding="utf-8")
    for problem in problems(text, ROWS, KEPT, python=path.suffix == ".py"):
        word = problem.split(": ")[1].split(" (")[0]
        if not any(name.startswith(place) and word == other for place, other in OTHER_MEANING):
            yield f"{name}, {problem}"


def test_the_words_are_those_of_the_list():
    said = [problem for path in FILES for problem in found(path)]
    assert not said, "\n".join(said)


def test_the_list_has_twenty_rows_and_its_own_text_keeps_to_it():
    assert len(ROWS) == 20
    text = CONTRIBUTING.read_text(encoding="utf-8")
    outside = "\n".join(line for line in text.splitlines() if not line.startswith("|"))
    assert list(problems(outside, ROWS, KEPT, python=False)) == []


def test_every_phrase_that_may_stay_is_somewhere():
    texts = [path.read_text(encoding="utf-8") for path in files(ROOT) if path not in LISTS]
    assert [phrase for phrase in KEPT if not any(phrase in text for text in texts)] == []


def test_nothing_is_left_out_but_the_texts_of_exercises_and_predictions():
    names = {path.relative_to(ROOT).as_posix() for path in files(ROOT)}
    assert {"README.md", "start.py", "data/README.md", "docs/start.md"} <= names
    assert {"lessonlib/exercises/judge.py", "lessonlib/lessons/l09/recipes/dates.py"} <= names
    assert not any("/predictions.py" in name or "/l01/exercises/" in name for name in names)


CODE = '''
"""A lesson that stands here, next
to the chain
rule and a stand-alone program."""
rule = optim.SGD(parameters, 0.1)
text = "the way " "back"  # the
# blame goes on
standard = "beside", rate, lr
def f():
    """No more.

    >>> adam = optim.Adam(parameters)
    """
'''


def test_each_kind_of_word_is_caught_where_it_is():
    said = list(problems(CODE, ROWS, (), python=True))
    assert [line.split(" (")[0] for line in said] == [
        "line 2: stands",
        "line 5: rule",
        "line 6: way back",
        "line 7: blame",
        "line 8: beside",
        "line 8: rate",
        "line 12: adam",
    ]
    assert "next to" in said[4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It stands\nin the way.", ["line 1: stands (we say: is, are, is in)"]),
        ("A rule by hand; the chain\n  rule; perceptron rule.", ["line 1: rule"]),
        ("Gradient descent, descent alone.", ["line 1: descent (we say: gradient descent)"]),
        ("NaN stands for nothing, a stand-in; understand the standard.", []),
        ("`Adam`, `SGD` and their learning rate.", []),
        ("Beside it.", ["line 1: beside"]),
        ("a phrase that\nstands where it is", []),
    ],
)
def test_words_of_markdown(text, said):
    kept = ("that stands where",)
    lines = list(problems(text, ROWS, kept, python=False))
    assert len(lines) == len(said)
    assert all(line.startswith(start) for line, start in zip(lines, said, strict=True))


def test_a_list_that_has_gone_is_noticed():
    with pytest.raises(ValueError, match="no table under"):
        read_table("# Contributing\n\n## Words\n\nNone.\n")
