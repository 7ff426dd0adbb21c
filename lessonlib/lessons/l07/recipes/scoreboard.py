"""The recurrent network's row of the scoreboard: the digit is read row by row, from the top.

12 steps of 12 pixels, 64 units, ten scores after the last row. Adam 0.003, clipped at 1, 40 passes.
"""

import time
from functools import partial
from typing import Any

import numpy as np

from lessonlib import nn, optim
from lessonlib.models import SequenceReader
from lessonlib.scoreboard import canvas, largest_score, measure
from lessonlib.training import fit, predict

SEEDS = (0, 1, 2, 3, 4)
HIDDEN, EPOCHS, LR = 64, 40, 0.003


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Rows (seeds, 1, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train."""
    X, y = canvas("train")
    rows = np.zeros((len(seeds), 1, 5))
    settings: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": 32,
        "max_grad_norm": 1.0,
        "progress": False,
    }
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        model = SequenceReader("RNN", 12, HIDDEN, 10, rng=rng)
        optimizer = optim.Adam(model.parameters(), LR)
        start = time.process_time()
        fit(model, nn.CrossEntropyLoss(), optimizer, X, y, rng=rng, **settings)
        seconds = time.process_time() - start
        test = measure(largest_score(partial(predict, model), (12, 12)))
        rows[s, 0] = (sum(p.data.size for p in model.parameters()), *test, seconds)
    return {"names": np.array(["RNN, row by row"]), "rows": rows}
