"""Exercise 06.2: find the bug in moving the colours of photographs to the channel axis."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake, Property


def to_channels(photos: np.ndarray) -> np.ndarray:
    """Colours from the last axis to the second, bytes to numbers from 0 to 1."""
    return photos.transpose(0, 3, 1, 2) / 255  # every number keeps its place in the picture


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.array([[[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [51, 51, 51]]]], np.uint8)
    shapes = ((1, 3, 4, 3), (2, 5, 2, 3), (3, 3, 3, 3), (4, 1, 2, 3))
    return [(small,), *((rng.integers(0, 200, shape, np.uint8),) for shape in shapes)]


# ---- what every right answer has -----------------------------------------------------------------


def _keeps_the_batch(out: np.ndarray, photos: np.ndarray) -> bool:
    return np.ndim(out) == 4 and np.shape(out)[0] == len(photos)


def _has_colours_second(out: np.ndarray, photos: np.ndarray) -> bool:
    return not _keeps_the_batch(out, photos) or np.shape(out)[1] == 3


def _keeps_pixels_whole(out: np.ndarray, photos: np.ndarray) -> bool:
    """Whether the same threes of numbers lie one behind the other, wherever that is."""
    got = np.asarray(out, float)
    if got.ndim != 4 or got.shape[1] != 3 or got.size != photos.size:
        return True
    mine = sorted(map(tuple, got.transpose(0, 2, 3, 1).reshape(-1, 3).round(4)))
    scale = 255.0 if photos.max() > 1 >= got.max() else 1.0
    own = sorted(map(tuple, (photos.reshape(-1, 3) / scale).round(4)))
    numbers = np.allclose(np.sort(got.ravel()), np.sort(photos.ravel() / scale), atol=1e-3)
    return not numbers or np.allclose(mine, own, atol=1e-3)


def _goes_from_0_to_1(out: np.ndarray, photos: np.ndarray) -> bool:
    return bool(np.max(out) <= 1 + 1e-6 and np.min(out) >= -1e-6)


def _keeps_fractions(out: np.ndarray, photos: np.ndarray) -> bool:
    return bool(np.any(np.mod(out, 1))) or not np.any(photos % 255)


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
    parts={
        "photos.transpose(0, 3, 1, 2)": "the photographs with their axes exchanged",
    },
    properties=(
        Property(
            "photographs first",
            _keeps_the_batch,
            "The photographs have to stay the first of four axes: N comes first in what is "
            "returned, as it does in `photos`.",
        ),
        Property(
            "colours second",
            _has_colours_second,
            "The second axis has to be the three colours: what is returned is (N, 3, H, W).",
        ),
        Property(
            "pixels stay whole",
            _keeps_pixels_whole,
            "All numbers are there, but pixels are torn apart: the three numbers that lie behind "
            "each other are not the colours of one pixel. The axes have to be exchanged; cutting "
            "the numbers in another way, in whatever order, moves them to other places.",
        ),
        Property(
            "numbers from 0 to 1",
            _goes_from_0_to_1,
            "The numbers do not lie between 0 and 1: a byte goes up to 255.",
        ),
        Property(
            "fractions",
            _keeps_fractions,
            "Only whole numbers are left, so all that is neither black nor full is lost. The "
            "brightness has to become a fraction between 0 and 1.",
        ),
    ),
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
        Mistake(
            "upside down",
            lambda photos: photos[:, ::-1].transpose(0, 3, 1, 2) / 255,
            "The axes and the numbers are right, but each picture is upside down.",
        ),
        Mistake(
            "colours in reverse",
            lambda photos: photos.transpose(0, 3, 1, 2)[:, ::-1] / 255,
            "The axes and the numbers are right, but the colours come in the reverse order: blue, "
            "green, red.",
        ),
    ),
)
