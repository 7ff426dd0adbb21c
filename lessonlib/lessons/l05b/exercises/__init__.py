"""Lesson 05b, when not to use a network: fair splits, honest importance, wrong labels."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

# ---- the right answers ---------------------------------------------------------------------------


def k_fold(order: np.ndarray, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Deal the rows into k folds like cards; each fold is tested once by all the others."""
    fold = np.arange(len(order)) % k  # position i goes to fold i % k, whatever row lies there
    return [(order[fold != j], order[fold == j]) for j in range(k)]


def scaled(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standardise both parts with the mean and the spread of the training rows."""
    mean, spread = train_X.mean(axis=0), train_X.std(axis=0)  # test rows have no say in these
    return (train_X - mean) / spread, (test_X - mean) / spread


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


def suspects(probabilities: np.ndarray, labels: np.ndarray, m: int) -> np.ndarray:
    """The m rows whose given label the model believes least, the least believed first."""
    given = probabilities[np.arange(len(labels)), labels]  # (N,) what the model gives the label
    loss = -np.log(given)  # the cross-entropy of each row
    return np.argsort(-loss)[:m]


# ---- the cases -----------------------------------------------------------------------------------


class Line:
    """A linear unit with labels 0 and 1, to be tried in exercise 05b.3.

    >>> Line([1, -2])(np.array([[3.0, 1.0]]))
    array([1])
    """

    def __init__(self, weight: Any) -> None:
        self.weight = np.asarray(weight, dtype=float)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Label 1 where the weighted sum is above 0."""
        return (X @ self.weight > 0).astype(int)

    def __repr__(self) -> str:
        return f"a unit with weights {self.weight.round(1).tolist()}"


def _fold_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([4, 1, 5, 0, 3, 2]), 3)
    uneven = (np.array([2, 0, 3, 1, 4]), 2)
    return [small, uneven, (rng.permutation(23), 5), (10 + rng.permutation(11), 4)]


def _scaled_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 10.0], [3.0, 30.0]]), np.array([[2.0, 60.0], [4.0, 20.0]]))
    scale = np.array([1.0, 20.0, 0.3])
    drawn = [(5 + rng.normal(size=(n, 3)) * scale, 6 + rng.normal(size=(5, 3))) for n in (8, 20)]
    return [small, *drawn]


def _importance_cases(rng: np.random.Generator) -> list[tuple]:
    X = np.array([[2.0, 1.0], [-1.0, 1.0], [3.0, 2.0], [-2.0, 3.0]])
    small = (Line([1, 0]), X, np.array([1, 0, 1, 0]), 0, np.array([[1, 0, 2, 3]]))
    cases = [small]
    for weight, column in (([2, -1, 0.5], 0), ([1, -1, 1], 1), ([2, -1, 0], 2), ([1, 2, -3], 2)):
        unit, X = Line(weight), rng.normal(size=(60, 3))
        y = np.where(rng.random(60) < 0.1, 1 - unit(X), unit(X))
        orders = np.array([rng.permutation(60) for _ in range(4)])
        cases.append((unit, X, y, column, orders))
    return cases


def _suspect_cases(rng: np.random.Generator) -> list[tuple]:
    small = (
        np.array([[0.7, 0.2, 0.1], [0.4, 0.35, 0.25], [0.05, 0.9, 0.05], [0.3, 0.1, 0.6]]),
        np.array([0, 1, 0, 2]),
        2,
    )
    drawn = []
    for n, classes, m in ((12, 4, 3), (60, 10, 8)):
        labels = rng.integers(0, classes, n)
        scores = 2 * rng.normal(size=(n, classes)) + 3 * np.eye(classes)[labels]
        powers = np.exp(scores)
        drawn.append((powers / powers.sum(axis=1, keepdims=True), labels, m))
    return [small, *drawn]


def _use_folds(answer: Callable[..., Any], order: np.ndarray, k: int) -> Any:
    """Any order of the rows inside a part is right, so both parts are compared sorted."""
    folds = answer(order, k)
    if not isinstance(folds, list | tuple):
        return folds
    return [tuple(np.sort(p) for p in f) if isinstance(f, list | tuple) else f for f in folds]


# ---- what people write instead -------------------------------------------------------------------


def _all_rows_train(order: np.ndarray, k: int) -> list[tuple]:
    return [(order, test) for _, test in k_fold(order, k)]


def _positions(order: np.ndarray, k: int) -> list[tuple]:
    return k_fold(np.arange(len(order)), k)


def _parts_swapped(order: np.ndarray, k: int) -> list[tuple]:
    return [(test, train) for train, test in k_fold(order, k)]


def _blocks(order: np.ndarray, k: int) -> list[tuple]:
    tests = np.array_split(order, k)
    return [(np.setdiff1d(order, test), test) for test in tests]


def _rest_dropped(order: np.ndarray, k: int) -> list[tuple]:
    return k_fold(order[: len(order) // k * k], k)


def _scaled_together(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    both = np.concatenate([train_X, test_X])
    mean, spread = both.mean(axis=0), both.std(axis=0)
    return (train_X - mean) / spread, (test_X - mean) / spread


def _scaled_apart(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return scaled(train_X, train_X)[0], scaled(test_X, test_X)[0]


def _scaled_over_all(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (train_X - train_X.mean()) / train_X.std(), (test_X - train_X.mean()) / train_X.std()


def _scaled_train_only(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return scaled(train_X, test_X)[0], test_X


def _scaled_by_variance(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, variance = train_X.mean(axis=0), train_X.var(axis=0)
    return (train_X - mean) / variance, (test_X - mean) / variance


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


def _given(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return probabilities[np.arange(len(labels)), labels]


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="05b.1",
        title="Deal the rows into folds",
        points=2,
        stars=1,
        minutes=10,
        reference=k_fold,
        cases=_fold_cases,
        use=_use_folds,
        forbidden=("sklearn.model_selection.KFold",),
        hints=(
            "np.arange(len(order)) % k gives each position its fold: 0, 1, ..., k-1, 0, 1, ...",
            "A condition on that array picks rows: order[fold == j] is the test part of fold j.",
            "The training part is everything else: order[fold != j].",
        ),
        mistakes=(
            Mistake(
                "test rows in the training part",
                _all_rows_train,
                "The training part holds all rows, those of the test part too. A model would be "
                "asked about rows that it has seen.",
            ),
            Mistake(
                "positions instead of rows",
                _positions,
                "These are positions in `order`, 0 to n-1. The row at position i is order[i].",
            ),
            Mistake(
                "parts swapped",
                _parts_swapped,
                "The two parts are swapped: the training part comes first in each pair.",
            ),
            Mistake(
                "blocks",
                _blocks,
                "These are blocks of neighbours, also a fair split. Here the rows are dealt like "
                "cards: position i goes to fold i % k.",
            ),
            Mistake(
                "the rest is dropped",
                _rest_dropped,
                "When k does not divide the number of rows, the last ones are in no fold. Every "
                "row is tested once.",
            ),
        ),
    ),
    Exercise(
        id="05b.2",
        title="Find the bug: the scale",
        points=2,
        stars=1,
        minutes=6,
        reference=scaled,
        starter=_scaled_together,
        cases=_scaled_cases,
        forbidden=("sklearn.preprocessing.StandardScaler",),
        hints=(
            "Which rows decide about the mean and the spread? Which rows should?",
            "On the day the model is used, the test rows have not been measured yet.",
        ),
        mistakes=(
            Mistake(
                "the test part on its own scale",
                _scaled_apart,
                "The test part is scaled by its own mean and spread. Then the same tumour gets "
                "other numbers in each part, and a single new row cannot be scaled at all.",
            ),
            Mistake(
                "one scale for all columns",
                _scaled_over_all,
                "One mean and one spread for the whole table. Each column has its own unit: axis=0.",
            ),
            Mistake(
                "the test part is not scaled",
                _scaled_train_only,
                "The test part comes back in its old units. The model has learnt in the new ones.",
            ),
            Mistake(
                "divides by the variance",
                _scaled_by_variance,
                "The columns are divided by their variance. The spread is its square root: std.",
            ),
        ),
    ),
    Exercise(
        id="05b.3",
        title="Permutation importance",
        points=3,
        stars=2,
        minutes=15,
        reference=importance,
        cases=_importance_cases,
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
    ),
    Exercise(
        id="05b.4",
        title="The least believed labels",
        points=3,
        stars=3,
        minutes=15,
        reference=suspects,
        cases=_suspect_cases,
        hints=(
            "Row i gives its own label the probability probabilities[i, labels[i]].",
            "With np.arange(len(labels)) as row numbers this is one expression for all rows.",
            "The cross-entropy is -log of it: the smaller the probability, the larger the loss.",
        ),
        mistakes=(
            Mistake(
                "the most believed",
                lambda probabilities, labels, m: np.argsort(-_given(probabilities, labels))[:m],
                "These are the rows with the smallest loss, the labels that the model believes most.",
            ),
            Mistake(
                "doubt instead of contradiction",
                lambda probabilities, labels, m: np.argsort(probabilities.max(axis=1))[:m],
                "These rows have the smallest highest probability: the model is in doubt about them. "
                "A wrong label is where it is sure of another digit. Look at the given label.",
            ),
            Mistake(
                "the order",
                lambda probabilities, labels, m: suspects(probabilities, labels, m)[::-1].copy(),
                "The right rows, with the most suspicious one last. It comes first: a person who "
                "re-reads labels starts at the top.",
            ),
            Mistake(
                "losses instead of rows",
                lambda probabilities, labels, m: np.sort(-np.log(_given(probabilities, labels)))[
                    ::-1
                ][:m],
                "These are the losses themselves. A person needs the row numbers: argsort.",
            ),
        ),
    ),
]
