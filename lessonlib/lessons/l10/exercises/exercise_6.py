"""Exercise 10.6: attention of a new token with a cache of keys and values."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l10.exercises.shared import softmax


def attend(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: list) -> np.ndarray:
    """The new token asks every token so far, itself included; only its k and v are new."""
    cache.append((k, v))
    keys, values = (np.stack(column) for column in zip(*cache, strict=True))  # (L, E) each
    scores = keys @ q / np.sqrt(len(q))
    weights = np.exp(scores - scores.max())
    return weights / weights.sum() @ values


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [tuple(rng.normal(size=(3, L, E)).round(2)) for L, E in ((1, 2), (3, 2), (6, 4))]


def _use(answer: Callable[..., Any], q: np.ndarray, k: np.ndarray, v: np.ndarray) -> Any:
    """One token after the other with one cache; the outputs, and how long the cache has become."""
    cache: list = []
    outputs = [answer(*row, cache) for row in zip(q, k, v, strict=True)]
    if any(y is None for y in outputs):
        return None
    return np.stack(outputs), len(cache)


# ---- what people write instead -------------------------------------------------------------------


def _attend_to(q: np.ndarray, pairs: list, scale: float) -> np.ndarray:
    """Attention of one query to pairs of key and value."""
    keys, values = (np.stack(column) for column in zip(*pairs, strict=True))
    return softmax(keys @ q / scale, axis=0) @ values


def _without_itself(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: list) -> np.ndarray:
    """Attention to the earlier tokens only."""
    y = _attend_to(q, cache, math.sqrt(len(q))) if cache else np.zeros_like(v)
    cache.append((k, v))
    return y


def _nothing_kept(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: list) -> np.ndarray:
    """A cache that does not grow."""
    return _attend_to(q, [*cache, (k, v)], math.sqrt(len(q)))


def _cached(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: list, scale: float) -> np.ndarray:
    """The cache with a scale of its own."""
    cache.append((k, v))
    return _attend_to(q, cache, scale)


def _exchanged(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: list) -> np.ndarray:
    """Keys and values exchanged."""
    cache.append((v, k))
    return _attend_to(q, cache, math.sqrt(len(q)))


EXERCISE = Exercise(
    id="10.6",
    title="A cache of keys and values",
    points=3,
    stars=2,
    minutes=12,
    reference=attend,
    cases=_cases,
    use=_use,
    hints=(
        "Append (k, v) to the cache first: the new token may look at itself.",
        "np.stack makes an array (L, E) of a list of L vectors.",
        "Scores keys @ q / sqrt(E), softmax, weights @ values. No mask is needed: nothing "
        "later exists yet.",
    ),
    mistakes=(
        Mistake(
            "does not see itself",
            _without_itself,
            "The new token attends to the earlier ones only. In training it also sees itself: "
            "append its key and value before you attend.",
        ),
        Mistake(
            "nothing kept",
            _nothing_kept,
            "The cache does not grow, so the next token sees none of the earlier ones. Append "
            "to the list itself.",
        ),
        Mistake(
            "not scaled",
            lambda q, k, v, cache: _cached(q, k, v, cache, 1.0),
            "The scores are not divided by sqrt(E). The weights get sharper than those the "
            "model was trained with.",
        ),
        Mistake(
            "scaled by the length",
            lambda q, k, v, cache: _cached(q, k, v, cache, math.sqrt(len(cache) + 1)),
            "The scores are divided by the root of the number of tokens. It is the root of E, "
            "the length of a key.",
        ),
        Mistake(
            "keys and values exchanged",
            _exchanged,
            "The values are asked and the keys are handed out. Keys answer, values are mixed.",
        ),
    ),
)
