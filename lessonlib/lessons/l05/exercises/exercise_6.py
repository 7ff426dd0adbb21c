"""Exercise 05.6: find the bug in an augmentation that moves all images alike."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib import datasets
from lessonlib.exercises.judge import Case, Exercise, Mistake, Property
from lessonlib.exercises.show import show


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
    shapes = (6, 8, 8), (12, 7, 9)
    drawn = [(0.1 + rng.random(shape), int(rng.integers(1000))) for shape in shapes]
    one = (0.1 + rng.random((1, 6, 7)), int(rng.integers(1000)))
    square = (0.1 + rng.random((4, 5, 5)), int(rng.integers(1000)))
    return [(small, 5), square, *drawn, Case("where there is a single image", *one)]


def _use(answer: Callable[..., Any], images: np.ndarray, seed: int) -> Any:
    """Call the answer with a generator of this seed."""
    # memory that np.empty gives out must not hold the right images of an earlier call
    _ = [np.full_like(images, np.nan, dtype=float) for _ in range(8)]
    del _
    return answer(images, np.random.default_rng(seed))


# ---- what every right answer has -----------------------------------------------------------------


_MOVES = [(right, down) for right in range(-2, 3) for down in range(-2, 3)]


def _moved(image: np.ndarray, right: int, down: int) -> np.ndarray:
    height, width = image.shape
    padded = np.pad(image, 2)
    return padded[2 - down : 2 - down + height, 2 - right : 2 - right + width]


def _move_of(got: np.ndarray, image: np.ndarray) -> tuple[int, int] | None:
    """By how much an image was moved, or None."""
    for move in _MOVES:
        if np.allclose(got, _moved(image, *move), atol=1e-6):
            return move
    return None


def _rolls_none(got: Any, images: Any, seed: int) -> bool:
    """Whether no image is one whose pixels go round."""
    for mine, image in zip(np.asarray(got), images, strict=True):
        if _move_of(mine, image) is not None:
            continue
        if any(np.allclose(mine, np.roll(image, m[::-1], (0, 1)), atol=1e-6) for m in _MOVES):
            return False
    return True


def _moves_each(got: Any, images: Any, seed: int) -> bool:
    pairs = zip(np.asarray(got), images, strict=True)
    found = all(_move_of(mine, image) is not None for mine, image in pairs)
    return found or not _rolls_none(got, images, seed)


def _distinct(got: Any, images: Any) -> set[tuple[int, int] | None]:
    if len(images) < 10:
        return set()
    return {_move_of(m, image) for m, image in zip(np.asarray(got), images, strict=True)}


def _moves_apart(got: Any, images: Any, seed: int) -> bool:
    moves = _distinct(got, images)
    return len(moves) != 1 or None in moves


def _has_two_numbers(got: Any, images: Any, seed: int) -> bool:
    moves = _distinct(got, images)
    apart = any(m is not None and m[0] != m[1] for m in moves)
    return len(moves) < 2 or None in moves or apart


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


def _upper_end_out(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    moves = [rng.integers(-2, 2, 2) for _ in images]
    return np.stack([datasets.shift(x[None], *m)[0] for x, m in zip(images, moves, strict=True)])


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
    forbidden=("lessonlib.datasets.images.shifted",),
    use=_use,
    called=lambda images, seed: f"shifted({show(images, 90)}, np.random.default_rng({seed}))",
    parts={
        "np.empty_like(images)": "the new array",
        "rng.integers(-2, 3, 2)": "the draw of two numbers",
        "right, down = rng.integers(-2, 3, 2)": "the draw of two numbers",
        "right": "the move to the right",
        "down": "the move down",
        "len(images)": "the number of images",
        "images[k:k + 1]": "one image",
        "datasets.shift(images[k:k + 1], right, down)": "the moved image",
        "datasets.shift(images[k:k + 1], right, down)[0]": "the moved image",
        "moved[k] = datasets.shift(images[k:k + 1], right, down)[0]": "the moved image is kept",
    },
    hints=(
        "How often does the function draw random numbers for a batch of 64 images?",
        "One move for each image: draw inside a loop. images[k : k + 1] keeps three axes.",
    ),
    properties=(
        Property(
            "nothing comes in from the other side",
            _rolls_none,
            "What leaves an image on one side comes in on the other. Zeros have to come in: "
            "datasets.shift does that.",
        ),
        Property(
            "every image is moved once",
            _moves_each,
            "What comes back for some image is not this image moved by -2 to 2 pixels. Each image "
            "has to get its own move, once.",
        ),
        Property(
            "images move apart",
            _moves_apart,
            "All images still move alike: the numbers have to be drawn for each image.",
        ),
        Property(
            "two numbers for each image",
            _has_two_numbers,
            "Every image moves as far down as to the right. Each of them gets two numbers.",
        ),
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
            "never by 2 to the right or down",
            _upper_end_out,
            "No image moves by 2 to the right or down: rng.integers leaves its upper end out.",
        ),
        Mistake(
            "right and down exchanged",
            _swapped,
            "The bug is gone. The first number of a draw is the move to the right, the "
            "second the move down; here they are exchanged.",
        ),
    ),
)
