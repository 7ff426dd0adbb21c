"""The run of the perceptron's explorer: visits, mistakes and their bound, on points that move."""

from typing import Any

import numpy as np

from lessonlib.lessons.l01.explorer.points import FEWEST, MOST, datasets, own_points
from lessonlib.perceptron import classify, margin, visit

REPLAY = 5000  # visits repeated at most when a point is moved: about 20 ms


class PerceptronRun:
    """Points visited in one order, over and over, a constant 1 appended to each.

    X : (N, 2) finite numbers, y : (N,) in {-1, +1}, 2 to 60 points; None offers three data sets
    seed : of the data sets' points and of the orders
    bound : (radius / gamma)^2, of (x1, x2, 1) and the points as they are now; None without a line
    When a point changes, the run is repeated from w = 0 on the points as they are now.
    Raises ValueError naming shapes, labels, NaN or the number of points
    Taught in notebooks/01_perceptron

    >>> run = PerceptronRun()
    >>> run.step()
    >>> run.mistakes <= run.bound
    True
    """

    def __init__(
        self, X: np.ndarray | None = None, y: np.ndarray | None = None, seed: int = 0
    ) -> None:
        if (X is None) != (y is None):
            raise ValueError("PerceptronExplorer: X without y or y without X, wanted both or none")
        self._rng = np.random.default_rng(seed)
        self.datasets = datasets(self._rng)
        if X is not None and y is not None:
            self.datasets = {"your points": own_points(X, y)} | self.datasets
        self.choose(next(iter(self.datasets)))

    def choose(self, name: str) -> None:
        """Take a data set by its name and visit points until the line is wrong in a telling way."""
        if name not in self.datasets:
            raise ValueError(f"choose: {name!r}, wanted one of {', '.join(self.datasets)}")
        self.dataset = name
        self.X, self.y = (array.copy() for array in self.datasets[name])
        self.order = np.arange(len(self.X))
        self.reach = max(1.0, float(np.abs(self.X).max()))
        self._measure()
        # from the second mistake on there is a line before and a line after
        worst = max((2, 3, 4), key=self._wrong_after)
        self._wrong_after(worst) or self._wrong_after(1)

    def _wrong_after(self, mistakes: int) -> int:
        """Visit points from w = 0 until so many mistakes; how many points are then wrong."""
        self._restart()
        while self.mistakes < mistakes and not self.finished:
            self.step()
        return int(np.sum(classify(self.X, self.weight, self.bias) != self.y))

    # Learning -----------------------------------------------------------------------------------

    def _restart(self) -> None:
        self.weight, self.bias = np.zeros(2), 0.0
        self.visits = self.mistakes = 0
        self.last_pass: int | None = None  # mistakes in the last whole pass
        self._this_pass = 0
        self.visited, self.wrong = -1, False
        self.before: tuple[np.ndarray, float] | None = None  # the line before the last mistake

    @property
    def finished(self) -> bool:
        """Whether the last whole pass went by without a mistake."""
        return self.visits % len(self.X) == 0 and self.last_pass == 0

    def step(self) -> None:
        """Visit the next point."""
        turn = self.visits % len(self.X)
        index = int(self.order[turn])
        old = (self.weight, self.bias)
        self.weight, self.bias, self.wrong = visit(*old, self.X[index], self.y[index])
        self.before = old if self.wrong else None
        self.visited = index
        self.visits += 1
        self.mistakes += self.wrong
        self._this_pass += self.wrong
        if turn == len(self.X) - 1:
            self.last_pass, self._this_pass = self._this_pass, 0
        self._target = self.visits

    def reset(self) -> None:
        """Go back to w = 0 with a new order; a second time, the points go back too."""
        if self.visits == 0:
            self.X, self.y = (array.copy() for array in self.datasets[self.dataset])
            self._measure()
        self.order = self._rng.permutation(len(self.X))
        self._restart()
        self._target = 0

    def _measure(self) -> None:
        inputs = np.column_stack([self.X, np.ones(len(self.X))])
        self.radius = float(np.max(np.linalg.norm(inputs, axis=1)))
        self.gamma = margin(inputs, self.y)

    @property
    def bound(self) -> float | None:
        """(R/gamma)^2, or None where no line separates the points."""
        return (self.radius / self.gamma) ** 2 if self.gamma > 0 else None

    @property
    def state(self) -> dict[str, Any]:
        """Points, line, counts and bound as plain values and copies of arrays."""
        return {
            "dataset": self.dataset,
            "X": self.X.copy(),
            "y": self.y.copy(),
            "weight": self.weight.copy(),
            "bias": self.bias,
            "visits": self.visits,
            "mistakes": self.mistakes,
            "last_pass": self.last_pass,
            "visited": self.visited,
            "wrong": self.wrong,
            "radius": self.radius,
            "margin": self.gamma,
            "bound": self.bound,
            "separable": self.bound is not None,
            "converged": self.finished,
        }

    # Changing the points ------------------------------------------------------------------------

    def move(self, index: int, x1: float, x2: float) -> None:
        """Put a point elsewhere; positions outside the plane are brought to its edge."""
        place = self._place(x1, x2)
        self.X[self._index(index)] = place
        self._replay()

    def flip(self, index: int) -> None:
        """Give a point the other class."""
        self.y[self._index(index)] *= -1
        self._replay()

    def add(self, x1: float, x2: float, label: int = 1) -> None:
        """Add a point; nothing happens when there are 60."""
        if label not in (-1, 1):
            raise ValueError(f"add: label {label}, wanted -1 or +1")
        if len(self.X) < MOST:
            self.X = np.vstack([self.X, self._place(x1, x2)])
            self.y = np.append(self.y, label)
            self.order = np.append(self.order, len(self.order))
            self._replay()

    def remove(self, index: int) -> None:
        """Remove a point; nothing happens when only two are left."""
        index = self._index(index)
        if len(self.X) > FEWEST:
            self.X, self.y = np.delete(self.X, index, axis=0), np.delete(self.y, index)
            rest = self.order[self.order != index]
            self.order = rest - (rest > index)
            self._replay()

    def _place(self, x1: float, x2: float) -> np.ndarray:
        if not np.all(np.isfinite([x1, x2])):
            raise ValueError(f"move: position ({x1}, {x2}), wanted finite numbers")
        return np.clip([x1, x2], -self.reach, self.reach)

    def _index(self, index: int) -> int:
        if not 0 <= index < len(self.X):
            raise ValueError(f"point {index}, wanted 0 to {len(self.X) - 1}")
        return int(index)

    def _replay(self) -> None:
        """Repeat the run on the points as they are now."""
        target = self._target
        self._measure()
        self._restart()
        while self.visits < min(target, REPLAY) and not self.finished:
            self.step()
        self._target = target
