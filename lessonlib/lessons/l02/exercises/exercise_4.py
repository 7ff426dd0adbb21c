"""Exercise 02.4: the cross-entropy of scores, for scores of any size."""

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def cross_entropy(scores: np.ndarray, target: np.ndarray) -> float:
    """The mean of -log softmax(scores)[target] over the rows, safe for large scores."""
    z = scores - scores.max(axis=1, keepdims=True)  # the largest becomes 0: no overflow
    log_sum = np.log(np.exp(z).sum(axis=1))  # at least one term is e^0 = 1: never log(0)
    right = z[np.arange(len(z)), target]  # the score of the right class, row by row
    return float(np.mean(log_sum - right))


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[2.0, 1.0, 0.0]]), np.array([1]))
    two = (np.array([[0.0, 0.0], [3.0, -1.0]]), np.array([0, 1]))
    drawn = [
        (3 * rng.normal(size=(n, c)), rng.integers(0, c, n)) for n, c in ((4, 4), (3, 6), (30, 10))
    ]
    large = Case(
        "where scores are large, of both signs",
        np.array([[1000.0, 990.0], [-1000.0, -1001.0]]),
        np.array([1, 0]),
    )
    ahead = (np.array([[0.0, 1500.0, -20.0], [0.0, 1.0, 2.0]]), np.array([1, 0]))
    far = Case(
        "where the probability of the right class is too small for a float: there the loss has to "
        "come from the scores, not from the logarithm of a probability",
        np.array([[-1000.0, 1000.0, 0.0], [50.0, 0.0, 1.0]]),
        np.array([0, 1]),
    )
    return [small, two, *drawn, large, ahead, far]


# ---- what every right answer has -----------------------------------------------------------------


def _behind(scores: np.ndarray, target: np.ndarray) -> float:
    """How far the right class is behind the best one, in the mean: no loss is smaller."""
    return float(np.mean(scores.max(axis=1) - scores[np.arange(len(scores)), target]))


def _shifted(scores: np.ndarray, target: np.ndarray) -> tuple:
    """Another number added to all scores of each row."""
    return scores + np.arange(1.0, len(scores) + 1)[:, None], target


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


def _small_number_inside(scores: np.ndarray, target: np.ndarray) -> float:
    z = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return float(-np.mean(np.log(p[np.arange(len(p)), target] + 1e-12)))


def _log_of_a_probability(scores: np.ndarray, target: np.ndarray) -> float:
    z = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        return float(-np.mean(np.log(p[np.arange(len(p)), target])))


def _mean_over_classes(scores: np.ndarray, target: np.ndarray) -> float:
    z = scores - scores.max(axis=1, keepdims=True)
    return float(-np.mean(z - np.log(np.exp(z).sum(axis=1, keepdims=True))))


def _score_with_its_maximum(scores: np.ndarray, target: np.ndarray) -> float:
    z = scores - scores.max(axis=1, keepdims=True)
    right = scores[np.arange(len(z)), target]
    return float(np.mean(np.log(np.exp(z).sum(axis=1)) - right))


def _all_pairs_loss(scores: np.ndarray, target: np.ndarray) -> float:
    z = scores - scores.max(axis=1, keepdims=True)
    logs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-np.mean(logs[:, target]))


EXERCISE = Exercise(
    id="02.4",
    title="Cross-entropy for scores of any size",
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
    properties=(
        Property(
            "one number",
            lambda loss, scores, target: np.size(loss) == 1,
            "One number is asked for, the mean over the rows; more came back.",
        ),
        Property(
            "equal scores cost the logarithm of their number",
            lambda loss, equal, scores, target: np.allclose(equal, np.log(scores.shape[1])),
            "With equal scores each of C classes has the probability 1/C, and the loss is the "
            "natural logarithm of C, for any number of rows; here it is another number.",
            also=lambda scores, target: (0 * scores, target),
        ),
        Property(
            "never negative",
            lambda loss, scores, target: not np.any(np.asarray(loss) < -1e-9),
            "The loss is never negative: a probability is at most 1, and minus its logarithm at "
            "least 0. Here it is negative.",
        ),
        Property(
            "unchanged when the scores of a row shift",
            lambda loss, shifted, *case: (
                not np.all(np.isfinite(loss)) or np.allclose(loss, shifted)
            ),
            "The same number added to all scores of a row changes no probability, so the loss must "
            "stay; here it changes.",
            also=_shifted,
        ),
        Property(
            "the mean of the rows",
            lambda loss, twice, *case: not np.all(np.isfinite(loss)) or np.allclose(loss, twice),
            "With every row twice the mean over the rows must stay; here the result changes.",
            also=lambda scores, target: (np.vstack([scores, scores]), np.tile(target, 2)),
        ),
        Property(
            "at least as far as the right class is behind",
            lambda loss, scores, target: not np.any(np.asarray(loss) < _behind(scores, target)),
            "Each row costs at least the distance from its largest score to the score of the right "
            "class, so the mean of these distances is the least that the loss can be; here it is "
            "less.",
        ),
    ),
    parts={
        "z": "the scores without the largest one of their row",
        "scores - scores.max(axis=1, keepdims=True)": "the scores without the largest one of "
        "their row",
        "scores.max(axis=1, keepdims=True)": "the largest score of the row",
        "np.exp(z)": "the exponentials",
        "np.exp(z).sum(axis=1)": "the sum of the exponentials",
        "np.log(np.exp(z).sum(axis=1))": "the logarithm of the sum",
        "log_sum": "the logarithm of the sum",
        "right": "the score of the right class",
        "z[np.arange(len(z)), target]": "the score of the right class",
        "log_sum - right": "the loss of a row",
        "np.mean(log_sum - right)": "the mean of the losses",
    },
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
            "a small number inside the logarithm",
            _small_number_inside,
            "A small number is added to the probability before the logarithm is taken. That caps "
            "the loss of a row at about 28; a score 2,000 below the largest has to cost 2,000.",
        ),
        Mistake(
            "the logarithm of a probability",
            _log_of_a_probability,
            "Right as long as no exponential leaves the range of a float; here one is rounded to 0 or "
            "to infinity before its logarithm is taken. The logarithm of e^z is z itself: take the "
            "logarithm apart first.",
        ),
        Mistake(
            "mean over all classes",
            _mean_over_classes,
            "All classes count here, right or wrong, and `target` is not used. Only the "
            "probability of the right class counts.",
        ),
        Mistake(
            "the right score with its maximum",
            _score_with_its_maximum,
            "The largest score is taken off in the sum of the exponentials, but not off the score "
            "of the right class. Take it off both.",
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
            "The result has the opposite sign: a probability below 1 has a negative logarithm, "
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
