"""The starts that fail at a learning rate of 0.01, at smaller ones, and one more rival.

The rival has random kernels that keep nothing but their middle: no neighbours, as with the
orthogonal ones, but lengths and angles are not kept. Everything else is as in `suspects`, and
PyTorch does the training.
"""

from itertools import product
from typing import Any

import numpy as np

from lessonlib import nn
from lessonlib.datasets import load
from lessonlib.lessons.l06b.recipes import starts, suspects
from lessonlib.lessons.l06b.recipes.depth import EPOCHS

SEEDS = (0, 1, 2)
SMALL = 0.003
RUNS = {  # start, learning rate
    "start: shift 1": (SMALL, 0.001),
    "start: orthogonal kernels": (SMALL,),
    "start: random middles, shift 1": (0.01, SMALL),
}


def middles(net: Any) -> nn.Sequential:
    """Keep the middle of each kernel of the blocks, and nothing of its neighbours."""
    for block in list(net)[3:-3]:
        for layer in block.branch:
            if isinstance(layer, nn.Conv2d):
                weight = layer.weight.data
                middle = weight[:, :, 1, 1].copy()
                weight[...] = 0
                weight[:, :, 1, 1] = middle
    return net


def started(name: str, rng: np.random.Generator) -> nn.Sequential:
    """The network of a run before its training."""
    if name in starts.SHIFTS:
        return starts.started(starts.SHIFTS[name], rng)
    if name in suspects.RUNS:
        return suspects.started(suspects.RUNS[name], rng)
    return middles(suspects.started(suspects.Run(shift=1.0), rng))


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """runs, rates (runs,); loss, batch, validation (seeds, runs).

    loss : of all training digits, in evaluation mode;  validation : accuracy
    batch : the mean loss of the batches of the last pass
    """
    parts = [load("digits", split=split, flat=False) for split in ("train", "validation")]
    runs = [(name, lr) for name, rates in RUNS.items() for lr in rates]
    made = np.zeros((len(seeds), len(runs), 3))
    for (s, seed), (k, (name, lr)) in product(enumerate(seeds), enumerate(runs)):
        rng = np.random.default_rng(seed)
        run = suspects.Run(lr=lr, epochs=epochs)
        fitted, right, passes = suspects.trained_from(started(name, rng), run, rng, *parts)
        made[s, k] = fitted, passes[-1], right
    loss, batch, validation = made.transpose(2, 0, 1)
    return {
        "runs": np.array([name for name, _ in runs]),
        "rates": np.array([lr for _, lr in runs]),
        "loss": loss,
        "batch": batch,
        "validation": validation,
    }
