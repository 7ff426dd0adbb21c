"""Exercise 05b.1: split rows into k folds, each tested once."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property
from lessonlib.exercises.show import show


def k_fold(order: np.ndarray, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Deal the rows into k folds like cards; each fold is tested once by all the others."""
    fold = np.arange(len(order)) % k  # position i goes to fold i % k, whatever row lies there
    return [(order[fold != j], order[fold == j]) for j in range(k)]


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([4, 1, 5, 0, 3, 2]), 3)
    return [
        small,
        Case("where k does not divide the number of rows", np.array([2, 0, 3, 1, 4]), 2),
        Case("where k does not divide the number of rows", rng.permutation(23), 5),
        (rng.permutation(12), 4),
        Case("where the row numbers are not 0 to n - 1", 10 + rng.permutation(12), 4),
        Case("where each row is a fold", rng.permutation(5), 5),
    ]


def _use(answer: Callable[..., Any], order: np.ndarray, k: int) -> Any:
    """Any order of the rows inside a part is right, so both parts are compared sorted."""
    folds = answer(order, k)
    if folds is None or isinstance(folds, int | float | str | dict):
        return folds
    pairs = list | tuple | np.ndarray
    return [tuple(map(_sorted, f)) if isinstance(f, pairs) else f for f in folds]


def _sorted(part: Any) -> Any:
    rows = np.asarray(list(part) if isinstance(part, set) else part)
    return np.sort(rows) if rows.ndim else rows


# ---- what every right answer has -----------------------------------------------------------------


def _has_k_pairs(got: Any, order: Any, k: int) -> bool:
    return len(got) == k and all(len(pair) == 2 for pair in got)


def _row_numbers(got: Any, order: Any, k: int) -> bool:
    return all(np.isin(part, order).all() for pair in got for part in pair)


def _tests_each_once(got: Any, order: Any, k: int) -> bool:
    if not _row_numbers(got, order, k) or not _training_first(got, order, k):
        return True
    return np.array_equal(np.sort(np.concatenate([test for _, test in got])), np.sort(order))


def _tests_none(got: Any, order: Any, k: int) -> bool:
    """Whether a part in training has nothing of its own test part."""
    return not any(np.isin(test, train).any() for train, test in got)


def _has_all_the_others(got: Any, order: Any, k: int) -> bool:
    if not _row_numbers(got, order, k):
        return True
    return all(np.isin(order, np.concatenate([train, test])).all() for train, test in got)


def _training_first(got: Any, order: Any, k: int) -> bool:
    largest = -(-len(order) // k)  # of a test part
    if len(order) - largest <= largest:
        return True
    return not all(len(train) < len(test) for train, test in got)


def _sizes_agree(got: Any, order: Any, k: int) -> bool:
    if not _training_first(got, order, k):
        return True
    sizes = [len(test) for _, test in got]
    return max(sizes) - min(sizes) <= 1


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


def _by_number(order: np.ndarray, k: int) -> list[tuple]:
    return [(order[order % k != j], order[order % k == j]) for j in range(k)]


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
    called=lambda order, k: f"k_fold({show(order, 70)}, {k})",
    values=("fold", ("its training part", "its test part")),
    parts={
        "fold": "the fold of each position",
        "np.arange(len(order))": "the positions",
        "np.arange(len(order)) % k": "the fold of each position",
        "len(order)": "the number of rows",
        "order[fold != j]": "the training part",
        "order[fold == j]": "the test part",
        "fold != j": "which rows are not in the fold",
        "fold == j": "which rows are in the fold",
        "range(k)": "the folds",
        "(order[fold != j], order[fold == j])": "the pair",
    },
    forbidden=("sklearn.model_selection.KFold",),
    hints=(
        "np.arange(len(order)) % k gives each position its fold: 0, 1, ..., k-1, 0, 1, ...",
        "A condition on that array picks rows: order[fold == j] is the test part of fold j.",
        "The training part is everything else: order[fold != j].",
    ),
    properties=(
        Property(
            "k pairs",
            _has_k_pairs,
            "k pairs have to come back, each of a training part and a test part.",
        ),
        Property(
            "row numbers of order",
            _row_numbers,
            "There are numbers in the parts that are not in `order`: the row at position i is "
            "order[i].",
        ),
        Property(
            "training first",
            _training_first,
            "The first part of each pair is the training part, all folds but one; the second one "
            "is the test part. Yours are the other way round.",
        ),
        Property(
            "no test row in training",
            _tests_none,
            "Rows of the test part are in the training part of the same pair: they must not be "
            "known.",
        ),
        Property(
            "all others in training",
            _has_all_the_others,
            "Some rows are in neither part of a pair: what is not tested is for training.",
        ),
        Property(
            "each row is tested once",
            _tests_each_once,
            "Every row has to be in exactly one of the test parts. Some of yours are in none or "
            "in several.",
        ),
        Property(
            "folds of one size",
            _sizes_agree,
            "The folds have to be as equal as they can: their sizes differ by one at most.",
        ),
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
            "dealt by the row's number",
            _by_number,
            "The rows are dealt by their own numbers. It is the position in `order` that decides "
            "about the fold; dealt by number, the shuffling has no effect.",
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
