"""What exercises 07.1 and 07.2 share: sequences, each with a layer that reads it."""

import numpy as np


def _layer(rng: np.random.Generator, L: int, D: int, H: int) -> tuple:
    x, h0 = rng.normal(size=(L, D)), rng.normal(size=H)
    W, U, b = rng.normal(size=(H, D)), 0.7 * rng.normal(size=(H, H)), rng.normal(size=H)
    return x, h0, W, U, b


def layers(rng: np.random.Generator) -> list[tuple]:
    """A sequence and a layer that reads it, (x, h0, W, U, b): one by hand and three drawn ones."""
    small = (
        np.array([[1.0], [0.0], [2.0]]),
        np.array([0.0, 1.0]),
        np.array([[1.0], [0.5]]),
        np.array([[0.0, 0.8], [-0.5, 0.3]]),
        np.array([0.0, 0.1]),
    )
    return [small, *(_layer(rng, *sizes) for sizes in ((4, 3, 2), (6, 2, 5), (1, 2, 3)))]
