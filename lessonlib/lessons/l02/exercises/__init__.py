"""Lesson 02, the multilayer perceptron: a layer, a stack, a slope, a loss, a fence, a bug."""

from itertools import pairwise

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

# ---- the right answers ---------------------------------------------------------------------------


def layer(X: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """One layer of ReLU units: weighted sums, one bias a unit, everything below 0 cut off."""
    z = X @ weight.T + bias  # (N, out): row n, unit k
    return np.maximum(z, 0)


def collapse(
    W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The one linear layer that does what two in a row do."""
    weight = W2 @ W1  # the first layer acts first, so it stands on the right
    bias = W2 @ b1 + b2  # the first bias goes through the second layer as well
    return weight, bias


def silu_slope(z: np.ndarray) -> np.ndarray:
    """The derivative of z * sigmoid(z)."""
    s = 1 / (1 + np.exp(-z))
    return s + z * s * (1 - s)  # product rule: 1 * s + z * s'


def cross_entropy(scores: np.ndarray, target: np.ndarray) -> float:
    """The mean of -log softmax(scores)[target] over the rows, safe for large scores."""
    z = scores - scores.max(axis=1, keepdims=True)  # the largest becomes 0: no overflow
    log_sum = np.log(np.exp(z).sum(axis=1))  # at least one term is e^0 = 1: never log(0)
    right = z[np.arange(len(z)), target]  # the score of the right class, row by row
    return float(np.mean(log_sum - right))


def fence(k: int, centre: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights and biases of k units, each 0 on a line that touches the circle from outside."""
    angle = 2 * np.pi * np.arange(k) / k  # k directions; 2 pi itself would repeat the first
    weight = np.column_stack([np.cos(angle), np.sin(angle)])  # of length 1: scores are distances
    bias = -(weight @ centre) - radius  # score 0 at centre + radius * direction
    return weight, bias


def network(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    """Scores of a network: ReLU after every layer except the last."""
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        X = np.maximum(X @ weight.T + bias, 0)
    return X @ weights[-1].T + biases[-1]  # scores may be negative


# ---- the cases -----------------------------------------------------------------------------------


def _layer_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([[1.0, 2.0], [1.0, -3.0]]), np.zeros(2))
    biased = (np.array([[1.0, 0.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([-5.0, 1.0]))
    drawn = [
        # as many units as inputs, so that a forgotten transpose runs and gets its own message
        (rng.normal(size=(n, d)), rng.normal(size=(d, d)), rng.normal(size=d))
        for n, d in ((4, 3), (10, 5))
    ]
    return [small, biased, *drawn]


def _collapse_cases(rng: np.random.Generator) -> list[tuple]:
    W1, W2 = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [3.0, 1.0]])
    small = (W1, np.array([1.0, 0.0]), W2, np.array([0.0, 2.0]))
    drawn = [  # square matrices: the wrong order runs as well, and gets its own message
        tuple(rng.normal(size=s) for s in ((n, n), n, (n, n), n)) for n in (3, 4, 5)
    ]
    return [small, *drawn]


def _slope_cases(rng: np.random.Generator) -> list[tuple]:
    return [
        (np.array([0.0]),),
        (np.array([-2.0, -1.0, 1.0, 2.0]),),
        (rng.normal(size=(3, 4)),),
        (5 * rng.normal(size=20),),
    ]


def _loss_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[2.0, 1.0, 0.0]]), np.array([1]))
    two = (np.array([[0.0, 0.0], [3.0, -1.0]]), np.array([0, 1]))
    drawn = [(3 * rng.normal(size=(n, c)), rng.integers(0, c, n)) for n, c in ((4, 4), (30, 10))]
    large = (np.array([[1000.0, 990.0], [-1000.0, -1001.0]]), np.array([1, 0]))
    return [small, two, *drawn, large]


def _fence_cases(rng: np.random.Generator) -> list[tuple]:
    drawn = [(k, rng.normal(size=2), float(rng.uniform(0.5, 3))) for k in (3, 5, 12)]
    return [(4, np.zeros(2), 1.0), (4, np.array([2.0, 1.0]), 0.5), *drawn]


def _network_cases(rng: np.random.Generator) -> list[tuple]:
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


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _naive_loss(scores: np.ndarray, target: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        return float(-np.mean(np.log(p[np.arange(len(p)), target])))


def _one_maximum_loss(scores: np.ndarray, target: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        z = scores - scores.max()
        return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), target]))


def _wrong_axis_loss(scores: np.ndarray, target: np.ndarray) -> float:
    z = scores - scores.max(axis=0)
    p = z - np.log(np.exp(z).sum(axis=0))
    return float(-np.mean(p[np.arange(len(p)), target]))


def _largest_loss(scores: np.ndarray, target: np.ndarray) -> float:
    return cross_entropy(scores, scores.argmax(axis=1))


def _all_pairs_loss(scores: np.ndarray, target: np.ndarray) -> float:
    z = scores - scores.max(axis=1, keepdims=True)
    logs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-np.mean(logs[:, target]))


def _fence_from(angle: np.ndarray, centre: np.ndarray, radius: float) -> tuple:
    weight = np.column_stack([np.cos(angle), np.sin(angle)])
    return weight, -(weight @ centre) - radius


def _fence_bias(k: int, centre: np.ndarray, bias_of: float, radius: float) -> tuple:
    weight, _ = fence(k, centre, radius)
    return weight, bias_of * (weight @ centre) - radius


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


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="02.1",
        title="One layer",
        points=2,
        stars=1,
        minutes=8,
        reference=layer,
        cases=_layer_cases,
        forbidden=("lessonlib.functional.linear", "lessonlib.functional.relu"),
        hints=(
            "weight has one row for each unit. Which axis of X must meet which axis of weight?",
            "X @ weight.T has one row an example and one column a unit; the bias adds to each row.",
            "np.maximum(z, 0) compares entry by entry. np.max(z, 0) is something else.",
        ),
        mistakes=(
            Mistake(
                "weight not transposed",
                lambda X, weight, bias: np.maximum(X @ weight + bias, 0),
                "X @ weight runs here only because weight is square. A row of weight belongs to "
                "one unit, so the product is X @ weight.T.",
            ),
            Mistake(
                "max instead of maximum",
                lambda X, weight, bias: np.max(X @ weight.T + bias, 0),
                "np.max(z, 0) is the largest entry along axis 0. np.maximum(z, 0) compares each "
                "entry with 0.",
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
                "absolute value",
                lambda X, weight, bias: np.abs(X @ weight.T + bias),
                "This turns negative sums round. ReLU makes them 0.",
            ),
        ),
    ),
    Exercise(
        id="02.2",
        title="Two linear layers are one",
        points=2,
        stars=1,
        minutes=8,
        reference=collapse,
        cases=_collapse_cases,
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
    ),
    Exercise(
        id="02.3",
        title="The slope of SiLU",
        points=3,
        stars=2,
        minutes=12,
        reference=silu_slope,
        cases=_slope_cases,
        forbidden=("lessonlib.functional.silu_backward", "torch.nn.functional.silu"),
        hints=(
            "z * s(z) is a product of two functions of z. Which rule differentiates a product?",
            "The slope of the sigmoid is s (1 - s), with s = sigmoid(z).",
            "At z = 0 the answer is 1/2. Far to the right it is 1, far to the left 0.",
        ),
        mistakes=(
            Mistake(
                "slope of the sigmoid",
                lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
                "This is the slope of the sigmoid alone. SiLU is z times the sigmoid.",
            ),
            Mistake(
                "first half of the product rule",
                _sigmoid,
                "This treats the sigmoid as a constant factor. It changes with z too: a second term.",
            ),
            Mistake(
                "second half of the product rule",
                lambda z: z * _sigmoid(z) * (1 - _sigmoid(z)),
                "This is z s'(z). The other half of the product rule is missing: 1 * s(z).",
            ),
            Mistake(
                "the function itself",
                lambda z: z * _sigmoid(z),
                "This is SiLU itself. Asked is its slope.",
            ),
            Mistake(
                "z forgotten in the second term",
                lambda z: _sigmoid(z) + _sigmoid(z) * (1 - _sigmoid(z)),
                "In the second term the factor z is missing: s + z s (1 - s).",
            ),
        ),
    ),
    Exercise(
        id="02.4",
        title="Cross-entropy that does not overflow",
        points=3,
        stars=2,
        minutes=15,
        reference=cross_entropy,
        cases=_loss_cases,
        forbidden=(
            "lessonlib.functional.cross_entropy",
            "lessonlib.functional.log_softmax",
            "lessonlib.functional.softmax",
            "torch.nn.functional.cross_entropy",
        ),
        hints=(
            "-log softmax(z)[t] = log(sum of e^z) - z[t]. Softmax itself is not needed.",
            "Take the largest score of the row off every score of the row: the loss stays the same.",
            "scores[np.arange(N), target] picks one entry from each row.",
        ),
        mistakes=(
            Mistake(
                "overflow",
                _naive_loss,
                "Right for small scores, nan for large ones: e^1000 is inf. Subtract the largest "
                "score of each row first.",
            ),
            Mistake(
                "one maximum for all rows",
                _one_maximum_loss,
                "The largest score of the whole table is subtracted. A row far below it vanishes: "
                "all its exponentials are 0. Each row has a largest score of its own.",
            ),
            Mistake(
                "wrong axis",
                _wrong_axis_loss,
                "The probabilities sum to 1 down the columns. Each row is one example: axis=1.",
            ),
            Mistake(
                "sum instead of mean",
                lambda scores, target: cross_entropy(scores, target) * len(scores),
                "This is the sum over the rows. The loss is their mean.",
            ),
            Mistake(
                "sign",
                lambda scores, target: -cross_entropy(scores, target),
                "The sign is the wrong way round: a probability below 1 has a negative logarithm, "
                "and the loss is minus that.",
            ),
            Mistake(
                "largest score instead of the right class",
                _largest_loss,
                "This takes the class with the highest score. The loss asks how much probability "
                "the right class got, also when it lost.",
            ),
            Mistake(
                "columns instead of entries",
                _all_pairs_loss,
                "p[:, target] picks whole columns, for every row all targets. "
                "p[np.arange(N), target] picks one entry a row.",
            ),
        ),
    ),
    Exercise(
        id="02.5",
        title="A fence around a circle",
        points=3,
        stars=3,
        minutes=18,
        reference=fence,
        cases=_fence_cases,
        hints=(
            "Unit j points outwards at the angle 2 pi j / k: (cos, sin). j runs from 0 to k - 1.",
            "Its line touches the circle at centre + radius * direction. There w . x + b = 0.",
            "Solve for b: b = -w . centre - radius, because w . direction = 1.",
        ),
        mistakes=(
            Mistake(
                "first direction twice",
                lambda k, centre, radius: _fence_from(np.linspace(0, 2 * np.pi, k), centre, radius),
                "np.linspace(0, 2 * np.pi, k) ends at 2 pi, which is direction 0 again: one side of "
                "the fence is missing. Use endpoint=False.",
            ),
            Mistake(
                "degrees",
                lambda k, centre, radius: _fence_from(360 * np.arange(k) / k, centre, radius),
                "np.cos and np.sin take radians: a full turn is 2 pi, not 360.",
            ),
            Mistake(
                "centre forgotten",
                lambda k, centre, radius: _fence_bias(k, centre, 0.0, radius),
                "This fence stands around the origin. The bias has to move it to the centre.",
            ),
            Mistake(
                "sign of the centre",
                lambda k, centre, radius: _fence_bias(k, centre, 1.0, radius),
                "The fence moved away from the centre: w . x + b is 0 where b = -w . x.",
            ),
            Mistake(
                "inside out",
                lambda k, centre, radius: tuple(-part for part in fence(k, centre, radius)),
                "The units are positive inside. A unit shall be lit outside, so that all are dark "
                "within the fence.",
            ),
            Mistake(
                "sine and cosine swapped",
                lambda k, centre, radius: _fence_from(
                    np.pi / 2 - 2 * np.pi * np.arange(k) / k, centre, radius
                ),
                "Unit 0 points up here. At angle 0 the direction is (1, 0): cosine first.",
            ),
        ),
    ),
    Exercise(
        id="02.6",
        title="Find the bug: a network that is never negative",
        points=2,
        stars=2,
        minutes=8,
        reference=network,
        starter=_relu_everywhere,
        cases=_network_cases,
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
    ),
]
