"""Exercise 04.1: one step of gradient descent with momentum."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def momentum_step(
    w: np.ndarray, velocity: np.ndarray, grad: np.ndarray, lr: float, momentum: float
) -> tuple[np.ndarray, np.ndarray]:
    """One step of gradient descent with momentum; return the new weights and velocity."""
    velocity = momentum * velocity + grad  # old gradients fade, the new one enters whole
    return w - lr * velocity, velocity  # the weights follow the new velocity


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([1.0, 2.0]), np.array([4.0, 0.0]), np.array([1.0, -2.0]), 0.1, 0.5)
    first = (np.array([1.0, 2.0]), np.zeros(2), np.array([1.0, -2.0]), 0.1, 0.9)
    drawn = [(*rng.normal(size=(3, n)), lr, mu) for n, lr, mu in ((4, 0.3, 0.9), (6, 0.01, 0.99))]
    return [small, first, *drawn, (*rng.normal(size=(3, 2, 3)), 0.05, 0.8)]


EXERCISE = Exercise(
    id="04.1",
    title="A step with momentum",
    points=2,
    stars=1,
    minutes=8,
    reference=momentum_step,
    cases=_cases,
    forbidden=("lessonlib.optim.SGD", "torch.optim.SGD"),
    hints=(
        "Two lines: first the new velocity, then the new weights from it.",
        "velocity = momentum * velocity + grad, without a factor before grad.",
    ),
    mistakes=(
        Mistake(
            "moves with the old velocity",
            lambda w, u, g, lr, mu: (w - lr * u, mu * u + g),
            "The weights move with the velocity from before the step. In the very first step "
            "that is 0, and nothing happens. Update the velocity first.",
        ),
        Mistake(
            "averages",
            lambda w, u, g, lr, mu: (w - lr * (mu * u + (1 - mu) * g), mu * u + (1 - mu) * g),
            "This velocity is a running mean: the gradient enters with 1 - momentum. In this "
            "rule (and in PyTorch) it enters whole; a mean is what Adam uses.",
        ),
        Mistake(
            "climbs",
            lambda w, u, g, lr, mu: (w + lr * (mu * u + g), mu * u + g),
            "The velocity collects gradients, and they point uphill. Subtract it.",
        ),
        Mistake(
            "rate inside the velocity",
            lambda w, u, g, lr, mu: (w + mu * u - lr * g, mu * u - lr * g),
            "This is Polyak's own form, with the rate inside the velocity: another meaning of "
            "`velocity`. Here it collects gradients, and the rate is applied last.",
        ),
    ),
)
