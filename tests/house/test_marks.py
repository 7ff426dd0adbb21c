"""Numbers in the prose of lessons are those that were measured, and a wrong one is caught."""

import marks
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from structure import FIRST_EDITION

from lessonlib.claims import claims
from lessonlib.files import notebooks_folder
from lessonlib.scoreboard import scoreboard

LESSONS = sorted(notebooks_folder().glob("[0-9]*.ipynb"))
NAME = "01.digits averaged"  # 0.95 0.961111 0.97037
SPREAD = "(0.950 to 0.970 over 20 seeds)"


def number_of(path):
    return path.stem.split("_")[0]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_mark_vouches_for_the_number_before_it(path):
    assert list(marks.mark_problems(nbformat.read(path, as_version=4).cells)) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_claim_is_cited_or_read(path):
    if number_of(path) in FIRST_EDITION:
        pytest.skip("a lesson of the first edition gives bounds, not values")
    cells = nbformat.read(path, as_version=4).cells
    assert list(marks.uncited_claims(cells, number_of(path))) == []


def lesson(*texts, value=0.957407, name=NAME):
    """A page: the output of `expect`, then texts."""
    out = new_output("stream", name="stdout", text=claims()[name].line(value) + "\n")
    cells = [new_code_cell(f"expect({name!r}, accuracy)", outputs=[out])]
    return cells + [new_markdown_cell(text) for text in texts]


ONE_CELL = "<!-- 01.digits averaged -->"
ONE_SIDED = "<!-- 03.check, one-sided, best error -->"  # 1.05057e-09 1.82921e-09 3.06511e-09
RIGHT = [
    f"It reads 0.961 {SPREAD}{ONE_CELL} of the digits, a median.",
    f"It reads 0.957 {SPREAD}{ONE_CELL} of the digits, in this run.",
    f"It reads 0.96{ONE_CELL}, or 96.1 % (95.0 % to 97.0 % over 20 starts){ONE_CELL}.",
    f"All of **0.961**{ONE_CELL}, $0.961${ONE_CELL} and 96.1 %{ONE_CELL} are numbers.",
    f"It reads 0.961\n(0.95 to\n0.97, all starts)<!--\n{NAME}\n-->.",
    "Always 0.75 (the same over 20 seeds)<!-- 01.xor best -->, so 75 %<!-- 01.xor best -->.",
    "Right 1<!-- 01.neighbour, rotated --> and −1.96<!-- 02.curve, slope of the error -->.",
    "All 2,080<!-- 10.cache, tokens through the blocks without --> tokens.",
    f"A gap of 1.8e-09{ONE_SIDED}, 1.8 × 10⁻⁹{ONE_SIDED} or $1.8 \\times 10^{{-9}}${ONE_SIDED}.",
    "Learners write `0.5 <!-- this -->`, which is code and no mark.",
    "A wide spread: 0.94 (0.81 to 0.96)<!-- 01.digits last -->.",
]
WRONG = {
    f"It reads 0.95{ONE_CELL} of them.": "vouches for 0.95, wanted 0.961 (0.950 to 0.970 over 20",
    f"It reads 0.966 {SPREAD}{ONE_CELL}.": "or 0.957 as printed",
    f"It reads 0.9570{ONE_CELL}.": "vouches for 0.9570",
    f"It reads 1{ONE_CELL}.": "vouches for 1",
    f"It reads 0.961 %{ONE_CELL}.": "vouches for 0.961 %",
    f"It reads 0.961 (0.956 to 0.970){ONE_CELL}.": "gives 0.956 as an end",
    f"It reads 0.957 (median 0.957, 0.950 to 0.970){ONE_CELL}.": "gives 0.957 as the median",
    f"It reads 0.961 (0.950 to 0.98){ONE_CELL}.": "gives 0.98 as an end",
    f"It reads 0.961 (0.950 to 1){ONE_CELL}.": "gives 1 as an end",
    f"It reads 0.961 (the same every time){ONE_CELL}.": "says that all seeds gave the same",
    f"It reads most of the digits{ONE_CELL}.": "has no number directly before it",
    f"It reads 0.961 {ONE_CELL}": "has no number directly before it",
    f"It reads 0.961\n{ONE_CELL} of them": "has no number directly before it",
    f"It reads 0.961 of them{ONE_CELL}": "has no number directly before it",
    f"It reads 0.961 (more or less){ONE_CELL}": "has no number directly before it",
    f"Version 1.0.961{ONE_CELL}": "has no number directly before it",
    "It reads 0.961<!-- 01.digits mean -->": "<!-- 01.digits mean --> names no row",
    "It reads 0.961<!-- look this up -->": "names no row of data/bounds.csv",
    "0.5<!-- scoreboard 01.scoreboard, perceptron, clean -->": "vouches for 0.5, wanted 0.948",
    "0.5<!-- scoreboard 01.scoreboard, a tree, clean -->": "names no model of 01.scoreboard",
    "0.5<!-- scoreboard 01.scoreboard, perceptron, dirty -->": "names no column",
    "0.5<!-- scoreboard 01.nothing, perceptron, clean -->": "names no stored scoreboard",
    "0.5<!-- scoreboard 02.xor, perceptron, clean -->": "names no stored scoreboard",
}


@pytest.mark.parametrize("text", RIGHT)
def test_a_right_number_passes(text):
    assert list(marks.mark_problems(lesson(text))) == []


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_number_is_caught(text):
    (problem,) = marks.mark_problems(lesson("0.957<!-- 01.digits averaged -->", text))
    assert problem.startswith("cell 2: <!-- ")
    assert WRONG[text] in problem


def test_the_numbers_of_a_scoreboard_are_compared_as_it_shows_them():
    cells = []
    for row in scoreboard("00.scoreboard").rows:
        texts = (f"{int(row[1]):,}", *(f"{v:.3f}" for v in row[2:5]), f"{row[5]:.2g}")
        for column, text in zip(marks.COLUMNS, texts, strict=True):
            mark = f"<!-- scoreboard 00.scoreboard, {row[0]}, {column} -->"
            cells.append(new_markdown_cell(f"It has {text}{mark}."))
    assert len(cells) >= 15
    assert list(marks.mark_problems(cells)) == []


def test_what_expect_prints_is_accepted_for_every_claim():
    """A line of `expect`, followed by its mark, passes: for the median and for both ends."""
    for claim in claims().values():
        for value in (claim.smallest, claim.median, claim.largest):
            cited = claim.line(value).removeprefix(f"{claim.words}: ")
            text = f"It is {cited}<!-- {claim.name} -->."
            assert list(marks.mark_problems(lesson(text, value=value, name=claim.name))) == []


def test_a_claim_that_no_text_cites_or_follows_is_caught(monkeypatch):
    one = {NAME: claims()[NAME]}
    monkeypatch.setattr(marks, "claims", lambda: one)
    cells = lesson("It reads many.")
    assert list(marks.uncited_claims(cells, "01")) == []
    picture = new_code_cell("plots.show(fig, '')", metadata={"tags": ["hide-input"]})
    cells.insert(1, picture)
    assert list(marks.uncited_claims(cells, "01")) == []
    cells.insert(1, new_code_cell("x = 1"))
    assert list(marks.uncited_claims(cells[:2], "02")) == []
    (problem,) = marks.uncited_claims(cells, "01")
    assert problem.startswith(f"{NAME} is in data/bounds.csv")
    cells[-1].source = f"It reads 0.957{ONE_CELL} of them."
    assert list(marks.uncited_claims(cells, "01")) == []
