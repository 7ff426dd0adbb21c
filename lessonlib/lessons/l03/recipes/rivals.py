"""Digits read with hidden units of several kinds, each kind with its best of four learning rates.

Full-batch gradient descent on the training images. Only two kinds learn their 16 hidden units, with
a tanh or with nothing behind it. The others are left as they were drawn or chosen, at three scales.
"""

import numpy as np

from lessonlib import datasets
from lessonlib import functional as F

SEEDS = tuple(range(20))
STEPS = 600
LRS = (0.3, 1.0, 3.0, 10.0)
SCALES = (0.3, 1.0, 3.0)
LEARNED = ("learned", "learned, no tanh")
FIXED = ("drawn, 16", "drawn, 119", "chosen, 16")
KINDS = (*LEARNED, *(f"{kind}, times {s:g}" for kind in FIXED for s in SCALES), "no hidden units")

Net = list[np.ndarray]  # W1, b1, W2, b2


def start(hidden: int, rng: np.random.Generator) -> Net:
    """Weights of variance 1 / inputs, biases 0, for 64 pixels and 10 classes."""
    W1, W2 = rng.normal(0, 64**-0.5, (hidden, 64)), rng.normal(0, hidden**-0.5, (10, hidden))
    return [W1, np.zeros(hidden), W2, np.zeros(10)]


def output(net: Net, X: np.ndarray, bend: bool) -> tuple[np.ndarray, np.ndarray]:
    """Hidden values and scores."""
    W1, b1, W2, b2 = net
    H = X @ W1.T + b1
    H = np.tanh(H) if bend else H
    return H, H @ W2.T + b2


def learned(net: Net, lr: float, steps: int, bend: bool) -> float:
    """Validation accuracy after all four arrays have learned."""
    (X, labels), (new, right) = _digits("train"), _digits("validation")
    for _ in range(steps):
        H, scores = output(net, X, bend)
        dS = F.cross_entropy_backward(1.0, F.cross_entropy(scores, labels)[1])
        dZ = dS @ net[2] * ((1 - H * H) if bend else 1.0)
        found = dZ.T @ X, dZ.sum(axis=0), dS.T @ H, dS.sum(axis=0)
        net = [array - lr * d for array, d in zip(net, found, strict=True)]
    return float(np.mean(output(net, new, bend)[1].argmax(axis=1) == right))


def last_layer(seen: np.ndarray, new: np.ndarray, lr: float, steps: int) -> float:
    """Validation accuracy after the scores of fixed numbers have learned, from 0."""
    labels, right = _digits("train")[1], _digits("validation")[1]
    W, b = np.zeros((10, seen.shape[1])), np.zeros(10)
    for _ in range(steps):
        dS = F.cross_entropy_backward(1.0, F.cross_entropy(seen @ W.T + b, labels)[1])
        W, b = W - lr * (dS.T @ seen), b - lr * dS.sum(axis=0)
    return float(np.mean((new @ W.T + b).argmax(axis=1) == right))


def fixed(kind: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Training and validation images as a last layer sees them."""
    X, new = _digits("train")[0], _digits("validation")[0]
    if kind == "no hidden units":
        return X, new
    name, scale = kind.split(", times ")
    if name.startswith("chosen"):
        mean = X.mean(axis=0)
        _, size, directions = np.linalg.svd(X - mean, full_matrices=False)
        W = directions[:16] / size[:16, None] * len(X) ** 0.5  # each of variance 1
        X, new = X - mean, new - mean
    else:
        W = start(int(name.split(", ")[1]), rng)[0]
    return np.tanh(float(scale) * X @ W.T), np.tanh(float(scale) * new @ W.T)


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Validation accuracy, (seeds, kinds, lrs), and the names of kinds and lrs."""
    right = np.zeros((len(seeds), len(KINDS), len(LRS)))
    with np.errstate(all="ignore"):  # too large a learning rate may overflow
        for s, seed in enumerate(seeds):
            for k, kind in enumerate(KINDS):
                if s and kind.startswith(("chosen", "no hidden")):  # nothing in it is drawn
                    right[s, k] = right[0, k]
                    continue
                for j, lr in enumerate(LRS):
                    rng = np.random.default_rng(seed)
                    if kind in LEARNED:
                        right[s, k, j] = learned(start(16, rng), lr, steps, kind == "learned")
                    else:
                        right[s, k, j] = last_layer(*fixed(kind, rng), lr, steps)
    return {"kinds": np.array(KINDS), "lrs": np.array(LRS), "right": right}


def _digits(split: str) -> tuple[np.ndarray, np.ndarray]:
    X, labels = datasets.load("digits", split=split)
    return X.astype(float), labels
