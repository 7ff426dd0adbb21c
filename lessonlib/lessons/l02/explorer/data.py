"""What the playground's network learns from: four data sets in the plane, seven input features."""

from collections.abc import Callable

import numpy as np

REACH = 6.0  # the plane on show is [-6, 6] x [-6, 6]
TURNS = 1.25  # of each spiral


def _circle(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A disc of radius 2.5 inside a ring from 3.5 to 5."""
    inside = np.arange(n) % 2 == 0
    radius = np.where(inside, rng.uniform(0, 2.5, n), rng.uniform(3.5, 5, n))
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), inside


def _xor(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Four quadrants with a gap between them; positive where both signs are equal."""
    X = rng.uniform(0.3, 5, (n, 2)) * rng.choice([-1, 1], (n, 2))
    return X, X[:, 0] * X[:, 1] > 0


def _gauss(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two clouds of standard deviation 0.9 about (2, 2) and (-2, -2)."""
    positive = np.arange(n) % 2 == 0
    return np.where(positive, 2, -2)[:, None] + 0.9 * rng.normal(size=(n, 2)), positive


def _spirals(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two arms that turn 1.25 times about the origin, half a turn apart."""
    positive = np.arange(n) % 2 == 0
    along = rng.uniform(0.05, 1, n)
    angle = 2 * np.pi * TURNS * along + np.where(positive, 0, np.pi)
    return 5 * along[:, None] * np.column_stack([np.sin(angle), np.cos(angle)]), positive


DATA: dict[str, Callable[[int, np.random.Generator], tuple[np.ndarray, np.ndarray]]] = {
    "circle": _circle,
    "xor": _xor,
    "gauss": _gauss,
    "spirals": _spirals,
}

FEATURES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1^2": lambda x1, x2: x1 * x1,
    "x2^2": lambda x1, x2: x2 * x2,
    "x1*x2": lambda x1, x2: x1 * x2,
    "sin(x1)": lambda x1, x2: np.sin(x1),
    "sin(x2)": lambda x1, x2: np.sin(x2),
}


def draw_points(
    name: str, n: int, noise: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Points of a data set, then noise of standard deviation `noise` on both coordinates.

    Returns X (n, 2) within [-6, 6], y (n,) in {-1, +1}, the label of the place before the noise
    Raises ValueError for a name that is none of circle, xor, gauss, spirals
    Taught in notebooks/02_multilayer_perceptron

    >>> X, y = draw_points("xor", 4, 0.0, np.random.default_rng(0))
    >>> bool(np.all(np.sign(X[:, 0] * X[:, 1]) == y))
    True
    """
    if name not in DATA:
        raise ValueError(f"draw_points: data {name!r}, wanted one of {', '.join(DATA)}")
    X, positive = DATA[name](n, rng)
    X = np.clip(X + noise * rng.normal(size=X.shape), -REACH, REACH)
    return X, np.where(positive, 1, -1)


def features(X: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """The chosen functions of both coordinates, one column each.

    X : (N, 2). Returns (N, len(names)) in the dtype of X
    Raises ValueError for a shape other than (N, 2) and for a name that is no feature
    Taught in notebooks/02_multilayer_perceptron

    >>> features(np.array([[2.0, 3.0]]), ("x1", "x1*x2"))
    array([[2., 6.]])
    """
    if X.ndim != 2 or X.shape[1] != 2:
        raise ValueError(f"features: X of shape {X.shape}, wanted (N, 2)")
    unknown = [name for name in names if name not in FEATURES]
    if unknown or not names:
        raise ValueError(
            f"features: {', '.join(unknown) or 'none'}, wanted at least one of "
            + ", ".join(FEATURES)
        )
    return np.column_stack([FEATURES[name](X[:, 0], X[:, 1]) for name in names])


def grid(resolution: int) -> np.ndarray:
    """Centres of resolution x resolution cells of the plane, row by row from the top left.

    >>> grid(2)
    array([[-3.,  3.],
           [ 3.,  3.],
           [-3., -3.],
           [ 3., -3.]])
    """
    centres = REACH * ((2 * np.arange(resolution) + 1) / resolution - 1)
    x1, x2 = np.meshgrid(centres, -centres)
    return np.column_stack([x1.ravel(), x2.ravel()])
