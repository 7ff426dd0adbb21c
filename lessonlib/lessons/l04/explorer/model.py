"""The race of lesson 04's explorer: five optimizers go down one surface from the same start."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from lessonlib import optim
from lessonlib.lessons.l04.explorer.surfaces import SURFACES, Surface

MOST = 400  # steps of one race
ARRIVED = 0.01  # above the lowest loss
LOST = 1e3  # times the window's reach from its middle
HEAD_START = 15  # steps done when a surface is first shown
OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {
    "SGD": optim.SGD,
    "momentum": lambda w, lr: optim.SGD(w, lr, momentum=0.9),
    "Nesterov": lambda w, lr: optim.SGD(w, lr, momentum=0.9, nesterov=True),
    "RMSProp": lambda w, lr: optim.RMSprop(w, lr, alpha=0.9),
    "Adam": optim.Adam,
}


class Race:
    """SGD, momentum, Nesterov, RMSProp and Adam on a surface of two weights, step by step.

    surface : "ravine", "saddle", "Rosenbrock" or "noisy bowl"
    lr      : the learning rate of all five, above 0;  seed: of the noisy bowl's noise
    All meet the same noise. When start, learning rate or surface change, the race is run again.
    Raises ValueError for an unknown surface or a learning rate that is not above 0
    Taught in notebooks/04_training_dynamics

    >>> race = Race("ravine", lr=0.5, seed=0)
    >>> for _ in range(30):
    ...     race.step()
    >>> race.diverged["SGD"] is not None
    True
    """

    def __init__(self, surface: str, lr: float, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._noise = self._rng.normal(size=(MOST, 2))
        self.shown = ["SGD", "momentum", "Adam"]
        self.lr = _checked_lr(lr)
        self.choose(surface)

    # What the learner changes -------------------------------------------------------------------

    @property
    def surface(self) -> Surface:
        """The surface of this race."""
        return SURFACES[self.name]

    def choose(self, name: str) -> None:
        """Take a surface by its name, go to its own start and do the first steps."""
        if name not in SURFACES:
            raise ValueError(f"choose: {name!r}, wanted one of {', '.join(SURFACES)}")
        self.name = name
        self.start = np.array(self.surface.start)
        self._run(HEAD_START)

    def set_learning_rate(self, lr: float) -> None:
        """Run the race again, as far as it was, with another learning rate."""
        self.lr = _checked_lr(lr)
        self._run(self.steps)

    def move_start(self, x: float, y: float) -> None:
        """Run the race again from another start; places outside the window go to its edge."""
        if not np.all(np.isfinite([x, y])):
            raise ValueError(f"move_start: ({x}, {y}), wanted finite numbers")
        low, high = (np.array(self.surface.middle) + s * self.surface.reach for s in (-1, 1))
        self.start = np.clip([x, y], low, high)
        self._run(self.steps)

    def toggle(self, name: str) -> None:
        """Show an optimizer or hide it; the last one shown stays."""
        if name not in OPTIMIZERS:
            raise ValueError(f"toggle: {name!r}, wanted one of {', '.join(OPTIMIZERS)}")
        kept = [n for n in OPTIMIZERS if (n in self.shown) != (n == name)]
        self.shown = kept or self.shown

    # Racing -------------------------------------------------------------------------------------

    def _restart(self) -> None:
        self.steps = 0
        self._weights = {n: SimpleNamespace(data=self.start.copy(), grad=None) for n in OPTIMIZERS}
        self._optimizers = {n: make([self._weights[n]], self.lr) for n, make in OPTIMIZERS.items()}
        self._paths = {n: np.full((MOST + 1, 2), np.nan) for n in OPTIMIZERS}
        self.arrived: dict[str, int | None] = dict.fromkeys(OPTIMIZERS)
        self.diverged: dict[str, int | None] = dict.fromkeys(OPTIMIZERS)
        for path in self._paths.values():
            path[0] = self.start

    def _run(self, steps: int) -> None:
        self._restart()
        for _ in range(steps):
            self.step()

    @property
    def finished(self) -> bool:
        """Whether all have diverged or 400 steps are done."""
        return self.steps >= MOST or all(self.diverged[n] is not None for n in OPTIMIZERS)

    def step(self) -> None:
        """One step of every optimizer that has not diverged."""
        noise = self.surface.noise * self._noise[self.steps]
        self.steps += 1
        for name, w in self._weights.items():
            if self.diverged[name] is None:
                w.grad = self.surface.gradient(w.data) + noise
                self._optimizers[name].step()
                self._paths[name][self.steps] = w.data
                self._judge(name, w.data)

    def _judge(self, name: str, w: np.ndarray) -> None:
        """Note when an optimizer leaves for good, and when it first comes near the minimum."""
        away = np.abs(w - self.surface.middle).max()
        if not away < LOST * self.surface.reach:  # also for nan
            self.diverged[name] = self.steps
        elif self.arrived[name] is None and self._above(w) < ARRIVED:
            self.arrived[name] = self.steps

    def _above(self, w: np.ndarray) -> float:
        return float(self.surface.loss(w)) - self.surface.lowest

    def reset(self) -> None:
        """Go back to the start, with new noise; a second time, the start moves back too."""
        if self.steps == 0:
            self.start = np.array(self.surface.start)
        self._noise = self._rng.normal(size=(MOST, 2))
        self._restart()

    # What came of it ----------------------------------------------------------------------------

    def path(self, name: str) -> np.ndarray:
        """Where an optimizer has been, (steps + 1, 2), up to where it diverged."""
        end = self.diverged[name]
        return self._paths[name][: (self.steps if end is None else end) + 1]

    @property
    def losses(self) -> dict[str, float]:
        """The loss above the minimum of each optimizer; infinite where it diverged."""
        return {
            n: np.inf if self.diverged[n] is not None else self._above(w.data)
            for n, w in self._weights.items()
        }

    @property
    def state(self) -> dict[str, Any]:
        """Surface, learning rate, start, positions, losses, who arrived and diverged, and when."""
        return {
            "surface": self.name,
            "lr": self.lr,
            "start": self.start.copy(),
            "steps": self.steps,
            "shown": list(self.shown),
            "positions": {n: w.data.copy() for n, w in self._weights.items()},
            "losses": self.losses,
            "arrived": dict(self.arrived),
            "diverged": dict(self.diverged),
        }


def _checked_lr(lr: float) -> float:
    if not 0 < lr < np.inf:
        raise ValueError(f"RaceExplorer: learning rate {lr}, wanted a number above 0")
    return float(lr)
