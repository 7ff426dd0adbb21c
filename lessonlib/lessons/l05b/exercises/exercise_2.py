"""Exercise 05b.2: find the bug in a scaling that looks at the test rows."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def scaled(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standardise both parts with the mean and the spread of the training rows."""
    mean, spread = train_X.mean(axis=0), train_X.std(axis=0)  # test rows have no say in these
    return (train_X - mean) / spread, (test_X - mean) / spread


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 10.0], [3.0, 30.0]]), np.array([[2.0, 60.0], [4.0, 20.0], [0.0, 9.0]]))
    scale = np.array([1.0, 20.0, 0.3])
    drawn = [
        (5 + rng.normal(size=(n, 3)) * scale, 6 + rng.normal(size=(m, 3)))
        for n, m in ((8, 5), (20, 5), (4, 9))
    ]
    single = (rng.normal(-2, 3, (6, 2)), rng.normal(1, 2, (1, 2)))
    return [small, *drawn, Case("where there is a single test row", *single)]


# ---- what every right answer has -----------------------------------------------------------------


def _has_shapes(got: Any, train_X: Any, test_X: Any) -> bool:
    return len(got) == 2 and np.shape(got[0]) == train_X.shape and np.shape(got[1]) == test_X.shape


def _other_test_rows(train_X: Any, test_X: Any) -> tuple:
    return train_X, 2.0 * test_X + 5.0


def _training_knows_nothing(got: Any, other: Any, train_X: Any, test_X: Any) -> bool:
    same = np.allclose(got[0], other[0], rtol=1e-4, atol=1e-5)
    return not _has_shapes(got, train_X, test_X) or same


def _is_centred(got: Any, train_X: Any, test_X: Any) -> bool:
    centred = np.allclose(np.mean(got[0], axis=0), 0, atol=1e-4)
    return not _has_shapes(got, train_X, test_X) or centred


def _has_spread_1(got: Any, train_X: Any, test_X: Any) -> bool:
    scaled_to_1 = np.allclose(np.std(got[0], axis=0), 1, atol=1e-3)
    return not _has_shapes(got, train_X, test_X) or scaled_to_1


def _training_as_test(train_X: Any, test_X: Any) -> tuple:
    return train_X, train_X.copy()


def _is_one_scale(got: Any, same: Any, train_X: Any, test_X: Any) -> bool:
    alike = np.allclose(same[0], same[1], rtol=1e-4, atol=1e-5)
    return alike or not _has_shapes(got, train_X, test_X)


def _first_test_row(train_X: Any, test_X: Any) -> tuple:
    return train_X, test_X[:1]


def _rows_are_apart(got: Any, one: Any, train_X: Any, test_X: Any) -> bool:
    alike = np.allclose(np.asarray(got[1])[:1], one[1], rtol=1e-4, atol=1e-5)
    return alike or not _has_shapes(got, train_X, test_X)


# ---- what people write instead -------------------------------------------------------------------


def _scaled_together(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    both = np.concatenate([train_X, test_X])
    mean, spread = both.mean(axis=0), both.std(axis=0)
    return (train_X - mean) / spread, (test_X - mean) / spread


def _scaled_apart(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(invalid="ignore"):
        return scaled(train_X, train_X)[0], scaled(test_X, test_X)[0]


def _scaled_by_test(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return scaled(test_X, train_X)[::-1]


def _spread_together(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, spread = train_X.mean(axis=0), np.concatenate([train_X, test_X]).std(axis=0)
    return (train_X - mean) / spread, (test_X - mean) / spread


def _mean_together(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, spread = np.concatenate([train_X, test_X]).mean(axis=0), train_X.std(axis=0)
    return (train_X - mean) / spread, (test_X - mean) / spread


def _together_unbiased(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    both = np.concatenate([train_X, test_X])
    mean, spread = both.mean(axis=0), both.std(axis=0, ddof=1)
    return (train_X - mean) / spread, (test_X - mean) / spread


def _scaled_over_all(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (train_X - train_X.mean()) / train_X.std(), (test_X - train_X.mean()) / train_X.std()


def _scaled_train_only(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return scaled(train_X, test_X)[0], test_X


def _scaled_by_variance(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, variance = train_X.mean(axis=0), train_X.var(axis=0)
    return (train_X - mean) / variance, (test_X - mean) / variance


EXERCISE = Exercise(
    id="05b.2",
    title="Find the bug: the scale",
    points=2,
    stars=1,
    minutes=6,
    reference=scaled,
    starter=_scaled_together,
    cases=_cases,
    values=(("the scaled training part", "the scaled test part"),),
    parts={
        "mean": "the mean of the training rows",
        "spread": "the standard deviation of the training rows",
        "train_X.mean(axis=0)": "the mean of the training rows",
        "train_X.std(axis=0)": "the standard deviation of the training rows",
        "train_X": "the training part",
        "test_X": "the test part",
        "train_X - mean": "the centred training part",
        "test_X - mean": "the centred test part",
        "(train_X - mean) / spread": "the scaled training part",
        "(test_X - mean) / spread": "the scaled test part",
    },
    forbidden=("sklearn.preprocessing.StandardScaler",),
    hints=(
        "Which rows decide about the mean and the spread? Which rows should?",
        "On the day the model is used, the test rows have not been measured yet.",
    ),
    properties=(
        Property(
            "two parts of the same shapes",
            _has_shapes,
            "Two arrays have to come back: the scaled training part and then the scaled test part, "
            "in their own shapes.",
        ),
        Property(
            "training knows nothing of the test rows",
            _training_knows_nothing,
            "The scaled training part changes when nothing but the test rows changes: they still "
            "have a say in the mean or in the spread.",
            also=_other_test_rows,
        ),
        Property(
            "training has mean 0",
            _is_centred,
            "A column of the scaled training part does not have the mean 0.",
        ),
        Property(
            "training has spread 1",
            _has_spread_1,
            "A column of the scaled training part does not have the standard deviation 1.",
        ),
        Property(
            "equal rows stay equal",
            _is_one_scale,
            "Equal rows of the two parts come out different: both need one mean and one spread.",
            also=_training_as_test,
        ),
        Property(
            "a test row is for itself",
            _rows_are_apart,
            "A test row comes out different when other test rows are scaled with it.",
            also=_first_test_row,
        ),
    ),
    mistakes=(
        Mistake(
            "the test part on its own scale",
            _scaled_apart,
            "The test part is scaled by its own mean and spread. Then the same tumour gets "
            "other numbers in each part, and a single new row cannot be scaled at all.",
        ),
        Mistake(
            "statistics of the test rows",
            _scaled_by_test,
            "Mean and spread are those of the test rows alone: the leak is larger than before. "
            "Only the training rows may decide.",
        ),
        Mistake(
            "spread of both parts",
            _spread_together,
            "The mean is that of the training rows now. The spread still knows the test rows.",
        ),
        Mistake(
            "mean of both parts",
            _mean_together,
            "The spread is that of the training rows now. The mean still knows the test rows.",
        ),
        Mistake(
            "both parts, divided by n - 1",
            _together_unbiased,
            "Now the spread divides by n - 1, which was not the fault. Mean and spread are still "
            "taken over both parts: the test rows have a say in them.",
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
)
