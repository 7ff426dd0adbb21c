"""Exercise 02.1: one layer of ReLU units for a batch of inputs."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def layer(X: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """One layer of ReLU units: weighted sums, one bias a unit, everything below 0 cut off."""
    z = X @ weight.T + bias  # (N, out): row n, unit k
    return np.maximum(z, 0)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([[1.0, 2.0], [1.0, -3.0]]), np.zeros(2))
    biased = (np.array([[1.0, 0.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([-5.0, 1.0]))
    drawn = [
        # as many units as inputs, so that a forgotten transpose runs and gets its own message
        (rng.normal(size=(n, d)), rng.normal(size=(d, d)), rng.normal(size=d))
        for n, d in ((4, 3), (10, 5))
    ]
    return [small, biased, *drawn]


EXERCISE = Exercise(
    id="02.1",
    title="One layer",
    points=2,
    stars=1,
    minutes=8,
    reference=layer,
    cases=_cases,
    forbidden=("lessonlib.functional.linear", "lessonlib.functional.relu"),
    hints=(
        "weight has one row for each unit. Which axis of X must meet which axis of weight?",
        "X @ weight.T has one row an example and one column a unit; the bias adds to each row.",
        "np.maximum(z, 0) compares entry by entry. np.max(z, 0) is something else.",
    ),
    mistakes=(
        Mistake(
            "weight not transposed",
            lambda X, weight, bias: np.maximum(X @ weight + bias, 0),
            "X @ weight runs here only because weight is square. A row of weight belongs to "
            "one unit, so the product is X @ weight.T.",
        ),
        Mistake(
            "max instead of maximum",
            lambda X, weight, bias: np.max(X @ weight.T + bias, 0),
            "np.max(z, 0) is the largest entry along axis 0. np.maximum(z, 0) compares each "
            "entry with 0.",
        ),
        Mistake(
            "no activation",
            lambda X, weight, bias: X @ weight.T + bias,
            "These are the weighted sums. Without the cut at 0 the layer bends nothing.",
        ),
        Mistake(
            "bias after the cut",
            lambda X, weight, bias: np.maximum(X @ weight.T, 0) + bias,
            "The bias is added after the cut. It belongs to the sum: it says where the cut is.",
        ),
        Mistake(
            "no bias",
            lambda X, weight, bias: np.maximum(X @ weight.T, 0),
            "The bias is missing, so every fold goes through the origin.",
        ),
        Mistake(
            "absolute value",
            lambda X, weight, bias: np.abs(X @ weight.T + bias),
            "This turns negative sums round. ReLU makes them 0.",
        ),
    ),
)
