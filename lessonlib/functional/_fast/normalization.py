"""Batch norm and layer norm with fewer passes over memory."""

from typing import Any

import numpy as np

from ..checks import check_gradient
from ..normalization import _check_batch_norm, _features


def batch_norm(
    x: np.ndarray,
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    running_mean: np.ndarray | None = None,
    running_var: np.ndarray | None = None,
    training: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[np.ndarray, Any]:
    """`lessonlib.functional.batch_norm`, with sums over the pixels first and in place.

    >>> batch_norm(np.array([[1.0], [3.0]]), eps=0.0)[0]
    array([[-1.], [ 1.]])
    """
    _check_batch_norm(x, weight, bias, running_mean, running_var, training)
    rows = x.reshape(*x.shape[:2], -1) if x.ndim > 2 else x[:, :, None]  # (N, C, L)
    if training or running_mean is None:
        count = rows.shape[0] * rows.shape[2]
        mean = rows.sum(axis=2).sum(axis=0) / count  # (C,)  pixels lie side by side: sum them first
        centred = rows - mean[:, None]
        var = np.vecdot(centred, centred).sum(axis=0) / count  # (C,)
        if running_mean is not None and running_var is not None:
            running_mean += momentum * (mean - running_mean)
            running_var += momentum * (var * (count / (count - 1)) - running_var)
    else:
        count = None  # statistics are constants: no gradient flows through them
        mean, var = running_mean, running_var
        centred = rows - mean[:, None]
    scale = 1 / np.sqrt(var + eps)  # (C,)
    normal = np.multiply(centred, scale[:, None], out=centred)  # (N, C, L)
    y = normal.copy() if weight is None else normal * weight[:, None]
    if bias is not None:
        y += bias[:, None]
    return y.reshape(x.shape), (normal, scale, weight, bias is not None, count, x.shape)


def batch_norm_backward(
    dy: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """`lessonlib.functional.batch_norm_backward`: its two means are dbias and dweight, scaled.

    >>> _, cache = batch_norm(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1))
    >>> batch_norm_backward(np.ones((2, 1)), cache)[0]
    array([[0.], [0.]])
    """
    normal, scale, weight, has_bias, count, shape = cache
    check_gradient("batch_norm_backward", dy, shape)
    dy = dy.reshape(normal.shape)  # (N, C, L)
    dbias = dy.sum(axis=2).sum(axis=0)  # (C,)
    dweight = np.vecdot(dy, normal).sum(axis=0)  # (C,)
    gain = scale if weight is None else scale * weight  # (C,)
    dx = dy * gain[:, None]
    if count is not None:
        dx -= normal * (gain * dweight / count)[:, None] + (gain * dbias / count)[:, None]
    return dx.reshape(shape), None if weight is None else dweight, dbias if has_bias else None


def layer_norm(
    x: np.ndarray,
    normalized_shape: int | tuple[int, ...],
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    eps: float = 1e-5,
) -> tuple[np.ndarray, Any]:
    """`lessonlib.functional.layer_norm`, with means as matrix products and in place.

    >>> layer_norm(np.array([[1.0, 2.0, 3.0, 4.0]]), 4)[0].round(3)
    array([[-1.342, -0.447,  0.447,  1.342]])
    """
    features = _features("layer_norm", x, normalized_shape, weight, bias)
    rows = x.reshape(-1, features)  # (R, D)
    mean = rows @ np.full(features, 1 / features, x.dtype)  # (R,)  BLAS takes the mean
    normal = rows - mean[:, None]
    var = np.vecdot(normal, normal)[:, None] / features  # (R, 1)
    scale = 1 / np.sqrt(var + eps)
    normal *= scale
    y = normal.copy() if weight is None else normal * weight.reshape(-1)
    if bias is not None:
        y += bias.reshape(-1)
    return y.reshape(x.shape), (normal, scale, weight, bias, x.shape)


def layer_norm_backward(
    dy: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """`lessonlib.functional.layer_norm_backward`, with sums as matrix products and in place.

    >>> _, cache = layer_norm(np.array([[1.0, 2.0, 4.0]]), 3)
    >>> bool(np.abs(layer_norm_backward(np.ones((1, 3)), cache)[0]).max() < 1e-12)
    True
    """
    normal, scale, weight, bias, shape = cache
    check_gradient("layer_norm_backward", dy, shape)
    dy, features = dy.reshape(normal.shape), normal.shape[1]  # (R, D)
    g = dy if weight is None else dy * weight.reshape(-1)
    mean_g = g @ np.full(features, 1 / features, dy.dtype)  # (R,)
    mean_gn = np.vecdot(g, normal) / features  # (R,)
    dx = normal * -mean_gn[:, None]
    dx += g
    dx -= mean_g[:, None]
    dx *= scale
    dweight = None if weight is None else np.einsum("rd,rd->d", dy, normal).reshape(weight.shape)
    ones = np.ones(len(dy), dy.dtype)  # sums over rows are products with ones, too
    dbias = None if bias is None else (ones @ dy).reshape(bias.shape)
    return dx.reshape(shape), dweight, dbias
