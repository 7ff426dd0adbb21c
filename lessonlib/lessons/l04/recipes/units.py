"""Logistic regression on the breast-cancer table, centred or not and scaled or not, lr tuned.

Full-batch gradient descent from 0 on 256 of the training rows. Each table gets six learning rates,
1, 4, 16, ... 1024 times 1 / (largest curvature at 0), all run next to each other until the first
of them arrives. From step 1,000 on, the loss is looked at in every tenth step only.
"""

import numpy as np

from lessonlib import datasets

SEEDS = (0, 1, 2, 3, 4)
STEPS = 50_000
TARGET = 0.1
UNITS = ("raw", "centred", "scaled", "standardised")
FACTORS = 4.0 ** np.arange(6)


def prepared(X: np.ndarray, units: str) -> np.ndarray:
    """The table after the step that `units` names, a column of ones appended."""
    if units in ("centred", "standardised"):
        X = X - X.mean(axis=0)
    if units in ("scaled", "standardised"):
        X = X / X.std(axis=0)
    return np.c_[X, np.ones(len(X))]


def run(A: np.ndarray, y: np.ndarray, steps: int) -> tuple[int, float, float]:
    """Steps until one loss is below 0.1 (or all steps), the lowest loss seen, and its factor."""
    lrs = FACTORS[:, None] * 4 * len(A) / np.linalg.eigvalsh(A.T @ A)[-1]
    W, lowest = np.zeros((len(FACTORS), A.shape[1])), np.full(len(FACTORS), np.inf)
    for step in range(steps + 1):
        Z = W @ A.T
        if step < 1000 or step % 10 == 0:
            lowest = np.minimum(lowest, np.mean(np.logaddexp(0, Z) - y * Z, axis=1))
            if lowest.min() < TARGET:
                break
        W -= lrs * ((0.5 * (1 + np.tanh(Z / 2)) - y) @ A) / len(A)
    return step, float(lowest.min()), float(FACTORS[lowest.argmin()])


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Arrays steps, loss and factor, (seeds, units)."""
    table, labels = datasets.load("breast_cancer")
    ends = np.zeros((len(seeds), len(UNITS), 3))
    for s, seed in enumerate(seeds):
        rows = np.random.default_rng(seed).choice(len(table), 256, replace=False)
        for u, units in enumerate(UNITS):
            ends[s, u] = run(prepared(table[rows], units), labels[rows], steps)
    steps_, loss, factor = np.moveaxis(ends, 2, 0)
    return {"units": np.array(UNITS), "steps": steps_, "loss": loss, "factor": factor}
