"""Exercise 05.3: the gradient of a squared error with a penalty on the weights."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


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
    single = (np.array([[1.0, -2.0, 3.0]]), np.array([2.0]), np.array([0.5, 1.0, -1.0]), -1.0, 0.7)
    drawn = [
        (rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=d), b, decay)
        for n, d, b, decay in ((5, 3, -1.5, 0.1), (20, 4, 0.7, 3.0), (3, 5, 2.0, 0.4))
    ]
    return [
        small,
        Case("where decay is 0", *none),
        Case("where there is a single example", *single),
        *drawn,
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _error_slope(X: Any, y: Any, w: Any, b: float) -> tuple[np.ndarray, float]:
    """The slopes of the mean squared error, by differences; exact for a square."""

    def loss(w: Any, b: float) -> float:
        return float(np.mean((np.sum(X * w, axis=1) + b - y) ** 2)) / 2

    steps = np.eye(len(w)) / 2
    return np.array([loss(w + s, b) - loss(w - s, b) for s in steps]), loss(w, b + 0.5) - loss(
        w, b - 0.5
    )


def _has_shapes(got: Any, X: Any, y: Any, w: Any, b: float, decay: float) -> bool:
    return np.shape(got[0]) == w.shape and np.size(got[1]) == 1


def _no_decay(X: Any, y: Any, w: Any, b: float, decay: float) -> tuple:
    return X, y, w, b, 0.0


def _is_slope_for_w(got: Any, without: Any, X: Any, y: Any, w: Any, b: float, decay: float) -> bool:
    return np.allclose(without[0], _error_slope(X, y, w, b)[0], rtol=1e-3, atol=1e-5)


def _is_slope_for_b(got: Any, without: Any, X: Any, y: Any, w: Any, b: float, decay: float) -> bool:
    return np.allclose(without[1], _error_slope(X, y, w, b)[1], rtol=1e-3, atol=1e-5)


def _more_decay(X: Any, y: Any, w: Any, b: float, decay: float) -> tuple:
    return X, y, w, b, decay + 1.0


def _pulls_each_weight(got: Any, more: Any, X: Any, y: Any, w: Any, b: float, decay: float) -> bool:
    return np.allclose(np.asarray(more[0]) - got[0], w, rtol=1e-3, atol=1e-5)


def _leaves_the_bias(got: Any, more: Any, *arguments: Any) -> bool:
    return np.allclose(got[1], more[1], rtol=1e-4, atol=1e-5)


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


def _gradient_doubled(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    dw, db = penalised_gradient(X, y, w, b, decay)
    return 2 * dw, 2 * db


def _gradient_penalty_in_the_mean(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    return penalised_gradient(X, y, w, b, decay / len(X))


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


def _gradient_half_the_penalty(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    return penalised_gradient(X, y, w, b, decay / 2)


def _gradient_over_the_weights(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    error = X @ w + b - y
    return X.T @ error / X.shape[1] + decay * w, float(error.mean())


EXERCISE = Exercise(
    id="05.3",
    title="The gradient with a penalty",
    points=3,
    stars=2,
    minutes=12,
    reference=penalised_gradient,
    cases=_cases,
    pure=True,
    values=(("`dw`", "`db`"),),
    parts={
        "X @ w": "the weighted sum",
        "X @ w + b": "the output",
        "X @ w + b - y": "the error",
        "error": "the error",
        "X.T @ error": "the sum of errors times inputs",
        "X.T @ error / len(X)": "the gradient of the squared error",
        "len(X)": "the number of examples",
        "decay * w": "the gradient of the penalty",
        "error.mean()": "the mean of the errors",
        "dw": "`dw`",
        "db": "`db`",
    },
    hints=(
        "Without the penalty: error = X @ w + b - y, then X.T @ error / N and error.mean().",
        "The derivative of decay / 2 * w_k^2 with respect to w_k is decay * w_k.",
        "The penalty does not contain b, so the gradient of b does not change.",
    ),
    properties=(
        Property(
            "shapes",
            _has_shapes,
            "dw has one entry for each weight, and db is a single number.",
        ),
        Property(
            "the bias is not punished",
            _leaves_the_bias,
            "db changes with `decay`: the penalty does not contain b.",
            also=_more_decay,
        ),
        Property(
            "the penalty pulls each weight",
            _pulls_each_weight,
            "What `decay` adds to dw is not the derivative of decay / 2 * |w|^2. That has no mean "
            "over the examples in it.",
            also=_more_decay,
        ),
        Property(
            "dw is the slope of the error",
            _is_slope_for_w,
            "Even with decay 0, dw is not the slope of the mean squared error over 2: small "
            "changes of w do not change the loss by as much as it says.",
            also=_no_decay,
        ),
        Property(
            "db is the slope of the error",
            _is_slope_for_b,
            "Even with decay 0, db is not the slope of the mean squared error over 2: a small "
            "change of b does not change the loss by as much as it says.",
            also=_no_decay,
        ),
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
            "twice everything",
            _gradient_doubled,
            "Both gradients are twice too large: the 1/2 in front of each term of the loss cancels "
            "the 2 that comes from the square.",
        ),
        Mistake(
            "the penalty divided by N",
            _gradient_penalty_in_the_mean,
            "The penalty is divided by the number of examples too. In the loss only the squared "
            "error is a mean.",
        ),
        Mistake(
            "half the penalty",
            _gradient_half_the_penalty,
            "The penalty counts half. The 1/2 in decay / 2 * |w|^2 cancels the 2 that comes from "
            "the square: its gradient is decay * w.",
        ),
        Mistake(
            "divided by the number of weights",
            _gradient_over_the_weights,
            "The sum of errors times inputs is divided by D, the number of weights. The loss is a "
            "mean over the N examples.",
        ),
        Mistake(
            "sum instead of mean",
            _gradient_sum,
            "The errors are summed over the examples. The loss is their mean, so that decay "
            "means the same for 10 and for 10,000 examples.",
        ),
    ),
)
