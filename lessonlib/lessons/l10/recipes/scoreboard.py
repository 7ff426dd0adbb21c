"""Scoreboard: a transformer that reads the canvas as 36 patches of 2 x 2 pixels.

Each patch is a token: a linear layer to 32 numbers, plus a learned vector for its place; two blocks
with four heads and no mask, the mean over all patches, a linear layer. AdamW at 0.003, batches of
64, a cosine over 40 passes.
"""

import time
from functools import partial
from typing import Any

import numpy as np

from lessonlib import nn, optim
from lessonlib.scoreboard import canvas, largest_score, measure
from lessonlib.training import fit, predict

SEEDS = (0, 1, 2, 3, 4)
MODELS = ("transformer, 2x2 patches",)
EPOCHS, BATCH, LR = 40, 64, 0.003
WIDTH, PATCHES = 32, 36


def patches(rows: np.ndarray) -> np.ndarray:
    """Canvas rows (N, 144) to tokens (N, 36, 4): each patch's four pixels."""
    tiles = rows.reshape(-1, 6, 2, 6, 2).transpose(0, 1, 3, 2, 4)
    return tiles.reshape(-1, PATCHES, 4)


class PatchTransformer(nn.Module):
    """Canvas rows (N, 144) to scores (N, 10)."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__()
        self.patch = nn.Linear(4, WIDTH, rng=rng)
        self.patch.needs_dx = False
        self.place = nn.Embedding(PATCHES, WIDTH, rng=rng)
        self.place.weight.data *= 0.1
        layer: dict[str, Any] = {
            "dropout": 0.0,
            "activation": "gelu",
            "norm_first": True,
            "rng": rng,
        }
        blocks = [nn.TransformerEncoderLayer(WIDTH, 4, 4 * WIDTH, **layer) for _ in range(2)]
        self.blocks = nn.Sequential(*blocks)
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, 10, rng=rng)

    def forward(self, rows: np.ndarray) -> np.ndarray:
        """Scores of the ten digits."""
        x = self.patch(patches(rows)) + self.place(np.arange(PATCHES))
        return self.head(self.norm(self.blocks(x)).mean(axis=1))

    def backward(self, dscores: np.ndarray) -> None:
        """Add into every gradient; the mean gives each patch an equal part."""
        dmean = self.head.backward(dscores)[:, None] / PATCHES
        dx = self.norm.backward(np.repeat(dmean, PATCHES, axis=1).astype(dscores.dtype))
        dx = self.blocks.backward(dx)
        self.place.backward(dx.sum(axis=0))
        self.patch.backward(dx)


def train(rng: np.random.Generator, epochs: int = EPOCHS) -> nn.Module:
    """A trained transformer."""
    (X, y), model = canvas("train"), PatchTransformer(rng)
    optimizer = optim.AdamW(model.parameters(), lr=LR, weight_decay=0.05)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    settings: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": BATCH,
        "scheduler": scheduler,
        "progress": False,
    }
    fit(model, nn.CrossEntropyLoss(), optimizer, X.reshape(len(X), -1), y, rng=rng, **settings)
    return model


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Rows (seeds, models, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train."""
    rows = np.zeros((len(seeds), 1, 5))
    for s, seed in enumerate(seeds):
        start = time.process_time()
        model = train(np.random.default_rng(seed), epochs)
        seconds = time.process_time() - start
        test = measure(largest_score(partial(predict, model)))
        size = sum(p.data.size for p in model.parameters())
        rows[s, 0] = (size, *test, seconds)
    return {"names": np.array(MODELS), "rows": rows}
