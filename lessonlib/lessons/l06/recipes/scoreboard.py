"""Scoreboard: LeNet, and a convolutional network with as few weights as a small MLP."""

import time
from collections.abc import Callable

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets.images import shifted
from lessonlib.scoreboard import canvas, measure
from lessonlib.training import batches, predict

SEEDS = (0, 1, 2, 3, 4)
EPOCHS, BATCH = 20, 32


def lenet(rng: np.random.Generator) -> nn.Sequential:
    """LeNet-5's order of layers on a 12 x 12 canvas, with maximum pooling: 30,986 parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2, rng=rng),
        nn.Tanh(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5, padding=2, rng=rng),
        nn.Tanh(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(144, 120, rng=rng),
        nn.Tanh(),
        nn.Linear(120, 84, rng=rng),
        nn.Tanh(),
        nn.Linear(84, 10, rng=rng),
    )


def cnn(rng: np.random.Generator) -> nn.Sequential:
    """Two convolutions and one linear layer: 3,706 parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(12, 24, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(3),
        nn.Flatten(),
        nn.Linear(96, 10, rng=rng),
    )


# model: how it is built, learning rate, whether each image is shifted anew in each epoch, epochs
MODELS: dict[str, tuple[Callable[[np.random.Generator], nn.Sequential], float, bool, int]] = {
    "LeNet": (lenet, 0.003, False, EPOCHS),
    "CNN": (cnn, 0.01, False, EPOCHS),
    "CNN, digits shifted": (cnn, 0.01, True, 2 * EPOCHS),
}


def train(
    model: nn.Module, rate: float, augment: bool, epochs: int, rng: np.random.Generator
) -> nn.Module:
    """Adam with a cosine schedule on the canvas; `augment` shifts each image anew each epoch."""
    X, y = canvas("train")
    loss = nn.CrossEntropyLoss()
    descent = optim.Adam(model.parameters(), lr=rate)
    schedule = optim.lr_scheduler.CosineAnnealingLR(descent, epochs)
    for _ in range(epochs):
        seen = (shifted(X, rng) if augment else X)[:, None]
        for batch in batches(len(X), BATCH, rng):
            descent.zero_grad()
            loss(model(seen[batch]), y[batch])
            model.backward(loss.backward())
            descent.step()
        schedule.step()
    return model


def make(seeds: tuple[int, ...] = SEEDS, share: float = 1.0) -> dict[str, np.ndarray]:
    """Rows (seeds, models, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train.

    share : of the epochs, for a shortened run
    """
    rows = np.zeros((len(seeds), len(MODELS), 5))
    for s, seed in enumerate(seeds):
        for m, (build, rate, augment, epochs) in enumerate(MODELS.values()):
            rng = np.random.default_rng(seed)
            start = time.process_time()
            model = train(build(rng), rate, augment, max(1, round(share * epochs)), rng)
            seconds = time.process_time() - start
            test = measure(
                lambda X, model=model: predict(model, X.reshape(-1, 1, 12, 12)).argmax(axis=1)
            )
            rows[s, m] = (sum(p.data.size for p in model.parameters()), *test, seconds)
    return {"names": np.array(list(MODELS)), "rows": rows}
