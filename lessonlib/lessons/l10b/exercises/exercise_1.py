"""Exercise 10b.1: how much attention a head gives to the token after the latest earlier copy."""

from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake


def induction_score(weights: np.ndarray, tokens: np.ndarray) -> float:
    """How much weight goes to the token after the latest earlier copy, on average."""
    seen = []
    for i in range(len(tokens)):
        earlier = np.flatnonzero(tokens[:i] == tokens[i])
        if len(earlier) > 0:  # only then there is something to look up
            seen.append(weights[i, earlier[-1] + 1])
    return float(np.mean(seen)) if seen else 0.0


def _attention(rng: np.random.Generator, length: int) -> np.ndarray:
    weights = np.tril(rng.random((length, length)) + 0.05)
    return weights / weights.sum(axis=1, keepdims=True)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.array([[1.0, 0, 0, 0], [0.5, 0.5, 0, 0], [0.2, 0.7, 0.1, 0], [0.1, 0.2, 0.3, 0.4]])
    cases = [
        (small, np.array([5, 8, 5, 8])),
        Case("where no token occurs twice", small, np.array([1, 2, 3, 4])),
        Case("where the only earlier copy is at place 0", small, np.array([6, 1, 2, 6])),
        (_attention(rng, 5), np.array([3, 7, 7, 1, 2])),  # a token right behind its copy
        (_attention(rng, 6), np.array([7, 1, 7, 2, 7, 7])),  # several copies: the latest counts
    ]
    return [*cases, *((_attention(rng, n), rng.integers(0, 4, n)) for n in (9, 14))]


# ---- what every right answer has -----------------------------------------------------------------


def _between(value: Any, weights: np.ndarray, tokens: np.ndarray) -> bool:
    return not np.isfinite(value) or -1e-6 <= value <= 1 + 1e-6


def _all_different(weights: np.ndarray, tokens: np.ndarray) -> tuple:
    return weights, np.arange(len(tokens)) + 1


def _nothing_counts(value: Any, other: Any, weights: np.ndarray, tokens: np.ndarray) -> bool:
    return not np.isfinite(other) or abs(other) < 1e-6


def _upper_filled(weights: np.ndarray, tokens: np.ndarray) -> tuple:
    return weights + np.triu(np.full(weights.shape, 0.5), 1), tokens


def _reads_below(value: Any, other: Any, weights: np.ndarray, tokens: np.ndarray) -> bool:
    return not np.isfinite([value, other]).all() or np.isclose(value, other, atol=1e-6)


# ---- what people write instead -------------------------------------------------------------------


def _places(tokens: np.ndarray) -> list[tuple[int, np.ndarray]]:
    found = [(i, np.flatnonzero(tokens[:i] == tokens[i])) for i in range(len(tokens))]
    return [(i, earlier) for i, earlier in found if len(earlier) > 0]


def _mean(values: list) -> float:
    return float(np.mean(values)) if values else 0.0


def _copy_itself(weights: np.ndarray, tokens: np.ndarray) -> float:
    return _mean([weights[i, earlier[-1]] for i, earlier in _places(tokens)])


def _first_copy(weights: np.ndarray, tokens: np.ndarray) -> float:
    return _mean([weights[i, earlier[0] + 1] for i, earlier in _places(tokens)])


def _every_copy(weights: np.ndarray, tokens: np.ndarray) -> float:
    return _mean([weights[i, j + 1] for i, earlier in _places(tokens) for j in earlier])


def _sum_of_copies(weights: np.ndarray, tokens: np.ndarray) -> float:
    return _mean([weights[i, earlier + 1].sum() for i, earlier in _places(tokens)])


def _over_all(weights: np.ndarray, tokens: np.ndarray) -> float:
    return float(sum(weights[i, e[-1] + 1] for i, e in _places(tokens)) / len(tokens))


def _turned_round(weights: np.ndarray, tokens: np.ndarray) -> float:
    return induction_score(weights.T, tokens)


def _not_at_0(weights: np.ndarray, tokens: np.ndarray) -> float:
    return _mean([weights[i, e[-1] + 1] for i, e in _places(tokens) if e[-1] > 0])


def _before_copy(weights: np.ndarray, tokens: np.ndarray) -> float:
    return _mean([weights[i, max(earlier[-1] - 1, 0)] for i, earlier in _places(tokens)])


EXERCISE = Exercise(
    id="10b.1",
    title="How much of an induction head is it?",
    points=3,
    stars=2,
    minutes=15,
    reference=induction_score,
    cases=_cases,
    hints=(
        "For position i look at tokens[:i]: np.flatnonzero(tokens[:i] == tokens[i]) gives the "
        "places of earlier copies.",
        "The latest copy is the last of these places, j. What followed it is at j + 1.",
        "Collect weights[i, j + 1] for the positions that have a copy, and take their mean.",
    ),
    parts={
        "len(tokens)": "the number of tokens",
        "tokens[:i]": "the tokens before",
        "tokens[:i] == tokens[i]": "the comparison with the tokens before",
        "tokens[i]": "the token",
        "np.flatnonzero(tokens[:i] == tokens[i])": "the places of earlier copies",
        "earlier": "the places of earlier copies",
        "len(earlier)": "the number of earlier copies",
        "len(earlier) > 0": "that there is an earlier copy",
        "earlier[-1]": "the latest copy",
        "earlier[-1] + 1": "the place after the latest copy",
        "weights[i, earlier[-1] + 1]": "the weight on the place after the latest copy",
        "seen": "what was collected",
        "np.mean(seen)": "the mean of what was collected",
    },
    properties=(
        Property(
            "between 0 and 1",
            _between,
            "The result is not between 0 and 1. It is a mean of weights, and those are.",
        ),
        Property(
            "0 where no token occurs twice",
            _nothing_counts,
            "When all tokens are different, no position counts, and the result has to be 0.0. "
            "Here it is not: does a token find itself?",
            _all_different,
        ),
        Property(
            "no weight right of the diagonal is read",
            _reads_below,
            "Weights right of the diagonal have an effect. What comes after an earlier copy is at "
            "most at the position itself: row i, column j + 1.",
            _upper_filled,
        ),
    ),
    mistakes=(
        Mistake(
            "the copy itself",
            _copy_itself,
            "You read the weight on the earlier copy. The head that predicts the next token "
            "looks at what came after the copy: one place further.",
        ),
        Mistake(
            "the first copy",
            _first_copy,
            "With several earlier copies you take the first. Asked is the latest.",
        ),
        Mistake(
            "mean over all positions",
            _over_all,
            "The sum is divided by the number of all positions. Those without an earlier copy "
            "have nothing to look up and do not count.",
        ),
        Mistake(
            "rows and columns exchanged",
            _turned_round,
            "Rows and columns are exchanged: weights[i, j] is what position i attends to at j.",
        ),
        Mistake(
            "every copy for itself",
            _every_copy,
            "Each earlier copy counts as a case of its own here. A position counts once, with "
            "its latest copy.",
        ),
        Mistake(
            "all copies together",
            _sum_of_copies,
            "The weights after all earlier copies are added up. Asked is the one after the latest.",
        ),
        Mistake(
            "a copy at place 0 taken for none",
            _not_at_0,
            "Where the latest copy is at place 0, the position does not count here. It should: "
            "mind that the number 0 is false in an `if`.",
        ),
        Mistake(
            "the token before",
            _before_copy,
            "You look at the token before the copy. The one after it tells what may come next.",
        ),
    ),
)
