"""Which words code and text do without: CONTRIBUTING.md lists them, this module looks for them.

The table under "Words" has three columns: what we say, what we do not say, and in which phrases a
word is fine all the same. A word between backquotes is a name in code; any other is looked for in
text: comments, docstrings and strings of Python, and all of Markdown.
"""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HEADING = "## Words"
# Between two words of a phrase: blanks, line breaks, and what a comment or a string puts there.
GAP = r"""[\s#"'|*>]+"""
DOCTEST = re.compile(r"^\s*(?:>>>|\.\.\.) (.*)$", re.MULTILINE)
IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Row:
    """One line of the table: what we say, and what we do not say as a name and as a word."""

    say: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    fine: tuple[str, ...]


def read_table(text: str) -> list[Row]:
    """The rows of the table under "Words". Raises ValueError where there is none."""
    _, found, rest = text.partition(f"\n{HEADING}\n")
    section = rest.split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    if not found or not lines:
        raise ValueError(f"no table under {HEADING!r}")
    rows = []
    for line in lines:
        say, avoided, fine = (cell.strip() for cell in line.strip("|").split("|"))
        entries = _entries(avoided)
        names = tuple(entry.strip("`") for entry in entries if entry.startswith("`"))
        words = tuple(entry for entry in entries if not entry.startswith("`"))
        rows.append(Row(say, names, words, tuple(_entries(fine))))
    return rows


def _entries(cell: str) -> list[str]:
    return [entry.strip() for entry in re.split(r"[,;]", cell) if entry.strip()]


def problems(text: str, rows: Iterable[Row], kept: Iterable[str], *, python: bool) -> Iterator[str]:
    """What a text says that it should not: "line 3: WORD (we say: ANOTHER)".

    kept : phrases that may stay, wherever they are
    """
    rows = list(rows)
    if not _any_of(tuple(rows)).search(text):
        return  # most files: nothing to take apart
    names, prose = _parts(text) if python else ([], text)
    prose = _without(prose, [*kept, *(phrase for row in rows for phrase in row.fine)])
    found = []
    for row in rows:
        found += [(line, name, row.say) for line, name in names if name in row.names]
        for word in row.words:
            found += [(line, word, row.say) for line in _lines_with(word, prose)]
    yield from (f"line {line}: {word} (we say: {say})" for line, word, say in sorted(found))


def _parts(source: str) -> tuple[list[tuple[int, str]], str]:
    """The names of a Python file with their lines, and its text with all code made blank."""
    names: list[tuple[int, str]] = []
    lines = [list(line) for line in source.splitlines(keepends=True)]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NAME, tokenize.OP, tokenize.NUMBER):
            row, first = token.start
            lines[row - 1][first : token.end[1]] = " " * (token.end[1] - first)
        if token.type == tokenize.NAME:
            names.append((token.start[0], token.string))
    prose = "".join("".join(line) for line in lines)
    for doctest in DOCTEST.finditer(prose):
        line = prose.count("\n", 0, doctest.start(1)) + 1
        names += [(line, name) for name in IDENTIFIER.findall(doctest[1])]
    return names, prose


@cache
def _any_of(rows: tuple[Row, ...]) -> re.Pattern[str]:
    """Where one of the names or the first word of a phrase may be."""
    entries = [entry.split()[0] for row in rows for entry in (*row.names, *row.words)]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, entries))})\b", re.IGNORECASE)


def _lines_with(phrase: str, text: str) -> Iterator[int]:
    for match in _pattern(phrase).finditer(text):
        yield text.count("\n", 0, match.start()) + 1


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    inside = GAP.join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<![\w-]){inside}(?![\w-])", re.IGNORECASE)


def _without(text: str, phrases: Iterable[str]) -> str:
    """The text with phrases made blank, every line where it was."""

    for phrase in phrases:
        text = _pattern(phrase).sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    return text


def files(root: Path) -> list[Path]:
    """The Python and Markdown files that the words are looked for in.

    The texts of exercises and predictions belong to their lessons, as the notebooks do; answers
    are written as learners write.
    """
    folders = ("lessonlib", "tools", "benchmarks", "tests", "docs")
    found = [*root.glob("*.py"), *root.glob("*.md"), root / "data" / "README.md"]
    for folder in folders:
        found += [*(root / folder).rglob("*.py"), *(root / folder).rglob("*.md")]
    return sorted(path for path in found if not _of_a_lesson(path.relative_to(root)))


def _of_a_lesson(path: Path) -> bool:
    inside = path.parts[:2] == ("lessonlib", "lessons")
    copies = {"_data", "_notebooks", "answers"} & set(path.parts)
    return bool(copies) or (inside and ("exercises" in path.parts or path.stem == "predictions"))
