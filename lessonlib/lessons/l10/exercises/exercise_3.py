"""Exercise 10.3: find the bug in causal attention whose mask comes after the softmax."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l10.exercises.shared import softmax


def causal_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Each position takes the values of positions up to its own."""
    scores = q @ k.T / np.sqrt(q.shape[1])  # (L, L): row asks, column answers
    scores = np.where(np.tri(len(q), dtype=bool), scores, -np.inf)  # before the softmax
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v


def _cases(rng: np.random.Generator) -> list[tuple]:
    eye = np.eye(3)
    shapes = ((1, 2, 2), (4, 3, 2), (6, 4, 5))
    drawn = [
        (rng.normal(size=(L, E)), rng.normal(size=(L, E)), rng.normal(size=(L, V)))
        for L, E, V in shapes
    ]
    return [(2 * eye, eye, np.arange(3.0)[:, None] + 1), *drawn]


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
