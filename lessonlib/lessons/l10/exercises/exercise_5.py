"""Exercise 10.5: keep the nucleus of a distribution and scale it to sum 1."""

from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l10.exercises.shared import finite


def nucleus(p: np.ndarray, share: float) -> np.ndarray:
    """Keep the fewest most probable tokens that together reach the share; scale them to sum 1."""
    order = np.argsort(-p)  # most probable first
    before = np.cumsum(p[order]) - p[order]  # what the more probable ones have reached
    kept = np.zeros_like(p)
    chosen = order[before < share]  # the one that crosses the share is kept
    kept[chosen] = p[chosen]
    return kept / kept.sum()


def _cases(rng: np.random.Generator) -> list[tuple]:
    p = np.array([0.1, 0.5, 0.06, 0.3, 0.04])
    cases: list[tuple] = [(p, share) for share in (0.4, 0.6, 0.85, 1.0)]
    exact, tie = (
        "where the kept tokens reach the share exactly",
        "where tokens are equally probable at the cut-off",
    )
    cases += [
        Case(exact, np.array([0.125, 0.5, 0.125, 0.25]), 0.75),
        Case(tie, np.array([0.1, 0.3, 0.3, 0.3]), 0.5),
        Case(tie, np.array([0.25, 0.25, 0.25, 0.25]), 0.4),
        Case("where rounding keeps the sum of all tokens below the share", np.full(10, 0.1), 1.0),
    ]
    drawn = [rng.dirichlet(np.full(n, 0.5)) for n in (6, 12, 30)]
    return cases + [(p, share) for p, share in zip(drawn, (0.5, 0.9, 0.95), strict=True)]


def _accepts(value: Any, p: np.ndarray, share: float) -> bool:
    """Whether it keeps the fewest most probable tokens, whichever of equally probable ones."""
    return all(
        holds(value, p, share)
        for holds in (_is_distribution, _reaches, _fewest, _most_probable, _sums_to_1, _in_place)
    )


# ---- what every right answer has -----------------------------------------------------------------


def _kept_of(value: Any, p: np.ndarray) -> np.ndarray:
    """Where something is kept; nothing is said where the value has another form."""
    return np.ones(p.shape, bool) if _is_other_form(value, p) else np.asarray(value) > 0


def _reaches(value: Any, p: np.ndarray, share: float) -> bool:
    return bool(p[_kept_of(value, p)].sum() >= share - 1e-9)


def _fewest(value: Any, p: np.ndarray, share: float) -> bool:
    kept = _kept_of(value, p)
    return _is_other_form(value, p) or bool(p[kept].sum() - p[kept].min(initial=1) < share)


def _is_other_form(value: Any, p: np.ndarray) -> bool:
    if np.shape(value) != p.shape or not finite(value):
        return True
    return np.min(value) < 0 or np.max(value) > 1 + 1e-6


def _most_probable(value: Any, p: np.ndarray, share: float) -> bool:
    kept = _kept_of(value, p)
    return bool(p[kept].min(initial=1) >= p[~kept].max(initial=0))


def _sums_to_1(value: Any, p: np.ndarray, share: float) -> bool:
    return _is_other_form(value, p) or np.isclose(np.sum(value), 1, atol=1e-5)


def _one_each(value: Any, p: np.ndarray, share: float) -> bool:
    return np.shape(value) == p.shape


def _is_distribution(value: Any, p: np.ndarray, share: float) -> bool:
    return not _is_other_form(value, p)


def _in_place(value: Any, p: np.ndarray, share: float) -> bool:
    if _is_other_form(value, p):
        return True
    wanted = np.where(_kept_of(value, p), p, 0)
    return np.allclose(np.asarray(value) * wanted.sum(), wanted * np.sum(value), atol=1e-5)


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
    accepts=_accepts,
    forbidden=("lessonlib.sampling.distribution",),
    hints=(
        "Sort: np.argsort(-p) gives the most probable token first.",
        "For each token: how much have the more probable ones reached together? Keep it where "
        "that is still below the share.",
        "Write what is kept back to its own place, then divide by the sum.",
    ),
    parts={
        "np.argsort(-p)": "the order from the most to the least probable",
        "-p": "what is sorted",
        "order": "the order by probability",
        "p[order]": "the sorted probabilities",
        "np.cumsum(p[order])": "the running sum",
        "np.cumsum(p[order]) - p[order]": "what the more probable ones have reached",
        "before": "what the more probable ones have reached",
        "before < share": "that the share is not yet reached",
        "order[before < share]": "the kept tokens",
        "chosen": "the kept tokens",
        "p[chosen]": "the kept probabilities",
        "kept": "the kept probabilities",
        "kept.sum()": "the sum of what is kept",
        "np.zeros_like(p)": "the 0 of the others",
    },
    properties=(
        Property(
            "one number for each token",
            _one_each,
            "One number for each token is asked for: the kept probabilities at their places, and "
            "0 for all others.",
        ),
        Property(
            "the kept tokens reach the share",
            _reaches,
            "The kept tokens do not reach the share together: the one that crosses it is kept "
            "as well.",
        ),
        Property(
            "no more tokens than are needed",
            _fewest,
            "More tokens are kept than are needed: without the least probable of them the share "
            "would be reached, too.",
        ),
        Property(
            "the most probable tokens are kept",
            _most_probable,
            "A token is kept although a more probable one is left out. Begin with the most "
            "probable.",
        ),
        Property(
            "what is kept adds up to 1",
            _sums_to_1,
            "The result does not add up to 1: divide what is kept by its own sum.",
        ),
        Property(
            "each token keeps its own probability",
            _in_place,
            "The kept numbers are not those of p at their places, scaled by one factor.",
        ),
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
            "The probabilities come back sorted, so they belong to other tokens. Each has to be "
            "at its own place.",
        ),
    ),
)
