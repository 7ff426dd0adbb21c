"""Features learned on the digits 0 to 4, put to work on the digits 5 to 9 with few labels.

Digits on the 12 x 12 canvas, each moved by its own -2 .. 2 pixels. A small convolutional network
learns 0 to 4. Then n labelled images of each of 5 .. 9 are given to: a linear reader on its
features (frozen), the whole network with a new last layer (fine-tuned), a whole network from
scratch, and the same reader on the features of an untrained network and on the pixels. Each way
has four settings, the reader's strength or the learning rate, and for each n takes the one with
the best accuracy on the validation digits 5 to 9; what is stored is measured on test digits.
"""

from typing import Any

import numpy as np

from lessonlib import nn
from lessonlib.datasets.images import shifted
from lessonlib.lessons.l06b.recipes.depth import train
from lessonlib.models import small_cnn
from lessonlib.scoreboard import canvas
from lessonlib.training import predict

SEEDS = tuple(range(12))
LABELS = (2, 5, 10, 50)
WAYS = ("fine-tuned", "frozen features", "from scratch", "untrained features", "pixels")
LRS, STRENGTHS = (0.003, 0.01, 0.03, 0.1), (0.01, 0.1, 1.0, 10.0)
STEPS, SOURCE_STEPS, DRAWS = 150, 240, 1
BATCH = 64
Part = tuple[np.ndarray, np.ndarray]


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


def learn(
    net: nn.Sequential,
    X: np.ndarray,
    y: np.ndarray,
    rng: np.random.Generator,
    steps: int,
    lr: float,
) -> nn.Sequential:
    """Train all weights for at least `steps` steps of at most 64 images."""
    train(net, X, y, rng, epochs=-(-steps // -(-len(X) // BATCH)), batch=BATCH, lr=lr)
    return net.eval()


def with_new_end(source: nn.Sequential, rng: np.random.Generator) -> nn.Sequential:
    """A copy of the source whose last layer has new random weights."""
    net = network(rng)
    last = dict(net[-1].state_dict())
    state = source.state_dict() | {f"7.{name}": value.copy() for name, value in last.items()}
    net.load_state_dict(state)
    return net


def sources(rng: np.random.Generator, steps: int) -> tuple[nn.Sequential, dict[str, Part], float]:
    """A network that knows 0 to 4, the digits 5 to 9 with labels 0..4, its accuracy on 0 to 4."""
    parts = {}
    for name in ("train", "validation", "test"):
        X, y = canvas(name)
        parts[name] = shifted(X, rng)[:, None], y
    low = {name: (X[y < 5], y[y < 5]) for name, (X, y) in parts.items()}
    high = {name: (X[y >= 5], y[y >= 5] - 5) for name, (X, y) in parts.items()}
    source = learn(network(rng), *low["train"], rng, steps, 0.01)
    known = np.mean(predict(source, low["test"][0]).argmax(axis=1) == low["test"][1])
    return source, high, float(known)


def answers(
    way: str, bodies: dict[str, Any], few: Part, new: list[np.ndarray], setting: int, again: Any
) -> list[np.ndarray]:
    """What one way answers to each set of new images, learned from few.

    again : (rng, steps), for the ways that train
    """
    X, y = few
    if way in ("frozen features", "untrained features", "pixels"):
        body = bodies[way]
        return [reader(body(X), y, body(Z), STRENGTHS[setting]) for Z in new]
    rng, steps = again
    start = network(rng) if way == "from scratch" else with_new_end(bodies["source"], rng)
    made = learn(start, X, y, rng, steps, LRS[setting])
    return [made(Z).argmax(axis=1) for Z in new]


def accuracies(seed: int, steps: int, draws: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Test accuracy and chosen setting (labels, ways); the source's accuracy on 0 to 4."""
    rng = np.random.default_rng(seed)
    source, high, known = sources(rng, steps if steps < STEPS else SOURCE_STEPS)
    bodies = {
        "source": source,
        "frozen features": source[:7].eval(),
        "untrained features": network(rng)[:7].eval(),
        "pixels": nn.Flatten().eval(),
    }
    X, y = high["train"]
    new = [high[name][0] for name in ("validation", "test")]
    truth = [high[name][1] for name in ("validation", "test")]
    scores = np.zeros((2, len(LABELS), len(WAYS), len(LRS)))  # validation and test
    for i, n in enumerate(LABELS):
        for _ in range(draws):
            some = [rng.permutation(np.flatnonzero(y == c))[:n] for c in range(5)]
            few = np.concatenate(some)
            for w, k in np.ndindex(len(WAYS), len(LRS)):
                found = answers(WAYS[w], bodies, (X[few], y[few]), new, k, (rng, steps))
                for p in range(2):
                    scores[p, i, w, k] += np.mean(found[p] == truth[p]) / draws
    best = scores[0].argmax(axis=2)
    return np.take_along_axis(scores[1], best[:, :, None], axis=2)[:, :, 0], best, known


def make(
    seeds: tuple[int, ...] = SEEDS, steps: int = STEPS, draws: int = DRAWS
) -> dict[str, np.ndarray]:
    """accuracy, chosen (seeds, labels, ways); source (seeds,), test accuracy on 0 to 4."""
    tables, chosen, known = zip(*(accuracies(seed, steps, draws) for seed in seeds), strict=True)
    return {
        "labels": np.array(LABELS),
        "ways": np.array(WAYS),
        "accuracy": np.array(tables),
        "chosen": np.array(chosen),
        "source": np.array(known),
    }
