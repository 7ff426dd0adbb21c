"""Loss surfaces of two weights, with their gradients: the courses of the race of optimizers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Surface:
    """A loss f(x, y) with its gradient, the window to look at, and where a race begins.

    loss, gradient : take a point (2,) or points (2, ...); gradient gives the same shape
    middle, reach  : the window is middle ± reach in both directions
    lowest         : the loss at the minimum;  noise: standard deviation added to each gradient
    """

    loss: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    start: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    middle: tuple[float, float] = (0.0, 0.0)
    reach: float = 2.0
    lowest: float = 0.0
    noise: float = 0.0

    def heights(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x, y and the loss on a grid over the window, each (count, count)."""
        (x, y), line = self.middle, np.linspace(-self.reach, self.reach, count)
        xx, yy = np.meshgrid(x + line, y + line)
        return xx, yy, self.loss(np.array([xx, yy]))

    def shades(self, heights: np.ndarray) -> np.ndarray:
        """Losses on the scale of the drawings: logarithmic above the minimum."""
        return np.log10(0.003 + heights - self.lowest)


def _ravine(p: np.ndarray) -> np.ndarray:
    return 0.5 * (0.3 * p[0] ** 2 + 9 * p[1] ** 2)


def _ravine_gradient(p: np.ndarray) -> np.ndarray:
    return np.array([0.3 * p[0], 9 * p[1]])


def _saddle(p: np.ndarray) -> np.ndarray:
    return 0.5 * p[0] ** 2 + 0.3 * (0.25 * p[1] ** 4 - 0.5 * p[1] ** 2)


def _saddle_gradient(p: np.ndarray) -> np.ndarray:
    return np.array([p[0], 0.3 * (p[1] ** 3 - p[1])])


def _rosenbrock(p: np.ndarray) -> np.ndarray:
    return ((1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2) / 200


def _rosenbrock_gradient(p: np.ndarray) -> np.ndarray:
    off = p[1] - p[0] ** 2
    return np.array([(p[0] - 1) / 100 - 2 * p[0] * off, off])


def _bowl(p: np.ndarray) -> np.ndarray:
    return 0.5 * (p[0] ** 2 + p[1] ** 2)


SURFACES = {
    "ravine": Surface(_ravine, _ravine_gradient, (-1.8, 1.1), ((0.0, 0.0),)),
    "saddle": Surface(
        _saddle, _saddle_gradient, (-1.7, 0.01), ((0.0, 1.0), (0.0, -1.0)), lowest=-0.075
    ),
    "Rosenbrock": Surface(
        _rosenbrock, _rosenbrock_gradient, (-0.5, 2.5), ((1.0, 1.0),), middle=(0.0, 1.0)
    ),
    "noisy bowl": Surface(_bowl, np.array, (-1.6, 1.2), ((0.0, 0.0),), noise=1.0),
}
