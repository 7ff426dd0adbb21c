"""Exercise 05.1: split off validation rows and scale both parts by the training rows alone."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def split(X: np.ndarray, order: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows in a given order: the first n for validation, the others for training."""
    validation, train = X[order[:n]], X[order[n:]]  # no row in both
    mean, spread = train.mean(axis=0), train.std(axis=0)  # what training alone can know
    return (train - mean) / spread, (validation - mean) / spread


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0], [2.0], [3.0], [6.0], [8.0]]), np.array([3, 0, 2, 4, 1]), 2)
    drawn = [
        (rng.normal(2, (1, 20, 0.1)[:d], (n, d)), rng.permutation(n), k)
        for n, d, k in ((10, 2, 3), (40, 3, 8), (9, 3, 6))
    ]
    one = (rng.normal(-2, 3, (6, 2)), rng.permutation(6), 1)
    return [small, *drawn, Case("where validation has a single row", *one)]


# ---- what every right answer has -----------------------------------------------------------------


def _has_sizes(got: Any, X: Any, order: Any, n: int) -> bool:
    return len(got[0]) == len(X) - n and len(got[1]) == n


def _is_scaled(got: Any, X: Any, order: Any, n: int) -> bool:
    if not _has_sizes(got, X, order, n):
        return True
    centred = np.allclose(np.mean(got[0], axis=0), 0, atol=1e-4)
    return centred and np.allclose(np.std(got[0], axis=0), 1, atol=1e-3)


def _other_validation(X: Any, order: Any, n: int) -> tuple:
    """Only the validation rows move, by an amount of their own in each column."""
    other = X.copy()
    other[order[:n]] += np.arange(2.0, 2.0 + X.shape[1])
    return other, order, n


def _training_knows_nothing(got: Any, other: Any, X: Any, order: Any, n: int) -> bool:
    return not _has_sizes(got, X, order, n) or np.allclose(
        got[0], other[0], rtol=1e-4, atol=1e-5, equal_nan=True
    )


def _validation_moves_along(got: Any, other: Any, X: Any, order: Any, n: int) -> bool:
    if not _has_sizes(got, X, order, n):
        return True
    moved = np.asarray(other[1]) - got[1]
    wanted = np.arange(2.0, 2.0 + X.shape[1]) / X[order[n:]].std(axis=0)
    return np.allclose(moved, wanted, rtol=1e-3)


def _reversed_file(X: Any, order: Any, n: int) -> tuple:
    """The same rows in the same order, from a file that is the other way round."""
    return X[::-1].copy(), len(X) - 1 - order, n


def _follows_the_order(got: Any, other: Any, X: Any, order: Any, n: int) -> bool:
    return all(
        np.allclose(np.sort(a, axis=0), np.sort(b, axis=0), rtol=1e-4, atol=1e-5, equal_nan=True)
        for a, b in zip(got[:2], other[:2], strict=True)
    )


# ---- what people write instead -------------------------------------------------------------------


def _scaled(train: np.ndarray, validation: np.ndarray, known: np.ndarray) -> tuple:
    mean, spread = known.mean(axis=0), known.std(axis=0)
    return (train - mean) / spread, (validation - mean) / spread


def _mixed(X: np.ndarray, order: np.ndarray, n: int, mean: Any, spread: Any) -> tuple:
    return (X[order[n:]] - mean) / spread, (X[order[:n]] - mean) / spread


def _own_scale(X: np.ndarray, order: np.ndarray, n: int) -> tuple:
    parts = X[order[n:]], X[order[:n]]
    with np.errstate(invalid="ignore"):
        return tuple((part - part.mean(axis=0)) / part.std(axis=0) for part in parts)


def _last_for_validation(X: np.ndarray, order: np.ndarray, n: int) -> tuple:
    return _scaled(X[order[:-n]], X[order[-n:]], X[order[:-n]])


def _one_less(X: np.ndarray, order: np.ndarray, n: int) -> tuple:
    train = X[order[n:]]
    return _mixed(X, order, n, train.mean(axis=0), train.std(axis=0, ddof=1))


def _sizes_exchanged(X: np.ndarray, order: np.ndarray, n: int) -> tuple:
    train, validation = X[order[:n]], X[order[n:]]
    with np.errstate(invalid="ignore", divide="ignore"):
        return _scaled(train, validation, train)


EXERCISE = Exercise(
    id="05.1",
    title="Split without a leak",
    points=2,
    stars=1,
    minutes=10,
    reference=split,
    cases=_cases,
    pure=True,
    values=(("the training part", "the validation part"),),
    parts={
        "order[:n]": "the row numbers for validation",
        "order[n:]": "the row numbers for training",
        "X[order[:n]]": "the validation part",
        "X[order[n:]]": "the training part",
        "train": "the training part",
        "validation": "the validation part",
        "mean": "the mean of the training part",
        "spread": "the standard deviation of the training part",
        "train.mean(axis=0)": "the mean of the training part",
        "train.std(axis=0)": "the standard deviation of the training part",
        "train - mean": "the centred training part",
        "validation - mean": "the centred validation part",
        "(train - mean) / spread": "the scaled training part",
        "(validation - mean) / spread": "the scaled validation part",
    },
    hints=(
        "order[:n] are the row numbers of the validation part, order[n:] those of training.",
        "The mean and the standard deviation come from the training rows alone, axis=0.",
        "The validation rows are scaled with the same two vectors.",
    ),
    properties=(
        Property(
            "training first, with its sizes",
            _has_sizes,
            "Two parts have to come back: first the training part with N - n rows, then the "
            "validation part with n.",
        ),
        Property(
            "the order decides",
            _follows_the_order,
            "If the rows of the file are turned round, and `order` with them, both parts have to "
            "stay the same: `order` alone says which row goes where.",
            also=_reversed_file,
        ),
        Property(
            "training knows nothing of validation",
            _training_knows_nothing,
            "The training part changes when nothing but the validation rows, order[:n], changes: "
            "something of them is in it, or in the mean or the spread.",
            also=_other_validation,
        ),
        Property(
            "training has mean 0 and spread 1",
            _is_scaled,
            "The columns of the training part do not have mean 0 and standard deviation 1, each "
            "by itself.",
        ),
        Property(
            "validation is on the scale of training",
            _validation_moves_along,
            "When all validation rows move by some amount, their scaled numbers have to move by "
            "that amount divided by the training rows' standard deviation. Yours do not.",
            also=_other_validation,
        ),
    ),
    mistakes=(
        Mistake(
            "parts overlap",
            lambda X, order, n: _scaled(X[order], X[order[:n]], X[order]),
            "The validation rows are in the training part too. What was trained on cannot "
            "tell how well new examples are answered.",
        ),
        Mistake(
            "not shuffled",
            lambda X, order, n: _scaled(X[n:], X[:n], X[n:]),
            "The rows are taken as they lie. If the file is sorted by class, validation gets "
            "other classes than training: use `order`.",
        ),
        Mistake(
            "statistics of all data",
            lambda X, order, n: _scaled(X[order[n:]], X[order[:n]], X),
            "Mean and spread are those of all rows, so the validation rows have told training "
            "something about themselves. Take them from the training rows.",
        ),
        Mistake(
            "each part by its own statistics",
            _own_scale,
            "Each part has its own mean and spread. The same pixel value then means "
            "different things in both: use those of training for both.",
        ),
        Mistake(
            "mean of training, spread of all",
            lambda X, order, n: _mixed(X, order, n, X[order[n:]].mean(axis=0), X.std(axis=0)),
            "The mean is that of the training rows, but the spread still sees all rows. Take both "
            "from training alone.",
        ),
        Mistake(
            "spread of training, mean of all",
            lambda X, order, n: _mixed(X, order, n, X.mean(axis=0), X[order[n:]].std(axis=0)),
            "The spread is that of the training rows, but the mean still sees all rows. Take both "
            "from training alone.",
        ),
        Mistake(
            "the last n for validation",
            _last_for_validation,
            "The last n rows of the order are taken for validation. Asked are the first n.",
        ),
        Mistake(
            "n rows for training",
            _sizes_exchanged,
            "The first n rows of the order are for validation, and the others for training. Yours "
            "are the other way round.",
        ),
        Mistake(
            "divided by one less",
            _one_less,
            "The spread is that of ddof=1, as if the squares were divided by one less than the "
            "number of training rows. Asked is the root of their mean, as np.std takes it.",
        ),
        Mistake(
            "parts exchanged",
            lambda X, order, n: split(X, order, n)[::-1],
            "The two parts come back in the other order: training first, then validation.",
        ),
    ),
)
