"""Exercise 02.4: the cross-entropy of scores, for scores of any size."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def cross_entropy(scores: np.ndarray, target: np.ndarray) -> float:
    """The mean of -log softmax(scores)[target] over the rows, safe for large scores."""
    z = scores - scores.max(axis=1, keepdims=True)  # the largest becomes 0: no overflow
    log_sum = np.log(np.exp(z).sum(axis=1))  # at least one term is e^0 = 1: never log(0)
    right = z[np.arange(len(z)), target]  # the score of the right class, row by row
    return float(np.mean(log_sum - right))


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[2.0, 1.0, 0.0]]), np.array([1]))
    two = (np.array([[0.0, 0.0], [3.0, -1.0]]), np.array([0, 1]))
    drawn = [(3 * rng.normal(size=(n, c)), rng.integers(0, c, n)) for n, c in ((4, 4), (30, 10))]
    large = (np.array([[1000.0, 990.0], [-1000.0, -1001.0]]), np.array([1, 0]))
    return [small, two, *drawn, large]


# ---- what people write instead -------------------------------------------------------------------


def _naive_loss(scores: np.ndarray, target: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        return float(-np.mean(np.log(p[np.arange(len(p)), target])))


def _one_maximum_loss(scores: np.ndarray, target: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        z = scores - scores.max()
        return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), target]))


def _wrong_axis_loss(scores: np.ndarray, target: np.ndarray) -> float:
    z = scores - scores.max(axis=0)
    p = z - np.log(np.exp(z).sum(axis=0))
    return float(-np.mean(p[np.arange(len(p)), target]))


def _largest_loss(scores: np.ndarray, target: np.ndarray) -> float:
    return cross_entropy(scores, scores.argmax(axis=1))


def _all_pairs_loss(scores: np.ndarray, target: np.ndarray) -> float:
    z = scores - scores.max(axis=1, keepdims=True)
    logs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-np.mean(logs[:, target]))


EXERCISE = Exercise(
    id="02.4",
    title="Cross-entropy that does not overflow",
    points=3,
    stars=2,
    minutes=15,
    reference=cross_entropy,
    cases=_cases,
    forbidden=(
        "lessonlib.functional.cross_entropy",
        "lessonlib.functional.log_softmax",
        "lessonlib.functional.softmax",
        "torch.nn.functional.cross_entropy",
    ),
    hints=(
        "-log softmax(z)[t] = log(sum of e^z) - z[t]. Softmax itself is not needed.",
        "Take the largest score of the row off every score of the row: the loss stays the same.",
        "scores[np.arange(N), target] picks one entry from each row.",
    ),
    mistakes=(
        Mistake(
            "overflow",
            _naive_loss,
            "Right for small scores, nan for large ones: e^1000 is inf. Subtract the largest "
            "score of each row first.",
        ),
        Mistake(
            "one maximum for all rows",
            _one_maximum_loss,
            "The largest score of the whole table is subtracted. A row far below it vanishes: "
            "all its exponentials are 0. Each row has a largest score of its own.",
        ),
        Mistake(
            "wrong axis",
            _wrong_axis_loss,
            "The probabilities sum to 1 down the columns. Each row is one example: axis=1.",
        ),
        Mistake(
            "sum instead of mean",
            lambda scores, target: cross_entropy(scores, target) * len(scores),
            "This is the sum over the rows. The loss is their mean.",
        ),
        Mistake(
            "sign",
            lambda scores, target: -cross_entropy(scores, target),
            "The sign is the wrong way round: a probability below 1 has a negative logarithm, "
            "and the loss is minus that.",
        ),
        Mistake(
            "largest score instead of the right class",
            _largest_loss,
            "This takes the class with the highest score. The loss asks how much probability "
            "the right class got, also when it lost.",
        ),
        Mistake(
            "columns instead of entries",
            _all_pairs_loss,
            "p[:, target] picks whole columns, for every row all targets. "
            "p[np.arange(N), target] picks one entry a row.",
        ),
    ),
)
