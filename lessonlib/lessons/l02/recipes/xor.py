"""XOR learned from 20 random starts: two or four hidden units, ReLU or tanh, two optimizers."""

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import xor

SEEDS = tuple(range(20))
HIDDEN = (2, 4)
STEPS, PLAIN_STEPS = 400, 4000


def train(
    hidden: int, seed: int, steps: int = STEPS, bend: str = "Tanh", plain: bool = False
) -> tuple[float, float, np.ndarray]:
    """Final loss, accuracy on the four points, and which unit is on at which point (4, hidden).

    All points are in every step. The optimizer is Adam with lr 0.05; or, where `plain`, gradient
    descent with lr 0.5.
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
    parameters = model.parameters()
    optimizer = optim.SGD(parameters, lr=0.5) if plain else optim.Adam(parameters, lr=0.05)
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

    `relu_dead` and `relu_bends` (2, n): units that are on at none, and at some but not all, of the
    four points; `plain_accuracy` (n,): two tanh units and gradient descent, ten times the steps.
    """
    tanh = [[train(hidden, seed) for seed in seeds] for hidden in HIDDEN]
    relu = [[train(hidden, seed, bend="ReLU") for seed in seeds] for hidden in HIDDEN]
    on = [[run[2].sum(axis=0) for run in runs] for runs in relu]
    plain = [train(2, seed, PLAIN_STEPS, plain=True)[1] for seed in seeds]
    return {
        "hidden": np.array(HIDDEN),
        "loss": np.array([[run[0] for run in runs] for runs in tanh]),
        "accuracy": np.array([[run[1] for run in runs] for runs in tanh]),
        "relu_loss": np.array([[run[0] for run in runs] for runs in relu]),
        "relu_accuracy": np.array([[run[1] for run in runs] for runs in relu]),
        "relu_dead": np.array([[np.sum(run == 0) for run in runs] for runs in on]),
        "relu_bends": np.array([[np.sum((run > 0) & (run < 4)) for run in runs] for runs in on]),
        "plain_accuracy": np.array(plain),
    }
