"""Exercise 02.2: the one linear layer that does what two linear layers in a row do."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def collapse(
    W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The one linear layer that does what two in a row do."""
    weight = W2 @ W1  # the first layer acts first, so it is on the right
    bias = W2 @ b1 + b2  # the first bias goes through the second layer as well
    return weight, bias


def _cases(rng: np.random.Generator) -> list[tuple]:
    W1, W2 = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [3.0, 1.0]])
    small = (W1, np.array([1.0, 0.0]), W2, np.array([0.0, 2.0]))
    sizes = ((3, 3, 3), (4, 4, 4))  # square: the wrong order and the wrong transpose run as well
    uneven = ((2, 3, 4), (5, 2, 3), (3, 4, 1))
    drawn = [
        tuple(rng.normal(size=s) for s in ((h, d), h, (c, h), c)) for d, h, c in (*sizes, *uneven)
    ]
    negative = Case(
        "where what comes out of the first layer is negative",
        -np.eye(2),
        np.array([-1.0, -2.0]),
        np.array([[1.0, 1.0]]),
        np.array([0.5]),
    )
    return [small, negative, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _bias(made: Any) -> np.ndarray:
    """The second value. Raises ValueError where it is no row of numbers: nothing is said of it."""
    if not isinstance(made, tuple | list) or np.ndim(made[1]) != 1:
        raise ValueError("no bias")
    return np.asarray(made[1])


def _opposite(made: Any, turned: Any, *case: Any) -> bool:
    return np.allclose(_bias(turned), -_bias(made), atol=1e-8)


EXERCISE = Exercise(
    id="02.2",
    title="Two linear layers are one",
    points=2,
    stars=1,
    minutes=8,
    reference=collapse,
    cases=_cases,
    values=(("the weight", "the bias"),),
    hints=(
        "Write it out for one column x: W2 (W1 x + b1) + b2. Multiply the bracket out.",
        "What multiplies x is the weight, the rest is the bias. Both parts contain W2.",
    ),
    properties=(
        Property(
            "shapes of the two results",
            lambda made, W1, b1, W2, b2: (
                np.shape(made[0]) == (len(W2), W1.shape[1]) and np.shape(made[1]) == (len(W2),)
            ),
            "The one layer has a weight of shape (C, D), with a row for each output, and a bias of "
            "shape (C,); they come back in this order. Here a shape is another one.",
        ),
        Property(
            "no bias without biases",
            lambda made, none, *case: np.allclose(_bias(none), 0),
            "If both biases are 0 the one layer has no bias either; here it has one.",
            also=lambda W1, b1, W2, b2: (W1, 0 * b1, W2, 0 * b2),
        ),
        Property(
            "the second bias comes through as it is",
            lambda made, more, *case: np.allclose(_bias(more) - _bias(made), 1),
            "When every entry of `b2` grows by 1, so does every entry of the bias; here it does "
            "not. Nothing comes after `b2`: it is added last.",
            also=lambda W1, b1, W2, b2: (W1, b1, W2, b2 + 1),
        ),
        Property(
            "nothing is cut off in between",
            _opposite,
            "With the opposite sign of both biases the bias has the opposite sign; here it has "
            "not. Both layers are linear: nothing is cut off between them.",
            also=lambda W1, b1, W2, b2: (W1, -b1, W2, -b2),
        ),
        Property(
            "the weight does not depend on the biases",
            lambda made, other, *case: np.ndim(made[0]) != 2 or np.allclose(made[0], other[0]),
            "When only a bias changes the weight has to stay; here it changes.",
            also=lambda W1, b1, W2, b2: (W1, b1 + 1, W2, b2 - 1),
        ),
    ),
    parts={
        "W2 @ W1": "the product of the two weights",
        "weight": "the weight",
        "weight = W2 @ W1": "the weight",
        "W2 @ b1 + b2": "the bias",
        "W2 @ b1": "what the second layer makes of `b1`",
        "bias": "the bias",
        "bias = W2 @ b1 + b2": "the bias",
    },
    mistakes=(
        Mistake(
            "first bias lost",
            lambda W1, b1, W2, b2: (W2 @ W1, b2),
            "The weight is right. b1 is lost: it comes out of the second layer as W2 @ b1.",
        ),
        Mistake(
            "second bias lost",
            lambda W1, b1, W2, b2: (W2 @ W1, W2 @ b1),
            "The weight is right. The second layer's own bias b2 is missing.",
        ),
        Mistake(
            "transposed",
            lambda W1, b1, W2, b2: (W1.T @ W2.T, W2 @ b1 + b2),
            "The weight is transposed: asked is one row for each output, (C, D).",
        ),
    ),
)
