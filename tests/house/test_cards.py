"""README, the notebooks and the map of the course say what the lessons' cards say."""

import json
import re

import pytest

from lessonlib.files import notebooks_folder
from lessonlib.lessons.registry import cards, explorer
from lessonlib.widgets.explorer import Explorer

ROOT = notebooks_folder().parent
FRACTIONS = {0.25: "¼", 0.5: "½", 0.75: "¾"}


def table():
    """README's table of the lessons, as the cards have it."""
    rows = [
        f"| [{card.number} {card.title}](notebooks/{card.stem}.ipynb) "
        f"| {card.you_will} | {card.hours:g} |"
        for card in cards()
    ]
    return "\n".join(["| lesson | you will | hours |", "|---|---|---|", *rows])


def test_the_readme_shows_the_cards():
    assert table() in (ROOT / "README.md").read_text(encoding="utf-8"), f"wanted:\n{table()}"


def hours_in_words(hours):
    """As a lesson's first cell writes it."""
    if hours < 1:
        return f"{60 * hours:g} minutes"
    return f"{int(hours)}{FRACTIONS.get(hours % 1, '')} hours"


@pytest.mark.parametrize("card", cards(), ids=lambda card: card.number)
def test_the_notebook_says_what_its_card_says(card):
    path = ROOT / "notebooks" / f"{card.stem}.ipynb"
    book = json.loads(path.read_text(encoding="utf-8"))
    title = "".join(book["cells"][0]["source"])
    assert re.search(r"\*\*Time\*\* about ([^,.]*)", title)[1] == hours_in_words(card.hours)


@pytest.mark.parametrize("card", cards(), ids=lambda card: card.number)
def test_a_card_is_complete(card):
    numbers = [other.number for other in cards()]
    assert card.stem.split("_")[0] == card.number
    assert all(numbers.index(need) < numbers.index(card.number) for need in card.needs)
    assert card.promise[0].isupper()
    assert card.you_will[0].islower()
    if card.explorer:
        assert issubclass(explorer(card.explorer), Explorer)


def test_an_explorer_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(KeyError, match=r"no explorer 'Nothing'; there are AttentionExplorer, "):
        explorer("Nothing")
