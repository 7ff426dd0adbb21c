"""What is left of a gradient once a symbol 40 steps back is learned, or has failed to be.

The runs of 07.recall at one k, with twenty starts: a median gradient from the last state to the
first, before training and after it.
"""

import numpy as np

from lessonlib.lessons.l07.recipes.recall import LONG, STARTS, STEPS, run

SEEDS = tuple(range(20))


def make(
    seeds: tuple[int, ...] = SEEDS, k: int = LONG, steps: int = STEPS
) -> dict[str, np.ndarray]:
    """Accuracy, and what is left of a gradient before and after, each (seeds, starts)."""
    runs = np.array([[run(k, start, seed, steps) for start in STARTS] for seed in seeds])
    return {
        "starts": np.array(STARTS),
        "accuracy": runs[..., 0],
        "before": runs[..., 1],
        "after": runs[..., 2],
    }
