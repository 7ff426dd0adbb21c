"""Dates as people write them, and the same dates as computers do: pairs for translation."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

# fmt: off
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
          "october", "november", "december")
# fmt: on
DATE_FORMATS = ("7 march 1994", "march 7, 1994", "7 mar 1994", "07/03/1994", "mar. 7 1994")
PADDING, START = "_", "<"  # both have id 0 in their alphabet
DATE_LETTERS = PADDING + " ,./0123456789abcdefghijklmnopqrstuvwxyz"
DATE_DIGITS = START + "-0123456789"
SOURCE_LENGTH, TARGET_LENGTH = 18, 10  # "september 30, 1994" and "1994-09-30"
_FIRST, _DAYS = date(1900, 1, 1), 54_000  # up to 5 November 2047


def write_date(day: date, style: int) -> str:
    """Write a date in one of the five formats of DATE_FORMATS, in small letters.

    Raises ValueError for a style outside 0..4. Taught in notebooks/09_attention

    >>> write_date(date(1994, 3, 7), 1), write_date(date(1994, 3, 7), 3)
    ('march 7, 1994', '07/03/1994')
    """
    if not 0 <= style < len(DATE_FORMATS):
        raise ValueError(f"write_date: style {style}, wanted 0 to {len(DATE_FORMATS) - 1}")
    month = MONTHS[day.month - 1]
    return (
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month[:3]} {day.year}",
        f"{day.day:02d}/{day.month:02d}/{day.year}",
        f"{month[:3]}. {day.day} {day.year}",
    )[style]


def date_pairs(
    n: int, rng: np.random.Generator, formats: Sequence[int] = range(5)
) -> tuple[list[str], list[str]]:
    """Draw dates from 1900 to 2047, each in a format drawn at random, and their ISO form.

    n : number of pairs;  formats : numbers of the formats that may occur
    Returns sources (n strings of at most 18 characters), targets (n strings like "1994-03-07")
    Raises ValueError for n < 1, no formats, or one outside 0..4. Taught in notebooks/09_attention

    >>> date_pairs(2, np.random.default_rng(0))
    (['5 oct 2025', 'march 4, 1994'], ['2025-10-05', '1994-03-04'])
    """
    if n < 1 or not len(formats):
        raise ValueError(f"date_pairs: n={n}, {len(formats)} formats; wanted at least one of each")
    days = [_FIRST + timedelta(int(k)) for k in rng.integers(0, _DAYS, n)]
    styles = rng.choice(np.asarray(formats), n)
    sources = [write_date(day, int(style)) for day, style in zip(days, styles, strict=True)]
    return sources, [day.isoformat() for day in days]


def date_ids(texts: Sequence[str], alphabet: str = DATE_LETTERS) -> np.ndarray:
    """Characters to their places in an alphabet, short texts filled up with id 0 at the end.

    alphabet : DATE_LETTERS (rows of 18 ids) or DATE_DIGITS (rows of 10)
    Returns (N, 18) or (N, 10) int64
    Raises ValueError naming the character that is not in the alphabet, or a text that is too long
    Taught in notebooks/09_attention

    >>> date_ids(["1994-03-07"], DATE_DIGITS)
    array([[ 3, 11, 11,  6,  1,  2,  5,  1,  2,  9]])
    """
    length = SOURCE_LENGTH if alphabet == DATE_LETTERS else TARGET_LENGTH
    place = {character: k for k, character in enumerate(alphabet)}
    ids = np.zeros((len(texts), length), np.int64)
    for row, text in zip(ids, texts, strict=True):
        if len(text) > length:
            raise ValueError(f"date_ids: {text!r} has {len(text)} characters, at most {length}")
        unknown = [character for character in text if character not in place]
        if unknown:
            raise ValueError(f"date_ids: {unknown[0]!r} in {text!r} is not in {alphabet!r}")
        row[: len(text)] = [place[character] for character in text]
    return ids
