"""The glossary: what each term of the course means, and which lesson introduces it.

glossary.csv next to this file is its only source: lesson 00, the book, and a test that no lesson
uses a term before it is introduced, all read it.
"""

import csv
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lessonlib import markup
from lessonlib.lessons.registry import cards


@dataclass(frozen=True)
class Term:
    """One entry.

    name    : as the glossary lists it; an everyday word says in brackets which sense is meant
    also    : other forms of it, such as the plural or an abbreviation
    meaning : one sentence
    lesson  : the number of the lesson that introduces it
    """

    name: str
    also: tuple[str, ...]
    meaning: str
    lesson: str

    @property
    def word(self) -> str:
        """The name without the brackets.

        >>> Term("key (of attention)", ("keys",), "...", "09").word
        'key'
        """
        return self.name.split(" (")[0]

    def forms(self) -> tuple[str, ...]:
        """The word and its other forms."""
        return (self.word, *self.also)


def _read() -> tuple[Term, ...]:
    with open(Path(__file__).with_suffix(".csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = (
        Term(
            row["term"], tuple(filter(None, row["also"].split("|"))), row["meaning"], row["lesson"]
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda term: term.name.lower()))


_TERMS = _read()  # when the module is loaded: where homework is graded the folder is closed later


def terms() -> tuple[Term, ...]:
    """All terms, in the order of the alphabet.

    >>> len(terms()) > 100
    True
    """
    return _TERMS


class Glossary:
    """Terms to read: a table in a notebook, lines in a terminal."""

    def __init__(self, entries: Sequence[Term]) -> None:
        self.entries = tuple(entries)

    def __repr__(self) -> str:
        return "\n".join(f"{t.name} (lesson {t.lesson}): {t.meaning}" for t in self.entries)

    def _repr_html_(self) -> str:
        stems = {lesson.number: lesson.stem for lesson in cards()}
        rows = ((t.name, t.meaning, _link(t.lesson, stems)) for t in self.entries)
        return markup.table(rows, ("term", "meaning", "lesson"), left=(0, 1))


def _link(number: str, stems: dict[str, str]) -> str:
    if number not in stems:
        return number
    return markup.Html(f"<a href='{stems[number]}.ipynb'>{number}</a>")


def glossary(word: str = "", lesson: str = "") -> Glossary:
    """Show what a term means, the terms of one lesson, or all of them.

    word   : a term in any of its forms; an abbreviation or a plural will do
    lesson : the number of a lesson, for the terms that it introduces
    Raises KeyError with the nearest terms, or with the lessons that introduce some
    Taught in notebooks/00_start_here

    >>> glossary("margin")
    margin (of a line) (lesson 01): The margin is the distance from the border between two ...
    """
    chosen = [term for term in terms() if lesson in ("", term.lesson)]
    if not chosen:
        known = ", ".join(sorted({term.lesson for term in terms()}))
        raise KeyError(f"glossary: no terms of a lesson {lesson!r}; there are {known}")
    if not word:
        return Glossary(chosen)
    asked = word.strip().lower()
    found = [term for term in chosen if asked in {f.lower() for f in (term.name, *term.forms())}]
    if not found:
        raise KeyError(f"glossary: no term {word!r}{_nearest(asked, chosen)}")
    return Glossary(found)


def _nearest(asked: str, entries: Sequence[Term]) -> str:
    names = {form.lower(): term.name for term in entries for form in term.forms()}
    near = difflib.get_close_matches(asked, names, n=3, cutoff=0.7)
    near += [form for form in names if asked in form and form not in near][: 3 - len(near)]
    return f"; did you mean {', '.join(dict.fromkeys(names[n] for n in near))}?" if near else ""
