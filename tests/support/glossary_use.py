"""Where a lesson's Markdown uses a term of the glossary, and whether it may.

A term is introduced by one lesson, which sets it in *emphasis* or **bold** when it first uses it.
No lesson before uses it, unless the same paragraph refers to that lesson or a later one. What is
not text does not count: code, formulas, the targets of links, sources, and the title cell, which
says what a lesson will build. A term with brackets, such as "key (of attention)", is an everyday
word: its other uses are not looked for.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from marks import CODE, COMMENT
from second_edition import MARKUP, SOURCES

from lessonlib.glossary import Term

FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
LINK = re.compile(r"(!?\[[^\]]*\])\([^)\s]*\)")


def paragraphs(cells) -> Iterator[tuple[int, str]]:
    """(number of the cell, text) of each paragraph, heading, row and item below the title cell."""
    for number, cell in enumerate(cells):
        if cell.cell_type != "markdown" or number == 0:
            continue
        text = SOURCES.sub("", COMMENT.sub("", cell.source))
        text = LINK.sub(r"\1", FORMULA.sub(" ", CODE.sub(" ", text)))
        text = MARKUP.sub("\n\n", text)
        for block in re.split(r"\n\s*\n|\n(?=\s*[-*|] |\s*\d+\. |#)", text):
            if block.strip():
                yield number, " ".join(block.split())


@cache
def _pattern(forms: tuple[str, ...]) -> re.Pattern:
    any_of = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    return re.compile(rf"(?<![\w-])(?:{any_of})(?!\w|-\w)", re.IGNORECASE)


def _plain(forms: tuple[str, ...]) -> tuple[str, ...]:
    """Forms as text may have them: hyphens and spaces are one."""
    return tuple(dict.fromkeys(f for form in forms for f in (form, form.replace("-", " "))))


def _emphasised(text: str, found: re.Match) -> bool:
    """Whether a match is inside *...* or **...**."""
    spans = re.finditer(r"(?<![*\w])(\*{1,2})(?![\s*])(.+?)(?<![\s*])\1(?![*\w])", text)
    return any(span.start() < found.start() and found.end() < span.end() for span in spans)


def _points_to(text: str, lessons: Sequence[str]) -> bool:
    """Whether a paragraph refers to one of these lessons: "lesson 04", "lessons 03 and 04"."""
    said = re.findall(r"lessons?((?:[\s,\]\[]|and|or|to|\d\d[a-z]?\b)+)", text, re.IGNORECASE)
    return any(number in lessons for part in said for number in re.findall(r"\d\d[a-z]?", part))


def too_early(cells, number: str, order: Sequence[str], terms: Sequence[Term]) -> Iterator[str]:
    """Terms that a lesson uses although a later one introduces them, with the places.

    order : the numbers of all lessons, in the order of the course
    """
    texts = list(paragraphs(cells))
    for term in terms:
        if term.word != term.name or order.index(term.lesson) <= order.index(number):
            continue
        pattern = _pattern(_plain(term.forms()))
        later = order[order.index(term.lesson) :]
        places = [
            f"cell {place}: {text[max(0, found.start() - 30) : found.end() + 30]!r}"
            for place, text in texts
            if (found := pattern.search(text)) and not _points_to(text, later)
        ]
        if places:
            yield f"{term.name} is introduced by lesson {term.lesson}, used in {places[0]}"


def not_introduced(cells, number: str, terms: Sequence[Term]) -> Iterator[str]:
    """Terms that a lesson introduces and does not set in emphasis at their first use."""
    texts = [(place, text) for place, text in paragraphs(cells) if not text.startswith("#")]
    for term in terms:
        if term.lesson != number:
            continue
        pattern = _pattern(_plain(term.forms()))
        uses = [(place, text, found) for place, text in texts for found in pattern.finditer(text)]
        emphasised = [place for place, text, found in uses if _emphasised(text, found)]
        if not uses:
            yield f"{term.name} is introduced here by the glossary, and never used"
        elif not emphasised:
            yield f"{term.name} is never set in emphasis; first used in cell {uses[0][0]}"
        elif term.word == term.name and not _emphasised(*uses[0][1:]):
            yield f"{term.name} is used in cell {uses[0][0]} and set in emphasis later"
