"""Batches, predictions, measurements: in evaluation mode; the mode is restored afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from ..nn import Module

Metric = Callable[[np.ndarray, np.ndarray], float]


def batches(
    n: int, batch_size: int, rng: np.random.Generator | None = None
) -> Iterator[np.ndarray]:
    """Yield index arrays that cover 0 .. n-1 once, in random order (in order without `rng`).

    The last batch is smaller where batch_size does not divide n.
    Raises ValueError unless batch_size >= 1
    Taught in notebooks/04_training_dynamics

    >>> [batch.tolist() for batch in batches(5, 2)]
    [[0, 1], [2, 3], [4]]
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be >= 1, got {batch_size}")
    order = np.arange(n) if rng is None else rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


def accuracy(scores: np.ndarray, targets: np.ndarray) -> float:
    """Share of right answers.

    scores  : (N, C) with targets (N,) class indices: the largest score is the answer;
              otherwise of the shape of targets, 0 or 1: a score above 0 (a logit) answers 1.
              A probability p is not a logit: its score is p - 0.5
    Raises ValueError where neither fits, for no scores, labels or a single column as scores, for
    probabilities of exactly 1 as logits, one-hot targets, and for targets that name no class
    Taught in notebooks/02_multilayer_perceptron

    >>> accuracy(np.array([[2.0, 1.0], [0.0, 3.0]]), np.array([0, 0]))
    0.5
    """
    scores, targets = np.asarray(scores), np.asarray(targets)
    if scores.shape[:-1] != targets.shape and scores.shape != targets.shape:
        raise ValueError(
            f"accuracy: scores {scores.shape} fit no targets {targets.shape}; wanted (N, C) and "
            "(N,), or equal shapes"
        )
    if scores.size == 0:
        raise ValueError(f"accuracy: scores {scores.shape}, wanted at least one")
    if scores.shape == targets.shape:
        _check_logits(scores, targets)
        if scores.ndim > 1 and scores.shape[-1] > 1 and (targets.sum(axis=-1) == 1).all():
            raise ValueError(
                f"accuracy: targets {targets.shape} with one 1 in each row are classes, wanted "
                "their numbers, targets.argmax(axis=-1)"
            )
        return float(((scores > 0) == (targets > 0.5)).mean())
    _check_columns(scores, targets)
    return float((scores.argmax(axis=-1) == targets).mean())


def _check_logits(scores: np.ndarray, targets: np.ndarray) -> None:
    """Refuse what has the shape of logits for targets 0 or 1 and is something else."""
    other = targets[(targets != 0) & (targets != 1)]
    if other.size:
        raise ValueError(
            f"accuracy: target {other[0]} with scores of the same shape {scores.shape}, wanted 0 "
            "or 1; for classes, scores (N, C); for answers, (answers == targets).mean()"
        )
    if scores.dtype.kind != "f":
        raise ValueError(
            f"accuracy: scores are {scores.dtype} like labels, wanted logits; "
            "of labels it is (labels == targets).mean()"
        )
    if scores.min() >= 0 and scores.max() == 1:  # a logit is hardly ever exactly 1
        raise ValueError(
            "accuracy: scores 0 to 1 are labels or probabilities, wanted logits, of which those "
            "above 0 answer 1; give the scores before the sigmoid, or p - 0.5"
        )


def _check_columns(scores: np.ndarray, targets: np.ndarray) -> None:
    """Refuse scores (N, C) whose columns are not the classes of the targets (N,)."""
    classes = scores.shape[-1]
    if classes == 1:
        raise ValueError(
            f"accuracy: scores {scores.shape} have one column, in which the largest is always "
            "class 0; wanted scores[:, 0] with targets 0 or 1"
        )
    outside = (targets < 0) | (targets >= classes)
    if targets.dtype.kind == "f":
        outside |= targets != np.floor(targets)  # nan, too
    wrong = targets[outside]
    if wrong.size:
        raise ValueError(f"accuracy: target {wrong[0]}, wanted a class 0..{classes - 1}")


@contextmanager
def evaluating(*modules: Module) -> Iterator[None]:
    """Evaluation mode inside the block; afterwards each module is in the mode it was in."""
    modes = [module.training for module in modules]
    for module in modules:
        module.eval()
    try:
        yield
    finally:
        for module, mode in zip(modules, modes, strict=True):
            module.train(mode)


def predict(model: Module, X: np.ndarray, batch_size: int = 256) -> np.ndarray:
    """The outputs of the model in evaluation mode, batch by batch, joined along the first axis.

    Taught in notebooks/04_training_dynamics

    >>> from lessonlib.nn import ReLU
    >>> predict(ReLU(), np.array([[-1.0], [2.0]])).tolist()
    [[0.0], [2.0]]
    """
    with evaluating(model):
        # one batch also for no examples: its output has the right width and dtype
        return np.concatenate([model(X[i]) for i in batches(len(X), batch_size)] or [model(X)])


def evaluate(
    model: Module,
    loss: Module,
    X: np.ndarray,
    y: np.ndarray,
    metrics: Mapping[str, Metric] | None = None,
    batch_size: int = 256,
) -> dict[str, float]:
    """Loss and metrics in evaluation mode: means over examples, {"loss": ..., name: ...}.

    metrics : name -> function of (outputs, targets) that returns a mean over examples
    Raises ValueError for no examples
    Taught in notebooks/05_generalisation

    >>> from lessonlib.nn import MSELoss, ReLU
    >>> evaluate(ReLU(), MSELoss(), np.array([[-1.0], [2.0]]), np.array([[0.0], [0.0]]))
    {'loss': 2.0}
    """
    if len(X) == 0:
        raise ValueError("evaluate: no examples")
    mean = Mean()
    with evaluating(model, loss):
        for i in batches(len(X), batch_size):
            mean.add(measure(model(X[i]), y[i], loss, metrics), len(i))
    return mean.values()


def measure(
    output: np.ndarray, target: np.ndarray, loss: Module, metrics: Mapping[str, Metric] | None
) -> dict[str, float]:
    """Loss and metrics of one batch."""
    row = {"loss": float(loss(output, target))}
    return row | {name: float(f(output, target)) for name, f in (metrics or {}).items()}


class Mean:
    """Means of named numbers, each batch weighted by its number of examples.

    >>> mean = Mean()
    >>> mean.add({"loss": 1.0}, 3)
    >>> mean.add({"loss": 5.0}, 1)
    >>> mean.values()
    {'loss': 2.0}
    """

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._count = 0

    def add(self, row: Mapping[str, float], examples: int) -> None:
        """Take in the means of one batch."""
        self._count += examples
        for name, value in row.items():
            self._sums[name] = self._sums.get(name, 0.0) + examples * value

    def values(self) -> dict[str, float]:
        """The means over all examples so far."""
        return {name: total / self._count for name, total in self._sums.items()}
