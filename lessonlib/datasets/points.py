"""Points in the plane and in space: separable clouds with a known margin, XOR, two moons."""

import math

import numpy as np


def separable(
    n: int, dim: int, margin: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw unit vectors that a hidden direction separates with at least the given margin.

    y_i (u . x_i) >= margin,  |x_i| = |u| = 1

    n, dim : number of points and of coordinates
    margin : distance that every point keeps from the separating plane, 0 <= margin < 1
    Returns X (n, dim), y (n,) in {-1, +1}, the hidden direction u (dim,)
    Raises ValueError if the margin leaves (almost) no room in that dimension
    Taught in notebooks/01_perceptron

    >>> X, y, u = separable(50, 3, 0.2, np.random.default_rng(0))
    >>> bool(np.min(y * (X @ u)) >= 0.2)
    True
    """
    if n < 1 or dim < 2 or not 0 <= margin < 1:
        raise ValueError(
            f"separable: n={n}, dim={dim}, margin={margin}; "
            "wanted n >= 1, dim >= 2, 0 <= margin < 1"
        )
    u = rng.normal(size=dim)
    u /= np.linalg.norm(u)
    kept: list[np.ndarray] = []
    for _ in range(1000):
        X = rng.normal(size=(4 * n, dim))
        X /= np.linalg.norm(X, axis=1, keepdims=True)
        kept.extend(X[np.abs(X @ u) >= margin])
        if len(kept) >= n:
            break
    else:
        raise ValueError(f"separable: margin {margin} leaves almost no points in {dim} dimensions")
    X = np.array(kept[:n])
    return X, np.where(X @ u > 0, 1, -1), u


def xor() -> tuple[np.ndarray, np.ndarray]:
    """The four points of exclusive or: +1 where exactly one coordinate is 1.

    Returns X (4, 2), y (4,) in {-1, +1}
    Taught in notebooks/01_perceptron

    >>> xor()[1]
    array([-1,  1,  1, -1])
    """
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return X, np.array([-1, 1, 1, -1])


def moons(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw points from two half circles that reach into each other: no line separates them.

    class +1: (cos a, sin a);  class -1: (1 - cos a, 1/2 - sin a);  a uniform in [0, pi)

    n     : number of points, half of them (one fewer where n is odd) of class -1
    noise : standard deviation of the normal noise on each coordinate; the circles' radius is 1
    Returns X (n, 2), y (n,) in {-1, +1}, in random order
    Raises ValueError for n < 2 or a noise that is negative or not finite
    Taught in notebooks/03_backpropagation

    >>> X, y = moons(6, 0.1, np.random.default_rng(0))
    >>> X.shape, sorted(y.tolist())
    ((6, 2), [-1, -1, -1, 1, 1, 1])
    """
    if n < 2 or not 0 <= noise < math.inf:
        raise ValueError(f"moons: n={n}, noise={noise}; wanted n >= 2, a finite noise >= 0")
    y = rng.permutation(np.where(np.arange(n) % 2 == 0, 1, -1))
    a = rng.uniform(0, np.pi, n)
    upper = np.column_stack([np.cos(a), np.sin(a)])
    X = np.where(y[:, None] > 0, upper, [1.0, 0.5] - upper)
    return X + noise * rng.normal(size=(n, 2)), y
