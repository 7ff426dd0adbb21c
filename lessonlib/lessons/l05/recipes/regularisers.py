"""Wrong labels: a network with and without remedies, next to three simple methods.

150 digits to learn from and 150 to choose with; one label in five is wrong in both parts. Every
method that has a strength chooses it among seven by one criterion, the accuracy on the 150
validation digits with their wrong labels; of equal ones it takes the weakest. (Early stopping
leaves at the lowest validation loss, as it always does.) The test labels are right.
"""

from collections.abc import Callable

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import load
from lessonlib.training import EarlyStopping, accuracy, evaluate, fit

SEEDS = tuple(range(10, 30))
STEPS, PATIENCE, HIDDEN, LR = 1000, 100, 64, 0.5
PAIRS = ((0.003, 0.1), (0.01, 0.2), (0.02, 0.4), (0.04, 0.6), (0.08, 0.8), (0.15, 0.9))
# (decay, p, early stopping), from weak to strong; where there is a strength, 0 is one of seven
DROPPED, DECAYS = (0.0, 0.2, 0.5, 0.7, 0.85, 0.95, 0.98), (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
NETWORKS: dict[str, tuple[tuple[float, float, bool], ...]] = {
    "none": ((0.0, 0.0, False),),
    "early stopping": ((0.0, 0.0, True),),
    "dropout": tuple((0.0, p, False) for p in DROPPED),
    "weight decay": tuple((d, 0.0, False) for d in DECAYS),
    "stopping + dropout": tuple((0.0, p, True) for p in DROPPED),
    "stopping + decay": tuple((d, 0.0, True) for d in DECAYS),
    "all three": ((0.0, 0.0, True), *((decay, p, True) for decay, p in PAIRS)),
}
SIMPLE = ("ridge regression", "nearest centroid", "k nearest neighbours")
METHODS = (*NETWORKS, *SIMPLE)
Part = tuple[np.ndarray, np.ndarray]


def noisy_sets(rng: np.random.Generator) -> tuple[Part, Part]:
    """150 training and 150 validation examples; one label in five becomes another digit."""
    X, y = load("digits", split="train")
    chosen = rng.permutation(len(X))[:300]
    X, y = X[chosen], y[chosen].copy()
    wrong = rng.random(300) < 0.2
    y[wrong] = (y[wrong] + rng.integers(1, 10, wrong.sum())) % 10
    return (X[:150], y[:150]), (X[150:], y[150:])


def network(
    decay: float, p: float, stop: bool, seed: int, steps: int = STEPS
) -> tuple[float, float]:
    """Train 64-64-10 by gradient descent, 150 examples a step; validation and test accuracy."""
    train, validation = noisy_sets(np.random.default_rng(seed))
    rng = np.random.default_rng(seed)
    first, last = nn.Linear(64, HIDDEN, rng=rng), nn.Linear(HIDDEN, 10, rng=rng)
    for layer, spread in ((first, np.sqrt(2 / 64)), (last, np.sqrt(1 / HIDDEN))):
        layer.weight.data[...] = spread * rng.normal(size=layer.weight.data.shape)
        layer.bias.data[...] = 0  # type: ignore[union-attr]  # both have a bias
    model = nn.Sequential(first, nn.ReLU(), nn.Dropout(p, rng=rng), last)
    groups = [
        {"params": [first.weight, last.weight], "weight_decay": decay},
        {"params": [first.bias, last.bias], "weight_decay": 0.0},
    ]
    loss = nn.CrossEntropyLoss()
    fit(
        model,
        loss,
        optim.SGD(groups, lr=LR),
        *train,
        rng=rng,
        epochs=steps,
        batch_size=150,
        validation=validation,
        early_stopping=EarlyStopping(patience=PATIENCE) if stop else None,
        progress=False,
    )
    parts = validation, load("digits", split="test")
    valid, test = (evaluate(model, loss, *p, {"accuracy": accuracy})["accuracy"] for p in parts)
    return valid, test


def ridge(decay: float, train: Part, X: np.ndarray) -> np.ndarray:
    """Least squares with a penalty on the weights, from centred pixels to ten scores."""
    centre, targets = train[0].mean(axis=0), np.eye(10)[train[1]]
    A = train[0] - centre
    W = np.linalg.solve(A.T @ A + decay * np.eye(64), A.T @ (targets - targets.mean(axis=0)))
    return ((X - centre) @ W + targets.mean(axis=0)).argmax(axis=1)


def centroid(_: float, train: Part, X: np.ndarray) -> np.ndarray:
    """The digit whose mean training image is nearest."""
    found = [k for k in range(10) if np.any(train[1] == k)]
    centres = np.array([train[0][train[1] == k].mean(axis=0) for k in found])
    distance = np.sum(centres**2, axis=1) - 2 * X @ centres.T
    return np.array(found)[distance.argmin(axis=1)]


def neighbours(k: float, train: Part, X: np.ndarray) -> np.ndarray:
    """The commonest label among the k nearest training images; the smaller digit if equal."""
    distance = np.sum(train[0] ** 2, axis=1) - 2 * X @ train[0].T
    nearest = train[1][np.argsort(distance, axis=1)[:, : int(k)]]
    return np.array([np.bincount(row, minlength=10).argmax() for row in nearest])


CLASSICAL: dict[str, tuple[Callable[..., np.ndarray], tuple[float, ...]]] = {
    "ridge regression": (ridge, (0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)),
    "nearest centroid": (centroid, (0.0,)),
    "k nearest neighbours": (neighbours, (1, 3, 5, 9, 15, 25, 45)),
}


def simple(name: str, seed: int) -> list[tuple[float, float]]:
    """Validation and test accuracy of each setting of a simple method."""
    train, validation = noisy_sets(np.random.default_rng(seed))
    answer, settings = CLASSICAL[name]
    parts = validation, load("digits", split="test")
    scores = [[float(np.mean(answer(s, train, X) == y)) for X, y in parts] for s in settings]
    return [(valid, test) for valid, test in scores]


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Test accuracy and number of the setting that validation chose, both (seeds, methods)."""
    accuracies = np.zeros((len(seeds), len(METHODS)))
    chosen = np.zeros((len(seeds), len(METHODS)), dtype=int)
    for s, seed in enumerate(seeds):
        plain = network(*NETWORKS["none"][0], seed, steps)
        stopped = network(*NETWORKS["early stopping"][0], seed, steps)
        for m, name in enumerate(METHODS):
            if name in SIMPLE:
                tried = simple(name, seed)
            else:  # strength 0 is a network that has been trained already
                weakest, *others = NETWORKS[name]
                tried = [stopped if weakest[2] else plain]
                tried += [network(*setting, seed, steps) for setting in others]
            chosen[s, m] = np.argmax([valid for valid, _ in tried])
            accuracies[s, m] = tried[chosen[s, m]][1]
    return {"methods": np.array(METHODS), "accuracy": accuracies, "chosen": chosen}
