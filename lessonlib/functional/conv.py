"""Convolution: one small set of weights slides over the image and is the same everywhere.

    y[n, o, h, w] = b[o] + sum_{c, i, j} weight[o, c, i, j] x[n, c, s h + d i, s w + d j]

For one place (i, j) in the kernel, a "tap", the sum over c is a matrix product: weight[:, :, i, j]
times the pixels that this tap meets. The loops go over the few taps.

`nn` calls the same functions from `_fast.conv`.
"""

from typing import Any

import numpy as np

from ._types import Gradients
from .checks import check_floats, check_gradient
from .windows import Taps, as_pair, as_single, crop2d, make_taps, pad2d


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
    padded, taps, padding = _lay_conv2d(x, weight, bias, stride, padding, dilation, groups)
    y = _correlate(padded, weight, taps, groups)
    if bias is not None:
        y += bias[:, None, None]
    return y, (padded, weight, bias is not None, taps, padding, groups)


def conv2d_backward(dy: np.ndarray, cache: Any, need_dx: bool = True) -> Gradients:
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
    return dx, dweight, dy.sum(axis=(0, 2, 3)) if has_bias else None


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
    x, weight, windows = _one_pixel_high(x, weight, stride, padding, dilation)
    y, cache = conv2d(x, weight, bias, *windows, groups)
    return y[:, :, 0], cache


def conv1d_backward(dy: np.ndarray, cache: Any, need_dx: bool = True) -> Gradients:
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
    taps, padding, size = _lay_conv_transpose2d(
        x, weight, bias, stride, padding, output_padding, groups, dilation
    )
    y = crop2d(_correlate_dx(x, weight, size, taps, groups), padding)
    if bias is not None:
        y += bias[:, None, None]
    return y, (x, weight, bias is not None, taps, padding, groups, y.shape)


def conv_transpose2d_backward(dy: np.ndarray, cache: Any, need_dx: bool = True) -> Gradients:
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
    return dx, dweight, dy.sum(axis=(0, 2, 3)) if has_bias else None


def _kernels(weight: np.ndarray, groups: int) -> np.ndarray:
    """(O, C/G, kh, kw) -> (kh, kw, G, O/G, C/G): one matrix for each tap and group."""
    o, c, kh, kw = weight.shape
    return weight.reshape(groups, o // groups, c, kh, kw).transpose(3, 4, 0, 1, 2).copy()


def _correlate(x: np.ndarray, weight: np.ndarray, taps: Taps, groups: int) -> np.ndarray:
    """The sum at the top of this file, without the bias: (N, C, Hp, Wp) -> (N, O, Ho, Wo)."""
    (n, c), (ho, wo), o = x.shape[:2], taps.out, len(weight)
    kernels = _kernels(weight, groups)  # (kh, kw, G, O/G, C/G)
    y = np.zeros((n, groups, o // groups, ho * wo), x.dtype)
    for i, rows in enumerate(taps.rows):
        for j, cols in enumerate(taps.cols):
            seen = x[:, :, rows, cols].reshape(n, groups, c // groups, ho * wo)
            y += kernels[i, j] @ seen
    return y.reshape(n, o, ho, wo)


def _correlate_dweight(
    dy: np.ndarray, x: np.ndarray, shape: tuple[int, ...], taps: Taps, groups: int
) -> np.ndarray:
    """dweight[o, c, i, j] = sum_{n, h, w} dy[n, o, h, w] x[n, c, s h + d i, s w + d j]."""
    (o, c, kh, kw), n, (ho, wo) = shape, len(x), taps.out
    dy = dy.reshape(n, groups, o // groups, ho * wo)
    dkernels = np.zeros((kh, kw, groups, o // groups, c), x.dtype)
    for i, rows in enumerate(taps.rows):
        for j, cols in enumerate(taps.cols):
            seen = x[:, :, rows, cols].reshape(n, groups, c, ho * wo)
            dkernels[i, j] = (dy @ seen.swapaxes(-1, -2)).sum(axis=0)
    return dkernels.transpose(2, 3, 4, 0, 1).reshape(shape)


def _correlate_dx(
    dy: np.ndarray, weight: np.ndarray, size: tuple[int, int], taps: Taps, groups: int
) -> np.ndarray:
    """dx[n, c, s h + d i, s w + d j] += sum_o weight[o, c, i, j] dy[n, o, h, w], each (i, j)."""
    (o, c), n, (ho, wo) = weight.shape[:2], len(dy), taps.out
    dy = dy.reshape(n, groups, o // groups, ho * wo)
    kernels = _kernels(weight, groups).swapaxes(-1, -2)  # (kh, kw, G, C/G, O/G)
    dx = np.zeros((n, groups * c, *size), dy.dtype)
    for i, rows in enumerate(taps.rows):
        for j, cols in enumerate(taps.cols):
            dx[:, :, rows, cols] += (kernels[i, j] @ dy).reshape(n, groups * c, ho, wo)
    return dx


def _lay_conv2d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> tuple[np.ndarray, Taps, tuple[int, int]]:
    """The padded images, the taps on them and the padding, after all checks."""
    check_floats("conv2d", x=x, weight=weight, bias=bias)
    stride = as_pair("conv2d", "stride", stride, 1)
    padding = as_pair("conv2d", "padding", padding, 0)
    dilation = as_pair("conv2d", "dilation", dilation, 1)
    _check_shapes("conv2d", x, weight, bias, groups)
    padded = pad2d(x, padding)
    taps = make_taps("conv2d", padded.shape[2:], weight.shape[2:], stride, dilation)
    return padded, taps, padding


def _one_pixel_high(
    x: np.ndarray, weight: np.ndarray, stride: Any, padding: Any, dilation: Any
) -> tuple[np.ndarray, np.ndarray, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]]:
    """Sequences and kernels as images one pixel high; stride, padding, dilation as pairs."""
    if x.ndim != 3 or weight.ndim != 3:
        raise ValueError(f"conv1d: x {x.shape}, weight {weight.shape}, wanted (N, C, L), (O, C, K)")
    stride = (1, as_single("conv1d", "stride", stride, 1))
    padding = (0, as_single("conv1d", "padding", padding, 0))
    dilation = (1, as_single("conv1d", "dilation", dilation, 1))
    return x[:, :, None], weight[:, :, None], (stride, padding, dilation)


def _lay_conv_transpose2d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> tuple[Taps, tuple[int, int], tuple[int, int]]:
    """Where each pixel stamps its kernel, the padding, the output's size with it."""
    name = "conv_transpose2d"
    check_floats(name, x=x, weight=weight, bias=bias)
    stride, dilation = as_pair(name, "stride", stride, 1), as_pair(name, "dilation", dilation, 1)
    padding = as_pair(name, "padding", padding, 0)
    extra = as_pair(name, "output_padding", output_padding, 0)
    _check_shapes(name, x, weight, bias, groups, transposed=True)
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise ValueError(f"{name}: output_padding={extra}, wanted less than stride or dilation")
    # What the stamps cover; output_padding then only makes room next to it.
    h, w = (
        (length - 1) * s + d * (k - 1) + 1
        for length, s, d, k in zip(x.shape[2:], stride, dilation, weight.shape[2:], strict=True)
    )
    taps = make_taps(name, (h, w), weight.shape[2:], stride, dilation)
    size = (h + extra[0], w + extra[1])
    if any(length <= 2 * p for length, p in zip(size, padding, strict=True)):
        raise ValueError(f"{name}: padding={padding} leaves nothing of the output {size}")
    return taps, padding, size


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
