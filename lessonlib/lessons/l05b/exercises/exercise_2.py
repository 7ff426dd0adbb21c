"""Exercise 05b.2: find the bug in a cross-validation whose choice has seen the test labels."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def crossed(
    X: np.ndarray, y: np.ndarray, folds: Iterable[tuple], choose: Callable, answer: Callable
) -> np.ndarray:
    """Test each row once, in its fold; columns and model have not seen it."""
    right = np.zeros(len(y), dtype=bool)
    for rows, new in folds:
        keep = choose(X[rows], y[rows])  # the choice is learning, so it is made inside the fold
        right[new] = answer(X[rows][:, keep], y[rows], X[new][:, keep]) == y[new]
    return right


def _two_best(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The two columns whose means differ most between the classes."""
    return np.argsort(-np.abs(X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0)))[:2]


def _two_higher(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The two columns that are most above the other class in class 1."""
    return np.argsort(X[y == 0].mean(axis=0) - X[y == 1].mean(axis=0))[:2]


def _centroid(A: np.ndarray, a: np.ndarray, B: np.ndarray) -> np.ndarray:
    """The class whose mean is nearer."""
    zero, one = A[a == 0].mean(axis=0), A[a == 1].mean(axis=0)
    return (np.sum((B - one) ** 2, axis=1) < np.sum((B - zero) ** 2, axis=1)).astype(int)


def _neighbour(A: np.ndarray, a: np.ndarray, B: np.ndarray) -> np.ndarray:
    """The label of the nearest row."""
    return a[np.argmin(np.sum((B[:, None] - A) ** 2, axis=2), axis=1)]


def _folds(n: int, k: int, order: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(np.sort(order[np.arange(n) % k != j]), np.sort(order[j::k])) for j in range(k)]


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for n, columns, k, choose, answer in (
        (12, 40, 3, _two_best, _centroid),
        (24, 60, 4, _two_higher, _neighbour),
        (30, 80, 5, _two_best, _centroid),
    ):
        X, y = rng.normal(size=(n, columns)), np.arange(n) % 2
        cases.append((X, y, _folds(n, k, rng.permutation(n)), choose, answer))
    X, y = rng.normal(size=(40, 10)), rng.permutation(np.arange(40) % 2)
    X[:, 3] += 2 * y
    told = Case(
        "where a column tells", X, y, _folds(40, 4, rng.permutation(40)), _two_best, _centroid
    )
    return [*cases, told]


# ---- what people write instead -------------------------------------------------------------------


def _chosen_first(X: Any, y: Any, folds: Any, choose: Any, answer: Any) -> np.ndarray:
    keep = choose(X, y)
    right = np.zeros(len(y), dtype=bool)
    for rows, new in folds:
        right[new] = answer(X[rows][:, keep], y[rows], X[new][:, keep]) == y[new]
    return right


def _chosen_on_test(X: Any, y: Any, folds: Any, choose: Any, answer: Any) -> np.ndarray:
    right = np.zeros(len(y), dtype=bool)
    for rows, new in folds:
        keep = choose(X[new], y[new])
        right[new] = answer(X[rows][:, keep], y[rows], X[new][:, keep]) == y[new]
    return right


def _chosen_once(X: Any, y: Any, folds: Any, choose: Any, answer: Any) -> np.ndarray:
    folds = list(folds)
    keep = choose(X[folds[0][0]], y[folds[0][0]])
    right = np.zeros(len(y), dtype=bool)
    for rows, new in folds:
        right[new] = answer(X[rows][:, keep], y[rows], X[new][:, keep]) == y[new]
    return right


def _not_chosen(X: Any, y: Any, folds: Any, choose: Any, answer: Any) -> np.ndarray:
    right = np.zeros(len(y), dtype=bool)
    for rows, new in folds:
        right[new] = answer(X[rows], y[rows], X[new]) == y[new]
    return right


def _all_rows_train(X: Any, y: Any, folds: Any, choose: Any, answer: Any) -> np.ndarray:
    right = np.zeros(len(y), dtype=bool)
    for rows, new in folds:
        keep = choose(X[rows], y[rows])
        right[new] = answer(X[:, keep], y, X[new][:, keep]) == y[new]
    return right


def _fold_after_fold(X: Any, y: Any, folds: Any, choose: Any, answer: Any) -> np.ndarray:
    folds = list(folds)
    right = crossed(X, y, folds, choose, answer)
    return np.concatenate([right[new] for _, new in folds])


def _training_rows(X: Any, y: Any, folds: Any, choose: Any, answer: Any) -> np.ndarray:
    return crossed(X, y, [(rows, rows) for rows, _ in folds], choose, answer)


def _labels(X: Any, y: Any, folds: Any, choose: Any, answer: Any) -> np.ndarray:
    return np.where(crossed(X, y, folds, choose, answer), y, 1 - y)


def _turned_round(X: Any, y: Any, folds: Any, choose: Any, answer: Any) -> np.ndarray:
    return crossed(X, y, [(new, rows) for rows, new in folds], choose, answer)


EXERCISE = Exercise(
    id="05b.2",
    title="Find the bug: the choice",
    points=2,
    stars=1,
    minutes=8,
    reference=crossed,
    starter=_chosen_first,
    cases=_cases,
    parts={
        "keep": "the chosen columns",
        "choose(X[rows], y[rows])": "the choice of the columns",
        "keep = choose(X[rows], y[rows])": "the choice of the columns",
        "X[rows]": "the training rows",
        "y[rows]": "the labels of the training rows",
        "X[new]": "the test rows",
        "X[new][:, keep]": "the chosen columns of the test rows",
        "X[rows][:, keep]": "the chosen columns of the training rows",
        "y[new]": "the labels of the test rows",
    },
    hints=(
        "Which rows have a say in which columns are kept? Are any of them tested later?",
        "A choice that looks at labels is a part of the learning.",
    ),
    properties=(
        Property(
            "one verdict for each row",
            lambda got, X, y, *rest: np.shape(got) == (len(y),),
            "One True or False has to come back for each row of the table.",
        ),
    ),
    mistakes=(
        Mistake(
            "chosen on the test rows",
            _chosen_on_test,
            "The columns are chosen on the test rows of the fold: the choice sees exactly the "
            "labels that it may not see.",
        ),
        Mistake(
            "in the order of the folds",
            _fold_after_fold,
            "The verdicts come in the order of the folds. Each belongs at the place of its row: "
            "right[new] = ...",
        ),
        Mistake(
            "chosen once",
            _chosen_once,
            "The columns are chosen in the first fold and kept for the others, whose test rows "
            "have then been seen by the choice.",
        ),
        Mistake(
            "measured on the training rows",
            _training_rows,
            "The model is asked about the rows that it has learnt from. The test rows of the fold "
            "are X[new].",
        ),
        Mistake(
            "labels instead of verdicts",
            _labels,
            "These are the labels that the model gives. What is asked is whether they are right: "
            "... == y[new].",
        ),
        Mistake(
            "folds turned round",
            _turned_round,
            "The two parts of a fold have changed places: of each pair, the training rows come "
            "first.",
        ),
        Mistake(
            "nothing chosen",
            _not_chosen,
            "All columns are used. The choice has to be made, in each fold.",
        ),
        Mistake(
            "learnt from all rows",
            _all_rows_train,
            "The choice is right now, but the model is given all rows, those of the test fold too.",
        ),
    ),
)
