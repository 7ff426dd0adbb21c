"""Rows of the scoreboard for one network under three optimisers, each at a rate chosen before.

144-64-32-10 with ReLU, batches of 64, 30 passes. The rates are those with the lowest validation
loss of a small grid (SGD 0.1, 0.3, 1; momentum 0.03, 0.1, 0.3; Adam 0.003, 0.01, 0.03), seed 0.
"""

import time

import numpy as np

from lessonlib import nn, optim
from lessonlib.scoreboard import canvas, measure
from lessonlib.training import evaluate, fit

SEEDS = (0, 1, 2, 3, 4)
EPOCHS = 30
RULES = {
    "MLP 64-32, SGD": (optim.SGD, {}, (0.1, 0.3, 1.0)),
    "MLP 64-32, momentum": (optim.SGD, {"momentum": 0.9}, (0.03, 0.1, 0.3)),
    "MLP 64-32, Adam": (optim.Adam, {}, (0.003, 0.01, 0.03)),
}


def network(rng: np.random.Generator) -> nn.Sequential:
    """The network of every row, freshly drawn."""
    first, second, last = (nn.Linear(a, b, rng=rng) for a, b in ((144, 64), (64, 32), (32, 10)))
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), last)


def train(rule: str, lr: float, seed: int, epochs: int = EPOCHS) -> tuple[nn.Sequential, float]:
    """A trained network and its validation loss."""
    kind, settings, _ = RULES[rule]
    rng = np.random.default_rng(seed)
    net, loss = network(rng), nn.CrossEntropyLoss()
    (X, y), (valid_X, valid_y) = canvas("train"), canvas("validation")
    X, valid_X = X.reshape(len(X), -1), valid_X.reshape(len(valid_X), -1)
    optimizer = kind(list(net.parameters()), lr, **settings)
    fit(net, loss, optimizer, X, y, rng=rng, epochs=epochs, batch_size=64, progress=False)
    return net.eval(), evaluate(net, loss, valid_X, valid_y)["loss"]


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Rows (seeds, models, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train."""
    rows, chosen = np.zeros((len(seeds), len(RULES), 5)), []
    for m, (rule, (_, _, rates)) in enumerate(RULES.items()):
        losses = [train(rule, lr, seeds[0], epochs)[1] for lr in rates]
        chosen.append(rates[int(np.argmin(losses))])
        for s, seed in enumerate(seeds):
            start = time.process_time()
            net, _ = train(rule, chosen[m], seed, epochs)
            seconds = time.process_time() - start
            test = measure(lambda images, net=net: net(images).argmax(axis=1))
            size = sum(p.data.size for p in net.parameters())
            rows[s, m] = (size, *test, seconds)
    return {"names": np.array(list(RULES)), "rows": rows, "rates": np.array(chosen)}
