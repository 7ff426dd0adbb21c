"""Dropout: silence units at random in training, so that no unit can rely on one other."""

from __future__ import annotations

from typing import Any

import numpy as np

from .checks import check_floats, check_gradient


def dropout(
    x: np.ndarray, p: float = 0.5, training: bool = True, rng: np.random.Generator | None = None
) -> tuple[np.ndarray, Any]:
    """Set entries to 0 with probability p, scale the others.   y = x mask / (1 - p)

    x        : any shape
    p        : share that is silenced, 0..1
    training : False passes x through, which the scaling has made right on average
    rng      : where the mask is drawn from; needed in training
    Returns y, same shape, and the cache
    Raises ValueError for p outside 0..1 or a missing rng
    Source: Srivastava et al. 2014, section 4. Taught in notebooks/05_generalisation

    >>> dropout(np.ones(6), 0.5, rng=np.random.default_rng(0))[0]
    array([2., 2., 2., 0., 0., 0.])
    """
    check_floats("dropout", x=x)
    if not 0 <= p <= 1:
        raise ValueError(f"dropout: p={p}, wanted a probability between 0 and 1")
    if not training or p == 0:
        return x, (None, x.shape)
    if rng is None:
        raise ValueError("dropout: no rng in training, wanted a np.random.Generator")
    # Drawn in float32 whatever x is: the same seed silences the same units in both precisions.
    kept = rng.random(x.shape, dtype=np.float32) >= p
    mask = kept * x.dtype.type(0 if p == 1 else 1 / (1 - p))
    return x * mask, (mask, x.shape)


def dropout_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of dropout: a silenced unit gets no gradient.   dx = dy mask / (1 - p)

    dy : shape of x; returns dx, same shape

    >>> dropout_backward(np.ones(2), dropout(np.ones(2), 0.0)[1])
    array([1., 1.])
    """
    mask, shape = cache
    check_gradient("dropout_backward", dy, shape)
    return dy if mask is None else dy * mask
