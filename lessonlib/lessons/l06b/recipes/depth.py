"""Plain against residual networks of 6, 20 and 56 layers, and two shortcuts built wrongly.

Digits (1, 8, 8); 3 x 3 convolution to 8 channels, ReLU, max pooling to 4 x 4; n blocks of two
convolutions with batch norm; mean over 2 x 2 regions, linear. 2n + 2 layers with weights. Adam at
0.01, warm-up over 30 % of the steps, then a cosine; batches of 128, 10 passes. The losses are taken
after training, in evaluation mode, on the digits that were trained on.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import load
from lessonlib.models import ResidualBlock, resnet
from lessonlib.training import evaluate, fit, predict

SEEDS = (0, 1, 2, 3, 4)
DEPTHS = (6, 20, 56)
EPOCHS, BATCH, LR = 10, 128, 0.01


class HalfShortcut(ResidualBlock):
    """y = relu(branch(x) + x / 2)"""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (N, C, H, W) to the same shape."""
        return self.out(self.branch(x) + 0.5 * x)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy to dx."""
        dy = self.out.backward(dy)
        return self.branch.backward(dy) + 0.5 * dy


class ForgottenShortcut(ResidualBlock):
    """A residual block with a wrong gradient: backward leaves out the shortcut."""

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy to what would be dx without the shortcut."""
        return self.branch.backward(self.out.backward(dy))


BLOCKS: dict[str, Callable[..., nn.Module]] = {
    "plain": partial(ResidualBlock, shortcut=False),
    "residual": ResidualBlock,
    "half of x added": HalfShortcut,
    "shortcut forgotten on the way back": ForgottenShortcut,
}
KINDS, WRONG = tuple(BLOCKS)[:2], tuple(BLOCKS)[2:]


def network(kind: str, layers: int, rng: np.random.Generator) -> nn.Sequential:
    """A network of one of KINDS or WRONG with `layers` layers that have weights."""
    net = resnet(layers, block=BLOCKS[kind], rng=rng)
    net[0].needs_dx = False  # the images need no gradient
    return net


def warm_cosine(total: int) -> Callable[[int], float]:
    """lr / highest lr at each step: up over 30 % of the steps, then half a cosine down to 0."""
    warm = max(1, int(0.3 * total))

    def factor(t: int) -> float:
        if t < warm:
            return (t + 1) / warm
        return (1 + math.cos(math.pi * (t - warm) / (total - warm))) / 2

    return factor


def train(
    net: nn.Module,
    X: np.ndarray,
    y: np.ndarray,
    rng: np.random.Generator,
    epochs: int = EPOCHS,
    batch: int = BATCH,
    lr: float = LR,
) -> list[float]:
    """Train with Adam; the loss of every step."""
    optimizer = optim.Adam(net.parameters(), lr)
    factor = warm_cosine(epochs * math.ceil(len(X) / batch))
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, factor)
    settings: dict[str, Any] = {"epochs": epochs, "batch_size": batch, "progress": False}
    settings |= {"scheduler": scheduler, "schedule_every": "step"}
    return fit(net, nn.CrossEntropyLoss(), optimizer, X, y, rng=rng, **settings).column("loss")


def score(
    kind: str, layers: int, seed: int, epochs: int = EPOCHS
) -> tuple[float, float, list[float]]:
    """Training loss, test accuracy, and the loss of every step."""
    (X, y), (test_X, test_y) = (load("digits", split=s, flat=False) for s in ("train", "test"))
    rng = np.random.default_rng(seed)
    net = network(kind, layers, rng)
    losses = train(net, X[:, None], y, rng, epochs)
    fitted = evaluate(net, nn.CrossEntropyLoss(), X[:, None], y)["loss"]
    return fitted, np.mean(predict(net, test_X[:, None]).argmax(axis=1) == test_y), losses


def make(
    seeds: tuple[int, ...] = SEEDS, depths: tuple[int, ...] = DEPTHS, epochs: int = EPOCHS
) -> dict[str, np.ndarray]:
    """loss, test (seeds, kinds, depths), curves (seeds, kinds, depths, steps); wrong (seeds, 2, 2).

    wrong : loss and test accuracy of the two WRONG shortcuts at the largest depth
    """
    rows = [[[score(k, n, s, epochs) for n in depths] for k in KINDS] for s in seeds]
    wrong = [[score(k, max(depths), s, epochs)[:2] for k in WRONG] for s in seeds]
    loss, test, curves = (
        np.array([[[cell[i] for cell in kind] for kind in seed] for seed in rows]) for i in range(3)
    )
    return {
        "kinds": np.array(KINDS),
        "depths": np.array(depths),
        "loss": loss,
        "test": test,
        "curves": curves.astype(np.float32),
        "wrong_kinds": np.array(WRONG),
        "wrong": np.array(wrong),
    }
