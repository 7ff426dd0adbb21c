"""Gradient clipping."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np


def clip_grad_norm_(
    parameters: Iterable[Any],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """Scale all gradients together so that their common norm is at most max_norm.

    n = (Σ |g|^p)^(1/p) over all entries of all gradients;   g ← g · min(1, max_norm / (n + 1e-6))
    parameters : one parameter or several;  norm_type: p, `inf` for the largest entry
    Returns n, the norm before clipping
    Raises ValueError for max_norm < 0, or with error_if_nonfinite where the norm is nan or inf
    Source: Pascanu, Mikolov and Bengio 2013, section 3.2. Taught in notebooks/07_recurrent_networks

    >>> from lessonlib.nn import Parameter
    >>> w = Parameter(np.zeros(2))
    >>> w.add_grad(np.array([3.0, 4.0]))
    >>> clip_grad_norm_([w], max_norm=1.0), w.grad.round(3)
    (5.0, array([0.6, 0.8]))
    """
    if not max_norm >= 0:
        raise ValueError(f"clip_grad_norm_: max_norm must be >= 0, got {max_norm}")
    params = [parameters] if hasattr(parameters, "grad") else parameters
    grads = [p.grad for p in params if p.grad is not None]
    # The norm of all entries is the norm of the arrays' own norms.
    norms = [float(np.linalg.norm(grad.ravel(), norm_type)) for grad in grads]
    norm = float(np.linalg.norm(norms, norm_type)) if norms else 0.0
    if error_if_nonfinite and not math.isfinite(norm):
        raise ValueError(f"clip_grad_norm_: the norm of the gradients is {norm}")
    scale = max_norm / (norm + 1e-6)
    if not scale >= 1:
        for grad in grads:
            grad *= scale
    return norm
