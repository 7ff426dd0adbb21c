"""Exercise 04.2: standardise two tables with the mean and the spread of the training rows."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property

Tables = tuple[np.ndarray, np.ndarray]


def standardise(train: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both tables on the scale of the training rows: mean 0 and standard deviation 1 there."""
    mean, spread = train.mean(axis=0), train.std(axis=0)  # one number for each column
    spread = np.where(spread > 0, spread, 1)  # a constant column becomes 0, not NaN
    return (train - mean) / spread, (other - mean) / spread


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 10.0], [3.0, 30.0]]), np.array([[2.0, 40.0]]))
    scales = np.array([1.0, 100.0, 0.002])  # each differs from 0
    drawn = (3 + scales * rng.normal(size=(20, 3)), scales * rng.normal(size=(7, 3)))
    square = (rng.normal(-2, 3, (4, 4)), rng.normal(size=(3, 4)))
    constant = (
        np.c_[np.full(6, 5.0), rng.normal(size=6)],
        np.c_[np.array([5.0, 7.0]), rng.normal(size=2)],
    )
    one_row = (np.array([[2.0, -1.0, 0.5]]), np.array([[2.0, 3.0, 0.0], [1.0, -1.0, 4.0]]))
    return [
        small,
        drawn,
        square,
        Case("where a column of `train` never changes", *constant),
        Case("where `train` has a single row", *one_row),
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _varies(train: np.ndarray) -> np.ndarray:
    """Which columns of the training rows change at all."""
    return np.ptp(train, axis=0) > 0


def _has_shapes(got: Any, train: Any, other: Any) -> bool:
    return len(got) == 2 and np.shape(got[0]) == train.shape and np.shape(got[1]) == other.shape


def _is_centred(got: Any, train: Any, other: Any) -> bool:
    if not _has_shapes(got, train, other):
        return True
    means = np.mean(got[0], axis=0)
    return np.allclose(means[np.isfinite(means)], 0, atol=1e-5)


def _has_spread_1(got: Any, train: Any, other: Any) -> bool:
    if not _has_shapes(got, train, other):
        return True
    spreads = np.std(got[0], axis=0)[_varies(train)]
    return np.allclose(spreads[np.isfinite(spreads)], 1, atol=1e-4)


def _train_as_other(train: Any, other: Any) -> tuple:
    return train, train.copy()


def _is_one_scale(got: Any, same: Any, train: Any, other: Any) -> bool:
    alike = np.allclose(same[0], same[1], rtol=1e-4, atol=1e-5)
    return alike or not _has_shapes(got, train, other)


def _one_row_as_other(train: Any, other: Any) -> tuple:
    return train, other[:1]


def _rows_are_apart(got: Any, one: Any, train: Any, other: Any) -> bool:
    if not _has_shapes(got, train, other):
        return True
    same = np.allclose(np.asarray(got[1])[:1], one[1], rtol=1e-4, atol=1e-5)
    return same and np.allclose(got[0], one[0], rtol=1e-4, atol=1e-5)


def _constant_is_shifted(got: Any, train: Any, other: Any) -> bool:
    if not _has_shapes(got, train, other):
        return True
    moved = (np.asarray(got[1]) - (other - train[0]))[:, ~_varies(train)]
    return np.allclose(moved, 0, atol=1e-5)


# ---- what people write instead -------------------------------------------------------------------


def _scaled(train: np.ndarray, other: np.ndarray, mean: np.ndarray, spread: np.ndarray) -> Tables:
    with np.errstate(divide="ignore", invalid="ignore"):
        return (train - mean) / spread, (other - mean) / spread


def _safe(spread: np.ndarray) -> np.ndarray:
    return np.where(spread > 0, spread, 1)


def _n_minus_1(train: np.ndarray) -> np.ndarray:
    """The spread with ddof=1, which is NaN for a single row."""
    with np.errstate(invalid="ignore"):
        squares = ((train - train.mean(axis=0)) ** 2).sum(axis=0)
        spread = np.sqrt(squares / np.float64(len(train) - 1))
    return np.where(spread == 0, 1, spread)


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
    values=(("the scaled train", "the scaled other"),),
    parts={
        "mean": "the mean of `train`",
        "spread": "the standard deviation of `train`",
        "train.mean(axis=0)": "the mean of `train`",
        "train.std(axis=0)": "the standard deviation of `train`",
        "spread > 0": "whether a column has any spread",
        "np.where(spread > 0, spread, 1)": "the standard deviation, with 1 in place of 0",
        "spread = np.where(spread > 0, spread, 1)": "a spread of 0 is replaced by 1",
        "train - mean": "the centred train",
        "other - mean": "`other` minus the mean of `train`",
        "(train - mean) / spread": "the scaled train",
        "(other - mean) / spread": "the scaled other",
    },
    hints=(
        "train.mean(axis=0) has one number for each column; so has train.std(axis=0).",
        "The other rows get the training rows' mean and spread, not their own.",
        "A column that never changes has a spread of 0. Divide it by 1 instead: np.where.",
    ),
    properties=(
        Property(
            "two tables of the same shapes",
            _has_shapes,
            "Two tables have to come back: first `train` and then `other`, scaled, in their own "
            "shapes.",
        ),
        Property(
            "train is centred",
            _is_centred,
            "A column of the scaled train does not have the mean 0: each column needs its own "
            "mean.",
        ),
        Property(
            "train has spread 1",
            _has_spread_1,
            "A column of the scaled train does not have the standard deviation 1.",
        ),
        Property(
            "equal rows stay equal",
            _is_one_scale,
            "Equal rows of `train` and `other` come out different: both tables need one mean and "
            "one spread.",
            also=_train_as_other,
        ),
        Property(
            "rows of other do not matter to each other",
            _rows_are_apart,
            "A row of `other` comes out different when other rows are scaled with it: only the "
            "rows of `train` may decide about mean and spread.",
            also=_one_row_as_other,
        ),
        Property(
            "constant columns are shifted only",
            _constant_is_shifted,
            "Where a column of `train` never changes, it is to be divided by 1: `other` loses its "
            "mean there and keeps its size.",
        ),
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
            lambda a, b: _scaled(
                a, b, a.mean(axis=0), _safe(a.std(axis=0) * (len(a) / max(1, len(a) - 1)) ** 0.5)
            ),
            "The spread divides by n - 1 (ddof=1, the default of pandas). Here the scaled "
            "training columns have a spread of exactly 1: np.std's own default.",
        ),
        Mistake(
            "divides by n - 1, and by 0",
            lambda a, b: _scaled(a, b, a.mean(axis=0), _n_minus_1(a)),
            "The spread divides by n - 1 (ddof=1), which is 0 / 0 for a single row. Here the "
            "scaled training columns have a spread of exactly 1: np.std's own default.",
        ),
        Mistake(
            "the mean of the scaled train",
            lambda a, b: (standardise(a, a)[0], b / _safe(a.std(axis=0))),
            "`other` loses the mean of `train` after `train` was scaled, and that is 0. Compute "
            "mean and spread once, before `train` changes.",
        ),
        Mistake(
            "the mean and spread of the scaled train",
            lambda a, b: (standardise(a, a)[0], b),
            "`other` comes back as it was. Either it is not scaled, or by the mean and spread that "
            "`train` has after it was scaled, 0 and 1: compute them before `train` changes.",
        ),
        Mistake(
            "brackets",
            lambda a, b: tuple(x - a.mean(axis=0) / _safe(a.std(axis=0)) for x in (a, b)),
            "Only the mean is divided by the spread: / comes before -. Put brackets round the "
            "difference.",
        ),
        Mistake(
            "one mean for the table",
            lambda a, b: _scaled(a, b, a.mean(), a.std()),
            "One mean and one spread for the whole table: the columns keep their different "
            "scales. Use axis=0.",
        ),
        Mistake(
            "small spreads replaced too",
            lambda a, b: _scaled(a, b, a.mean(axis=0), np.maximum(a.std(axis=0), 1)),
            "Every spread below 1 is replaced by 1. Only a spread of 0 is to be replaced; a small "
            "one has to be divided by, or the column stays small.",
        ),
    ),
)
