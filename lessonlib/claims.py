"""Claims: every headline number of a lesson is held to a bound that was set from many seeds.

data/bounds.csv has one row for each claim: its words, the bound, and the smallest, middle and
largest value over the seeds that were tried (`make bounds` fills these). A lesson states
`expect("01.xor best", value)`.
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


def expect(name: str, value: float) -> None:
    """Assert that a result lies within its bound, and print both.

    name  : a row of data/bounds.csv, such as "01.triangles centred"
    value : the number just computed
    Raises AssertionError with the claim, the value and the bound; KeyError for an unknown name.
    Taught in notebooks/00_start_here

    >>> expect("01.xor best", 0.75)
    ✓ XOR, best accuracy on the way: 0.75, bound exactly 0.75
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
    print(f"✓ {claim.words}: {value:.3g}, bound {claim.band()}")  # noqa: T201


def seed() -> int:
    """The seed of a lesson: 0, unless the environment variable LESSONLIB_SEED says otherwise.

    >>> seed()
    0
    """
    return int(os.environ.get("LESSONLIB_SEED", "0"))
