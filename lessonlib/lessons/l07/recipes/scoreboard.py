"""The recurrent network's row of the scoreboard: the digit is read row by row, from the top.

12 steps of 12 pixels, 64 units, ten scores after the last row. Adam 0.003, clipped at 1, 40 passes.
"""

import time

import numpy as np

from lessonlib import nn, optim
from lessonlib.scoreboard import canvas, measure
from lessonlib.training import fit

SEEDS = (0, 1, 2, 3, 4)
HIDDEN = 64
EPOCHS = 40


class RowReader(nn.Module):
    """Images (N, 144) as 12 rows of 12 pixels; scores (N, 10) from the last state."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__()
        self.rnn = nn.RNN(12, HIDDEN, rng=rng)
        self.read = nn.Linear(HIDDEN, 10, rng=rng)

    def forward(self, images: np.ndarray) -> np.ndarray:
        """Scores (N, 10)."""
        _, last = self.rnn(images.reshape(-1, 12, 12))
        return self.read(last[0])

    def backward(self, dscores: np.ndarray) -> None:
        """Gradients of all weights: only the last state is blamed directly."""
        self.rnn.backward(None, self.read.backward(dscores)[None])


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Rows (seeds, 1, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train."""
    X, y = canvas("train")
    X = X.reshape(len(X), -1)
    rows = np.zeros((len(seeds), 1, 5))
    settings = {"epochs": epochs, "batch_size": 32, "max_grad_norm": 1.0, "progress": False}
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        model = RowReader(rng)
        rule = optim.Adam(list(model.parameters()), 0.003)
        start = time.process_time()
        fit(model, nn.CrossEntropyLoss(), rule, X, y, rng=rng, **settings)
        seconds = time.process_time() - start
        model.eval()
        test = measure(lambda images, model=model: model(images).argmax(axis=1))
        rows[s, 0] = (sum(p.data.size for p in model.parameters()), *test, seconds)
    return {"names": np.array(["RNN, row by row"]), "rows": rows}
