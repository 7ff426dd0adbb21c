"""The glossary: complete sentences, words that one can find, and no term before its lesson."""

import csv
import re
from collections import Counter
from pathlib import Path

import glossary_use
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from structure import FIRST_EDITION

from lessonlib import glossary as module
from lessonlib.files import notebooks_folder
from lessonlib.glossary import Term, glossary, terms
from lessonlib.lessons.registry import lessons

LESSONS = sorted(notebooks_folder().glob("[0-9]*.ipynb"))
# Terms that a lesson of the first edition uses before they are introduced.
EARLY = {
    "08": {"language model"},
    "09": {"transformer"},
}


def read(path):
    return nbformat.read(path, as_version=4).cells, path.stem.split("_")[0]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_lesson_uses_a_term_before_it_is_introduced(path):
    cells, number = read(path)
    known = EARLY.get(number, set()) if number in FIRST_EDITION else set()
    found = list(glossary_use.too_early(cells, number, lessons(), terms()))
    assert [p for p in found if p.split(" is introduced")[0] not in known] == []
    if number in FIRST_EDITION:
        assert {p.split(" is introduced")[0] for p in found} == known, "EARLY lists too much"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_rewritten_lesson_sets_its_terms_in_emphasis_at_first_use(path):
    cells, number = read(path)
    if number in FIRST_EDITION:
        pytest.skip("a lesson of the first edition")
    assert list(glossary_use.not_introduced(cells, number, terms())) == []


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.name)
def test_a_meaning_is_one_plain_sentence(term):
    assert term.lesson in lessons()
    assert re.fullmatch(r"[A-Z].*[^.]\.", term.meaning)
    assert not re.search(r"\. [A-Z]|[|\n]", term.meaning), "one sentence, one cell of a table"
    assert 5 <= len(term.meaning.split()) <= 34


def test_the_file_is_in_order_and_no_word_means_two_things():
    text = Path(module.__file__).with_suffix(".csv").read_text(encoding="utf-8")
    names = [row["term"] for row in csv.DictReader(text.splitlines())]
    assert names == sorted(names, key=str.lower)
    forms = Counter(form.lower() for term in terms() for form in term.forms())
    assert [form for form, times in forms.items() if times > 1] == []


def test_every_lesson_introduces_some():
    assert {term.lesson for term in terms()} == set(lessons())


def test_a_word_is_found_in_all_its_forms():
    for term in terms():
        for form in (term.name, *term.forms()):
            assert glossary(form.upper()).entries == (term,)


def test_one_lesson_and_all_of_them():
    assert len(glossary().entries) == len(terms())
    assert {term.lesson for term in glossary(lesson="04b").entries} == {"04b"}
    assert "04_training_dynamics.ipynb'>04</a>" in glossary(lesson="04")._repr_html_()
    assert repr(glossary("XOR")).startswith("exclusive or (lesson 01): Exclusive or is")


def test_what_is_not_there_names_the_nearest():
    with pytest.raises(KeyError, match="did you mean margin"):
        glossary("margn")
    with pytest.raises(KeyError, match=r"no term 'zebra'\"$"):
        glossary("zebra")
    with pytest.raises(KeyError, match="no terms of a lesson '11'; there are 00, 01"):
        glossary(lesson="11")


# --- where a lesson uses a term ---

GATE = Term("forget gate", ("forget gates",), "...", "08")
KEY = Term("key (of attention)", ("keys",), "...", "09")
RELU = Term("top-k", (), "...", "08")
TERMS = (GATE, KEY, RELU)
ORDER = ("07", "08", "09")


def page(*texts):
    return [new_markdown_cell(text) for text in ("# Title: a forget gate and top-k", *texts)]


@pytest.mark.parametrize(
    "text",
    [
        "It has a forget gate.",
        "Forget\ngates keep it.",
        "- one\n- a forget gate",
        "The top-k tokens, the top k tokens.",
        "## A forget gate\n\nLesson 08 tells more.",
        "<summary>What does a forget gate do?</summary>",
        "lesson 07 has a forget gate",
    ],
)
def test_a_term_before_its_lesson_is_caught(text):
    (problem,) = glossary_use.too_early(page(text), "07", ORDER, TERMS)
    assert "is introduced by lesson 08, used in cell 1" in problem


@pytest.mark.parametrize(
    "text",
    [
        "[Lesson 08](08_lstm_gru.ipynb) has a forget gate.",
        "Lessons 07 and 08 build a forget gate; lesson 09 does without.",
        "In code: `forget gate`, and\n\n```\nforget gate\n```",
        "A [picture](top-k.png)",
        "$forget gate$",
        "**Sources.** *The forget gate*, 1999.",
        "The arrow keys, and a key.",
        "A gate, to forget; a top-ka, stop-k.",
        "Numbers 0.5<!-- 08.a forget gate -->.",
    ],
)
def test_what_is_no_use_of_a_term_passes(text):
    assert list(glossary_use.too_early(page(text), "07", ORDER, TERMS)) == []


def test_the_introducing_lesson_and_later_ones_may_use_a_term():
    for number in ("08", "09"):
        assert list(glossary_use.too_early(page("a forget gate"), number, ORDER, TERMS)) == []


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["It has gates."], "never used"),
        (["It has a forget gate."], "never set in emphasis; first used in cell 1"),
        (["A forget gate.", "The *forget gate*."], "used in cell 1 and set in emphasis later"),
        (["2 * 3 is a forget gate * 4"], "never set in emphasis"),
        (["## The *forget gate*"], "never used"),
    ],
)
def test_a_term_that_is_not_introduced_is_caught(texts, said):
    (problem,) = glossary_use.not_introduced(page(*texts), "08", (GATE,))
    assert said in problem


@pytest.mark.parametrize(
    "text",
    [
        "The *forget gate*. A forget gate.",
        "**Forget gates** forget.",
        "*The forget\ngate* and more",
        "## A forget gate\n\nA *forget gate*.",
    ],
)
def test_a_term_in_emphasis_passes(text):
    cells = [*page(text), new_code_cell("forget_gate = 1")]
    assert list(glossary_use.not_introduced(cells, "08", (GATE,))) == []


def test_an_everyday_word_needs_emphasis_once():
    assert list(glossary_use.not_introduced(page("Keys; a *key*."), "09", TERMS)) == []
    (problem,) = glossary_use.not_introduced(page("Keys; a key."), "09", TERMS)
    assert "key (of attention) is never set in emphasis" in problem
