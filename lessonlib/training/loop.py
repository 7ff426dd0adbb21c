"""The training loop."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..nn import BatchNorm1d, BatchNorm2d, Module
from ..optim import Optimizer, clip_grad_norm_
from ..optim.lr_scheduler import LRScheduler
from .callbacks import Callback, Run
from .evaluation import Mean, Metric, batches, evaluate, measure
from .history import EarlyStopping, History
from .memory import keep_freed_memory
from .steps import check_optimizer


def fit(
    model: Module,
    loss: Module,
    optimizer: Optimizer,
    X: np.ndarray,
    y: np.ndarray,
    *,
    rng: np.random.Generator,
    epochs: int = 10,
    batch_size: int = 32,
    validation: tuple[np.ndarray, np.ndarray] | None = None,
    metrics: Mapping[str, Metric] | None = None,
    scheduler: LRScheduler | None = None,
    schedule_every: str = "epoch",
    max_grad_norm: float | None = None,
    early_stopping: EarlyStopping | None = None,
    callbacks: Iterable[Callback] = (),
    progress: bool = True,
) -> History:
    """Train a model; return what happened.   w ← step(w, ∂loss/∂w) for each batch of each epoch

    X, y           : examples along the first axis;  rng: draws a new order for each epoch
    validation     : (X, y) measured after each epoch, columns val_...
    metrics        : {"accuracy": accuracy, ...}; on training batches taken as the weights change
    scheduler      : moved on after each "epoch" or "step" (schedule_every)
    max_grad_norm  : clip the common norm of all gradients to it
    early_stopping : criterion on a column of the history; restores the best weights
    progress       : show a progress bar, unless the environment says LESSONLIB_PROGRESS_BAR=off
    Returns a History, also after Ctrl-C or "interrupt kernel"; a loss of nan or inf ends the run
    Raises ValueError for lengths that differ, no examples, nan or inf, another dtype, an optimizer
    without the model's parameters or with others, a last batch that the model cannot train on;
    TypeError for data that are no arrays and an rng that is no Generator
    Taught in notebooks/04_training_dynamics

    >>> from lessonlib import nn, optim
    >>> model, rng = nn.Linear(1, 1), np.random.default_rng(0)
    >>> X = rng.normal(size=(64, 1)).astype(np.float32)
    >>> fit(model, nn.MSELoss(), optim.SGD(model.parameters(), 0.1), X, 3 * X, rng=rng, epochs=9)
    History(finished after 9 epochs, 18 steps; last: loss ..., lr 0.1)
    """
    _check_settings(schedule_every, rng, epochs)
    check_optimizer("fit", model, optimizer)
    _check_data(model, {"": (X, y)} | ({"validation ": validation} if validation else {}))
    _check_last_batch(model, X, batch_size)
    keep_freed_memory()
    history = History()
    loop = _Loop(
        run=Run(model, optimizer, history),
        loss=loss,
        metrics=metrics,
        scheduler=scheduler,
        schedule_every=schedule_every,
        max_grad_norm=max_grad_norm,
        callbacks=list(callbacks),
    )
    best = _Best(early_stopping, model)
    was_training = model.training
    with _progress_bar(progress, epochs * len(list(batches(len(X), batch_size)))) as bar:
        try:
            for epoch in range(epochs):
                row = loop.epoch(epoch, X, y, batches(len(X), batch_size, rng), bar)
                if history.stopped == "diverged":
                    break
                row |= _validated(model, loss, validation, metrics)
                history.epochs.append(row)
                enough = best.is_enough(history)
                loop.end_epoch()
                if enough:
                    history.stopped = "early stopping"
                    break
        except KeyboardInterrupt:
            history.stopped = "interrupted"
        finally:
            model.train(was_training)  # also forgets what an interrupted forward left behind
            loss.train(loss.training)
    best.restore()
    return history


def _validated(
    model: Module,
    loss: Module,
    validation: tuple[np.ndarray, np.ndarray] | None,
    metrics: Mapping[str, Metric] | None,
) -> dict[str, float]:
    """What was measured on the validation part, by the names of its columns; empty without one."""
    if validation is None:
        return {}
    measured = evaluate(model, loss, *validation, metrics)
    return {f"val_{name}": value for name, value in measured.items()}


@dataclass
class _Loop:
    """One training run: a step, an epoch."""

    run: Run
    loss: Module
    metrics: Mapping[str, Metric] | None
    scheduler: LRScheduler | None
    schedule_every: str
    max_grad_norm: float | None
    callbacks: list[Callback]

    def epoch(
        self, epoch: int, X: np.ndarray, y: np.ndarray, order: Iterable[np.ndarray], bar: Any
    ) -> dict[str, float]:
        """All batches once; the means of what was measured on them."""
        self.run.epoch = epoch
        self.run.model.train()
        self.loss.train()
        mean = Mean()
        for batch in order:
            row = self.step(X[batch], y[batch])
            mean.add(row, len(batch))
            bar.update(1)
            bar.set_postfix(epoch=epoch + 1, loss=f"{row['loss']:.4g}", refresh=False)
            if self.run.history.stopped == "diverged":
                break
        return mean.values() | {"lr": self._lr()}

    def step(self, X: np.ndarray, y: np.ndarray) -> dict[str, float]:
        """One batch: forward, backward, and a step of the optimizer."""
        run = self.run
        run.optimizer.zero_grad()
        output = run.model(X)
        row = measure(output, y, self.loss, self.metrics)
        record = {"loss": row["loss"], "lr": self._lr()}
        if not np.isfinite(row["loss"]):  # stop before nan reaches the weights
            run.history.stopped = "diverged"
            run.history.steps.append(record)
            return row
        run.model.backward(self.loss.backward())
        for callback in self.callbacks:
            callback.on_gradients(run)
        if self.max_grad_norm is not None:
            record["grad_norm"] = clip_grad_norm_(run.model.parameters(), self.max_grad_norm)
        run.optimizer.step()
        run.history.steps.append(record)
        for callback in self.callbacks:
            callback.on_step(run)
        run.step += 1
        if self.scheduler is not None and self.schedule_every == "step":
            self.scheduler.step()
        return row

    def end_epoch(self) -> None:
        """Tell the callbacks, move the schedule."""
        for callback in self.callbacks:
            callback.on_epoch(self.run)
        if self.scheduler is not None and self.schedule_every == "epoch":
            self.scheduler.step()

    def _lr(self) -> float:
        return self.run.optimizer.param_groups[0]["lr"]


class _Best:
    """The best epoch so far and its weights, by the criterion of an EarlyStopping."""

    def __init__(self, early_stopping: EarlyStopping | None, model: Module) -> None:
        self.criterion = early_stopping
        self.model = model
        self.value = early_stopping.worst if early_stopping else 0.0
        self.weights: dict[str, np.ndarray] | None = None

    def is_enough(self, history: History) -> bool:
        """Look at the epoch just finished; True when patience is at its end."""
        if self.criterion is None:
            return False
        latest = len(history.epochs) - 1
        value = history[self.criterion.monitor][-1]
        if self.criterion.is_better(value, than=self.value):
            self.value, history.best_epoch = value, latest
            if self.criterion.restore_best:
                self.weights = self.model.state_dict()
        best = -1 if history.best_epoch is None else history.best_epoch
        return latest - best >= self.criterion.patience

    def restore(self) -> None:
        """Give the model its best weights back, if they were kept."""
        if self.weights is not None:
            self.model.load_state_dict(self.weights)


def _check_settings(schedule_every: str, rng: np.random.Generator, epochs: int) -> None:
    if schedule_every not in ("epoch", "step"):
        raise ValueError(f"fit: schedule_every must be epoch or step, got {schedule_every!r}")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"fit: rng is {type(rng).__name__}, wanted np.random.default_rng(seed)")
    if epochs < 0:
        raise ValueError(f"fit: epochs must be >= 0, got {epochs}")


def _check_data(model: Module, sets: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Refuse data that would train wrongly or fail late."""
    dtype = next((p.data.dtype for p in model.parameters()), None)
    for name, (inputs, targets) in sets.items():
        for what, array in ((f"{name}examples", inputs), (f"{name}targets", targets)):
            if not isinstance(array, np.ndarray):
                raise TypeError(f"fit: the {what} are a {type(array).__name__}, wanted an array")
        if len(inputs) != len(targets):
            raise ValueError(f"fit: {len(inputs)} {name}examples but {len(targets)} targets")
        if len(inputs) == 0:
            raise ValueError(f"fit: no {name}examples")
        _check_finite(f"{name}targets", targets)
        if np.issubdtype(inputs.dtype, np.floating):
            _check_finite(f"{name}examples", inputs)
            if dtype is not None and inputs.dtype != dtype:
                raise ValueError(
                    f"fit: the {name}examples are {inputs.dtype}, the model is {dtype}; "
                    f"use X.astype(np.{dtype})"
                )


def _check_finite(what: str, array: np.ndarray) -> None:
    bad = int((~np.isfinite(array)).sum()) if array.dtype.kind == "f" else 0
    if bad:
        raise ValueError(f"fit: {bad} entries of the {what} are nan or inf")


def _check_last_batch(model: Module, X: np.ndarray, batch_size: int) -> None:
    """Refuse before the first epoch a batch of one that batch norm would refuse at its end."""
    normalises = any(isinstance(module, BatchNorm1d | BatchNorm2d) for module in model.modules())
    if batch_size < 1 or not normalises or (len(X) - 1) % batch_size != 0:
        return
    try:
        deepcopy(model).train()(X[:1])  # a copy: running statistics and generators stay as they are
    except ValueError as error:
        raise ValueError(
            f"fit: {len(X)} examples in batches of {batch_size} leave a batch of one, on which the "
            f"model cannot be trained ({error}); wanted another batch_size, or an example less"
        ) from error


class _Silent:
    """A progress bar that shows nothing."""

    def __enter__(self) -> _Silent:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def update(self, steps: int) -> None:
        pass

    def set_postfix(self, **values: object) -> None:
        pass


def _progress_bar(wanted: bool, steps: int) -> Any:
    """Show a tqdm bar, or nothing where the argument or the environment says so."""
    if not wanted or os.environ.get("LESSONLIB_PROGRESS_BAR", "").lower() == "off":
        return _Silent()
    from tqdm.auto import tqdm  # here, because importing it costs more than the rest of this file

    class Bar(tqdm):
        def close(self) -> None:
            """End; a run that stopped early (diverged, interrupted) leaves no red bar behind."""
            self.total = self.n
            super().close()

    return Bar(total=steps, unit="step", leave=False)
