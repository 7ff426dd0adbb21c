"""Exercise 10b.1: how much attention a head gives to the token after the latest earlier copy."""

import numpy as np

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
        (small, np.array([1, 2, 3, 4])),  # no copy at all
        (_attention(rng, 6), np.array([7, 1, 7, 2, 7, 7])),  # several copies: the latest counts
    ]
    return [*cases, *((_attention(rng, n), rng.integers(0, 4, n)) for n in (9, 14))]


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
        "The latest copy is the last of these places, j. What followed it stands at j + 1.",
        "Collect weights[i, j + 1] for the positions that have a copy, and take their mean.",
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
            "the token before",
            _before_copy,
            "You look at the token before the copy. The one after it tells what may come next.",
        ),
    ),
)
