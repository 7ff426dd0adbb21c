"""Exercise 01.1: answer +1 or -1 with one unit, for every row of inputs."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l01.exercises.shared import points


def neuron(X: np.ndarray, weight: np.ndarray, bias: float) -> np.ndarray:
    """Answer +1 where the weighted sum plus the bias is above 0, and -1 elsewhere."""
    z = X @ weight + bias  # (N,) one score for each row
    return np.where(z > 0, 1, -1)  # a score of exactly 0 is not above 0


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0]]), np.array([1.0, -1.0]), 0.0)
    biased = (np.array([[0.0, 0.0], [3.0, 1.0]]), np.array([1.0, -1.0]), 2.0)
    drawn = [
        (points(rng, n, d)[0], rng.integers(-2, 3, d).astype(float), float(rng.integers(-2, 3)))
        for n, d in ((8, 2), (30, 3), (1, 5))
    ]
    return [small, biased, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _sign(X: np.ndarray, weight: np.ndarray, bias: float) -> np.ndarray:
    return np.sign(X @ weight + bias).astype(int)


EXERCISE = Exercise(
    id="01.1",
    title="One unit",
    points=2,
    stars=1,
    minutes=8,
    reference=neuron,
    cases=_cases,
    forbidden=("lessonlib.perceptron.classify",),
    hints=(
        "First the scores: one number for each row of X. X @ weight gives (N,).",
        "np.where(condition, a, b) takes a where the condition is true and b elsewhere.",
        "np.sign answers 0 for a score of 0. The unit has two answers only.",
    ),
    mistakes=(
        Mistake(
            "sign of zero",
            _sign,
            "np.sign(0) is 0, which is neither class. A score of 0 is not above 0: answer -1.",
        ),
        Mistake(
            "labels 0 and 1",
            lambda X, weight, bias: (X @ weight + bias > 0).astype(int),
            "These are the labels 0 and 1. In this lesson the two classes are -1 and +1: "
            "the rule of the next exercise multiplies by them.",
        ),
        Mistake(
            "no bias",
            lambda X, weight, bias: np.where(X @ weight > 0, 1, -1),
            "The bias is missing. Without it every line goes through the origin.",
        ),
        Mistake(
            "bias on the other side",
            lambda X, weight, bias: np.where(X @ weight > bias, 1, -1),
            "The weighted sum is compared with the bias. The bias is added to the sum, and that "
            "is compared with 0.",
        ),
        Mistake(
            "zero counts as positive",
            lambda X, weight, bias: np.where(X @ weight + bias >= 0, 1, -1),
            "A score of exactly 0 is answered with +1 here. Only scores above 0 are.",
        ),
        Mistake(
            "scores instead of labels",
            lambda X, weight, bias: X @ weight + bias,
            "These are the scores. One step is missing: the threshold.",
        ),
    ),
)
