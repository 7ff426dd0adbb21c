"""Exercise 01.3: one pass over all points with Rosenblatt's rule, counting the mistakes."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l01.exercises.shared import points


def one_pass(
    weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, float, int]:
    """Visit every point once, in order; return the line and the number of mistakes on the way."""
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label * (weight @ x + bias) <= 0:  # judged by the line of this moment
            weight, bias = weight + label * x, bias + label
            mistakes += 1
    return weight, bias, mistakes


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (
        np.zeros(2),
        0.0,
        np.array([[2.0, 1.0], [1.0, 3.0], [-1.0, 1.0]]),
        np.array([1, 1, -1]),
    )
    drawn = [(np.zeros(d), 0.0, *points(rng, n, d)) for n, d in ((6, 2), (25, 3))]
    warm = (np.array([1.0, -1.0]), 1.0, *points(rng, 12, 2))
    return [small, *drawn, warm]


# ---- what people write instead -------------------------------------------------------------------


def _pass_batch(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    wrong = y * (X @ weight + bias) <= 0
    return weight + y[wrong] @ X[wrong], bias + float(y[wrong].sum()), int(wrong.sum())


def _pass_count_after(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    weight, bias, _ = one_pass(weight, bias, X, y)
    return weight, bias, int(np.sum(y * (X @ weight + bias) <= 0))


def _pass_count_right(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    weight, bias, wrong = one_pass(weight, bias, X, y)
    return weight, bias, len(X) - wrong


def _pass_no_bias(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label * (x @ weight + bias) <= 0:
            weight, mistakes = weight + label * x, mistakes + 1
    return weight, bias, mistakes


def _pass_first_only(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    for k in range(len(X)):
        if y[k] * (weight @ X[k] + bias) <= 0:
            return weight + y[k] * X[k], bias + y[k], 1
    return weight, bias, 0


EXERCISE = Exercise(
    id="01.3",
    title="One pass",
    points=3,
    stars=2,
    minutes=12,
    reference=one_pass,
    cases=_cases,
    hints=(
        "Loop over the points in order. Each is judged by the line as it is at that moment.",
        "Count a mistake where you make the update; do not count again afterwards.",
    ),
    mistakes=(
        Mistake(
            "all at once",
            _pass_batch,
            "All points are judged by the line from before the pass. The rule changes the line "
            "at once, so the next point meets the new one.",
        ),
        Mistake(
            "counts after the pass",
            _pass_count_after,
            "The line is right. The count is taken with the final line; count on the way.",
        ),
        Mistake(
            "counts right answers",
            _pass_count_right,
            "The line is right. The third value counts the points that were right.",
        ),
        Mistake(
            "bias stays",
            _pass_no_bias,
            "Only the weights move. The bias takes part in every update: bias + label.",
        ),
        Mistake(
            "returns too early",
            _pass_first_only,
            "The pass ends at the first mistake. Is the `return` inside the loop?",
        ),
    ),
)
