"""Exercise 00.1: the share of the predictions that equal their labels."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Share of the predictions that equal the labels."""
    agree = predicted == labels  # True where they agree, False where not
    return float(np.mean(agree))  # the mean of True and False is the share of True


def _cases(rng: np.random.Generator) -> list[tuple]:
    fixed = (np.array([7, 2, 7, 1]), np.array([7, 2, 1, 1]))
    drawn = [(rng.integers(0, 10, n), rng.integers(0, 10, n)) for n in (1, 5, 40)]
    mixed = [(np.where(rng.random(30) < 0.7, y, 0), y) for y in rng.integers(0, 10, (2, 30))]
    all_right = (np.array([3, 8]), np.array([3, 8]))
    return [fixed, all_right, *drawn, *mixed]


EXERCISE = Exercise(
    id="00.1",
    title="The share of right answers",
    points=1,
    stars=1,
    minutes=5,
    reference=accuracy,
    cases=_cases,
    hints=(
        "Compare the two arrays with ==. What comes back is an array of True and False.",
        "NumPy counts True as 1 and False as 0. What is the mean of such an array?",
    ),
    mistakes=(
        Mistake(
            "counts instead of sharing",
            lambda predicted, labels: int(np.sum(predicted == labels)),
            "This is the number of right answers. Divide it by how many there are.",
        ),
        Mistake(
            "error rate",
            lambda predicted, labels: float(np.mean(predicted != labels)),
            "This is the share of wrong answers. Accuracy is the share of right ones.",
        ),
        Mistake(
            "percent",
            lambda predicted, labels: 100 * float(np.mean(predicted == labels)),
            "These are percent. In this course a share lies between 0 and 1.",
        ),
        Mistake(
            "all or nothing",
            lambda predicted, labels: float(np.array_equal(predicted, labels)),
            "This asks whether all answers are right. Ask it of each one, then take the mean.",
        ),
    ),
)
