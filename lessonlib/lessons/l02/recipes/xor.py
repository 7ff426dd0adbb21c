"""XOR learned from 200 random starts: two or four hidden units, ReLU or tanh."""

from collections.abc import Callable

import numpy as np

from lessonlib import nn
from lessonlib.datasets import xor

SEEDS = tuple(range(200))
HIDDEN = (2, 4)
STEPS, LONGER = 400, 4000
LR, SMALL_LR = 0.05, 0.005
EASED, EASED_STEPS = 4, 1000


def start(hidden: int, seed: int) -> list[np.ndarray]:
    """The library's random start: W1 (hidden, 2), b1 (hidden,), W2 (1, hidden), b2 (1,)."""
    rng = np.random.default_rng(seed)
    layers = [nn.Linear(i, o, rng=rng, dtype=np.float64) for i, o in ((2, hidden), (hidden, 1))]
    return [p.data.copy() for layer in layers for p in layer.parameters()]


def he_start(hidden: int, seed: int) -> list[np.ndarray]:
    """The start of lesson 04b, in the same shapes: normal weights of spread √(2/inputs), bias 0."""
    rng = np.random.default_rng(seed)
    pairs = ((2, hidden), (hidden, 1))
    layers = [(rng.normal(0, (2 / i) ** 0.5, (o, i)), np.zeros(o)) for i, o in pairs]
    return [part for layer in layers for part in layer]


def train(
    hidden: int,
    seeds: tuple[int, ...],
    steps: int = STEPS,
    bend: str = "Tanh",
    lr: float = LR,
    begin: Callable[[int, int], list[np.ndarray]] = start,
    centred: bool = False,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[np.ndarray]]:
    """Final losses (n,), accuracies (n,), what each unit answers (n, 4, hidden), and the weights.

    All runs are trained at once, each by itself. All four points are in every step. The optimizer
    is Adam. Where `centred` the inputs are -1 and 1 instead of 0 and 1.
    """
    X, y = xor()
    X = 2 * X - 1 if centred else X
    target = (y > 0).astype(float)
    weights = [np.stack(parts) for parts in zip(*(begin(hidden, s) for s in seeds), strict=True)]
    means, squares = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    for t in range(1, steps + 1):
        sums, h, z = _forward(X, weights, bend)
        dz = (1 / (1 + np.exp(-z)) - target)[..., None] / 4
        dh = dz * weights[2] * ((sums > 0) if bend == "ReLU" else 1 - h**2)
        slopes = [
            dh.swapaxes(1, 2) @ X,
            dh.sum(axis=1),
            dz.swapaxes(1, 2) @ h,
            dz.sum(axis=1),
        ]
        for w, m, v, dw in zip(weights, means, squares, slopes, strict=True):
            m += 0.1 * (dw - m)
            v += 0.001 * (dw**2 - v)
            w -= lr * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    _, h, z = _forward(X, weights, bend)
    losses = np.mean(np.logaddexp(0, z) - target * z, axis=1)
    return losses, np.mean((z > 0) == (target > 0), axis=1), h, weights


def _forward(X: np.ndarray, weights: list[np.ndarray], bend: str) -> tuple[np.ndarray, ...]:
    """Sums and answers of the hidden units (n, 4, hidden), scores (n, 4)."""
    W1, b1, W2, b2 = weights
    sums = X @ W1.swapaxes(1, 2) + b1[:, None]
    h = np.maximum(sums, 0) if bend == "ReLU" else np.tanh(sums)
    return sums, h, (h @ W2.swapaxes(1, 2))[..., 0] + b2


def make(seeds: tuple[int, ...] = SEEDS) -> dict[str, np.ndarray]:
    """`hidden` (2,); final `loss` and `accuracy` with tanh, `relu_loss` and `relu_accuracy` (2, n).

    `longer_loss` and `relu_longer_loss` (2, n): where a run has failed, its loss after ten times
    the steps, elsewhere the same loss. `relu_dead` and `relu_born_dead` (2, n): how many units are
    on at none of the points, after the training and before it. `apart` and `relu_apart` (2, n):
    how far apart the two nearest points of different classes are after the hidden layer.
    `small_accuracy` and `he_accuracy` (n,): two ReLUs with a tenth of the learning rate and ten
    times the steps, and from the start of lesson 04b.

    With tanh, `one_way` and `born_one_way` (2, n): whether an input acts in one direction only,
    after the training and before it. `eased_loss` (2, n): where a run has failed, its loss after
    1,000 more steps from a quarter of its hidden weights and biases, elsewhere the same loss.
    `eased_slope` (2, n): before these steps, the largest slope of a unit at the two nearest points
    of different classes. `flipped_loss` (2, n): where a run has failed, its loss after 1,000 more
    steps from weights in which every input that acts in one direction only has one sign flipped,
    elsewhere the same loss. `unflipped_loss` (2, n): the same without the flip.

    `wide_accuracy` (n,): eight ReLUs. `centred_accuracy` and `relu_centred_accuracy` (2, n): inputs
    -1 and 1 instead of 0 and 1.
    """
    results: dict[str, np.ndarray] = {"hidden": np.array(HIDDEN)}
    for bend, name in (("Tanh", ""), ("ReLU", "relu_")):
        runs = [train(hidden, seeds, STEPS, bend) for hidden in HIDDEN]
        loss, accuracy = (np.array([run[k] for run in runs]) for k in (0, 1))
        results[f"{name}apart"] = np.array([_apart(run[2]) for run in runs])
        longer = np.array([train(hidden, seeds, LONGER, bend)[0] for hidden in HIDDEN])
        results[f"{name}loss"], results[f"{name}accuracy"] = loss, accuracy
        centred = [train(hidden, seeds, STEPS, bend, centred=True)[1] for hidden in HIDDEN]
        results[f"{name}centred_accuracy"] = np.array(centred)
        results[f"{name}longer_loss"] = np.where(accuracy == 1, loss, longer)
        if bend == "Tanh":
            born = [train(hidden, seeds, 0)[3] for hidden in HIDDEN]
            results["one_way"] = np.array([_one_way(run[3]) for run in runs])
            results["born_one_way"] = np.array([_one_way(weights) for weights in born])
            eased = [_eased(hidden, run[3]) for hidden, run in zip(HIDDEN, runs, strict=True)]
            after, slopes = (np.array(part) for part in zip(*eased, strict=True))
            results["eased_loss"] = np.where(accuracy == 1, loss, after)
            results["eased_slope"] = slopes
            for key, change in (("flipped", _flipped), ("unflipped", list)):
                more = [
                    _go_on(hidden, change(run[3])) for hidden, run in zip(HIDDEN, runs, strict=True)
                ]
                results[f"{key}_loss"] = np.where(accuracy == 1, loss, np.array(more))
    results["relu_dead"] = np.array([_off_everywhere(run[2]) for run in runs])
    starts = [train(hidden, seeds, 0, "ReLU")[2] for hidden in HIDDEN]
    results["relu_born_dead"] = np.array([_off_everywhere(h) for h in starts])
    results["small_accuracy"] = train(2, seeds, LONGER, "ReLU", SMALL_LR)[1]
    results["he_accuracy"] = train(2, seeds, STEPS, "ReLU", begin=he_start)[1]
    results["wide_accuracy"] = train(8, seeds, STEPS, "ReLU")[1]
    return results


def _off_everywhere(h: np.ndarray) -> np.ndarray:
    """How many units of each run are on at none of the points: h (n, 4, hidden) to (n,)."""
    return np.sum(~(h > 0).any(axis=1), axis=1)


def _apart(h: np.ndarray) -> np.ndarray:
    """The smallest distance between points of different classes: h (n, 4, hidden) to (n,)."""
    _, y = xor()
    gaps = h[:, y > 0, None] - h[:, None, y < 0]
    return np.linalg.norm(gaps, axis=-1).min(axis=(1, 2))


def _one_way(weights: list[np.ndarray]) -> np.ndarray:
    """Whether some input has the same sign of v·w in all units of a run: weights to (n,)."""
    passed = weights[0] * weights[2].swapaxes(1, 2)  # (n, hidden, 2): one for each unit and input
    return ((passed > 0).all(axis=1) | (passed < 0).all(axis=1)).any(axis=1)


def _eased(hidden: int, weights: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Tanh runs trained on with smaller hidden weights: losses (n,), slopes before that (n,)."""
    X, y = xor()
    begun = [weights[0] / EASED, weights[1] / EASED, *weights[2:]]
    h = _forward(X, begun, "Tanh")[1]
    one, other = h[:, y > 0, None], h[:, None, y < 0]
    slopes = 1 - np.minimum(np.abs(one), np.abs(other)).min(axis=-1) ** 2
    nearest = np.linalg.norm(one - other, axis=-1).reshape(len(h), 4).argmin(axis=1)
    largest = slopes.reshape(len(h), 4)[np.arange(len(h)), nearest]
    return _go_on(hidden, begun), largest


def _go_on(hidden: int, weights: list[np.ndarray]) -> np.ndarray:
    """Tanh runs trained on from these weights: losses (n,)."""
    runs = tuple(range(len(weights[0])))
    return train(
        hidden, runs, EASED_STEPS, begin=lambda _, run: [part[run].copy() for part in weights]
    )[0]


def _flipped(weights: list[np.ndarray]) -> list[np.ndarray]:
    """The weights, where each input of one sign in all units has its weakest weight flipped."""
    W1 = weights[0].copy()  # (n, hidden, 2)
    passed = W1 * weights[2].swapaxes(1, 2)
    one_way = (passed > 0).all(axis=1) | (passed < 0).all(axis=1)  # (n, 2): of each input
    weakest = np.abs(passed).argmin(axis=1)
    for run, i in zip(*np.nonzero(one_way), strict=True):
        W1[run, weakest[run, i], i] *= -1
    return [W1, *weights[1:]]
