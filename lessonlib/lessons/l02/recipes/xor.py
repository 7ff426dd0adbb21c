"""XOR learned from 200 random starts: two or four hidden units, ReLU or tanh."""

import numpy as np

from lessonlib import nn
from lessonlib.datasets import xor

SEEDS = tuple(range(200))
HIDDEN = (2, 4)
STEPS, LONGER = 400, 4000


def start(hidden: int, seed: int) -> list[np.ndarray]:
    """The library's random start: W1 (hidden, 2), b1 (hidden,), W2 (1, hidden), b2 (1,)."""
    rng = np.random.default_rng(seed)
    layers = [nn.Linear(i, o, rng=rng, dtype=np.float64) for i, o in ((2, hidden), (hidden, 1))]
    return [p.data.copy() for layer in layers for p in (layer.weight, layer.bias)]


def train(
    hidden: int, seeds: tuple[int, ...], steps: int = STEPS, bend: str = "Tanh"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Final losses (n,), accuracies (n,), and which unit is on at which point (n, 4, hidden).

    All runs are trained at once, each by itself. All four points are in every step. The optimizer
    is Adam with lr 0.05.
    """
    X, y = xor()
    target = (y > 0).astype(float)
    weights = [np.stack(parts) for parts in zip(*(start(hidden, s) for s in seeds), strict=True)]
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
            w -= 0.05 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    sums, _, z = _forward(X, weights, bend)
    losses = np.mean(np.logaddexp(0, z) - target * z, axis=1)
    return losses, np.mean((z > 0) == (target > 0), axis=1), sums > 0


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
    on at none of the points, after the training and before it.
    """
    results: dict[str, np.ndarray] = {"hidden": np.array(HIDDEN)}
    for bend, name in (("Tanh", ""), ("ReLU", "relu_")):
        runs = [train(hidden, seeds, STEPS, bend) for hidden in HIDDEN]
        loss, accuracy = (np.array([run[k] for run in runs]) for k in (0, 1))
        longer = np.array([train(hidden, seeds, LONGER, bend)[0] for hidden in HIDDEN])
        results[f"{name}loss"], results[f"{name}accuracy"] = loss, accuracy
        results[f"{name}longer_loss"] = np.where(accuracy == 1, loss, longer)
    results["relu_dead"] = np.array([_off_everywhere(on) for *_, on in runs])
    born = [train(hidden, seeds, 0, "ReLU")[2] for hidden in HIDDEN]
    results["relu_born_dead"] = np.array([_off_everywhere(on) for on in born])
    return results


def _off_everywhere(on: np.ndarray) -> np.ndarray:
    """How many units of each run are on at none of the points: on (n, 4, hidden) to (n,)."""
    return np.sum(~on.any(axis=1), axis=1)
