"""Exercise 04.5: find the bug in a step of AdamW whose decay goes through the gradient."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def adamw_step(
    w: np.ndarray, m: np.ndarray, v: np.ndarray, t: int, grad: np.ndarray, lr: float, decay: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Step number t = 1, 2, ... of AdamW; return the new weights, m and v."""
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step - lr * decay * w, m, v  # the decay is not divided by the root


def _cases(rng: np.random.Generator) -> list[tuple]:
    zero = np.zeros(2)
    first = (np.array([2.0, -1.0]), zero, zero, 1, np.array([1.0, 10.0]), 0.1, 0.5)
    drawn = [
        (rng.normal(size=4), 0.1 * rng.normal(size=4), rng.uniform(0.01, 1, 4), t, g, lr, decay)
        for t, g, lr, decay in (
            (2, rng.normal(size=4), 0.01, 0.1),
            (9, rng.normal(size=4), 0.1, 0.02),
        )
    ]
    return [first, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _adamw(kind: str) -> Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]:
    def step(*arguments: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        w, m, v, t, grad, lr, decay = arguments
        grad = grad + decay * w if kind == "twice" else grad
        shrunk = {"no rate": decay, "twice": lr * decay, "grows": -lr * decay}.get(kind, 0.0) * w
        new, m, v = adamw_step(w, m, v, t, grad, lr, 0.0)
        return new - shrunk, m, v

    return step


def _decay_in_the_gradient(
    w: np.ndarray, m: np.ndarray, v: np.ndarray, t: int, grad: np.ndarray, lr: float, decay: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    grad = grad + decay * w
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step, m, v


EXERCISE = Exercise(
    id="04.5",
    title="Find the bug: this is not AdamW",
    points=2,
    stars=2,
    minutes=10,
    reference=adamw_step,
    starter=_decay_in_the_gradient,
    cases=_cases,
    forbidden=("lessonlib.optim.AdamW", "torch.optim.AdamW"),
    hints=(
        "Follow decay * w through the lines. What is it divided by on its way into w?",
        "AdamW leaves the gradient alone and shrinks w itself: by lr * decay * w, beside the step.",
    ),
    mistakes=(
        Mistake(
            "decay without the rate",
            _adamw("no rate"),
            "The bug is gone, but the decay is not multiplied by the learning rate: with a "
            "decay of 0.5 half of each weight disappears in one step.",
        ),
        Mistake(
            "decays twice",
            _adamw("twice"),
            "The weight is shrunk directly, and the decay is still in the gradient as well.",
        ),
        Mistake(
            "no decay",
            _adamw("none"),
            "The decay has left the gradient and appears nowhere else: this is Adam.",
        ),
        Mistake(
            "grows the weights",
            _adamw("grows"),
            "The sign of the decay is wrong: the weights grow.",
        ),
    ),
)
