"""XOR learned from 20 random starts: two or four hidden units, ReLU or tanh."""

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import xor

SEEDS = tuple(range(20))
HIDDEN = (2, 4)
STEPS, LONGER = 400, 4000


def train(
    hidden: int, seed: int, steps: int = STEPS, bend: str = "Tanh"
) -> tuple[float, float, np.ndarray]:
    """Final loss, accuracy on the four points, and which unit is on at which point (4, hidden).

    All points are in every step. The optimizer is Adam with lr 0.05.
    """
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(2, hidden, rng=rng, dtype=np.float64),
        getattr(nn, bend)(),
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
    accuracy = np.mean((scores > 0) == (target > 0))
    return float(loss.eval()(scores, target)), float(accuracy), model[0](X) > 0


def make(seeds: tuple[int, ...] = SEEDS) -> dict[str, np.ndarray]:
    """`hidden` (2,); final `loss` and `accuracy` with tanh, `relu_loss` and `relu_accuracy` (2, n).

    `longer_loss` and `relu_longer_loss` (2, n): where a run has failed, its loss after ten times
    the steps, elsewhere the same loss. `relu_dead` (2, n): units that are on at none of the points.
    """
    tanh = [[train(hidden, seed) for seed in seeds] for hidden in HIDDEN]
    relu = [[train(hidden, seed, bend="ReLU") for seed in seeds] for hidden in HIDDEN]
    on = [[run[2].sum(axis=0) for run in runs] for runs in relu]
    return {
        "hidden": np.array(HIDDEN),
        "loss": np.array([[run[0] for run in runs] for runs in tanh]),
        "accuracy": np.array([[run[1] for run in runs] for runs in tanh]),
        "longer_loss": _longer(tanh, seeds, "Tanh"),
        "relu_loss": np.array([[run[0] for run in runs] for runs in relu]),
        "relu_accuracy": np.array([[run[1] for run in runs] for runs in relu]),
        "relu_longer_loss": _longer(relu, seeds, "ReLU"),
        "relu_dead": np.array([[np.sum(run == 0) for run in runs] for runs in on]),
    }


def _longer(
    runs: list[list[tuple[float, float, np.ndarray]]], seeds: tuple[int, ...], bend: str
) -> np.ndarray:
    """The final losses (2, n) where the failed runs get ten times the steps."""
    return np.array(
        [
            [
                loss if accuracy == 1 else train(hidden, seed, LONGER, bend)[0]
                for seed, (loss, accuracy, _) in zip(seeds, row, strict=True)
            ]
            for hidden, row in zip(HIDDEN, runs, strict=True)
        ]
    )
