"""Exercise 10.4: the bits per character of a model's predictions."""

import math
from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l10.exercises.shared import finite, softmax


def bits_per_character(logits: np.ndarray, ids: np.ndarray, characters: int) -> float:
    """How many bits the model needs for every character of what it had to predict."""
    logits, targets = logits[:-1], ids[1:]  # position l predicts token l + 1
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    nats = -log_p[np.arange(len(targets)), targets].sum()
    return float(nats / np.log(2) / characters)


def _cases(rng: np.random.Generator) -> list[tuple]:
    probabilities = [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.1, 0.1, 0.8]]
    cases: list[tuple] = [(np.log(probabilities), np.array([0, 1, 2]), 4)]
    for L, V, n in ((5, 4, 9), (2, 3, 5), (7, 2, 6), (4, 6, 4)):
        cases.append((2 * rng.normal(size=(L, V)), rng.integers(0, V, L), n))
    far = np.array([[1000.0, -1000.0, -900.0], [-1000.0, -990.0, 0.0], [0.0, 1.0, 2.0]])
    for logits, ids, n in (
        (far, np.array([2, 2, 0]), 3),
        (500 * rng.normal(size=(12, 5)), rng.integers(0, 5, 12), 12),
    ):
        cases.append(Case("where logits are as large as 1000", logits, ids, n))
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _equal_logits(logits: np.ndarray, ids: np.ndarray, characters: int) -> tuple:
    return np.zeros_like(logits), ids, characters


def _knows_nothing(value: Any, other: Any, logits: Any, ids: Any, characters: int) -> bool:
    L, V = logits.shape
    return not finite(other) or np.isclose(other, (L - 1) * np.log2(V) / characters, atol=1e-4)


def _shifted(logits: np.ndarray, ids: np.ndarray, characters: int) -> tuple:
    return logits + 3, ids, characters


def _other_last_row(logits: np.ndarray, ids: np.ndarray, characters: int) -> tuple:
    last = logits[-1:, ::-1] + np.arange(logits.shape[1])
    return np.concatenate([logits[:-1], last]), ids, characters


def _other_first_token(logits: np.ndarray, ids: np.ndarray, characters: int) -> tuple:
    return logits, np.array([(ids[0] + 1) % logits.shape[1], *ids[1:]]), characters


def _same(value: Any, other: Any, *arguments: Any) -> bool:
    return not finite(value, other) or np.isclose(value, other, rtol=1e-4, atol=1e-4)


def _other_first_row(logits: np.ndarray, ids: np.ndarray, characters: int) -> tuple:
    logits = logits.copy()
    likely = softmax(logits[:1])[0, ids[1]] > 0.9
    logits[0] = 0
    logits[0, ids[1]] = -5 if likely else 50
    return logits, ids, characters


def _differs(value: Any, other: Any, logits: np.ndarray, *arguments: Any) -> bool:
    sure = abs(logits).max() > 50  # there a row may be sure already, and stay so
    return (
        sure
        or len(logits) < 3
        or not finite(value, other)
        or not np.isclose(value, other, rtol=1e-6)
    )


def _hardly_possible(logits: np.ndarray, ids: np.ndarray, characters: int) -> tuple:
    return np.array([[0.0, -1000.0], [0.0, -1000.0]]), np.array([1, 1]), 1


def _not_cut_off(value: Any, other: Any, *arguments: Any) -> bool:
    return not finite(other) or not 5 < other < 900


def _not_negative(value: Any, *arguments: Any) -> bool:
    return not finite(value) or value >= -1e-6


# ---- what people write instead -------------------------------------------------------------------


def _bits(logits: np.ndarray, targets: np.ndarray, characters: float) -> float:
    """Bits for each character, targets as given."""
    p = softmax(logits)[np.arange(len(targets)), targets]
    with np.errstate(divide="ignore"):
        return float(-np.log2(p).sum() / characters)


def _half_in_bits(logits: np.ndarray, ids: np.ndarray, characters: int) -> float:
    """The logarithm of the sum in base 2, the logit as it is."""
    z = logits[:-1] - logits[:-1].max(axis=1, keepdims=True)
    own = z[np.arange(len(z)), ids[1:]]
    return float((np.log2(np.exp(z).sum(axis=1)) - own).sum() / characters)


def _overflow(logits: np.ndarray, ids: np.ndarray, characters: int) -> float:
    """Probabilities without the maximum subtracted."""
    with np.errstate(all="ignore"):
        e = np.exp(logits[:-1])
        p = e[np.arange(len(e)), ids[1:]] / e.sum(axis=1)
        return float(-np.log2(p).sum() / characters)


EXERCISE = Exercise(
    id="10.4",
    title="Bits per character",
    points=3,
    stars=2,
    minutes=12,
    reference=bits_per_character,
    cases=_cases,
    forbidden=("lessonlib.functional.cross_entropy", "torch.nn.functional.cross_entropy"),
    hints=(
        "logits[l] was computed from tokens 0 .. l. Which token does it predict?",
        "Compare logits[:-1] with ids[1:].",
        "Sum -log2 p over the predicted tokens, then divide by the number of characters.",
    ),
    parts={
        "logits[:-1]": "the rows that predict something",
        "ids[1:]": "the tokens to predict",
        "logits": "the array of logits",
        "targets": "the tokens to predict",
        "logits.max(axis=1, keepdims=True)": "the largest logit of a row",
        "logits - logits.max(axis=1, keepdims=True)": "the array of logits",
        "z": "the array of logits",
        "np.exp(z)": "the array of exponentials",
        "np.exp(z).sum(axis=1, keepdims=True)": "the sum of a row",
        "np.log(np.exp(z).sum(axis=1, keepdims=True))": "the logarithm of the sum of a row",
        "log_p": "the logarithms of the probabilities",
        "log_p[np.arange(len(targets)), targets]": "those of the right tokens",
        "nats": "the sum in nats",
        "np.log(2)": "the logarithm of 2",
        "nats / np.log(2)": "the bits",
    },
    properties=(
        Property(
            "never below 0",
            _not_negative,
            "The result is below 0. A probability is at most 1, so no token costs less than 0 "
            "bits: mind the sign.",
        ),
        Property(
            "a shift of the logits changes nothing",
            _same,
            "The same number added to all logits leaves the probabilities as they are, so the "
            "bits may not change. Here they do: do all terms have the same base of the logarithm?",
            _shifted,
        ),
        Property(
            "the last row predicts nothing",
            _same,
            "The last row of the logits predicts a token that is not there, so it must not have "
            "an effect. Here it has.",
            _other_last_row,
        ),
        Property(
            "the first token is given",
            _same,
            "The first token of ids is given: no row predicts it, so it must not have an effect. "
            "Here it has.",
            _other_first_token,
        ),
        Property(
            "the first row counts",
            _differs,
            "The first row of the logits predicts ids[1]. Here it has no effect.",
            _other_first_row,
        ),
        Property(
            "the cost is not cut off",
            _not_cut_off,
            "A token with a logit of -1000 next to 0 costs 1,443 bits; here its cost is cut off, "
            "as by a small number added to the probability. Stay with logarithms.",
            _hardly_possible,
        ),
        Property(
            "equal logits cost log2 V bits a token",
            _knows_nothing,
            "When all logits are equal, each of the L - 1 predicted tokens costs log2 V bits; "
            "their sum is divided by the characters. Here something else comes out.",
            _equal_logits,
        ),
    ),
    mistakes=(
        Mistake(
            "not shifted",
            _bits,
            "Position l is compared with token l, which it has just read. It predicts token l + 1.",
        ),
        Mistake(
            "shifted the wrong way",
            lambda logits, ids, n: _bits(logits[1:], ids[:-1], n),
            "Position l is compared with token l - 1, which is in the past. Use logits[:-1] "
            "and ids[1:].",
        ),
        Mistake(
            "nats",
            lambda logits, ids, n: bits_per_character(logits, ids, n) * math.log(2),
            "These are nats, from the natural logarithm. Divide by log 2 for bits.",
        ),
        Mistake(
            "per token",
            lambda logits, ids, n: bits_per_character(logits, ids, len(ids) - 1),
            "These are bits per token. Tokens of another vocabulary are longer or shorter: to "
            "compare, divide by the number of characters.",
        ),
        Mistake(
            "mean over tokens, then characters",
            lambda logits, ids, n: bits_per_character(logits, ids, n) / (len(ids) - 1),
            "It is divided by the tokens and by the characters. The sum over all tokens is to "
            "be divided by the characters alone.",
        ),
        Mistake(
            "base 2 in one term",
            _half_in_bits,
            "Only the logarithm of the sum has base 2; the logit itself is still in nats. Both "
            "have to be divided by log 2.",
        ),
        Mistake(
            "no minus",
            lambda logits, ids, n: -bits_per_character(logits, ids, n),
            "The result has the opposite sign. The logarithm of a probability is at most 0, and "
            "bits are that with a minus.",
        ),
        Mistake(
            "overflow",
            _overflow,
            "exp of a large logit overflows. Subtract each row's maximum first, and stay with "
            "logarithms.",
        ),
    ),
)
