"""Exercise 06.4: maximum pooling over windows that do not overlap."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def max_pool(x: np.ndarray, size: int) -> np.ndarray:
    """The largest value in each of the size x size windows that lie side by side."""
    n, c, h, w = x.shape
    rows, columns = h // size, w // size
    whole = x[:, :, : rows * size, : columns * size]  # what is left over is not looked at
    windows = whole.reshape(n, c, rows, size, columns, size)
    return windows.max(axis=(3, 5))


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.arange(16.0).reshape(1, 1, 4, 4)
    small[0, 0, 0, 0] = 9.0
    fills, rest = "where the windows fill the image", "where rows or columns are left over"
    dark = -1.0 - rng.random((1, 2, 5, 3)) * 5
    cases = [(fills, small, 2), (rest, dark, 2), (fills, np.arange(6.0).reshape(1, 1, 2, 3), 1)]
    shapes = ((fills, (2, 3, 4, 6), 2), (rest, (1, 2, 5, 7), 2), (rest, (3, 2, 8, 4), 3))
    cases += [(about, rng.normal(size=shape), k) for about, shape, k in shapes]
    return [Case(*case) for case in [*cases, (fills, rng.normal(size=(2, 1, 6, 9)), 3)]]


# ---- what every right answer has -----------------------------------------------------------------


def _fits(out: np.ndarray, x: np.ndarray, size: int) -> bool:
    n, c, h, w = x.shape
    return np.shape(out) == (n, c, h // size, w // size)


def _has_all_windows(out: np.ndarray, x: np.ndarray, size: int) -> bool:
    n, c, h, w = x.shape
    return _fits(out, x, size) or np.shape(out) == (n, c, w // size, h // size)


def _is_not_turned(out: np.ndarray, x: np.ndarray, size: int) -> bool:
    return not _has_all_windows(out, x, size) or _fits(out, x, size)


def _windows(x: np.ndarray, size: int) -> np.ndarray:
    """The numbers of each window along a last axis."""
    view = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))
    side_by_side = view[:, :, ::size, ::size]
    return side_by_side.reshape(*side_by_side.shape[:4], -1)


def _picks(out: np.ndarray, x: np.ndarray, size: int) -> bool:
    apart = np.abs(np.asarray(out, float)[..., None] - x.ravel()).min(-1)
    return bool((apart < 1e-4).all())


def _stays_in_its_window(out: np.ndarray, x: np.ndarray, size: int) -> bool:
    if not _fits(out, x, size) or not _picks(out, x, size):
        return True
    near = np.abs(_windows(x, size) - np.asarray(out)[..., None]) < 1e-4
    return bool(near.any(-1).all())


def _is_largest(out: np.ndarray, x: np.ndarray, size: int) -> bool:
    if not _fits(out, x, size) or not _stays_in_its_window(out, x, size):
        return True
    return bool((np.asarray(out) >= _windows(x, size).max(-1) - 1e-4).all())


def _louder(x: np.ndarray, size: int) -> tuple:
    changed = x.copy()
    changed[0, 0] += 100.0
    return changed, size


def _keeps_maps_apart(out: np.ndarray, other: np.ndarray, x: np.ndarray, size: int) -> bool:
    if np.ndim(out) < 4 or np.shape(out)[:2] != x.shape[:2]:
        return True
    moved = (np.abs(np.subtract(out, other)) > 1e-4).any(axis=(2, 3))
    moved[0, 0] = False
    return not moved.any()


# ---- what people write instead -------------------------------------------------------------------


def _wrong_windows(x: np.ndarray, size: int) -> np.ndarray:
    n, c, h, w = x.shape
    rows, columns = h // size, w // size
    whole = x[:, :, : rows * size, : columns * size]
    return whole.reshape(n, c, rows, columns, size, size).max(axis=(4, 5))


def _pool_by(
    x: np.ndarray, size: int, take: Callable, stride: int, whole: bool = True
) -> np.ndarray:
    h, w = x.shape[2:]
    last = (h - size, w - size) if whole else (h - 1, w - 1)
    rows = [
        [
            take(x[:, :, i : i + size, j : j + size], axis=(2, 3))
            for j in range(0, last[1] + 1, stride)
        ]
        for i in range(0, last[0] + 1, stride)
    ]
    return np.array(rows).transpose(2, 3, 0, 1)


EXERCISE = Exercise(
    id="06.4",
    title="Maximum pooling",
    points=3,
    stars=2,
    minutes=12,
    reference=max_pool,
    cases=_cases,
    forbidden=("lessonlib.functional.max_pool2d", "torch.nn.functional.max_pool2d"),
    parts={
        "x[:, :, :rows * size, :columns * size]": "the part that fills whole windows",
        "whole": "the part that fills whole windows",
        "windows": "the windows",
        "windows.max(axis=(3, 5))": "the maximum of each window",
        "h // size": "the number of windows below each other",
        "w // size": "the number of windows side by side",
        "rows": "the number of windows below each other",
        "columns": "the number of windows side by side",
        "rows * size": "the rows that fill whole windows",
        "columns * size": "the columns that fill whole windows",
        "h": "the height",
        "w": "the width",
        "n": "the number of images",
        "c": "the number of channels",
    },
    properties=(
        Property(
            "one number for each window",
            _has_all_windows,
            "For each image and channel H // size times W // size numbers are to come back, one "
            "for each whole window: windows lie side by side and do not overlap.",
        ),
        Property(
            "rows before columns",
            _is_not_turned,
            "Rows and columns of the windows are exchanged: H // size comes before W // size.",
        ),
        Property(
            "images and channels apart",
            _keeps_maps_apart,
            "Images or channels are mixed: a larger first channel of the first image changes the "
            "maxima of others. Each channel of each image has its own.",
            also=_louder,
        ),
        Property(
            "picks a number",
            _picks,
            "Numbers came back that are not in `x` at all. A maximum is one of the numbers that it "
            "is taken of.",
        ),
        Property(
            "from its own window",
            _stays_in_its_window,
            "Some maxima come from outside their window: window (r, c) begins at row r * size and "
            "column c * size, and is `size` rows high and `size` columns wide.",
        ),
        Property(
            "the largest",
            _is_largest,
            "Some windows hold a larger number than the one that came back.",
        ),
    ),
    hints=(
        "Cut off the rows and columns that fill no whole window: h // size windows fit.",
        "reshape (n, c, rows, size, columns, size) puts row r of window R at [.., R, r, ..].",
        "Then the maximum over axes 3 and 5.",
    ),
    mistakes=(
        Mistake(
            "windows made of one row",
            _wrong_windows,
            "reshape(n, c, rows, columns, size, size) takes size * size neighbours of one row "
            "for a window. The axes must be in the order of memory: rows, size, columns, size.",
        ),
        Mistake(
            "mean",
            lambda x, size: _pool_by(x, size, np.mean, size),
            "This is average pooling. Asked is the largest value.",
        ),
        Mistake(
            "overlapping windows",
            lambda x, size: _pool_by(x, size, np.max, 1),
            "The windows overlap, with stride 1. Here they lie side by side: the stride is size.",
        ),
        Mistake(
            "incomplete windows kept",
            lambda x, size: _pool_by(x, size, np.max, size, whole=False),
            "Windows that reach over the edge are kept. Leave out what fills no whole window.",
        ),
        Mistake(
            "takes a corner",
            lambda x, size: x[:, :, ::size, ::size][
                :, :, : x.shape[2] // size, : x.shape[3] // size
            ],
            "You took the upper left value of each window. Look at all of them.",
        ),
    ),
)
