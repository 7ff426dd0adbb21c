"""Plain against residual networks of 6, 20 and 56 layers, and two shortcuts built wrongly.

Digits (1, 8, 8); 3 x 3 convolution to 8 channels, ReLU, max pooling to 4 x 4; n blocks of two
convolutions with batch norm; mean over 2 x 2 regions, linear. 2n + 2 layers with weights. Adam at
0.01, warm-up over 30 % of the steps, then a cosine; batches of 128, 10 passes. The losses are taken
after training, in evaluation mode, on the digits that were trained on.
"""

import math
from collections.abc import Callable

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import load
from lessonlib.training import evaluate, fit, predict

SEEDS = (0, 1, 2, 3, 4)
DEPTHS = (6, 20, 56)
KINDS = ("plain", "residual")
WRONG = ("half of x added", "shortcut forgotten on the way back")
EPOCHS, BATCH, RATE = 10, 128, 0.01


class Block(nn.Module):
    """Two convolutions with batch norm.   y = relu(branch(x) + scale x)

    scale    : 1 residual, 0 plain
    backward : False leaves the shortcut out of the backward pass: a wrong gradient
    """

    def __init__(
        self, channels: int, rng: np.random.Generator, scale: float = 1.0, back: bool = True
    ) -> None:
        super().__init__()
        conv = {"kernel_size": 3, "padding": 1, "bias": False, "rng": rng}
        self.branch = nn.Sequential(
            nn.Conv2d(channels, channels, **conv),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, **conv),
            nn.BatchNorm2d(channels),
        )
        self.out = nn.ReLU()
        self.scale, self.back = scale, back

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (N, C, H, W) to the same shape."""
        return self.out(self.branch(x) + self.scale * x)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy to dx: by the branch, and by the shortcut unless told to forget it."""
        dy = self.out.backward(dy)
        dx = self.branch.backward(dy)
        return dx + self.scale * dy if self.back else dx


def network(kind: str, layers: int, rng: np.random.Generator, channels: int = 8) -> nn.Sequential:
    """A network of one of KINDS or WRONG with `layers` layers that have weights."""
    scale = {"plain": 0.0, WRONG[0]: 0.5}.get(kind, 1.0)
    first = nn.Conv2d(1, channels, 3, padding=1, rng=rng)
    first.needs_dx = False
    blocks = [Block(channels, rng, scale, back=kind != WRONG[1]) for _ in range((layers - 2) // 2)]
    end = nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * channels, 10, rng=rng)
    return nn.Sequential(first, nn.ReLU(), nn.MaxPool2d(2), *blocks, *end)


def warm_cosine(total: int) -> Callable[[int], float]:
    """Rate / highest rate at each step: up over 30 % of the steps, then half a cosine to 0."""
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
    rate: float = RATE,
) -> np.ndarray:
    """Train with Adam; the loss of every step."""
    rule = optim.Adam(net.parameters(), rate)
    factor = warm_cosine(epochs * math.ceil(len(X) / batch))
    schedule = optim.lr_scheduler.LambdaLR(rule, factor)
    settings = {"epochs": epochs, "batch_size": batch, "progress": False}
    settings |= {"scheduler": schedule, "schedule_every": "step"}
    return fit(net, nn.CrossEntropyLoss(), rule, X, y, rng=rng, **settings).column("loss")


def score(
    kind: str, layers: int, seed: int, epochs: int = EPOCHS
) -> tuple[float, float, np.ndarray]:
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
