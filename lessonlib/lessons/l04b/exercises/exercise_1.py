"""Exercise 04b.1: scale the first weights of a ReLU layer so that the signal keeps its size."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def he_weights(draws: np.ndarray) -> np.ndarray:
    """Scale standard normal numbers (fan_out, fan_in) so that ReLU keeps the size of the signal."""
    fan_in = draws.shape[1]  # every output adds up fan_in products
    return draws * np.sqrt(2 / fan_in)  # variance 2 / fan_in: the 2 makes up for ReLU's half


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [(rng.normal(size=shape),) for shape in ((2, 3), (4, 8), (50, 20), (16, 16))]


EXERCISE = Exercise(
    id="04b.1",
    title="A start for ReLU",
    points=2,
    stars=1,
    minutes=8,
    reference=he_weights,
    cases=_cases,
    forbidden=("lessonlib.init.kaiming_normal_", "torch.nn.init.kaiming_normal_"),
    hints=(
        "The numbers have variance 1. Times a factor c they have variance c squared.",
        "The weight is (fan_out, fan_in): which axis does one output add up over?",
        "Wanted is the variance 2 / fan_in, so the factor is its root.",
    ),
    mistakes=(
        Mistake(
            "fan_out",
            lambda draws: draws * np.sqrt(2 / draws.shape[0]),
            "This takes the number of outputs. One output adds up as many products as there "
            "are inputs: shape[1].",
        ),
        Mistake(
            "no root",
            lambda draws: draws * (2 / draws.shape[1]),
            "2 / fan_in is the variance. The factor on the numbers is the standard deviation, "
            "its root.",
        ),
        Mistake(
            "no factor for ReLU",
            lambda draws: draws * np.sqrt(1 / draws.shape[1]),
            "The variance is 1 / fan_in here: right for a linear layer. ReLU sets half of the "
            "values to 0, and a factor 2 makes up for it.",
        ),
        Mistake(
            "Glorot",
            lambda draws: draws * np.sqrt(2 / sum(draws.shape)),
            "This is Glorot's variance, 2 / (fan_in + fan_out), made for tanh.",
        ),
    ),
)
