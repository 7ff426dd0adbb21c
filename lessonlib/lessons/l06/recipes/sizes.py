"""Accuracy against the number of training examples, centred and shifted, equal steps for networks.

"Shifted": every image of both parts is shifted once, by a draw of up to 2 pixels in both
directions. Nothing is shifted during training.
"""

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets.images import shifted
from lessonlib.lessons.l06.recipes.shifts import NAMES, NETWORKS, memory
from lessonlib.scoreboard import canvas
from lessonlib.training import batches, predict
from lessonlib.training.steps import train_steps

SEEDS = (0, 1, 2, 3, 4)
SIZES = (20, 50, 100, 200, 500, 1000)
STEPS, BATCH = 600, 64


def digits(moved: bool, seed: int) -> tuple[np.ndarray, ...]:
    """Training and test images (N, 12, 12) with labels; where moved, each by its own draw."""
    rng = np.random.default_rng(seed)
    (X, y), (test_X, test_y) = canvas("train"), canvas("test")
    if moved:
        X, test_X = shifted(X, rng), shifted(test_X, rng)
    return X, y, test_X, test_y


def balanced(y: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Row numbers of n / 10 examples of each digit; fewer rows are the start of more."""
    order = np.random.default_rng(seed).permutation(len(y))
    places = [order[y[order] == digit][: n // 10] for digit in range(10)]
    return np.concatenate(places)


def endless(
    X: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batches of epoch after epoch, without an end."""
    while True:
        for batch in batches(len(X), BATCH, rng):
            yield X[batch], y[batch]


def network(name: str, X: np.ndarray, y: np.ndarray, seed: int, steps: int = STEPS) -> Callable:
    """Train by `steps` steps of Adam with a cosine schedule; what it answers to rows."""
    rng = np.random.default_rng(seed)
    build, lr = NETWORKS[name]
    model = build(rng=rng)
    optimizer = optim.Adam(model.parameters(), lr=lr)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    some = islice(endless(X[:, None], y, rng), steps)
    list(train_steps(model, nn.CrossEntropyLoss(), optimizer, some, scheduler=scheduler))
    return lambda rows: predict(model, rows.reshape(-1, 1, 12, 12)).argmax(axis=1)


def make(
    seeds: tuple[int, ...] = SEEDS, sizes: tuple[int, ...] = SIZES, steps: int = STEPS
) -> dict[str, np.ndarray]:
    """Test accuracy (seeds, centred or shifted, models, sizes)."""
    accuracy = np.zeros((len(seeds), 2, len(NAMES), len(sizes)))
    for s, seed in enumerate(seeds):
        for moved in (False, True):
            X, y, test_X, test_y = digits(moved, seed)
            rows = test_X.reshape(len(test_X), -1)
            for k, n in enumerate(sizes):
                some = balanced(y, n, seed)
                for m, name in enumerate(NAMES):
                    if name in NETWORKS:
                        answer = network(name, X[some], y[some], seed, steps)
                    else:
                        answer = memory(name, X[some], y[some])
                    accuracy[s, int(moved), m, k] = np.mean(answer(rows) == test_y)
    return {"names": np.array(NAMES), "sizes": np.array(sizes), "accuracy": accuracy}
