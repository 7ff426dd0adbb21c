"""Exercise 05.3: the gradient of a squared error with a penalty on the weights."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def penalised_gradient(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    """Gradients of  mean((X w + b - y)^2) / 2 + decay / 2 * |w|^2  for w and b."""
    error = X @ w + b - y  # (N,)
    dw = X.T @ error / len(X) + decay * w  # the penalty pulls each weight towards 0
    db = error.mean()  # the bias is not punished
    return dw, float(db)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0], [3.0]]), np.array([1.0, 1.0]), np.array([2.0]), 1.0, 0.5)
    none = (np.array([[1.0], [3.0]]), np.array([1.0, 1.0]), np.array([2.0]), 1.0, 0.0)
    drawn = [
        (rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=d), b, decay)
        for n, d, b, decay in ((5, 3, -1.5, 0.1), (20, 4, 0.7, 3.0))
    ]
    return [small, none, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _gradient_without(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    return penalised_gradient(X, y, w, b, 0.0)


def _gradient_with_bias(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    dw, db = penalised_gradient(X, y, w, b, decay)
    return dw, db + decay * b


def _gradient_of_square(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    return penalised_gradient(X, y, w, b, 2 * decay)


def _gradient_size(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    dw, db = penalised_gradient(X, y, w, b, 0.0)
    return dw + decay / 2 * np.sum(w**2), db


def _gradient_sum(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    error = X @ w + b - y
    return X.T @ error + decay * w, float(error.sum())


EXERCISE = Exercise(
    id="05.3",
    title="The gradient with a penalty",
    points=3,
    stars=2,
    minutes=12,
    reference=penalised_gradient,
    cases=_cases,
    hints=(
        "Without the penalty: error = X @ w + b - y, then X.T @ error / N and error.mean().",
        "The derivative of decay / 2 * w_k^2 with respect to w_k is decay * w_k.",
        "The penalty does not contain b, so the gradient of b does not change.",
    ),
    mistakes=(
        Mistake(
            "no penalty",
            _gradient_without,
            "This is the gradient of the error alone. The penalty adds decay * w to dw.",
        ),
        Mistake(
            "bias punished",
            _gradient_with_bias,
            "The bias is pulled to 0 as well. The penalty holds |w|^2 only: the bias moves the "
            "whole answer up or down and makes nothing wigglier.",
        ),
        Mistake(
            "twice the penalty",
            _gradient_of_square,
            "The penalty counts twice. It is decay / 2 * |w|^2, and the derivative of w^2 / 2 "
            "is w.",
        ),
        Mistake(
            "the penalty itself",
            _gradient_size,
            "One number, the penalty itself, is added to every entry. Its gradient is "
            "a vector: decay * w.",
        ),
        Mistake(
            "sum instead of mean",
            _gradient_sum,
            "The errors are summed over the examples. The loss is their mean, so that decay "
            "means the same for 10 and for 10,000 examples.",
        ),
    ),
)
