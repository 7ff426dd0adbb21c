"""Images moved by whole pixels until their ink is in the middle."""

import numpy as np

from lessonlib.datasets import shift


def centred(images: np.ndarray) -> np.ndarray:
    """Each image moved by whole pixels so that the centre of its ink is in the middle.

    images : (N, size, size), not negative
    The centre is the mean place of the pixels, each counted as much as it is dark. A place halfway
    between two moves goes to the same side everywhere, so that a moved image ends where it did.
    Returns a new array of the same shape and dtype; an image without ink stays as it is

    >>> centred(np.array([[[1.0, 0, 0], [0, 0, 0], [0, 0, 0]]]))[0]
    array([[0., 0., 0.],
           [0., 1., 0.],
           [0., 0., 0.]])
    """
    moves = -np.floor(_centres(images) + 0.5).astype(int)  # right, down
    moved = np.empty_like(images)
    for right, down in np.unique(moves, axis=0):
        chosen = np.all(moves == (right, down), axis=1)
        moved[chosen] = shift(images[chosen], int(right), int(down))
    return moved


def _centres(images: np.ndarray) -> np.ndarray:
    """How far the centre of the ink is from the middle, to the right and down: (N, 2)."""
    size = images.shape[1]
    places = np.arange(size) - (size - 1) / 2
    ink = images.sum(axis=(1, 2), dtype=float)
    ink[ink == 0] = 1
    return np.stack([images.sum(axis=axis, dtype=float) @ places / ink for axis in (1, 2)]).T
