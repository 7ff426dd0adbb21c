"""Exercise 04b.3: find the bug in gradient clipping, which also lengthens short gradients."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def clip(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    """Shorten all gradients by one factor so that their common norm is at most max_norm."""
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))  # one length for all arrays together
    factor = min(1.0, max_norm / norm)  # never above 1: a short gradient stays as it is
    return [g * factor for g in gradients]


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = ([np.array([3.0, 0.0]), np.array([[4.0]])], 1.0)
    short = ([np.array([0.3, 0.0]), np.array([[0.4]])], 1.0)
    drawn = [
        ([rng.normal(size=(4, 3)), rng.normal(size=4), 5 * rng.normal(size=(2, 4))], limit)
        for limit in (0.5, 3.0, 100.0)
    ]
    return [small, short, *drawn]


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
    forbidden=("lessonlib.optim.clip_grad_norm_", "torch.nn.utils.clip_grad_norm_"),
    hints=(
        "Try two gradients: one of length 5 and one of length 0.5, max_norm 1.",
        "Near a minimum gradients become short, and the steps should too.",
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
            "lengthens only",
            _clip_enlarges,
            "The factor is at least 1, so short gradients grow and long ones stay. It should "
            "be at most 1.",
        ),
    ),
)
