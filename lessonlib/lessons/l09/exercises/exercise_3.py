"""Exercise 09.3: attention weights with a padding mask and a causal mask."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l09.exercises.shared import softmax


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
    cases = [(small, np.array([2]), False), (small, np.array([3]), True)]
    for N, L, causal in ((2, 4, False), (3, 5, True)):
        lengths = rng.permuted(np.arange(1, L + 1))[:N]
        cases.append((rng.normal(size=(N, L, L)), lengths, causal))
    return cases


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
        seen = seen & ((place >= place[:, None]) | (place == 0))
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
