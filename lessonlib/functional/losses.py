"""Losses: one number for how wrong the outputs are, and its gradient for them.

Every forward returns (loss, cache); every backward takes dloss, 1 for the loss itself, and returns
the gradient for the predictions. Targets are data and get none.
reduction: "mean" (over entries), "sum", or "none" for one loss per entry.
"""

from typing import Any

import numpy as np

from .activations import log_softmax, sigmoid
from .checks import check_floats


def _reduce(losses: np.ndarray, reduction: str, total: float, operation: str) -> tuple[Any, Any]:
    """The reduced loss and the factor, 1/total or 1, that every entry's gradient gets with it."""
    if reduction == "none":
        return losses, losses.dtype.type(1)
    if reduction == "sum":
        return losses.sum(), losses.dtype.type(1)
    if reduction != "mean":
        raise ValueError(f"{operation}: reduction={reduction!r}, wanted 'mean', 'sum' or 'none'")
    # The mean over nothing is nan, as in torch; no gradient flows from it.
    scale = losses.dtype.type(1 / total if total else 0)
    return (losses.sum() * scale if total else losses.dtype.type(np.nan)), scale


def _check_same_shape(operation: str, x: np.ndarray, target: np.ndarray) -> None:
    if x.shape != target.shape:  # torch broadcasts here with a warning: a mean over the wrong pairs
        raise ValueError(f"{operation}: x {x.shape} and target {target.shape}, wanted equal shapes")


def mse_loss(x: np.ndarray, target: np.ndarray, reduction: str = "mean") -> tuple[Any, Any]:
    """Mean squared error.   loss = mean (x - target)^2

    x, target : equal shapes
    Returns the loss and the cache; raises ValueError naming both shapes if they differ
    Source: Goodfellow et al. 2016, section 5.1.4. Taught in notebooks/03_backpropagation

    >>> float(mse_loss(np.array([1.0, 3.0]), np.zeros(2))[0])
    5.0
    """
    check_floats("mse_loss", x=x, target=target)
    _check_same_shape("mse_loss", x, target)
    error = x - target
    loss, scale = _reduce(error * error, reduction, x.size, "mse_loss")
    return loss, (error, scale)


def mse_loss_backward(dloss: Any, cache: Any) -> np.ndarray:
    """Gradient of the mean squared error.   dx = dloss 2 (x - target) / count

    >>> mse_loss_backward(1.0, mse_loss(np.array([1.0, 3.0]), np.zeros(2))[1])
    array([1., 3.])
    """
    error, scale = cache
    return np.asarray(dloss, error.dtype) * (2 * scale) * error


def binary_cross_entropy_with_logits(
    x: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    reduction: str = "mean",
    pos_weight: np.ndarray | None = None,
) -> tuple[Any, Any]:
    """Cross-entropy for yes or no.   loss = -mean w (v t log s(x) + (1 - t) log(1 - s(x)))

    x, target  : equal shapes; x any score, target in 0..1, s the sigmoid
    weight     : w, factor per entry, broadcast against x
    pos_weight : v, factor on the positive part, broadcast against x
    Returns the loss and the cache
    Raises ValueError naming both shapes if they differ, or a target outside 0..1
    Source: Goodfellow et al. 2016, section 6.2.2.2. Taught in notebooks/02_multilayer_perceptron

    >>> float(binary_cross_entropy_with_logits(np.array([-1000.0]), np.array([1.0]))[0])
    1000.0
    """
    name = "binary_cross_entropy_with_logits"
    check_floats(name, x=x, target=target, weight=weight, pos_weight=pos_weight)
    _check_same_shape(name, x, target)
    if target.size and not (target.min() >= 0 and target.max() <= 1):
        raise ValueError(f"{name}: target {target.min()} to {target.max()}, wanted 0 to 1")
    positive = target if pos_weight is None else target * pos_weight
    # -log s(x) = log(1 + e^-x) and -log(1 - s(x)) = log(1 + e^x): logaddexp never takes log(0).
    losses = positive * np.logaddexp(0, -x) + (1 - target) * np.logaddexp(0, x)
    if weight is not None:
        losses = losses * weight
    loss, scale = _reduce(losses, reduction, x.size, name)
    return loss, (x, target, positive, weight, scale)


def binary_cross_entropy_with_logits_backward(dloss: Any, cache: Any) -> np.ndarray:
    """Gradient for the scores.   dx = dloss w (s(x) (1 - t + v t) - v t) / count

    Without weights this is (s(x) - t) / count.

    >>> binary_cross_entropy_with_logits_backward(
    ...     1.0, (np.zeros(1), np.ones(1), np.ones(1), None, 1.0)
    ... )
    array([-0.5])
    """
    x, target, positive, weight, scale = cache
    dx = sigmoid(x)[0] * (1 - target + positive) - positive
    if weight is not None:
        dx = dx * weight
    return np.asarray(dloss, x.dtype) * scale * dx


def _check_classes(
    operation: str, x: np.ndarray, target: np.ndarray, weight: np.ndarray | None, ignore: int
) -> np.ndarray:
    """Refuse targets that are no class indices of x (N, C); return which rows count, (N,) bool."""
    check_floats(operation, x=x, weight=weight)
    target = np.asarray(target)
    if x.ndim != 2 or target.shape != x.shape[:1]:
        raise ValueError(
            f"{operation}: scores {x.shape} and target {target.shape}, wanted (N, C) and (N,); "
            "sequences and images are reshaped to rows first"
        )
    if target.dtype.kind not in "iu":
        raise TypeError(f"{operation}: target is {target.dtype}, wanted integer class indices")
    if weight is not None and weight.shape != x.shape[1:]:
        raise ValueError(f"{operation}: weight {weight.shape}, wanted {x.shape[1:]}")
    counted = target != ignore
    outside = counted & ((target < 0) | (target >= x.shape[1]))
    if np.count_nonzero(outside):
        raise ValueError(
            f"{operation}: target {target[outside][0]} in row {outside.argmax()}, "
            f"wanted 0..{x.shape[1] - 1}"
        )
    return counted


def _check_smoothing(label_smoothing: float) -> None:
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"cross_entropy: label_smoothing={label_smoothing}, wanted 0 to 1")


def cross_entropy(
    x: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> tuple[Any, Any]:
    """Softmax and negative log likelihood in one.   loss_n = -sum_c q_nc w_c log softmax(x_n)_c

    x               : (N, C) scores
    target          : (N,) class indices; q is 1 at the target, softened to (1 - s) onehot + s / C
    weight          : (C,) factor per class; the mean then divides by the targets' weights
    ignore_index    : rows with this target count neither in the loss nor in the mean
    label_smoothing : s
    Returns the loss and the cache
    Raises ValueError naming shapes or a class that do not fit, TypeError naming the dtype
    Source: Goodfellow et al. 2016, section 6.2.2.3; smoothing: Szegedy et al. 2016, section 7
    Taught in notebooks/02_multilayer_perceptron

    >>> round(float(cross_entropy(np.zeros((1, 4)), np.array([2]))[0]), 4)  # log 4
    1.3863
    """
    _check_smoothing(label_smoothing)
    counted = _check_classes("cross_entropy", x, target, weight, ignore_index)  # (N,)
    counted = counted[:, None].astype(x.dtype)  # (N, 1)  1, or 0 for a row to be ignored
    s, classes = label_smoothing, x.shape[1]
    w = np.ones(classes, x.dtype) if weight is None else weight  # (C,)

    log_p, _ = log_softmax(x)  # (N, C)
    onehot = (np.asarray(target)[:, None] == np.arange(classes)) * counted  # (N, C)
    q = (1 - s) * onehot + s / classes * counted  # (N, C)
    losses = (q * w * np.where(q > 0, -log_p, 0)).sum(axis=1)  # (N,)  0 log 0 counts as 0
    loss, scale = _reduce(losses, reduction, float((onehot @ w).sum()), "cross_entropy")
    return loss, (log_p, q * w, scale)


def cross_entropy_backward(dloss: Any, cache: Any) -> np.ndarray:
    """Gradient for the scores.   dx = dloss (softmax(x) - onehot) / N

    With weights and smoothing: dx_nc = dloss (softmax(x)_nc sum_k q_nk w_k - q_nc w_c) / sum of w.
    dloss : () or, with reduction="none", (N,); returns dx (N, C)

    >>> cross_entropy_backward(1.0, cross_entropy(np.zeros((1, 2)), np.array([0]))[1])
    array([[-0.5,  0.5]])
    """
    log_p, qw, scale = cache
    dlosses = np.reshape(np.asarray(dloss, log_p.dtype) * scale, (-1, 1))  # (1, 1) or (N, 1)
    return dlosses * (np.exp(log_p) * qw.sum(axis=1, keepdims=True) - qw)  # (N, C)


def nll_loss(
    x: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> tuple[Any, Any]:
    """Negative log likelihood of log probabilities.   loss_n = -w_t x_nt,  t = target_n

    x            : (N, C) log probabilities, as `log_softmax` gives them
    target       : (N,) class indices
    weight       : (C,) factor per class; the mean then divides by the sum of the targets' weights
    ignore_index : rows with this target do not count
    Returns the loss and the cache; raises as `cross_entropy` does
    Taught in notebooks/02_multilayer_perceptron

    >>> float(nll_loss(np.array([[-0.5, -2.0]]), np.array([1]))[0])
    2.0
    """
    counted = _check_classes("nll_loss", x, target, weight, ignore_index)
    rows, classes = np.arange(len(x)), np.where(counted, target, 0)
    w = counted.astype(x.dtype) if weight is None else weight[classes] * counted  # (N,)
    loss, scale = _reduce(-w * x[rows, classes], reduction, float(w.sum()), "nll_loss")
    return loss, (x.shape, rows, classes, w, scale)


def nll_loss_backward(dloss: Any, cache: Any) -> np.ndarray:
    """Gradient for the log probabilities.   dx_nt = -dloss w_t / sum of weights, 0 off the target

    >>> nll_loss_backward(1.0, nll_loss(np.array([[-0.5, -2.0]]), np.array([1]))[1])
    array([[ 0., -1.]])
    """
    shape, rows, classes, w, scale = cache
    dx = np.zeros(shape, w.dtype)
    dx[rows, classes] = -w * scale * np.asarray(dloss, w.dtype)
    return dx


def kl_div(
    x: np.ndarray, target: np.ndarray, reduction: str = "mean", log_target: bool = False
) -> tuple[Any, Any]:
    """Kullback-Leibler divergence from log probabilities.   loss = mean t (log t - x)

    x, target  : equal shapes; x log probabilities, target probabilities
    reduction  : "batchmean" divides by the first axis and is the divergence itself, "mean" by the
                 number of entries
    log_target : the target holds log probabilities, too
    Returns the loss and the cache; raises ValueError naming both shapes if they differ
    Source: Goodfellow et al. 2016, section 3.13. Taught in notebooks/02_multilayer_perceptron

    >>> round(
    ...     float(kl_div(np.log([[0.5, 0.5]]), np.array([[1.0, 0.0]]), "batchmean")[0]), 4
    ... )  # log 2
    0.6931
    """
    check_floats("kl_div", x=x, target=target)
    _check_same_shape("kl_div", x, target)
    p = np.exp(target) if log_target else target
    # t log t goes to 0 with t; log(1) takes the place of log(0) = -inf.
    log_p = target if log_target else np.log(np.where(p > 0, p, 1))
    total = x.size
    if reduction == "batchmean":
        reduction, total = "mean", len(x)
    loss, scale = _reduce(p * (log_p - x), reduction, total, "kl_div")
    return loss, (p, scale)


def kl_div_backward(dloss: Any, cache: Any) -> np.ndarray:
    """Gradient for the log probabilities.   dx = -dloss t / count

    >>> kl_div_backward(1.0, kl_div(np.zeros((1, 2)), np.array([[1.0, 0.0]]), "sum")[1])
    array([[-1., -0.]])
    """
    p, scale = cache
    return -np.asarray(dloss, p.dtype) * scale * p
