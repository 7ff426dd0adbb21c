"""Docstrings of the house's form, as reStructuredText.

They are written to be read in a terminal: a first line with the formula after three spaces, then
lines "name : meaning", "Returns ...", "Raises ...", "Source: ...", and a doctest. Nothing in them
is markup, so everything is escaped.
"""

import re
from collections.abc import Iterable

from website import ROOT

ENTRY = re.compile(r"(?P<name>[A-Za-z_*][\w*]*(?:, [A-Za-z_*][\w*]*)*)\s*:\s+(?P<text>\S.*)")
LABEL = re.compile(r"(Returns|Raises|Yields)\b\s*|(Source|Units|Start|Limit):\s*")
LESSON = re.compile(r"Taught in notebooks/(\w+)")
MARKUP = re.compile(r"([\\*`|_<>\[\]])")


def escaped(text: str) -> str:
    r"""Text in which no character means anything to reStructuredText.

    >>> escaped("dx_i * w")
    'dx\\_i \\* w'
    """
    return MARKUP.sub(r"\\\1", text)


def to_rst(lines: Iterable[str]) -> list[str]:
    """One docstring, line by line.

    >>> to_rst(["Add.   y = a + b", "", "a : (N,)", "Returns y"])[:3]
    ['Add.', '', '.. code-block:: none']
    """
    text = "\n".join(lines).strip()
    if not text:
        return []
    first, _, rest = text.partition("\n")
    words, _, formula = first.partition("   ")
    out = [escaped(words.strip())]
    if formula.strip():
        out += ["", ".. code-block:: none", "   :class: ns-formula", "", f"   {formula.strip()}"]
    for block in re.split(r"\n\s*\n", rest):
        out += ["", *_block(block)]
    return [*out, ""]


def _block(block: str) -> list[str]:
    lines = block.strip("\n").split("\n")
    if lines[0].lstrip().startswith(">>>"):
        return [".. code-block:: pycon", "", *("   " + line.strip() for line in lines)]
    if all(line.startswith("  ") for line in lines):  # formulas, a small table
        return [".. code-block:: none", "", *("   " + line for line in lines)]
    out: list[str] = []
    for entry in _joined(lines):
        if lesson := LESSON.search(entry):
            before = entry[: lesson.start()].strip(" .")
            out += ["", *([_labelled(before), ""] if before else []), _taught(lesson[1])]
        elif (found := ENTRY.fullmatch(entry)) and not LABEL.match(entry):
            names = ", ".join(f"``{name}``" for name in found["name"].split(", "))
            out += ["", f"- {names}: {_code_words(found['text'])}"]
        else:
            out += ["", _labelled(entry)]
    return out


def _joined(lines: list[str]) -> list[str]:
    """Join lines that are indented further to the line above."""
    entries: list[str] = []
    for line in lines:
        indent = len(line) - len(line.lstrip())
        new = LABEL.match(line) or LESSON.match(line) or ENTRY.fullmatch(line.strip())
        if entries and (indent >= 4 or (not new and not _ended(entries[-1]))):
            entries[-1] += " " + line.strip()
        else:
            entries.append(line.strip())
    return entries


def _ended(entry: str) -> bool:
    """Whether a line is an entry of its own, which the next line does not continue."""
    return bool(ENTRY.fullmatch(entry)) and not LABEL.match(entry)


def _labelled(entry: str) -> str:
    if label := LABEL.match(entry):
        word = label[1] or label[2]
        return f"**{word}** {_code_words(entry[label.end() :])}"
    return _code_words(entry)


def _code_words(text: str) -> str:
    """Escape text; what is between single backquotes is code."""
    pieces = re.split(r"`([^`]+)`", text)
    return "".join(
        f"``{piece}``" if k % 2 else escaped(piece) for k, piece in enumerate(pieces)
    ).strip()


def _taught(stem: str) -> str:
    if (ROOT / "notebooks" / f"{stem}.ipynb").is_file():
        return f"**Taught in** :doc:`/notebooks/{stem}`"
    return f"**Taught in** lesson {stem.split('_')[0]}"
