"""Exercise 02.2: the one linear layer that does what two linear layers in a row do."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def collapse(
    W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The one linear layer that does what two in a row do."""
    weight = W2 @ W1  # the first layer acts first, so it stands on the right
    bias = W2 @ b1 + b2  # the first bias goes through the second layer as well
    return weight, bias


def _cases(rng: np.random.Generator) -> list[tuple]:
    W1, W2 = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [3.0, 1.0]])
    small = (W1, np.array([1.0, 0.0]), W2, np.array([0.0, 2.0]))
    drawn = [  # square matrices: the wrong order runs as well, and gets its own message
        tuple(rng.normal(size=s) for s in ((n, n), n, (n, n), n)) for n in (3, 4, 5)
    ]
    return [small, *drawn]


EXERCISE = Exercise(
    id="02.2",
    title="Two linear layers are one",
    points=2,
    stars=1,
    minutes=8,
    reference=collapse,
    cases=_cases,
    hints=(
        "Write it out for one column x: W2 (W1 x + b1) + b2. Multiply the bracket out.",
        "What stands before x is the weight, the rest is the bias. Both parts contain W2.",
    ),
    mistakes=(
        Mistake(
            "order of the product",
            lambda W1, b1, W2, b2: (W1 @ W2, W2 @ b1 + b2),
            "W1 @ W2 lets the second layer act first. What acts first stands next to x: W2 @ W1.",
        ),
        Mistake(
            "first bias left as it is",
            lambda W1, b1, W2, b2: (W2 @ W1, b1 + b2),
            "b1 is added before the second layer, so it goes through W2 as well.",
        ),
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
    ),
)
