"""Exercise 07.3: cut a text into streams and windows, with their targets."""

from itertools import pairwise
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def windows(ids: np.ndarray, streams: int, length: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Windows of a text cut into streams: row n continues row n of the window before."""
    rows = ids[: len(ids) // streams * streams].reshape(streams, -1)
    starts = range(0, rows.shape[1] - length, length)  # one more character is needed for targets
    return [(rows[:, s : s + length], rows[:, s + 1 : s + length + 1]) for s in starts]


def _cases(rng: np.random.Generator) -> list[tuple]:
    fits, short = "where the last window just fits", "where the text is too short for a window"
    sizes = ((30, 3, 3), (41, 4, 2), (26, 5, 4), (25, 1, 4))
    numbered = [(np.arange(10, 24), 2, 3), (np.arange(5, 24), 3, 2)]
    edges = [Case(fits, rng.integers(0, 90, T), n, k) for T, n, k in ((15, 2, 3), (29, 4, 3))]
    edges.append(Case(short, rng.integers(0, 90, 9), 3, 3))
    whole = [(rng.integers(0, 90, T), n, k) for T, n, k in ((12, 2, 3), (16, 2, 4))]
    return [*numbered, *edges, *whole, *((rng.integers(0, 90, T), n, k) for T, n, k in sizes)]


# ---- what every right answer has -----------------------------------------------------------------


Windows = list[tuple[np.ndarray, np.ndarray]]


def _has_all(cut: Windows, ids: np.ndarray, streams: int, length: int) -> bool:
    return len(cut) == max(0, (len(ids) // streams - 1) // length)


def _fits(cut: Windows, ids: np.ndarray, streams: int, length: int) -> bool:
    return all(np.shape(a) == (streams, length) for pair in cut for a in pair)


def _numbered(ids: np.ndarray, streams: int, length: int) -> tuple:
    return np.arange(len(ids)), streams, length


def _is_a_stretch(cut: Windows, numbered: Windows, *_: Any) -> bool:
    return all((np.diff(x, axis=1) == 1).all() for x, _ in numbered)


def _goes_one_further(cut: Windows, numbered: Windows, *_: Any) -> bool:
    return all((np.subtract(y, x) == 1).all() for x, y in numbered)


def _goes_on(cut: Windows, numbered: Windows, ids: np.ndarray, streams: int, length: int) -> bool:
    pairs = pairwise([np.asarray(x) for x, _ in numbered])
    return all((b[:, 0] - a[:, 0] == length).all() for a, b in pairs)


def _begins_right(
    cut: Windows, numbered: Windows, ids: np.ndarray, streams: int, length: int
) -> bool:
    starts = np.arange(streams) * (len(ids) // streams)
    return not numbered or np.array_equal(np.asarray(numbered[0][0])[:, 0], starts)


def _is_not_turned(cut: Windows, numbered: Windows, *_: Any) -> bool:
    return not numbered or not all((np.subtract(x, y) == 1).all() for x, y in numbered)


# ---- what people write instead -------------------------------------------------------------------


def _cut(rows: np.ndarray, starts: range, length: int) -> list:
    cut = [(rows[:, s : s + length], rows[:, s + 1 : s + length + 1]) for s in starts]
    return [(x, y) for x, y in cut if y.shape[1] == length]


def _stretches(ids: np.ndarray, streams: int) -> np.ndarray:
    return ids[: len(ids) // streams * streams].reshape(streams, -1)


def _interleaved(ids: np.ndarray, streams: int, length: int) -> list:
    rows = ids[: len(ids) // streams * streams].reshape(-1, streams).T
    return _cut(rows, range(0, rows.shape[1], length), length)


def _one_after_the_other(ids: np.ndarray, streams: int, length: int) -> list:
    out, size = [], streams * length
    for s in range(0, len(ids) - size, size):
        block = ids[s : s + size + 1]
        out.append((block[:-1].reshape(streams, length), block[1:].reshape(streams, length)))
    return out


def _rest_kept(ids: np.ndarray, streams: int, length: int) -> list:
    rows = _stretches(ids, streams)
    starts = range(0, rows.shape[1], length)
    return [(rows[:, s : s + length], rows[:, s + 1 : s + length + 1]) for s in starts]


EXERCISE = Exercise(
    id="07.3",
    title="Streams and windows",
    points=3,
    stars=2,
    minutes=12,
    reference=windows,
    cases=_cases,
    values=("window", ("its inputs", "its targets")),
    parts={
        "rows": "the table of streams",
        "starts": "the starts of the windows",
        "len(ids)": "the length of the text",
        "len(ids) // streams": "the length of a stream",
        "len(ids) // streams * streams": "the number of characters that are used",
        "ids[:len(ids) // streams * streams]": "the text that fills the streams",
        "rows.shape[1]": "the length of a stream",
        "rows.shape[1] - length": "the end of the starts",
        "rows[:, s:s + length]": "the inputs",
        "rows[:, s + 1:s + length + 1]": "the targets",
        "s": "the start of the window",
        "s + 1": "the start of the targets",
        "s + length": "the end of the inputs",
        "s + length + 1": "the end of the targets",
    },
    properties=(
        Property(
            "number of windows",
            _has_all,
            "The number of windows is not right. They lie behind each other and do not overlap; "
            "there are as many as a stream has room for, with one more character at the end for "
            "the last target.",
        ),
        Property(
            "shape of a window",
            _fits,
            "Inputs and targets of a window are arrays of `streams` rows and `length` columns each.",
        ),
        Property(
            "inputs first",
            _is_not_turned,
            "Inputs and targets are exchanged: the first array of a window is what is read, the "
            "second what comes next.",
            also=_numbered,
        ),
        Property(
            "a row is one stretch of text",
            _is_a_stretch,
            "The rows of the inputs are not stretches of the text: what lies next to each other in "
            "a row has to follow each other in the text.",
            also=_numbered,
        ),
        Property(
            "targets one further",
            _goes_one_further,
            "Not every target is the character that comes next in the text. The last target of a "
            "window is the first input of the next one.",
            also=_numbered,
        ),
        Property(
            "windows go on",
            _goes_on,
            "A window does not go on where the one before it ended: in each row its first input "
            "lies `length` characters further in the text.",
            also=_numbered,
        ),
        Property(
            "where streams begin",
            _begins_right,
            "The streams do not begin where they should: row n of the first window begins at "
            "character n * (T // streams).",
            also=_numbered,
        ),
    ),
    hints=(
        "First a table: one row a stream, ids[:usable].reshape(streams, -1).",
        "Windows are columns start to start + length of it; the targets are one further.",
        "A window needs length + 1 columns, so the starts are range(0, columns - length, length).",
    ),
    mistakes=(
        Mistake(
            "targets not shifted",
            lambda *a: [(x, x) for x, _ in windows(*a)],
            "Inputs and targets are the same characters. The target is the next one.",
        ),
        Mistake(
            "interleaved",
            _interleaved,
            "Neighbours of the text lie in one column: each stream reads every n-th character. "
            "A row of the table should be one stretch of text.",
        ),
        Mistake(
            "one after the other",
            _one_after_the_other,
            "The rows of one window follow each other in the text, so the carried state of row "
            "n belongs to another place. Row n must continue row n of the window before.",
        ),
        Mistake(
            "rest kept",
            _rest_kept,
            "What is left at the end comes back as one more window, whose last input has no "
            "target. Leave out what does not fill a window and its targets.",
        ),
        Mistake(
            "one lost",
            lambda ids, streams, length: _cut(
                _stretches(ids, streams),
                range(0, len(ids) // streams - length - 1, length),
                length,
            ),
            "A window that just fits is left out. It needs length + 1 columns, not more.",
        ),
    ),
)
