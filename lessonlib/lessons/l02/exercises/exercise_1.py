"""Exercise 02.1: one layer of ReLU units for a batch of inputs."""

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def layer(X: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """One layer of ReLU units: weighted sums, one bias a unit, everything below 0 cut off."""
    z = X @ weight.T + bias  # (N, out): row n, unit k
    return np.maximum(z, 0)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([[1.0, 2.0], [1.0, -3.0]]), np.zeros(2))
    biased = (np.array([[1.0, 0.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([-5.0, 1.0]))
    near = Case(
        "where sums lie between -1 and 1",
        np.array([[0.5, 0.25], [-0.5, 0.25]]),
        np.array([[1.0, 0.5], [-0.5, 1.0]]),
        np.array([0.125, -0.25]),
    )
    drawn = [
        (rng.normal(size=(n, d)), rng.normal(size=(h, d)), rng.normal(size=h))
        for n, d, h in ((4, 3, 3), (10, 5, 5), (3, 4, 2), (2, 3, 6))
    ]
    return [small, biased, near, *drawn]


EXERCISE = Exercise(
    id="02.1",
    title="One layer",
    points=2,
    stars=1,
    minutes=8,
    reference=layer,
    cases=_cases,
    forbidden=("lessonlib.functional.linear", "lessonlib.functional.relu"),
    hints=(
        "weight has one row for each unit. Which axis of X must meet which axis of weight?",
        "X @ weight.T has one row an example and one column a unit; the bias adds to each row.",
        "np.maximum(z, 0) compares entry by entry. np.max(z, 0) is something else.",
    ),
    properties=(
        Property(
            "a row for each example",
            lambda out, X, weight, bias: np.shape(out) == (len(X), len(weight)),
            "The result has one row for each example and one column for each unit, (N, H); here "
            "its shape is another one.",
        ),
        Property(
            "never below 0",
            lambda out, X, weight, bias: np.all(np.asarray(out) >= 0),
            "A ReLU unit is never negative, and here one is.",
        ),
        Property(
            "the bias alone for inputs of 0",
            lambda out, at_zero, X, weight, bias: np.allclose(
                at_zero, np.broadcast_to(np.where(bias > 0, bias, 0), (len(X), len(bias)))
            ),
            "With all inputs 0 a unit gives its own bias, or 0 if that is negative; here it gives "
            "something else.",
            also=lambda X, weight, bias: (0 * X, weight, bias),
        ),
        Property(
            "no upper limit",
            lambda out, raised, X, weight, bias: (
                np.shape(raised) != (len(X), len(weight)) or np.all(np.asarray(raised) > 900)
            ),
            "With every bias 1,000 larger all sums are far above 0, and nothing is to be cut off "
            "them: a ReLU has no upper limit and returns the sum itself.",
            also=lambda X, weight, bias: (X, weight, bias + 1000.0),
        ),
        Property(
            "off below 0",
            lambda out, lowered, X, weight, bias: np.allclose(lowered, 0),
            "With every bias 1,000 smaller all sums are far below 0, and every unit has to give 0; "
            "here one does not.",
            also=lambda X, weight, bias: (X, weight, bias - 1000.0),
        ),
        Property(
            "each row by itself",
            lambda out, turned, X, weight, bias: np.allclose(out, np.asarray(turned)[::-1]),
            "In another order of the rows a row gets another result. Each row of X is an example "
            "by itself.",
            also=lambda X, weight, bias: (X[::-1], weight, bias),
        ),
    ),
    parts={
        "z": "the weighted sum with its bias",
        "X @ weight.T + bias": "the weighted sum with its bias",
        "X @ weight.T": "the weighted sum",
        "np.maximum(z, 0)": "the cut at 0",
    },
    mistakes=(
        Mistake(
            "max instead of maximum",
            lambda X, weight, bias: np.max(X @ weight.T + bias, 0),
            "np.max(z, 0) is the largest entry along axis 0. np.maximum(z, 0) compares each "
            "entry with 0.",
        ),
        Mistake(
            "transposed",
            lambda X, weight, bias: np.maximum(X @ weight.T + bias, 0).T,
            "The result is transposed: asked is one row for each example, (N, H).",
        ),
        Mistake(
            "no activation",
            lambda X, weight, bias: X @ weight.T + bias,
            "These are the weighted sums. Without the cut at 0 the layer bends nothing.",
        ),
        Mistake(
            "bias after the cut",
            lambda X, weight, bias: np.maximum(X @ weight.T, 0) + bias,
            "The bias is added after the cut. It belongs to the sum: it says where the cut is.",
        ),
        Mistake(
            "no bias",
            lambda X, weight, bias: np.maximum(X @ weight.T, 0),
            "The bias is missing, so every fold goes through the origin.",
        ),
        Mistake(
            "bias taken off",
            lambda X, weight, bias: np.maximum(X @ weight.T - bias, 0),
            "The bias is taken off the sum. It is added.",
        ),
        Mistake(
            "absolute value",
            lambda X, weight, bias: np.abs(X @ weight.T + bias),
            "This turns negative sums round. ReLU makes them 0.",
        ),
        Mistake(
            "on or off",
            lambda X, weight, bias: (X @ weight.T + bias > 0) * 1.0,
            "These are answers, on or off. A ReLU unit that is on gives the sum itself.",
        ),
        Mistake(
            "cut at 0 and at 1",
            lambda X, weight, bias: np.clip(X @ weight.T + bias, 0, 1),
            "The sums are cut off above 1 as well. A ReLU cuts off only what is below 0.",
        ),
    ),
)
