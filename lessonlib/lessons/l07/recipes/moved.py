"""The row reader of the scoreboard on digits moved by two pixels, asked at three moments.

Training as in 07.scoreboard, from twenty starts. A reader is asked after the twelfth row; for
digits that were moved up or down also two rows after the digit's end.
"""

from typing import Any

import numpy as np

from lessonlib import nn, optim
from lessonlib.datasets import shift
from lessonlib.lessons.l07.recipes.scoreboard import EPOCHS, HIDDEN, LR
from lessonlib.models import SequenceReader
from lessonlib.scoreboard import canvas
from lessonlib.training import fit, predict

SEEDS = tuple(range(20))
MOVES = {  # pixels to the right, pixels down, rows read
    "left": (-2, 0, 12),
    "right": (2, 0, 12),
    "up": (0, -2, 12),
    "down": (0, 2, 12),
    "up, asked two rows earlier": (0, -2, 10),
    "down, asked two rows later": (0, 2, 14),
}


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Test accuracy (seeds, moves)."""
    X, y = canvas("train")
    images, digit = canvas("test")
    settings: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": 32,
        "max_grad_norm": 1.0,
        "progress": False,
    }
    found = np.zeros((len(seeds), len(MOVES)))
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        model = SequenceReader("RNN", 12, HIDDEN, 10, rng=rng)
        optimizer = optim.Adam(model.parameters(), LR)
        fit(model, nn.CrossEntropyLoss(), optimizer, X, y, rng=rng, **settings)
        for m, (right, down, rows) in enumerate(MOVES.values()):
            read = np.pad(shift(images, right, down), ((0, 0), (0, 2), (0, 0)))[:, :rows]
            found[s, m] = np.mean(predict(model, read).argmax(axis=1) == digit)
    return {"moves": np.array(list(MOVES)), "accuracy": found}
