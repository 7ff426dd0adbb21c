"""Exercise 00.1: the share of the predictions that equal their labels."""

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Share of the predictions that equal the labels."""
    agree = predicted == labels  # True where they agree, False where not
    return float(np.mean(agree))  # the mean of True and False is the share of True


def _cases(rng: np.random.Generator) -> list[tuple]:
    fixed = (np.array([7, 2, 7, 1]), np.array([7, 2, 1, 1]))
    zeros = (np.array([0, 0, 3, 5, 0]), np.array([0, 0, 3, 0, 4]))
    one = Case("with a single prediction", np.array([4]), np.array([6]))
    all_right = Case("where all are right", np.array([3, 8]), np.array([3, 8]))
    moved = Case(
        "where none is right, though the same classes occur", np.arange(6), np.arange(6)[::-1]
    )
    drawn = [(rng.integers(0, 10, n), rng.integers(0, 10, n)) for n in (1, 5, 40)]
    mixed = [(np.where(rng.random(30) < 0.7, y, 0), y) for y in rng.integers(0, 10, (2, 30))]
    return [fixed, zeros, one, all_right, moved, *drawn, *mixed]


# ---- what every right answer has -----------------------------------------------------------------


def _agree(share: float, other: float) -> bool:
    """Whether two shares are equal; of one that is no number nothing is said."""
    return bool(np.isnan(share) or np.isclose(share, other))


def _renamed(predicted: np.ndarray, labels: np.ndarray) -> tuple:
    """Class k becomes class 7 k + 3 modulo 10, in both arrays: 0 becomes 3."""
    return (7 * predicted + 3) % 10, (7 * labels + 3) % 10


# ---- what people write instead -------------------------------------------------------------------


def _positives(predicted: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean((predicted == labels) & (labels > 0)))


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
    properties=(
        Property(
            "a share lies between 0 and 1",
            lambda share, predicted, labels: not (share < 0 or share > 1),
            "A share lies between 0 and 1; this one does not.",
        ),
        Property(
            "1 if predictions and labels are the same",
            lambda share, same, *case: _agree(same, 1),
            "Where every prediction equals its label the share is 1. Handed the same array twice, "
            "your function returns something else: what is counted, and what is it divided by?",
            also=lambda predicted, labels: (labels, labels),
        ),
        Property(
            "0 if no prediction equals the label at its place",
            lambda share, none, *case: _agree(none, 0),
            "Where no prediction equals its label the share is 0. Compare each prediction with "
            "the label at the same place, and with nothing else.",
            also=lambda predicted, labels: (labels + 1, labels),
        ),
        Property(
            "the numbers of the classes do not matter",
            lambda share, renamed, *case: _agree(share, renamed),
            "When the classes get other numbers, the same in both arrays, the share must stay; "
            "here it changes. Only equal or not equal counts: not how far apart two numbers "
            "are, and class 0 counts like every other.",
            also=_renamed,
        ),
        Property(
            "the order of the pairs does not matter",
            lambda share, turned, *case: _agree(share, turned),
            "When both arrays are turned round the share must stay; here it changes. Is one of "
            "the pairs left out?",
            also=lambda predicted, labels: (predicted[::-1], labels[::-1]),
        ),
    ),
    parts={
        "agree": "what agrees",
        "predicted == labels": "what agrees",
        "np.mean(agree)": "the share",
    },
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
            "opposite sign",
            lambda predicted, labels: -float(np.mean(predicted == labels)),
            "The result has the opposite sign: a share is never negative.",
        ),
        Mistake(
            "percent",
            lambda predicted, labels: 100 * float(np.mean(predicted == labels)),
            "These are percent. In this course a share lies between 0 and 1.",
        ),
        Mistake(
            "all or nothing",
            lambda predicted, labels: float(np.array_equal(predicted, labels)),
            "This is 1 if all answers are right and 0 otherwise. Ask it of each answer, then take "
            "the share; // would cut every share below 1 down to 0.",
        ),
        Mistake(
            "anywhere among the labels",
            lambda predicted, labels: float(np.mean(np.isin(predicted, labels))),
            "A prediction counts here if it occurs anywhere among the labels. Compare it with the "
            "label at the same place.",
        ),
        Mistake(
            "class 0 never counts",
            _positives,
            "Right answers whose class is 0 are not counted: the number 0 is taken for False. "
            "Class 0 is a class like the others.",
        ),
    ),
)
