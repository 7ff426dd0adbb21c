"""Which part of the CNN reads moved digits? One part at a time is exchanged, or taken away.

Every network is trained on the digits in the middle of the canvas, and reads validation digits that
are moved. Kernels are shared, or every place has its own; after them comes the maximum of each
window, its mean, or one pixel of it (which is a stride), or one of each. The mean is trained once
more, four times as long. In four more, the second maximum runs over the whole map, on this canvas
and on one with a wider frame, or the kernels stay at their random start, as many as the CNN has and
four times as many.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import shift
from lessonlib.lessons.l06.recipes.cross import OwnKernels
from lessonlib.models import small_cnn
from lessonlib.scoreboard import DIRECTIONS, canvas
from lessonlib.training import fit, predict

SEEDS = (0, 1, 2, 3, 4)
EPOCHS, BATCH = 20, 32
LRS = (0.003, 0.01)


class Every(nn.Module):
    """Keep the first pixel of each window of `step` x `step`: what a stride does to a map."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Maps (N, C, H, W) to (N, C, H / step, W / step)."""
        self._push(x.shape)
        return np.ascontiguousarray(x[:, :, :: self.step, :: self.step])

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Gradient for x: 0 at the pixels that were passed over."""
        dx = np.zeros(self._pop(), dy.dtype)
        dx[:, :, :: self.step, :: self.step] = dy
        return dx


def network(
    rng: np.random.Generator,
    *,
    own: bool = False,
    pools: Sequence[Callable[[int], nn.Module]] = (nn.MaxPool2d, nn.MaxPool2d),
    whole: bool = False,
    side: int = 12,
) -> nn.Sequential:
    """`small_cnn`, with kernels of their own, other poolings, or one over the whole map."""

    def layer(c_in: int, c_out: int, size: int) -> nn.Module:
        if own:
            return OwnKernels(c_in, c_out, 3, size, rng)
        return nn.Conv2d(c_in, c_out, 3, padding=1, rng=rng)

    first = layer(1, 12, side), nn.ReLU(), pools[0](2)
    second = layer(12, 24, side // 2), nn.ReLU(), pools[1](side // 2 if whole else 3)
    seen = 24 if whole else 96
    return nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(seen, 10, rng=rng))


MEAN_LONGER, LONGER = "shared, mean, 80 passes", 4  # times as many passes

# network: how it differs from the CNN
NETWORKS: dict[str, dict[str, Any]] = {
    "shared kernels, maximum": {},
    "shared kernels, mean": {"pools": (nn.AvgPool2d, nn.AvgPool2d)},
    MEAN_LONGER: {"pools": (nn.AvgPool2d, nn.AvgPool2d)},
    "shared, maximum then stride": {"pools": (nn.MaxPool2d, Every)},
    "shared, stride then maximum": {"pools": (Every, nn.MaxPool2d)},
    "shared kernels, stride": {"pools": (Every, Every)},
    "own kernels, maximum": {"own": True},
    "own kernels, mean": {"own": True, "pools": (nn.AvgPool2d, nn.AvgPool2d)},
    "own kernels, stride": {"own": True, "pools": (Every, Every)},
    "shared, whole map": {"whole": True},
    "shared, whole map, 20 x 20": {"whole": True, "side": 20},
}
# random kernels, with maxima: how many in the first and in the second layer
RANDOM = {"random kernels": (12, 24), "random kernels, 4 times": (48, 96)}
NAMES = (*NETWORKS, *RANDOM)


def framed(images: np.ndarray, name: str) -> np.ndarray:
    """Images (N, 12, 12) as a network reads them: (N, 1, side, side)."""
    frame = (NETWORKS[name].get("side", 12) - 12) // 2 if name in NETWORKS else 0
    return np.pad(images, ((0, 0), (frame, frame), (frame, frame)))[:, None]


def trained_network(name: str, lr: float, seed: int, epochs: int) -> nn.Sequential:
    """Train by Adam with a cosine schedule on the digits in the middle."""
    (X, y), rng = canvas("train"), np.random.default_rng(seed)
    model = network(rng, **NETWORKS[name])
    optimizer = optim.Adam(model.parameters(), lr=lr)
    epochs *= LONGER if name == MEAN_LONGER else 1
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    loss = nn.CrossEntropyLoss()
    fit(
        model, loss, optimizer, framed(X, name), y, rng=rng,
        epochs=epochs, batch_size=BATCH, scheduler=scheduler, progress=False,
    )  # fmt: skip
    return model.eval()


def random_features(name: str, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """What the CNN's layers before the last make of images, with their kernels left random."""
    model = small_cnn(RANDOM[name], rng=np.random.default_rng(seed)).eval()[:-1]
    return lambda images: predict(model, images.reshape(-1, 1, 12, 12))


def last_layer(features: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Logistic regression on features of equal spread: what it answers to others."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    return model.fit(features, y).predict


def answers_of(name: str, lr: float, seed: int, epochs: int) -> Callable[[np.ndarray], np.ndarray]:
    """What a trained network answers to images (N, 12, 12)."""
    if name in RANDOM:
        X, y = canvas("train")
        features = random_features(name, seed)
        last = last_layer(features(X), y)
        return lambda images: last(features(images))
    model = trained_network(name, lr, seed, epochs)
    return lambda images: predict(model, framed(images, name)).argmax(axis=1)


def at_shifts(answer: Callable[[np.ndarray], np.ndarray]) -> list[float]:
    """Validation accuracy of digits moved by 0, 1 and 2 pixels, the mean of four directions."""
    X, y = canvas("validation")
    moves = [[shift(X, s * a, s * b) for a, b in DIRECTIONS] for s in (0, 1, 2)]
    return [float(np.mean([np.mean(answer(moved) == y) for moved in four])) for four in moves]


def make(
    seeds: tuple[int, ...] = SEEDS, share: float = 1.0, names: tuple[str, ...] = NAMES
) -> dict[str, np.ndarray]:
    """Accuracy (seeds, networks, learning rates, shifts).

    share : of the passes, for a short run. The random kernels have no learning rate
    """
    epochs = max(1, round(share * EPOCHS))
    found = np.zeros((len(seeds), len(names), len(LRS), 3))
    for s, seed in enumerate(seeds):
        for m, name in enumerate(names):
            if name in RANDOM:
                found[s, m] = at_shifts(answers_of(name, 0, seed, epochs))
                continue
            for k, lr in enumerate(LRS):
                found[s, m, k] = at_shifts(answers_of(name, lr, seed, epochs))
    return {"names": np.array(names), "accuracy": found}
