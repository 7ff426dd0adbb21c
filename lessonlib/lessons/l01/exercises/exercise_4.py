"""Exercise 01.4: train a perceptron and return the mean of its line over all visits."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l01.exercises.exercise_3 import one_pass
from lessonlib.lessons.l01.exercises.shared import points


def averaged(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    """The mean of the line over all visits, whether the visit changed it or not."""
    weight, bias = np.zeros(X.shape[1]), 0.0
    total, total_bias, visits = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(passes):
        for x, label in zip(X, y, strict=True):
            if label * (weight @ x + bias) <= 0:
                weight, bias = weight + label * x, bias + label
            total, total_bias = total + weight, total_bias + bias  # a line that survives counts
            visits += 1
    return total / visits, total_bias / visits


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[2.0, 1.0], [-1.0, 1.0]]), np.array([1, -1]), 1)
    return [small, *((*points(rng, n, d), p) for n, d, p in ((5, 2, 2), (20, 3, 3), (12, 4, 5)))]


# ---- what people write instead -------------------------------------------------------------------


def _last_line(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    weight, bias = np.zeros(X.shape[1]), 0.0
    for _ in range(passes):
        weight, bias, _ = one_pass(weight, bias, X, y)
    return weight, bias


def _mean_of_passes(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    lines = [_last_line(X, y, p + 1) for p in range(passes)]
    return np.mean([w for w, _ in lines], axis=0), float(np.mean([b for _, b in lines]))


def _mean_of_mistakes(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    weight, bias, kept = np.zeros(X.shape[1]), 0.0, []
    for _ in range(passes):
        for x, label in zip(X, y, strict=True):
            if label * (weight @ x + bias) <= 0:
                weight, bias = weight + label * x, bias + label
                kept.append((weight, bias))
    return np.mean([w for w, _ in kept], axis=0), float(np.mean([b for _, b in kept]))


def _last_bias(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    return averaged(X, y, passes)[0], _last_line(X, y, passes)[1]


EXERCISE = Exercise(
    id="01.4",
    title="The averaged perceptron",
    points=3,
    stars=2,
    minutes=15,
    reference=averaged,
    cases=_cases,
    forbidden=("lessonlib.perceptron.fit",),
    hints=(
        "Keep a running total of the weights, and one of the bias. Start all at 0.",
        "Add the current line to the totals after every visit, mistake or not: "
        "a line that survives many points deserves more weight.",
        "At the end divide by the number of visits, passes * len(X).",
    ),
    mistakes=(
        Mistake(
            "last line",
            _last_line,
            "This is the last line, not the mean of all lines on the way.",
        ),
        Mistake(
            "averages after mistakes only",
            _mean_of_mistakes,
            "Only the lines right after a mistake are averaged. A line that survives ten "
            "visits has to count ten times.",
        ),
        Mistake(
            "averages once a pass",
            _mean_of_passes,
            "One line a pass is averaged. Add to the total after every visit.",
        ),
        Mistake(
            "bias not averaged",
            _last_bias,
            "The weights are averaged, the bias is the last one. Both belong to the line.",
        ),
    ),
)
