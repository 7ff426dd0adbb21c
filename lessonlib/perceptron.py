"""The perceptron of lesson 01: one unit, Rosenblatt's rule, its averaged form, and its limits.

Labels are -1 and +1. A score of exactly 0 lies on the line: it is answered with -1 and counts as a
mistake for both classes while learning, because the line has not decided yet.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


def score(X: np.ndarray, weight: np.ndarray, bias: float = 0.0) -> np.ndarray:
    """Weighted sum of the inputs plus the bias.   z = X w + b

    X : (N, D), weight : (D,), bias : float
    Returns z (N,)
    Raises ValueError naming both shapes if they do not fit
    Source: F. Rosenblatt, Psychological Review 65, 1958. Taught in notebooks/01_perceptron

    >>> score(np.array([[1.0, 2.0]]), np.array([3.0, -1.0]), 0.5)
    array([1.5])
    """
    X, weight = np.asarray(X), np.asarray(weight)
    if X.ndim != 2 or weight.shape != X.shape[1:]:
        raise ValueError(
            f"score: X of shape {X.shape} and weight of shape {weight.shape}, wanted (N, D), (D,)"
        )
    return X @ weight + bias


def classify(X: np.ndarray, weight: np.ndarray, bias: float = 0.0) -> np.ndarray:
    """Answer +1 where the score is above 0 and -1 elsewhere.

    Shapes and errors as in `score`. Returns labels (N,) in {-1, +1}
    Taught in notebooks/01_perceptron

    >>> classify(np.array([[1.0], [-1.0], [0.0]]), np.array([2.0]))
    array([ 1, -1, -1])
    """
    return np.where(score(X, weight, bias) > 0, 1, -1)


def visit(
    weight: np.ndarray, bias: float, x: np.ndarray, y: float
) -> tuple[np.ndarray, float, bool]:
    """Show the perceptron one example.   If  y (w . x + b) <= 0:  w <- w + y x,  b <- b + y

    weight, x : (D,);  y : -1 or +1
    Returns weight (D,), bias, and whether it was a mistake; the arrays passed in stay as they are
    Raises ValueError naming both shapes or the label
    Source: F. Rosenblatt, Principles of Neurodynamics, 1962. Taught in notebooks/01_perceptron

    >>> visit(np.zeros(2), 0.0, np.array([3.0, 1.0]), -1)
    (array([-3., -1.]), -1.0, True)
    """
    if weight.shape != x.shape or y not in (-1, 1):
        raise ValueError(
            f"visit: weight of shape {weight.shape}, x of shape {x.shape}, label {y}; "
            "wanted (D,), (D,) and -1 or +1"
        )
    if y * (weight @ x + bias) > 0:
        return weight, bias, False
    return weight + y * x, float(bias + y), True


@dataclass
class Fit:
    """A trained perceptron: weight (D,), bias, mistakes of each pass, steps (total mistakes)."""

    weight: np.ndarray
    bias: float
    mistakes: list[int] = field(default_factory=list)

    @property
    def steps(self) -> int:
        """The number of mistakes made over all passes, which is the number of updates."""
        return sum(self.mistakes)

    @property
    def converged(self) -> bool:
        """Whether the last pass went by without a mistake."""
        return bool(self.mistakes) and self.mistakes[-1] == 0


def fit(
    X: np.ndarray,
    y: np.ndarray,
    *,
    passes: int = 100,
    averaged: bool = False,
    bias: bool = True,
    rng: np.random.Generator | None = None,
    on_mistake: Callable[[int, np.ndarray, float], None] | None = None,
) -> Fit:
    """Learn by Rosenblatt's rule, from zero: on every mistake  w <- w + y x,  b <- b + y.

    X        : (N, D) finite numbers;  y : (N,) with the values -1 and +1
    passes   : stop after this many passes, or after the first pass without a mistake
    averaged : return the mean of the weights over all examples seen (Freund and Schapire 1999)
    bias     : False keeps b at 0, so that the plane goes through the origin
    rng      : visit the points in a new random order in each pass; None keeps their order
    on_mistake : called as on_mistake(index, weight, bias) after every update
    Raises ValueError naming shapes, label set or NaN
    Source: F. Rosenblatt, Principles of Neurodynamics, 1962; Y. Freund, R. Schapire, Machine
    Learning 37, 1999, section 2.
    Taught in notebooks/01_perceptron

    >>> fit(np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([-1, -1, -1, 1])).converged
    True
    """
    X, y = _checked(X, y, "fit")
    weight, b = np.zeros(X.shape[1]), 0.0
    total_weight, total_bias = np.zeros(X.shape[1]), 0.0
    mistakes: list[int] = []
    for _ in range(passes):
        mistakes.append(0)
        for i in range(len(X)) if rng is None else rng.permutation(len(X)):
            weight, b, wrong = visit(weight, b, X[i], y[i])
            b = b if bias else 0.0
            mistakes[-1] += wrong
            if wrong and on_mistake is not None:
                on_mistake(int(i), weight.copy(), b)
            total_weight += weight
            total_bias += b
        if mistakes[-1] == 0:
            break
    if averaged and mistakes:
        seen = len(mistakes) * len(X)
        return Fit(total_weight / seen, total_bias / seen, mistakes)
    return Fit(weight, b, mistakes)


def fit_one_vs_rest(
    X: np.ndarray,
    labels: np.ndarray,
    *,
    passes: int = 30,
    averaged: bool = True,
    rng: np.random.Generator | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Train one perceptron for each class against all others, all on the same visits.

    X : (N, D);  labels : (N,) integers 0 .. C-1
    Returns weight (C, D) and bias (C,); the class of x is argmax of  W x + b
    Raises ValueError naming shapes, labels or NaN
    Source: as `fit`. Taught in notebooks/01_perceptron

    >>> W, b = fit_one_vs_rest(np.eye(3), np.array([0, 1, 2]))
    >>> (np.eye(3) @ W.T + b).argmax(axis=1)
    array([0, 1, 2])
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or (labels.size and labels.min() < 0):
        raise ValueError(
            f"fit_one_vs_rest: labels of shape {labels.shape}, dtype {labels.dtype}; "
            "wanted one integer from 0 upwards for each row of X"
        )
    signs = np.where(labels[:, None] == np.arange(labels.max(initial=0) + 1), 1.0, -1.0)
    X = _checked_inputs(X, labels, "fit_one_vs_rest")
    inputs = np.column_stack([X, np.ones(len(X))])
    V = np.zeros((signs.shape[1], inputs.shape[1]))
    total = np.zeros_like(V)
    for _ in range(passes):
        clean = True
        for i in range(len(X)) if rng is None else rng.permutation(len(X)):
            wrong = signs[i] * (V @ inputs[i]) <= 0
            if wrong.any():
                V[wrong] += signs[i][wrong, None] * inputs[i]
                clean = False
            total += V
        if clean and not averaged:
            break
    if averaged:
        V = total / (passes * len(X))
    return V[:, :-1], V[:, -1]


def margin(X: np.ndarray, y: np.ndarray) -> float:
    """The largest distance that some plane through the origin keeps from all points.

    gamma = max over |u| = 1 of min_i y_i (u . x_i), or 0.0 if no plane separates them. For a plane
    with a bias append a constant 1 to every point.

    It equals the distance of the origin from the convex hull of the points y_i x_i, found by
    non-negative least squares.
    X : (N, D), y : (N,) in {-1, +1}.  Errors as in `fit`.
    Source: duality of margin and hull, K. Bennett, E. Bredensteiner, ICML 2000.
    Taught in notebooks/01_perceptron

    >>> round(margin(np.array([[3.0, 4.0], [0.0, -5.0]]), np.array([1, -1])), 3)
    4.743
    """
    from scipy.optimize import nnls

    X, y = _checked(X, y, "margin")
    scale = float(np.max(np.linalg.norm(X, axis=1), initial=0.0)) or 1.0
    signed = (y[:, None] * X / scale).T
    share, _ = nnls(np.vstack([signed, np.ones(len(y))]), np.append(np.zeros(len(signed)), 1.0))
    nearest = float(np.linalg.norm(signed @ share) / share.sum())
    return nearest * scale if nearest > 1e-7 else 0.0


def mistake_bound(X: np.ndarray, y: np.ndarray, direction: np.ndarray) -> float:
    """Novikoff's bound on the mistakes of the perceptron rule.   (R / gamma)^2

    R = max |x_i|,  gamma = min_i y_i (u . x_i) with u = direction / |direction|
    It holds from w = 0 and without a bias, for every order and number of passes. With a bias the
    updates are those of the points (x_i, 1): hand these over, with a direction of D + 1 numbers;
    R^2 is then max |x_i|^2 + 1, and gamma the margin of the longer points.
    X : (N, D), y : (N,) in {-1, +1}, direction : (D,), of a plane through the origin
    Raises ValueError if the direction does not separate the points
    Source: A. Novikoff, Symposium on the Mathematical Theory of Automata, 1962.
    Taught in notebooks/01_perceptron

    >>> mistake_bound(np.array([[3.0, 4.0], [0.0, -5.0]]), np.array([1, -1]), np.array([0.0, 1.0]))
    1.5625
    """
    X, y = _checked(X, y, "mistake_bound")
    direction = np.asarray(direction, dtype=float)
    if direction.shape != X.shape[1:] or not np.linalg.norm(direction) > 0:
        raise ValueError(
            f"mistake_bound: direction of shape {direction.shape}, wanted {X.shape[1:]}, not zero"
        )
    gamma = np.min(y * (X @ direction)) / np.linalg.norm(direction)
    if gamma <= 0:
        raise ValueError("mistake_bound: the direction does not separate the points")
    return float((np.max(np.linalg.norm(X, axis=1)) / gamma) ** 2)


def _checked_inputs(X: np.ndarray, y: np.ndarray, operation: str) -> np.ndarray:
    X = np.asarray(X)
    if X.ndim != 2 or len(X) == 0 or y.shape != (len(X),):
        raise ValueError(
            f"{operation}: X of shape {X.shape} and y of shape {y.shape}, wanted (N, D) and (N,)"
        )
    if X.dtype.kind not in "biuf":
        raise ValueError(f"{operation}: X of dtype {X.dtype}, wanted numbers")
    X = X.astype(np.float64)
    if not np.all(np.isfinite(X)):
        row = int(np.argwhere(~np.isfinite(X))[0, 0])
        raise ValueError(f"{operation}: X has NaN or infinity in row {row}, wanted finite numbers")
    return X


def _checked(X: np.ndarray, y: np.ndarray, operation: str) -> tuple[np.ndarray, np.ndarray]:
    y = np.asarray(y)
    X = _checked_inputs(X, y, operation)
    found = np.unique(y)
    if not np.all(np.isin(found, (-1, 1))):
        seen = ", ".join(map(str, found[:5].tolist()))
        raise ValueError(f"{operation}: labels {seen}, wanted -1 and +1")
    return X, y
