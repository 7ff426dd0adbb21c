"""Exercise 05b.3: how much accuracy is lost when one column is shuffled."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


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
        shuffled = X.copy()  # a new copy each time: every round starts from X as it came
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
    swapped = np.array([[1, 0, 2, 3], [1, 2, 3, 0], [3, 2, 1, 0]])
    cases = [
        Case("where there is a single order", *small),
        (_Line([1, 0]), X, np.array([1, 0, 0, 0]), 0, swapped),
        Case("where the model does not look at the column", *small[:3], 1, swapped),
    ]
    for weight, column in (([2, -1, 0.5], 0), ([1, -1, 1], 1), ([2, -1, 0], 2), ([1, 2, -3], 2)):
        unit, X = _Line(weight), rng.normal(size=(60, 3))
        y = np.where(rng.random(60) < 0.1, 1 - unit(X), unit(X))
        orders = np.array([rng.permutation(60) for _ in range(4)])
        cases.append((unit, X, y, column, orders))
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _orders_at_rest(answer: Any, X: Any, y: Any, column: int, orders: Any) -> tuple:
    return answer, X, y, column, np.tile(np.arange(len(X)), (2, 1))


def _loses_nothing_at_rest(got: Any, at_rest: Any, *arguments: Any) -> bool:
    return bool(np.isclose(float(at_rest), 0, atol=1e-6))


def _blind_to_the_column(answer: Any, X: Any, y: Any, column: int, orders: Any) -> tuple:
    weight = answer.weight.copy()
    weight[column] = 0.0
    return type(answer)(weight), X, y, column, orders


def _loses_nothing_blind(got: Any, blind: Any, *arguments: Any) -> bool:
    return bool(np.isclose(float(blind), 0, atol=1e-6))


def _is_one_number(got: Any, *arguments: Any) -> bool:
    return np.size(got) == 1 and not isinstance(got, list | tuple)


def _half_at_rest(answer: Any, X: Any, y: Any, column: int, orders: Any) -> tuple:
    """As many orders more, all of which leave every row at its place."""
    return answer, X, y, column, np.concatenate([orders, 0 * orders + np.arange(len(X))])


def _is_a_mean(got: Any, half: Any, *arguments: Any) -> bool:
    return bool(np.isclose(float(got), 2 * float(half), atol=1e-6))


def _is_unchanged(got: Any, other: Any, *arguments: Any) -> bool:
    return bool(np.isclose(float(got), float(other), atol=1e-6))


def _orders_reversed(answer: Any, X: Any, y: Any, column: int, orders: Any) -> tuple:
    return answer, X, y, column, orders[::-1].copy()


# ---- what people write instead -------------------------------------------------------------------


def _pile_up(answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any) -> float:
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


def _share(answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any) -> float:
    before = float(np.mean(answer(X) == y))
    return importance(answer, X, y, column, orders) / max(before, 1e-12)


def _inverse(answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any) -> float:
    return importance(answer, X, y, column, np.argsort(orders, axis=1))


def _own_answers(answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any) -> float:
    return importance(answer, X, answer(X), column, orders)


def _total(answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any) -> float:
    return len(orders) * importance(answer, X, y, column, orders)


def _labels_alone(
    answer: Callable, X: np.ndarray, y: np.ndarray, column: int, orders: Any
) -> float:
    before, after = np.mean(answer(X) == y), []
    for order in orders:
        shuffled = X.copy()
        shuffled[:, column] = X[order, column]
        after.append(np.mean(answer(shuffled) == y[order]))
    return float(before - np.mean(after))


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
    parts={
        "before": "the accuracy before",
        "after": "the accuracies after shuffling",
        "answer(X) == y": "the hits before",
        "np.mean(answer(X) == y)": "the accuracy before",
        "answer(shuffled) == y": "the hits after shuffling",
        "np.mean(answer(shuffled) == y)": "the accuracy after shuffling",
        "after.append(np.mean(answer(shuffled) == y))": "the accuracy after shuffling",
        "np.mean(after)": "the mean accuracy after shuffling",
        "X.copy()": "the copy of X",
        "shuffled": "the shuffled copy",
        "shuffled = X.copy()": "a copy of X for each order",
        "order": "the order",
        "X[order, column]": "the shuffled column",
        "shuffled[:, column] = X[order, column]": "the column is shuffled",
    },
    forbidden=("sklearn.inspection.permutation_importance",),
    hints=(
        "Measure the accuracy once on X as it is. This is what the losses are counted from.",
        "For each order: copy X, then put X[order, column] into that column of the copy.",
        "Take the mean accuracy over the orders and subtract it from the first accuracy.",
    ),
    properties=(
        Property(
            "one number",
            _is_one_number,
            "One number has to come back: the mean over all orders.",
        ),
        Property(
            "nothing is lost at rest",
            _loses_nothing_at_rest,
            "With orders that leave every row at its place nothing may be lost, and 0 has to come "
            "back.",
            also=_orders_at_rest,
        ),
        Property(
            "a column nobody looks at",
            _loses_nothing_blind,
            "A column that the model does not look at comes out as important: something else "
            "moves with it. Only this one column may be shuffled.",
            also=_blind_to_the_column,
        ),
        Property(
            "a mean over the orders",
            _is_a_mean,
            "If as many orders are added that leave every row at its place, the result has to "
            "become half as large: it is the mean over all orders, each one starting from X as it "
            "came.",
            also=_half_at_rest,
        ),
        Property(
            "the orders are apart",
            _is_unchanged,
            "The result depends on which order comes first: each has to start from X as it came, "
            "and all of them count alike.",
            also=_orders_reversed,
        ),
    ),
    mistakes=(
        Mistake(
            "shuffles pile up",
            _pile_up,
            "Each round shuffles a column that the round before has shuffled already. Every order "
            "has to start from X as it came.",
        ),
        Mistake(
            "labels shuffled too",
            _with_labels,
            "Rows and labels are shuffled together, so every row keeps its label and nothing is "
            "lost, whatever the column. Only one column may move.",
        ),
        Mistake(
            "labels follow the column",
            _labels_alone,
            "The column is shuffled, and the labels with it. They have to stay with their rows: "
            "only the column moves.",
        ),
        Mistake(
            "the order the other way round",
            _inverse,
            "The column is shuffled the other way round: the value of row i goes to row order[i]. "
            "Row i has to get the value of row order[i].",
        ),
        Mistake(
            "compared with its own answers",
            _own_answers,
            "After shuffling, the model is compared with its own first answers. Its accuracy is "
            "meant: compare with the labels y both times.",
        ),
        Mistake(
            "a share of the accuracy",
            _share,
            "This is the lost share of the accuracy. Asked is the difference: the first accuracy "
            "minus the mean of the others.",
        ),
        Mistake(
            "a sum over the orders",
            _total,
            "The losses of all orders are added up. Take their mean.",
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
