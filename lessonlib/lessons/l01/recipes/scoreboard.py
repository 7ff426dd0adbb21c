"""The perceptron's rows of the scoreboard: ten units one-vs-rest, last and averaged weights."""

import time

import numpy as np

from lessonlib.perceptron import fit_one_vs_rest
from lessonlib.scoreboard import canvas, measure

SEEDS = (0, 1, 2, 3, 4)
MODELS = {"perceptron": False, "averaged perceptron": True}


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
            test = measure(lambda images, W=W, b=b: (images @ W.T + b).argmax(axis=1))
            rows[s, m] = (W.size + b.size, *test, seconds)
    return {"names": np.array(list(MODELS)), "rows": rows}
