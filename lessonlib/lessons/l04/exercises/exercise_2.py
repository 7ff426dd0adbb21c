"""Exercise 04.2: standardise two tables with the mean and the spread of the training rows."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

Tables = tuple[np.ndarray, np.ndarray]


def standardise(train: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both tables on the scale of the training rows: mean 0 and standard deviation 1 there."""
    mean, spread = train.mean(axis=0), train.std(axis=0)  # one number for each column
    spread = np.where(spread > 0, spread, 1)  # a constant column becomes 0, not NaN
    return (train - mean) / spread, (other - mean) / spread


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 10.0], [3.0, 30.0]]), np.array([[2.0, 40.0]]))
    scales = np.array([1.0, 100.0, 0.01])
    drawn = (3 + scales * rng.normal(size=(20, 3)), scales * rng.normal(size=(7, 3)))
    constant = (
        np.c_[np.full(6, 5.0), rng.normal(size=6)],
        np.c_[np.array([5.0, 7.0]), rng.normal(size=2)],
    )
    return [small, drawn, constant]


# ---- what people write instead -------------------------------------------------------------------


def _scaled(train: np.ndarray, other: np.ndarray, mean: np.ndarray, spread: np.ndarray) -> Tables:
    with np.errstate(divide="ignore", invalid="ignore"):
        return (train - mean) / spread, (other - mean) / spread


def _safe(spread: np.ndarray) -> np.ndarray:
    return np.where(spread > 0, spread, 1)


def _scaled_each(train: np.ndarray, other: np.ndarray) -> Tables:
    return standardise(train, train)[0], standardise(other, other)[0]


def _scaled_together(train: np.ndarray, other: np.ndarray) -> Tables:
    both = np.r_[train, other]
    return _scaled(train, other, both.mean(axis=0), _safe(both.std(axis=0)))


EXERCISE = Exercise(
    id="04.2",
    title="One scale for all inputs",
    points=2,
    stars=2,
    minutes=10,
    reference=standardise,
    cases=_cases,
    hints=(
        "train.mean(axis=0) has one number for each column; so has train.std(axis=0).",
        "The other rows get the training rows' mean and spread, not their own.",
        "A column that never changes has a spread of 0. Divide it by 1 instead: np.where.",
    ),
    mistakes=(
        Mistake(
            "its own statistics",
            _scaled_each,
            "`other` is scaled by its own mean and spread. The same measurement would then "
            "mean different inputs to the network; a single new row would always become 0.",
        ),
        Mistake(
            "statistics of everything",
            _scaled_together,
            "Mean and spread are taken over both tables. So the test rows have a say in the "
            "training: that is a leak.",
        ),
        Mistake(
            "constant column",
            lambda a, b: _scaled(a, b, a.mean(axis=0), a.std(axis=0)),
            "A column that never changes has a spread of 0, and 0 / 0 is NaN. One such column "
            "makes the whole loss NaN. Divide it by 1.",
        ),
        Mistake(
            "divides by the variance",
            lambda a, b: _scaled(a, b, a.mean(axis=0), _safe(a.var(axis=0))),
            "This divides by the variance, whose unit is that of the column squared. The "
            "standard deviation is its root.",
        ),
        Mistake(
            "divides by n - 1",
            lambda a, b: _scaled(a, b, a.mean(axis=0), _safe(a.std(axis=0, ddof=1))),
            "The spread divides by n - 1 (ddof=1, the default of pandas). Here the scaled "
            "training columns have a spread of exactly 1: np.std's own default.",
        ),
        Mistake(
            "one mean for the table",
            lambda a, b: _scaled(a, b, a.mean(), a.std()),
            "One mean and one spread for the whole table: the columns keep their different "
            "scales. Use axis=0.",
        ),
    ),
)
