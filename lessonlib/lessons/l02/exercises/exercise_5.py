"""Exercise 02.5: weights and biases of k units whose lines fence in a circle."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def fence(k: int, centre: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights and biases of k units, each 0 on a line that touches the circle from outside."""
    angle = 2 * np.pi * np.arange(k) / k  # k directions; 2 pi itself would repeat the first
    weight = np.column_stack([np.cos(angle), np.sin(angle)])  # of length 1: scores are distances
    bias = -(weight @ centre) - radius  # score 0 at centre + radius * direction
    return weight, bias


def _cases(rng: np.random.Generator) -> list[tuple]:
    drawn = [(k, rng.normal(size=2), float(rng.uniform(0.5, 3))) for k in (3, 5, 12)]
    origin = (4, np.zeros(2), 1.0)
    unit = (4, np.array([2.0, 1.0]), 1.0)
    many = Case("where 2 pi / 61 is rounded: there are 61 units all the same", 61, np.zeros(2), 1.0)
    return [origin, unit, (4, np.array([2.0, 1.0]), 0.5), (3, np.zeros(2), 2.5), *drawn, many]


# ---- what every right answer has -----------------------------------------------------------------


def _rows(found: Any, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights and biases. Raises ValueError where the shapes are others: nothing is said then."""
    weight, bias = np.asarray(found[0], float), np.asarray(found[1], float)
    if weight.shape != (k, 2) or bias.shape != (k,):
        raise ValueError("other shapes")
    return weight, bias


def _have_length_1(found: Any, k: int, centre: np.ndarray, radius: float) -> bool:
    weight, _ = _rows(found, k)
    return np.allclose(np.linalg.norm(weight, axis=1), 1)


def _first_to_the_right(found: Any, k: int, centre: np.ndarray, radius: float) -> bool:
    weight, _ = _rows(found, k)
    return bool(abs(weight[0, 1]) < 1e-9)


def _equal_steps(found: Any, k: int, centre: np.ndarray, radius: float) -> bool:
    """Whether each direction is the one before, turned by a full turn divided by k."""
    weight, _ = _rows(found, k)
    after = np.roll(weight, -1, axis=0)
    return np.allclose(
        np.sum(weight * after, axis=1) / np.sum(weight**2, axis=1), np.cos(2 * np.pi / k)
    )


def _off_at_the_centre(found: Any, k: int, centre: np.ndarray, radius: float) -> bool:
    weight, bias = _rows(found, k)
    return bool(np.all(weight @ centre + bias < 0))


def _touch_the_circle(found: Any, k: int, centre: np.ndarray, radius: float) -> bool:
    weight, bias = _rows(found, k)
    return np.allclose(np.abs(weight @ centre + bias) / np.linalg.norm(weight, axis=1), radius)


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
    values=(("the weight", "the bias"),),
    hints=(
        "Unit j points outwards at the angle 2 pi j / k: (cos, sin). j runs from 0 to k - 1.",
        "Its line touches the circle at centre + radius * direction. There w . x + b = 0.",
        "Solve for b: b = -w . centre - radius, because w . direction = 1.",
    ),
    properties=(
        Property(
            "shapes of the two results",
            lambda found, k, centre, radius: (
                np.shape(found[0]) == (k, 2) and np.shape(found[1]) == (k,)
            ),
            "Asked are weights of shape (k, 2), one row for each unit, and biases of shape (k,); "
            "here a shape is another one.",
        ),
        Property(
            "rows of length 1",
            _have_length_1,
            "The rows of the weights have to be of length 1; here they are not. Their length is "
            "no part of the line, but the score is a distance only then.",
        ),
        Property(
            "equal steps all the way round",
            _equal_steps,
            "The k directions have to go all the way round in k equal steps; here they do not.",
        ),
        Property(
            "the first direction",
            _first_to_the_right,
            "Unit 0 has to point along the angle 0, to the right: its second weight is 0. Here it is "
            "not.",
        ),
        Property(
            "off at the centre",
            _off_at_the_centre,
            "At the centre of the circle every unit has to be off, with a score below 0; here "
            "one is not.",
        ),
        Property(
            "the lines touch the circle",
            _touch_the_circle,
            "The line of every unit has to touch the circle: its distance from the centre is the "
            "radius. Here it is another distance.",
        ),
    ),
    parts={
        "angle": "the angles",
        "2 * np.pi * np.arange(k) / k": "the angles",
        "2 * np.pi * np.arange(k)": "the angles",
        "2 * np.pi": "a full turn",
        "np.cos(angle)": "the cosine",
        "np.sin(angle)": "the sine",
        "weight @ centre": "the place of the centre along each direction",
        "-(weight @ centre)": "the place of the centre along each direction",
        "-(weight @ centre) - radius": "the bias",
        "weight": "the weights",
        "bias": "the biases",
    },
    mistakes=(
        Mistake(
            "first direction twice",
            lambda k, centre, radius: _fence_from(np.linspace(0, 2 * np.pi, k), centre, radius),
            "np.linspace(0, 2 * np.pi, k) ends at 2 pi, which is direction 0 again: one side of "
            "the fence is missing. Use endpoint=False.",
        ),
        Mistake(
            "steps up to a full turn",
            lambda k, centre, radius: _fence_from(
                np.arange(0, 2 * np.pi, 2 * np.pi / k), centre, radius
            ),
            "np.arange with a step that is rounded can end one step later than meant, and then "
            "there are k + 1 units. Count in whole numbers, and multiply afterwards.",
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
            "The units are positive inside. A unit shall be on outside, so that all are off "
            "within the fence.",
        ),
        Mistake(
            "radius on the other side",
            lambda k, centre, radius: _fence_bias(k, centre, -1.0, -radius),
            "The sign of the radius is turned round: these lines touch the circle on the side "
            "opposite to the unit's direction, and at the centre every unit is on.",
        ),
        Mistake(
            "radius forgotten",
            lambda k, centre, radius: _fence_bias(k, centre, -1.0, 0.0),
            "All lines go through the centre. They have to be one radius away from it.",
        ),
        Mistake(
            "divided by the radius",
            lambda k, centre, radius: tuple(part / radius for part in fence(k, centre, radius)),
            "The lines are right, but weights and biases are divided by the radius: each row of "
            "the weights has to be of length 1.",
        ),
        Mistake(
            "distance of the centre",
            lambda k, centre, radius: (
                fence(k, centre, radius)[0],
                np.full(k, -np.linalg.norm(centre) - radius),
            ),
            "The weights are right. Every bias holds the distance of the centre from the origin, "
            "the same for all units. What counts is how far the centre lies along the unit's own "
            "direction.",
        ),
        Mistake(
            "the other way round the circle",
            lambda k, centre, radius: _fence_from(-2 * np.pi * np.arange(k) / k, centre, radius),
            "The units go round the circle clockwise. Angles grow counterclockwise.",
        ),
        Mistake(
            "half a turn",
            lambda k, centre, radius: _fence_from(np.pi * np.arange(k) / k, centre, radius),
            "The directions cover half a turn only. A full turn is 2 pi.",
        ),
        Mistake(
            "counted from 1",
            lambda k, centre, radius: _fence_from(
                2 * np.pi * np.arange(1, k + 1) / k, centre, radius
            ),
            "The units are counted from 1 here. Unit 0 is the first one, at the angle 0.",
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
