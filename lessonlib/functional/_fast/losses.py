"""Cross-entropy in few passes over the scores."""

import math
from typing import Any

import numpy as np

from ..losses import _check_classes, _check_smoothing, _reduce


def cross_entropy(
    x: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> tuple[Any, Any]:
    """`lessonlib.functional.cross_entropy`, reading one score of each row where that is enough.

    >>> round(float(cross_entropy(np.zeros((1, 4)), np.array([2]))[0]), 4)  # log 4
    1.3863
    """
    _check_smoothing(label_smoothing)
    counted = _check_classes("cross_entropy", x, target, weight, ignore_index)
    classes = (target * counted).astype(np.intp)  # class 0 where the target is no class
    hits = np.arange(len(x)) * x.shape[1] + classes  # (N,)  where [n, target_n] lies in x.ravel()
    shifted, exps, sums = _exponentials(x)  # (N, C), (N, C), (N,)
    log_sums = np.log(sums)
    w = counted.astype(x.dtype) if weight is None else weight[classes] * counted  # (N,)
    share = (1 - label_smoothing) * w  # (N,)  of the target in the loss
    # Rounding of the two may differ: no loss is below 0.
    losses = share * np.maximum(log_sums - shifted.take(hits), 0)
    if label_smoothing:
        every = (log_sums[:, None] - shifted) * (1 if weight is None else weight)  # (N, C)
        losses += label_smoothing / x.shape[1] * every.sum(axis=1) * counted
    loss, scale = _reduce(losses, reduction, float(w.sum()), "cross_entropy")
    return loss, (exps, sums, hits, share, weight, counted, label_smoothing, scale)


def cross_entropy_backward(dloss: Any, cache: Any) -> np.ndarray:
    """`lessonlib.functional.cross_entropy_backward`, for the cache of the function above.

    >>> cross_entropy_backward(1.0, cross_entropy(np.zeros((1, 2)), np.array([0]))[1])
    array([[-0.5,  0.5]])
    """
    exps, sums, hits, share, weight, counted, smoothing, scale = cache
    dlosses = np.asarray(dloss, exps.dtype) * scale  # () or (N,)
    direct = share * dlosses  # (N,)  what q w dloss is at the target
    if not smoothing:
        # exps * (direct / sums)[:, None], in a fifth less time
        dx = np.repeat(direct / sums, exps.shape[1]).reshape(exps.shape)
        dx *= exps
    else:
        even = smoothing / exps.shape[1] * (counted * dlosses)  # (N,)  and at every class
        class_weights = np.ones_like(exps[0]) if weight is None else weight
        dx = exps * ((direct + even * class_weights.sum()) / sums)[:, None]
        dx -= even[:, None] * class_weights
    dx.put(hits, dx.take(hits) - direct)  # dx[row, target] -= direct, in a third of the time
    return dx


def _exponentials(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores (N, C) less a top so that e^x cannot overflow, their e^x, and its row sums (N,).

    The softmax is the same with one top for all rows, found in a tenth of the time, while no row
    lies so far below it that its e^x would vanish; else each row gets its own.
    """
    if x.size == 0:
        return x, x, np.zeros(len(x), x.dtype)
    least = math.sqrt(np.finfo(x.dtype).tiny)  # half of the exponents: e^-43 in float32
    for axis in (None, 1):
        shifted = x - x.max(axis=axis, keepdims=True)
        exps = np.exp(shifted)
        sums = exps @ np.ones(x.shape[1], x.dtype)  # a sum, taken by BLAS
        if sums.min() >= least:
            break
    return shifted, exps, sums
