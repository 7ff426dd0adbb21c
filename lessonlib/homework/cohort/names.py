"""Compare what names a student: ids, numbers, e-mail addresses, names, folder names."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lessonlib.homework.cohort.roster import Student

_MOST_LETTERS, _MOST_BYTES = 80, 150  # of a folder's name: a file name has 255 bytes at most
_MOST_PARTS = 24


# Letters that are not a letter with an accent, and how they are written with a to z.
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae",
                          "œ": "oe", "þ": "th"})  # fmt: skip
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def _is_letter(c: str) -> bool:
    return c.isalnum() or unicodedata.category(c)[0] == "M"  # vowel signs are marks


def squeeze(text: str) -> str:
    """Only the letters and digits of a text, in lower case, whatever its normal form.

    >>> squeeze("O'Neil, Ann-Marie"), squeeze("Mu\\u0308ller") == squeeze("M\\u00fcller")
    ('oneilannmarie', True)
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in text if _is_letter(c))


def without_accents(text: str) -> set[str]:
    """The ways to write a name where only a to z are allowed, squeezed.

    >>> sorted(without_accents("J\\u00f6rg"))
    ['joerg', 'jorg', 'jrg']
    """
    text = squeeze(text)
    apart = unicodedata.normalize("NFD", text)
    letters = "".join(c for c in apart if not unicodedata.combining(c))
    bare = unicodedata.normalize("NFC", letters).translate(_STROKES)
    doubled = text.translate(_TWO_LETTERS).translate(_STROKES)
    return {bare, doubled, "".join(c for c in text if c.isascii())} - {""}


def safe_id(text: str) -> str:
    """A student's id as a folder name.

    >>> safe_id("Ana/../x y")
    'Ana_.._x_y'
    """
    text = unicodedata.normalize("NFC", text.strip())
    kept = "".join(c if _is_letter(c) or c in "_.@-" else "_" for c in text).strip(".")
    if len(kept) <= _MOST_LETTERS and len(kept.encode()) <= _MOST_BYTES:
        return kept or "unnamed"
    short = kept[: _MOST_LETTERS - 9].encode()[: _MOST_BYTES - 9].decode(errors="ignore")
    return distinct(short, text)


def distinct(folder: str, text: str) -> str:
    """A folder name with a mark of the text from which it was made."""
    mark = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    return f"{folder[: _MOST_LETTERS - 9]}-{mark[:8]}"


def same_folder(text: str) -> str:
    """What two ids have in common that may not both be there: their folder, capitals aside."""
    return safe_id(text).casefold()


def exact(text: str) -> str:
    """An id as it is compared: its letters, capitals aside."""
    return unicodedata.normalize("NFC", text).strip().casefold()


class Directory:
    """Finds the students whom a text may name: by what is certain first, by the name last."""

    def __init__(self, students: Iterable["Student"]) -> None:
        self.names: dict[str, frozenset[str]] = {}
        self.numbers: dict[str, str] = {}
        self.levels: list[dict[str, set[str]]] = [{} for _ in range(5)]
        for student in students:
            self.names[student.id] = student.names
            if student.number:
                self.numbers[student.number] = student.id
            self._add(student)

    def _add(self, student: "Student") -> None:
        ids = {student.id, *student.keys}
        numbers = {student.number} if student.number else set()
        texts = (
            {exact(i) for i in ids | numbers},
            {squeeze(i) for i in ids},
            {squeeze(i.split("@")[0]) for i in ids if "@" in i},
            {squeeze(n) for n in student.names},
            {a for n in student.names for a in without_accents(n)},
        )
        for level, keys in zip(self.levels, texts, strict=True):
            for key in keys - {""}:
                level.setdefault(key, set()).add(student.id)

    def by_id(self, text: str) -> set[str]:
        """The students with this id, login, number or e-mail address."""
        first, second, third = self.levels[:3]
        short = squeeze(text)
        return first.get(exact(text)) or second.get(short) or third.get(short) or set()

    def by_name(self, text: str) -> set[str]:
        """The students with this name."""
        short = squeeze(text)
        return self.levels[3].get(short) or self.levels[4].get(short) or set()

    def find(self, text: str) -> set[str]:
        """The students whom the whole text may name."""
        return self.by_id(text) or self.by_name(text)

    def within(self, text: str, words: frozenset[str]) -> set[str]:
        """The students whom parts of a text name; of two parts, one in the other, the longer.

        words : parts that say nothing about a student; a name of two letters counts only where
                nothing else is left
        """
        pieces = re.split(r"([\s_,+-]+)", text)[: 2 * _MOST_PARTS]
        hits: dict[tuple[int, int], set[str]] = {}
        for i in range(0, len(pieces), 2):
            for j in range(i + 1, len(pieces) + 1, 2):
                found = self.find("".join(pieces[i:j]))
                if found and self._is_clear(pieces, i, j, words):
                    hits[i, j] = found
        whole = [h for h in hits if not any(_inside(h, other) for other in hits)]
        return {student for h in whole for student in hits[h]}

    def _is_clear(self, pieces: list[str], i: int, j: int, words: frozenset[str]) -> bool:
        short = squeeze("".join(pieces[i:j]))
        if len(short) > 2 or not short.isascii():
            return True
        rest = [p for k, p in enumerate(pieces) if k % 2 == 0 and not i <= k < j]
        return all(squeeze(p).rstrip("0123456789") in {*words, ""} for p in rest)


def _inside(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one != other and other[0] <= one[0] and one[1] <= other[1]
