"""Exercise 04.4: one step of Adam, with both corrections for the start at 0."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def adam_step(
    w: np.ndarray,
    m: np.ndarray,
    v: np.ndarray,
    t: int,
    grad: np.ndarray,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Step number t = 1, 2, ... of Adam; return the new weights, m and v."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)  # both averages began at 0 and are too small at first
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v  # m and v go on uncorrected


def _cases(rng: np.random.Generator) -> list[tuple]:
    zero = np.zeros(2)
    first = (np.array([1.0, 1.0]), zero, zero, 1, np.array([2.0, -0.5]), 0.1, 0.9, 0.999, 1e-8)
    small = (
        np.array([1.0]),
        np.array([0.2]),
        np.array([0.4]),
        2,
        np.array([1.0]),
        0.1,
        0.9,
        0.99,
        0.5,
    )
    drawn = [
        (rng.normal(size=4), 0.1 * rng.normal(size=4), rng.uniform(0.01, 1, 4), t, g, *rest)
        for t, g, rest in (
            (3, rng.normal(size=4), (0.01, 0.9, 0.999, 1e-8)),
            (20, rng.normal(size=4), (0.1, 0.8, 0.95, 0.01)),
        )
    ]
    return [first, small, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _adam(kind: str) -> Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]:
    def step(*arguments: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        w, m, v, t, grad, lr, beta1, beta2, eps = arguments
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
        power = {"late": t - 1, "no power": 1}.get(kind, t)
        with np.errstate(divide="ignore", invalid="ignore"):
            m_hat = m if kind == "none" else m / np.float64(1 - beta1**power)
            v_hat = v if kind in ("none", "only m") else v / np.float64(1 - beta2**power)
            below = np.sqrt(v_hat + eps) if kind == "inside" else np.sqrt(v_hat) + eps
            new = w - lr * m_hat / below
        return (new, m_hat, v_hat) if kind == "keeps" else (new, m, v)

    return step


EXERCISE = Exercise(
    id="04.4",
    title="A step of Adam",
    points=4,
    stars=3,
    minutes=20,
    reference=adam_step,
    cases=_cases,
    forbidden=("lessonlib.optim.Adam", "torch.optim.Adam"),
    hints=(
        "Two running averages with weights beta and 1 - beta: m of grad, v of grad**2.",
        "m_hat = m / (1 - beta1**t), v_hat = v / (1 - beta2**t). t is 1 at the first step.",
        "Return m and v themselves, not m_hat and v_hat: the correction is made anew each step.",
    ),
    mistakes=(
        Mistake(
            "no correction",
            _adam("none"),
            "The averages are not corrected. At the first step m is a tenth of the gradient and "
            "the root of v about 3 % of its size: the step is 3.16 times too long.",
        ),
        Mistake(
            "corrects only m",
            _adam("only m"),
            "m is corrected and v is not. v starts at 0 too, and forgets it a hundred times "
            "more slowly.",
        ),
        Mistake(
            "counts from 0",
            _adam("late"),
            "The power is t - 1. At the first step 1 - beta**0 is 0, and you divide by it. "
            "Here t is 1 at the first step.",
        ),
        Mistake(
            "beta without its power",
            _adam("no power"),
            "The correction divides by 1 - beta at every step. It must fade: 1 - beta**t.",
        ),
        Mistake(
            "eps under the root",
            _adam("inside"),
            "eps stands under the root; it belongs outside: sqrt(v_hat) + eps.",
        ),
        Mistake(
            "keeps the corrected averages",
            _adam("keeps"),
            "The new weights are right. m_hat and v_hat are returned, so the next step would "
            "correct them a second time. Return m and v.",
        ),
    ),
)
