"""The points of the perceptron's explorer: three data sets to begin with, or the learner's own."""

import numpy as np

from lessonlib.datasets import xor
from lessonlib.perceptron import margin

FEWEST, MOST = 2, 60  # points

Points = tuple[np.ndarray, np.ndarray]  # X (N, 2), y (N,) in {-1, +1}


def datasets(rng: np.random.Generator) -> dict[str, Points]:
    """The data sets on offer: separable with a wide and a narrow margin, and XOR."""
    corners, labels = xor()
    return {
        "wide margin": _cloud(14, 0.28, rng),
        "narrow margin": _cloud(14, 0.03, rng),
        "not separable (XOR)": (1.2 * corners - 0.6, labels),
    }


def _cloud(n: int, gap: float, rng: np.random.Generator) -> Points:
    """Points in the square, half on each side of a line, two of them exactly `gap` away from it."""
    angle = rng.uniform(0.2, 1.3)
    u = np.array([np.cos(angle), np.sin(angle)])
    offset = 0.3
    along = np.array([-u[1], u[0]])
    kept = [u * (offset + side * gap) + along * side * 0.25 for side in (1, -1)]
    while len(kept) < n:
        x = rng.uniform(-0.95, 0.95, 2)
        side = 1 if len(kept) % 2 == 0 else -1
        apart = min(np.linalg.norm(x - other) for other in kept)
        if side * (u @ x - offset) >= gap and apart > 0.14:
            kept.append(x)
    X = np.round(rng.permutation(kept), 3)
    return X, np.where(X @ u > offset, 1, -1)


def own_points(X: np.ndarray, y: np.ndarray) -> Points:
    """The learner's points as floats and integers. Raises ValueError naming what is wrong."""
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2 or X.shape[1:] != (2,) or not FEWEST <= len(X) <= MOST or y.shape != (len(X),):
        raise ValueError(
            f"PerceptronExplorer: X of shape {X.shape} and y of shape {y.shape}, "
            f"wanted (N, 2) and (N,) with N from {FEWEST} to {MOST}"
        )
    margin(X, y)  # refuses NaN, text and other labels by name
    return X.astype(float), y.astype(int)
