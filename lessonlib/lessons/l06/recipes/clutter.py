"""Digits among the pieces of others: what reads them, and what does not.

Networks see new scenes of the training digits in every pass, the same ones for all; two of them
are trained again, five times as long. The nearest neighbours keep the first ten, as they are,
centred, or nothing but the largest piece, centred. Kernels that are not trained slide over them:
the training digits, or a few centres of these. All are read on one set of test scenes for each
seed.
"""

from collections.abc import Callable, Iterable

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import load
from lessonlib.lessons.l06.centres import centres
from lessonlib.lessons.l06.scenes import largest_piece, middled, scenes
from lessonlib.training import accuracy, fit, predict

SEEDS = (0, 1, 2)
EPOCHS, BATCH, KEPT = 20, 32, 10
LONGER = 5  # times as many passes


def mlp(hidden: int, rng: np.random.Generator) -> nn.Sequential:
    """400 - hidden - 10 with ReLU."""
    first, last = nn.Linear(400, hidden, rng=rng), nn.Linear(hidden, 10, rng=rng)
    return nn.Sequential(nn.Flatten(), first, nn.ReLU(), last)


def cnn(rng: np.random.Generator) -> nn.Sequential:
    """12 and 24 kernels of 5 x 5, the maximum over the whole map, ten scores."""
    first = nn.Conv2d(1, 12, 5, padding=2, rng=rng), nn.ReLU(), nn.MaxPool2d(2)
    second = nn.Conv2d(12, 24, 5, padding=2, rng=rng), nn.ReLU(), nn.MaxPool2d(10)
    return nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(24, 10, rng=rng))


# network: how it is built, the learning rates that validation chooses from
NETWORKS: dict[str, tuple[Callable[[np.random.Generator], nn.Sequential], tuple[float, ...]]] = {
    "MLP 13,162": (lambda rng: mlp(32, rng), (0.001, 0.005)),
    "MLP 105,226": (lambda rng: mlp(256, rng), (0.001, 0.005)),
    "CNN 7,786": (cnn, (0.005,)),
}
AGAIN = {"MLP 105,226, 100 passes": "MLP 105,226", "CNN 7,786, 100 passes": "CNN 7,786"}
KEEPING = ("1-NN", "1-NN, centred", "1-NN, largest piece", "training digits as kernels")
# a few kernels in place of 1,007: how many centres of each digit
FEW = {"10 mean digits as kernels": 1, "60 centres as kernels": 6}
NAMES = (*NETWORKS, *AGAIN, *KEEPING, *FEW)


def network(
    name: str, lr: float, passes: Iterable[np.ndarray], epochs: int, y: np.ndarray, seed: int
) -> nn.Sequential:
    """Train by Adam with a cosine schedule; `passes` gives the scenes of each of the epochs."""
    rng = np.random.default_rng(seed)
    model = NETWORKS[name][0](rng)
    optimizer = optim.Adam(model.parameters(), lr=lr)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    loss = nn.CrossEntropyLoss()
    for seen in passes:
        fit(
            model, loss, optimizer, seen[:, None], y, rng=rng,
            epochs=1, batch_size=BATCH, scheduler=scheduler, progress=False,
        )  # fmt: skip
    return model.eval()


def longer(
    name: str, lr: float, X: np.ndarray, y: np.ndarray, epochs: int, seed: int
) -> nn.Sequential:
    """A network trained for more epochs, with scenes of its own."""
    rng = np.random.default_rng((seed, 1))
    return network(name, lr, (scenes(X, rng) for _ in range(epochs)), epochs, y, seed)


def nearest(kept: np.ndarray, labels: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The label of the nearest scene that was kept."""
    rows, kept = seen.reshape(len(seen), -1), kept.reshape(len(kept), -1)
    lengths = np.sum(kept**2, axis=1)
    parts = np.array_split(rows, 1 + len(rows) // 50)
    return labels[np.concatenate([(lengths - 2 * p @ kept.T).argmin(axis=1) for p in parts])]


def length_1(images: np.ndarray) -> np.ndarray:
    """Images as rows, each divided by its length."""
    rows = images.reshape(len(images), -1)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def slid(images: np.ndarray, labels: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Images as kernels of length 1: the label of the one that answers most anywhere."""
    side, kernels = images.shape[1:], length_1(images)
    answers = []
    for scene in seen:
        windows = np.lib.stride_tricks.sliding_window_view(scene, side)
        maps = kernels @ windows.reshape(-1, kernels.shape[1]).T  # kernels, places
        answers.append(maps.max(axis=1).argmax())
    return labels[np.array(answers)]


def few(
    images: np.ndarray, labels: np.ndarray, each: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Centres of the images of length 1, `each` for every digit, as images, with their labels."""
    found, of = centres(length_1(images), labels, each, np.random.default_rng(seed))
    return found.reshape(-1, *images.shape[1:]), of


def make(
    seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS, names: tuple[str, ...] = NAMES
) -> dict[str, np.ndarray]:
    """Test accuracy (seeds, models), and the learning rate that was chosen (0 for memories)."""
    parts = [load("digits", split=part, flat=False) for part in ("train", "validation", "test")]
    (X, y), (valid, valid_y), (test, test_y) = parts
    found, chosen = np.zeros((2, len(seeds), len(names)))
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        passes = [scenes(X, rng) for _ in range(epochs)]
        valid_seen, test_seen = scenes(valid, rng), scenes(test, rng)
        kept, labels = np.concatenate(passes[:KEPT]), np.tile(y, min(KEPT, epochs))
        for m, name in enumerate(names):
            if name in NETWORKS:
                lrs = NETWORKS[name][1]
                tried = {lr: network(name, lr, passes, epochs, y, seed) for lr in lrs}
                hits = {
                    lr: accuracy(predict(model, valid_seen[:, None]), valid_y)
                    for lr, model in tried.items()
                }
                chosen[s, m] = max(hits, key=lambda lr: hits[lr])
                answers = predict(tried[chosen[s, m]], test_seen[:, None]).argmax(axis=1)
            elif name in AGAIN:  # the learning rate that was chosen for the shorter training
                chosen[s, m] = lr = chosen[s, names.index(AGAIN[name])]
                model = longer(AGAIN[name], lr, X, y, LONGER * epochs, seed)
                answers = predict(model, test_seen[:, None]).argmax(axis=1)
            elif name == "1-NN":
                answers = nearest(kept, labels, test_seen)
            elif name == "1-NN, centred":
                answers = nearest(middled(kept), labels, middled(test_seen))
            elif name == "1-NN, largest piece":
                pieces = middled(largest_piece(kept)), middled(largest_piece(test_seen))
                answers = nearest(pieces[0], labels, pieces[1])
            elif name in FEW:
                answers = slid(*few(X, y, FEW[name], seed), test_seen)
            else:
                answers = slid(X, y, test_seen)
            found[s, m] = np.mean(answers == test_y)
    return {"names": np.array(names), "accuracy": found, "chosen": chosen}
