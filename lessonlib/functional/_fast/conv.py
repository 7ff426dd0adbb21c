"""Convolution by kernel rows.

A copy of the image for each tap, as in `lessonlib.functional.conv2d`, takes most of the time. Here
only the kw horizontal shifts are copied. A vertical shift of these is a view (a later row is a
later place in the same memory), so kernel row i is one product on a view:

    shifts    (n, C kw, Hp, Wo)    x once for each kernel column
    y        += weight row i (O, C kw) @ shifts from row i on (C kw, Ho Wo)
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from .._types import Gradients
from ..checks import check_gradient
from ..conv import _lay_conv2d, _lay_conv_transpose2d, _one_pixel_high
from ..windows import Taps, crop2d, pad2d

_CHUNK_BYTES = 2**20  # of shifts at a time: they are read back while still in the processor's cache


def conv2d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> tuple[np.ndarray, Any]:
    """`lessonlib.functional.conv2d`.

    >>> conv2d(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))[0]
    array([[[[4., 4.], [4., 4.]]]])
    """
    padded, taps, padding = _lay_conv2d(x, weight, bias, stride, padding, dilation, groups)
    y = _correlate(padded, weight, taps, groups)
    if bias is not None:
        y += bias[:, None, None]
    return y, (padded, weight, bias is not None, taps, padding, groups)


def conv2d_backward(dy: np.ndarray, cache: Any, need_dx: bool = True) -> Gradients:
    """`lessonlib.functional.conv2d_backward`.

    >>> _, cache = conv2d(np.ones((1, 1, 2, 2)), np.array([[[[3.0]]]]))
    >>> [g.sum() for g in conv2d_backward(np.ones((1, 1, 2, 2)), cache)[:2]]
    [np.float64(12.0), np.float64(4.0)]
    """
    padded, weight, has_bias, taps, padding, groups = cache
    check_gradient("conv2d_backward", dy, (len(padded), len(weight), *taps.out))
    dx = None
    if need_dx:
        dx = crop2d(_correlate_dx(dy, weight, padded.shape[2:], taps, groups), padding)
    dweight = _correlate_dweight(dy, padded, weight.shape, taps, groups)
    return dx, dweight, _sum_channels(dy) if has_bias else None


def conv1d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | tuple[int] = 1,
    padding: int | tuple[int] = 0,
    dilation: int | tuple[int] = 1,
    groups: int = 1,
) -> tuple[np.ndarray, Any]:
    """`lessonlib.functional.conv1d`.

    >>> conv1d(np.array([[[1.0, 2.0, 4.0]]]), np.array([[[-1.0, 1.0]]]))[0]
    array([[[1., 2.]]])
    """
    x, weight, windows = _one_pixel_high(x, weight, stride, padding, dilation)
    y, cache = conv2d(x, weight, bias, *windows, groups)
    return y[:, :, 0], cache


def conv1d_backward(dy: np.ndarray, cache: Any, need_dx: bool = True) -> Gradients:
    """`lessonlib.functional.conv1d_backward`.

    >>> _, cache = conv1d(np.array([[[1.0, 2.0, 4.0]]]), np.array([[[-1.0, 1.0]]]))
    >>> conv1d_backward(np.ones((1, 1, 2)), cache)[0]
    array([[[-1.,  0.,  1.]]])
    """
    dx, dweight, dbias = conv2d_backward(dy[:, :, None], cache, need_dx)
    return None if dx is None else dx[:, :, 0], dweight[:, :, 0], dbias


def conv_transpose2d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    output_padding: int | tuple[int, int] = 0,
    groups: int = 1,
    dilation: int | tuple[int, int] = 1,
) -> tuple[np.ndarray, Any]:
    """`lessonlib.functional.conv_transpose2d`.

    >>> conv_transpose2d(np.array([[[[1.0, 2.0]]]]), np.ones((1, 1, 1, 2)), stride=2)[0]
    array([[[[1., 1., 2., 2.]]]])
    """
    taps, padding, size = _lay_conv_transpose2d(
        x, weight, bias, stride, padding, output_padding, groups, dilation
    )
    y = crop2d(_correlate_dx(x, weight, size, taps, groups), padding)
    if bias is not None:
        y += bias[:, None, None]
    return y, (x, weight, bias is not None, taps, padding, groups, y.shape)


def conv_transpose2d_backward(dy: np.ndarray, cache: Any, need_dx: bool = True) -> Gradients:
    """`lessonlib.functional.conv_transpose2d_backward`.

    >>> _, cache = conv_transpose2d(np.array([[[[1.0, 2.0]]]]), np.ones((1, 1, 1, 2)), stride=2)
    >>> conv_transpose2d_backward(np.ones((1, 1, 1, 4)), cache)[0]
    array([[[[2., 2.]]]])
    """
    x, weight, has_bias, taps, padding, groups, shape = cache
    check_gradient("conv_transpose2d_backward", dy, shape)
    padded = pad2d(dy, padding)
    dx = _correlate(padded, weight, taps, groups) if need_dx else None
    dweight = _correlate_dweight(x, padded, weight.shape, taps, groups)
    return dx, dweight, _sum_channels(dy) if has_bias else None


def _chunks(n: int, bytes_each: int) -> Iterator[slice]:
    """Slices over the batch."""
    step = max(1, _CHUNK_BYTES // max(1, bytes_each))
    return (slice(start, start + step) for start in range(0, n, step))


def _kernel_rows(weight: np.ndarray, groups: int) -> np.ndarray:
    """(O, C/G, kh, kw) -> (kh, G, O/G, C/G kw): one matrix for each kernel row and group."""
    o, c, kh, kw = weight.shape
    split = weight.reshape(groups, o // groups, c, kh, kw).transpose(3, 0, 1, 2, 4)
    return split.reshape(kh, groups, o // groups, c * kw)


def _shifts(x: np.ndarray, taps: Taps, groups: int) -> np.ndarray:
    """(n, C, Hp, Wp) -> (n, G, C/G kw, Hp, Wo): the image once for each kernel column."""
    n, c, h, _ = x.shape
    kw, wo = len(taps.cols), taps.out[1]
    shifts = np.empty((n, c, kw, h, wo), x.dtype)
    for j, cols in enumerate(taps.cols):
        shifts[:, :, j] = x[:, :, :, cols]
    return shifts.reshape(n, groups, c // groups * kw, h, wo)


def _correlate(x: np.ndarray, weight: np.ndarray, taps: Taps, groups: int) -> np.ndarray:
    """The sum at the top of this file, without the bias: (N, C, Hp, Wp) -> (N, O, Ho, Wo)."""
    n, o, (ho, wo) = len(x), len(weight), taps.out
    matrices = _kernel_rows(weight, groups)  # (kh, G, O/G, C/G kw)
    y = np.empty((n, groups, o // groups, ho * wo), x.dtype)
    for part in _chunks(n, x[:1].nbytes * len(taps.cols)):
        shifts = _shifts(x[part], taps, groups)  # (n, G, C/G kw, Hp, Wo)
        for i, rows in enumerate(taps.rows):
            seen = shifts[..., rows, :].reshape(*shifts.shape[:3], ho * wo)  # a view for stride 1
            if i == 0:
                np.matmul(matrices[i], seen, out=y[part])
            else:
                y[part] += matrices[i] @ seen
    return y.reshape(n, o, ho, wo)


def _correlate_dweight(
    dy: np.ndarray, x: np.ndarray, shape: tuple[int, ...], taps: Taps, groups: int
) -> np.ndarray:
    """Gradient for the weight (O, C/G, kh, kw): products of dy with what each tap saw."""
    (o, c, kh, kw), (ho, wo) = shape, taps.out
    dy = dy.reshape(len(x), groups, o // groups, ho * wo)
    dmatrices = np.zeros((kh, groups, o // groups, c * kw), x.dtype)
    for part in _chunks(len(x), x[:1].nbytes * kw):
        shifts = _shifts(x[part], taps, groups)
        for i, rows in enumerate(taps.rows):
            seen = shifts[..., rows, :].reshape(*shifts.shape[:3], ho * wo)
            dmatrices[i] += (dy[part] @ seen.swapaxes(-1, -2)).sum(axis=0)
    split = dmatrices.reshape(kh, groups, o // groups, c, kw)
    return np.ascontiguousarray(split.transpose(1, 2, 3, 0, 4)).reshape(shape)


def _correlate_dx(
    dy: np.ndarray, weight: np.ndarray, size: tuple[int, int], taps: Taps, groups: int
) -> np.ndarray:
    """Gradient for the padded input: each dy is added where its output looked."""
    (o, c, _, kw), (ho, wo) = weight.shape, taps.out
    n, h = len(dy), size[0]
    dy = dy.reshape(n, groups, o // groups, ho * wo)
    matrices = _kernel_rows(weight, groups).swapaxes(-1, -2)  # (kh, G, C/G kw, O/G)
    dx = np.zeros((n, c * groups, *size), dy.dtype)
    for part in _chunks(n, c * groups * kw * h * wo * dy.itemsize):
        m = len(dy[part])
        dshifts = np.zeros((m, groups, c * kw, h, wo), dy.dtype)
        for matrix, rows in zip(matrices, taps.rows, strict=True):
            dshifts[..., rows, :] += (matrix @ dy[part]).reshape(m, groups, c * kw, ho, wo)
        dshifts = dshifts.reshape(m, groups * c, kw, h, wo)
        for j, cols in enumerate(taps.cols):
            dx[part, :, :, cols] += dshifts[:, :, j]
    return dx


def _sum_channels(dy: np.ndarray) -> np.ndarray:
    """(N, O, Ho, Wo) -> (O,): over the pixels first, as they lie side by side."""
    return dy.sum(axis=(2, 3)).sum(axis=0)
