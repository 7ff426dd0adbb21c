"""Looking inside a training run: what callbacks see, and three that record.

zero_grad -> forward -> backward -> on_gradients -> (clip) -> step -> on_step    ... on_epoch
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..nn import Module
from ..optim import Optimizer
from .evaluation import evaluating
from .history import History


@dataclass
class Run:
    """The state of `fit` as a callback sees it. step and epoch count from 0."""

    model: Module
    optimizer: Optimizer
    history: History
    step: int = 0
    epoch: int = 0


class Callback:
    """Base of the callbacks: override what is needed, the rest does nothing."""

    def on_gradients(self, run: Run) -> None:
        """After backward, before gradients are clipped and weights changed."""

    def on_step(self, run: Run) -> None:
        """After the weights have changed and the batch's row is in history.steps."""

    def on_epoch(self, run: Run) -> None:
        """After validation, when the epoch's row is in history.epochs."""


class _Recorder(Callback):
    """A callback with rows: every n-th step (or epoch) one dict."""

    def __init__(self, every: int = 1) -> None:
        if every < 1:
            raise ValueError(f"{type(self).__name__}: every must be >= 1, got {every}")
        self.every = every
        self.rows: list[dict[str, float]] = []
        self.at: list[int] = []  # the step (or epoch) of each row

    def _record(self, at: int, row: dict[str, float]) -> None:
        self.rows.append(row)
        self.at.append(at)

    def __getitem__(self, name: str) -> list[float]:
        return [row[name] for row in self.rows]


class GradientNorms(_Recorder):
    """Euclidean norm of each parameter's gradient, every n-th step: {"0.weight": 0.31, ...}.

    Taught in notebooks/04b_deep_and_stable

    >>> GradientNorms(every=10).rows
    []
    """

    def on_gradients(self, run: Run) -> None:
        """Record one row."""
        if run.step % self.every == 0:
            named = run.model.named_parameters()
            self._record(run.step, {k: _norm(p.grad) for k, p in named if p.grad is not None})


class UpdateRatios(_Recorder):
    """How far each parameter moved, relative to its size: ‖w_after - w_before‖ / ‖w_before‖.

    Near 1e-3 is usual for weights; 1e-1 tears them, 1e-6 leaves them where they started. All zeros
    before the step (a new bias) give inf, or 0 if the parameter did not move.
    Taught in notebooks/04_training_dynamics

    >>> UpdateRatios(every=10).rows
    []
    """

    def __init__(self, every: int = 1) -> None:
        super().__init__(every)
        self._before: dict[str, np.ndarray] = {}

    def on_gradients(self, run: Run) -> None:
        """Keep the weights as they are before the step."""
        if run.step % self.every == 0:
            self._before = {name: p.data.copy() for name, p in run.model.named_parameters()}

    def on_step(self, run: Run) -> None:
        """Record one row."""
        if run.step % self.every == 0:
            row: dict[str, float] = {}
            for name, p in run.model.named_parameters():
                moved, size = _norm(p.data - self._before[name]), _norm(self._before[name])
                row[name] = moved / size if size else (np.inf if moved else 0.0)
            self._record(run.step, row)


class ActivationStatistics(_Recorder):
    """What the layers put out on a fixed batch, every n-th epoch, in evaluation mode.

    X : the batch; `rows` hold for each layer "name.mean", "name.std", and "name.dead": the share
        of units (last axis; channels for images) that are 0 on every example of the batch
    Taught in notebooks/04b_deep_and_stable

    >>> ActivationStatistics(np.zeros((4, 2))).rows
    []
    """

    def __init__(self, X: np.ndarray, every: int = 1) -> None:
        super().__init__(every)
        self.X = X

    def on_epoch(self, run: Run) -> None:
        """Record one row."""
        if run.epoch % self.every == 0:
            row: dict[str, float] = {}
            for name, y in layer_outputs(run.model, self.X).items():
                units = np.moveaxis(y, 1, -1) if y.ndim == 4 else y  # (N, C, H, W) -> (N, H, W, C)
                dead = (units.reshape(-1, units.shape[-1]) == 0).all(axis=0)
                row |= {f"{name}.mean": float(y.mean()), f"{name}.std": float(y.std())}
                row[f"{name}.dead"] = float(dead.mean())
            self._record(run.epoch, row)


def layer_outputs(model: Module, X: np.ndarray) -> dict[str, np.ndarray]:
    """Outputs of every innermost layer for one batch, in evaluation mode: {"0": (N, H), ...}.

    A layer that runs twice keeps its last output; a layer with several outputs its first one.

    >>> from lessonlib.nn import ReLU, Sequential
    >>> layer_outputs(Sequential(ReLU()), np.array([[-1.0, 2.0]]))
    {'0': array([[0., 2.]])}
    """
    outputs: dict[str, np.ndarray] = {}

    def recorded(name: str, forward: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            y = forward(*args, **kwargs)
            outputs[name] = y[0] if isinstance(y, tuple) else y
            return y

        return call

    layers = list(_innermost(model, ""))
    try:
        for name, layer in layers:
            # On the object, where it comes before the class's own.
            vars(layer)["forward"] = recorded(name, layer.forward)
        with evaluating(model):
            model(X)
    finally:
        for _, layer in layers:
            vars(layer).pop("forward", None)
    return outputs


def _innermost(module: Module, prefix: str) -> Iterator[tuple[str, Module]]:
    """Modules without modules inside, with dotted names."""
    for name, child in module.children():
        inside = list(_innermost(child, f"{prefix}{name}."))
        yield from inside or [(prefix + name, child)]


def _norm(array: np.ndarray) -> float:
    return float(np.linalg.norm(array))
