"""Rows of the scoreboard for one network under three optimizers, each with an lr chosen before.

144-64-32-10 with ReLU, batches of 64, 30 epochs. The lr of each optimizer is the one with the
lowest validation loss of a small grid (SGD 0.1, 0.3, 1; momentum 0.03, 0.1, 0.3; Adam 0.003, 0.01,
0.03), seed 0.
"""

import time

import numpy as np

from lessonlib import nn, optim
from lessonlib.scoreboard import canvas, largest_score, measure
from lessonlib.training import evaluate, fit

SEEDS = (0, 1, 2, 3, 4)
EPOCHS = 30
# name of the row: class of the optimizer, its settings, the grid of learning rates
OPTIMIZERS = {
    "MLP 64-32, SGD": (optim.SGD, {}, (0.1, 0.3, 1.0)),
    "MLP 64-32, momentum": (optim.SGD, {"momentum": 0.9}, (0.03, 0.1, 0.3)),
    "MLP 64-32, Adam": (optim.Adam, {}, (0.003, 0.01, 0.03)),
}


def network(rng: np.random.Generator) -> nn.Sequential:
    """The network of every row, freshly drawn."""
    first, second, last = (nn.Linear(a, b, rng=rng) for a, b in ((144, 64), (64, 32), (32, 10)))
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), last)


def train(name: str, lr: float, seed: int, epochs: int = EPOCHS) -> tuple[nn.Sequential, float]:
    """A trained network and its validation loss."""
    optimizer_class, settings, _ = OPTIMIZERS[name]
    rng = np.random.default_rng(seed)
    net = network(rng)
    loss = nn.CrossEntropyLoss()
    X, y = canvas("train")
    X = X.reshape(len(X), -1)
    valid_X, valid_y = canvas("validation")
    valid_X = valid_X.reshape(len(valid_X), -1)
    optimizer = optimizer_class(list(net.parameters()), lr, **settings)
    fit(net, loss, optimizer, X, y, rng=rng, epochs=epochs, batch_size=64, progress=False)
    return net.eval(), evaluate(net, loss, valid_X, valid_y)["loss"]


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Rows (seeds, models, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train."""
    rows = np.zeros((len(seeds), len(OPTIMIZERS), 5))
    chosen = []
    for m, (name, (_, _, grid)) in enumerate(OPTIMIZERS.items()):
        losses = [train(name, lr, seeds[0], epochs)[1] for lr in grid]
        chosen.append(grid[int(np.argmin(losses))])
        for s, seed in enumerate(seeds):
            start = time.process_time()
            net, _ = train(name, chosen[m], seed, epochs)
            seconds = time.process_time() - start
            test = measure(largest_score(net))
            size = sum(p.data.size for p in net.parameters())
            rows[s, m] = (size, *test, seconds)
    return {"names": np.array(list(OPTIMIZERS)), "rows": rows, "rates": np.array(chosen)}
