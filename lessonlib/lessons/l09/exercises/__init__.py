"""Lesson 09, attention: scores and mixtures, scaling, masks, heads, and the way back."""

import math
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

# ---- the right answers ---------------------------------------------------------------------------


def additive_attention(
    query: np.ndarray, keys: np.ndarray, U: np.ndarray, W: np.ndarray, v: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weights over the keys, and the mixture of the keys, for one query."""
    scores = np.tanh(query @ U.T + keys @ W.T) @ v  # (S,): one number a key
    e = np.exp(scores - scores.max())  # the largest becomes exp(0): nothing overflows
    weights = e / e.sum()
    return weights, weights @ keys  # (S,), (K,)


def dot_product_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Weighted means of the values, one for each query."""
    scores = Q @ K.T / Q.shape[1] ** 0.5  # (L, S)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = e / e.sum(axis=1, keepdims=True)  # each row, one query, sums to 1
    return weights @ V  # (L, features of V)


def masked_weights(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    """Attention weights that are 0 on padding and, if causal, on what comes later."""
    L = scores.shape[1]
    place = np.arange(L)
    seen = place < lengths[:, None]  # (N, L): which keys are words
    seen = np.repeat(seen[:, None], L, axis=1)  # (N, L, L): the same for every query
    if causal:
        seen = seen & (place <= place[:, None])  # a query sees itself and what came before
    masked = np.where(seen, scores, -np.inf)  # before the softmax
    e = np.exp(masked - masked.max(axis=2, keepdims=True))
    return e / e.sum(axis=2, keepdims=True)


def split_heads(x: np.ndarray, heads: int) -> np.ndarray:
    """Give each head its own block of features: (N, L, E) to (N, heads, L, E / heads)."""
    N, L, E = x.shape
    return x.reshape(N, L, heads, E // heads).swapaxes(1, 2)  # first split E, then move the axis


def attention_backward(
    dY: np.ndarray, weights: np.ndarray, V: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of Y = softmax(scores) V for the scores and for V."""
    dV = weights.T @ dY  # (S, features): what each value was used for
    dweights = dY @ V.T  # (L, S)
    mean = (dweights * weights).sum(axis=1, keepdims=True)  # raising one weight lowers the others
    return weights * (dweights - mean), dV


# ---- the cases -----------------------------------------------------------------------------------


def _additive_cases(rng: np.random.Generator) -> list[tuple]:
    small = (
        np.array([1.0]),
        np.array([[0.0], [1.0], [2.0]]),
        np.array([[1.0]]),
        np.array([[-1.0]]),
        np.array([2.0]),
    )
    cases = [small]
    for query, key, units, length in ((2, 3, 4, 5), (4, 2, 3, 6)):
        shapes = ((query,), (length, key), (units, query), (units, key), (units,))
        cases.append(tuple(rng.normal(size=shape) for shape in shapes))
    return cases


def _dot_cases(rng: np.random.Generator) -> list[tuple]:
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


def _mask_cases(rng: np.random.Generator) -> list[tuple]:
    small = np.array([[[1.0, 2.0, 0.0], [0.0, 0.0, 0.0], [2.0, 1.0, 3.0]]])
    cases = [(small, np.array([2]), False), (small, np.array([3]), True)]
    for N, L, causal in ((2, 4, False), (3, 5, True)):
        lengths = rng.permuted(np.arange(1, L + 1))[:N]
        cases.append((rng.normal(size=(N, L, L)), lengths, causal))
    return cases


def _head_cases(rng: np.random.Generator) -> list[tuple]:
    small = np.arange(12.0).reshape(1, 3, 4)  # three words, four features
    return [(small, 2), *((rng.normal(size=s), h) for s, h in (((2, 5, 6), 3), ((3, 4, 8), 2)))]


def _backward_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0]]), np.array([[0.25, 0.75]]), np.array([[4.0], [0.0]]))
    cases = [small]
    for L, S, features in ((3, 4, 2), (5, 2, 3)):
        weights = rng.random((L, S)) + 0.1
        weights /= weights.sum(axis=1, keepdims=True)
        cases.append((rng.normal(size=(L, features)), weights, rng.normal(size=(S, features))))
    return cases


# ---- what people write instead -------------------------------------------------------------------


def _softmax(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    e = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _additive_linear(query: Any, keys: Any, U: Any, W: Any, v: Any) -> tuple:
    weights = _softmax((query @ U.T + keys @ W.T) @ v)
    return weights, weights @ keys


def _additive_raw(query: Any, keys: Any, U: Any, W: Any, v: Any) -> tuple:
    scores = np.tanh(query @ U.T + keys @ W.T) @ v
    return scores, scores @ keys


def _additive_late(query: Any, keys: Any, U: Any, W: Any, v: Any) -> tuple:
    weights = _softmax(np.tanh((query @ U.T + keys @ W.T) @ v))
    return weights, weights @ keys


def _additive_hard(query: Any, keys: Any, U: Any, W: Any, v: Any) -> tuple:
    weights, _ = additive_attention(query, keys, U, W, v)
    return weights, keys[weights.argmax()]


def _additive_mean(query: Any, keys: Any, U: Any, W: Any, v: Any) -> tuple:
    weights, context = additive_attention(query, keys, U, W, v)
    return weights, context / len(keys)


def _dot(Q: np.ndarray, K: np.ndarray, V: np.ndarray, divisor: float, axis: int = 1) -> np.ndarray:
    return _softmax(Q @ K.T / divisor, axis) @ V


def _mask_after(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    return _softmax(scores) * (masked_weights(scores, lengths, causal) > 0)


def _mask_zero_scores(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    return _softmax(np.where(masked_weights(scores, lengths, causal) > 0, scores, 0.0))


def _mask_zero_future(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    place = np.arange(scores.shape[1])
    scores = np.where((place < lengths[:, None])[:, None], scores, -1e30)
    return _softmax(np.where(place > place[:, None], 0.0, scores) if causal else scores)


def _mask_future(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    place = np.arange(scores.shape[1])
    seen = np.repeat((place < lengths[:, None])[:, None], len(place), axis=1)
    if causal:
        seen = seen & ((place >= place[:, None]) | (place == 0))
    return _softmax(np.where(seen, scores, -1e30))


def _mask_no_padding(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    return masked_weights(scores, np.full(len(scores), scores.shape[1]), causal)


def _mask_no_causal(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    return masked_weights(scores, lengths, False)


def _mask_queries(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    rows = np.arange(scores.shape[1]) < lengths[:, None]
    return _mask_no_padding(scores, lengths, causal) * rows[:, :, None]


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


def _back_one_by_one(dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> tuple:
    return weights * (dY @ V.T), weights.T @ dY


def _back_sigmoid(dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> tuple:
    return weights * (1 - weights) * (dY @ V.T), weights.T @ dY


def _back_plain_mean(dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> tuple:
    dweights = dY @ V.T
    return weights * (dweights - dweights.mean(axis=1, keepdims=True)), weights.T @ dY


def _back_weights(dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> tuple:
    return dY @ V.T, weights.T @ dY


def _back_spread(dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> tuple:
    total = np.repeat(dY.sum(axis=0, keepdims=True), len(V), axis=0)
    return attention_backward(dY, weights, V)[0], total


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="09.1",
        title="Additive attention",
        points=2,
        stars=1,
        minutes=12,
        reference=additive_attention,
        cases=_additive_cases,
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
    ),
    Exercise(
        id="09.2",
        title="Scaled dot-product attention",
        points=3,
        stars=2,
        minutes=15,
        reference=dot_product_attention,
        cases=_dot_cases,
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
                    _softmax((Q @ K.T / math.sqrt(Q.shape[1])).ravel()).reshape(len(Q), -1) @ V
                ),
                "All scores together share one sum of 1. Every query has its own.",
            ),
        ),
    ),
    Exercise(
        id="09.3",
        title="Two masks",
        points=3,
        stars=2,
        minutes=15,
        reference=masked_weights,
        cases=_mask_cases,
        hints=(
            "np.arange(L) < lengths[:, None] is (N, L): which keys are words and no padding.",
            "place <= place[:, None] is (L, L): key place at most the query's place.",
            "np.where(seen, scores, -np.inf), and the softmax after that: exp(-inf) is 0.",
        ),
        mistakes=(
            Mistake(
                "masked after the softmax",
                _mask_after,
                "The weights are set to 0 after the softmax, so the rows no longer add up to 1. "
                "Mask the scores, then take the softmax.",
            ),
            Mistake(
                "score 0 instead of minus infinity",
                _mask_zero_scores,
                "Hidden keys get the score 0, and exp(0) is 1: they keep some weight. The score "
                "that gives weight 0 is minus infinity.",
            ),
            Mistake(
                "score 0 for what comes later",
                _mask_zero_future,
                "Padding is right. Later keys get the score 0, and exp(0) is 1: they keep some "
                "weight. They need minus infinity, too.",
            ),
            Mistake(
                "the causal mask the wrong way round",
                _mask_future,
                "The causal mask shows what comes later and hides what came before.",
            ),
            Mistake(
                "padding is seen",
                _mask_no_padding,
                "The padding gets weight. Keys from lengths[n] on are no words.",
            ),
            Mistake(
                "never causal",
                _mask_no_causal,
                "With causal=True a query still sees keys that come after it.",
            ),
            Mistake(
                "padding hidden among the queries",
                _mask_queries,
                "The rows of padded queries are 0, and the padded keys still get weight. Nobody "
                "may look at padding: hide columns.",
            ),
        ),
    ),
    Exercise(
        id="09.4",
        title="Find the bug: mixed-up heads",
        points=2,
        stars=2,
        minutes=10,
        reference=split_heads,
        starter=_heads_starter,
        cases=_head_cases,
        hints=(
            "Number the entries 0, 1, 2, ... and look at what one head gets of the first word.",
            "reshape keeps the order in memory: it can cut the last axis in two, but not move an "
            "axis in front of another.",
            "Cut first, (N, L, heads, E // heads), then swapaxes(1, 2).",
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
    ),
    Exercise(
        id="09.5",
        title="The way back through attention",
        points=3,
        stars=3,
        minutes=20,
        reference=attention_backward,
        cases=_backward_cases,
        forbidden=(
            "lessonlib.functional.scaled_dot_product_attention_backward",
            "lessonlib.functional.softmax_backward",
        ),
        hints=(
            "Y = P V is a matrix product: dV = P^T dY and dP = dY V^T (lesson 03).",
            "A softmax: dS_j = P_j (dP_j - sum_k P_k dP_k), row by row.",
            "(dP * P).sum(axis=1, keepdims=True) is that sum.",
        ),
        mistakes=(
            Mistake(
                "each weight by itself",
                _back_one_by_one,
                "dscores is weights * dweights. It lacks the other half of the softmax: raising "
                "one score lowers all other weights of its row.",
            ),
            Mistake(
                "the sigmoid's slope",
                _back_sigmoid,
                "weights * (1 - weights) is only the diagonal of the softmax's Jacobian. The "
                "scores of a row act on each other's weights as well.",
            ),
            Mistake(
                "plain mean",
                _back_plain_mean,
                "The plain mean of dweights is subtracted. It is the mean by the weights: "
                "sum of weights * dweights.",
            ),
            Mistake(
                "stops at the weights",
                _back_weights,
                "This is the gradient of the weights. The scores lie one softmax further back.",
            ),
            Mistake(
                "every value blamed alike",
                _back_spread,
                "Each value gets the sum of all dY. It was used by its weight: weights.T @ dY.",
            ),
        ),
    ),
]
