"""Exercise 09.5: the backward pass of attention, for the scores and the values."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


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
    cases = [small]
    for L, S, features in ((3, 4, 2), (5, 2, 3)):
        weights = rng.random((L, S)) + 0.1
        weights /= weights.sum(axis=1, keepdims=True)
        cases.append((rng.normal(size=(L, features)), weights, rng.normal(size=(S, features))))
    return cases


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
            "stops at the weights",
            _back_weights,
            "This is the gradient of the weights. The scores lie one softmax further back.",
        ),
        Mistake(
            "every value blamed alike",
            _back_spread,
            "Each value gets the sum of all dY. It was used by its weight: weights.T @ dY.",
        ),
    ),
)
