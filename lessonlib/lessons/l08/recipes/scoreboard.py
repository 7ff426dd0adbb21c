"""Scoreboard: an LSTM and a GRU that read the digit row by row, twelve rows of twelve pixels."""

import time

import numpy as np

from lessonlib import nn, optim
from lessonlib.scoreboard import canvas, measure
from lessonlib.training import batches, predict

SEEDS = (0, 1, 2, 3, 4)
MODELS = {"LSTM 64, row by row": ("LSTM", 64), "GRU 75, row by row": ("GRU", 75)}
EPOCHS, BATCH = 40, 32


class RowReader(nn.Module):
    """Rows of 144 pixels read as 12 steps of 12; the last state is classified."""

    def __init__(self, kind: str, hidden: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.rnn = getattr(nn, kind)(12, hidden, rng=rng)
        self.head = nn.Linear(hidden, 10, rng=rng)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Images (N, 144) or (N, 12, 12) to scores (N, 10)."""
        states, _ = self.rnn(x.reshape(len(x), 12, 12))
        self._push(states.shape)
        return self.head(states[:, -1])

    def backward(self, dy: np.ndarray) -> None:
        """Gradients of all weights from that of the scores (N, 10)."""
        dstates = np.zeros(self._pop(), np.float32)
        dstates[:, -1] = self.head.backward(dy)
        self.rnn.backward(dstates)


def train(kind: str, hidden: int, rng: np.random.Generator, epochs: int = EPOCHS) -> RowReader:
    """Adam at 0.005 with a cosine schedule, gradient norm clipped to 1."""
    X, y = canvas("train")
    model, loss = RowReader(kind, hidden, rng), nn.CrossEntropyLoss()
    descent = optim.Adam(model.parameters(), lr=0.005)
    schedule = optim.lr_scheduler.CosineAnnealingLR(descent, epochs)
    for _ in range(epochs):
        for batch in batches(len(X), BATCH, rng):
            descent.zero_grad()
            loss(model(X[batch]), y[batch])
            model.backward(loss.backward())
            optim.clip_grad_norm_(model.parameters(), 1.0)
            descent.step()
        schedule.step()
    return model


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Rows (seeds, models, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train."""
    rows = np.zeros((len(seeds), len(MODELS), 5))
    for s, seed in enumerate(seeds):
        for m, (kind, hidden) in enumerate(MODELS.values()):
            start = time.process_time()
            model = train(kind, hidden, np.random.default_rng(seed), epochs)
            seconds = time.process_time() - start
            test = measure(lambda X, model=model: predict(model, X).argmax(axis=1))
            size = sum(p.data.size for p in model.parameters())
            rows[s, m] = (size, *test, seconds)
    return {"names": np.array(list(MODELS)), "rows": rows}
