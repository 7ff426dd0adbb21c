"""Lesson 03's row of the scoreboard: two hidden layers, plain gradient descent on all images."""

import time

import numpy as np

from lessonlib import nn, optim
from lessonlib.scoreboard import canvas, largest_score, measure

SEEDS = (0, 1, 2, 3, 4)
STEPS = 600
LR = 0.5
HIDDEN = (22, 16)  # 3,728 parameters, as many as the small networks of the other lessons


def train(seed: int, steps: int = STEPS) -> nn.Sequential:
    """Forward, loss, backward, step: the same images in every step, one lr throughout."""
    X, y = canvas("train")
    X = X.reshape(len(X), -1)
    first, second = HIDDEN
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(X.shape[1], first, rng=rng),
        nn.Tanh(),
        nn.Linear(first, second, rng=rng),
        nn.Tanh(),
        nn.Linear(second, 10, rng=rng),
    )
    loss = nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), LR)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(model(X), y)
        model.backward(loss.backward())
        optimizer.step()
    return model.eval()


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Rows (seeds, 1, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train."""
    rows = np.zeros((len(seeds), 1, 5))
    for s, seed in enumerate(seeds):
        start = time.process_time()
        model = train(seed, steps)
        seconds = time.process_time() - start
        size = sum(p.data.size for p in model.parameters())
        test = measure(largest_score(model))
        rows[s, 0] = (size, *test, seconds)
    return {"names": np.array(["two hidden layers, descent"]), "rows": rows}
