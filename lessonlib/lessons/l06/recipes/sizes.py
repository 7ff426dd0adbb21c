"""Accuracy against the number of training examples, centred and shifted, equal steps for networks.

"Shifted": every image of both parts stands where a draw of up to 2 pixels in both directions put
it, once. Nothing is shifted anew during training.
"""

from collections.abc import Callable

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets.images import shifted
from lessonlib.lessons.l06.recipes.scoreboard import cnn
from lessonlib.lessons.l06.recipes.shifts import NAMES, memory, mlp, wide
from lessonlib.scoreboard import canvas
from lessonlib.training import batches, predict

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


def network(
    build: Callable, X: np.ndarray, y: np.ndarray, seed: int, steps: int = STEPS
) -> Callable:
    """Train by `steps` steps of Adam with a cosine schedule; what it answers to rows."""
    rng = np.random.default_rng(seed)
    model, loss = build(rng), nn.CrossEntropyLoss()
    descent = optim.Adam(model.parameters(), lr=0.003 if build is wide else 0.01)
    schedule = optim.lr_scheduler.CosineAnnealingLR(descent, steps)
    done, X = 0, X[:, None]
    while done < steps:
        for batch in batches(len(X), BATCH, rng):
            if done == steps:
                break
            descent.zero_grad()
            loss(model(X[batch]), y[batch])
            model.backward(loss.backward())
            descent.step()
            schedule.step()
            done += 1
    return lambda rows: predict(model, rows.reshape(-1, 1, 12, 12)).argmax(axis=1)


def make(
    seeds: tuple[int, ...] = SEEDS, sizes: tuple[int, ...] = SIZES, steps: int = STEPS
) -> dict[str, np.ndarray]:
    """Test accuracy (seeds, centred or shifted, models, sizes)."""
    builds = dict(zip(NAMES, (cnn, mlp, wide), strict=False))
    accuracy = np.zeros((len(seeds), 2, len(NAMES), len(sizes)))
    for s, seed in enumerate(seeds):
        for moved in (False, True):
            X, y, test_X, test_y = digits(moved, seed)
            rows = test_X.reshape(len(test_X), -1)
            for k, n in enumerate(sizes):
                some = balanced(y, n, seed)
                for m, name in enumerate(NAMES):
                    if name in builds:
                        answer = network(builds[name], X[some], y[some], seed, steps)
                    else:
                        answer = memory(name, X[some], y[some])
                    accuracy[s, int(moved), m, k] = np.mean(answer(rows) == test_y)
    return {"names": np.array(NAMES), "sizes": np.array(sizes), "accuracy": accuracy}
