"""Exercise 05.1: split off validation rows and scale both parts by the training rows alone."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def split(X: np.ndarray, order: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows in a given order: the first n for validation, the others for training."""
    validation, train = X[order[:n]], X[order[n:]]  # no row in both
    mean, spread = train.mean(axis=0), train.std(axis=0)  # what training alone can know
    return (train - mean) / spread, (validation - mean) / spread


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0], [2.0], [3.0], [6.0]]), np.array([3, 0, 2, 1]), 2)
    drawn = [
        (rng.normal(2, 3, (n, d)), rng.permutation(n), k) for n, d, k in ((10, 2, 3), (40, 5, 8))
    ]
    return [small, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _scaled(train: np.ndarray, validation: np.ndarray, known: np.ndarray) -> tuple:
    mean, spread = known.mean(axis=0), known.std(axis=0)
    return (train - mean) / spread, (validation - mean) / spread


def _own_scale(X: np.ndarray, order: np.ndarray, n: int) -> tuple:
    parts = X[order[n:]], X[order[:n]]
    return tuple((part - part.mean(axis=0)) / part.std(axis=0) for part in parts)


EXERCISE = Exercise(
    id="05.1",
    title="Split without a leak",
    points=2,
    stars=1,
    minutes=10,
    reference=split,
    cases=_cases,
    hints=(
        "order[:n] are the row numbers of the validation part, order[n:] those of training.",
        "The mean and the standard deviation come from the training rows alone, axis=0.",
        "The validation rows are scaled with the same two vectors.",
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
            "parts exchanged",
            lambda X, order, n: split(X, order, n)[::-1],
            "The two parts come back in the other order: training first, then validation.",
        ),
    ),
)
