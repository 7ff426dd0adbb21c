"""The small network of lesson 06's explorer, trained on digits that are moved, turned and resized.

Drawings by hand stand anywhere, so each image is sampled anew in each epoch through a random turn,
change of size and shift, by bilinear interpolation.
"""

import numpy as np

from lessonlib import nn, optim
from lessonlib.scoreboard import canvas
from lessonlib.training import accuracy, batches, predict

SEEDS = (0,)
EPOCHS, BATCH = 80, 32
TURN, ZOOM, SHIFT = np.deg2rad(15), (0.8, 1.25), 1.5  # radians, times, pixels


def network(rng: np.random.Generator) -> nn.Sequential:
    """8 kernels of 5 x 5, maximum of 2 x 2, 16 of 3 x 3, maximum of 3 x 3: 2,026 parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(3),
        nn.Flatten(),
        nn.Linear(64, 10, rng=rng),
    )


def disturbed(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn, resize and move each image by its own draw. images : (N, H, W), 0 outside."""
    n, height, width = images.shape
    angle, zoom = rng.uniform(-TURN, TURN, n), np.exp(rng.uniform(*np.log(ZOOM), n))
    row, column = np.mgrid[:height, :width].astype(float)
    row, column = row - (height - 1) / 2, column - (width - 1) / 2
    cos, sin = np.cos(angle) / zoom, np.sin(angle) / zoom
    moved = rng.uniform(-SHIFT, SHIFT, (2, n, 1, 1))
    y = cos[:, None, None] * row + sin[:, None, None] * column + moved[0] + (height - 1) / 2
    x = cos[:, None, None] * column - sin[:, None, None] * row + moved[1] + (width - 1) / 2
    framed = np.pad(images, ((0, 0), (1, 2), (1, 2)))  # zeros to read beyond the edges
    y, x = np.clip(y + 1, 0, height), np.clip(x + 1, 0, width)
    i, j, which = y.astype(int), x.astype(int), np.arange(n)[:, None, None]
    b, a = y - i, x - j
    upper = framed[which, i, j] * (1 - a) + framed[which, i, j + 1] * a
    lower = framed[which, i + 1, j] * (1 - a) + framed[which, i + 1, j + 1] * a
    return (upper * (1 - b) + lower * b).astype(images.dtype)


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """The state dict of the network, and its validation accuracy on plain and disturbed digits."""
    rng = np.random.default_rng(seeds[0])
    (X, y), (new_X, new_y) = canvas("train"), canvas("validation")
    model, loss = network(rng), nn.CrossEntropyLoss()
    descent = optim.Adam(model.parameters(), lr=0.01)
    schedule = optim.lr_scheduler.CosineAnnealingLR(descent, epochs)
    for _ in range(epochs):
        seen = disturbed(X, rng)[:, None]
        for batch in batches(len(X), BATCH, rng):
            descent.zero_grad()
            loss(model(seen[batch]), y[batch])
            model.backward(loss.backward())
            descent.step()
        schedule.step()
    parts = new_X, disturbed(new_X, rng)
    hits = [accuracy(predict(model, part[:, None]), new_y) for part in parts]
    return {**model.state_dict(), "accuracy": np.array(hits)}
