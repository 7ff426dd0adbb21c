"""Exercise 06.4: maximum pooling over windows that do not overlap."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


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
    shapes = (((2, 3, 4, 6), 2), ((1, 2, 5, 7), 2), ((2, 1, 6, 6), 3))
    return [(small, 2), *((rng.normal(size=shape), k) for shape, k in shapes)]


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
