"""The control of 07.recall: sentences just as long, but the symbol is near their end.

41 symbols, of which the one that is asked for is followed by 5 fillers in place of 40; the start of
U is the usual one.
"""

import numpy as np

from lessonlib.lessons.l07.recipes.recall import LONG, STARTS, STEPS, run

SEEDS = tuple(range(10))
AFTER = 5  # fillers between the symbol and the question


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Accuracy on new sentences (seeds,)."""
    found = [run(LONG, STARTS[0], seed, steps, LONG - AFTER)[0] for seed in seeds]
    return {"accuracy": np.array(found)}
