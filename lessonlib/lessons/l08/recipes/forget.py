"""The forget gate's bias at the start, on the adding problem with 50 steps: how long until solved?

The same LSTM and training as in `08.adding`, at most 1,200 steps.
"""

import numpy as np

from lessonlib import nn
from lessonlib.lessons.l08.recipes.adding import KINDS, STEPS, network, set_forget_bias, train

SEEDS = (0, 1, 2)
BIASES = (-10.0, -6.0, -3.0, 0.0, 1.0, 3.0)


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Steps until solved (biases, seeds); the cap where it was not."""
    used = np.zeros((len(BIASES), len(seeds)), int)
    for b, bias in enumerate(BIASES):
        for s, seed in enumerate(seeds):
            rng = np.random.default_rng(seed)
            model = network("LSTM", rng)
            assert isinstance(model.rnn, nn.LSTM)
            set_forget_bias(model.rnn, bias)
            used[b, s] = len(train(model, 50, KINDS["LSTM"], steps, rng))
    return {"biases": np.array(BIASES), "steps": used, "cap": np.array(steps)}
