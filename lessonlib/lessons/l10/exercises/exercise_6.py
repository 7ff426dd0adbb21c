"""Exercise 10.6: attention of a new token with a cache of keys and values."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l10.exercises.shared import finite, softmax


def attend(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: list) -> np.ndarray:
    """The new token asks every token so far, itself included; only its k and v are new."""
    cache.append((k, v))
    keys, values = (np.stack(column) for column in zip(*cache, strict=True))  # (L, E) each
    scores = keys @ q / np.sqrt(len(q))
    weights = np.exp(scores - scores.max())
    return weights / weights.sum() @ values


def _cases(rng: np.random.Generator) -> list[tuple]:
    empty = "where the cache is empty at first"
    cases: list[tuple] = []
    for L, E, before in ((3, 2, 2), (2, 3, 1), (5, 3, 2), (6, 4, 0), (9, 1, 0)):
        drawn = rng.normal(size=(3, L, E)).round(2)
        cases.append((*drawn, before) if before else Case(empty, *drawn, before))
    return cases


def _use(
    answer: Callable[..., Any], q: np.ndarray, k: np.ndarray, v: np.ndarray, before: int
) -> Any:
    """One new token after the other with one cache; the outputs, and what is in the cache then.

    before : how many tokens are in the cache already
    """
    cache: list = list(zip(k[:before], v[:before], strict=True))
    outputs = [answer(*row, cache) for row in zip(q[before:], k[before:], v[before:], strict=True)]
    if any(y is None for y in outputs):
        return None
    pairs = [tuple(pair) if isinstance(pair, list) else pair for pair in cache]
    return np.array([np.asarray(y, float) for y in outputs]), pairs


def _called(q: np.ndarray, k: np.ndarray, v: np.ndarray, before: int) -> str:
    more = len(q) - before
    times = "once" if more == 1 else f"{more} times, for one new token after the other"
    return f"attend(q, k, v, cache), {times}, with {before} tokens in the cache at first"


# ---- what every right answer has -----------------------------------------------------------------


def _one_longer(value: Any, q: np.ndarray, k: np.ndarray, v: np.ndarray, before: int) -> bool:
    return len(value[1]) == len(k)


def _keeps_pairs(value: Any, q: np.ndarray, k: np.ndarray, v: np.ndarray, before: int) -> bool:
    if not _one_longer(value, q, k, v, before):
        return True
    return all(
        len(pair) == 2 and np.allclose(pair[0], key) and np.allclose(pair[1], own)
        for pair, key, own in zip(value[1], k, v, strict=True)
    )


def _ones(q: np.ndarray, k: np.ndarray, v: np.ndarray, before: int) -> tuple:
    return q, k, np.ones_like(v), before


def _keeps_ones(value: Any, other: Any, *arguments: Any) -> bool:
    return not finite(other[0]) or np.allclose(other[0], 1, atol=1e-4)


def _other_last(q: np.ndarray, k: np.ndarray, v: np.ndarray, before: int) -> tuple:
    return q, k, np.concatenate([v[:-1], v[-1:] + 3]), before


def _other_first(q: np.ndarray, k: np.ndarray, v: np.ndarray, before: int) -> tuple:
    return q, k, np.concatenate([v[:1] + 3, v[1:]]), before


def _last_differs(value: Any, other: Any, *arguments: Any) -> bool:
    a, b = value[0][-1], other[0][-1]
    return not finite(a, b) or not np.allclose(a, b, atol=1e-9)


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
    called=_called,
    values=(("the outputs", "the cache"), "pair", ("the key", "the value")),
    parts={
        "cache.append((k, v))": "the entry of the new token",
        "keys, values = (np.stack(column) for column in zip(*cache, strict=True))": (
            "the stack of what is in the cache"
        ),
        "keys": "the keys",
        "values": "the values",
        "keys @ q": "the products of the keys with the query",
        "len(q)": "the number of features",
        "np.sqrt(len(q))": "the root of the number of features",
        "keys @ q / np.sqrt(len(q))": "the array of scores",
        "scores": "the array of scores",
        "scores.max()": "the largest score",
        "scores - scores.max()": "the array of scores",
        "np.exp(scores - scores.max())": "the array of exponentials",
        "weights": "the array of weights",
        "weights.sum()": "their sum",
        "weights / weights.sum()": "the array of weights",
    },
    properties=(
        Property(
            "the cache gets one longer",
            _one_longer,
            "After each call the cache itself has to be one entry longer: one pair (k, v) for "
            "the new token. Here it is not.",
        ),
        Property(
            "the cache holds key and value of each token",
            _keeps_pairs,
            "What is in the cache are not the pairs (k, v) of the tokens, the key first.",
        ),
        Property(
            "the new token sees itself",
            _last_differs,
            "The output of the new token does not depend on its own value. It attends to itself "
            "as well.",
            _other_last,
        ),
        Property(
            "the new token sees the earlier ones",
            _last_differs,
            "The output of the new token does not depend on the values of earlier tokens. The "
            "weights mix all values in the cache.",
            _other_first,
        ),
        Property(
            "the weights add up to 1",
            _keeps_ones,
            "With 1 everywhere in v the output has to be 1 everywhere, since the weights add up "
            "to 1. Here they do not.",
            _ones,
        ),
    ),
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
