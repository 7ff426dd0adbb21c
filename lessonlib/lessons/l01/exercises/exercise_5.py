"""Exercise 01.5: Novikoff's bound on the mistakes, for a direction that separates the points."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def bound(X: np.ndarray, y: np.ndarray, direction: np.ndarray) -> float:
    """Novikoff's bound (R / gamma)^2 for a direction that separates the points."""
    unit = direction / np.linalg.norm(direction)  # a margin is a length: use a unit vector
    gamma = np.min(y * (X @ unit))  # the point nearest to the plane decides
    radius = np.max(np.linalg.norm(X, axis=1))  # the longest point
    return float((radius / gamma) ** 2)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[3.0, 4.0], [0.0, -2.0]]), np.array([1, -1]), np.array([0.0, 2.0]))
    cases = [small]
    for n, d in ((10, 3), (40, 5)):
        u = rng.normal(size=d)
        X = rng.normal(size=(n, d))
        y = np.where(X @ u > 0, 1, -1)
        cases.append((X + 0.2 * y[:, None] * u, y, 3 * u))
    return cases


# ---- what people write instead -------------------------------------------------------------------


def _bound_of(gamma: float, X: np.ndarray) -> float:
    return float((np.max(np.linalg.norm(X, axis=1)) / gamma) ** 2)


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
            "labels forgotten",
            lambda X, y, direction: _bound_of(np.min(X @ direction) / np.linalg.norm(direction), X),
            "The labels are missing: points of class -1 lie on the negative side, where "
            "u . x is negative. y * (u . x) is the distance.",
        ),
    ),
)
