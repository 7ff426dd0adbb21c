"""Exercise 03.6: the backward pass of a linear layer, for a batch of rows."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def linear_backward(
    dy: np.ndarray, x: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of y = x W^T + b for a batch of rows."""
    dx = dy @ weight  # (N, out) @ (out, in) -> (N, in)
    dweight = dy.T @ x  # (out, N) @ (N, in) -> (out, in): delta times activation, summed over rows
    dbias = dy.sum(axis=0)  # the bias is used by every row
    return dx, dweight, dbias


def _cases(rng: np.random.Generator) -> list[tuple]:
    x = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]])
    small = (np.array([[1.0], [0.0], [-2.0]]), x, np.array([[3.0, -1.0]]))
    single = Case(
        "for a single row",
        np.array([[1.0, -2.0]]),
        np.array([[3.0, 1.0, 0.5]]),
        np.array([[1.0, 0.0, 2.0], [-1.0, 4.0, 1.0]]),
    )
    shapes = ((5, 3, 2), (8, 4, 6), (3, 3, 3))  # rows, in, out
    drawn = [
        (rng.normal(size=(n, out)), rng.normal(size=(n, size)), rng.normal(size=(out, size)))
        for n, size, out in shapes
    ]
    return [small, single, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _shape_of(k: int, what: str, fits: Callable[..., tuple]) -> Property:
    """A property: one of the three gradients has the shape of its array."""
    return Property(
        f"the shape of {what}",
        lambda found, dy, x, weight: len(found) != 3 or np.shape(found[k]) == fits(dy, x, weight),
        f"A gradient has the shape of its array, and {what} has another one.",
    )


def _adds_up(k: int, what: str) -> Property:
    """A property: the gradient of weight or bias doubles when every row is there twice."""
    return Property(
        f"rows add up in {what}",
        lambda found, twice, *case: np.allclose(2 * np.asarray(found[k]), twice[k]),
        f"With every row twice {what} has to double, because every row adds a term of its own; "
        "here it does not.",
        also=lambda dy, x, weight: (np.vstack([dy, dy]), np.vstack([x, x]), weight),
    )


def _cut(found: Any, first: Any, dy: np.ndarray, x: np.ndarray, weight: np.ndarray) -> bool:
    return np.allclose(np.asarray(found[0])[:1], first[0])


EXERCISE = Exercise(
    id="03.6",
    title="Backward through a layer",
    points=3,
    stars=2,
    minutes=15,
    reference=linear_backward,
    cases=_cases,
    values=(("`dx`", "`dweight`", "`dbias`"),),
    forbidden=(
        "lessonlib.functional.linear_backward",
        "lessonlib.functional.linear.linear_backward",
        "torch.autograd.backward",
        "torch.autograd.grad",
    ),
    hints=(
        "Each gradient has the shape of its array: dx like x, dweight like weight. "
        "That leaves only one matrix product for each.",
        "dweight[j, i] is the sum over rows n of dy[n, j] * x[n, i].",
        "The bias is added in every row, so it gets a term from every row: sum over axis 0.",
    ),
    properties=(
        Property(
            "three gradients",
            lambda found, dy, x, weight: len(found) == 3,
            "Three gradients are asked for, in this order: dx, dweight, dbias.",
        ),
        _shape_of(0, "dx", lambda dy, x, weight: x.shape),
        _shape_of(1, "dweight", lambda dy, x, weight: weight.shape),
        _shape_of(2, "dbias", lambda dy, x, weight: dy.shape[1:]),
        _adds_up(1, "dweight"),
        _adds_up(2, "dbias"),
        Property(
            "each row of dx by itself",
            _cut,
            "The first row of dx changes when the other rows are left out. Each row has a "
            "gradient of its own.",
            also=lambda dy, x, weight: (dy[:1], x[:1], weight),
        ),
    ),
    parts={
        "dx": "dx",
        "dweight": "dweight",
        "dbias": "dbias",
        "dy @ weight": "dx",
        "dy.T @ x": "dweight",
        "dy.sum(axis=0)": "dbias",
        "dx = dy @ weight": "dx",
        "dweight = dy.T @ x": "dweight",
        "dbias = dy.sum(axis=0)": "dbias",
    },
    mistakes=(
        Mistake(
            "transposed",
            lambda dy, x, weight: (dy @ weight, x.T @ dy, dy.sum(axis=0)),
            "dweight has the shape (in, out). weight is (out, in), and so is its gradient: "
            "dy.T @ x.",
        ),
        Mistake(
            "mean over rows",
            lambda dy, x, weight: (dy @ weight, dy.T @ x / len(x), dy.mean(axis=0)),
            "The gradients are divided by the number of rows. That belongs to the loss, where "
            "it may already have happened; here the rows are added.",
        ),
        Mistake(
            "bias over the outputs",
            lambda dy, x, weight: (dy @ weight, dy.T @ x, dy.sum(axis=1)),
            "dbias has one entry for each row: it is summed over the outputs. There is one bias "
            "for each output, and the rows are added.",
        ),
        Mistake(
            "bias counts the rows",
            lambda dy, x, weight: (dy @ weight, dy.T @ x, np.full(dy.shape[1], float(len(dy)))),
            "dbias counts the rows: it is the slope alone. What comes from above, dy, is missing.",
        ),
        Mistake(
            "bias of ones",
            lambda dy, x, weight: (dy @ weight, dy.T @ x, np.ones(dy.shape[1])),
            "dbias is 1 everywhere: that is the slope alone, of a single row. What comes from "
            "above, dy, is missing.",
        ),
        Mistake(
            "weights mean",
            lambda dy, x, weight: (dy @ weight, dy.T @ x / len(x), dy.sum(axis=0)),
            "dweight is divided by the number of rows, and dbias is not. Both are sums over the "
            "rows.",
        ),
        Mistake(
            "bias mean",
            lambda dy, x, weight: (dy @ weight, dy.T @ x, dy.mean(axis=0)),
            "dbias is the mean over the rows. It is the sum, as for the weights.",
        ),
        Mistake(
            "one number for the bias",
            lambda dy, x, weight: (dy @ weight, dy.T @ x, dy.sum()),
            "dbias is one number. There is one bias for each output: sum over axis 0 only.",
        ),
        Mistake(
            "bias of every row",
            lambda dy, x, weight: (dy @ weight, dy.T @ x, dy),
            "dbias has one row for each example. All rows use the same bias: add them.",
        ),
    ),
)
