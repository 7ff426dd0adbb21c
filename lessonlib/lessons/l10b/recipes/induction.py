"""Repeated random tokens with one and with two attention layers: when the copying appears."""

from functools import partial

import numpy as np

from lessonlib.datasets import repeated_sequences
from lessonlib.lessons.l10b.recipes.shared import repeat_batch, train
from lessonlib.models.attention_only import AttentionOnly

SEEDS = (0, 1, 2)
LENGTH = 32
VOCABULARY = 32


def look(model: AttentionOnly, rng: np.random.Generator) -> tuple[float, float, float, float]:
    """On the repeated part: accuracy, loss; the best head at "back by one" and at induction."""
    tokens, period = repeated_sequences(rng, 256, LENGTH, VOCABULARY)
    scores = model(tokens[:, :-1])
    place = np.arange(LENGTH - 1)
    repeated = place + 1 >= period[:, None]  # the token asked for has been seen
    top = scores - scores.max(axis=-1, keepdims=True)
    log_p = top - np.log(np.exp(top).sum(axis=-1, keepdims=True))
    right = np.take_along_axis(log_p, tokens[:, 1:, None], axis=-1)[..., 0]
    accuracy = (scores.argmax(axis=-1) == tokens[:, 1:])[repeated].mean()
    # At i in the second round the token after the earlier copy is at i - period + 1.
    row, i = np.nonzero(place >= period[:, None])
    j = i - period[row] + 1
    back, found = 0.0, 0.0
    for layer in model.layers:
        weights = layer.weights
        assert weights is not None  # of the pass above
        back = max(back, np.diagonal(weights, -1, 2, 3).mean(axis=(0, 2)).max())
        found = max(found, weights[row, :, i, j].mean(axis=0).max())
    return float(accuracy), float(-right[repeated].mean()), float(back), float(found)


def make(seeds: tuple[int, ...] = SEEDS, steps: int = 500) -> dict[str, np.ndarray]:
    """seen (seeds, layers 1 and 2, looks, 4) as from `look`, every 25 steps."""
    seen = []
    for seed in seeds:
        row = []
        for layers in (1, 2):
            rng = np.random.default_rng(seed)
            model = AttentionOnly(VOCABULARY, LENGTH, 64, layers, 4, rng)
            batch = repeat_batch(LENGTH, VOCABULARY)
            measured = partial(look, model, rng)
            row.append(train(model, batch, rng, steps, lr=0.003, look=measured, every=25))
        seen.append(row)
    return {"seen": np.array(seen), "step": np.arange(25, steps + 1, 25)}
