"""Exercise 06b.3: find the bug in the backward pass of a residual block."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake, Property

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
    x = np.array([[2.0, -1.0], [-1.5, 0.5], [0.6, 0.4]])
    W1 = np.array([[1.0, -2.0, 0.5], [1.0, 1.0, -1.0]])
    W2 = np.array([[-1.0, 0.5], [3.0, -2.0], [0.8, 1.0]])
    fixed = (np.array([[1.0, -1.0], [0.5, 2.0], [-2.0, 1.0]]), x, W1, W2)
    drawn = [
        (rng.normal(size=(n, d)), rng.normal(size=(n, d)), rng.normal(size=(d, k)) / 2, W2)
        for n, d, k, W2 in ((4, 3, 5, rng.normal(size=(5, 3))), (6, 2, 2, rng.normal(size=(2, 2))))
    ]
    return [small, fixed, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _ways(dy: A, x: A, W1: A, W2: A) -> tuple[A, A]:
    """What comes back through the shortcut and through the branch."""
    a = x @ W1
    dz = dy * (np.maximum(a, 0) @ W2 + x > 0)
    return dz, np.where(a > 0, dz @ W2.T, 0) @ W1.T


def _has_shape_of_x(dx: A, dy: A, x: A, W1: A, W2: A) -> bool:
    return np.shape(dx) == x.shape


def _grows_with_dy(dx: A, other: A, *_: A) -> bool:
    return np.allclose(np.multiply(2, dx), other, rtol=1e-3, atol=1e-4)


def _has_shortcut(dx: A, alone: A, dy: A, x: A, W1: A, W2: A) -> bool:
    return np.allclose(alone, dy * (x > 0), atol=1e-4)


def _has_branch(dx: A, dy: A, x: A, W1: A, W2: A) -> bool:
    """Whether all but the shortcut is the branch; where the shortcut is wrong, it is not asked."""
    shortcut, branch = _ways(dy, x, W1, W2)
    rest = np.subtract(dx, shortcut)
    others = (np.subtract(dx, dy), np.subtract(dx, x), np.asarray(dx, float))
    return any(np.allclose(r, branch, atol=1e-4) for r in (rest, *others))


def _is_stopped(dx: A, other: A, dy: A, x: A, W1: A, W2: A) -> bool:
    return np.allclose(dx, other, atol=1e-4)


def _with_gradient_where_closed(dy: A, x: A, W1: A, W2: A) -> tuple:
    """A larger dy, but only where the outer ReLU gave 0."""
    closed = np.maximum(x @ W1, 0) @ W2 + x < 0
    return dy + 3.0 * closed, x, W1, W2


def _keeps_rows_apart(dx: A, other: A, *_: A) -> bool:
    return np.allclose(dx[:-1], other[:-1], atol=1e-4)


def _with_other_last_row(dy: A, x: A, W1: A, W2: A) -> tuple:
    changed = x.copy()
    changed[-1] += 1.0
    return dy, changed, W1, W2


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
    parts={
        "x @ W1": "the first layer's sum",
        "np.maximum(x @ W1, 0)": "the hidden layer",
        "h": "the hidden layer",
        "h @ W2": "what the branch adds",
        "h @ W2 + x": "the sum before the outer ReLU",
        "z": "the sum before the outer ReLU",
        "z > 0": "the outer ReLU",
        "dy * (z > 0)": "the gradient behind the outer ReLU",
        "dz": "the gradient behind the outer ReLU",
        "dz @ W2.T": "the gradient of the hidden layer",
        "dh": "the gradient of the hidden layer",
        "h > 0": "the inner ReLU",
        "dh * (h > 0)": "the gradient behind the inner ReLU",
        "(dh * (h > 0)) @ W1.T": "the share of the branch",
        "(dh * (h > 0)) @ W1.T + dz": "the gradient for x",
    },
    properties=(
        Property(
            "shape of x",
            _has_shape_of_x,
            "dx has to have the shape of x.",
        ),
        Property(
            "grows with dy",
            _grows_with_dy,
            "Twice the dy has to give twice the dx, and does not: backward only gradients are "
            "added up, no values of the forward pass.",
            also=lambda dy, x, W1, W2: (2 * dy, x, W1, W2),
        ),
        Property(
            "the outer ReLU stops",
            _is_stopped,
            "What arrives where the outer ReLU gave 0 changes dx. It has to be stopped there on "
            "both ways, the branch and the shortcut.",
            also=_with_gradient_where_closed,
        ),
        Property(
            "the shortcut alone",
            _has_shortcut,
            "The shortcut's share is not right. Try W2 = 0: then y = relu(x), and dx has to be dy "
            "where x is above 0 and 0 elsewhere.",
            also=lambda dy, x, W1, W2: (dy, x, W1, np.zeros_like(W2)),
        ),
        Property(
            "the branch",
            _has_branch,
            "The branch's share is not right: it goes back through W2, the inner ReLU (open where "
            "h is above 0) and W1, each once.",
        ),
        Property(
            "rows apart",
            _keeps_rows_apart,
            "Another last row of x changes other rows of dx. Each row goes through the block by "
            "itself.",
            also=_with_other_last_row,
        ),
    ),
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
