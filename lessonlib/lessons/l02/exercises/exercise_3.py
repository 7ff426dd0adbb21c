"""Exercise 02.3: the derivative of SiLU, z * sigmoid(z)."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def silu_slope(z: np.ndarray) -> np.ndarray:
    """The derivative of z * sigmoid(z)."""
    s = 1 / (1 + np.exp(-z))
    return s + z * s * (1 - s)  # product rule: 1 * s + z * s'


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [
        (np.array([0.0]),),
        (np.array([-2.0, -1.0, 1.0, 2.0]),),
        (rng.normal(size=(3, 4)),),
        (5 * rng.normal(size=20),),
    ]


# ---- what people write instead -------------------------------------------------------------------


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


EXERCISE = Exercise(
    id="02.3",
    title="The slope of SiLU",
    points=3,
    stars=2,
    minutes=12,
    reference=silu_slope,
    cases=_cases,
    forbidden=("lessonlib.functional.silu_backward", "torch.nn.functional.silu"),
    hints=(
        "z * s(z) is a product of two functions of z. Which rule differentiates a product?",
        "The slope of the sigmoid is s (1 - s), with s = sigmoid(z).",
        "At z = 0 the answer is 1/2. Far to the right it is 1, far to the left 0.",
    ),
    mistakes=(
        Mistake(
            "slope of the sigmoid",
            lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
            "This is the slope of the sigmoid alone. SiLU is z times the sigmoid.",
        ),
        Mistake(
            "first half of the product rule",
            _sigmoid,
            "This treats the sigmoid as a constant factor. It changes with z too: a second term.",
        ),
        Mistake(
            "second half of the product rule",
            lambda z: z * _sigmoid(z) * (1 - _sigmoid(z)),
            "This is z s'(z). The other half of the product rule is missing: 1 * s(z).",
        ),
        Mistake(
            "the function itself",
            lambda z: z * _sigmoid(z),
            "This is SiLU itself. Asked is its slope.",
        ),
        Mistake(
            "z forgotten in the second term",
            lambda z: _sigmoid(z) + _sigmoid(z) * (1 - _sigmoid(z)),
            "In the second term the factor z is missing: s + z s (1 - s).",
        ),
    ),
)
