"""Rows of the scoreboard on the 12 x 12 canvas: 8 layers plain, 8 and 20 layers residual."""

import time
from functools import partial

import numpy as np

from lessonlib.lessons.l06b.recipes.depth import network, train
from lessonlib.scoreboard import canvas, largest_score, measure
from lessonlib.training import predict

SEEDS = (0, 1, 2, 3, 4)
MODELS = (("plain", 8), ("residual", 8), ("residual", 20))
EPOCHS, BATCH = 20, 64


def make(seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Rows (seeds, models, 5): parameters, clean, 1 px, 2 px, seconds of CPU to train."""
    X, y = canvas("train")
    rows = np.zeros((len(seeds), len(MODELS), 5))
    for s, seed in enumerate(seeds):
        for m, (kind, layers) in enumerate(MODELS):
            rng = np.random.default_rng(seed)
            start = time.process_time()
            net = network(kind, layers, rng)
            train(net, X[:, None], y, rng, epochs, BATCH)
            seconds = time.process_time() - start
            test = measure(largest_score(partial(predict, net), (1, 12, 12)))
            size = sum(p.data.size for p in net.parameters())
            rows[s, m] = (size, *test, seconds)
    return {"names": np.array([f"{kind}, {n} layers" for kind, n in MODELS]), "rows": rows}
