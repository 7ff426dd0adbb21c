"""Exercise 10.3: find the bug in causal attention whose mask comes after the softmax."""

from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l10.exercises.shared import finite, softmax


def causal_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Each position takes the values of positions up to its own."""
    scores = q @ k.T / np.sqrt(q.shape[1])  # (L, L): row asks, column answers
    scores = np.where(np.tri(len(q), dtype=bool), scores, -np.inf)  # before the softmax
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v


def _cases(rng: np.random.Generator) -> list[tuple]:
    eye = np.eye(3)
    shapes = ((4, 3, 2), (6, 4, 5), (2, 5, 3), (5, 1, 1), (1, 2, 2))
    drawn: list[tuple] = [
        (rng.normal(size=(L, E)), rng.normal(size=(L, E)), rng.normal(size=(L, V)))
        for L, E, V in shapes
    ]
    drawn[-1] = Case("where there is one position only", *drawn[-1])
    return [(2 * eye, eye, np.arange(3.0)[:, None] + 1), *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _last_changed(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> tuple:
    k, v = k.copy(), v.copy()
    k[-1], v[-1] = 1 - k[-1], v[-1] + 3
    return q, k, v


def _no_leak(value: Any, other: Any, q: np.ndarray, k: np.ndarray, v: np.ndarray) -> bool:
    if np.shape(value) != v.shape or not finite(value, other):
        return True
    return np.allclose(value[:-1], other[:-1], atol=1e-5)


def _sees_itself(value: Any, other: Any, q: np.ndarray, k: np.ndarray, v: np.ndarray) -> bool:
    if np.shape(value) != v.shape or not finite(value, other):
        return True
    return not np.allclose(value[-1], other[-1], atol=1e-8)


def _ones(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> tuple:
    return q, k, np.ones_like(v)


def _keeps_ones(value: Any, other: Any, *arguments: Any) -> bool:
    return not finite(other) or np.allclose(other, 1, atol=1e-4)


# ---- what people write instead -------------------------------------------------------------------


def _mask_too_late(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The starter: the mask comes after the softmax."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    weights = np.where(np.tri(len(q), dtype=bool), weights, 0)
    return weights @ v


def _masked(q: np.ndarray, k: np.ndarray, v: np.ndarray, hidden: Any, axis: int = 1) -> np.ndarray:
    """Attention whose hidden scores get a given value."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    return softmax(np.where(np.tri(len(q), dtype=bool), scores, hidden), axis) @ v


def _mask_the_past(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Attention to what comes after."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    return softmax(np.where(np.tri(len(q), dtype=bool).T, scores, -np.inf)) @ v


EXERCISE = Exercise(
    id="10.3",
    title="Find the bug: the mask",
    points=2,
    stars=2,
    minutes=10,
    reference=causal_attention,
    starter=_mask_too_late,
    cases=_cases,
    forbidden=(
        "lessonlib.functional.scaled_dot_product_attention",
        "torch.nn.functional.scaled_dot_product_attention",
    ),
    hints=(
        "What do the weights of each row sum to?",
        "The scores of later positions still make the sum larger in the softmax.",
        "Take the scores out before the softmax: exp(-inf) is 0.",
    ),
    parts={
        "q @ k.T": "the products of queries and keys",
        "k.T": "`k`",
        "q.shape[1]": "the number of features",
        "np.sqrt(q.shape[1])": "the root of the number of features",
        "scores": "the array of scores",
        "np.where(np.tri(len(q), dtype=bool), scores, -np.inf)": "the array of masked scores",
        "np.tri(len(q), dtype=bool)": "the mask",
        "-np.inf": "minus infinity",
        "scores.max(axis=1, keepdims=True)": "the largest score of a row",
        "scores - scores.max(axis=1, keepdims=True)": "the array of scores",
        "weights": "the array of weights",
        "np.exp(scores - scores.max(axis=1, keepdims=True))": "the array of exponentials",
        "weights.sum(axis=1, keepdims=True)": "the sum of a row",
        "weights @ v": "the mixture of the values",
    },
    properties=(
        Property(
            "nothing leaks from a later position",
            _no_leak,
            "Another key and value at the last position change earlier results: the future still "
            "has an effect there.",
            _last_changed,
        ),
        Property(
            "a position sees itself",
            _sees_itself,
            "Another key and value at the last position do not change its own result. Each "
            "position sees itself as well.",
            _last_changed,
        ),
        Property(
            "the weights of a row add up to 1",
            _keeps_ones,
            "With 1 everywhere in v the result has to be 1 everywhere, since the weights of each "
            "row add up to 1. Here they do not.",
            _ones,
        ),
    ),
    mistakes=(
        Mistake(
            "zeros instead of -inf",
            lambda q, k, v: _masked(q, k, v, 0.0),
            "The hidden scores are set to 0, and exp(0) is 1: later positions still get weight. "
            "Set them to -inf.",
        ),
        Mistake(
            "the past is hidden",
            _mask_the_past,
            "It hides the past and shows the future. Row l may see the columns 0 .. l.",
        ),
        Mistake(
            "nothing is hidden",
            lambda q, k, v: softmax(q @ k.T / np.sqrt(q.shape[1])) @ v,
            "Every position sees the whole text, also what it is to predict.",
        ),
        Mistake(
            "softmax over the askers",
            lambda q, k, v: _masked(q, k, v, -np.inf, axis=0),
            "The weights sum to 1 down the columns. Each row, one asker, shares out weight 1.",
        ),
    ),
)
