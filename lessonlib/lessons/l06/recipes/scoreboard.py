"""Scoreboard: LeNet, and a convolutional network with as few weights as a small MLP."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets.images import shifted
from lessonlib.models import lenet, small_cnn
from lessonlib.scoreboard import canvas, largest_score, measure
from lessonlib.training import fit, predict

SEEDS = (0, 1, 2, 3, 4)
EPOCHS, BATCH = 20, 32

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


# model: how it is built, lr, what is done to the images before each epoch, epochs
MODELS: dict[str, tuple[Callable[..., nn.Sequential], float, Change | None, int]] = {
    "LeNet": (lenet, 0.003, None, EPOCHS),
    "CNN": (small_cnn, 0.01, None, EPOCHS),
    "CNN, digits shifted": (small_cnn, 0.01, shifted, 2 * EPOCHS),
}


def train(
    model: nn.Module, lr: float, change: Change | None, epochs: int, rng: np.random.Generator
) -> nn.Module:
    """Adam with a cosine schedule on the canvas; `change` gives the images of each epoch."""
    X, y = canvas("train")
    optimizer = optim.Adam(model.parameters(), lr=lr)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    settings: dict[str, Any] = {
        "epochs": 1,
        "batch_size": BATCH,
        "scheduler": scheduler,
        "progress": False,
    }
    for _ in range(epochs):
        seen = change(X, rng) if change else X
        fit(model, nn.CrossEntropyLoss(), optimizer, seen[:, None], y, rng=rng, **settings)
    return model


def make(seeds: tuple[int, ...] = SEEDS, share: float = 1.0) -> dict[str, np.ndarray]:
    """Rows (seeds, models, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train.

    share : of the epochs, for a shortened run
    """
    rows = np.zeros((len(seeds), len(MODELS), 5))
    for s, seed in enumerate(seeds):
        for m, (build, lr, change, epochs) in enumerate(MODELS.values()):
            rng = np.random.default_rng(seed)
            start = time.process_time()
            model = train(build(rng=rng), lr, change, max(1, round(share * epochs)), rng)
            seconds = time.process_time() - start
            test = measure(largest_score(partial(predict, model), (1, 12, 12)))
            rows[s, m] = (sum(p.data.size for p in model.parameters()), *test, seconds)
    return {"names": np.array(list(MODELS)), "rows": rows}
