"""Claims: every headline number of a lesson is held to a bound that was set from many seeds.

data/bounds.csv has one row for each claim: its words, the bound, and the smallest, middle and
largest value over the seeds that were tried (`make bounds` fills these). A lesson states
`expect("01.xor best", value)`, which prints the value and this spread.
"""

import csv
import json
import math
import os
from dataclasses import dataclass
from functools import cache

from lessonlib.files import data_folder


@dataclass(frozen=True)
class Claim:
    """One row of the bounds table. `low` and `high` are the bound; either may be infinite."""

    name: str
    words: str
    low: float
    high: float
    smallest: float
    median: float
    largest: float
    seeds: int

    def holds(self, value: float) -> bool:
        """Whether a value lies within the bound (NaN does not)."""
        return self.low <= value <= self.high

    def band(self) -> str:
        """The bound in words.

        >>> Claim("01.x", "accuracy", 0.9, math.inf, 0.95, 0.96, 0.97, 20).band()
        'at least 0.9'
        """
        if math.isinf(self.high):
            return f"at least {self.low:g}"
        if math.isinf(self.low):
            return f"at most {self.high:g}"
        return (
            f"exactly {self.low:g}" if self.low == self.high else f"{self.low:g} to {self.high:g}"
        )

    def line(self, value: float, drawn: bool = True) -> str:
        """The claim with a value, and the median and the spread over the seeds that were tried.

        drawn : False where the program uses no seed, so that there is no spread to tell

        >>> Claim("01.x", "accuracy", 0.9, math.inf, 0.9463, 0.9574, 0.9671, 20).line(0.95741)
        'accuracy: 0.957 (median 0.957, 0.946 to 0.967 over 20 seeds)'
        >>> Claim("01.x", "mistakes", 1, 9, 3, 3, 3, 20).line(3)
        'mistakes: 3 (the same over 20 seeds)'
        >>> Claim("01.x", "precision", 0, 1, 0.862069, 0.862069, 0.862069, 20).line(25 / 29)
        'precision: 0.862 (the same over 20 seeds)'
        >>> Claim("01.x", "mistakes", 1, 9, 3, 3, 3, 20).line(3, drawn=False)
        'mistakes: 3 (nothing is drawn here)'
        """
        if not drawn:
            return f"{self.words}: {alike(value)[0]} (nothing is drawn here)"
        if not self.seeds:
            return f"{self.words}: {alike(value)[0]} (the spread is not measured yet)"
        if float(f"{value:.6g}") == self.smallest == self.largest:  # six digits are stored
            same = with_spread(self.smallest, self.smallest, self.largest, self.seeds)
            return f"{self.words}: {same}"
        shown, *spread = alike(value, self.median, self.smallest, self.largest)
        over = f"{self.seeds} seed{'s' * (self.seeds != 1)}"
        return f"{self.words}: {shown} (median {spread[0]}, {spread[1]} to {spread[2]} over {over})"


def with_spread(value: float, smallest: float, largest: float, seeds: int) -> str:
    """A value and its spread over some seeds, in words.

    >>> with_spread(0.9574, 0.9463, 0.9671, 20)
    '0.957 (0.946 to 0.967 over 20 seeds)'
    """
    text, low, high = alike(value, smallest, largest)
    spread = "the same" if smallest == largest and text == low else f"{low} to {high}"
    return f"{text} ({spread} over {seeds} seed{'s' * (seeds != 1)})"


def alike(*values: float) -> list[str]:
    """Numbers as texts, all with as many digits as their spread needs: two or three.

    >>> alike(0.95741, 0.94630, 0.96712), alike(-11.997, -12.369, -11.769), alike(57, 45, 62)
    (['0.957', '0.946', '0.967'], ['-12.0', '-12.4', '-11.8'], ['57', '45', '62'])
    >>> alike(5.528e-6, 6.7e-16, 0.0226), alike(0.75, 0.75)
    (['5.5e-06', '6.7e-16', '0.023'], ['0.75', '0.75'])
    """
    sizes = [abs(value) for value in values if value]
    large, small = max(sizes, default=0.0), min(sizes, default=0.0)
    spread = max(values) - min(values)
    if large < 1e7 and all(float(value).is_integer() for value in values):
        return [f"{value:z,.0f}" for value in values]
    if (spread == 0 and large < 1000) or not math.isfinite(spread):
        return [f"{value:.3g}" for value in values]
    if large < 1e-3 or large >= 1e7 or (small < 1e-3 and large > 1000 * small):
        return [f"{value:#.2g}" if value else "0" for value in values]
    at_least, at_most = 1 - _power(large), 2 - _power(small)
    wanted = 1 - _power(spread) if spread else 0
    decimals = max(0, at_least, min(at_most, wanted))
    return [f"{value:z,.{decimals}f}" for value in values]


def _power(size: float) -> int:
    """The power of ten of the first digit that is not 0."""
    return math.floor(math.log10(size))


@cache
def claims() -> dict[str, Claim]:
    """All claims by name, read from data/bounds.csv."""
    with open(data_folder() / "bounds.csv", encoding="utf-8", newline="") as file:
        return {row["name"]: _claim(row) for row in csv.DictReader(file)}


def _claim(row: dict[str, str]) -> Claim:
    def number(key: str, missing: float) -> float:
        return float(row[key]) if row[key] else missing

    return Claim(
        row["name"],
        row["words"],
        number("low", -math.inf),
        number("high", math.inf),
        number("smallest", math.nan),
        number("median", math.nan),
        number("largest", math.nan),
        int(row["seeds"] or 0),
    )


def expect(name: str, value: float, drawn: bool = True) -> None:
    """Assert that a result lies within its bound; print it with its spread over many seeds.

    name  : a row of data/bounds.csv, such as "01.triangles centred"
    value : the number just computed
    drawn : False where chance has no part in the number; then the line says so in place of a spread
    Raises AssertionError with the claim, the value and the bound, or where drawn is False and the
    seeds gave different values; KeyError for an unknown name.
    Taught in notebooks/00_start_here

    >>> expect("01.xor best", 0.75)
    XOR, best accuracy on the way: 0.75 (the same over 20 seeds)
    """
    value = float(value)
    record = os.environ.get("LESSONLIB_RECORD")
    if record:
        with open(record, "a", encoding="utf-8") as file:
            file.write(json.dumps({"name": name, "value": value}) + "\n")
        return
    if name not in claims():
        known = ", ".join(c for c in claims() if c.startswith(name[:2]))
        raise KeyError(f"expect: no claim {name!r} in data/bounds.csv; this lesson has {known}")
    claim = claims()[name]
    if not claim.holds(value):
        raise AssertionError(f"{claim.words}: {value:.4g}, but the bound is {claim.band()}")
    if not drawn and claim.smallest < claim.largest:
        raise AssertionError(f"{claim.words}: drawn=False, but the seeds gave different values")
    print(claim.line(value, drawn))  # noqa: T201


def seed() -> int:
    """The seed of a lesson: 0, unless the environment variable LESSONLIB_SEED says otherwise.

    >>> seed()
    0
    """
    return int(os.environ.get("LESSONLIB_SEED", "0"))
