"""Where a sliding window looks: shared by convolution and pooling.

A window of size k with dilation d moves with stride s over a padded axis. Position i of the window
(a "tap") meets the entries i d, i d + s, i d + 2 s, ... : one slice. Looping over the few taps,
with all window positions at once in NumPy, is what makes both operations fast.
"""

from typing import Any, NamedTuple

import numpy as np


class Taps(NamedTuple):
    """For each row and column of the window the slice of the padded input that it meets.

    rows, cols : one slice per window row and column
    out        : (Ho, Wo) number of window positions
    """

    rows: list[slice]
    cols: list[slice]
    out: tuple[int, int]


def as_pair(operation: str, name: str, value: Any, least: int) -> tuple[int, int]:
    """Turn 3 into (3, 3) and keep (3, 5); raise ValueError naming the option if it is neither.

    >>> as_pair("conv2d", "stride", 2, least=1)
    (2, 2)
    """
    pair = (value, value) if isinstance(value, (int, np.integer)) else value
    whole = isinstance(pair, (tuple, list)) and all(isinstance(v, (int, np.integer)) for v in pair)
    if not whole or len(pair) != 2 or min(pair) < least:
        raise ValueError(
            f"{operation}: {name}={value!r}, wanted one or two whole numbers >= {least}"
        )
    return int(pair[0]), int(pair[1])


def as_single(operation: str, name: str, value: Any, least: int) -> int:
    """Turn (3,) into 3 and keep 3; raise ValueError naming the option if it is neither.

    >>> as_single("conv1d", "stride", (2,), least=1)
    2
    """
    single = value[0] if isinstance(value, (tuple, list)) and len(value) == 1 else value
    if not isinstance(single, (int, np.integer)) or single < least:
        raise ValueError(f"{operation}: {name}={value!r}, wanted one whole number >= {least}")
    return int(single)


def make_taps(
    operation: str,
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int],
) -> Taps:
    """Lay a window over a padded image.   out = (size - d (k - 1) - 1) // s + 1

    Raises ValueError naming the sizes if the window is larger than the image

    >>> make_taps("conv2d", (5, 5), (2, 2), (1, 1), (1, 1)).out
    (4, 4)
    """
    slices, out = [], []
    for length, k, s, d in zip(size, kernel, stride, dilation, strict=True):
        positions = (length - d * (k - 1) - 1) // s + 1
        if positions < 1:
            raise ValueError(
                f"{operation}: window {kernel} with dilation {dilation} does not fit into the "
                f"padded input {size}"
            )
        slices.append([slice(i * d, i * d + s * (positions - 1) + 1, s) for i in range(k)])
        out.append(positions)
    return Taps(slices[0], slices[1], (out[0], out[1]))


def pad2d(x: np.ndarray, padding: tuple[int, int], value: float = 0.0) -> np.ndarray:
    """Put a frame around images: (N, C, H, W) -> (N, C, H + 2 ph, W + 2 pw).

    >>> pad2d(np.ones((1, 1, 1, 1)), (0, 1))
    array([[[[0., 1., 0.]]]])
    """
    if padding == (0, 0):
        return x
    n, c, h, w = x.shape
    padded = np.full((n, c, h + 2 * padding[0], w + 2 * padding[1]), value, x.dtype)
    crop2d(padded, padding)[...] = x
    return padded


def crop2d(x: np.ndarray, padding: tuple[int, int]) -> np.ndarray:
    """Take the frame off again; a view.

    >>> crop2d(np.array([[[[0.0, 1.0, 0.0]]]]), (0, 1))
    array([[[[1.]]]])
    """
    (ph, pw), (h, w) = padding, x.shape[2:]
    return x[:, :, ph : h - ph, pw : w - pw]
