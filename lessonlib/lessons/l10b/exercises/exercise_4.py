"""Exercise 10b.4: how often a known fact has a higher confidence than an unknown one."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def auc(known: np.ndarray, unknown: np.ndarray) -> float:
    """The share of pairs in which the known fact has the higher confidence."""
    higher = known[:, None] > unknown  # (M, K): every known one against every unknown one
    equal = known[:, None] == unknown
    return float((higher + equal / 2).mean())


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = [
        (np.array([0.9, 0.6]), np.array([0.2, 0.7, 0.6])),
        (np.array([0.8, 0.8, 0.9]), np.array([0.8])),
        (np.array([0.3]), np.array([0.4, 0.3, 0.1])),
    ]
    for m, k in ((8, 5), (20, 30)):
        cases.append((rng.random(m).round(1), (rng.random(k) * 0.8).round(1)))
    return cases


EXERCISE = Exercise(
    id="10b.4",
    title="Does confidence tell?",
    points=2,
    stars=2,
    minutes=10,
    reference=auc,
    cases=_cases,
    hints=(
        "known[:, None] > unknown has one entry for each of the M x K pairs.",
        "The mean of a boolean array is the share of True.",
        "Add half of the share of ties: known[:, None] == unknown.",
    ),
    mistakes=(
        Mistake(
            "ties count nothing",
            lambda known, unknown: float((known[:, None] > unknown).mean()),
            "A tie counts 0 here. Who cannot tell two facts apart is right half of the time.",
        ),
        Mistake(
            "ties count in full",
            lambda known, unknown: float((known[:, None] >= unknown).mean()),
            "A tie counts 1 here. Two equal confidences tell nothing: they count half.",
        ),
        Mistake(
            "the wrong way round",
            lambda known, unknown: auc(unknown, known),
            "This is the share of pairs in which the unknown fact is the surer one.",
        ),
        Mistake(
            "compared with the mean",
            lambda known, unknown: float((known > unknown.mean()).mean()),
            "Each known fact is compared with the mean of the unknown ones. A few very sure "
            "inventions then vanish in the mean: compare all pairs.",
        ),
        Mistake(
            "a threshold of one half",
            lambda known, unknown: float(np.concatenate([known > 0.5, unknown <= 0.5]).mean()),
            "This is the accuracy of one threshold, 0.5. The AUC asks about the order of "
            "pairs and needs no threshold.",
        ),
    ),
)
