"""Exercise 07.4: the softmax of scores at a given temperature."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def with_temperature(scores: np.ndarray, T: float) -> np.ndarray:
    """The softmax of scores / T."""
    z = (scores - scores.max()) / T  # the largest becomes 0: no overflow
    p = np.exp(z)
    return p / p.sum()


def _cases(rng: np.random.Generator) -> list[tuple]:
    rows = [(np.array([1.0, 2.0, 4.0]), 2.0), (np.array([1.0, 2.0, 4.0]), 0.5)]
    rows += [(rng.normal(0, 3, n), T) for n, T in ((5, 0.7), (9, 1.0), (4, 3.0))]
    small = "where T is very small"
    many = np.array([0.3, -0.2, 0.9, 0.35, 0.1, 0.4, 0.85, -0.6])
    edges = [(small, np.array([3.0, 1.0, 2.5]), 0.001), (small, many, 0.001)]
    edges.append((small, np.array([2.0, 2.0, 1.0]), 0.001))
    edges.append(("where all scores are far below 0", np.array([-900.0, -901.0, -899.5]), 1.0))
    return [*rows, *(Case(*edge) for edge in edges)]


# ---- what every right answer has -----------------------------------------------------------------


def _is_finite(p: np.ndarray) -> bool:
    return bool(np.isfinite(np.asarray(p, float)).all())


def _sums_to_1(p: np.ndarray, *_: Any) -> bool:
    return not _is_finite(p) or abs(float(np.sum(p)) - 1) < 1e-4


def _is_not_negative(p: np.ndarray, *_: Any) -> bool:
    return not _is_finite(p) or bool((np.asarray(p) >= -1e-6).all())


def _keeps_order(p: np.ndarray, scores: np.ndarray, T: float) -> bool:
    larger = np.subtract.outer(scores, scores) > 0
    return not _is_finite(p) or bool((np.subtract.outer(p, p)[larger] >= -1e-4).all())


def _shares_equally(p: np.ndarray, scores: np.ndarray, T: float) -> bool:
    equal = np.subtract.outer(scores, scores) == 0
    return not _is_finite(p) or bool((np.abs(np.subtract.outer(p, p)[equal]) < 1e-4).all())


def _is_same(p: np.ndarray, other: np.ndarray, *_: Any) -> bool:
    return not _is_finite(p) or not _is_finite(other) or np.allclose(p, other, atol=1e-4)


def _is_softmax_at_1(p: np.ndarray, plain: np.ndarray, scores: np.ndarray, T: float) -> bool:
    right = np.exp(scores - scores.max())
    return not _is_finite(plain) or np.allclose(plain, right / right.sum(), atol=1e-4)


def _sharpens(p: np.ndarray, colder: np.ndarray, *_: Any) -> bool:
    """Whether half the temperature makes the most likely one at least as likely."""
    both = _is_finite(p) and _is_finite(colder)
    return not both or bool(np.max(colder) >= np.max(p) - 1e-4)


# ---- what people write instead -------------------------------------------------------------------


def _overflowing(scores: np.ndarray, T: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        p = np.exp(scores / T)
        return p / p.sum()


def _too_late(scores: np.ndarray, T: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        p = np.exp(scores / T - scores.max())
        return p / p.sum()


def _powers(scores: np.ndarray, T: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        p = np.exp(scores - scores.max())
        p = (p / p.sum()) ** (1 / T)
        return p / p.sum()


def _capped(scores: np.ndarray, T: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        p = np.exp(np.clip(scores / T, -700, 700))
        return p / p.sum()


EXERCISE = Exercise(
    id="07.4",
    title="Temperature",
    points=2,
    stars=1,
    minutes=8,
    reference=with_temperature,
    cases=_cases,
    forbidden=(
        "lessonlib.sampling.distribution",
        "lessonlib.functional.softmax",
        "torch.nn.functional.softmax",
        "torch.softmax",
    ),
    parts={
        "scores - scores.max()": "the scores less the largest",
        "scores.max()": "the largest score",
        "(scores - scores.max()) / T": "the scores divided by T",
        "z": "the scores divided by T",
        "p": "the exponentials",
        "np.exp(z)": "the exponentials",
        "p.sum()": "their sum",
        "p / p.sum()": "the division by the sum",
    },
    properties=(
        Property(
            "sums to 1",
            _sums_to_1,
            "The numbers that came back do not sum to 1.",
        ),
        Property(
            "never negative",
            _is_not_negative,
            "Some numbers are below 0. A probability never is; its logarithm is.",
        ),
        Property(
            "keeps the order",
            _keeps_order,
            "A larger score got a smaller probability than a smaller score. At no temperature does "
            "the order change.",
        ),
        Property(
            "equal scores",
            _shares_equally,
            "Two equal scores got different probabilities. At no temperature does one of them come "
            "before the other.",
        ),
        Property(
            "softmax at T = 1",
            _is_softmax_at_1,
            "It goes wrong at T = 1 already, where T changes nothing: there it has to be the "
            "softmax of the scores.",
            also=lambda scores, T: (scores, 1.0),
        ),
        Property(
            "only differences count",
            _is_same,
            "The same number added to all scores changes the result. In a softmax only differences "
            "between scores count.",
            also=lambda scores, T: (scores + 0.5, T),
        ),
        Property(
            "a lower temperature sharpens",
            _sharpens,
            "At half the temperature the most likely character gets less likely. A low temperature "
            "has to make the likely likelier.",
            also=lambda scores, T: (scores, T / 2),
        ),
        Property(
            "T divides the scores",
            _is_same,
            "Scores and T both doubled do not give the same result as before, as they have to where "
            "T divides the scores.",
            also=lambda scores, T: (2 * scores, 2 * T),
        ),
    ),
    hints=(
        "Divide the scores, then take the softmax: np.exp(scores / T), scaled to the sum 1.",
        "exp of 3000 is too large for a float. Subtract the largest score first: that changes "
        "nothing in the result.",
    ),
    mistakes=(
        Mistake(
            "multiplies",
            lambda scores, T: with_temperature(scores, 1 / T),
            "The scores are multiplied by T: a low temperature now evens out. Divide.",
        ),
        Mistake(
            "after the softmax",
            lambda scores, T: with_temperature(scores, 1.0),
            "T has no effect. Dividing probabilities by T and scaling them to 1 again cancels: "
            "divide the scores, before the softmax.",
        ),
        Mistake(
            "overflow",
            _overflowing,
            "Right for moderate scores. At T = 0.001 the exponential overflows: subtract the "
            "largest score first.",
        ),
        Mistake(
            "not scaled",
            lambda scores, T: np.exp((scores - scores.max()) / T),
            "The numbers do not sum to 1. Divide by their sum.",
        ),
        Mistake(
            "largest taken off after the division",
            _too_late,
            "The largest score is taken off after the division by T, so the largest exponent is "
            "not 0 and can still be too large. Take it off before dividing, or take off the "
            "largest of the divided scores.",
        ),
        Mistake(
            "power of the probabilities",
            _powers,
            "Right for moderate T. At T = 0.001 every power of a probability is too small for a "
            "float, and 0 / 0 is NaN: divide the scores, less the largest, before the exponential.",
        ),
        Mistake(
            "exponents capped",
            _capped,
            "Large exponents are cut off, so that all scores above the limit count the same. Take "
            "off the largest score: then none is above 0, and nothing else changes.",
        ),
    ),
)
