"""Exercise 09.3: attention weights with a padding mask and a causal mask."""

from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l09.exercises.shared import finite, softmax


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


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.array([[[1.0, 2.0, 0.0], [0.0, 0.0, 0.0], [2.0, 1.0, 3.0]]])
    padded, later, both = (
        "where there is padding",
        "where causal is True",
        "where there is padding and causal is True",
    )
    cases: list[tuple] = [
        (small, np.array([3]), False),
        Case(padded, small, np.array([2]), False),
        Case(later, small, np.array([3]), True),
        Case(both, small[:, ::-1] - 4, np.array([1]), True),
    ]
    for about, N, L in ((padded, 2, 4), (later, 2, 3), (both, 3, 5), (both, 4, 4)):
        lengths = rng.permuted(np.arange(1, L))[:N] if N < L else np.arange(1, L + 1)
        lengths = np.full(N, L) if about == later else lengths
        cases.append(Case(about, 2 * rng.normal(size=(N, L, L)), lengths, about != padded))
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _visible(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    """(N, L, L): True where a query may see a key."""
    words = np.arange(scores.shape[1]) < lengths[:, None]
    shown = np.tri(scores.shape[1], dtype=bool) if causal else np.ones(scores.shape[1:], bool)
    return words[:, None] & shown


def _judged(value: Any, scores: np.ndarray) -> np.ndarray | None:
    weights = np.asarray(value, float)
    return weights if weights.shape == scores.shape and finite(weights) else None


def _no_padding(value: Any, scores: np.ndarray, lengths: np.ndarray, causal: bool) -> bool:
    weights = _judged(value, scores)
    padded = np.arange(scores.shape[1]) >= lengths[:, None]
    return weights is None or bool((abs(weights) * padded[:, None] < 1e-6).all())


def _nothing_later(value: Any, scores: np.ndarray, lengths: np.ndarray, causal: bool) -> bool:
    weights = _judged(value, scores)
    return weights is None or not causal or bool((abs(np.triu(weights, 1)) < 1e-6).all())


def _sees_later(value: Any, scores: np.ndarray, lengths: np.ndarray, causal: bool) -> bool:
    weights = _judged(value, scores)
    later = np.triu(np.ones(scores.shape[1:], bool), 1) & _visible(scores, lengths, False)
    return weights is None or causal or not later.any() or bool((weights[later] > 0).any())


def _sees_past(value: Any, scores: np.ndarray, lengths: np.ndarray, causal: bool) -> bool:
    weights = _judged(value, scores)
    if weights is None:
        return True
    past = _visible(scores, lengths, True)
    rows = weights.sum(axis=2) > 0  # of rows that are 0 altogether, something else is said
    return bool((weights[past & rows[:, :, None]] > 0).all())


def _pads_answered(value: Any, scores: np.ndarray, lengths: np.ndarray, causal: bool) -> bool:
    weights = _judged(value, scores)
    if weights is None:
        return True
    padded = np.arange(scores.shape[1]) >= lengths[:, None]
    return not padded.any() or bool((weights.sum(axis=2)[padded] > 0).all())


def _rows_share_1(value: Any, scores: np.ndarray, lengths: np.ndarray, causal: bool) -> bool:
    weights = _judged(value, scores)
    if weights is None:
        return True
    sums = weights.sum(axis=2)
    return np.allclose(sums[sums > 0], 1, atol=1e-4)


# ---- what people write instead -------------------------------------------------------------------


def _mask_after(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    return softmax(scores) * (masked_weights(scores, lengths, causal) > 0)


def _mask_zero_scores(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    return softmax(np.where(masked_weights(scores, lengths, causal) > 0, scores, 0.0))


def _mask_zero_future(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    place = np.arange(scores.shape[1])
    scores = np.where((place < lengths[:, None])[:, None], scores, -1e30)
    return softmax(np.where(place > place[:, None], 0.0, scores) if causal else scores)


def _mask_future(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    place = np.arange(scores.shape[1])
    seen = np.repeat((place < lengths[:, None])[:, None], len(place), axis=1)
    if causal:
        seen = seen & (place >= place[:, None])
    return softmax(np.where(seen, scores, -1e30))


def _mask_no_padding(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    return masked_weights(scores, np.full(len(scores), scores.shape[1]), causal)


def _mask_no_causal(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    return masked_weights(scores, lengths, False)


def _mask_queries(scores: np.ndarray, lengths: np.ndarray, causal: bool) -> np.ndarray:
    rows = np.arange(scores.shape[1]) < lengths[:, None]
    return _mask_no_padding(scores, lengths, causal) * rows[:, :, None]


EXERCISE = Exercise(
    id="09.3",
    title="Two masks",
    points=3,
    stars=2,
    minutes=15,
    reference=masked_weights,
    cases=_cases,
    hints=(
        "np.arange(L) < lengths[:, None] is (N, L): which keys are words and no padding.",
        "place <= place[:, None] is (L, L): key place at most the query's place.",
        "np.where(seen, scores, -np.inf), and the softmax after that: exp(-inf) is 0.",
    ),
    parts={
        "scores.shape[1]": "the number of words",
        "place": "a key's place",
        "lengths[:, None]": "the length",
        "place[:, None]": "the query's place",
        "place < lengths[:, None]": "the mask of the padding",
        "place <= place[:, None]": "the causal mask",
        "seen & (place <= place[:, None])": "the causal mask",
        "seen[:, None]": "the mask of the padding",
        "np.repeat(seen[:, None], L, axis=1)": "the mask of the padding",
        "seen": "the mask",
        "np.where(seen, scores, -np.inf)": "the array of masked scores",
        "masked": "the array of masked scores",
        "-np.inf": "minus infinity",
        "masked.max(axis=2, keepdims=True)": "the largest score of a row",
        "masked - masked.max(axis=2, keepdims=True)": "the array of masked scores",
        "e": "the array of exponentials",
        "np.exp(masked - masked.max(axis=2, keepdims=True))": "the array of exponentials",
        "e.sum(axis=2, keepdims=True)": "the sum of a row",
        "causal": "`causal`",
    },
    properties=(
        Property(
            "padding has no weight",
            _no_padding,
            "A padded key gets weight. In each row the keys from lengths[n] on have to get 0.",
        ),
        Property(
            "nothing later has weight",
            _nothing_later,
            "With causal=True a query gives weight to keys that come after it.",
        ),
        Property(
            "without causal later keys are seen",
            _sees_later,
            "With causal=False a query sees later words as well; here it never does.",
        ),
        Property(
            "queries that are padding are answered",
            _pads_answered,
            "The rows of padded queries are 0. They are answered like the others: only keys, "
            "the columns, are hidden.",
        ),
        Property(
            "what may be seen has weight",
            _sees_past,
            "A key that may be seen gets the weight 0: itself or an earlier word.",
        ),
        Property(
            "rows add up to 1",
            _rows_share_1,
            "The weights of a row do not add up to 1. Each query, one row, shares out 1 among "
            "the keys that it may see.",
        ),
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
)
