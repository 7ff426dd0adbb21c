"""Digits among the pieces of others; the largest piece; ink moved to the middle."""

import numpy as np

from lessonlib.datasets import shift

SIDE, PIECES, PART = 20, 3, 4  # pixels of a scene; pieces in it; pixels of a piece


def scenes(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each digit anywhere in a larger image, with three pieces of other digits around it.

    images : (N, 8, 8) floats. A piece is 4 x 4 pixels of one of them; where ink meets ink, the
             darker wins
    Returns (N, 20, 20) float32

    >>> scenes(np.ones((2, 8, 8)), np.random.default_rng(0)).shape
    (2, 20, 20)
    """
    found = np.zeros((len(images), SIDE, SIDE), np.float32)
    for scene, image in zip(found, images, strict=True):
        for other in images[rng.integers(0, len(images), PIECES)]:
            i, j = rng.integers(0, other.shape[0] - PART + 1, 2)
            _lay(scene, other[i : i + PART, j : j + PART], rng)
        _lay(scene, image, rng)
    return found


def _lay(scene: np.ndarray, patch: np.ndarray, rng: np.random.Generator) -> None:
    i, j = rng.integers(0, SIDE - len(patch) + 1, 2)
    place = scene[i : i + len(patch), j : j + len(patch)]
    np.maximum(place, patch, out=place)


def largest_piece(scenes: np.ndarray) -> np.ndarray:
    """Each image with nothing left but its largest connected piece of ink.

    scenes : (N, height, width), 0 where there is no ink. Pixels that touch, if only at a corner,
             are connected; the largest piece is the one with most pixels
    Returns a new array of the same shape and dtype

    >>> largest_piece(np.array([[[1.0, 0, 0, 2], [0, 1, 0, 0]]]))[0]
    array([[1., 0., 0., 0.],
           [0., 1., 0., 0.]])
    """
    from scipy.ndimage import label

    kept = np.zeros_like(scenes)
    for scene, left in zip(scenes, kept, strict=True):
        pieces, count = label(scene > 0, structure=np.ones((3, 3)))
        if count:
            largest = 1 + np.bincount(pieces.ravel())[1:].argmax()
            left[pieces == largest] = scene[pieces == largest]
    return kept


def middled(images: np.ndarray) -> np.ndarray:
    """Each image moved by whole pixels until the centre of its ink is nearest to the middle.

    images : (N, height, width), not negative; one without ink stays as it is
    Returns a new array of the same shape and dtype

    >>> int(middled(np.pad([[[1.0]]], ((0, 0), (0, 4), (0, 4))))[0].argmax())  # row 2, column 2
    12
    """
    height, width = images.shape[1:]
    ink = np.maximum(images.sum(axis=(1, 2), dtype=float), 1e-9)
    down = (height - 1) / 2 - images.sum(axis=2) @ np.arange(height) / ink
    right = (width - 1) / 2 - images.sum(axis=1) @ np.arange(width) / ink
    moves = np.rint(np.stack([right, down], axis=1)).astype(int)
    moves[images.sum(axis=(1, 2)) == 0] = 0
    moved = np.empty_like(images)
    for across, along in np.unique(moves, axis=0):
        chosen = np.all(moves == (across, along), axis=1)
        moved[chosen] = shift(images[chosen], int(across), int(along))
    return moved
