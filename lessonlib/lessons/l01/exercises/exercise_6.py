"""Exercise 01.6: find the bug in how ten perceptrons agree on one digit."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def which_digit(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The class whose perceptron has the highest score, for every row of X."""
    scores = X @ W.T + b  # (N, classes)
    return scores.argmax(axis=1)  # the highest score wins, even if all are negative


def _cases(rng: np.random.Generator) -> list[tuple]:
    scores = np.array([[-3.0, -1.0, -2.0], [1.0, 4.0, 2.0], [0.5, -1.0, 0.2]])
    small = (scores, np.eye(3), np.zeros(3))  # with W = I the inputs are the scores
    drawn = [
        (rng.normal(size=(n, d)), rng.normal(size=(c, d)), 2 * rng.normal(size=c))
        for n, d, c in ((6, 4, 3), (50, 8, 10))
    ]
    return [small, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _first_positive(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    scores = X @ W.T + b
    return (scores > 0).argmax(axis=1)


EXERCISE = Exercise(
    id="01.6",
    title="Find the bug: ten perceptrons, one answer",
    points=2,
    stars=2,
    minutes=8,
    reference=which_digit,
    starter=_first_positive,
    cases=_cases,
    hints=(
        "Take one image for which all ten scores are negative. What does the function answer?",
        "argmax of an array of True and False is the position of the first True.",
    ),
    mistakes=(
        Mistake(
            "wrong axis",
            lambda X, W, b: (X @ W.T + b).argmax(axis=0),
            "This gives the best image for each class. Asked is the best class for each image.",
        ),
        Mistake(
            "no bias",
            lambda X, W, b: (X @ W.T).argmax(axis=1),
            "The bug is gone, and so is the bias: each perceptron has its own.",
        ),
        Mistake(
            "lowest score",
            lambda X, W, b: (X @ W.T + b).argmin(axis=1),
            "This takes the lowest score. The class that is most certain has the highest.",
        ),
    ),
)
