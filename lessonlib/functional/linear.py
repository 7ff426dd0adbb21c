"""The fully connected layer, where every output is a weighted sum of all inputs; and flatten."""

import math
from typing import Any

import numpy as np

from ._types import Gradients
from .checks import check_floats, check_gradient


def linear(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None = None
) -> tuple[np.ndarray, Any]:
    """Weighted sums of the last axis.   y = x W^T + b

    x      : (..., in)
    weight : (out, in)
    bias   : (out,) or None
    Returns y (..., out) and the cache for `linear_backward`
    Raises ValueError naming the shapes that do not fit, TypeError where dtypes differ
    Source: Goodfellow et al. 2016, section 6.1. Taught in notebooks/02_multilayer_perceptron

    >>> linear(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([0.5]))[0]
    array([[11.5]])
    """
    check_floats("linear", x=x, weight=weight, bias=bias)
    if weight.ndim != 2 or x.ndim == 0 or x.shape[-1] != weight.shape[1]:
        raise ValueError(
            f"linear: x {x.shape} and weight {weight.shape}, wanted (..., in), (out, in)"
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ValueError(f"linear: bias {bias.shape}, wanted {weight.shape[:1]}")
    # One matrix product whatever the leading axes; math.prod and not -1, because of empty batches.
    rows = x.reshape(math.prod(x.shape[:-1]), x.shape[-1])  # (N, in)
    y = rows @ weight.T  # (N, out)
    if bias is not None:
        y += bias
    return y.reshape(*x.shape[:-1], len(weight)), (x, weight, bias is not None)


def linear_backward(dy: np.ndarray, cache: Any, need_dx: bool = True) -> Gradients:
    """Gradients of y = x W^T + b.   dx = dy W;  dW = dy^T x;  db = sum over rows of dy

    dy      : (..., out)  upstream gradient
    cache   : as returned by `linear`
    need_dx : False leaves dx out (None), a third of the work, where x is data
    Returns dx (..., in), dweight (out, in), dbias (out,) or None
    Raises ValueError naming both shapes if dy does not have the shape of y
    Source: Goodfellow et al. 2016, section 6.5. Taught in notebooks/03_backpropagation

    >>> _, cache = linear(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]))
    >>> linear_backward(np.array([[1.0]]), cache)
    (array([[3., 4.]]), array([[1., 2.]]), None)
    """
    x, weight, has_bias = cache
    check_gradient("linear_backward", dy, (*x.shape[:-1], len(weight)))
    n = math.prod(x.shape[:-1])
    drows, rows = dy.reshape(n, len(weight)), x.reshape(n, x.shape[-1])  # (N, out), (N, in)
    dx = (drows @ weight).reshape(x.shape) if need_dx else None
    dweight = drows.T @ rows  # (out, in)
    return dx, dweight, drows.sum(axis=0) if has_bias else None


def flatten(x: np.ndarray, start_dim: int = 1, end_dim: int = -1) -> tuple[np.ndarray, Any]:
    """Join the axes start_dim .. end_dim, both included, into one.

    x : any shape; returns y with fewer axes and the cache
    Raises ValueError if the axes do not exist or come in the wrong order
    Taught in notebooks/06_convolution

    >>> flatten(np.ones((2, 3, 4)))[0].shape
    (2, 12)
    """
    first, last = start_dim % max(x.ndim, 1), end_dim % max(x.ndim, 1)
    inside = -x.ndim <= start_dim < x.ndim and -x.ndim <= end_dim < x.ndim
    if not inside or first > last:
        raise ValueError(f"flatten: x {x.shape} has no axes {start_dim} to {end_dim}")
    joined = math.prod(x.shape[first : last + 1])
    return x.reshape(*x.shape[:first], joined, *x.shape[last + 1 :]), x.shape


def flatten_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of flatten: the same numbers in the old shape.

    dy : shape of y; returns dx, shape of x

    >>> flatten_backward(np.ones((2, 12)), (2, 3, 4)).shape
    (2, 3, 4)
    """
    if dy.size != math.prod(cache):
        raise ValueError(f"flatten_backward: dy {dy.shape} does not fill the input's shape {cache}")
    return dy.reshape(cache)
