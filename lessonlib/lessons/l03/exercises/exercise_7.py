"""Exercise 03.7: the capstone, a two-layer classifier forward and backward, through softmax."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def classifier(
    X: np.ndarray,
    labels: np.ndarray,
    W1: np.ndarray,
    b1: np.ndarray,
    W2: np.ndarray,
    b2: np.ndarray,
) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The loss of a two-layer classifier, and its gradients for all parameters."""
    hidden = np.tanh(X @ W1.T + b1)
    scores = hidden @ W2.T + b2
    scores = scores - scores.max(axis=1, keepdims=True)  # no exp is above 1
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    rows = np.arange(len(X))
    loss = -log_p[rows, labels].mean()

    dscores = np.exp(log_p)
    dscores[rows, labels] -= 1  # p - y
    dscores = dscores / len(X)  # the loss is a mean
    dz = (dscores @ W2) * (1 - hidden**2)
    return loss, dz.T @ X, dz.sum(axis=0), dscores.T @ hidden, dscores.sum(axis=0)


def _cases(rng: np.random.Generator) -> list[tuple]:
    """One example, a few, classes and shapes of several sizes, scores too large for exp."""
    single = Case(
        "with a single example",
        np.array([[1.0, -0.5]]),
        np.array([1]),
        np.array([[0.5, 1.0], [-1.0, 0.5]]),
        np.array([0.1, -0.2]),
        np.array([[1.0, 0.5], [-0.5, 1.0]]),
        np.array([0.0, 0.3]),
    )
    drawn = [_drawn(rng, *sizes) for sizes in ((3, 2, 4, 2), (5, 3, 2, 4), (6, 3, 3, 3))]
    X, labels, W1, b1, W2, _ = _drawn(rng, 4, 2, 3, 3)
    large = Case(
        "where scores are larger than 1,000",
        np.array([[2.0, 1.0], [-2.0, 0.5], [1.0, -2.0], [-0.5, 2.0]]),
        np.array([2, 0, 1, 2]),
        np.array([[3.0, 0.0], [0.5, -1.0]]),
        np.array([0.0, 0.5]),
        np.array([[900.0, 1500.0], [950.0, 0.0], [850.0, 3.0]]),
        np.array([2.0, -1.0, 0.5]),
    )
    below = np.array([-1000.0, -1001.0, -1002.0])
    low = Case("where all scores are far below 0", X, labels, W1, b1, W2, below)
    short = [a if a.dtype.kind == "i" else a.astype(np.float32) for a in _drawn(rng, 4, 3, 2, 3)]
    return [single, *drawn, large, low, Case("where the arrays are float32", *short)]


def _drawn(rng: np.random.Generator, n: int, size: int, units: int, classes: int) -> tuple:
    return (
        rng.normal(size=(n, size)),
        rng.integers(0, classes, n),
        rng.normal(size=(units, size)),
        rng.normal(size=units),
        rng.normal(size=(classes, units)),
        rng.normal(size=classes),
    )


# ---- what every right answer has -----------------------------------------------------------------

NAMES = ("dW1", "db1", "dW2", "db2")
EPSILON = 1e-6


def _five(found: Any, *case: Any) -> bool:
    return isinstance(found, tuple | list) and len(found) == 5


def _shape_of(k: int) -> Property:
    """A property: a gradient has the shape of its array."""
    return Property(
        f"the shape of {NAMES[k]}",
        lambda found, *case: not _five(found) or np.shape(found[k + 1]) == np.shape(case[k + 2]),
        f"A gradient has the shape of its array, and `{NAMES[k]}` has another one. What is "
        "returned is loss, dW1, db1, dW2, db2, in this order.",
    )


def _keeps_dtype(found: Any, *case: Any) -> bool:
    return all(np.asarray(g).dtype == a.dtype for g, a in zip(found[1:], case[2:], strict=True))


def _unless_single(holds: Callable[..., bool]) -> Callable[..., bool]:
    """Quiet where something is float32: its rounding is larger than what `holds` looks for."""

    def quiet(found: Any, *rest: Any) -> bool:
        values = [*found, *(array for array in rest if isinstance(array, np.ndarray))]
        return any(np.asarray(v).dtype == np.float32 for v in values) or holds(found, *rest)

    return quiet


def _all_finite(found: Any, *case: Any) -> bool:
    return all(np.all(np.isfinite(value)) for value in found)


def _log_sum(scores: np.ndarray) -> np.ndarray:
    return np.logaddexp.reduce(scores, axis=1)


def _scores(
    X: np.ndarray,
    labels: np.ndarray,
    W1: np.ndarray,
    b1: np.ndarray,
    W2: np.ndarray,
    b2: np.ndarray,
) -> np.ndarray:
    return np.tanh(X @ W1.T + b1) @ W2.T + b2


def _not_cut(found: Any, *case: Any) -> bool:
    """Whether the loss of an example that is wrong by hundreds is as large as that."""
    scores, labels = _scores(*case), case[1]
    gaps = _log_sum(scores) - scores[np.arange(len(labels)), labels]
    return float(np.max(gaps)) < 50 or float(found[0]) > 0.9 * float(np.mean(gaps))


def _blank(X: np.ndarray, labels: np.ndarray, *parameters: np.ndarray) -> tuple:
    W1, b1, W2, b2 = parameters
    return X, labels, W1, b1, 0 * W2, 0 * b2


def _log_of_classes(found: Any, blank: Any, *case: Any) -> bool:
    return bool(np.isclose(blank[0], np.log(len(case[5]))))


def _raised(X: np.ndarray, labels: np.ndarray, *parameters: np.ndarray) -> tuple:
    W1, b1, W2, b2 = parameters
    return X, labels, W1, b1, W2, b2 + 3


def _same_loss(found: Any, raised: Any, *case: Any) -> bool:
    return bool(np.isclose(found[0], raised[0], rtol=1e-6))


def _twice(X: np.ndarray, labels: np.ndarray, *parameters: np.ndarray) -> tuple:
    return np.vstack([X, X]), np.append(labels, labels), *parameters


def _same_gradients(found: Any, twice: Any, *case: Any) -> bool:
    return all(np.allclose(a, b) for a, b in zip(found[1:], twice[1:], strict=True))


def _balanced(found: Any, *case: Any) -> bool:
    return bool(np.isclose(np.sum(found[4]), 0, atol=1e-6))


def _nudged(k: int) -> Callable[..., tuple]:
    """The case with one of its four arrays moved a little, each entry by another amount."""

    def also(*case: Any) -> tuple:
        moved = list(case)
        moved[k + 2] = case[k + 2] + EPSILON * _direction(case[k + 2])
        return tuple(moved)

    return also


def _direction(array: np.ndarray) -> np.ndarray:
    return np.cos(1.0 + 2.0 * np.arange(array.size)).reshape(array.shape)


def _as_it_reacts(k: int) -> Property:
    """A property: the answer's own loss reacts to an array as its gradient says."""

    def holds(found: Any, moved: Any, *case: Any) -> bool:
        told = float(np.sum(np.asarray(found[k + 1]) * _direction(case[k + 2])))
        seen = float(moved[0] - found[0]) / EPSILON
        return abs(told - seen) < 2e-3 * (1 + abs(told) + abs(seen))

    array = NAMES[k][1:]
    return Property(
        f"{NAMES[k]} is how the loss reacts",
        _unless_single(holds),
        f"`{NAMES[k]}` is not how this loss reacts to `{array}`: the entries of `{array}` were "
        "moved a little, and your own loss changed by another amount than the gradient says.",
        also=_nudged(k),
    )


# ---- what people write instead -------------------------------------------------------------------


def _softmax(scores: np.ndarray, axis: int = 1) -> np.ndarray:
    e = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _hot(labels: np.ndarray, classes: int) -> np.ndarray:
    return (labels[:, None] == np.arange(classes)).astype(float)


def _slope(z: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    return 1 - hidden**2


def _dscores(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (p - y) / len(p)


def _with(
    dscores: Callable[..., np.ndarray] = _dscores,
    slope: Callable[..., np.ndarray] = _slope,
    act: Callable[..., np.ndarray] = np.tanh,
    axis: int = 1,
    loss: Callable[..., Any] = np.mean,
    bias: Callable[..., Any] = lambda d: d.sum(axis=0),
) -> Callable[..., tuple]:
    """The classifier with one of its steps done in another way.

    dscores(p, y), slope(z, hidden), act(z), the axis of softmax, loss(losses), bias(gradient)
    """

    def answer(
        X: np.ndarray,
        labels: np.ndarray,
        W1: np.ndarray,
        b1: np.ndarray,
        W2: np.ndarray,
        b2: np.ndarray,
    ) -> tuple:
        z = X @ W1.T + b1
        hidden = act(z)
        scores = hidden @ W2.T + b2
        top = np.logaddexp.reduce(scores, axis=axis, keepdims=True)
        losses = (top - scores)[np.arange(len(X)), labels]
        d = dscores(_softmax(scores, axis), _hot(labels, len(b2)))
        dz = (d @ W2) * slope(z, hidden)
        return loss(losses), dz.T @ X, bias(dz), d.T @ hidden, bias(d)

    return answer


def _relu(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0.0)


def _unshifted(*case: Any) -> tuple:
    """The largest score is taken off in the sum, and not from the label's score."""
    scores = _scores(*case)
    log_sum = _log_sum(scores) - scores.max(axis=1)
    loss = np.mean(log_sum - scores[np.arange(len(case[0])), case[1]])
    return loss, *classifier(*case)[1:]


def _overflowing(*case: Any) -> tuple:
    """Softmax as the formula says, and the logarithm of what comes out."""
    X, labels, _, _, W2, _ = case
    with np.errstate(all="ignore"):
        e = np.exp(_scores(*case))
        p = e / e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(len(X)), labels]))
    hidden = np.tanh(X @ case[2].T + case[3])
    d = (p - _hot(labels, len(W2))) / len(X)
    dz = (d @ W2) * (1 - hidden**2)
    return loss, dz.T @ X, dz.sum(axis=0), d.T @ hidden, d.sum(axis=0)


EXERCISE = Exercise(
    id="03.7",
    title="Capstone: a classifier, forward and backward",
    points=6,
    stars=3,
    minutes=50,
    reference=classifier,
    cases=_cases,
    strict=True,
    values=(("the loss", "`dW1`", "`db1`", "`dW2`", "`db2`"),),
    forbidden=(
        "lessonlib.functional.cross_entropy",
        "lessonlib.functional.cross_entropy_backward",
        "lessonlib.functional.linear_backward",
        "lessonlib.functional.linear.linear_backward",
        "lessonlib.functional.tanh_backward",
        "torch.autograd.backward",
        "torch.autograd.grad",
    ),
    hints=(
        "Forward first, and keep what the backward pass needs: the hidden values, and the scores. "
        "log p is the score minus the logarithm of the sum of e to the scores; if you take the "
        "largest score of a row off that row first, no exp is above 1.",
        "Back from the loss: dscores is p, minus 1 at the label of each row, divided by N. The "
        "second layer hands back dscores @ W2, and its own two gradients come from dscores and "
        "the hidden values, as in exercise 03.6.",
        "What reaches the hidden values is multiplied, entry by entry, by the slope of tanh, "
        "1 minus its value squared. Then the first layer, as in exercise 03.6, with X as its "
        "input.",
    ),
    properties=(
        Property(
            "five values",
            _five,
            "Five things are asked for, in this order: loss, dW1, db1, dW2, db2.",
        ),
        *map(_shape_of, range(4)),
        Property(
            "the dtype is kept",
            _keeps_dtype,
            "A gradient has another dtype than its array. The arrays' dtype should be kept, "
            "float32 as well as float64: which of your arrays is made with a dtype of its own?",
        ),
        Property(
            "one number as the loss",
            lambda found, *case: np.size(found[0]) == 1,
            "The loss is one number, the mean over the examples.",
        ),
        Property(
            "everything is a number",
            _all_finite,
            "A value is infinite or nan. e to the power 1000 is too large for a computer, and the "
            "logarithm of 0 is minus infinity: take the largest score of each row off that row "
            "first, and compute log p without p.",
        ),
        Property(
            "a loss is not negative",
            lambda found, *case: float(found[0]) >= -1e-9,
            "The loss is negative. A probability is at most 1, so minus its logarithm is at least "
            "0.",
        ),
        Property(
            "large losses are not cut",
            _not_cut,
            "The score of a label is hundreds below the highest one, and the loss of that example "
            "should be as large as this gap; here it is cut off. log p can be computed without p.",
        ),
        Property(
            "equal scores",
            _unless_single(_log_of_classes),
            "With all of W2 and b2 at 0, the C classes have probability 1 / C each, and the loss "
            "is log C; here it is another number.",
            also=_blank,
        ),
        Property(
            "all scores raised alike",
            _unless_single(_same_loss),
            "If all entries of b2 are raised by the same number, no probability changes, and the "
            "loss should stay as it is; here it changes.",
            also=_raised,
        ),
        Property(
            "each example twice, the loss",
            _unless_single(_same_loss),
            "With every example twice the mean loss is the same; here it changes. It is a mean "
            "over the examples, not a sum, and each row has a softmax of its own.",
            also=_twice,
        ),
        Property(
            "each example twice, the gradients",
            _unless_single(_same_gradients),
            "With every example twice a mean loss is the same, so every gradient should be the "
            "same; here at least one changes. Where does the 1 / N of the mean enter?",
            also=_twice,
        ),
        Property(
            "the gradients of the scores balance",
            _unless_single(_balanced),
            "The probabilities of an example sum to 1 and its label takes 1 away, so the gradients "
            "of its scores sum to 0, and the entries of `db2` too; here they do not.",
        ),
        *map(_as_it_reacts, (3, 2, 1, 0)),
    ),
    parts={
        "X @ W1.T + b1": "the scores of the hidden units",
        "hidden": "the hidden values",
        "hidden @ W2.T + b2": "the scores",
        "scores": "the scores",
        "scores.max(axis=1, keepdims=True)": "the largest score of each row",
        "np.exp(scores).sum(axis=1, keepdims=True)": "the sum of e to the scores",
        "log_p": "the logarithms of the probabilities",
        "log_p[rows, labels]": "the logarithm of the label's probability",
        "loss": "the loss",
        "np.exp(log_p)": "the probabilities",
        "dscores": "the gradient of the scores",
        "dscores[rows, labels] -= 1": "the 1 at the label",
        "dscores = dscores / len(X)": "the division by N",
        "dscores / len(X)": "the division by N",
        "dscores @ W2": "the gradient of the hidden values",
        "1 - hidden ** 2": "the slope of tanh",
        "hidden ** 2": "the square of the hidden values",
        "dz": "the gradient of the hidden units' scores",
        "dz.T @ X": "`dW1`",
        "dz.sum(axis=0)": "`db1`",
        "dscores.T @ hidden": "`dW2`",
        "dscores.sum(axis=0)": "`db2`",
    },
    mistakes=(
        Mistake(
            "the bend has no slope",
            _with(slope=lambda z, hidden: np.ones_like(z)),
            "The gradient passes the tanh unchanged. Between the two layers it is multiplied, "
            "entry by entry, by the slope of tanh.",
        ),
        Mistake(
            "the slope at the wrong place",
            _with(slope=lambda z, hidden: 1 - z**2),
            "The slope of y = tanh z is 1 - y squared; here it is 1 - z squared, of the score "
            "before the tanh.",
        ),
        Mistake(
            "tanh twice",
            _with(slope=lambda z, hidden: 1 - np.tanh(hidden) ** 2),
            "The slope is taken from tanh of tanh. The hidden values are tanh z already.",
        ),
        Mistake(
            "the square is missing",
            _with(slope=lambda z, hidden: 1 - hidden),
            "The slope of y = tanh z is 1 - y squared; here the square is missing.",
        ),
        Mistake(
            "the slope of a sigmoid",
            _with(slope=lambda z, hidden: hidden * (1 - hidden)),
            "This is the slope of a sigmoid, y (1 - y). The slope of y = tanh z is 1 - y squared.",
        ),
        Mistake(
            "the slope of a ReLU",
            _with(slope=lambda z, hidden: (z > 0) * 1.0),
            "This is the slope of a ReLU, 1 or 0. The hidden units are tanh here.",
        ),
        Mistake(
            "the label stays",
            _with(dscores=lambda p, y: p / len(p)),
            "The gradient of the scores is p alone; at the label of each row 1 has to be taken "
            "off.",
        ),
        Mistake(
            "label minus probability",
            _with(dscores=lambda p, y: (y - p) / len(p)),
            "All gradients have the wrong sign: the gradient of the scores is p - y, not y - p.",
        ),
        Mistake(
            "only the label's score",
            _with(dscores=lambda p, y: (p - y) * y / len(p)),
            "Only the score of the label gets a gradient. The others get p, because they raise "
            "the sum by which all are divided.",
        ),
        Mistake(
            "the label taken off after the division",
            _with(dscores=lambda p, y: p / len(p) - y),
            "The probabilities are divided by N, and the 1 at the label is not. Divide p - y as "
            "a whole.",
        ),
        Mistake(
            "gradients are sums",
            _with(dscores=lambda p, y: p - y),
            "The loss is a mean over the N examples, and the gradients are those of the sum: "
            "divide p - y by N.",
        ),
        Mistake(
            "all is a sum",
            _with(dscores=lambda p, y: p - y, loss=np.sum),
            "Loss and gradients are summed over the examples. The mean is asked for: divide by N.",
        ),
        Mistake(
            "the loss is a sum",
            _with(loss=np.sum),
            "The gradients are right for a mean, and the loss is a sum over the examples.",
        ),
        Mistake(
            "divided by the classes too",
            _with(dscores=lambda p, y: (p - y) / p.size),
            "The gradient of the scores is divided by the number of its entries. The mean is over "
            "the N examples alone.",
        ),
        Mistake(
            "divided twice",
            _with(dscores=lambda p, y: (p - y) / len(p) ** 2),
            "The gradients are divided by N twice. Once p - y is divided, sums do the rest.",
        ),
        Mistake(
            "biases are means",
            _with(bias=lambda d: d.mean(axis=0)),
            "db1 and db2 are means over the examples. The division by N is in dscores already: "
            "add up.",
        ),
        Mistake(
            "the slope of softmax once more",
            _with(dscores=lambda p, y: (p - y) * p * (1 - p) / len(p)),
            "p - y is multiplied by p (1 - p) as well. p - y has the slope of softmax in it "
            "already.",
        ),
        Mistake(
            "softmax over the examples",
            _with(axis=0),
            "The probabilities are normalised over the examples. Each example has its own: sum "
            "over the classes, axis 1.",
        ),
        Mistake(
            "ReLU in place of tanh",
            _with(act=_relu, slope=lambda z, hidden: (z > 0) * 1.0),
            "The hidden units are ReLUs here. They are tanh in this exercise.",
        ),
        Mistake(
            "no bend",
            _with(act=lambda z: z, slope=lambda z, hidden: np.ones_like(z)),
            "There is no tanh between the two layers, neither forward nor backward.",
        ),
        Mistake(
            "the largest score taken off once",
            _unshifted,
            "The gradients are right. In the loss the largest score is taken off in the sum but "
            "not from the label's score: use the shifted scores in both places.",
        ),
        Mistake(
            "too large for exp",
            _overflowing,
            "Right for small scores. e to the power 1000 is infinite: take the largest score of "
            "each row off that row first, and compute log p without p.",
        ),
    ),
)
