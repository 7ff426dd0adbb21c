"""Exercise 02.5: weights and biases of k units whose lines fence in a circle."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def fence(k: int, centre: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights and biases of k units, each 0 on a line that touches the circle from outside."""
    angle = 2 * np.pi * np.arange(k) / k  # k directions; 2 pi itself would repeat the first
    weight = np.column_stack([np.cos(angle), np.sin(angle)])  # of length 1: scores are distances
    bias = -(weight @ centre) - radius  # score 0 at centre + radius * direction
    return weight, bias


def _cases(rng: np.random.Generator) -> list[tuple]:
    drawn = [(k, rng.normal(size=2), float(rng.uniform(0.5, 3))) for k in (3, 5, 12)]
    return [(4, np.zeros(2), 1.0), (4, np.array([2.0, 1.0]), 0.5), *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _fence_from(angle: np.ndarray, centre: np.ndarray, radius: float) -> tuple:
    weight = np.column_stack([np.cos(angle), np.sin(angle)])
    return weight, -(weight @ centre) - radius


def _fence_bias(k: int, centre: np.ndarray, bias_of: float, radius: float) -> tuple:
    weight, _ = fence(k, centre, radius)
    return weight, bias_of * (weight @ centre) - radius


EXERCISE = Exercise(
    id="02.5",
    title="A fence around a circle",
    points=3,
    stars=3,
    minutes=18,
    reference=fence,
    cases=_cases,
    hints=(
        "Unit j points outwards at the angle 2 pi j / k: (cos, sin). j runs from 0 to k - 1.",
        "Its line touches the circle at centre + radius * direction. There w . x + b = 0.",
        "Solve for b: b = -w . centre - radius, because w . direction = 1.",
    ),
    mistakes=(
        Mistake(
            "first direction twice",
            lambda k, centre, radius: _fence_from(np.linspace(0, 2 * np.pi, k), centre, radius),
            "np.linspace(0, 2 * np.pi, k) ends at 2 pi, which is direction 0 again: one side of "
            "the fence is missing. Use endpoint=False.",
        ),
        Mistake(
            "degrees",
            lambda k, centre, radius: _fence_from(360 * np.arange(k) / k, centre, radius),
            "np.cos and np.sin take radians: a full turn is 2 pi, not 360.",
        ),
        Mistake(
            "centre forgotten",
            lambda k, centre, radius: _fence_bias(k, centre, 0.0, radius),
            "This fence stands around the origin. The bias has to move it to the centre.",
        ),
        Mistake(
            "sign of the centre",
            lambda k, centre, radius: _fence_bias(k, centre, 1.0, radius),
            "The fence moved away from the centre: w . x + b is 0 where b = -w . x.",
        ),
        Mistake(
            "inside out",
            lambda k, centre, radius: tuple(-part for part in fence(k, centre, radius)),
            "The units are positive inside. A unit shall be lit outside, so that all are dark "
            "within the fence.",
        ),
        Mistake(
            "sine and cosine swapped",
            lambda k, centre, radius: _fence_from(
                np.pi / 2 - 2 * np.pi * np.arange(k) / k, centre, radius
            ),
            "Unit 0 points up here. At angle 0 the direction is (1, 0): cosine first.",
        ),
    ),
)
