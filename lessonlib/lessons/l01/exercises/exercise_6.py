"""Exercise 01.6: find the bug in how ten perceptrons agree on one digit."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def which_digit(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The class whose perceptron has the highest score, for every row of X."""
    scores = X @ W.T + b  # (N, classes)
    return scores.argmax(axis=1)  # the highest score wins, even if all are negative


def _cases(rng: np.random.Generator) -> list[tuple]:
    """With W = I the inputs are the scores."""
    scores = np.array([[-3.0, -1.0, -2.0], [1.0, 4.0, 2.0], [0.5, -1.0, 0.2]])
    small = (scores, np.eye(3), np.zeros(3))
    negative = Case(
        "where all scores are negative",
        np.array([[-3.0, -1.0, -4.0], [-5.0, -6.0, -2.0]]),
        np.eye(3),
        np.array([0.5, -0.5, 0.25]),
    )
    several = Case(
        "where several scores are positive", np.array([[1.0, 2.0, 4.0]]), np.eye(3), np.zeros(3)
    )
    zero = Case(
        "where a score is exactly 0",
        np.array([[-2.0, 0.0, -1.0], [0.0, 3.0, 1.0]]),
        np.eye(3),
        np.zeros(3),
    )
    drawn = [
        (rng.normal(size=(n, d)), rng.normal(size=(c, d)), 2 * rng.normal(size=c))
        for n, d, c in ((6, 4, 3), (5, 5, 5), (50, 8, 10))
    ]
    return [small, negative, several, zero, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _first_positive(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    scores = X @ W.T + b
    return (scores > 0).argmax(axis=1)


def _first_not_negative(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (X @ W.T + b >= 0).argmax(axis=1)


def _last_positive(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    positive = (X @ W.T + b > 0)[:, ::-1]
    return len(W) - 1 - positive.argmax(axis=1)


# ---- what every right answer has -----------------------------------------------------------------


def _same_winners(found: Any, turned: Any, *case: Any) -> bool:
    """Place and place from the other end add up to the same for all rows, wherever one counts."""
    found, turned = np.asarray(found), np.asarray(turned)
    return found.ndim != 1 or found.shape != turned.shape or np.ptp(found + turned) == 0


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
    properties=(
        Property(
            "one class for every row",
            lambda found, X, W, b: np.isin(np.asarray(found), range(len(W))).all(),
            "The answers are classes, 0 to C - 1: the place of the highest score in its row. "
            "Something else came back.",
        ),
        Property(
            "a shift of all scores changes nothing",
            lambda found, shifted, X, W, b: np.array_equal(found, shifted),
            "When all biases grow by the same number the highest score stays the highest; here the "
            "answers change. Where 0 lies must not matter: no score may be cut off, turned "
            "positive or replaced by True and False before the highest is looked for.",
            also=lambda X, W, b: (X, W, b + 1000.0),
        ),
        Property(
            "the order of the classes does not matter",
            _same_winners,
            "With the classes in the opposite order other classes win. The highest score has to "
            "win, wherever it is in its row.",
            also=lambda X, W, b: (X, W[::-1], b[::-1]),
        ),
    ),
    parts={
        "scores": "the scores",
        "X @ W.T + b": "the scores",
        "X @ W.T": "the weighted sums",
        "b": "the biases",
        "W": "the weights",
    },
    mistakes=(
        Mistake(
            "wrong axis",
            lambda X, W, b: (X @ W.T + b).argmax(axis=0),
            "This gives the best image for each class. Asked is the best class for each image.",
        ),
        Mistake(
            "the first that is not negative",
            _first_not_negative,
            "Scores of 0 count now, but the scores are still turned into True and False: of two "
            "that are not negative the first wins, and of negative ones always class 0.",
        ),
        Mistake(
            "the last positive one",
            _last_positive,
            "Now the last positive score wins instead of the first. The highest one has to win, "
            "also if all are negative.",
        ),
        Mistake(
            "counted from 1",
            lambda X, W, b: (X @ W.T + b).argmax(axis=1) + 1,
            "The right units win, but the classes are counted from 1 here. They are 0 to C - 1.",
        ),
        Mistake(
            "one place for all rows",
            lambda X, W, b: (X @ W.T + b).argmax(),
            "This is one number, the place of the highest of all scores. Asked is one class for "
            "each row: argmax along the classes.",
        ),
        Mistake(
            "scores cut to whole numbers",
            lambda X, W, b: (X @ W.T + b).astype(int).argmax(axis=1),
            "The scores are cut to whole numbers, and then the first of equal ones wins. Compare "
            "them as they are.",
        ),
        Mistake(
            "the score itself",
            lambda X, W, b: (X @ W.T + b).max(axis=1),
            "This is the highest score itself. Asked is which class has it: its place in the row.",
        ),
        Mistake(
            "absolute scores",
            lambda X, W, b: np.abs(X @ W.T + b).argmax(axis=1),
            "The largest absolute score wins here. A score far below 0 speaks against its class.",
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
