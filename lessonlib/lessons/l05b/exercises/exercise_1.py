"""Exercise 05b.1: the gap of two models on the same rows, its error, and the sign test."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def compare(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float]:
    """Gap a - b in accuracy, its paired standard error, and how often fair coins go as far."""
    only_a, only_b = int(np.sum(a & ~b)), int(np.sum(~a & b))
    apart = only_a + only_b  # the rows on which one is right and the other is not
    gap, error = (only_a - only_b) / len(a), np.sqrt(apart) / len(a)
    more = max(only_a, only_b)
    tail = sum(math.comb(apart, k) for k in range(more, apart + 1)) / 2**apart
    return gap, float(error), min(1.0, 2 * tail)  # an even split would be counted twice


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (
        np.array([True, True, True, True, False, True, False, True]),
        np.array([True, False, False, False, False, True, True, True]),
    )
    same = np.array([True, False, True, True])
    even = (np.array([True, False, True, False, True]), np.array([False, True, False, True, True]))
    one_sided = (np.array([False] * 5 + [True] * 5), np.ones(10, dtype=bool))
    drawn = [(rng.random(n) < 0.8, rng.random(n) < 0.6) for n in (12, 40, 200)]
    return [
        small,
        Case("where the two are right on the same rows", same, same.copy()),
        Case("where each is alone right on equally many rows", *even),
        Case("where only the second one is ever alone right", *one_sided),
        *drawn,
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _swapped(a: np.ndarray, b: np.ndarray) -> tuple:
    return b, a


def _turns_round(got: Any, other: Any, a: Any, b: Any) -> bool:
    return bool(np.isclose(got[0], -other[0]))


def _same_doubt(got: Any, other: Any, a: Any, b: Any) -> bool:
    return bool(np.allclose(got[1:], other[1:]))


def _more_agreement(a: np.ndarray, b: np.ndarray) -> tuple:
    both = np.ones(7, dtype=bool)
    return np.append(a, both), np.append(b, both)


def _p_stays(got: Any, other: Any, a: Any, b: Any) -> bool:
    return bool(np.isclose(got[2], other[2]))


def _error_shrinks(got: Any, other: Any, a: Any, b: Any) -> bool:
    return bool(np.isclose(got[1] * len(a), other[1] * (len(a) + 7)))


# ---- what people write instead -------------------------------------------------------------------


def _unpaired(a: np.ndarray, b: np.ndarray) -> tuple:
    p, q = a.mean(), b.mean()
    error = np.sqrt((p * (1 - p) + q * (1 - q)) / len(a))
    return compare(a, b)[0], float(error), compare(a, b)[2]


def _one_sided(a: np.ndarray, b: np.ndarray) -> tuple:
    gap, error, _ = compare(a, b)
    apart = int(np.sum(a != b))
    more = max(int(np.sum(a & ~b)), int(np.sum(~a & b)))
    return gap, error, sum(math.comb(apart, k) for k in range(more, apart + 1)) / 2**apart


def _counted_twice(a: np.ndarray, b: np.ndarray) -> tuple:
    return (*compare(a, b)[:2], 2 * _one_sided(a, b)[2])


def _exactly_as_far(a: np.ndarray, b: np.ndarray) -> tuple:
    apart, only = int(np.sum(a != b)), int(np.sum(a & ~b))
    return (*compare(a, b)[:2], min(1.0, 2 * math.comb(apart, only) / 2**apart))


def _farther(a: np.ndarray, b: np.ndarray) -> tuple:
    apart = int(np.sum(a != b))
    more = max(int(np.sum(a & ~b)), int(np.sum(~a & b)))
    tail = sum(math.comb(apart, k) for k in range(more + 1, apart + 1)) / 2**apart
    return (*compare(a, b)[:2], min(1.0, 2 * tail))


def _first_only(a: np.ndarray, b: np.ndarray) -> tuple:
    apart, only = int(np.sum(a != b)), int(np.sum(a & ~b))
    tail = sum(math.comb(apart, k) for k in range(only, apart + 1)) / 2**apart
    return (*compare(a, b)[:2], min(1.0, 2 * tail))


def _counts(a: np.ndarray, b: np.ndarray) -> tuple:
    gap, error, p = compare(a, b)
    return gap * len(a), error * len(a), p


def _not_rooted(a: np.ndarray, b: np.ndarray) -> tuple:
    return compare(a, b)[0], np.sum(a != b) / len(a), compare(a, b)[2]


def _rooted_all(a: np.ndarray, b: np.ndarray) -> tuple:
    return compare(a, b)[0], float(np.sqrt(np.mean(a != b))), compare(a, b)[2]


def _over_the_rows_that_differ(a: np.ndarray, b: np.ndarray) -> tuple:
    gap, error, p = compare(a, b)
    share = float(np.mean(a != b)) or 1.0  # without such rows both are 0
    return gap / share, error / share, p


def _p_instead(chance: Callable[[int, int, int], float]) -> Callable:
    """The right gap and error, with another p of (rows that differ, larger count, smaller one)."""

    def answer(a: np.ndarray, b: np.ndarray) -> tuple:
        one, two = int(np.sum(a & ~b)), int(np.sum(~a & b))
        return (*compare(a, b)[:2], min(1.0, chance(one + two, max(one, two), min(one, two))))

    return answer


def _normal(n: int, more: int, fewer: int) -> float:
    return math.erfc((more - fewer) / math.sqrt(2 * n)) if n else 1.0


def _tosses(n: int, counts: range) -> float:
    return 2 * sum(math.comb(n, k) for k in counts) / 2**n


def _error_first(a: np.ndarray, b: np.ndarray) -> tuple:
    gap, error, p = compare(a, b)
    return error, gap, p


def _other_way(a: np.ndarray, b: np.ndarray) -> tuple:
    return compare(b, a)


EXERCISE = Exercise(
    id="05b.1",
    title="Is the gap more than luck?",
    points=2,
    stars=1,
    minutes=12,
    reference=compare,
    cases=_cases,
    values=(("the gap", "the standard error", "p"),),
    parts={
        "a & ~b": "the rows that only the first model gets",
        "~a & b": "the rows that only the second model gets",
        "only_a": "the number of rows that only the first model gets",
        "only_b": "the number of rows that only the second model gets",
        "apart": "the number of rows on which the two differ",
        "only_a + only_b": "the number of rows on which the two differ",
        "only_a - only_b": "the difference of the two counts",
        "len(a)": "the number of rows",
        "np.sqrt(apart)": "the root of the number of rows on which the two differ",
        "max(only_a, only_b)": "the larger of the two counts",
        "tail": "the chance of one side",
        "2 * tail": "the chance of both sides",
        "min(1.0, 2 * tail)": "the chance of both sides, at most 1",
        "range(more, apart + 1)": "the counts that are as far out or farther",
        "2**apart": "the number of all sequences of tosses",
    },
    forbidden=("scipy.stats.binomtest",),
    hints=(
        "a & ~b is True where only the first model is right. Count these rows, and those where "
        "only the second one is.",
        "The gap is the difference of the two counts over N, its error the root of their sum over "
        "N.",
        "Of n tosses, exactly k fall on one side in math.comb(n, k) of 2**n sequences. Add up from "
        "the larger count to n, double it for the other side, and keep it at 1 or below.",
    ),
    properties=(
        Property(
            "three numbers",
            lambda got, a, b: len(got) == 3 and all(np.ndim(v) == 0 for v in got),
            "Three numbers have to come back: the gap, its standard error, and p.",
        ),
        Property(
            "p is a chance",
            lambda got, a, b: -1e-12 <= got[2] <= 1 + 1e-12,
            "The third number is a chance, but it is not between 0 and 1.",
        ),
        Property(
            "the gap turns round",
            _turns_round,
            "If the two models change places, the gap has to change its sign, and no more.",
            also=_swapped,
        ),
        Property(
            "error and p stay",
            _same_doubt,
            "If the two models change places, the standard error and p have to stay as they are: "
            "as far out means to either side.",
            also=_swapped,
        ),
        Property(
            "the error counts the rows that differ",
            _error_shrinks,
            "If seven rows are added that both models get, the error times the number of rows has "
            "to stay as it is: only the rows count on which the two differ.",
            also=_more_agreement,
        ),
        Property(
            "p asks the rows that differ",
            _p_stays,
            "If seven rows are added that both models get, p has to stay: such rows cannot tell "
            "the two apart.",
            also=_more_agreement,
        ),
    ),
    mistakes=(
        Mistake(
            "two errors as of strangers",
            _unpaired,
            "This error treats the two as if they had been tested on different rows. Only the rows "
            "on which the two differ can move the gap.",
        ),
        Mistake(
            "one side only",
            _one_sided,
            "p is the chance of one side. Nobody said before which of the two would be ahead: as "
            "far out to the other side counts too.",
        ),
        Mistake(
            "more than 1",
            _counted_twice,
            "Where the two counts are equal, both sides share the middle, and it is counted twice: "
            "p is 1 there.",
        ),
        Mistake(
            "exactly as far",
            _exactly_as_far,
            "p has the chance of exactly these counts. Counts that are still farther apart belong "
            "to it too.",
        ),
        Mistake(
            "only farther",
            _farther,
            "p leaves out the counts that were seen: at least as far means these and all that are "
            "farther apart.",
        ),
        Mistake(
            "from the first count",
            _first_only,
            "p adds up from the first model's count, also where it is the smaller one. Start from "
            "the larger count.",
        ),
        Mistake(
            "rows instead of shares",
            _counts,
            "The gap and its error are given in rows. Divide both by the number of rows.",
        ),
        Mistake(
            "no root",
            _not_rooted,
            "The error lacks its root: the variances of the rows add up, and the standard error is "
            "the root of the sum.",
        ),
        Mistake(
            "rows under the root",
            _rooted_all,
            "The number of rows is under the root: the root of the count is divided by N, not by "
            "the root of N.",
        ),
        Mistake(
            "over the rows that differ",
            _over_the_rows_that_differ,
            "Gap and error are divided by the number of rows on which the two differ. They are "
            "shares of all rows: divide both by N.",
        ),
        Mistake(
            "a normal curve",
            _p_instead(_normal),
            "p is what a normal curve gives. For few tosses that is not exact: count the "
            "sequences with math.comb.",
        ),
        Mistake(
            "from the smaller count",
            _p_instead(lambda n, more, fewer: _tosses(n, range(fewer, n + 1))),
            "p is as if the counts were added up from the smaller of the two on, or from 0 to the "
            "larger. At least as far apart are the counts from the larger one on.",
        ),
        Mistake(
            "the error first",
            _error_first,
            "The gap comes first, then its error. Here they have changed places.",
        ),
        Mistake(
            "the other way round",
            _other_way,
            "The gap has the wrong sign: it is the first model minus the second.",
        ),
    ),
)
