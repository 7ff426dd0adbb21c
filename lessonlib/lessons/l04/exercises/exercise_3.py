"""Exercise 04.3: one step of RMSProp."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def rmsprop_step(
    w: np.ndarray, average: np.ndarray, grad: np.ndarray, lr: float, alpha: float, eps: float
) -> tuple[np.ndarray, np.ndarray]:
    """One step of RMSProp; return the new weights and the new average of squared gradients."""
    average = alpha * average + (1 - alpha) * grad**2
    return w - lr * grad / (np.sqrt(average) + eps), average  # eps stands outside the root


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([1.0, 1.0]), np.array([4.0, 1.0]), np.array([2.0, -3.0]), 0.1, 0.75, 1e-8)
    coarse = (
        *rng.normal(size=(1, 4)),
        rng.uniform(0, 1, 4),
        0.1 * rng.normal(size=4),
        0.1,
        0.9,
        0.5,
    )
    drawn = [
        (rng.normal(size=n), rng.uniform(0.1, 2, n), rng.normal(size=n), lr, a, 1e-8)
        for n, lr, a in ((3, 0.01, 0.99), (5, 0.2, 0.9))
    ]
    return [small, coarse, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _rmsprop(kind: str) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    def step(*arguments: Any) -> tuple[np.ndarray, np.ndarray]:
        w, old, grad, lr, alpha, eps = arguments
        new = alpha * old + (1 - alpha) * (abs(grad) if kind == "size" else grad**2)
        below = np.sqrt(old if kind == "old" else new) + eps
        if kind in ("size", "no root"):
            below = new + eps
        return w - lr * grad / (np.sqrt(new + eps) if kind == "inside" else below), new

    return step


EXERCISE = Exercise(
    id="04.3",
    title="A step of RMSProp",
    points=3,
    stars=2,
    minutes=10,
    reference=rmsprop_step,
    cases=_cases,
    forbidden=("lessonlib.optim.RMSprop", "torch.optim.RMSprop"),
    hints=(
        "The average is over grad**2, with weights alpha and 1 - alpha.",
        "Update the average first; then divide the gradient by its root.",
        "eps is added to the root, not to what is under it.",
    ),
    mistakes=(
        Mistake(
            "eps under the root",
            _rmsprop("inside"),
            "eps stands under the root. With 1e-8 there the smallest divisor would be 1e-4: "
            "add it after the root, as in the formula.",
        ),
        Mistake(
            "no root",
            _rmsprop("no root"),
            "The root is missing. Divided by its own square, a gradient of 0.01 would become "
            "100: small gradients would make the largest steps.",
        ),
        Mistake(
            "averages the size",
            _rmsprop("size"),
            "The average is over |grad|. RMS means root of the mean of the squares.",
        ),
        Mistake(
            "old average",
            _rmsprop("old"),
            "The step uses the average from before this gradient. At the first step that is 0.",
        ),
    ),
)
