"""56 plain layers without a rim: circular instead of zero padding in the blocks.

Around each map the convolutions of the blocks read the other side of the map instead of zeros. The
kernels are those that `depth` draws, and the training is that of `depth`, at its rate of 0.01.
Once each batch norm starts with a shift of 1, and once with the usual 0.
"""

import math
from typing import Any

import numpy as np

from lessonlib import nn
from lessonlib.datasets import load
from lessonlib.lessons.l06b.recipes.depth import BATCH, EPOCHS, network, train
from lessonlib.training import evaluate, predict

SEEDS = (0, 1, 2)
SHIFTS = {"shift 1, circular": 1.0, "shift 0, circular": 0.0}
RIM = ((0, 0), (0, 0), (1, 1), (1, 1))


class CircularConv2d(nn.Conv2d):
    """A 3 x 3 convolution that goes on at the other side of the map, where others read zeros."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (N, C, H, W) to maps of the same size."""
        return super().forward(np.pad(x, RIM, "wrap"))

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy to dx: what the rim read goes back to the other side."""
        dx = super().backward(dy)
        dx[:, :, [-2, 1]] += dx[:, :, [0, -1]]
        dx[..., [-2, 1]] += dx[..., [0, -1]]
        return dx[:, :, 1:-1, 1:-1]


def circular(layer: nn.Module) -> nn.Module:
    """The same layer, a convolution with the same kernels and circular padding."""
    if not isinstance(layer, nn.Conv2d):
        return layer
    channels = len(layer.weight.data)
    made = CircularConv2d(channels, channels, 3, bias=False)
    made.weight = layer.weight
    return made


def started(shift: float, rng: np.random.Generator, layers: int = 56) -> nn.Sequential:
    """A plain network with circular padding and this shift in every batch norm."""
    net: Any = network("plain", layers, rng)  # of ResidualBlocks
    for block in list(net)[3:-3]:
        branch = [circular(layer) for layer in block.branch]
        block.branch = nn.Sequential(*branch)
        for layer in branch:
            if isinstance(layer, nn.BatchNorm2d):
                layer.bias.data[...] = shift  # type: ignore[union-attr]  # it has one
    return net


def make(
    seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS, layers: int = 56
) -> dict[str, np.ndarray]:
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
            net = started(shift, rng, layers)
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
