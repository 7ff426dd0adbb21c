"""Exercise 02.6: find the bug in a network with one ReLU too many."""

from itertools import pairwise

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def network(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    """Scores of a network: ReLU after every layer except the last."""
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        X = np.maximum(X @ weight.T + bias, 0)
    return X @ weights[-1].T + biases[-1]  # scores may be negative


def _cases(rng: np.random.Generator) -> list[tuple]:
    xor = (
        np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
        [np.ones((2, 2)), np.array([[1.0, -2.0]])],
        [np.array([0.0, -1.0]), np.array([-0.5])],
    )
    cases: list[tuple] = [xor]
    for n, sizes in ((3, (2, 3, 1)), (6, (4, 5, 5, 3)), (8, (2, 6, 6, 6, 2))):
        pairs = list(pairwise(sizes))
        weights = [rng.normal(size=(o, i)) for i, o in pairs]
        cases.append(
            (rng.normal(size=(n, sizes[0])), weights, [rng.normal(size=o) for _, o in pairs])
        )
    return cases


# ---- what people write instead -------------------------------------------------------------------


def _relu_everywhere(
    X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]
) -> np.ndarray:
    for weight, bias in zip(weights, biases):
        X = np.maximum(X @ weight.T + bias, 0)
    return X


def _relu_nowhere(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    for weight, bias in zip(weights, biases, strict=True):
        X = X @ weight.T + bias
    return X


def _relu_first_only(
    X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]
) -> np.ndarray:
    hidden = np.maximum(X @ weights[0].T + biases[0], 0)
    return _relu_nowhere(hidden, weights[1:], biases[1:])


def _last_layer_lost(
    X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]
) -> np.ndarray:
    return _relu_everywhere(X, weights[:-1], biases[:-1])


def _last_bias_lost(
    X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]
) -> np.ndarray:
    return network(X, weights, biases) - biases[-1]


EXERCISE = Exercise(
    id="02.6",
    title="Find the bug: a network that is never negative",
    points=2,
    stars=2,
    minutes=8,
    reference=network,
    starter=_relu_everywhere,
    cases=_cases,
    hints=(
        "Run the hand-set XOR network through it. Which scores should be negative?",
        "Which layers bend, and which one only draws the line?",
    ),
    mistakes=(
        Mistake(
            "no activation at all",
            _relu_nowhere,
            "Now no layer bends, and the whole network is one linear layer. The hidden layers "
            "keep their ReLU.",
        ),
        Mistake(
            "only the first layer bends",
            _relu_first_only,
            "The first layer bends, the other hidden layers do not. All but the last do.",
        ),
        Mistake(
            "last layer dropped",
            _last_layer_lost,
            "This stops at the last hidden layer. The last layer still draws the line, without "
            "ReLU.",
        ),
        Mistake(
            "last bias dropped",
            _last_bias_lost,
            "The last layer has a bias like the others.",
        ),
    ),
)
