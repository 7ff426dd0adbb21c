"""Exercise 04.1: one step of gradient descent with momentum."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def momentum_step(
    w: np.ndarray, velocity: np.ndarray, grad: np.ndarray, lr: float, momentum: float
) -> tuple[np.ndarray, np.ndarray]:
    """One step of gradient descent with momentum; return the new weights and velocity."""
    velocity = momentum * velocity + grad  # old gradients fade, the new one enters whole
    return w - lr * velocity, velocity  # the weights follow the new velocity


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([1.0, 2.0]), np.array([4.0, 0.0]), np.array([1.0, -2.0]), 0.1, 0.5)
    first = (np.array([1.0, 2.0]), np.zeros(2), np.array([1.0, -2.0]), 0.1, 0.9)
    none = (np.array([1.0, 2.0]), np.array([4.0, -3.0]), np.array([1.0, -2.0]), 0.1, 0.0)
    drawn = [(*rng.normal(size=(3, n)), lr, mu) for n, lr, mu in ((4, 0.3, 0.9), (6, 0.01, 0.99))]
    return [
        small,
        Case("at the first step, where the velocity is still 0", *first),
        Case("where `momentum` is 0", *none),
        *drawn,
        (*rng.normal(size=(3, 2, 3)), 0.05, 0.8),
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _at_rest(w: Any, velocity: Any, grad: Any, lr: float, momentum: float) -> tuple:
    return w, 0 * velocity, 0 * grad, lr, momentum


def _is_pair(got: Any, *arguments: Any) -> bool:
    return isinstance(got, tuple | list) and len(got) == 2


def _stays_at_rest(got: Any, at_rest: Any, w: Any, *rest: Any) -> bool:
    return not _is_pair(got) or (np.allclose(at_rest[0], w) and np.allclose(at_rest[1], 0))


def _first_step(w: Any, velocity: Any, grad: Any, lr: float, momentum: float) -> tuple:
    return w, 0 * velocity, grad, lr, momentum


def _goes_down(
    got: Any, first: Any, w: Any, velocity: Any, grad: Any, lr: float, momentum: float
) -> bool:
    if not _is_pair(got):
        return True
    return not np.any((np.asarray(first[0]) - w) * grad > 1e-9)


EXERCISE = Exercise(
    id="04.1",
    title="A step with momentum",
    points=2,
    stars=1,
    minutes=8,
    reference=momentum_step,
    cases=_cases,
    pure=True,
    values=(("the new w", "the new velocity"),),
    parts={
        "momentum * velocity": "what is left of the old velocity",
        "momentum * velocity + grad": "the new velocity",
        "velocity = momentum * velocity + grad": "the update of the velocity",
        "lr * velocity": "the step",
        "w - lr * velocity": "the new w",
    },
    forbidden=("lessonlib.optim.SGD", "torch.optim.SGD"),
    hints=(
        "Two lines: first the new velocity, then the new weights from it.",
        "velocity = momentum * velocity + grad, without a factor before grad.",
    ),
    properties=(
        Property(
            "two values",
            _is_pair,
            "Two values have to come back: the new w and the new velocity.",
        ),
        Property(
            "nothing moves at rest",
            _stays_at_rest,
            "At rest and with a gradient of 0 nothing may move: the first value has to be w as it "
            "was, the second one a velocity of 0.",
            also=_at_rest,
        ),
        Property(
            "the first step goes down",
            _goes_down,
            "In a step from rest each weight has to move against its gradient.",
            also=_first_step,
        ),
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
            "This velocity is a running mean: the gradient enters with 1 - momentum. Here (and "
            "in PyTorch) it enters whole; a mean is what Adam uses.",
        ),
        Mistake(
            "climbs",
            lambda w, u, g, lr, mu: (w + lr * (mu * u + g), mu * u + g),
            "The velocity is right, and it collects gradients, which point uphill. The weights "
            "have to go the other way.",
        ),
        Mistake(
            "looks ahead",
            lambda w, u, g, lr, mu: (w - lr * (g + mu * (mu * u + g)), mu * u + g),
            "This is Nesterov's form: the step looks one velocity ahead. Plain momentum moves the "
            "weights by the new velocity alone.",
        ),
        Mistake(
            "learning rate inside the velocity",
            lambda w, u, g, lr, mu: (w + mu * u - lr * g, mu * u - lr * g),
            "The velocity holds the learning rate and the sign of the step: another meaning of "
            "`velocity`. Here it collects plain gradients, and lr comes in only when w moves.",
        ),
        Mistake(
            "learning rate inside the velocity, and taken off",
            lambda w, u, g, lr, mu: (w - (mu * u + lr * g), mu * u + lr * g),
            "The gradient enters the velocity times the learning rate. Here it enters whole, and "
            "lr comes in only when w moves.",
        ),
        Mistake(
            "velocity downhill",
            lambda w, u, g, lr, mu: (w + lr * (mu * u - g), mu * u - g),
            "The gradient is taken off in the velocity, and the velocity is added to w. Here the "
            "velocity collects the gradients with their own sign, and the step is taken off w.",
        ),
        Mistake(
            "the step without the old velocity",
            lambda w, u, g, lr, mu: (w - lr * g, mu * u + g),
            "The velocity is right, but the weights move by the bare gradient: they have to move "
            "by the new velocity.",
        ),
    ),
)
