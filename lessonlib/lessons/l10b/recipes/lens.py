"""The weights behind the explorer: two attention layers that continue repeated letters."""

import numpy as np

from lessonlib.lessons.l10b.recipes.shared import repeat_batch, train
from lessonlib.models.attention_only import LENGTH, VOCABULARY, AttentionOnly

SEEDS = (0,)
STEPS = 1000


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """The state dict of the trained model, under the model's own names."""
    rng = np.random.default_rng(seeds[0])
    model = AttentionOnly(len(VOCABULARY), LENGTH, 32, 2, 4, rng)
    train(model, repeat_batch(LENGTH, len(VOCABULARY)), rng, steps, 0.005, lambda: None)
    return model.state_dict()
