"""Exercise 09.1: additive attention of one query to the keys."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l09.exercises.shared import softmax


def additive_attention(
    query: np.ndarray, keys: np.ndarray, U: np.ndarray, W: np.ndarray, v: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weights over the keys, and the mixture of the keys, for one query."""
    scores = np.tanh(query @ U.T + keys @ W.T) @ v  # (S,): one number a key
    e = np.exp(scores - scores.max())  # the largest becomes exp(0): nothing overflows
    weights = e / e.sum()
    return weights, weights @ keys  # (S,), (K,)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (
        np.array([1.0]),
        np.array([[0.0], [1.0], [2.0]]),
        np.array([[1.0]]),
        np.array([[-1.0]]),
        np.array([2.0]),
    )
    cases: list[tuple] = [small]
    for query, key, units, length in ((2, 3, 4, 5), (4, 2, 3, 6)):
        shapes = ((query,), (length, key), (units, query), (units, key), (units,))
        cases.append(tuple(rng.normal(size=shape) for shape in shapes))
    return cases


# ---- what people write instead -------------------------------------------------------------------


def _additive_linear(query: Any, keys: Any, U: Any, W: Any, v: Any) -> tuple:
    weights = softmax((query @ U.T + keys @ W.T) @ v)
    return weights, weights @ keys


def _additive_raw(query: Any, keys: Any, U: Any, W: Any, v: Any) -> tuple:
    scores = np.tanh(query @ U.T + keys @ W.T) @ v
    return scores, scores @ keys


def _additive_late(query: Any, keys: Any, U: Any, W: Any, v: Any) -> tuple:
    weights = softmax(np.tanh((query @ U.T + keys @ W.T) @ v))
    return weights, weights @ keys


def _additive_hard(query: Any, keys: Any, U: Any, W: Any, v: Any) -> tuple:
    weights, _ = additive_attention(query, keys, U, W, v)
    return weights, keys[weights.argmax()]


def _additive_mean(query: Any, keys: Any, U: Any, W: Any, v: Any) -> tuple:
    weights, context = additive_attention(query, keys, U, W, v)
    return weights, context / len(keys)


EXERCISE = Exercise(
    id="09.1",
    title="Additive attention",
    points=2,
    stars=1,
    minutes=12,
    reference=additive_attention,
    cases=_cases,
    hints=(
        "query @ U.T is (units,), keys @ W.T is (S, units): NumPy adds the first to every row.",
        "tanh of the sum, then @ v gives one score for each key.",
        "The weights are the softmax of the scores; weights @ keys is their mixture.",
    ),
    mistakes=(
        Mistake(
            "no tanh",
            _additive_linear,
            "There is no tanh. Without it the query adds the same number to every score, and "
            "the softmax takes it out again: the query has no say.",
        ),
        Mistake(
            "no softmax",
            _additive_raw,
            "These are the scores. The weights are their softmax: positive, with sum 1, so "
            "that the context is a mean of the keys.",
        ),
        Mistake(
            "tanh after v",
            _additive_late,
            "The tanh comes after the product with v. It belongs before: each unit bends "
            "first, then v adds the units up.",
        ),
        Mistake(
            "only the best key",
            _additive_hard,
            "The weights are right, and the context is the key with the largest one. All keys "
            "are mixed by their weights; a choice of one has no gradient.",
        ),
        Mistake(
            "divided by the number of keys",
            _additive_mean,
            "The context is divided by the number of keys. The weights add up to 1 already.",
        ),
    ),
)
