"""Nine layers at five learning rates, without and with normalisation: where each still learns.

64-64-...-64-10 with ReLU, He initialisation, gradient descent, batches of 128, 5 epochs on the
digits; validation accuracy. The same for fifty layers at three rates, after 15 epochs.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib import init, nn, optim
from lessonlib.datasets import load
from lessonlib.training import accuracy, fit, predict

SEEDS = (0, 1, 2, 3, 4)
LAYERS = 9
WIDTH = 64
EPOCHS = 5
LEARNING_RATES = (0.03, 0.1, 0.3, 1.0, 3.0)
Norm = Callable[[int], nn.Module]  # from the number of features
NORMS: dict[str, Norm | None] = {
    "plain": None,
    "batch norm": nn.BatchNorm1d,
    "layer norm": nn.LayerNorm,
}
FIFTY = 50
FIFTY_EPOCHS = 15
FIFTY_RATES = (0.01, 0.1, 1.0)


def network(
    rng: np.random.Generator, norm: Norm | None, inputs: int = WIDTH, depth: int = LAYERS
) -> nn.Sequential:
    """Linear layers, all but the last followed by the normalisation (if any) and ReLU."""
    layers = []
    for k in range(depth - 1):
        linear = nn.Linear(inputs if k == 0 else WIDTH, WIDTH, rng=rng)
        init.kaiming_normal_(linear.weight, nonlinearity="relu", generator=rng)
        init.constant_(linear.bias, 0.0)
        layers += [linear, *([norm(WIDTH)] if norm else []), nn.ReLU()]
    last = nn.Linear(WIDTH, 10, rng=rng)
    init.xavier_normal_(last.weight, generator=rng)
    init.constant_(last.bias, 0.0)
    return nn.Sequential(*layers, last)


def score(
    norm: Norm | None, lr: float, seed: int, epochs: int = EPOCHS, depth: int = LAYERS
) -> float:
    """Validation accuracy of one network."""
    rng = np.random.default_rng(seed)
    X, y = load("digits")
    valid_X, valid_y = load("digits", split="validation")
    mean = X.mean(axis=0)
    net = network(rng, norm, depth=depth)
    optimizer = optim.SGD(list(net.parameters()), lr)
    settings: dict[str, Any] = {"epochs": epochs, "batch_size": 128, "progress": False}
    with np.errstate(all="ignore"):  # a run that explodes is a result here
        fit(net, nn.CrossEntropyLoss(), optimizer, X - mean, y, rng=rng, **settings)
        return accuracy(predict(net, valid_X - mean), valid_y)


def make(
    seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS, fifty_epochs: int = FIFTY_EPOCHS
) -> dict[str, np.ndarray]:
    """Accuracies (seeds, norms, rates), with "names" and "rates"; "fifty" for fifty layers.

    The fifty are plain or with batch norm, at "fifty rates".
    """
    accuracies = [
        [[score(norm, lr, seed, epochs) for lr in LEARNING_RATES] for norm in NORMS.values()]
        for seed in seeds
    ]
    fifty = [
        [
            [score(NORMS[name], lr, seed, fifty_epochs, FIFTY) for lr in FIFTY_RATES]
            for name in ("plain", "batch norm")
        ]
        for seed in seeds
    ]
    return {
        "names": np.array(list(NORMS)),
        "rates": np.array(LEARNING_RATES),
        "accuracy": np.array(accuracies),
        "fifty rates": np.array(FIFTY_RATES),
        "fifty": np.array(fifty),
    }
