"""Exercise 05.6: find the bug in an augmentation that moves all images alike."""

import numpy as np

from lessonlib import datasets
from lessonlib.exercises.judge import Exercise, Mistake


def shifted(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move every image by its own -2 .. 2 pixels to the right and down."""
    moved = np.empty_like(images)
    for k in range(len(images)):
        right, down = rng.integers(-2, 3, 2)  # inside the loop: one draw for each image
        moved[k] = datasets.shift(images[k : k + 1], right, down)[0]
    return moved


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.zeros((3, 5, 5))
    small[:, 2, 2] = 1.0
    drawn = [(rng.random(shape), int(rng.integers(1000))) for shape in ((6, 8, 8), (1, 6, 7))]
    return [(small, 5), *drawn]  # use() makes a Generator of the seed


# ---- what people write instead -------------------------------------------------------------------


def _all_alike(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    right, down = rng.integers(-2, 3, 2)
    return datasets.shift(images, right, down)


def _positive_moves(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    moves = [np.abs(rng.integers(-2, 3, 2)) for _ in images]
    return np.stack([datasets.shift(x[None], *m)[0] for x, m in zip(images, moves, strict=True)])


def _one_axis(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    moves = [rng.integers(-2, 3, 2)[0] for _ in images]
    return np.stack([datasets.shift(x[None], m)[0] for x, m in zip(images, moves, strict=True)])


def _swapped(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    moves = [rng.integers(-2, 3, 2) for _ in images]
    return np.stack(
        [datasets.shift(x[None], m[1], m[0])[0] for x, m in zip(images, moves, strict=True)]
    )


EXERCISE = Exercise(
    id="05.6",
    title="Find the bug: all images move alike",
    points=2,
    stars=2,
    minutes=8,
    reference=shifted,
    starter=_all_alike,
    cases=_cases,
    use=lambda answer, images, seed: answer(images, np.random.default_rng(seed)),
    hints=(
        "How often does the function draw random numbers for a batch of 64 images?",
        "One move for each image: draw inside a loop. images[k : k + 1] keeps three axes.",
    ),
    mistakes=(
        Mistake(
            "only to the right and down",
            _positive_moves,
            "Each image moves by itself, but never to the left or up.",
        ),
        Mistake(
            "only to the right",
            _one_axis,
            "The second number of each draw is not used: no image moves up or down.",
        ),
        Mistake(
            "right and down exchanged",
            _swapped,
            "The bug is gone. The first number of a draw is the move to the right, the "
            "second the move down; here they are exchanged.",
        ),
    ),
)
