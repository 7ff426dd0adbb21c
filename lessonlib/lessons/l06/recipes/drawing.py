"""The small network of lesson 06's explorer, trained on digits that are moved, turned and resized.

A drawing by hand may be anywhere on the canvas, so every epoch sees each image through another
random turn, change of size and shift, by bilinear interpolation.
"""

import numpy as np

from lessonlib.lessons.l06.recipes.scoreboard import train
from lessonlib.models import small_cnn
from lessonlib.scoreboard import canvas
from lessonlib.training import accuracy, predict

SEEDS = (0,)
EPOCHS, LR = 80, 0.01
TURN, ZOOM, SHIFT = np.deg2rad(15), (0.8, 1.25), 1.5  # radians, times, pixels


def disturbed(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn, resize and move each image by its own draw. images : (N, H, W), 0 outside."""
    n, height, width = images.shape
    smallest, largest = np.log(ZOOM)
    angle, zoom = rng.uniform(-TURN, TURN, n), np.exp(rng.uniform(smallest, largest, n))
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
    model = train(small_cnn((8, 16), kernel_size=5, rng=rng), LR, disturbed, epochs, rng)
    X, y = canvas("validation")
    hits = [accuracy(predict(model, part[:, None]), y) for part in (X, disturbed(X, rng))]
    return {**model.state_dict(), "accuracy": np.array(hits)}
