"""Exercise 07.3: cut a text into streams and windows, with their targets."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def windows(ids: np.ndarray, streams: int, length: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Windows of a text cut into streams: row n continues row n of the window before."""
    rows = ids[: len(ids) // streams * streams].reshape(streams, -1)
    starts = range(0, rows.shape[1] - length, length)  # one more character is needed for targets
    return [(rows[:, s : s + length], rows[:, s + 1 : s + length + 1]) for s in starts]


def _cases(rng: np.random.Generator) -> list[tuple]:
    sizes = ((15, 2, 3), (14, 2, 3), (30, 3, 3), (41, 4, 2), (26, 5, 4))
    return [(np.arange(10, 24), 2, 3), *((rng.integers(0, 90, T), n, k) for T, n, k in sizes)]


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
