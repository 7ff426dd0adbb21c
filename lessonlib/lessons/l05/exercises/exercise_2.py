"""Exercise 05.2: how far many fits are wrong together, and how far they disagree."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def bias_variance(fits: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Squared bias and variance of many fits, each as a mean over the places."""
    centre = fits.mean(axis=0)  # (n,): what the fits answer on average, place by place
    bias2 = np.mean((centre - truth) ** 2)  # what they all get wrong
    variance = np.mean((fits - centre) ** 2)  # how far each is from their mean
    return float(bias2), float(variance)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.array([[1.0, 6.0], [3.0, 2.0], [8.0, 4.0]]), np.array([5.0, 1.0])
    one_place = np.array([[1.0], [3.0], [8.0]]), np.array([5.0])
    alike = np.tile([2.0, -1.0, 3.0], (4, 1)), np.array([1.0, 1.0, 1.0])
    right = np.array([[1.0, 2.0], [3.0, 6.0]]), np.array([2.0, 4.0])
    drawn = [
        (rng.normal(shift, spread, (R, n)), rng.normal(size=n))
        for R, n, shift, spread in ((5, 3, 0.5, 1.0), (40, 7, -1.0, 0.3), (3, 12, 0.0, 2.0))
    ]
    return [
        Case("at a single place", *one_place),
        small,
        Case("where all fits are alike", *alike),
        Case("where the fits are right on average", *right),
        *drawn,
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _are_numbers(got: Any, fits: Any, truth: Any) -> bool:
    return np.size(got[0]) == 1 and np.size(got[1]) == 1


def _never_negative(got: Any, fits: Any, truth: Any) -> bool:
    return not _are_numbers(got, fits, truth) or min(np.min(got[0]), np.min(got[1])) > -1e-9


def _other_truth(fits: Any, truth: Any) -> tuple:
    return fits, truth + np.arange(1.0, 1.0 + len(truth))


def _variance_without_truth(got: Any, other: Any, fits: Any, truth: Any) -> bool:
    return np.allclose(got[1], other[1], rtol=1e-4, atol=1e-6)


def _moved_fits(fits: Any, truth: Any) -> tuple:
    """Every place is moved by an amount of its own, alike in all fits."""
    return fits + np.arange(1.0, 1.0 + len(truth)), truth


def _variance_place_by_place(got: Any, other: Any, fits: Any, truth: Any) -> bool:
    return np.allclose(got[1], other[1], rtol=1e-4, atol=1e-6)


def _is_a_mean_over_the_fits(got: Any, fits: Any, truth: Any) -> bool:
    """False where the variance is larger by R / (R - 1), and by nothing else."""
    if not _are_numbers(got, fits, truth) or np.allclose(fits, fits[0]):
        return True
    return not np.isclose(np.sum(got[1]), fits.var(axis=0, ddof=1).mean(), rtol=1e-6)


def _add_up(got: Any, fits: Any, truth: Any) -> bool:
    if not _are_numbers(got, fits, truth):
        return True
    total = np.mean((fits - truth) ** 2)
    return bool(np.isclose(np.sum(got[0]) + np.sum(got[1]), total, rtol=1e-4, atol=1e-6))


# ---- what people write instead -------------------------------------------------------------------


def _bias(fits: np.ndarray, truth: np.ndarray) -> float:
    return bias_variance(fits, truth)[0]


def _variance(fits: np.ndarray, truth: np.ndarray) -> float:
    return bias_variance(fits, truth)[1]


def _not_squared(fits: np.ndarray, truth: np.ndarray) -> tuple:
    return float(np.mean(np.abs(fits.mean(axis=0) - truth))), _variance(fits, truth)


def _signed(fits: np.ndarray, truth: np.ndarray) -> tuple:
    return float(np.mean(fits.mean(axis=0) - truth)), _variance(fits, truth)


def _square_of_the_mean(fits: np.ndarray, truth: np.ndarray) -> tuple:
    return float(np.mean(fits - truth) ** 2), _variance(fits, truth)


def _all_of_the_error(fits: np.ndarray, truth: np.ndarray) -> tuple:
    return float(np.mean((fits - truth) ** 2)), _variance(fits, truth)


def _around_the_truth(fits: np.ndarray, truth: np.ndarray) -> tuple:
    return _bias(fits, truth), float(np.mean((fits - truth) ** 2))


def _over_everything(fits: np.ndarray, truth: np.ndarray) -> tuple:
    return _bias(fits, truth), float(fits.var())


def _over_places(fits: np.ndarray, truth: np.ndarray) -> tuple:
    return _bias(fits, truth), float(fits.var(axis=1).mean())


def _one_less(fits: np.ndarray, truth: np.ndarray) -> tuple:
    return _bias(fits, truth), float(fits.var(axis=0, ddof=1).mean())


def _deviation(fits: np.ndarray, truth: np.ndarray) -> tuple:
    return _bias(fits, truth), float(fits.std(axis=0).mean())


def _each_place(fits: np.ndarray, truth: np.ndarray) -> tuple:
    return (fits.mean(axis=0) - truth) ** 2, fits.var(axis=0)


def _added_up(fits: np.ndarray, truth: np.ndarray) -> tuple:
    bias2, variance = bias_variance(fits, truth)
    return bias2 * len(truth), variance * len(truth)


EXERCISE = Exercise(
    id="05.2",
    title="Bias and variance",
    points=2,
    stars=2,
    minutes=12,
    reference=bias_variance,
    cases=_cases,
    values=(("the squared bias", "the variance"),),
    parts={
        "fits.mean(axis=0)": "the mean of the fits",
        "centre": "the mean of the fits",
        "centre - truth": "the bias at each place",
        "(centre - truth) ** 2": "the squared bias at each place",
        "np.mean((centre - truth) ** 2)": "the squared bias",
        "fits - centre": "the distance of each fit from their mean",
        "(fits - centre) ** 2": "the squared distance of each fit from their mean",
        "np.mean((fits - centre) ** 2)": "the variance",
        "bias2": "the squared bias",
        "variance": "the variance",
    },
    hints=(
        "What do the fits answer on average at each place? That is one number a place: (n,).",
        "The bias at a place is that mean minus the truth. Square it at each place first, and take "
        "the mean over the places then.",
        "For the variance take each fit's distance from the mean of the fits, place by place; "
        "square, then take the mean over everything.",
    ),
    properties=(
        Property(
            "two numbers",
            _are_numbers,
            "Two single numbers have to come back, each a mean over the places.",
        ),
        Property(
            "neither is negative",
            _never_negative,
            "A mean of squares cannot be negative; one of yours is.",
        ),
        Property(
            "the variance does not know the truth",
            _variance_without_truth,
            "The variance changes with `truth`. It says how far the fits are from their own mean.",
            also=_other_truth,
        ),
        Property(
            "the variance is taken place by place",
            _variance_place_by_place,
            "If all fits move alike, each place by an amount of its own, they disagree as much as "
            "before. Your variance changes: compare the fits with each other at the same place.",
            also=_moved_fits,
        ),
        Property(
            "a mean over the fits",
            _is_a_mean_over_the_fits,
            "The variance is R / (R - 1) times as large as the mean over the R fits: divide by R.",
        ),
        Property(
            "they add up",
            _add_up,
            "The two have to add up to the mean squared distance of all fits from the truth: the "
            "middle term of the square averages to 0.",
        ),
    ),
    mistakes=(
        Mistake(
            "not squared",
            _not_squared,
            "The bias is not squared at each place: this is the mean of its size.",
        ),
        Mistake(
            "signed bias",
            _signed,
            "The bias is averaged with its sign, so places with too much and too little cancel. "
            "Square at each place first.",
        ),
        Mistake(
            "squared after the mean over places",
            _square_of_the_mean,
            "The bias is squared after the mean over the places, so places with too much and too "
            "little cancel. Square at each place first.",
        ),
        Mistake(
            "all of the error",
            _all_of_the_error,
            "The first value is the whole mean squared error. The bias takes the mean of the fits "
            "first, and squares its distance from the truth then.",
        ),
        Mistake(
            "around the truth",
            _around_the_truth,
            "The second value is the whole mean squared error: distances from the truth. The "
            "variance takes them from the mean of the fits.",
        ),
        Mistake(
            "over everything",
            _over_everything,
            "The variance compares numbers of different places. Take the mean of the fits at each "
            "place by itself: axis=0.",
        ),
        Mistake(
            "along the places",
            _over_places,
            "The variance is taken along each fit. Compare the fits with each other, at each "
            "place: the other axis.",
        ),
        Mistake(
            "divided by R - 1",
            _one_less,
            "The variance is divided by R - 1. Here it is the mean over the R fits, so that it "
            "adds up with the squared bias.",
        ),
        Mistake(
            "standard deviation",
            _deviation,
            "The second value is a standard deviation. The variance is its square, place by place.",
        ),
        Mistake(
            "one for each place",
            _each_place,
            "There is one number for each place. Asked is the mean over the places.",
        ),
        Mistake(
            "sums over the places",
            _added_up,
            "Both values are sums over the places. Asked are means.",
        ),
        Mistake(
            "exchanged",
            lambda fits, truth: bias_variance(fits, truth)[::-1],
            "The two values come back in the other order: the squared bias first.",
        ),
    ),
)
