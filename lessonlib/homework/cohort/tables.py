"""Read a table that somebody exported: which encoding, which separator, or why it is no table."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from lessonlib.homework.model import HomeworkError

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_OTHER_FILES = (
    (b"PK\x03\x04", "an Excel or OpenDocument workbook (or another zip file)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF file"),
    (b"{\\rtf", "a text with formatting (.rtf)"),
)
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
# In cp1252 the letters of a Mac's, DOS' or another Windows' encoding look like these.
_OTHER_LETTERS = re.compile(
    r"[ŠšŽžŸƒ]|[^\W\d_][¤¥¦§¨¬¯±²³¶¸¹¼½¾×÷]|[¤¥¦§¨¬¯±²³¶¸¹¼½¾×÷][^\W\d_]"
    r"|[^\W\d_][„“”…†‡‰‹›•™][^\W\d_]"
)
_HOW = "Open it in a spreadsheet program and save it as CSV in UTF-8"


@dataclass(frozen=True)
class Row:
    """One row of a table, and the line of the file in which it ends."""

    line: int
    cells: list[str]


def read_table(path: Path, columns: frozenset[str]) -> list[Row]:
    """The rows of a CSV file, blank ones left out, each cell without blanks around it.

    columns : names of columns that may be in its first row; they decide which separator it has
    Raises HomeworkError where the file is of another kind, or its encoding is unclear.
    """
    return _rows(*_separated(path, columns))


def read_as_it_is(path: Path, columns: frozenset[str]) -> tuple[list[Row], str]:
    """The same rows with their cells as they are in the file, and the separator."""
    text, separator = _separated(path, columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = [Row(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    return rows, separator


def _separated(path: Path, columns: frozenset[str]) -> tuple[str, str]:
    """The text of a table and its separator. Raises HomeworkError where it is none."""
    text = _text(path)
    if not re.sub(r"[\s,;|\"]", "", text):
        raise HomeworkError(f"the class list {path.name} is empty")
    forced = re.match(r"sep=(.)(?:\r\n|\r|\n)", text)  # Excel's own first line
    if forced:
        text = "\n" + text[forced.end() :]
    found = {s: _rows(text, s) for s in ([forced[1]] if forced else _SEPARATORS)}
    fits = {s: len(columns & set(map(heading, rows[0].cells))) for s, rows in found.items() if rows}
    if not fits:  # a cell without end
        _check_quotes(path, text, ",")
    best = [s for s, n in fits.items() if n == max(fits.values())]
    if max(fits.values()) == 0:  # no head that is known: a list of one column, or refused later
        best.sort(key=lambda s: -len(found[s][0].cells))
    separator = best[0]
    _check_quotes(path, text, separator)
    return text, separator


def heading(cell: str) -> str:
    """The name of a column as it is compared.

    >>> heading(" SIS  Login ID")
    'sis login id'
    """
    return " ".join(unicodedata.normalize("NFC", _visible(cell)).lower().split())


def _rows(text: str, separator: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = []
    try:
        for cells in reader:
            clean = [unicodedata.normalize("NFC", _visible(c)).strip() for c in cells]
            if any(clean):
                rows.append(Row(reader.line_num, clean))
    except csv.Error:
        return rows  # said by _check_quotes, for the separator that is used
    return rows


def _visible(text: str) -> str:
    """A text without marks that nobody sees: of direction, of no width, of byte order."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _check_quotes(path: Path, text: str, separator: str) -> None:
    """A quotation mark that is not closed swallows the students below it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        raise HomeworkError(
            f"the class list {path.name} cannot be read at line {reader.line_num}: {error}; "
            "look for a quotation mark that is not closed"
        ) from None


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise HomeworkError(f"the class list {path} cannot be read: {error.strerror}") from None
    for start, kind in _OTHER_FILES:
        if raw.startswith(start):
            raise HomeworkError(f"the class list {path.name} is {kind}, not a CSV file. {_HOW}")
    if raw.lstrip()[:1] == b"<":
        raise HomeworkError(
            f"the class list {path.name} is a web page, not a CSV file; export the list again"
        )
    text = _decoded(raw)
    if text is None or any(unicodedata.category(c) == "Cc" and c not in "\t\r\n" for c in text):
        raise HomeworkError(
            f"the class list {path.name} is neither in UTF-8 nor in UTF-16 nor, for certain, in "
            f"Windows' cp1252. {_HOW}"
        )
    return text


def _decoded(raw: bytes) -> str | None:
    """The text in UTF-8, UTF-16 or cp1252; None where none of them is certain."""
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return _strict(raw, name)
    if b"\x00" in raw:
        odd, even = raw[1::2].count(0), raw[::2].count(0)
        return None if odd == even else _strict(raw, "utf-16-le" if odd > even else "utf-16-be")
    text = _strict(raw, "utf-8")
    if text is not None:
        return text
    if re.search(rb"[\x80-\xff]{4}", raw):  # no European name has four accents in a row
        return None
    text = _strict(raw, "cp1252")
    return None if text is None or _OTHER_LETTERS.search(text) else text


def _strict(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        return None
