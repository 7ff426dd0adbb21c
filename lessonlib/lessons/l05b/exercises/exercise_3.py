"""Exercise 05b.3: how much accuracy is lost when one column is shuffled."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def importance(
    answer: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    column: int,
    orders: np.ndarray,
) -> float:
    """How much accuracy is lost, on average, when one column is shuffled and nothing else."""
    before = np.mean(answer(X) == y)
    after = []
    for order in orders:
        shuffled = X.copy()  # a fresh copy each time; the caller's table stays as it was
        shuffled[:, column] = X[order, column]  # other columns and the labels stay in place
        after.append(np.mean(answer(shuffled) == y))
    return float(before - np.mean(after))


class _Line:
    """A linear unit with labels 0 and 1: a model for the answers to be tried on.

    >>> _Line([1, -2])(np.array([[3.0, 1.0]]))
    array([1])
    """

    def __init__(self, weight: Any) -> None:
        self.weight = np.asarray(weight, dtype=float)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Label 1 where the weighted sum is above 0."""
        return (X @ self.weight > 0).astype(int)

    def __repr__(self) -> str:
        return f"a unit with weights {self.weight.round(1).tolist()}"


def _cases(rng: np.random.Generator) -> list[tuple]:
    X = np.array([[2.0, 1.0], [-1.0, 1.0], [3.0, 2.0], [-2.0, 3.0]])
    small = (_Line([1, 0]), X, np.array([1, 0, 1, 0]), 0, np.array([[1, 0, 2, 3]]))
    cases = [small]
    for weight, column in (([2, -1, 0.5], 0), ([1, -1, 1], 1), ([2, -1, 0], 2), ([1, 2, -3], 2)):
        unit, X = _Line(weight), rng.normal(size=(60, 3))
        y = np.where(rng.random(60) < 0.1, 1 - unit(X), unit(X))
        orders = np.array([rng.permutation(60) for _ in range(4)])
        cases.append((unit, X, y, column, orders))
    return cases


# ---- what people write instead -------------------------------------------------------------------


def _in_place(answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any) -> float:
    before, after, shuffled = np.mean(answer(X) == y), [], X
    for order in orders:
        shuffled[:, column] = shuffled[order, column]
        after.append(np.mean(answer(shuffled) == y))
    return float(before - np.mean(after))


def _with_labels(answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any) -> float:
    before = np.mean(answer(X) == y)
    return float(before - np.mean([np.mean(answer(X[o]) == y[o]) for o in orders]))


def _whole_rows(answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any) -> float:
    before = np.mean(answer(X) == y)
    return float(before - np.mean([np.mean(answer(X[o]) == y) for o in orders]))


def _gain(answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any) -> float:
    return -importance(answer, X, y, column, orders)


def _score_left(answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any) -> float:
    return float(np.mean(answer(X) == y)) - importance(answer, X, y, column, orders)


def _first_order(answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any) -> float:
    return importance(answer, X, y, column, orders[:1])


EXERCISE = Exercise(
    id="05b.3",
    title="Permutation importance",
    points=3,
    stars=2,
    minutes=15,
    reference=importance,
    cases=_cases,
    forbidden=("sklearn.inspection.permutation_importance",),
    hints=(
        "Measure the accuracy once on X as it is. This is what the losses are counted from.",
        "For each order: copy X, then put X[order, column] into that column of the copy.",
        "Take the mean accuracy over the orders and subtract it from the first accuracy.",
    ),
    mistakes=(
        Mistake(
            "shuffles in place",
            _in_place,
            "The column is shuffled in the caller's own table, so every round starts from the "
            "mess of the one before. Shuffle a copy: X.copy().",
        ),
        Mistake(
            "labels shuffled too",
            _with_labels,
            "Rows and labels are shuffled together, so every row keeps its label and nothing is "
            "lost, whatever the column. Only one column may move.",
        ),
        Mistake(
            "all columns shuffled",
            _whole_rows,
            "All columns are shuffled, so this is the same number for every column. Only "
            "X[order, column] moves.",
        ),
        Mistake(
            "sign",
            _gain,
            "The sign is turned: this is after minus before. An important column loses accuracy, "
            "and its importance is positive.",
        ),
        Mistake(
            "what is left instead of what is lost",
            _score_left,
            "This is the accuracy that is left after shuffling. The importance is what was lost.",
        ),
        Mistake(
            "first order only",
            _first_order,
            "Only the first order is used. A single shuffle is a matter of luck: take the mean.",
        ),
    ),
)
