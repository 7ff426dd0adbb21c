"""Logistic regression on the breast-cancer table in four versions of its units, 50,000 steps each.

Full-batch gradient descent from 0 with lr = 1 / (largest curvature at 0), 256 of the training rows.
"""

import numpy as np

from lessonlib import datasets

SEEDS = (0, 1, 2, 3, 4)
STEPS = 50_000
TARGET = 0.1
UNITS = ("raw", "centred", "0 to 1", "standardised")


def scaled(X: np.ndarray, units: str) -> np.ndarray:
    """The table in other units, a column of ones appended."""
    if units == "centred":
        X = X - X.mean(axis=0)
    elif units == "0 to 1":
        X = (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0))
    elif units == "standardised":
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    return np.c_[X, np.ones(len(X))]


def run(A: np.ndarray, y: np.ndarray, steps: int) -> tuple[int, float]:
    """Steps until the loss is below 0.1 (or all of them), and the loss then."""
    lr = 4 * len(A) / np.linalg.eigvalsh(A.T @ A)[-1]
    w = np.zeros(A.shape[1])
    for step in range(steps + 1):
        z = A @ w
        loss = float(np.mean(np.logaddexp(0, z) - y * z))
        if loss < TARGET:
            return step, loss
        w -= lr * A.T @ (0.5 * (1 + np.tanh(z / 2)) - y) / len(A)
    return steps, loss


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Arrays steps and loss, (seeds, units)."""
    table, labels = datasets.load("breast_cancer")
    ends = np.zeros((len(seeds), len(UNITS), 2))
    for s, seed in enumerate(seeds):
        rows = np.random.default_rng(seed).choice(len(table), 256, replace=False)
        for u, units in enumerate(UNITS):
            ends[s, u] = run(scaled(table[rows], units), labels[rows], steps)
    return {"units": np.array(UNITS), "steps": ends[..., 0], "loss": ends[..., 1]}
