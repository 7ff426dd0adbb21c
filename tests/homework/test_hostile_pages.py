"""What is shown of a submission is of bounded size, and is rendered in bounded time."""

import time

import pytest
from homework_cases.course import MARKS
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from lessonlib.homework.nbgrader import bounded as bounding
from lessonlib.homework.nbgrader.bounded import bounded

pytestmark = [*MARKS, pytest.mark.exhaustive]
PICTURE = {"m.png": {"image/png": "A" * 2**20}}
SLOW = ["[", "[a](", "*a ", "**a _b ", "`a ``b ", "<a ", "![", "$a ", "> ", "- ", "|a|b\n|-|-\n",
        "<!-- ", "&#", "\\", "_a__b_", "[a](<b", r"\begin{a}"]  # fmt: skip


def text(source):
    return {"cell_type": "markdown", "id": "t", "metadata": {}, "source": source}


def shown(*sources):
    return [c["source"] for c in bounded({"cells": [text(s) for s in sources]})["cells"]]


@pytest.mark.timing
@pytest.mark.parametrize("piece", SLOW)
def test_megabytes_of_markdown_are_rendered_soon(piece):
    begun = time.process_time()
    (source,) = shown(piece * (2**21 // len(piece)))
    markdown2html_mistune(source)
    assert time.process_time() - begun < 10
    assert len(source) < 200_000


def test_a_short_text_that_takes_long_is_shown_as_typed(monkeypatch):
    monkeypatch.setattr(bounding, "_SECONDS", 0.2)
    source = r"\begin{a}" * 2200
    assert shown(source) == [f"    {source}"]


def test_honest_text_stays_word_for_word():
    source = "# Why\n\nBecause $x^2$ is **convex**:\n\n- one\n- two\n"
    assert shown(source, "", "*a*") == [source, "", "*a*"]


def test_the_whole_is_bounded_too():
    sources = shown(*["word " * 3000] * 500)
    assert sum(map(len, sources)) < 1_500_000
    assert "cut here" in sources[-1]
    assert sources[0] == "word " * 3000


def test_a_text_that_the_parser_cannot_bear_is_shown_as_typed(monkeypatch):
    def fails(source, renderer):
        raise RecursionError

    monkeypatch.setattr(bounding, "_html", fails)
    assert shown("a\nb") == ["    a\n    b"]


@pytest.mark.parametrize(
    "source",
    ["![](attachment:m.png) ", "<img src='attachment:m.png'> ", "![x] "],
    ids=["Markdown", "HTML", "by a reference"],
)
def test_a_picture_is_shown_and_a_thousand_times_the_same_is_not(source):
    def made(count):
        cell = text(source * count + "\n\n[x]: attachment:m.png") | {"attachments": PICTURE}
        (shown,) = bounded({"cells": [cell]})["cells"]
        return cell["source"], shown

    typed, shown = made(1)
    assert not shown["source"].startswith("    ")
    assert shown["attachments"] == PICTURE
    typed, shown = made(600)
    assert shown["source"] == "\n".join(f"    {line}" for line in typed.split("\n"))
