"""Learning-rate schedules: the lr as a function of the number of epochs (or steps) done.

Every schedule here is a formula in `last_epoch`, applied to the lr that the optimizer started with:
nothing accumulates, so a schedule may be read, plotted and resumed at any epoch.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Any

from .optimizer import Optimizer


class LRScheduler:
    """Base of the schedules: a subclass writes `_lr(base_lr, group_index)` for `self.last_epoch`.

    `step()` after each epoch (or each batch) sets group["lr"]; `get_last_lr()` reads it back.
    last_epoch : number of steps done before, to resume; -1 starts from the beginning
    Raises ValueError when resuming an optimizer that has no initial_lr
    Taught in notebooks/04_training_dynamics
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise ValueError(
                    f"resuming at last_epoch={last_epoch} needs groups with initial_lr"
                )
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self.step()

    def step(self) -> None:
        """One epoch further: set the learning rate of every group."""
        self._go_to(self.last_epoch + 1)

    def _go_to(self, epoch: int) -> None:
        self.last_epoch = epoch
        for i, group in enumerate(self.optimizer.param_groups):
            group["lr"] = self._lr(self.base_lrs[i], i)

    def _lr(self, base_lr: float, group_index: int) -> float:
        raise NotImplementedError

    def get_last_lr(self) -> list[float]:
        """The current learning rate of every group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """The position of the schedule, to be stored next to the optimizer's state."""
        return {"last_epoch": self.last_epoch, "base_lrs": list(self.base_lrs)}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        self.base_lrs = list(state_dict["base_lrs"])
        self._go_to(state_dict["last_epoch"])


class StepLR(LRScheduler):
    """Multiply by gamma every step_size epochs.   lr_t = lr_0 · gamma^⌊t / step_size⌋

    Raises ValueError unless step_size >= 1
    Source: He et al. 2016, section 3.4 (as used there). Taught in notebooks/04_training_dynamics

    >>> from lessonlib import nn, optim
    >>> schedule = StepLR(optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0), step_size=1)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.1]
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        if step_size < 1:
            raise ValueError(f"StepLR: step_size must be >= 1, got {step_size}")
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def _lr(self, base_lr: float, group_index: int) -> float:
        return base_lr * self.gamma ** (self.last_epoch // self.step_size)


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from lr_0 down to eta_min, then back up.

    lr_t = eta_min + (lr_0 - eta_min) (1 + cos(π t / T_max)) / 2
    Raises ValueError unless T_max >= 1
    Source: Loshchilov and Hutter 2017, section 3. Taught in notebooks/04_training_dynamics

    >>> from lessonlib import nn, optim
    >>> schedule = CosineAnnealingLR(optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0), T_max=2)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.5]
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if T_max < 1:
            raise ValueError(f"CosineAnnealingLR: T_max must be >= 1, got {T_max}")
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def _lr(self, base_lr: float, group_index: int) -> float:
        wave = (1 + math.cos(math.pi * self.last_epoch / self.T_max)) / 2
        return self.eta_min + (base_lr - self.eta_min) * wave


class LinearLR(LRScheduler):
    """Warm-up: a straight line from start_factor to end_factor over total_iters, then constant.

    lr_t = lr_0 (start_factor + (end_factor - start_factor) min(t, total_iters) / total_iters)
    Raises ValueError unless 0 < start_factor <= 1, 0 <= end_factor <= 1, total_iters >= 1
    Source: Goyal et al. 2017, section 2.2. Taught in notebooks/04b_deep_and_stable

    >>> from lessonlib import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0)
    >>> LinearLR(optimizer, start_factor=0.5, total_iters=2).get_last_lr()
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not (0 < start_factor <= 1 and 0 <= end_factor <= 1 and total_iters >= 1):
            raise ValueError(
                "LinearLR needs 0 < start_factor <= 1, 0 <= end_factor <= 1 and total_iters >= 1, "
                f"got {start_factor}, {end_factor} and {total_iters}"
            )
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _lr(self, base_lr: float, group_index: int) -> float:
        done = min(self.last_epoch, self.total_iters) / self.total_iters
        return base_lr * (self.start_factor + (self.end_factor - self.start_factor) * done)


class LambdaLR(LRScheduler):
    """Any function of the epoch.   lr_t = lr_0 · lr_lambda(t)

    lr_lambda : one function, or a list with one for each group
    Raises ValueError where the list does not have one function per group
    Taught in notebooks/10_transformer (warm-up and inverse square root)

    >>> from lessonlib import nn, optim
    >>> schedule = LambdaLR(optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0), lambda t: 1 / (1 + t))
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        groups = len(optimizer.param_groups)
        self.lr_lambdas = lr_lambda if isinstance(lr_lambda, list) else [lr_lambda] * groups
        if len(self.lr_lambdas) != groups:
            raise ValueError(f"LambdaLR: {len(self.lr_lambdas)} functions for {groups} groups")
        super().__init__(optimizer, last_epoch)

    def _lr(self, base_lr: float, group_index: int) -> float:
        return base_lr * self.lr_lambdas[group_index](self.last_epoch)


class SequentialLR(LRScheduler):
    """One schedule after another: schedule i runs from milestones[i - 1], where its own t is 0.

    schedulers : schedules of this optimizer;  milestones: ascending epochs, one fewer
    Raises ValueError for the wrong number of milestones or a schedule of another optimizer
    Taught in notebooks/04b_deep_and_stable

    >>> from lessonlib import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0)
    >>> parts = [LinearLR(optimizer, 0.5, total_iters=1), CosineAnnealingLR(optimizer, 2)]
    >>> SequentialLR(optimizer, parts, milestones=[1]).get_last_lr()
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: list[LRScheduler],
        milestones: list[int],
        last_epoch: int = -1,
    ) -> None:
        if len(milestones) != len(schedulers) - 1 or sorted(milestones) != list(milestones):
            raise ValueError(
                f"SequentialLR: {len(schedulers)} schedules need {len(schedulers) - 1} ascending "
                f"milestones, got {milestones}"
            )
        if any(scheduler.optimizer is not optimizer for scheduler in schedulers):
            raise ValueError("SequentialLR: every schedule must belong to the optimizer given")
        self.schedulers, self.milestones = schedulers, milestones
        super().__init__(optimizer, last_epoch)

    def _go_to(self, epoch: int) -> None:
        self.last_epoch = epoch
        running = bisect_right(self.milestones, epoch)
        start = self.milestones[running - 1] if running else 0
        self.schedulers[running]._go_to(epoch - start)
