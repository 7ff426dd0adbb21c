"""The perceptron's rows of the scoreboard: ten units one-vs-rest, last and averaged weights."""

import time
from functools import partial

import numpy as np

from lessonlib.perceptron import fit_one_vs_rest
from lessonlib.scoreboard import canvas, largest_score, measure

SEEDS = (0, 1, 2, 3, 4)
MODELS = {"perceptron": False, "averaged perceptron": True}


def scores(W: np.ndarray, b: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Of images (N, 144) for the ten digits, (N, 10)."""
    return images @ W.T + b


def make(seeds: tuple[int, ...] = SEEDS) -> dict[str, np.ndarray]:
    """Rows (seeds, models, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train."""
    X, y = canvas("train")
    X = X.reshape(len(X), -1)
    rows = np.zeros((len(seeds), len(MODELS), 5))
    for s, seed in enumerate(seeds):
        for m, averaged in enumerate(MODELS.values()):
            start = time.process_time()
            W, b = fit_one_vs_rest(X, y, averaged=averaged, rng=np.random.default_rng(seed))
            seconds = time.process_time() - start
            test = measure(largest_score(partial(scores, W, b)))
            rows[s, m] = (W.size + b.size, *test, seconds)
    return {"names": np.array(list(MODELS)), "rows": rows}
