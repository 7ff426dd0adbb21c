"""A rival of the start near the identity: orthogonal kernels, in 56 plain layers.

Each kernel keeps nothing but its middle, and there an orthogonal matrix: in front of the norm the
layer keeps every length and every angle, but mixes the channels. Once as it is, and once with a
shift of 1 in every batch norm. Everything else is as in `depth`. The runs with the shift depend on
the last digits of the arithmetic: `patience` repeats them in PyTorch.
"""

import math
from typing import Any

import numpy as np

from lessonlib import nn
from lessonlib.datasets import load
from lessonlib.lessons.l06b.recipes.depth import BATCH, EPOCHS, network, train
from lessonlib.training import evaluate, predict

SEEDS = (0, 1, 2, 3, 4, 5, 6, 7)
SHIFTS = {"start: orthogonal kernels": 0.0, "start: orthogonal kernels, shift 1": 1.0}


def started(shift: float, rng: np.random.Generator) -> nn.Sequential:
    """56 plain layers with orthogonal kernels and this shift in every batch norm."""
    net: Any = network("plain", 56, rng)  # of ResidualBlocks
    for block in list(net)[3:-3]:
        for layer in block.branch:
            if isinstance(layer, nn.BatchNorm2d):
                layer.bias.data[...] = shift  # type: ignore[union-attr]  # it has one
            elif isinstance(layer, nn.Conv2d):
                weight = layer.weight.data
                middle = np.linalg.qr(weight[:, :, 1, 1])[0]
                weight[...] = 0
                weight[:, :, 1, 1] = middle
    return net


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """loss, batch, validation (seeds, runs).

    loss : of all training digits, in evaluation mode;  validation : accuracy
    batch : the mean loss of the batches of the last pass
    """
    parts = [load("digits", split=split, flat=False) for split in ("train", "validation")]
    (X, y), (V, v) = ((images[:, None], labels) for images, labels in parts)
    rows, one_pass = np.zeros((len(seeds), len(SHIFTS), 3)), math.ceil(len(X) / BATCH)
    for s, seed in enumerate(seeds):
        for k, shift in enumerate(SHIFTS.values()):
            rng = np.random.default_rng(seed)
            net = started(shift, rng)
            steps = train(net, X, y, rng, epochs)
            fitted = evaluate(net, nn.CrossEntropyLoss(), X, y)["loss"]
            right = np.mean(predict(net, V).argmax(axis=1) == v)
            rows[s, k] = fitted, np.mean(steps[-one_pass:]), right
    loss, batch, validation = rows.transpose(2, 0, 1)
    return {
        "runs": np.array(list(SHIFTS)),
        "loss": loss,
        "batch": batch,
        "validation": validation,
    }
