"""Exercise 06.2: find the bug in moving the colours of photographs to the channel axis."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def to_channels(photos: np.ndarray) -> np.ndarray:
    """Colours from the last axis to the second, bytes to numbers from 0 to 1."""
    return photos.transpose(0, 3, 1, 2) / 255  # every number keeps its place in the picture


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.array([[[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [51, 51, 51]]]], np.uint8)
    shapes = ((1, 3, 4, 3), (2, 5, 2, 3))
    return [(small,), *((rng.integers(0, 200, shape, np.uint8),) for shape in shapes)]


# ---- what people write instead -------------------------------------------------------------------


def _scrambled(photos: np.ndarray) -> np.ndarray:
    count, height, width, channels = photos.shape
    return photos.reshape(count, channels, height, width) / 255


EXERCISE = Exercise(
    id="06.2",
    title="Find the bug: all shapes fit, and the picture is gone",
    points=2,
    stars=2,
    minutes=8,
    reference=to_channels,
    starter=_scrambled,
    cases=_cases,
    hints=(
        "Print photos[0, 0, 0], the three colours of one pixel, and look for them in the result.",
        "reshape keeps the numbers in their order in memory and cuts them anew. transpose "
        "exchanges axes.",
        "Old axes, in the new order: photo 0, colour 3, row 1, column 2.",
    ),
    mistakes=(
        Mistake(
            "rows and columns exchanged",
            lambda photos: photos.transpose(0, 3, 2, 1) / 255,
            "The colours are in their place, and every picture lies on its side: rows and "
            "columns are exchanged. `swapaxes(1, 3)` and `.T` do this too.",
        ),
        Mistake(
            "not scaled",
            lambda photos: photos.transpose(0, 3, 1, 2) * 1.0,
            "The axes are right now. The division by 255 got lost.",
        ),
        Mistake(
            "scaled by the brightest pixel",
            lambda photos: photos.transpose(0, 3, 1, 2) / photos.max(),
            "Each call divides by its own brightest pixel, so a dark photograph becomes a "
            "bright one. Divide by 255, always.",
        ),
        Mistake(
            "batch exchanged too",
            lambda photos: photos.transpose(3, 0, 1, 2) / 255,
            "The colours came first and the photographs second. The batch stays the first axis.",
        ),
    ),
)
