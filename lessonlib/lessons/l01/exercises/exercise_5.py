"""Exercise 01.5: Novikoff's bound on the mistakes, for a direction that separates the points."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def bound(X: np.ndarray, y: np.ndarray, direction: np.ndarray) -> float:
    """Novikoff's bound (R / gamma)^2 for a direction that separates the points."""
    unit = direction / np.linalg.norm(direction)  # a margin is a length: use a unit vector
    gamma = np.min(y * (X @ unit))  # the point nearest to the plane decides
    radius = np.max(np.linalg.norm(X, axis=1))  # the longest point
    return float((radius / gamma) ** 2)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[3.0, 4.0], [0.0, -2.0]]), np.array([1, -1]), np.array([0.0, 2.0]))
    single = Case(
        "with a single point", np.array([[1.0, -3.0]]), np.array([-1]), np.array([1.0, 1])
    )
    far = Case(
        "where the nearest point is also the longest",
        np.array([[1.0, 9.0], [-2.0, 1.0], [3.0, 2.0]]),
        np.array([1, -1, 1]),
        np.array([0.5, 0.0]),
    )
    negative = (-np.array([[1.0, 2.0], [2.0, 0.5]]), np.array([-1, -1]), np.array([3.0, 1.0]))
    cases = [small, single, far, negative]
    for n, d in ((10, 3), (40, 5), (4, 4)):
        u = rng.normal(size=d)
        X = rng.normal(size=(n, d))
        y = np.where(X @ u > 0, 1, -1)
        cases.append((X + 0.2 * y[:, None] * u, y, 3 * u))
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _unchanged(
    name: str, also: Callable[[np.ndarray, np.ndarray, np.ndarray], tuple], message: str
) -> Property:
    """The bound does not change when the points or the direction are changed like this."""
    return Property(name, lambda value, other, *case: np.isclose(value, other), message, also)


def _rotated(X: np.ndarray, y: np.ndarray, direction: np.ndarray) -> tuple:
    """Points and direction, turned together by 30 degrees in their first two coordinates."""
    turn = np.eye(X.shape[1])
    turn[:2, :2] = np.array([[3**0.5, -1.0], [1.0, 3**0.5]]) / 2
    return X @ turn, y, direction @ turn


# ---- what people write instead -------------------------------------------------------------------


def _bound_of(gamma: float, X: np.ndarray) -> float:
    return float((np.max(np.linalg.norm(X, axis=1)) / gamma) ** 2)


def _same_point(X: np.ndarray, y: np.ndarray, direction: np.ndarray) -> float:
    margins = y * (X @ direction) / np.linalg.norm(direction)
    return float(np.max(np.linalg.norm(X, axis=1) / margins) ** 2)


def _largest_margin(X: np.ndarray, y: np.ndarray, direction: np.ndarray) -> float:
    return _bound_of(np.max(y * (X @ direction)) / np.linalg.norm(direction), X)


def _mean_radius(X: np.ndarray, y: np.ndarray, direction: np.ndarray) -> float:
    ratio = np.mean(np.linalg.norm(X, axis=1)) / np.max(np.linalg.norm(X, axis=1))
    return float(bound(X, y, direction) * ratio**2)


def _exchanged(X: np.ndarray, y: np.ndarray, direction: np.ndarray) -> float:
    margins = y * (X @ direction) / np.linalg.norm(direction)
    return float((np.min(np.linalg.norm(X, axis=1)) / np.max(margins)) ** 2)


EXERCISE = Exercise(
    id="01.5",
    title="Novikoff's bound",
    points=3,
    stars=3,
    minutes=15,
    reference=bound,
    cases=_cases,
    forbidden=("lessonlib.perceptron.mistake_bound",),
    hints=(
        "gamma is a distance. u . x is a distance from the plane only if |u| = 1.",
        "y * (u . x) is positive for every point. The nearest point decides: take the minimum.",
        "R is the length of the longest point: np.linalg.norm(X, axis=1).max().",
    ),
    properties=(
        _unchanged(
            "the length of the direction does not matter",
            lambda X, y, direction: (X, y, 10 * direction),
            "A direction ten times as long is the same plane, so the bound must stay; here it "
            "changes. A margin is a distance: the direction has to have length 1.",
        ),
        _unchanged(
            "the unit of length does not matter",
            lambda X, y, direction: (10 * X, y, direction),
            "With all points ten times as far out R and gamma both grow by ten, and the bound must "
            "stay; here it changes.",
        ),
        _unchanged(
            "a point and its label may be turned round",
            lambda X, y, direction: (X * y[:, None], np.ones_like(y), direction),
            "A point of class -1 at x counts like one of class +1 at -x; here it does not. The "
            "label says on which side a point has to be.",
        ),
        _unchanged(
            "a point may be there twice",
            lambda X, y, direction: (np.vstack([X, X[:1]]), np.append(y, y[0]), direction),
            "When one point is there twice the bound must stay; here it changes. The nearest and "
            "the longest point count, not a mean or a sum over the points.",
        ),
        _unchanged(
            "the coordinates may be turned",
            _rotated,
            "When the points and the direction are turned together the bound must stay; here it "
            "changes. A length is the square root of a sum of squares, for R and for the "
            "direction.",
        ),
        Property(
            "at least 1",
            lambda value, X, y, direction: value >= 1 - 1e-9,
            "No point is further from the plane than from the origin, so gamma is at most R and the "
            "bound is at least 1; here it is smaller.",
        ),
    ),
    parts={
        "unit": "the direction of length 1",
        "direction / np.linalg.norm(direction)": "the direction of length 1",
        "np.linalg.norm(direction)": "the length of the direction",
        "X @ unit": "the distances from the plane",
        "y * (X @ unit)": "the margins",
        "gamma": "gamma",
        "np.min(y * (X @ unit))": "gamma",
        "radius": "R",
        "np.linalg.norm(X, axis=1)": "the lengths of the points",
        "np.max(np.linalg.norm(X, axis=1))": "R",
        "radius / gamma": "R / gamma",
    },
    mistakes=(
        Mistake(
            "direction not a unit vector",
            lambda X, y, direction: _bound_of(np.min(y * (X @ direction)), X),
            "The direction has a length of its own. Divide by it: twice the vector is the same "
            "plane, and the margin must not double.",
        ),
        Mistake(
            "mean margin",
            lambda X, y, direction: _bound_of(
                np.mean(y * (X @ direction)) / np.linalg.norm(direction), X
            ),
            "gamma is the mean distance here. It is the smallest one.",
        ),
        Mistake(
            "not squared",
            lambda X, y, direction: float(bound(X, y, direction) ** 0.5),
            "This is R / gamma. The bound is its square.",
        ),
        Mistake(
            "only gamma squared",
            lambda X, y, direction: float(
                bound(X, y, direction) / np.max(np.linalg.norm(X, axis=1))
            ),
            "This is R / gamma². The square belongs to the whole fraction, R as well as gamma.",
        ),
        Mistake(
            "R without its root",
            lambda X, y, direction: float(
                bound(X, y, direction) * np.max(np.linalg.norm(X, axis=1)) ** 2
            ),
            "R is taken as the sum of the squares. A length is the square root of it.",
        ),
        Mistake(
            "shortest length and largest margin",
            _exchanged,
            "R is the length of the shortest point here, and gamma the largest margin. It is the "
            "other way round: the longest point, and the one nearest to the plane.",
        ),
        Mistake(
            "R and gamma of the same point",
            _same_point,
            "R and gamma are taken from the same point, and the largest fraction is kept. R is the "
            "length of the longest point, gamma the margin of the nearest one: two points.",
        ),
        Mistake(
            "largest margin",
            _largest_margin,
            "gamma is the largest margin here. The point nearest to the plane decides: it is the "
            "smallest.",
        ),
        Mistake(
            "mean length",
            _mean_radius,
            "R is the mean length of the points here. It is the length of the longest one.",
        ),
        Mistake(
            "labels forgotten",
            lambda X, y, direction: _bound_of(np.min(X @ direction) / np.linalg.norm(direction), X),
            "The labels are missing: points of class -1 lie on the negative side, where "
            "u . x is negative. y * (u . x) is the distance.",
        ),
    ),
)
