"""Normalisation: bring activations to mean 0 and variance 1, then let the network choose again.

Batch norm takes the statistics of one channel over the batch, layer norm those of one example over
its features, RMS norm leaves the mean alone.
"""

from typing import Any

import numpy as np

from .checks import check_floats, check_gradient


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
    """Normalise each channel over the batch.   y = (x - mean) / sqrt(var + eps) * weight + bias

    x            : (N, C) or (N, C, ...)
    weight, bias : (C,) or None
    running_mean, running_var : (C,) or None; in training moved in place by momentum towards those
                   of this batch (variance unbiased), in evaluation used instead of them
    Returns y, shape of x, and the cache
    Raises ValueError if a shape does not fit or training has a single value per channel
    Source: Ioffe and Szegedy 2015, algorithm 1. Taught in notebooks/04b_deep_and_stable

    >>> batch_norm(np.array([[1.0], [3.0]]), eps=0.0)[0]
    array([[-1.], [ 1.]])
    """
    _check_batch_norm(x, weight, bias, running_mean, running_var, training)
    rows = x.reshape(*x.shape[:2], -1) if x.ndim > 2 else x[:, :, None]  # (N, C, L)
    if training or running_mean is None:
        count = rows.shape[0] * rows.shape[2]
        mean, var = rows.mean(axis=(0, 2)), rows.var(axis=(0, 2))  # (C,)
        if running_mean is not None and running_var is not None:
            running_mean += momentum * (mean - running_mean)
            running_var += momentum * (var * (count / (count - 1)) - running_var)
    else:
        count = None  # statistics are constants: no gradient flows through them
        mean, var = running_mean, running_var
    scale = 1 / np.sqrt(var + eps)  # (C,)
    normal = (rows - mean[:, None]) * scale[:, None]  # (N, C, L)
    y = normal.copy() if weight is None else normal * weight[:, None]
    if bias is not None:
        y += bias[:, None]
    return y.reshape(x.shape), (normal, scale, weight, bias is not None, count, x.shape)


def batch_norm_backward(
    dy: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """Gradients of batch norm.   dx = scale (g - mean g - n mean(g n)),  g = weight dy

    n is the normalised x, scale is 1 / sqrt(var + eps), the means go over the batch. They are
    taken off because shifting or stretching a whole channel changes no output; in evaluation the
    statistics are constants and dx = scale g.

    dy : shape of x; returns dx, dweight (C,), dbias (C,), None where there was none
    Source: Ioffe and Szegedy 2015, section 3. Taught in notebooks/04b_deep_and_stable

    >>> _, cache = batch_norm(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1))
    >>> batch_norm_backward(np.ones((2, 1)), cache)[0]  # raising all outputs at once is impossible
    array([[0.], [0.]])
    """
    normal, scale, weight, has_bias, count, shape = cache
    check_gradient("batch_norm_backward", dy, shape)
    dy = dy.reshape(normal.shape)  # (N, C, L)
    dbias = dy.sum(axis=(0, 2))  # (C,)
    dweight = (dy * normal).sum(axis=(0, 2))  # (C,)
    g = dy if weight is None else weight[:, None] * dy  # (N, C, L)
    if count is not None:
        mean_g = g.mean(axis=(0, 2), keepdims=True)  # (1, C, 1)
        mean_gn = (g * normal).mean(axis=(0, 2), keepdims=True)
        g = g - mean_g - normal * mean_gn
    dx = scale[:, None] * g
    return dx.reshape(shape), None if weight is None else dweight, dbias if has_bias else None


def layer_norm(
    x: np.ndarray,
    normalized_shape: int | tuple[int, ...],
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    eps: float = 1e-5,
) -> tuple[np.ndarray, Any]:
    """Normalise each example over its features.   y = (x - mean) / sqrt(var + eps) * weight + bias

    x                : (..., *normalized_shape)
    normalized_shape : the last axes, over which mean and (biased) variance are taken
    weight, bias     : of shape normalized_shape or None
    Returns y, shape of x, and the cache; raises ValueError naming the shapes that do not fit
    Source: Ba, Kiros, Hinton 2016, section 3. Taught in notebooks/04b_deep_and_stable

    >>> layer_norm(np.array([[1.0, 2.0, 3.0, 4.0]]), 4)[0].round(3)
    array([[-1.342, -0.447,  0.447,  1.342]])
    """
    features = _features("layer_norm", x, normalized_shape, weight, bias)
    rows = x.reshape(-1, features)  # (R, D)
    mean, var = rows.mean(axis=1, keepdims=True), rows.var(axis=1, keepdims=True)  # (R, 1)
    scale = 1 / np.sqrt(var + eps)  # (R, 1)
    normal = (rows - mean) * scale  # (R, D)
    y = normal.copy() if weight is None else normal * weight.reshape(-1)
    if bias is not None:
        y += bias.reshape(-1)
    return y.reshape(x.shape), (normal, scale, weight, bias, x.shape)


def layer_norm_backward(
    dy: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """Gradients of layer norm.   dx = scale (g - mean g - n mean(g n)),  g = weight dy

    n  : the normalised x, scale : 1 / sqrt(var + eps)
    dy : shape of x; returns dx, dweight, dbias (normalized_shape), None where there was none
    Source: Ba, Kiros, Hinton 2016, section 5.1. Taught in notebooks/04b_deep_and_stable

    >>> _, cache = layer_norm(np.array([[1.0, 2.0, 4.0]]), 3)
    >>> dx, _, _ = layer_norm_backward(np.ones((1, 3)), cache)
    >>> bool(np.abs(dx).max() < 1e-12)  # raising all outputs at once is impossible
    True
    """
    normal, scale, weight, bias, shape = cache
    check_gradient("layer_norm_backward", dy, shape)
    dy = dy.reshape(normal.shape)  # (R, D)
    g = dy if weight is None else weight.reshape(-1) * dy  # (R, D)
    mean_g = g.mean(axis=1, keepdims=True)  # (R, 1)
    mean_gn = (g * normal).mean(axis=1, keepdims=True)
    dx = scale * (g - mean_g - normal * mean_gn)  # (R, D)
    dweight = None if weight is None else (dy * normal).sum(axis=0).reshape(weight.shape)
    dbias = None if bias is None else dy.sum(axis=0).reshape(bias.shape)
    return dx.reshape(shape), dweight, dbias


def rms_norm(
    x: np.ndarray,
    normalized_shape: int | tuple[int, ...],
    weight: np.ndarray | None = None,
    eps: float | None = None,
) -> tuple[np.ndarray, Any]:
    """Scale each example to root mean square 1.   y = x / sqrt(mean x^2 + eps) * weight

    x                : (..., *normalized_shape)
    normalized_shape : the last axes, over which the mean square is taken
    weight           : of shape normalized_shape or None
    eps              : None means the machine epsilon of x's dtype
    Returns y, shape of x, and the cache; raises ValueError naming the shapes that do not fit
    Source: Zhang and Sennrich 2019, section 4. Taught in notebooks/10_transformer

    >>> rms_norm(np.array([[3.0, 4.0]]), 2)[0].round(3)
    array([[0.849, 1.131]])
    """
    features = _features("rms_norm", x, normalized_shape, weight, None)
    rows = x.reshape(-1, features)  # (R, D)
    square = (rows * rows).mean(axis=1, keepdims=True)  # (R, 1)
    scale = 1 / np.sqrt(square + float(np.finfo(x.dtype).eps if eps is None else eps))
    normal = rows * scale
    y = normal.copy() if weight is None else normal * weight.reshape(-1)
    return y.reshape(x.shape), (normal, scale, weight, x.shape)


def rms_norm_backward(dy: np.ndarray, cache: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """Gradients of RMS norm.   dx = scale (g - n mean(g n)),  g = weight dy,  n = x scale

    dy : shape of x; returns dx, dweight (normalized_shape) or None
    Source: Zhang and Sennrich 2019, section 4. Taught in notebooks/10_transformer

    >>> _, cache = rms_norm(np.array([[3.0, 4.0]]), 2)
    >>> rms_norm_backward(np.array([[3.0, 4.0]]), cache)[0].round(3)  # stretching x changes nothing
    array([[0., 0.]])
    """
    normal, scale, weight, shape = cache
    check_gradient("rms_norm_backward", dy, shape)
    dy = dy.reshape(normal.shape)  # (R, D)
    g = dy if weight is None else weight.reshape(-1) * dy  # (R, D)
    dx = scale * (g - normal * (g * normal).mean(axis=1, keepdims=True))  # (R, D)
    dweight = None if weight is None else (dy * normal).sum(axis=0).reshape(weight.shape)
    return dx.reshape(shape), dweight


def _check_batch_norm(
    x: np.ndarray,
    weight: np.ndarray | None,
    bias: np.ndarray | None,
    running_mean: np.ndarray | None,
    running_var: np.ndarray | None,
    training: bool,
) -> None:
    vectors = {"weight": weight, "bias": bias}
    vectors |= {"running_mean": running_mean, "running_var": running_var}
    check_floats("batch_norm", x=x, **vectors)
    if x.ndim < 2:
        raise ValueError(f"batch_norm: x {x.shape}, wanted (N, C) or (N, C, ...)")
    for name, vector in vectors.items():
        if vector is not None and vector.shape != x.shape[1:2]:
            raise ValueError(
                f"batch_norm: {name} {vector.shape} for x {x.shape}, wanted {x.shape[1:2]}"
            )
    if (running_mean is None) != (running_var is None):
        raise ValueError(
            "batch_norm: running_mean and running_var go together, one of them is None"
        )
    if not training and running_mean is None:
        training = True  # without running statistics evaluation uses the batch's own
    if training and x.size < 2 * x.shape[1]:
        raise ValueError(
            f"batch_norm: x {x.shape} has fewer than two values per channel to normalise; "
            "wanted two or more in training"
        )


def _features(
    operation: str,
    x: np.ndarray,
    normalized_shape: int | tuple[int, ...],
    weight: np.ndarray | None,
    bias: np.ndarray | None,
) -> int:
    """Number of features normalised together, after all checks."""
    check_floats(operation, x=x, weight=weight, bias=bias)
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not shape or 0 in shape or x.shape[x.ndim - len(shape) :] != shape:
        raise ValueError(f"{operation}: x {x.shape}, wanted its last axes to be {shape}")
    for name, array in (("weight", weight), ("bias", bias)):
        if array is not None and array.shape != shape:
            raise ValueError(f"{operation}: {name} {array.shape}, wanted {shape}")
    return int(np.prod(shape))
