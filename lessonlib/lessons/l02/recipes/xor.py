"""XOR learned from 20 random starts by networks with two and with four hidden tanh units."""

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import xor

SEEDS = tuple(range(20))
HIDDEN = (2, 4)
STEPS = 400


def train(hidden: int, seed: int, steps: int = STEPS) -> tuple[float, float]:
    """Final loss and accuracy on the four points: Adam with lr 0.05, all points in every step."""
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(2, hidden, rng=rng, dtype=np.float64),
        nn.Tanh(),
        nn.Linear(hidden, 1, rng=rng, dtype=np.float64),
    )
    X, y = xor()
    target = (y[:, None] > 0).astype(float)
    loss = nn.BCEWithLogitsLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    for _ in range(steps):
        loss(model(X), target)
        optimizer.zero_grad()
        model.backward(loss.backward())
        optimizer.step()
    scores = model.eval()(X)
    return float(loss.eval()(scores, target)), float(np.mean((scores > 0) == (target > 0)))


def make(seeds: tuple[int, ...] = SEEDS) -> dict[str, np.ndarray]:
    """`hidden` (2,), final `loss` and `accuracy` (2, seeds)."""
    runs = np.array([[train(hidden, seed) for seed in seeds] for hidden in HIDDEN])
    return {"hidden": np.array(HIDDEN), "loss": runs[..., 0], "accuracy": runs[..., 1]}
