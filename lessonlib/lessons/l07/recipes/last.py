"""How many characters a model uses whose gradient was cut every 4 of them, or every 64.

The models of 07.windows after 900 steps. Each place of a piece of the validation text is told from
a state that starts at 0 and reads the last m characters only.
"""

import numpy as np

from lessonlib.lessons.l07.recipes.characters import text
from lessonlib.lessons.l07.recipes.windows import train
from lessonlib.models import CharacterRNN

SEEDS = (0, 1)
CASES = ((32, 64, 4), (32, 64, 64))
LAST = (4, 6, 8, 12, 24)
PLACES, STEPS = 10_000, 900


def from_the_last(model: CharacterRNN, ids: np.ndarray) -> list[float]:
    """Bits of PLACES characters, each told from the last m."""
    wide = np.lib.stride_tricks.sliding_window_view(ids[: PLACES + max(LAST)], max(LAST) + 1)
    found = []
    for m in LAST:
        scores = np.concatenate([model(some[:, -m - 1 : -1])[:, -1] for some in split(wide)])
        scores = scores - scores.max(axis=1, keepdims=True)
        came = scores[np.arange(len(wide)), wide[:, -1]]
        found.append(float(np.mean(np.log2(np.exp(scores).sum(axis=1)) - came / np.log(2))))
    return found


def split(rows: np.ndarray, size: int = 1000) -> list[np.ndarray]:
    """Rows in parts, so that no part takes much memory."""
    return [rows[k : k + size] for k in range(0, len(rows), size)]


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Bits (seeds, cases, m)."""
    letters, train_ids, valid_ids = text()
    size = len(letters)
    runs = [
        [
            train(case, seed, train_ids, valid_ids, size, (steps,), from_the_last)[0]
            for case in CASES
        ]
        for seed in seeds
    ]
    return {"last": np.array(LAST), "cases": np.array(CASES), "bits": np.array(runs)}
