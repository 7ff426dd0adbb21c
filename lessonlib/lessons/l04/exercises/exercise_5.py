"""Exercise 04.5: find the bug in a step of AdamW whose decay goes through the gradient."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


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
    wide = (*rng.normal(size=(2, 2, 3)), rng.uniform(0.01, 1, (2, 3)), 4, rng.normal(size=(2, 3)))
    tiny = (np.array([1.0, -3.0]), zero, zero, 1, np.array([1e-8, -3e-8]), 0.1, 0.5)
    return [first, *drawn, (*wide, 0.2, 0.3), Case("where a gradient is as small as eps", *tiny)]


# ---- what every right answer has -----------------------------------------------------------------


def _no_decay(w: Any, m: Any, v: Any, t: int, grad: Any, lr: float, decay: float) -> tuple:
    return w, m, v, t, grad, lr, 0.0


def _averages_gradients(got: Any, without: Any, *arguments: Any) -> bool:
    return np.allclose(got[1], without[1], atol=1e-7) and np.allclose(got[2], without[2], atol=1e-7)


def _shrinks_alike(
    got: Any, without: Any, w: Any, m: Any, v: Any, t: int, grad: Any, lr: float, decay: float
) -> bool:
    return np.allclose(np.asarray(without[0]) - got[0], lr * decay * w, rtol=1e-4, atol=1e-7)


# ---- what people write instead -------------------------------------------------------------------


def _adamw(kind: str) -> Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]:
    def step(*arguments: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        w, m, v, t, grad, lr, decay = arguments
        grad = grad + decay * w if kind == "twice" else grad
        shrunk = {"no lr": decay, "twice": lr * decay, "grows": -lr * decay}.get(kind, 0.0) * w
        new, m, v = adamw_step(w, m, v, t, grad, lr, 0.0)
        if kind == "after":
            shrunk = lr * decay * new
        if kind == "above":
            shrunk = lr * decay * w / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
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
    values=(("the new w", "the new m", "the new v"),),
    parts={
        "lr * step": "Adam's step",
        "step": "Adam's step",
        "lr * decay * w": "the decay",
        "lr * decay": "the share that the decay takes",
        "w - lr * step": "w after Adam's step",
        "grad ** 2": "the squared gradient",
        "0.9 * m": "what is left of the old m",
        "0.999 * v": "what is left of the old v",
        "0.1 * grad": "what the gradient adds to m",
        "0.001 * grad ** 2": "what the squared gradient adds to v",
        "m = 0.9 * m + 0.1 * grad": "the update of m",
        "v = 0.999 * v + 0.001 * grad ** 2": "the update of v",
        "1 - 0.9 ** t": "the correction of m",
        "1 - 0.999 ** t": "the correction of v",
        "m / (1 - 0.9 ** t)": "the corrected m",
        "v / (1 - 0.999 ** t)": "the corrected v",
        "np.sqrt(v / (1 - 0.999 ** t))": "the root of the corrected v",
        "np.sqrt(v / (1 - 0.999 ** t)) + 1e-08": "the divisor",
        "1e-08": "eps",
    },
    forbidden=("lessonlib.optim.AdamW", "torch.optim.AdamW"),
    hints=(
        "Follow decay * w through the lines. What is it divided by on its way into w?",
        "AdamW leaves the gradient alone and shrinks w itself: by lr * decay * w, apart from the step.",
    ),
    properties=(
        Property(
            "m and v know of no decay",
            _averages_gradients,
            "m or v changes with `decay`: some of the decay is still in the gradient that they "
            "collect.",
            also=_no_decay,
        ),
        Property(
            "the decay takes the same share of each weight",
            _shrinks_alike,
            "The decay has to take the same share, lr * decay, off every weight, whatever its "
            "gradient. Yours does not.",
            also=_no_decay,
        ),
    ),
    mistakes=(
        Mistake(
            "decay without the learning rate",
            _adamw("no lr"),
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
            "m and v no longer see the decay, but neither does w: this is Adam.",
        ),
        Mistake(
            "decays after the step",
            _adamw("after"),
            "The decay takes its share of the weights after Adam's step. It has to be computed "
            "from w as it came in.",
        ),
        Mistake(
            "divided by the root",
            _adamw("above"),
            "m and v are right, but the decay is still divided by the root of v. Take lr * decay "
            "* w off apart from the step.",
        ),
        Mistake(
            "grows the weights",
            _adamw("grows"),
            "The sign of the decay is wrong: the weights grow.",
        ),
    ),
)
