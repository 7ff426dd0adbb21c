"""Exercise 07.4: the softmax of scores at a given temperature."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def with_temperature(scores: np.ndarray, T: float) -> np.ndarray:
    """The softmax of scores / T."""
    z = (scores - scores.max()) / T  # the largest becomes 0: no overflow
    p = np.exp(z)
    return p / p.sum()


def _cases(rng: np.random.Generator) -> list[tuple]:
    rows = [(np.array([1.0, 2.0, 4.0]), 2.0), (np.array([1.0, 2.0, 4.0]), 0.5)]
    rows += [(rng.normal(0, 3, n), T) for n, T in ((5, 0.7), (9, 1.0), (4, 3.0))]
    return [*rows, (np.array([3.0, 1.0, 2.5]), 0.001)]


# ---- what people write instead -------------------------------------------------------------------


def _overflowing(scores: np.ndarray, T: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        p = np.exp(scores / T)
        return p / p.sum()


EXERCISE = Exercise(
    id="07.4",
    title="Temperature",
    points=2,
    stars=1,
    minutes=8,
    reference=with_temperature,
    cases=_cases,
    forbidden=(
        "lessonlib.sampling.distribution",
        "lessonlib.functional.softmax",
        "torch.nn.functional.softmax",
        "torch.softmax",
    ),
    hints=(
        "Divide the scores, then take the softmax: np.exp(scores / T), scaled to the sum 1.",
        "exp of 3000 is too large for a float. Subtract the largest score first: that changes "
        "nothing in the result.",
    ),
    mistakes=(
        Mistake(
            "multiplies",
            lambda scores, T: with_temperature(scores, 1 / T),
            "The scores are multiplied by T: a low temperature now evens out. Divide.",
        ),
        Mistake(
            "after the softmax",
            lambda scores, T: with_temperature(scores, 1.0),
            "T has no effect. Dividing probabilities by T and scaling them to 1 again cancels: "
            "divide the scores, before the softmax.",
        ),
        Mistake(
            "overflow",
            _overflowing,
            "Right for moderate scores. At T = 0.001 the exponential overflows: subtract the "
            "largest score first.",
        ),
        Mistake(
            "not scaled",
            lambda scores, T: np.exp((scores - scores.max()) / T),
            "The numbers do not sum to 1. Divide by their sum.",
        ),
    ),
)
