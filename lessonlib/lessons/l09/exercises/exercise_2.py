"""Exercise 09.2: scaled dot-product attention."""

import math

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l09.exercises.shared import softmax


def dot_product_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Weighted means of the values, one for each query."""
    scores = Q @ K.T / Q.shape[1] ** 0.5  # (L, S)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = e / e.sum(axis=1, keepdims=True)  # each row, one query, sums to 1
    return weights @ V  # (L, features of V)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (
        np.array([[2.0, 0.0, 0.0, 0.0]]),
        np.array([[2.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0]]),
        np.array([[10.0, 0.0], [0.0, 10.0]]),
    )
    drawn = [
        tuple(rng.normal(size=shape) for shape in ((L, E), (S, E), (S, V)))
        for L, S, E, V in ((3, 5, 4, 4), (6, 2, 9, 3))
    ]
    big = tuple(30 * rng.normal(size=(4, 4)) for _ in range(3))
    return [small, *drawn, big]


# ---- what people write instead -------------------------------------------------------------------


def _dot(Q: np.ndarray, K: np.ndarray, V: np.ndarray, divisor: float, axis: int = 1) -> np.ndarray:
    return softmax(Q @ K.T / divisor, axis) @ V


EXERCISE = Exercise(
    id="09.2",
    title="Scaled dot-product attention",
    points=3,
    stars=2,
    minutes=15,
    reference=dot_product_attention,
    cases=_cases,
    forbidden=(
        "lessonlib.functional.scaled_dot_product_attention",
        "lessonlib.functional.multihead_attention",
        "lessonlib.nn.MultiheadAttention",
        "torch.nn.functional.scaled_dot_product_attention",
    ),
    hints=(
        "All scores at once: Q @ K.T has a row for each query and a column for each key.",
        "Divide by the square root of Q.shape[1], the number of features of a query.",
        "Softmax along each row (axis=1, keepdims=True); then weights @ V.",
    ),
    mistakes=(
        Mistake(
            "not scaled",
            lambda Q, K, V: _dot(Q, K, V, 1.0),
            "The scores are not divided by the square root of the number of features.",
        ),
        Mistake(
            "divided by d",
            lambda Q, K, V: _dot(Q, K, V, Q.shape[1]),
            "The scores are divided by d. A sum of d products spreads like the square root of "
            "d: divide by that.",
        ),
        Mistake(
            "square root of the number of keys",
            lambda Q, K, V: _dot(Q, K, V, math.sqrt(len(K))),
            "The divisor is the square root of the number of keys. It is the number of "
            "features of one query, Q.shape[1]: over these the product sums.",
        ),
        Mistake(
            "softmax over the queries",
            lambda Q, K, V: _dot(Q, K, V, math.sqrt(Q.shape[1]), 0),
            "The softmax runs down the columns, so the queries compete for each key. Each row "
            "has to add up to 1.",
        ),
        Mistake(
            "softmax of all scores",
            lambda Q, K, V: (
                softmax((Q @ K.T / math.sqrt(Q.shape[1])).ravel()).reshape(len(Q), -1) @ V
            ),
            "All scores together share one sum of 1. Every query has its own.",
        ),
    ),
)
