"""Images moved until the centre of their ink is in the middle, by fractions of a pixel."""

import numpy as np

from lessonlib.datasets import shift


def centred(images: np.ndarray) -> np.ndarray:
    """Each image moved so that the centre of its ink is in the middle.

    images : (N, size, size) floats, not negative
    The centre is the mean place of the pixels, each counted as much as it is dark. A move by a
    fraction shares the ink of a pixel between two neighbours (four, across both axes), so that
    nothing is rounded and an image ends where it did, wherever it began.
    Returns a new array of the same shape and dtype; an image without ink stays as it is

    >>> centred(np.array([[[0, 4, 0, 0], [0] * 4, [0] * 4, [0] * 4]], dtype=float))[0]
    array([[0., 0., 0., 0.],
           [0., 1., 1., 0.],
           [0., 1., 1., 0.],
           [0., 0., 0., 0.]])
    """
    moves = -_centres(images)  # right, down
    whole = np.floor(moves).astype(int)
    moved = np.empty_like(images)
    for right, down in np.unique(whole, axis=0):
        chosen = np.all(whole == (right, down), axis=1)
        across, along = (moves - whole)[chosen].T[:, :, None, None]
        pair = []
        for further in (0, 1):
            near = shift(images[chosen], int(right), int(down) + further)
            far = shift(images[chosen], int(right) + 1, int(down) + further)
            pair.append((1 - across) * near + across * far)
        moved[chosen] = (1 - along) * pair[0] + along * pair[1]
    return moved


def _centres(images: np.ndarray) -> np.ndarray:
    """How far the centre of the ink is from the middle, to the right and down: (N, 2)."""
    size = images.shape[1]
    places = np.arange(size) - (size - 1) / 2
    ink = images.sum(axis=(1, 2), dtype=float)
    ink[ink == 0] = 1
    return np.stack([images.sum(axis=axis, dtype=float) @ places / ink for axis in (1, 2)]).T
