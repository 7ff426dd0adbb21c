"""Exercise 10b.4: how often a known fact has a higher confidence than an unknown one."""

from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake


def auc(known: np.ndarray, unknown: np.ndarray) -> float:
    """The share of pairs in which the known fact has the higher confidence."""
    higher = known[:, None] > unknown  # (M, K): every known one against every unknown one
    equal = known[:, None] == unknown
    return float((higher + equal / 2).mean())


def _cases(rng: np.random.Generator) -> list[tuple]:
    tie = "where two confidences are equal"
    near = np.array([1e-10, 0.2]), np.array([2e-10, 0.2 + 1e-10, 0.4])
    cases: list[tuple] = [
        (np.array([0.9, 0.3]), np.array([0.2, 0.7, 0.6])),
        Case(tie, np.array([0.9, 0.6]), np.array([0.2, 0.7, 0.6])),
        Case(tie, np.array([0.8, 0.8, 0.9]), np.array([0.8, 0.1])),
        Case(tie, np.array([0.3]), np.array([0.4, 0.3, 0.1])),
        Case("where every known fact is surer", np.array([0.9, 0.8, 0.7]), np.array([0.6, 0.2])),
        Case("where no known fact is surer", np.array([0.1, 0.2]), np.array([0.6, 0.4, 0.5])),
        Case("where two confidences differ by very little", *(1 - c for c in near)),
        (rng.random(4), rng.random(3)),
        (rng.random(6), rng.random(6)),
    ]
    for m, k in ((8, 5), (20, 30)):
        known, unknown = rng.random(m).round(1), (rng.random(k) * 0.8).round(1)
        unknown[0] = known[0]
        cases.append(Case(tie, known, unknown))
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _between(value: Any, known: np.ndarray, unknown: np.ndarray) -> bool:
    return not np.isfinite(value) or -1e-6 <= value <= 1 + 1e-6


def _exchanged(known: np.ndarray, unknown: np.ndarray) -> tuple:
    return unknown, known


def _add_up_to_1(value: Any, other: Any, known: np.ndarray, unknown: np.ndarray) -> bool:
    return not np.isfinite([value, other]).all() or np.isclose(value + other, 1, atol=1e-5)


def _cubed(known: np.ndarray, unknown: np.ndarray) -> tuple:
    return known**3, unknown**3


def _same(value: Any, other: Any, known: np.ndarray, unknown: np.ndarray) -> bool:
    return not np.isfinite([value, other]).all() or np.isclose(value, other, atol=1e-5)


# ---- what people write instead -------------------------------------------------------------------


def _with_the_mean(known: np.ndarray, unknown: np.ndarray) -> float:
    middle = unknown.mean()
    return float(np.mean((known > middle) + (known == middle) / 2))


def _without_ties(known: np.ndarray, unknown: np.ndarray) -> float:
    won, lost = (known[:, None] > unknown).sum(), (known[:, None] < unknown).sum()
    return float(won / max(won + lost, 1))


def _zipped(known: np.ndarray, unknown: np.ndarray) -> float:
    n = min(len(known), len(unknown))
    return float(np.mean((known[:n] > unknown[:n]) + (known[:n] == unknown[:n]) / 2))


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
    parts={
        "known[:, None]": "`known`",
        "known[:, None] > unknown": "the pairs in which the known fact is surer",
        "known[:, None] == unknown": "the ties",
        "higher": "the pairs in which the known fact is surer",
        "equal": "the ties",
        "equal / 2": "the half of the ties",
        "higher + equal / 2": "the pairs won",
    },
    properties=(
        Property(
            "between 0 and 1",
            _between,
            "The result is not between 0 and 1. It is a share of the M x K pairs.",
        ),
        Property(
            "both sides add up to 1",
            _add_up_to_1,
            "With known and unknown exchanged, the two results have to add up to 1, since each "
            "pair is won by one side, or half by each. Here they do not.",
            _exchanged,
        ),
        Property(
            "only the order counts",
            _same,
            "Only the order of the confidences counts. Their cubes have the same order, and give "
            "another result here.",
            _cubed,
        ),
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
            _with_the_mean,
            "Each known fact is compared with the mean of the unknown ones. A few very sure "
            "inventions then vanish in the mean: compare all pairs.",
        ),
        Mistake(
            "ties left out",
            _without_ties,
            "Ties are left out of the count. They count half, and the share is one of all M x K "
            "pairs.",
        ),
        Mistake(
            "pairs at the same place",
            _zipped,
            "Each known fact meets only the unknown one at the same place. All M x K pairs count.",
        ),
        Mistake(
            "a threshold of one half",
            lambda known, unknown: float(np.concatenate([known > 0.5, unknown <= 0.5]).mean()),
            "This is the accuracy of one threshold, 0.5. The AUC asks about the order of "
            "pairs and needs no threshold.",
        ),
    ),
)
