"""Exercise 09.2: scaled dot-product attention."""

import math
from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l09.exercises.shared import finite, softmax


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
    one = tuple(rng.normal(size=shape) for shape in ((3, 2), (1, 2), (1, 3)))
    far = (  # the scores of one row are 10,000 and 5,000, those of the other -10,000 and -5,000
        np.array([[200.0, 0.0, 0.0, 0.0], [-200.0, 0.0, 0.0, 0.0]]),
        np.array([[100.0, 0.0, 0.0, 1.0], [50.0, 0.0, 1.0, 0.0]]),
        np.array([[1.0, 2.0], [3.0, 5.0]]),
    )
    big = tuple(40 * rng.normal(size=shape) for shape in ((8, 4), (6, 4), (6, 3)))
    large = "where scores are as large as 10,000"
    return [
        small,
        *drawn,
        Case("where there is one key only", *one),
        Case(large, *far),
        Case(large, *big),
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _ones(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> tuple:
    return Q, K, np.ones_like(V)


def _keeps_ones(value: Any, other: Any, *arguments: Any) -> bool:
    if not finite(value, other) or np.allclose(value, other, atol=1e-4):  # V has no effect
        return True
    return np.allclose(other, 1, atol=1e-4)


def _moved(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> tuple:
    return Q, K, V + 3


def _depends_on_V(value: Any, other: Any, *arguments: Any) -> bool:
    return not finite(value, other) or not np.allclose(value, other, atol=1e-4)


def _exchanged_keys(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> tuple:
    return Q, K[::-1].copy(), V[::-1].copy()


def _same(value: Any, other: Any, *arguments: Any) -> bool:
    return not finite(value, other) or np.allclose(value, other, rtol=1e-4, atol=1e-4)


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
    parts={
        "Q @ K.T": "the products of queries and keys",
        "K.T": "`K`",
        "Q.shape[1]": "the number of features",
        "Q.shape[1] ** 0.5": "the root of the number of features",
        "Q @ K.T / Q.shape[1] ** 0.5": "the array of scores",
        "scores": "the array of scores",
        "scores.max(axis=1, keepdims=True)": "the largest score of a row",
        "scores - scores.max(axis=1, keepdims=True)": "the array of scores",
        "e": "the array of exponentials",
        "np.exp(scores - scores.max(axis=1, keepdims=True))": "the array of exponentials",
        "e.sum(axis=1, keepdims=True)": "the sum of a row",
        "weights": "the array of weights",
        "weights @ V": "the mixture of the values",
    },
    properties=(
        Property(
            "the weights add up to 1",
            _keeps_ones,
            "With 1 everywhere in V the result has to be 1 everywhere, since the weights of each "
            "query add up to 1. Yours do not.",
            _ones,
        ),
        Property(
            "the values are mixed",
            _depends_on_V,
            "The result stays the same whatever is in V. The weights come from Q and K; what they "
            "mix are the values.",
            _moved,
        ),
        Property(
            "the order of the keys does not matter",
            _same,
            "When keys and values change places together, the result has to stay the same: each "
            "key belongs to the value in the same row. Here it changes.",
            _exchanged_keys,
        ),
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
            "only the best key",
            lambda Q, K, V: V[(Q @ K.T).argmax(axis=1)],
            "Each query gets the value of its best key alone. All values are mixed, by the softmax "
            "of the scores.",
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
