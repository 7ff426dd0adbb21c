"""Exercise 04.6: cut the examples into batches, in a new random order for each epoch."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def epoch_batches(n: int, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Positions 0 .. n-1 in a new random order, cut into batches; the last may be smaller."""
    order = rng.permutation(n)  # drawn at every call: each epoch has its own order
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [
        (n, size, int(rng.integers(1000))) for n, size in ((10, 4), (12, 4), (50, 16), (33, 50))
    ]


def _use(answer: Callable[..., Any], n: int, batch_size: int, seed: int) -> dict:
    """Call the answer for two epochs; say what any right way of shuffling has in common."""
    rng = np.random.default_rng(seed)
    epochs = [[np.asarray(b).tolist() for b in answer(n, batch_size, rng)] for _ in range(2)]
    first, second = ([k for batch in batches for k in batch] for batches in epochs)
    return {
        "sizes of the batches": [len(b) for b in epochs[0]],
        "each example exactly once": sorted(first) == list(range(n)),
        "in a random order": first != sorted(first),
        "another order in the next epoch": first != second,
    }


# ---- what people write instead -------------------------------------------------------------------


def _replaced(n: int, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    return [rng.integers(0, n, len(b)) for b in epoch_batches(n, batch_size, rng)]


EXERCISE = Exercise(
    id="04.6",
    title="Batches of one epoch",
    points=3,
    stars=2,
    minutes=10,
    reference=epoch_batches,
    cases=_cases,
    use=_use,
    forbidden=("lessonlib.training.batches",),
    hints=(
        "rng.permutation(n) is a random order of 0 .. n-1; call it inside the function.",
        "range(0, n, batch_size) gives the first position of every batch.",
        "A slice that reaches beyond the end is simply shorter: that is the last batch.",
    ),
    mistakes=(
        Mistake(
            "drops the last batch",
            lambda n, size, rng: epoch_batches(n, size, rng)[: n // size],
            "The examples that do not fill a batch are left out. Return them as a smaller one.",
        ),
        Mistake(
            "no shuffling",
            lambda n, size, rng: [np.arange(n)[s : s + size] for s in range(0, n, size)],
            "The order is 0, 1, 2, ... In a sorted table every batch would then hold one class.",
        ),
        Mistake(
            "the same order every time",
            lambda n, size, rng: epoch_batches(n, size, np.random.default_rng(0)),
            "Every epoch has the same order: a new generator is made at each call. Use the rng "
            "that is passed in.",
        ),
        Mistake(
            "with replacement",
            _replaced,
            "Examples are drawn with replacement: in one epoch some come twice and about a "
            "third never.",
        ),
    ),
)
