"""Exercise 09.5: the backward pass of attention, for the scores and the values."""

from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l09.exercises.shared import finite


def attention_backward(
    dY: np.ndarray, weights: np.ndarray, V: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of Y = softmax(scores) V for the scores and for V."""
    dV = weights.T @ dY  # (S, features): what each value was used for
    dweights = dY @ V.T  # (L, S)
    mean = (dweights * weights).sum(axis=1, keepdims=True)  # raising one weight lowers the others
    return weights * (dweights - mean), dV


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0]]), np.array([[0.25, 0.75]]), np.array([[4.0], [0.0]]))
    cases: list[tuple] = [small]
    for L, S, features in ((3, 4, 2), (5, 2, 3), (3, 3, 2), (3, 3, 2)):
        weights = rng.random((L, S)) + 0.1
        weights /= weights.sum(axis=1, keepdims=True)
        cases.append((rng.normal(size=(L, features)), weights, rng.normal(size=(S, features))))
    dY, _, V = cases[-1]  # as under a causal mask: the first query sees one key only
    hidden = np.array([[1.0, 0.0, 0.0], [0.25, 0.75, 0.0], [0.5, 0.25, 0.25]])
    cases[-1] = Case("where a weight is 0", dY, hidden, V)
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _shapes(value: Any, dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> bool:
    dscores, dV = value
    return np.shape(dscores) == weights.shape and np.shape(dV) == V.shape


def _rows_of_0(value: Any, dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> bool:
    if not _shapes(value, dY, weights, V) or not finite(value[0]):
        return True
    return np.allclose(np.sum(value[0], axis=1), 0, atol=1e-4)


def _all_arrives(value: Any, dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> bool:
    if not _shapes(value, dY, weights, V) or not finite(value[1]):
        return True
    return np.allclose(np.sum(value[1], axis=0), dY.sum(axis=0), atol=1e-4)


# ---- what people write instead -------------------------------------------------------------------


def _back_one_by_one(dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> tuple:
    return weights * (dY @ V.T), weights.T @ dY


def _back_sigmoid(dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> tuple:
    return weights * (1 - weights) * (dY @ V.T), weights.T @ dY


def _back_plain_mean(dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> tuple:
    dweights = dY @ V.T
    return weights * (dweights - dweights.mean(axis=1, keepdims=True)), weights.T @ dY


def _back_weights(dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> tuple:
    return dY @ V.T, weights.T @ dY


def _back_spread(dY: np.ndarray, weights: np.ndarray, V: np.ndarray) -> tuple:
    total = np.repeat(dY.sum(axis=0, keepdims=True), len(V), axis=0)
    return attention_backward(dY, weights, V)[0], total


EXERCISE = Exercise(
    id="09.5",
    title="The way back through attention",
    points=3,
    stars=3,
    minutes=20,
    reference=attention_backward,
    cases=_cases,
    forbidden=(
        "lessonlib.functional.scaled_dot_product_attention_backward",
        "lessonlib.functional.softmax_backward",
    ),
    hints=(
        "Y = P V is a matrix product: dV = P^T dY and dP = dY V^T (lesson 03).",
        "A softmax: dS_j = P_j (dP_j - sum_k P_k dP_k), row by row.",
        "(dP * P).sum(axis=1, keepdims=True) is that sum.",
    ),
    values=(("dscores", "dV"),),
    parts={
        "dY @ V.T": "the gradient of the weights",
        "V.T": "`V`",
        "weights.T": "`weights`",
        "weights.T @ dY": "the gradient of the values",
        "dV": "the gradient of the values",
        "dweights": "the gradient of the weights",
        "dweights * weights": "dweights times the weights",
        "(dweights * weights).sum(axis=1, keepdims=True)": "the mean by the weights",
        "mean": "the mean by the weights",
        "dweights - mean": "the gradient of the weights less its mean",
        "weights * (dweights - mean)": "the gradient of the scores",
    },
    properties=(
        Property(
            "the shapes of the gradients",
            _shapes,
            "Each gradient has the shape of what it belongs to: dscores comes first and has that "
            "of weights, dV comes second and has that of V.",
        ),
        Property(
            "rows of dscores add up to 0",
            _rows_of_0,
            "Each row of dscores has to add up to 0: the same number added to all scores of a "
            "row changes no weight. Yours does not.",
        ),
        Property(
            "dV adds up to dY",
            _all_arrives,
            "The rows of dV have to add up to what the rows of dY add up to, since the weights "
            "of each query share out 1 among the values. Yours do not.",
        ),
    ),
    mistakes=(
        Mistake(
            "each weight by itself",
            _back_one_by_one,
            "dscores is weights * dweights. It lacks the other half of the softmax: raising "
            "one score lowers all other weights of its row.",
        ),
        Mistake(
            "the sigmoid's slope",
            _back_sigmoid,
            "weights * (1 - weights) is only the diagonal of the softmax's Jacobian. The "
            "scores of a row act on each other's weights as well.",
        ),
        Mistake(
            "plain mean",
            _back_plain_mean,
            "The plain mean of dweights is subtracted. It is the mean by the weights: "
            "sum of weights * dweights.",
        ),
        Mistake(
            "the opposite sign",
            lambda dY, weights, V: (-attention_backward(dY, weights, V)[0], weights.T @ dY),
            "dV is right, and dscores has the opposite sign: the mean is taken off dweights, not "
            "the other way round.",
        ),
        Mistake(
            "stops at the weights",
            _back_weights,
            "This is the gradient of the weights. The scores lie one softmax further back.",
        ),
        Mistake(
            "every value alike",
            _back_spread,
            "Each value gets the sum of all dY. It was used by its weight: weights.T @ dY.",
        ),
    ),
)
