"""Exercise 06b.3: find the bug in the backward pass of a residual block."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

A = np.ndarray  # short, so that a signature with four arrays is easy to read


def residual_backward(dy: np.ndarray, x: np.ndarray, W1: np.ndarray, W2: np.ndarray) -> np.ndarray:
    """Gradient for x of y = relu(relu(x W1) W2 + x)."""
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)  # through the outer ReLU, for both ways alike
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T + dz  # the branch, and the shortcut


def _cases(rng: np.random.Generator) -> list[tuple]:
    eye = np.eye(2)
    small = (np.array([[1.0, 1.0]]), np.array([[3.0, -2.0]]), eye, 2 * eye)
    drawn = [
        (rng.normal(size=(n, d)), rng.normal(size=(n, d)), rng.normal(size=(d, k)) / 2, W2)
        for n, d, k, W2 in ((4, 3, 5, rng.normal(size=(5, 3))), (6, 2, 2, rng.normal(size=(2, 2))))
    ]
    return [small, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _backward_branch_only(dy: A, x: A, W1: A, W2: A) -> A:
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T


def _backward_past_relu(dy: A, x: A, W1: A, W2: A) -> A:
    return _backward_branch_only(dy, x, W1, W2) + dy


def _backward_adds_x(dy: A, x: A, W1: A, W2: A) -> A:
    return _backward_branch_only(dy, x, W1, W2) + x


def _backward_no_outer_relu(dy: A, x: A, W1: A, W2: A) -> A:
    h = np.maximum(x @ W1, 0)
    return (dy @ W2.T * (h > 0)) @ W1.T + dy


def _backward_no_inner_relu(dy: A, x: A, W1: A, W2: A) -> A:
    dz = dy * (np.maximum(x @ W1, 0) @ W2 + x > 0)
    return dz @ W2.T @ W1.T + dz


def _backward_shortcut_only(dy: A, x: A, W1: A, W2: A) -> A:
    return dy * (np.maximum(x @ W1, 0) @ W2 + x > 0)


EXERCISE = Exercise(
    id="06b.3",
    title="Find the bug in the way back",
    points=2,
    stars=2,
    minutes=10,
    reference=residual_backward,
    starter=_backward_branch_only,
    cases=_cases,
    hints=(
        "By how many ways does x reach y? Count them in the formula.",
        "Where a value is used twice, the gradients of both uses are added.",
        "The shortcut ends inside the outer ReLU: it hands on dz, not dy.",
    ),
    mistakes=(
        Mistake(
            "past the outer ReLU",
            _backward_past_relu,
            "The shortcut hands on dy. It ends inside the outer ReLU, so where the ReLU gave 0 "
            "nothing comes back: add dz.",
        ),
        Mistake(
            "adds x",
            _backward_adds_x,
            "x is added, as in the forward pass. On the way back the shortcut carries the "
            "gradient, not the value.",
        ),
        Mistake(
            "no outer ReLU",
            _backward_no_outer_relu,
            "The outer ReLU is missing on the way back: where z was negative, nothing passes.",
        ),
        Mistake(
            "no inner ReLU",
            _backward_no_inner_relu,
            "The inner ReLU is missing: where h is 0, nothing goes back through the branch.",
        ),
        Mistake(
            "branch forgotten",
            _backward_shortcut_only,
            "Only the shortcut is left. The branch hands a gradient back too.",
        ),
    ),
)
