"""Two photographs, and small operations on stacks of images."""

import numpy as np

from lessonlib.files import data_folder

PHOTOGRAPHS = ("temple", "flower")


def photograph(name: str = "temple") -> np.ndarray:
    """A real photograph, (213, 320, 3) uint8: rows, columns, red green blue from 0 to 255.

    name : "temple" (edges, roofs, trees) or "flower" (one petal in focus)
    Raises ValueError for another name
    Source: two photographs shipped with scikit-learn, halved in size; data/README.md
    Taught in notebooks/06_convolution

    >>> photograph().shape
    (213, 320, 3)
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"photograph: {name!r}, wanted one of {', '.join(PHOTOGRAPHS)}")
    with np.load(data_folder() / "photographs.npz", allow_pickle=False) as file:
        return file[name]


def shift(images: np.ndarray, right: int = 0, down: int = 0) -> np.ndarray:
    """Move every image by whole pixels; what leaves is lost, what enters is 0.

    images : (N, height, width)
    right, down : pixels, may be negative
    Returns a new array of the same shape and dtype
    Raises ValueError for another number of axes or a shift as large as the image
    Taught in notebooks/01_perceptron

    >>> shift(np.eye(2)[None], right=1)[0]
    array([[0., 1.],
           [0., 0.]])
    """
    if images.ndim != 3:
        raise ValueError(f"shift: images of shape {images.shape}, wanted (N, height, width)")
    height, width = images.shape[1:]
    if abs(right) >= width or abs(down) >= height:
        raise ValueError(f"shift: {right} right, {down} down on images of {height} x {width}")
    moved = np.zeros_like(images)
    moved[:, max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = images[
        :, max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)
    ]
    return moved


def shifted(images: np.ndarray, rng: np.random.Generator, most: int = 2) -> np.ndarray:
    """Move each image by its own draw of -most .. most pixels to the right and down.

    images : (N, height, width)
    Returns a new array of the same shape and dtype
    Raises ValueError where `shift` does
    Taught in notebooks/05_generalisation

    >>> shifted(np.zeros((3, 8, 8)), np.random.default_rng(0)).shape
    (3, 8, 8)
    """
    moves = rng.integers(-most, most + 1, (len(images), 2))
    moved = np.empty_like(images)
    for right, down in np.unique(moves, axis=0):
        chosen = np.all(moves == (right, down), axis=1)
        moved[chosen] = shift(images[chosen], int(right), int(down))
    return moved
