"""The numbers of the capacity explorer: a noisy sample, a network of any width, and two errors."""

from typing import Any

import numpy as np

from lessonlib.nn import Dropout, Linear, MSELoss, Sequential, Tanh
from lessonlib.optim import AdamW
from lessonlib.widgets.choices import check_choice

# What can be chosen: every combination trains, none crashes.
CHOICES: dict[str, tuple[float, ...]] = {
    "samples": (5, 10, 20, 40, 80, 160),
    "noise": (0.0, 0.1, 0.2, 0.3, 0.5),
    "width": (1, 2, 4, 8, 16, 64, 128),
    "decay": (0.0, 0.1, 0.3, 1.0, 3.0),
    "dropout": (0.0, 0.1, 0.25, 0.5),
}
START = {"samples": 20, "noise": 0.3, "width": 64, "decay": 0.0, "dropout": 0.0}
FIRST, LAST = 600, 4000  # steps done at the start; steps after which it stops
VALIDATION = 200
LR = 0.01
GRID = np.linspace(-1, 1, 121)[:, None]


def target(x: np.ndarray) -> np.ndarray:
    """The function behind the data, without noise: 0.8 sin(5 x) + 0.4 x."""
    return 0.8 * np.sin(5 * x) + 0.4 * x


class CurveFit:
    """A network of one hidden layer that is fitted to a noisy sample, step by step.

    Any of CHOICES by name; seed : of the data and the first weights
    Trains 1 - width - 1 with tanh by AdamW at learning rate 0.01, all samples in each step.
    Raises ValueError naming the setting and what can be chosen
    Taught in notebooks/05_generalisation

    >>> fit = CurveFit(seed=0, width=8)
    >>> fit.steps, fit.curve.shape
    (600, (121,))
    """

    def __init__(self, seed: int, **settings: float) -> None:
        self.seed = seed
        self.settings = dict(START)
        self._errors = np.full((2, LAST + 1), np.nan)  # training, validation after each step
        for name, value in settings.items():
            check_choice("CapacityExplorer", name, value, CHOICES)
            self.settings[name] = value
        self._restart()
        self._train(FIRST)

    def choose(self, name: str, value: float) -> None:
        """Change one setting and train again from the same seed, as many steps as before."""
        check_choice("CapacityExplorer", name, value, CHOICES)
        self.settings[name] = value
        steps = self.steps
        self._restart()
        self._train(min(steps, FIRST))  # a longer run would keep the page waiting

    def _restart(self) -> None:
        """Draw the data and the first weights from the seed."""
        rng = np.random.default_rng(self.seed)
        noise = self.settings["noise"]
        X = rng.uniform(-1, 1, (VALIDATION + int(max(CHOICES["samples"])), 1))
        y = target(X) + noise * rng.normal(size=X.shape)
        self.validation = X[:VALIDATION], y[:VALIDATION]
        end = VALIDATION + int(self.settings["samples"])
        self.train = X[VALIDATION:end], y[VALIDATION:end]
        self.network = _network(int(self.settings["width"]), self.settings["dropout"], rng)
        self._loss = MSELoss()
        weight_decay = self.settings["decay"]
        self._optimizer = AdamW(self.network.parameters(), lr=LR, weight_decay=weight_decay)
        self.steps = 0
        self._measure()

    def _train(self, steps: int) -> None:
        for _ in range(steps):
            self.step()

    def step(self) -> None:
        """One step of AdamW on all samples."""
        X, y = self.train
        self.network.train()
        self._optimizer.zero_grad()
        self._loss(self.network(X), y)
        self.network.backward(self._loss.backward())
        self._optimizer.step()
        self.steps += 1
        self._measure()

    def _measure(self) -> None:
        """Both errors of the present weights, all units at work."""
        self.network.eval()
        for row, (X, y) in enumerate((self.train, self.validation)):
            self._errors[row, self.steps] = np.sqrt(np.mean((self.network(X) - y) ** 2))

    @property
    def finished(self) -> bool:
        """Whether the last step is done."""
        return self.steps >= LAST

    def reset(self) -> None:
        """Go back to the first weights; a second time, to other data and other weights."""
        if self.steps == 0:
            self.seed += 1
        self._restart()

    # What came of it ----------------------------------------------------------------------------

    @property
    def errors(self) -> np.ndarray:
        """Training and validation error after each step so far, (2, steps + 1)."""
        return self._errors[:, : self.steps + 1].copy()

    @property
    def curve(self) -> np.ndarray:
        """What the network answers on the grid of 121 points from -1 to 1."""
        self.network.eval()
        return self.network(GRID)[:, 0]

    @property
    def state(self) -> dict[str, Any]:
        """Settings, data, errors and the best step as plain values and copies of arrays."""
        train, validation = self._errors[:, self.steps]
        best = int(np.argmin(self._errors[1, : self.steps + 1]))
        return {
            **self.settings,
            "seed": self.seed,
            "X": self.train[0][:, 0].copy(),
            "y": self.train[1][:, 0].copy(),
            "steps": self.steps,
            "parameters": sum(p.data.size for p in self.network.parameters()),
            "train error": float(train),
            "validation error": float(validation),
            "best step": best,
            "best validation error": float(self._errors[1, best]),
        }


def _network(width: int, dropout: float, rng: np.random.Generator) -> Sequential:
    """1 - width - 1 with tanh; the bends of the hidden units are spread over the interval."""
    first = Linear(1, width, rng=rng, dtype=np.float64)
    last = Linear(width, 1, rng=rng, dtype=np.float64)
    slope = rng.normal(0, 8, width)
    weight, bias = first.parameters()
    weight.data[:, 0] = slope
    bias.data[:] = -slope * rng.uniform(-1, 1, width)
    return Sequential(first, Tanh(), Dropout(dropout, rng=rng), last)
