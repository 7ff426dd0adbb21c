"""One missing character of the prose, guessed from eight others: all to the left, or both sides."""

import numpy as np

from lessonlib import functional as F
from lessonlib import nn, optim
from lessonlib.datasets import prose
from lessonlib.text import Vocabulary

SEEDS = (0, 1, 2)
WINDOWS = {"8 to the left": range(-8, 0), "4 + 4": (-4, -3, -2, -1, 1, 2, 3, 4)}


def run(offsets: np.ndarray, seed: int, steps: int = 1200) -> float:
    """Bits per character on the validation pages: embeddings 16, hidden 256, Adam."""
    letters = Vocabulary(prose())
    train, validation = letters.encode(prose("train")), letters.encode(prose("validation"))
    rng = np.random.default_rng(seed)
    table = nn.Embedding(len(letters), 16, rng=rng)
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(128, 256, rng=rng), nn.ReLU(), nn.Linear(256, len(letters), rng=rng)
    )
    model = nn.Sequential(table, *net)
    loss = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.006)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        at = rng.integers(8, len(train) - 8, 256)
        loss(model(train[at[:, None] + offsets]), train[at])
        optimizer.zero_grad()
        model.backward(loss.backward())
        optimizer.step()
        schedule.step()
    model.eval()
    at = np.arange(8, len(validation) - 8)
    nats = F.cross_entropy(model(validation[at[:, None] + offsets]), validation[at])[0]
    return float(nats / np.log(2))


def make(seeds: tuple[int, ...] = SEEDS, steps: int = 1200) -> dict[str, np.ndarray]:
    """bits (seeds, windows)."""
    windows = [np.array(list(window)) for window in WINDOWS.values()]
    bits = [[run(offsets, seed, steps) for offsets in windows] for seed in seeds]
    return {"bits": np.array(bits), "windows": np.array(list(WINDOWS))}
