"""Exercise 03.6: the backward pass of a linear layer, for a batch of rows."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


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
    shapes = ((5, 3, 2), (8, 4, 6))  # rows, in, out
    drawn = [
        (rng.normal(size=(n, out)), rng.normal(size=(n, size)), rng.normal(size=(out, size)))
        for n, size, out in shapes
    ]
    return [small, *drawn]


EXERCISE = Exercise(
    id="03.6",
    title="Backward through a layer",
    points=3,
    stars=2,
    minutes=15,
    reference=linear_backward,
    cases=_cases,
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
        "The bias is added in every row, so it is blamed in every row: sum over axis 0.",
    ),
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
