"""Scoreboard: an LSTM and a GRU that read the digit row by row, twelve rows of twelve pixels."""

import time
from functools import partial
from typing import Any

import numpy as np

from lessonlib import nn, optim
from lessonlib.models import SequenceReader
from lessonlib.scoreboard import canvas, largest_score, measure
from lessonlib.training import fit, predict

SEEDS = (0, 1, 2, 3, 4)
MODELS = {"LSTM 64, row by row": ("LSTM", 64), "GRU 75, row by row": ("GRU", 75)}
EPOCHS, BATCH, LR = 40, 32, 0.005


def train(kind: str, hidden: int, rng: np.random.Generator, epochs: int = EPOCHS) -> nn.Module:
    """Adam with a cosine schedule, gradient norm clipped to 1."""
    X, y = canvas("train")
    model = SequenceReader(kind, 12, hidden, 10, rng=rng)
    optimizer = optim.Adam(model.parameters(), lr=LR)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    settings: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": BATCH,
        "max_grad_norm": 1.0,
        "progress": False,
    }
    settings |= {"scheduler": scheduler, "rng": rng}
    fit(model, nn.CrossEntropyLoss(), optimizer, X, y, **settings)
    return model


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Rows (seeds, models, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train."""
    rows = np.zeros((len(seeds), len(MODELS), 5))
    for s, seed in enumerate(seeds):
        for m, (kind, hidden) in enumerate(MODELS.values()):
            start = time.process_time()
            model = train(kind, hidden, np.random.default_rng(seed), epochs)
            seconds = time.process_time() - start
            test = measure(largest_score(partial(predict, model), (12, 12)))
            size = sum(p.data.size for p in model.parameters())
            rows[s, m] = (size, *test, seconds)
    return {"names": np.array(list(MODELS)), "rows": rows}
