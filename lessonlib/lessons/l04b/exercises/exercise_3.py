"""Exercise 04b.3: find the bug in gradient clipping, which also lengthens short gradients."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def clip(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    """Shorten all gradients by one factor so that their common norm is at most max_norm."""
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))  # one length for all arrays together
    factor = min(1.0, max_norm / norm)  # never above 1: a short gradient stays as it is
    return [g * factor for g in gradients]


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = ([np.array([3.0, 0.0]), np.array([[4.0]])], 1.0)
    short = ([np.array([0.3, 0.0]), np.array([[0.4]])], 1.0)
    exact = ([np.array([3.0]), np.array([0.0, -4.0])], 5.0)
    one = ([np.array([[6.0, 0.0], [0.0, -8.0]])], 5.0)
    drawn = [
        ([rng.normal(size=(4, 3)), rng.normal(size=4), 5 * rng.normal(size=(2, 4))], limit)
        for limit in (0.5, 3.0, 500.0)
    ]
    return [
        small,
        Case(_SHORT, *short),
        Case("where the common norm is max_norm already", *exact),
        Case("where there is a single array", *one),
        *drawn[:2],
        Case(_SHORT, *drawn[2]),
    ]


_SHORT = "where the common norm is below max_norm"


# ---- what every right answer has -----------------------------------------------------------------


def _flat(arrays: Any) -> np.ndarray:
    return np.concatenate([np.ravel(a).astype(float) for a in arrays])


def _keeps_shapes(got: Any, gradients: Any, max_norm: float) -> bool:
    return [np.shape(a) for a in got] == [np.shape(a) for a in gradients]


def _is_short_enough(got: Any, gradients: Any, max_norm: float) -> bool:
    return bool(np.linalg.norm(_flat(got)) <= max_norm * (1 + 1e-5))


def _keeps_direction(got: Any, gradients: Any, max_norm: float) -> bool:
    mine, given = _flat(got), _flat(gradients)
    factor = (mine @ given) / (given @ given)
    return np.allclose(mine, factor * given, rtol=1e-4, atol=1e-6)


def _leaves_short_ones(got: Any, gradients: Any, max_norm: float) -> bool:
    given = _flat(gradients)
    return bool(np.linalg.norm(given) > max_norm) or np.allclose(_flat(got), given, rtol=1e-5)


def _is_not_too_short(got: Any, gradients: Any, max_norm: float) -> bool:
    mine, given = _flat(got), _flat(gradients)
    if np.linalg.norm(given) <= max_norm or not _keeps_direction(got, gradients, max_norm):
        return True
    return bool(np.linalg.norm(mine) >= max_norm * (1 - 1e-5))


# ---- what people write instead -------------------------------------------------------------------


def _clip_always(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * max_norm / norm for g in gradients]


def _clip_each(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    return [g * min(1.0, max_norm / np.linalg.norm(g)) for g in gradients]


def _clip_values(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    return [np.clip(g, -max_norm, max_norm) for g in gradients]


def _clip_no_root(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    square = sum(np.sum(g**2) for g in gradients)
    return [g * min(1.0, max_norm / square) for g in gradients]


def _clip_sum_of_norms(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    total = sum(np.linalg.norm(g) for g in gradients)
    return [g * min(1.0, max_norm / total) for g in gradients]


def _clip_to_one(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g / norm if norm > max_norm else g for g in gradients]


def _clip_enlarges(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * max(1.0, max_norm / norm) for g in gradients]


EXERCISE = Exercise(
    id="04b.3",
    title="Find the bug: clipping",
    points=2,
    stars=2,
    minutes=8,
    reference=clip,
    starter=_clip_always,
    cases=_cases,
    pure=True,
    values=("array",),
    parts={
        "g ** 2": "the square of the entries",
        "np.sum(g ** 2)": "the sum of squares of one array",
        "sum((np.sum(g ** 2) for g in gradients))": "the sum of squares of all arrays",
        "np.sqrt(sum((np.sum(g ** 2) for g in gradients)))": "the common norm",
        "norm": "the common norm",
        "max_norm / norm": "max_norm over the norm",
        "min(1.0, max_norm / norm)": "the factor",
        "factor": "the factor",
        "g * factor": "the shortened array",
        "1.0": "1",
    },
    forbidden=("lessonlib.optim.clip_grad_norm_", "torch.nn.utils.clip_grad_norm_"),
    hints=(
        "Try two gradients: one of length 5 and one of length 0.5, max_norm 1.",
        "Near a minimum gradients become short, and the steps should too.",
    ),
    properties=(
        Property(
            "shapes stay",
            _keeps_shapes,
            "As many arrays have to come back as went in, each in its own shape.",
        ),
        Property(
            "one factor for all",
            _keeps_direction,
            "The direction has changed: all arrays have to be shortened by one common factor.",
        ),
        Property(
            "short gradients stay",
            _leaves_short_ones,
            "Gradients whose common norm is at most max_norm have to come back as they were.",
        ),
        Property(
            "the norm is at most max_norm",
            _is_short_enough,
            "The common norm of what comes back is above max_norm.",
        ),
        Property(
            "long gradients end at max_norm",
            _is_not_too_short,
            "Long gradients become too short: their common norm has to be max_norm afterwards.",
        ),
    ),
    mistakes=(
        Mistake(
            "each array by itself",
            _clip_each,
            "Each array is clipped by itself. That changes the direction of the step: layers "
            "with long gradients lose, the others do not. One factor for all.",
        ),
        Mistake(
            "clips values",
            _clip_values,
            "Single entries are cut off. That turns the gradient; scaling by a common factor "
            "keeps its direction.",
        ),
        Mistake(
            "no root",
            _clip_no_root,
            "The sum of squares is the square of the norm. The root is missing.",
        ),
        Mistake(
            "adds the norms",
            _clip_sum_of_norms,
            "The norms of the arrays are added. Lengths at right angles add in squares: take "
            "the root of the sum of all squares.",
        ),
        Mistake(
            "shortened to 1",
            _clip_to_one,
            "Long gradients are divided by their norm, so that they end at 1. They have to end at "
            "max_norm.",
        ),
        Mistake(
            "lengthens only",
            _clip_enlarges,
            "The factor is at least 1, so short gradients grow and long ones stay. It should "
            "be at most 1.",
        ),
    ),
)
