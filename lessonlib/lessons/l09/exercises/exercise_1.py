"""Exercise 09.1: additive attention of one query to the keys."""

from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l09.exercises.shared import finite, softmax


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
    for query, key, units, length in ((2, 3, 4, 5), (4, 2, 3, 6), (3, 3, 3, 4), (2, 3, 2, 1)):
        shapes = ((query,), (length, key), (units, query), (units, key), (units,))
        cases.append(tuple(rng.normal(size=shape) for shape in shapes))
    cases[-1] = Case("where there is one key only", *cases[-1])
    query, keys, U, W, v = (2 * a for a in cases[1])
    cases.append(Case("where all keys are equal", query, np.repeat(keys[:1], 4, axis=0), U, W, v))
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _two_parts(value: Any, query: Any, keys: Any, *rest: Any) -> bool:
    weights, context = map(np.asarray, value)
    return weights.shape == (len(keys),) and context.shape == keys.shape[1:]


def _shared_out(value: Any, query: Any, keys: Any, *rest: Any) -> bool:
    weights = np.asarray(value[0])
    if not finite(weights) or weights.shape != (len(keys),):
        return True
    return bool((weights >= 0).all() and np.isclose(weights.sum(), 1, atol=1e-5))


def _is_mixture(value: Any, query: Any, keys: Any, *rest: Any) -> bool:
    if not finite(*value) or not _two_parts(value, query, keys):
        return True
    return np.allclose(value[1], np.asarray(value[0]) @ keys, rtol=1e-4, atol=1e-4)


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
    values=(("the weights", "the context"),),
    parts={
        "query @ U.T": "what the query asks for",
        "keys @ W.T": "what the keys offer",
        "U.T": "`U`",
        "W.T": "`W`",
        "query @ U.T + keys @ W.T": "the sum of both",
        "np.tanh(query @ U.T + keys @ W.T)": "the tanh",
        "np.tanh(query @ U.T + keys @ W.T) @ v": "the array of scores",
        "scores": "the array of scores",
        "scores.max()": "the largest score",
        "scores - scores.max()": "the array of scores",
        "e": "the array of exponentials",
        "np.exp(scores - scores.max())": "the array of exponentials",
        "e.sum()": "their sum",
        "weights": "the array of weights",
        "weights @ keys": "the mixture of the keys",
    },
    properties=(
        Property(
            "two values of these shapes",
            _two_parts,
            "Two values are asked for: first the weights, one for each key, then the context, "
            "which has as many numbers as a key.",
        ),
        Property(
            "the weights add up to 1",
            _shared_out,
            "The weights do not share out 1 among the keys: they have to be positive and to add "
            "up to 1, as a softmax makes them.",
        ),
        Property(
            "the context is a mixture of the keys",
            _is_mixture,
            "The context is not the mixture that your weights describe: take each of the keys "
            "times its weight, and add these up.",
        ),
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
