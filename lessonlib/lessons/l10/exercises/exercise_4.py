"""Exercise 10.4: the bits per character of a model's predictions."""

import math

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l10.exercises.shared import softmax


def bits_per_character(logits: np.ndarray, ids: np.ndarray, characters: int) -> float:
    """How many bits the model needs for every character of what it had to predict."""
    logits, targets = logits[:-1], ids[1:]  # position l predicts token l + 1
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    nats = -log_p[np.arange(len(targets)), targets].sum()
    return float(nats / np.log(2) / characters)


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases: list[tuple] = [
        (np.log([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.1, 0.1, 0.8]]), [0, 1, 2], 4)
    ]
    cases += [(2 * rng.normal(size=(L, V)), rng.integers(0, V, L), n) for L, V, n in ((5, 4, 9),)]
    cases += [(900 * rng.normal(size=(6, 5)), rng.integers(0, 5, 6), 12)]
    return [(logits, np.array(ids), n) for logits, ids, n in cases]


# ---- what people write instead -------------------------------------------------------------------


def _bits(logits: np.ndarray, targets: np.ndarray, characters: float) -> float:
    """Bits for each character, targets as given."""
    p = softmax(logits)[np.arange(len(targets)), targets]
    with np.errstate(divide="ignore"):
        return float(-np.log2(p).sum() / characters)


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
            "overflow",
            _overflow,
            "exp of a large logit overflows. Subtract each row's maximum first, and stay with "
            "logarithms.",
        ),
    ),
)
