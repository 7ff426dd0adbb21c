"""Exercise 06.5: the parameters and multiplications of a convolution."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def cost(c_in: int, c_out: int, kernel: int, height: int, width: int) -> tuple[int, int]:
    """Parameters and multiplications of a convolution whose maps are height x width."""
    weights = c_out * c_in * kernel**2
    return weights + c_out, weights * height * width  # every weight works at every place


def _cases(rng: np.random.Generator) -> list[tuple]:
    drawn = [tuple(int(v) for v in rng.integers((1, 2, 2, 4, 4), (9, 17, 6, 15, 15)))]
    return [(1, 6, 5, 12, 12), (6, 16, 5, 6, 6), (3, 2, 1, 4, 5), *drawn]


EXERCISE = Exercise(
    id="06.5",
    title="What a layer costs",
    points=2,
    stars=1,
    minutes=8,
    reference=cost,
    cases=_cases,
    hints=(
        "One kernel has c_in * kernel * kernel weights, and there are c_out of them.",
        "Each kernel has one bias. Biases are added, not multiplied.",
        "Every weight is used once at each of the height * width places.",
    ),
    mistakes=(
        Mistake(
            "no bias",
            lambda *a: (a[0] * a[1] * a[2] ** 2, cost(*a)[1]),
            "The biases are missing from the parameters: one for each output map.",
        ),
        Mistake(
            "flat kernels",
            lambda *a: cost(1, *a[1:]),
            "A kernel looks at all input channels: it has c_in * kernel * kernel weights.",
        ),
        Mistake(
            "own weights at every place",
            lambda *a: (cost(*a)[1] + a[1], cost(*a)[1]),
            "You count the weights once for every place. They are shared: the number of "
            "parameters does not depend on height and width.",
        ),
        Mistake(
            "one multiplication for each weight",
            lambda *a: (cost(*a)[0], a[0] * a[1] * a[2] ** 2),
            "Each weight is multiplied at every place of the map: height * width times.",
        ),
    ),
)
