"""Exercise 09.4: find the bug in splitting features into heads."""

from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake


def split_heads(x: np.ndarray, heads: int) -> np.ndarray:
    """Give each head its own block of features: (N, L, E) to (N, heads, L, E / heads)."""
    N, L, E = x.shape
    return x.reshape(N, L, heads, E // heads).swapaxes(1, 2)  # first split E, then move the axis


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.arange(12.0).reshape(1, 3, 4)  # three words, four features
    drawn = (((2, 5, 6), 3), ((3, 4, 8), 2), ((3, 2, 4), 2), ((2, 3, 4), 4), ((2, 3, 4), 1))
    cases: list[tuple] = [(small, 2), *((rng.normal(size=s), h) for s, h in drawn)]
    cases[-3] = Case("where there are as many words as heads", *cases[-3])
    cases[-2] = Case("where each head has one feature", *cases[-2])
    cases[-1] = Case("where there is one head only", *cases[-1])
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _has_shape(value: Any, x: np.ndarray, heads: int) -> bool:
    N, L, E = x.shape
    return np.shape(value) == (N, heads, L, E // heads)


def _features(x: np.ndarray, heads: int) -> tuple:
    return np.broadcast_to(np.arange(x.shape[2]) + 0.0, x.shape).copy(), heads


def _own_block(value: Any, other: Any, x: np.ndarray, heads: int) -> bool:
    if not _has_shape(other, x, heads):
        return True
    size = x.shape[2] // heads
    first = np.arange(heads)[:, None, None] * size
    return bool(((other >= first) & (np.asarray(other) < first + size)).all())


def _places(x: np.ndarray, heads: int) -> tuple:
    return np.broadcast_to(np.arange(x.shape[1])[:, None] + 0.0, x.shape).copy(), heads


def _own_word(value: Any, other: Any, x: np.ndarray, heads: int) -> bool:
    if not _has_shape(other, x, heads):
        return True
    return bool((other == np.arange(x.shape[1])[:, None]).all())


# ---- what people write instead -------------------------------------------------------------------


def _heads_starter(x: np.ndarray, heads: int) -> np.ndarray:
    N, L, E = x.shape
    return x.reshape(N, heads, L, E // heads)


def _heads_unmoved(x: np.ndarray, heads: int) -> np.ndarray:
    N, L, E = x.shape
    return x.reshape(N, L, heads, E // heads)


def _heads_dealt(x: np.ndarray, heads: int) -> np.ndarray:
    return np.stack([x[:, :, k::heads] for k in range(heads)], axis=1)


def _heads_words(x: np.ndarray, heads: int) -> np.ndarray:
    return split_heads(x[:, ::-1], heads)


def _heads_copied(x: np.ndarray, heads: int) -> np.ndarray:
    return np.repeat(x[:, None, :, : x.shape[2] // heads], heads, axis=1)


EXERCISE = Exercise(
    id="09.4",
    title="Find the bug: mixed-up heads",
    points=2,
    stars=2,
    minutes=10,
    reference=split_heads,
    starter=_heads_starter,
    cases=_cases,
    forbidden=("lessonlib.functional.attention._split_heads",),
    hints=(
        "Number the entries 0, 1, 2, ... and look at what one head gets of the first word.",
        "reshape keeps the order in memory: it can cut the last axis in two, but not move an "
        "axis in front of another.",
        "Cut first, (N, L, heads, E // heads), then swapaxes(1, 2).",
    ),
    parts={
        "E // heads": "the number of features of a head",
        "x.reshape(N, L, heads, E // heads)": "the cut of the features",
    },
    properties=(
        Property(
            "the axes in their order",
            _has_shape,
            "The axes come in another order: asked are the sentences first, then the heads, the "
            "words, and last the features of one head.",
        ),
        Property(
            "row l of a head belongs to word l",
            _own_word,
            "The words get mixed: row l of each head has to hold numbers of word l alone.",
            _places,
        ),
        Property(
            "each head has its own block of features",
            _own_block,
            "A head gets features of another one: head 0 has the first E / heads features of "
            "every word, head 1 the next ones.",
            _features,
        ),
    ),
    mistakes=(
        Mistake(
            "axis not moved",
            _heads_unmoved,
            "The features are cut rightly. Now the axis of the heads has to come before the "
            "axis of the words, so that each head has its own L by L scores.",
        ),
        Mistake(
            "features dealt in turn",
            _heads_dealt,
            "Each head gets every second (third ...) feature. By convention it gets a block: "
            "the first E / heads features belong to head 0.",
        ),
        Mistake(
            "words turned round",
            _heads_words,
            "The features are right, and the words come in the opposite order.",
        ),
        Mistake(
            "all heads the same",
            _heads_copied,
            "Every head gets the first block of features.",
        ),
    ),
)
