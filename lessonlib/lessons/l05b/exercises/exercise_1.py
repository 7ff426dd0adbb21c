"""Exercise 05b.1: split rows into k folds, each tested once."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def k_fold(order: np.ndarray, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Deal the rows into k folds like cards; each fold is tested once by all the others."""
    fold = np.arange(len(order)) % k  # position i goes to fold i % k, whatever row lies there
    return [(order[fold != j], order[fold == j]) for j in range(k)]


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([4, 1, 5, 0, 3, 2]), 3)
    uneven = (np.array([2, 0, 3, 1, 4]), 2)
    return [small, uneven, (rng.permutation(23), 5), (10 + rng.permutation(11), 4)]


def _use(answer: Callable[..., Any], order: np.ndarray, k: int) -> Any:
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


EXERCISE = Exercise(
    id="05b.1",
    title="Deal the rows into folds",
    points=2,
    stars=1,
    minutes=10,
    reference=k_fold,
    cases=_cases,
    use=_use,
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
)
