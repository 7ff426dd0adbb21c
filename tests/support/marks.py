"""Numbers in a lesson's prose and where they come from: marks in the Markdown, read and compared.

`reads 0.957 (0.946 to 0.967 over 20 seeds)<!-- 01.digits averaged --> of the digits`: the comment
names a row of data/bounds.csv, or `scoreboard 01.scoreboard, perceptron, clean` a number of a
stored scoreboard. Readers do not see it. What is directly before it is compared with the row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from lessonlib.claims import Claim, alike, claims, with_spread
from lessonlib.scoreboard import COLUMNS
from lessonlib.trained import read_index, trained

CODE = re.compile(r"^(`{3,}).*?^\1`*$|(`+)(?!`).+?(?<!`)\2(?!`)", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_PLAIN = r"[-−]?(?:\d{1,3}(?:,\d{3})+(?![\d])|\d+)(?:\.\d+)?(?:e[-+]?\d+)?"
_POWER = r"(?:\s?(?:×|\\times)\s?10(?:\^\{?(?:[-−]?\d+)\}?|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?"
_NUMBER = rf"{_PLAIN}{_POWER}(?:\s?\\?%)?"
CITED = re.compile(
    rf"(?<![\d.,])\$?(?P<value>{_NUMBER})\$?\**"
    rf"(?: \((?:median (?P<median>{_NUMBER}), )?"
    rf"(?:\$?(?P<low>{_NUMBER})\$? to \$?(?P<high>{_NUMBER})\$?|(?P<same>the same))"
    r"(?![\d.])[^()]*\))?$"
)
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
PRINTED = re.compile(
    r"^(?P<words>.+): (?P<value>\S+) "
    r"\((?:(?:.+ to .+|the same) over \d+ seeds?|nothing is drawn here)\)$"
)


@dataclass(frozen=True)
class Row:
    """What a mark vouches for: a middle value and its spread."""

    median: float
    smallest: float
    largest: float
    seeds: int

    def __str__(self) -> str:
        return with_spread(self.median, self.smallest, self.largest, self.seeds)


def decimal(text: str) -> Decimal:
    """A number as prose has it: 2,080, −0.3, 95.7 %, 1.8e-09, 1.8 × 10⁻⁹, 1.8 \\times 10^{-9}.

    >>> decimal("95.7 %"), decimal("2,080"), decimal("1.8 × 10⁻⁹")
    (Decimal('0.957'), Decimal('2080'), Decimal('1.8E-9'))
    """
    text = text.replace("−", "-").replace(",", "").strip()
    percent = text.endswith("%")
    text = text.rstrip("%\\ ")
    digits, *power = re.split(r"\s?(?:×|\\times)\s?10\^?", text)
    value = Decimal(digits)
    if power:
        value = value.scaleb(int(power[0].strip("{}").translate(_RAISED)))
    return value.scaleb(-2) if percent else value


def rounds_to(shown: Decimal, value: float) -> bool:
    """Whether a number is the value, correctly rounded at its own number of digits.

    >>> rounds_to(Decimal("0.96"), 0.9574), rounds_to(Decimal("0.95"), 0.9574)
    (True, False)
    """
    unit = Decimal(1).scaleb(int(shown.as_tuple().exponent))
    return abs(shown - Decimal(repr(float(value)))) <= unit / 2


def _significant(shown: Decimal) -> int:
    return len(str(abs(int("".join(map(str, shown.as_tuple().digits))))))


def _well_rounded(shown: Decimal, text: str, value: float, usual: str) -> bool:
    """A correct rounding to two digits or more, unless fewer are exact or what `expect` prints."""
    enough = _significant(shown) >= 2 or shown == Decimal(repr(float(value))) or text == usual
    return enough and rounds_to(shown, value)


def text_of(source: str) -> str:
    """A cell's Markdown without code that shows a comment."""
    return CODE.sub(lambda code: " " if "<!--" in code[0] else code[0], source)


def marks_in(source: str) -> Iterator[tuple[str, str]]:
    """(what a comment says, the text before it with line breaks as spaces) for each comment."""
    source = text_of(source)
    for mark in COMMENT.finditer(source):
        before = COMMENT.sub("", source[: mark.start()])
        yield " ".join(mark[1].split()), re.sub(r"\s+", " ", before)


def row_of(name: str) -> Row | str:
    """The row that a mark names, or why there is none."""
    if name.startswith("scoreboard "):
        return _scoreboard_row(name.removeprefix("scoreboard "))
    claim = claims().get(name)
    if claim is None:
        return "names no row of data/bounds.csv"
    if not claim.seeds:
        return "names a row that is not measured yet: run tools/bounds.py"
    return Row(claim.median, claim.smallest, claim.largest, claim.seeds)


def _scoreboard_row(name: str) -> Row | str:
    part, _, rest = name.partition(", ")
    model, _, column = rest.rpartition(", ")
    if part not in read_index() or not part.endswith("scoreboard"):
        return f"names no stored scoreboard: {part!r}"
    stored = trained(part)
    names = [str(one) for one in stored["names"]]
    if model not in names:
        return f"names no model of {part}, which has {', '.join(names)}"
    if column not in COLUMNS:
        return f"names no column of a scoreboard, which has {', '.join(COLUMNS)}"
    values = stored["rows"][:, names.index(model), COLUMNS.index(column)]
    return Row(float(np.median(values)), float(values.min()), float(values.max()), len(values))


def printed_values(cells) -> dict[str, list[str]]:
    """What the stored outputs of `expect` say: words of a claim -> values, as they are printed."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        for output in cell.get("outputs", []):
            for line in output.get("text", "").splitlines():
                if said := PRINTED.match(line):
                    found.setdefault(said["words"], []).append(said["value"])
    return found


def _problem(name: str, before: str, printed: dict[str, list[str]]) -> str:
    """What is wrong with one mark; "" for nothing."""
    row = row_of(name)
    if isinstance(row, str):
        return row
    cited = CITED.search(before)
    if cited is None:
        return f"has no number directly before it, but {before[-40:]!r}; wanted {row}"
    claim = claims().get(name)
    here = printed.get(claim.words, []) if claim else []
    wanted = " or ".join([str(row), *(f"{value} as printed" for value in here)])
    usual, low, high = alike(row.median, row.smallest, row.largest)
    shown = decimal(cited["value"])
    right = _well_rounded(shown, cited["value"], row.median, usual) or any(
        _as_printed(shown, cited["value"], value) for value in here
    )
    if not right:
        return f"vouches for {cited['value']}, wanted {wanted}"
    if cited["same"] and row.smallest != row.largest:
        return f"says that all seeds gave the same, wanted {wanted}"
    ends = ("median", row.median, usual), ("low", row.smallest, low), ("high", row.largest, high)
    for end, value, text in ends:
        said = cited[end]
        if said and not _well_rounded(decimal(said), said, value, text):
            what = "the median" if end == "median" else "an end of the spread"
            return f"gives {said} as {what}, wanted {wanted}"
    return ""


def _as_printed(shown: Decimal, text: str, printed: str) -> bool:
    value = decimal(printed)
    finer = int(shown.as_tuple().exponent) < int(value.as_tuple().exponent)
    return not finer and _well_rounded(shown, text, float(value), printed)


def mark_problems(cells) -> Iterator[str]:
    """Marks that name nothing, follow no number, or follow a wrong one."""
    printed = printed_values(cells)
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            for name, before in marks_in(cell.source):
                if problem := _problem(name, before, printed):
                    yield f"cell {number}: <!-- {name} --> {problem}"


def uncited_claims(cells, number: str) -> Iterator[str]:
    """Claims of a lesson that no mark names and that no cell prints right above a text."""
    marked = {
        name for cell in cells if cell.cell_type == "markdown" for name, _ in marks_in(cell.source)
    }
    read = set(printed_values(_read_cells(cells)))
    for claim in claims().values():
        if _of(claim, number) and claim.name not in marked and claim.words not in read:
            yield f"{claim.name} is in data/bounds.csv, but no text cites it or follows its output"


def _of(claim: Claim, number: str) -> bool:
    return claim.name.split(".")[0] == number


def _read_cells(cells) -> list:
    """The code cells after which a text comes; a folded picture may be in between."""
    read = []
    for cell, *rest in (cells[k:] for k in range(len(cells))):
        after = (one for one in rest if "hide-input" not in one.metadata.get("tags", []))
        if cell.cell_type == "code" and getattr(next(after, None), "cell_type", "") == "markdown":
            read.append(cell)
    return read
