"""What several exercises of lesson 01 share: random points with labels."""

import numpy as np


def points(rng: np.random.Generator, n: int, dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole-number points (so that scores of exactly 0 occur) with labels of both signs."""
    X = rng.integers(-3, 4, (n, dim)).astype(float)
    y = np.where(np.arange(n) % 2 == 0, 1, -1)
    return X, rng.permutation(y)
