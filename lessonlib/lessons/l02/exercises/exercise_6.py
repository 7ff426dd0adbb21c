"""Exercise 02.6: find the bug in a network with one ReLU too many."""

from itertools import pairwise
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


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
    single = Case(
        "for a network of a single layer, which has no hidden units",
        np.array([[1.0, -2.0], [-3.0, 0.5]]),
        [np.array([[1.0, 1.0], [0.5, -1.0], [-2.0, 0.0]])],
        [np.array([0.0, -1.0, 0.5])],
    )
    alike = Case(
        "where a hidden layer has the same biases as the last one",
        np.array([[1.0, -2.0], [-3.0, 0.5]]),
        [np.array([[1.0, -1.0], [0.5, 2.0]]), np.array([[1.0, 1.0], [-2.0, 3.0]])],
        [np.zeros(2), np.zeros(2)],
    )
    cases: list[tuple] = [xor, single, alike]
    for n, sizes in ((3, (2, 3, 1)), (4, (3, 3, 3)), (6, (4, 5, 5, 3)), (8, (2, 6, 6, 6, 2))):
        pairs = list(pairwise(sizes))
        weights = [rng.normal(size=(o, i)) for i, o in pairs]
        cases.append(
            (rng.normal(size=(n, sizes[0])), weights, [rng.normal(size=o) for _, o in pairs])
        )
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _lowered(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> tuple:
    """The same network with the last biases 1,000 smaller."""
    return X, weights, [*biases[:-1], biases[-1] - 1000.0]


def _inputs_turned(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> tuple:
    """Inputs and first weights with the opposite sign: the same weighted sums."""
    return -X, [-weights[0], *weights[1:]], biases


def _rescaled(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> tuple:
    """Every hidden layer ten times as large: the scores grow by ten for each of them."""
    scale = [10.0**k for k in range(1, len(weights))]
    hidden = [b * s for b, s in zip(biases, scale, strict=False)]
    return (
        X,
        [*(10 * w for w in weights[:-1]), weights[-1]],
        [*hidden, biases[-1] * 10.0 ** len(hidden)],
    )


def _all_off(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> tuple:
    """The first biases so small that every unit of the first layer is off."""
    return X, weights, [biases[0] - 1e6, *biases[1:]]


def _same_rows(scores: Any, off: Any, X: np.ndarray, weights: list, biases: list) -> bool:
    return len(weights) == 1 or np.allclose(off, np.asarray(off)[:1])


def _grown(scores: Any, more: Any, X: np.ndarray, weights: list, biases: list) -> bool:
    return np.allclose(np.asarray(scores) * 10.0 ** (len(weights) - 1), more)


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
    if len(weights) == 1:
        return _relu_nowhere(X, weights, biases)
    return _relu_first(X, weights, biases)


def _relu_first(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    hidden = np.maximum(X @ weights[0].T + biases[0], 0)
    return _relu_nowhere(hidden, weights[1:], biases[1:])


def _relu_before(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    for weight, bias in zip(weights, biases, strict=True):
        X = np.maximum(X, 0) @ weight.T + bias
    return X


def _relu_but_two(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    return _relu_nowhere(_relu_everywhere(X, weights[:-2], biases[:-2]), weights[-2:], biases[-2:])


def _bias_after(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        X = np.maximum(X @ weight.T, 0) + bias
    return X @ weights[-1].T + biases[-1]


def _absolute(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        X = np.abs(X @ weight.T + bias)
    return X @ weights[-1].T + biases[-1]


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
    pure=True,
    cases=_cases,
    hints=(
        "Run the hand-set XOR network through it. Two scores should be -1/2: what comes out?",
        "Which layers bend, and which one only draws the line?",
    ),
    properties=(
        Property(
            "the last layer cuts nothing off",
            lambda scores, lower, X, weights, biases: np.allclose(np.subtract(scores, 1000), lower),
            "With the last biases 1,000 smaller every score has to be 1,000 smaller; here it is "
            "not. The last biases are added to the scores, once, and nothing is cut off after that.",
            also=_lowered,
        ),
        Property(
            "the inputs are not cut off",
            lambda scores, turned, *case: np.allclose(scores, turned),
            "With the signs of the inputs and of the first weights turned round the sums are the "
            "same, so the scores must stay; here they change. The inputs themselves are not to be "
            "cut off: only hidden units have a ReLU.",
            also=_inputs_turned,
        ),
        Property(
            "hidden units can be off",
            _same_rows,
            "With the first biases 1,000,000 smaller all units of the first hidden layer are off, "
            "so every row gets the same scores; here the rows differ. A hidden unit that is off "
            "gives exactly 0.",
            also=_all_off,
        ),
        Property(
            "hidden units are cut off at 0",
            _grown,
            "With every hidden layer ten times as large the scores have to grow by the same "
            "factor, because a ReLU bends at 0 and is straight above it; here they do not.",
            also=_rescaled,
        ),
    ),
    parts={
        "X @ weight.T + bias": "the sums of a hidden layer",
        "X @ weight.T": "the sums of a hidden layer",
        "np.maximum(X @ weight.T + bias, 0)": "the ReLU",
        "weights[-1]": "the last weights",
        "biases[-1]": "the last bias",
        "weights[:-1]": "the hidden weights",
        "biases[:-1]": "the hidden biases",
        "X @ weights[-1].T": "the sums of the last layer",
        "X @ weights[-1].T + biases[-1]": "the scores",
        "X = np.maximum(X @ weight.T + bias, 0)": "a hidden layer",
        "bias": "the bias of a hidden layer",
        "weight": "the weight of a hidden layer",
    },
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
            "the first layer bends whatever comes",
            _relu_first,
            "The first layer bends, even where it is the only one, and the other hidden layers do "
            "not. All layers but the last have a ReLU.",
        ),
        Mistake(
            "inputs cut off",
            _relu_before,
            "Now the ReLU comes before every layer, so the inputs of the network are cut off as "
            "well. Only hidden units have a ReLU.",
        ),
        Mistake(
            "last hidden layer without its ReLU",
            _relu_but_two,
            "The last two layers have no ReLU now. Only the very last one has none: it draws the "
            "line.",
        ),
        Mistake(
            "bias after the ReLU",
            _bias_after,
            "The hidden layers add their bias after the ReLU. It belongs to the sum: it says where "
            "the unit bends.",
        ),
        Mistake(
            "absolute values",
            _absolute,
            "The hidden units give absolute values. They keep their ReLU, which makes negative "
            "sums 0.",
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
