"""The largest value of each window, one tap after the other: no copy of all windows."""

from typing import Any

import numpy as np

from ..pooling import _lay_windows
from ..windows import pad2d


def max_pool2d(
    x: np.ndarray,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> tuple[np.ndarray, Any]:
    """`lessonlib.functional.max_pool2d`; its backward function takes this cache, too.

    >>> max_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), 2)[0]
    array([[[[4.]]]])
    """
    taps, pads = _lay_windows("max_pool2d", x, kernel_size, stride, padding, dilation)
    padded = pad2d(x, pads, value=-np.inf)
    views = [padded[:, :, rows, cols] for rows in taps.rows for cols in taps.cols]
    y = views[0].copy()  # (N, C, Ho, Wo)
    winner = np.zeros(y.shape, np.min_scalar_type(len(views)))  # number of the tap that is largest
    for tap, view in enumerate(views[1:], start=1):
        # Taps come in rising order, so the latest one that was better is the largest number.
        np.maximum(winner, (view > y) * winner.dtype.type(tap), out=winner)
        np.maximum(y, view, out=y)
    return y, (winner, padded.shape, taps, pads)
