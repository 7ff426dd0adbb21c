"""Exercise 07.2: backpropagation through time for a recurrent layer."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l07.exercises.exercise_1 import states
from lessonlib.lessons.l07.exercises.shared import layers


def backward(
    dh: np.ndarray, x: np.ndarray, h: np.ndarray, h0: np.ndarray, U: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Backpropagation through time for a layer that answers at every step."""
    before = np.vstack([h0[None], h[:-1]])  # row t is the state before step t
    dW, dU, db = np.zeros((h.shape[1], x.shape[1])), np.zeros_like(U), np.zeros(len(U))
    later = np.zeros(len(U))  # blame that comes back from the next step
    for t in reversed(range(len(x))):
        da = (dh[t] + later) * (1 - h[t] ** 2)
        dW += np.outer(da, x[t])
        dU += np.outer(da, before[t])
        db += da
        later = U.T @ da
    return dW, dU, db


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for layer in layers(rng):
        x, h0, _, U, _ = layer
        h = states(*layer)
        cases.append((rng.normal(size=h.shape).round(2), x, h, h0, U))
    return cases


# ---- what people write instead -------------------------------------------------------------------


def _walk(
    dh: np.ndarray,
    x: np.ndarray,
    h: np.ndarray,
    h0: np.ndarray,
    U: np.ndarray,
    *,
    slope: Callable = lambda h: 1 - h**2,
    back: Callable = lambda U, da: U.T @ da,
    before: np.ndarray | None = None,
    keep: float = 1.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The right walk with one part exchanged."""
    before = np.vstack([h0[None], h[:-1]]) if before is None else before
    dW, dU, db = np.zeros((h.shape[1], x.shape[1])), np.zeros_like(U), np.zeros(len(U))
    later = np.zeros(len(U))
    for t in reversed(range(len(x))):
        da = (dh[t] + later) * slope(h[t])
        dW = keep * dW + np.outer(da, x[t])
        dU = keep * dU + np.outer(da, before[t])
        db = keep * db + da
        later = back(U, da)
    return dW, dU, db


def _zeros_before(dh: np.ndarray, x: np.ndarray, h: np.ndarray, h0: np.ndarray, U: Any) -> tuple:
    return _walk(dh, x, h, h0, U, before=np.vstack([0 * h0[None], h[:-1]]))


def _last_answer(dh: np.ndarray, x: np.ndarray, h: np.ndarray, h0: np.ndarray, U: Any) -> tuple:
    return _walk(np.where(np.arange(len(dh))[:, None] == len(dh) - 1, dh, 0.0), x, h, h0, U)


EXERCISE = Exercise(
    id="07.2",
    title="Backward through time",
    points=4,
    stars=3,
    minutes=20,
    reference=backward,
    cases=_cases,
    forbidden=(
        "lessonlib.functional.rnn_backward",
        "torch.autograd.backward",
        "torch.autograd.grad",
    ),
    hints=(
        "Walk t from the last step to the first. What arrives at h[t] is dh[t] plus what step "
        "t + 1 handed back; the last step gets only its own.",
        "da = (dh[t] + later) * (1 - h[t] ** 2). It goes to dW with x[t], to dU with the state "
        "before, to db as it is; then later = U.T @ da.",
        "The state before step t is h[t - 1], and h0 for t = 0. np.outer(da, x[t]) has the "
        "shape of W.",
    ),
    mistakes=(
        Mistake(
            "own answer only",
            lambda *a: _walk(*a, back=lambda U, da: np.zeros_like(da)),
            "Every state is blamed for its own answer only. It is to blame for all later ones "
            "too: add what comes back through U.",
        ),
        Mistake(
            "last answer only",
            _last_answer,
            "Only the blame of the last answer is walked back. dh[t] enters at every step.",
        ),
        Mistake(
            "U not turned",
            lambda *a: _walk(*a, back=lambda U, da: U @ da),
            "Back through U the blame goes along the columns: U.T @ da. (With one unit, or a "
            "symmetric U, the difference does not show.)",
        ),
        Mistake(
            "no slope",
            lambda *a: _walk(*a, slope=np.ones_like),
            "The slope of the tanh is missing: 1 - h[t] ** 2.",
        ),
        Mistake(
            "state after",
            lambda dh, x, h, h0, U: _walk(dh, x, h, h0, U, before=h),
            "dU uses h[t], the state after the step. U multiplied the state before it.",
        ),
        Mistake(
            "forgets h0",
            _zeros_before,
            "At the first step U multiplied h0, which need not be zero.",
        ),
        Mistake(
            "overwrites",
            lambda *a: _walk(*a, keep=0.0),
            "Only one step's share is left. The weights are used at every step: add up.",
        ),
    ),
)
