"""Scoreboard: one layer of self-attention over the 36 patches of 2 x 2 pixels."""

import time
from typing import Any

import numpy as np

from lessonlib import functional as F
from lessonlib import nn, optim
from lessonlib.scoreboard import canvas, largest_score, measure
from lessonlib.training import fit

SEEDS = (0, 1, 2, 3, 4)
NAME = "self-attention on patches"
SIDE = 6  # patches in a row
SIZE = 48
HEADS = 4
EPOCHS = 60
BATCH = 64


class PatchReader(nn.Module):
    """patch + place -> ReLU -> x + attention(x) -> ReLU -> mean over the patches -> ten scores."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__()
        self.patch = nn.Linear(4, SIZE, rng=rng)
        self.place = nn.Embedding(SIDE**2, SIZE, rng=rng)
        self.place.weight.data *= 0.5
        self.attention = nn.MultiheadAttention(SIZE, HEADS, rng=rng)
        self.out = nn.Linear(SIZE, 10, rng=rng)

    def forward(self, X: np.ndarray) -> np.ndarray:
        """X (N, 144) to scores (N, 10)."""
        patches = X.reshape(-1, SIDE, 2, SIDE, 2).swapaxes(2, 3).reshape(len(X), SIDE**2, 4)
        places = np.broadcast_to(np.arange(SIDE**2), patches.shape[:2])
        x, first = F.relu(self.patch(patches) + self.place(places))
        y, _ = self.attention(x, x, x, need_weights=False)
        y, second = F.relu(x + y)
        self._push((first, second))
        return self.out(y.mean(axis=1))

    def backward(self, dscores: np.ndarray) -> None:
        """Add into all gradients."""
        first, second = self._pop()
        dy = self.out.backward(dscores)[:, None] / np.float32(SIDE**2)
        dy = F.relu_backward(np.repeat(dy, SIDE**2, axis=1), second)
        dx = F.relu_backward(dy + sum(self.attention.backward(dy)), first)
        self.patch.backward(dx)
        self.place.backward(dx)


def train(seed: int, epochs: int = EPOCHS) -> PatchReader:
    """Train with Adam, lr 0.005 and a cosine schedule; the model ends in evaluation mode."""
    rng = np.random.default_rng(seed)
    X, y = canvas("train")
    X = X.reshape(len(X), -1)
    model = PatchReader(rng)
    optimizer = optim.Adam(model.parameters(), lr=0.005)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    options: dict[str, Any] = {"epochs": epochs, "batch_size": BATCH, "progress": False}
    loss = nn.CrossEntropyLoss()
    fit(model, loss, optimizer, X, y, rng=rng, scheduler=schedule, **options)
    return model.eval()


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Rows (seeds, 1, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train."""
    rows = np.zeros((len(seeds), 1, 5))
    for s, seed in enumerate(seeds):
        start = time.process_time()
        model = train(seed, epochs)
        seconds = time.process_time() - start
        size = sum(p.data.size for p in model.parameters())
        rows[s, 0] = (size, *measure(largest_score(model)), seconds)
    return {"names": np.array([NAME]), "rows": rows}
