"""Convolution: one small set of weights slides over the image and is the same everywhere.

    y[n, o, h, w] = b[o] + sum_{c, i, j} weight[o, c, i, j] x[n, c, s h + d i, s w + d j]

The plain way writes every patch out as a column and makes one matrix product of all; most of its
time goes into copying. Here only the kw horizontal shifts are copied. A vertical shift of these is
a view (a later row is a later place in the same memory), so kernel row i is one product on a view:

    shifts    (n, C kw, Hp, Wo)    x once for each kernel column
    y        += weight row i (O, C kw) @ shifts from row i on (C kw, Ho Wo)
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from .checks import check_floats, check_gradient
from .windows import Taps, as_pair, as_single, crop2d, make_taps, pad2d

_CHUNK_BYTES = 2**20  # of shifts at a time: they are read back while still in the processor's cache


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
    """Gradient for the padded input: every output hands its blame back to the window it saw."""
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


def conv2d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> tuple[np.ndarray, Any]:
    """Slide O kernels over the images.   y[o,h,w] = b[o] + sum weight[o,c,i,j] x[c, sh+di, sw+dj]

    The sum goes over channels c, kernel rows i, kernel columns j; s is the stride, d the dilation.

    x      : (N, C, H, W)
    weight : (O, C / groups, kh, kw)
    bias   : (O,) or None
    stride, padding, dilation : pixels, one number or (vertical, horizontal)
    groups : channels are split into so many groups that do not see each other
    Returns y (N, O, Ho, Wo) and the cache;
    Ho = (H + 2 padding - dilation (kh - 1) - 1) // stride + 1
    Raises ValueError naming the shapes or the option that does not fit, TypeError for mixed dtypes
    Source: Goodfellow et al. 2016, section 9.1. Taught in notebooks/06_convolution

    >>> conv2d(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))[0]
    array([[[[4., 4.], [4., 4.]]]])
    """
    check_floats("conv2d", x=x, weight=weight, bias=bias)
    stride = as_pair("conv2d", "stride", stride, 1)
    padding = as_pair("conv2d", "padding", padding, 0)
    dilation = as_pair("conv2d", "dilation", dilation, 1)
    _check_shapes("conv2d", x, weight, bias, groups)
    padded = pad2d(x, padding)
    taps = make_taps("conv2d", padded.shape[2:], weight.shape[2:], stride, dilation)
    y = _correlate(padded, weight, taps, groups)
    if bias is not None:
        y += bias[:, None, None]
    return y, (padded, weight, bias is not None, taps, padding, groups)


def conv2d_backward(
    dy: np.ndarray, cache: Any, need_dx: bool = True
) -> tuple[np.ndarray | None, np.ndarray, np.ndarray | None]:
    """Gradients of conv2d.   Each window of dx gets weight^T dy;  dweight = sum of dy x window

    dy      : (N, O, Ho, Wo)  upstream gradient
    cache   : as returned by `conv2d`
    need_dx : False leaves dx out (None), where x is data
    Returns dx (N, C, H, W), dweight (O, C / groups, kh, kw), dbias (O,) or None
    Source: Dumoulin and Visin 2016, section 4. Taught in notebooks/06_convolution

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
    """Slide O kernels along sequences.   y[o,l] = b[o] + sum_{c,k} weight[o,c,k] x[c, s l + d k]

    x      : (N, C, L)
    weight : (O, C / groups, K)
    bias   : (O,) or None
    Returns y (N, O, Lo) and the cache: `conv2d` on images one pixel high
    Raises as `conv2d` does. Taught in notebooks/06_convolution

    >>> conv1d(np.array([[[1.0, 2.0, 4.0]]]), np.array([[[-1.0, 1.0]]]))[0]
    array([[[1., 2.]]])
    """
    if x.ndim != 3 or weight.ndim != 3:
        raise ValueError(f"conv1d: x {x.shape}, weight {weight.shape}, wanted (N, C, L), (O, C, K)")
    stride = (1, as_single("conv1d", "stride", stride, 1))
    padding = (0, as_single("conv1d", "padding", padding, 0))
    dilation = (1, as_single("conv1d", "dilation", dilation, 1))
    y, cache = conv2d(x[:, :, None], weight[:, :, None], bias, stride, padding, dilation, groups)
    return y[:, :, 0], cache


def conv1d_backward(
    dy: np.ndarray, cache: Any, need_dx: bool = True
) -> tuple[np.ndarray | None, np.ndarray, np.ndarray | None]:
    """Gradients of conv1d: those of conv2d on images one pixel high.

    dy : (N, O, Lo); returns dx (N, C, L), dweight (O, C / groups, K), dbias (O,) or None

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
    """Upsampling with learned weights: what conv2d does to a gradient, used as a layer.

    x      : (N, C, H, W); each pixel stamps its kernel, scaled, onto the output
    weight : (C, O / groups, kh, kw)
    bias   : (O,) or None
    output_padding : rows and columns added at the end; less than stride or dilation
    Returns y (N, O, Ho, Wo) and the cache;
    Ho = (H - 1) stride - 2 padding + dilation (kh - 1) + output_padding + 1
    Raises ValueError naming the shapes or the option that does not fit, TypeError for mixed dtypes
    Source: Dumoulin and Visin 2016, section 4. Taught in notebooks/06_convolution

    >>> conv_transpose2d(np.array([[[[1.0, 2.0]]]]), np.ones((1, 1, 1, 2)), stride=2)[0]
    array([[[[1., 1., 2., 2.]]]])
    """
    name = "conv_transpose2d"
    check_floats(name, x=x, weight=weight, bias=bias)
    stride, dilation = as_pair(name, "stride", stride, 1), as_pair(name, "dilation", dilation, 1)
    padding, extra = (
        as_pair(name, "padding", padding, 0),
        as_pair(name, "output_padding", output_padding, 0),
    )
    _check_shapes(name, x, weight, bias, groups, transposed=True)
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise ValueError(f"{name}: output_padding={extra}, wanted less than stride or dilation")
    # What the stamps cover; output_padding then only makes room beside it.
    h, w = (
        (length - 1) * s + d * (k - 1) + 1
        for length, s, d, k in zip(x.shape[2:], stride, dilation, weight.shape[2:], strict=True)
    )
    taps = make_taps(name, (h, w), weight.shape[2:], stride, dilation)
    size = (h + extra[0], w + extra[1])
    y = crop2d(_correlate_dx(x, weight, size, taps, groups), padding)
    if min(y.shape[2:]) < 1:
        raise ValueError(f"{name}: padding={padding} leaves nothing of the output {size}")
    if bias is not None:
        y += bias[:, None, None]
    return y, (x, weight, bias is not None, taps, padding, groups, y.shape)


def conv_transpose2d_backward(
    dy: np.ndarray, cache: Any, need_dx: bool = True
) -> tuple[np.ndarray | None, np.ndarray, np.ndarray | None]:
    """Gradients of conv_transpose2d: conv2d and its weight gradient, dy and x in exchanged roles.

    dy : (N, O, Ho, Wo)
    Returns dx (N, C, H, W), dweight (C, O / groups, kh, kw), dbias (O,) or None

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


def _sum_channels(dy: np.ndarray) -> np.ndarray:
    """(N, O, Ho, Wo) -> (O,): over the pixels first, as they lie side by side."""
    return dy.sum(axis=(2, 3)).sum(axis=0)


def _check_shapes(
    operation: str,
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None,
    groups: int,
    transposed: bool = False,
) -> None:
    if x.ndim != 4 or weight.ndim != 4:
        raise ValueError(f"{operation}: x {x.shape} and weight {weight.shape}, wanted 4 axes each")
    channels, outputs = weight.shape[1] * groups, len(weight)
    if transposed:
        channels, outputs = outputs, channels
    if groups < 1 or x.shape[1] != channels or len(weight) % groups:
        order = "(C, O / groups, kh, kw)" if transposed else "(O, C / groups, kh, kw)"
        raise ValueError(
            f"{operation}: x {x.shape} and weight {weight.shape} with groups={groups}, wanted "
            f"(N, C, H, W) and {order}"
        )
    if bias is not None and bias.shape != (outputs,):
        raise ValueError(f"{operation}: bias {bias.shape}, wanted {(outputs,)}")
