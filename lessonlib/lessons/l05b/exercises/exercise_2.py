"""Exercise 05b.2: find the bug in a scaling that looks at the test rows."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def scaled(train_X: np.ndarray, test_X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standardise both parts with the mean and the spread of the training rows."""
    mean, spread = train_X.mean(axis=0), train_X.std(axis=0)  # test rows have no say in these
    return (train_X - mean) / spread, (test_X - mean) / spread


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 10.0], [3.0, 30.0]]), np.array([[2.0, 60.0], [4.0, 20.0]]))
    scale = np.array([1.0, 20.0, 0.3])
    drawn = [(5 + rng.normal(size=(n, 3)) * scale, 6 + rng.normal(size=(5, 3))) for n in (8, 20)]
    return [small, *drawn]


# ---- what people write instead -------------------------------------------------------------------


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


EXERCISE = Exercise(
    id="05b.2",
    title="Find the bug: the scale",
    points=2,
    stars=1,
    minutes=6,
    reference=scaled,
    starter=_scaled_together,
    cases=_cases,
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
)
