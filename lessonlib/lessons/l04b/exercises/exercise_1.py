"""Exercise 04b.1: scale the first weights of a ReLU layer so that the signal keeps its size."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def he_weights(draws: np.ndarray) -> np.ndarray:
    """Scale standard normal numbers (fan_out, fan_in) so that ReLU keeps the size of the signal."""
    fan_in = draws.shape[1]  # every output adds up fan_in products
    return draws * np.sqrt(2 / fan_in)  # variance 2 / fan_in: the 2 makes up for ReLU's half


def _cases(rng: np.random.Generator) -> list[tuple]:
    fixed = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]])
    drawn = [(rng.normal(size=shape),) for shape in ((4, 8), (50, 20), (16, 16))]
    one = Case("where there is a single input", rng.normal(size=(3, 1)))
    return [(fixed,), *drawn, one, Case("where there is a single output", rng.normal(size=(1, 5)))]


# ---- what every right answer has -----------------------------------------------------------------


def _not_all_zero(got: Any, draws: Any) -> bool:
    return bool(np.any(np.asarray(got) != 0))


def _has_one_factor(got: Any, draws: Any) -> bool:
    if np.shape(got) != draws.shape:
        return True
    return _is_multiple(np.asarray(got), draws) or _is_multiple(np.transpose(got), draws)


def _is_multiple(got: np.ndarray, draws: np.ndarray) -> bool:
    if got.shape != draws.shape:
        return False
    largest = np.unravel_index(np.argmax(np.abs(draws)), draws.shape)
    factor = got[largest] / draws[largest]
    return np.allclose(got, factor * draws, rtol=1e-4, atol=1e-6)


def _one_output_more(draws: Any) -> tuple:
    return (np.concatenate([draws, draws[:1]]),)


def _ignores_outputs(got: Any, more: Any, draws: Any) -> bool:
    other = np.asarray(more)[:-1]
    return np.shape(got) != other.shape or np.allclose(got, other, rtol=1e-4, atol=1e-6)


def _four_times_the_inputs(draws: Any) -> tuple:
    return (np.tile(draws, 4),)


def _is_half_as_large(got: Any, wide: Any, draws: Any) -> bool:
    other = 2 * np.asarray(wide)[:, : draws.shape[1]]
    fits = np.shape(got) == draws.shape == other.shape
    return not fits or np.allclose(got, other, rtol=1e-4, atol=1e-6)


EXERCISE = Exercise(
    id="04b.1",
    title="A start for ReLU",
    points=2,
    stars=1,
    minutes=8,
    reference=he_weights,
    cases=_cases,
    parts={
        "draws.shape[1]": "the number of inputs",
        "fan_in": "the number of inputs",
        "2 / fan_in": "the variance",
        "np.sqrt(2 / fan_in)": "the factor",
    },
    forbidden=("lessonlib.init.kaiming_normal_", "torch.nn.init.kaiming_normal_"),
    hints=(
        "The numbers have variance 1. Times a factor c they have variance c squared.",
        "The weight is (fan_out, fan_in): which axis does one output add up over?",
        "Wanted is the variance 2 / fan_in, so the factor is its root.",
    ),
    properties=(
        Property(
            "the weights are not all 0",
            _not_all_zero,
            "All weights are 0. Is a fraction cut down to a whole number?",
        ),
        Property(
            "one factor for all",
            _has_one_factor,
            "All numbers have to be multiplied by one and the same factor.",
        ),
        Property(
            "the number of outputs does not matter",
            _ignores_outputs,
            "With one row more (one more output) the other weights change. The factor may depend "
            "on the number of inputs alone: that many products are added up.",
            also=_one_output_more,
        ),
        Property(
            "half as large for four times the inputs",
            _is_half_as_large,
            "With four times as many inputs the weights have to be half as large, because then "
            "the variance is a quarter.",
            also=_four_times_the_inputs,
        ),
    ),
    mistakes=(
        Mistake(
            "fan_out",
            lambda draws: draws * np.sqrt(2 / draws.shape[0]),
            "This takes the number of outputs. One output adds up as many products as there "
            "are inputs: shape[1].",
        ),
        Mistake(
            "no root",
            lambda draws: draws * (2 / draws.shape[1]),
            "2 / fan_in is the variance. The factor on the numbers is the standard deviation, "
            "its root.",
        ),
        Mistake(
            "no factor for ReLU",
            lambda draws: draws * np.sqrt(1 / draws.shape[1]),
            "The variance is 1 / fan_in here: right for a linear layer. ReLU sets half of the "
            "values to 0, and a factor 2 makes up for it.",
        ),
        Mistake(
            "2 outside the root",
            lambda draws: 2 * draws / np.sqrt(draws.shape[1]),
            "The variance is 4 / fan_in here: the 2 is outside the root. It belongs to the variance, "
            "under the root.",
        ),
        Mistake(
            "always 256 inputs",
            lambda draws: draws * np.sqrt(2 / 256),
            "The factor is the one for 256 inputs here, whatever comes in. The number of inputs has to "
            "be read from the shape of `draws`.",
        ),
        Mistake(
            "half in place of two",
            lambda draws: draws * np.sqrt(1 / (2 * draws.shape[1])),
            "The variance is 1 / (2 fan_in) here. ReLU halves the mean square, so the variance has to "
            "be twice as large as for a linear layer, not half as large.",
        ),
        Mistake(
            "the root covers the 2 alone",
            lambda draws: draws * np.sqrt(2) / draws.shape[1],
            "The factor is sqrt(2) / fan_in here: the root covers the 2 alone. The factor is the root "
            "of the whole variance.",
        ),
        Mistake(
            "the limit of a uniform draw",
            lambda draws: draws * np.sqrt(6 / draws.shape[1]),
            "The variance is 6 / fan_in here. sqrt(6 / fan_in) is He's limit for numbers drawn evenly "
            "between two ends; these are normal, with variance 1.",
        ),
        Mistake(
            "Glorot",
            lambda draws: draws * np.sqrt(2 / sum(draws.shape)),
            "This is Glorot's variance, 2 / (fan_in + fan_out), made for tanh.",
        ),
        Mistake(
            "Glorot without the root",
            lambda draws: draws * 2 / sum(draws.shape),
            "The factor is 2 / (fan_in + fan_out): that is Glorot's variance. He's has fan_in "
            "alone, and the factor on the numbers is the root of a variance.",
        ),
    ),
)
