"""Training on batches that are drawn as they are needed; `fit` is for a fixed set of examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ..nn import Module
from ..optim import Optimizer, clip_grad_norm_
from ..optim.lr_scheduler import LRScheduler


def train_steps(
    model: Module,
    loss: Module,
    optimizer: Optimizer,
    batches: Iterable[tuple[np.ndarray, np.ndarray]],
    *,
    max_grad_norm: float | None = None,
    scheduler: LRScheduler | None = None,
) -> Iterator[float]:
    """Train by one step a batch; yield the loss of each.   w ← step(w, ∂loss/∂w)

    batches       : pairs (X, y), each drawn after the step before it is done
    max_grad_norm : clip the common norm of all gradients to it
    scheduler     : moved on after each step
    Scores (N, L, C) with classes (N, L) are given to the loss as rows, (N L, C) with (N L,)
    Nothing is trained until the losses are asked for: `list(train_steps(...))`, or a loop that may
    stop early
    Raises ValueError for an optimizer without the model's parameters, or with others
    Taught in notebooks/10_transformer

    >>> from lessonlib import nn, optim
    >>> model, X = nn.Linear(1, 1), np.ones((4, 1), np.float32)
    >>> optimizer = optim.SGD(model.parameters(), 0.1)
    >>> losses = list(train_steps(model, nn.MSELoss(), optimizer, [(X, 3 * X)] * 9))
    >>> len(losses), losses[-1] < losses[0]
    (9, True)
    """
    check_optimizer("train_steps", model, optimizer)
    for X, y in batches:
        output = model(X)
        rows, targets = _as_rows(output, y)
        value = float(loss(rows, targets))
        optimizer.zero_grad()
        model.backward(loss.backward().reshape(output.shape))
        if max_grad_norm is not None:
            clip_grad_norm_(model.parameters(), max_grad_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        yield value


def random_windows(
    ids: np.ndarray, length: int, batch_size: int, steps: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batches for a language model: windows of a text, and the symbols that come next.

    ids : (M,) the text;  yields `steps` pairs X, y (batch_size, length), with y one place later
    Raises ValueError for a text that is not longer than a window
    Taught in notebooks/10_transformer

    >>> X, y = next(random_windows(np.arange(9), 3, 2, 1, np.random.default_rng(0)))
    >>> X.shape, np.array_equal(y, X + 1)
    ((2, 3), True)
    """
    if len(ids) <= length:
        raise ValueError(f"random_windows: a text of {len(ids)} ids, wanted more than {length}")
    for _ in range(steps):
        starts = rng.integers(0, len(ids) - length, batch_size)
        window = ids[starts[:, None] + np.arange(length + 1)]
        yield window[:, :-1], window[:, 1:]


def check_optimizer(operation: str, model: Module, optimizer: Optimizer) -> None:
    """Raise ValueError unless all that the optimizer trains are parameters of the model.

    The gradients of others stay None: they would never move, and nothing would say so.

    >>> from lessonlib import nn, optim
    >>> model = nn.Linear(1, 1)
    >>> check_optimizer("fit", model, optim.SGD(model.parameters(), lr=0.1))
    """
    own = {id(parameter) for parameter in model.parameters()}
    held = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    foreign = sum(id(parameter) not in own for parameter in held)
    if foreign:
        raise ValueError(
            f"{operation}: {foreign} of the {len(held)} parameters that the optimizer trains are "
            f"not in this model, which has {len(own)}; wanted an optimizer made from "
            "model.parameters() of the model as it is now"
        )


def _as_rows(output: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores of classes as (N, C) with (N,); other outputs as they are."""
    if output.ndim != y.ndim + 1:
        return output, y
    return output.reshape(-1, output.shape[-1]), y.ravel()
