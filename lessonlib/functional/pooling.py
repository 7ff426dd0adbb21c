"""Pooling: one number a window. The maximum keeps what was found, the mean how much of it."""

from typing import Any

import numpy as np

from .checks import check_floats, check_gradient
from .windows import Taps, as_pair, crop2d, make_taps, pad2d


def _lay_windows(
    operation: str, x: np.ndarray, kernel_size: Any, stride: Any, padding: Any, dilation: Any = 1
) -> tuple[Taps, tuple[int, int]]:
    """Taps on the padded images and the padding, after all checks."""
    check_floats(operation, x=x)
    if x.ndim != 4:
        raise ValueError(f"{operation}: x {x.shape}, wanted (N, C, H, W)")
    kernel = as_pair(operation, "kernel_size", kernel_size, 1)
    stride = kernel if stride is None else as_pair(operation, "stride", stride, 1)
    pads = as_pair(operation, "padding", padding, 0)
    if pads[0] > kernel[0] // 2 or pads[1] > kernel[1] // 2:
        raise ValueError(
            f"{operation}: padding={padding}, wanted at most half of kernel_size={kernel_size}"
        )
    size = (x.shape[2] + 2 * pads[0], x.shape[3] + 2 * pads[1])
    dilations = as_pair(operation, "dilation", dilation, 1)
    return make_taps(operation, size, kernel, stride, dilations), pads


def max_pool2d(
    x: np.ndarray,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> tuple[np.ndarray, Any]:
    """Largest value in each window.   y[h, w] = max_{i,j} x[s h + d i, s w + d j]

    x      : (N, C, H, W)
    stride : pixels from window to window; None means kernel_size, windows side by side
    Returns y (N, C, Ho, Wo) and the cache
    Raises ValueError naming the shape or option that does not fit
    Source: Goodfellow et al. 2016, section 9.3. Taught in notebooks/06_convolution

    >>> max_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), 2)[0]
    array([[[[4.]]]])
    """
    taps, pads = _lay_windows("max_pool2d", x, kernel_size, stride, padding, dilation)
    padded = pad2d(x, pads, value=-np.inf)
    # Each tap is a slice: what row i, column j of the window meets at every place of the window.
    windows = np.stack([padded[:, :, rows, cols] for rows in taps.rows for cols in taps.cols])
    y = windows.max(axis=0)  # (kh kw, N, C, Ho, Wo) -> (N, C, Ho, Wo)
    winner = windows.argmax(axis=0)  # number of the tap that is largest, the first of equal ones
    return y, (winner, padded.shape, taps, pads)


def max_pool2d_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of the maximum: all of dy goes to the entry that won, the first of equal ones.

    dy : (N, C, Ho, Wo); returns dx (N, C, H, W)

    >>> _, cache = max_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), 2)
    >>> max_pool2d_backward(np.array([[[[5.0]]]]), cache)
    array([[[[0., 0.], [5., 0.]]]])
    """
    winner, shape, taps, pads = cache
    check_gradient("max_pool2d_backward", dy, winner.shape)
    dx = np.zeros(shape, dy.dtype)
    places = [(rows, cols) for rows in taps.rows for cols in taps.cols]
    for tap, (rows, cols) in enumerate(places):
        dx[:, :, rows, cols] += dy * (winner == tap)  # windows may overlap: add
    return crop2d(dx, pads)


def avg_pool2d(
    x: np.ndarray,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> tuple[np.ndarray, Any]:
    """Mean of each window.   y[h, w] = sum_{i,j} x[s h + i, s w + j] / count

    x      : (N, C, H, W)
    stride : pixels from window to window; None means kernel_size, windows side by side
    count_include_pad : whether the zeros of the frame count as entries
    divisor_override  : divide by this number in place of the count
    Returns y (N, C, Ho, Wo) and the cache
    Raises ValueError naming the shape or option that does not fit
    Source: Goodfellow et al. 2016, section 9.3. Taught in notebooks/06_convolution

    >>> avg_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), 2)[0]
    array([[[[2.5]]]])
    """
    taps, pads = _lay_windows("avg_pool2d", x, kernel_size, stride, padding)
    if divisor_override == 0:
        raise ValueError("avg_pool2d: divisor_override=0, wanted another number or None")
    padded = pad2d(x, pads)
    y = np.zeros((*x.shape[:2], *taps.out), x.dtype)
    real = np.zeros(taps.out, x.dtype)  # (Ho, Wo) entries of each window that are not frame
    inside = pad2d(np.ones((1, 1, *x.shape[2:]), x.dtype), pads)[0, 0]
    for rows in taps.rows:
        for cols in taps.cols:
            y += padded[:, :, rows, cols]
            real += inside[rows, cols]
    if divisor_override is not None or count_include_pad:
        real[...] = divisor_override or len(taps.rows) * len(taps.cols)
    y /= real
    return y, (real, padded.shape, taps, pads)


def avg_pool2d_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of the mean: each entry of a window gets dy / count.

    dy : (N, C, Ho, Wo); returns dx (N, C, H, W)

    >>> _, cache = avg_pool2d(np.zeros((1, 1, 2, 2)), 2)
    >>> avg_pool2d_backward(np.array([[[[4.0]]]]), cache)
    array([[[[1., 1.], [1., 1.]]]])
    """
    counts, shape, taps, pads = cache
    check_gradient("avg_pool2d_backward", dy, (*shape[:2], *taps.out))
    share = dy / counts
    dx = np.zeros(shape, dy.dtype)
    for rows in taps.rows:
        for cols in taps.cols:
            dx[:, :, rows, cols] += share
    return crop2d(dx, pads)


def _bin_means(length: int, bins: int, dtype: Any) -> np.ndarray:
    """(bins, L) matrix; row i is the mean from floor(i L / bins) to ceil((i + 1) L / bins)."""
    matrix = np.zeros((bins, length), dtype)
    for i in range(bins):
        start, end = i * length // bins, -(-(i + 1) * length // bins)
        matrix[i, start:end] = 1 / (end - start)
    return matrix


def adaptive_avg_pool2d(
    x: np.ndarray, output_size: int | tuple[int | None, int | None] | None
) -> tuple[np.ndarray, Any]:
    """Mean over as many windows as asked for, whatever the size.   y = A x B^T

    x           : (N, C, H, W)
    output_size : (Ho, Wo) or one number for both; None keeps that side
    A (Ho, H), B (Wo, W) hold the means over rows and columns; (1, 1) is global average pooling
    Returns y (N, C, Ho, Wo) and the cache
    Raises ValueError naming the shape or size that does not fit
    Source: Lin, Chen, Yan 2014, section 3.2. Taught in notebooks/06b_deep_vision

    >>> adaptive_avg_pool2d(np.array([[[[1.0, 2.0, 6.0]]]]), 1)[0]
    array([[[[3.]]]])
    """
    check_floats("adaptive_avg_pool2d", x=x)
    if x.ndim != 4 or 0 in x.shape[2:]:
        raise ValueError(f"adaptive_avg_pool2d: x {x.shape}, wanted (N, C, H, W)")
    asked = output_size if isinstance(output_size, (tuple, list)) else (output_size, output_size)
    if len(asked) != 2:
        raise ValueError(f"adaptive_avg_pool2d: output_size={output_size!r}, wanted (Ho, Wo)")
    sizes = [have if want is None else want for have, want in zip(x.shape[2:], asked, strict=True)]
    ho, wo = as_pair("adaptive_avg_pool2d", "output_size", sizes, 1)
    a, b = _bin_means(x.shape[2], ho, x.dtype), _bin_means(x.shape[3], wo, x.dtype)
    return a @ x @ b.T, (a, b, x.shape)


def adaptive_avg_pool2d_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of y = A x B^T.   dx = A^T dy B

    dy : (N, C, Ho, Wo); returns dx (N, C, H, W)

    >>> _, cache = adaptive_avg_pool2d(np.zeros((1, 1, 1, 4)), 1)
    >>> adaptive_avg_pool2d_backward(np.array([[[[4.0]]]]), cache)
    array([[[[1., 1., 1., 1.]]]])
    """
    a, b, shape = cache
    check_gradient("adaptive_avg_pool2d_backward", dy, (*shape[:2], len(a), len(b)))
    return a.T @ dy @ b
