"""Exercise 10.5: keep the nucleus of a distribution and scale it to sum 1."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def nucleus(p: np.ndarray, share: float) -> np.ndarray:
    """Keep the fewest most probable tokens that together reach the share; scale them to sum 1."""
    order = np.argsort(-p)  # most probable first
    before = np.cumsum(p[order]) - p[order]  # what the more probable ones have reached
    kept = np.zeros_like(p)
    chosen = order[before < share]  # the one that crosses the share is kept
    kept[chosen] = p[chosen]
    return kept / kept.sum()


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = [(np.array([0.1, 0.5, 0.05, 0.3, 0.05]), share) for share in (0.4, 0.6, 0.85, 1.0)]
    drawn = [rng.dirichlet(np.full(n, 0.5)) for n in (6, 12, 30)]
    return cases + [(p, share) for p, share in zip(drawn, (0.5, 0.9, 0.95), strict=True)]


# ---- what people write instead -------------------------------------------------------------------


def _kept(p: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """What is kept of p, scaled; NaN where nothing is kept, as a learner's own division gives."""
    kept = np.where(keep, p, 0.0)
    with np.errstate(invalid="ignore"):
        return kept / kept.sum()


def _reached(p: np.ndarray) -> np.ndarray:
    """For every token the probability of itself and all more probable ones."""
    order = np.argsort(-p)
    reached = np.empty_like(p)
    reached[order] = np.cumsum(p[order])
    return reached


EXERCISE = Exercise(
    id="10.5",
    title="The nucleus",
    points=2,
    stars=2,
    minutes=12,
    reference=nucleus,
    cases=_cases,
    forbidden=("lessonlib.sampling.distribution",),
    hints=(
        "Sort: np.argsort(-p) gives the most probable token first.",
        "For each token: how much have the more probable ones reached together? Keep it where "
        "that is still below the share.",
        "Write what is kept back to its own place, then divide by the sum.",
    ),
    mistakes=(
        Mistake(
            "the crossing token is dropped",
            lambda p, share: _kept(p, _reached(p) <= share),
            "The token that crosses the share is dropped, so the kept ones do not reach it. "
            "With one very probable token nothing would be left.",
        ),
        Mistake(
            "not scaled",
            lambda p, share: nucleus(p, share) * p[nucleus(p, share) > 0].sum(),
            "What is kept does not sum to 1. Divide by its sum.",
        ),
        Mistake(
            "a threshold for each token",
            lambda p, share: _kept(p, p >= (1 - share) * p.max()),
            "Each token is judged by itself, against the largest. The nucleus counts what the "
            "tokens reach together.",
        ),
        Mistake(
            "not sorted",
            lambda p, share: _kept(p, np.cumsum(p) - p < share),
            "The tokens are taken in the order of their ids. The most probable come first.",
        ),
        Mistake(
            "left in sorted order",
            lambda p, share: np.sort(nucleus(p, share))[::-1],
            "The probabilities come back sorted, so they belong to other tokens. Each has to "
            "stand at its own place.",
        ),
    ),
)
