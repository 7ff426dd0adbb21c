"""Filled shapes on a small grid: the triangle detector's data.

All shapes draw their ink (number of pixels) from the same distribution, so ink is no clue.
"""

import numpy as np

SHAPES = ("triangle", "square", "disc", "plus")
_ARM = 0.33  # half the width of a plus's arm, as a share of its reach


def triangles(
    n: int,
    rng: np.random.Generator,
    *,
    shifted: bool = False,
    rotated: bool = False,
    size: int = 16,
    noise: float = 0.02,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw images of triangles (+1) and of squares, discs and plus signs (-1), half and half.

    n       : number of images
    shifted : move each shape by up to size/4 pixels in both directions
    rotated : turn each shape by any angle
    size    : pixels a side; the ink is 28 to 60 pixels on the 16 x 16 grid
    noise   : share of pixels that are flipped
    Returns X (n, size * size) float32 with entries 0 or 1, y (n,) in {-1, +1}
    Raises ValueError for n < 1, size < 8 or noise outside [0, 1]
    Taught in notebooks/01_perceptron

    >>> X, y = triangles(4, np.random.default_rng(0))
    >>> X.shape, sorted(y.tolist())
    ((4, 256), [-1, -1, 1, 1])
    """
    if n < 1 or size < 8 or not 0 <= noise <= 1:
        raise ValueError(
            f"triangles: n={n}, size={size}, noise={noise}; "
            "wanted n >= 1, size >= 8, noise in [0, 1]"
        )
    y = rng.permutation(np.where(np.arange(n) % 2 == 0, 1, -1))
    reach = size / 4 if shifted else 0.0
    X = np.empty((n, size * size), np.float32)
    for i in range(n):
        kind = "triangle" if y[i] > 0 else SHAPES[rng.integers(1, 4)]
        ink = rng.uniform(28, 60) * (size / 16) ** 2
        angle = rng.uniform(0, 2 * np.pi) if rotated else 0.0
        centre = (size - 1) / 2 + rng.uniform(-reach, reach, 2)
        image = draw(kind, size, ink, angle, centre).ravel()
        X[i] = image ^ (rng.random(size * size) < noise)
    return X, y


def draw(kind: str, size: int, ink: float, angle: float, centre: np.ndarray) -> np.ndarray:
    """Draw one filled shape of the given area as a boolean image (size, size).

    >>> int(draw("disc", 16, 50, 0.0, np.array([7.5, 7.5])).sum())
    52
    """
    if kind not in SHAPES:
        raise ValueError(f"draw: kind {kind!r}, wanted one of {', '.join(SHAPES)}")
    row, column = np.mgrid[0:size, 0:size].astype(float)
    x, y = column - centre[0], row - centre[1]
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    if kind == "disc":
        return u**2 + v**2 <= ink / np.pi
    if kind == "plus":
        arm = np.sqrt(ink / (8 * _ARM - 4 * _ARM**2))
        narrow, wide = np.minimum(abs(u), abs(v)), np.maximum(abs(u), abs(v))
        return (wide <= arm) & (narrow <= _ARM * arm)
    if kind == "square":
        return np.maximum(abs(u), abs(v)) <= np.sqrt(ink) / 2
    inradius = np.sqrt(ink / (3 * np.sqrt(3)))
    inside = np.ones((size, size), bool)
    for side in np.pi / 2 + 2 * np.pi * np.arange(3) / 3:  # base below, one vertex on top
        inside &= u * np.cos(side) + v * np.sin(side) <= inradius + 1e-9
    return inside
