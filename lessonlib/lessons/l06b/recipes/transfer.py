"""Features learned on the digits 0 to 4, read on the digits 5 to 9 with few labels.

Digits on the 12 x 12 canvas, each moved by its own -2 .. 2 pixels. A small convolutional network
learns 0 to 4. Then n labelled images of each of 5 .. 9 are given to: a linear reader on its
features (frozen), on those of an untrained network, on the pixels; and to a whole network from
scratch. The reader is ridge regression on one-hot labels.
"""

import numpy as np

from lessonlib import nn
from lessonlib.datasets.images import shifted
from lessonlib.lessons.l06b.recipes.depth import train
from lessonlib.models import small_cnn
from lessonlib.scoreboard import canvas
from lessonlib.training import predict

SEEDS = (0, 1, 2, 3, 4)
LABELS = (1, 2, 5, 10, 50)
WAYS = ("frozen features", "from scratch", "untrained features", "pixels")
STEPS, SOURCE_STEPS, DRAWS, SCRATCH_DRAWS = 150, 240, 10, 3


def network(rng: np.random.Generator) -> nn.Sequential:
    """Two convolutions with pooling, 96 features, 5 classes."""
    net = small_cnn(classes=5, rng=rng)
    net[0].needs_dx = False  # the images need no gradient
    return net


def reader(
    features: np.ndarray, labels: np.ndarray, new: np.ndarray, strength: float = 0.1
) -> np.ndarray:
    """Answers of ridge regression on one-hot labels.   A = H^T (H H^T + s I)^-1 Y

    features (n, D), labels (n,) in 0..4, new (M, D); s : strength times the mean of the diagonal
    """
    mean, spread = features.mean(axis=0), features.std() + 1e-6
    H, new = (features - mean) / spread, (new - mean) / spread
    K = H @ H.T
    s = strength * np.trace(K) / len(K)
    answer = H.T @ np.linalg.solve(K + s * np.eye(len(K)), np.eye(5)[labels] - 0.2)
    return (new @ answer).argmax(axis=1)


def from_scratch(
    X: np.ndarray, y: np.ndarray, rng: np.random.Generator, steps: int
) -> nn.Sequential:
    """A network trained for at least `steps` steps of at most 64 images."""
    net = network(rng)
    train(net, X, y, rng, epochs=-(-steps // -(-len(X) // 64)), batch=64)
    return net.eval()


def accuracies(seed: int, steps: int, draws: int) -> tuple[np.ndarray, float]:
    """Test accuracy (labels, ways), means over draws; and the source network's on 0 to 4."""
    rng = np.random.default_rng(seed)
    parts = [(shifted(X, rng)[:, None], y) for X, y in (canvas("train"), canvas("test"))]
    (X0, y0), (test0, true0) = ((X[y < 5], y[y < 5]) for X, y in parts)
    (X5, y5), (test5, true5) = ((X[y >= 5], y[y >= 5] - 5) for X, y in parts)
    source = from_scratch(X0, y0, rng, SOURCE_STEPS)
    known = np.mean(predict(source, test0).argmax(axis=1) == true0)
    bodies = {
        "frozen features": source[:7].eval(),
        "untrained features": network(rng)[:7].eval(),
        "pixels": nn.Flatten().eval(),
    }
    table = np.zeros((len(LABELS), len(WAYS)))
    for i, n in enumerate(LABELS):
        for draw in range(draws):
            some = [rng.permutation(np.flatnonzero(y5 == c))[:n] for c in range(5)]
            few = np.concatenate(some)
            for way, body in bodies.items():
                answers = reader(body(X5[few]), y5[few], body(test5))
                table[i, WAYS.index(way)] += np.mean(answers == true5) / draws
            if draw < SCRATCH_DRAWS:
                net = from_scratch(X5[few], y5[few], rng, steps)
                hits = np.mean(net(test5).argmax(axis=1) == true5)
                table[i, WAYS.index("from scratch")] += hits / min(draws, SCRATCH_DRAWS)
    return table, known


def make(
    seeds: tuple[int, ...] = SEEDS, steps: int = STEPS, draws: int = DRAWS
) -> dict[str, np.ndarray]:
    """accuracy (seeds, labels, ways); source (seeds,), test accuracy on 0 to 4."""
    tables, known = zip(*(accuracies(seed, steps, draws) for seed in seeds), strict=True)
    return {
        "labels": np.array(LABELS),
        "ways": np.array(WAYS),
        "accuracy": np.array(tables),
        "source": np.array(known),
    }
