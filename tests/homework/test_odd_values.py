"""Judging never raises: half-right and odd values as answers, for every exercise of the course."""

import copy
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lessonlib.exercises.call import Outcome
from lessonlib.exercises.judge import SEED, expected, verdict
from lessonlib.homework.sandbox import wire
from lessonlib.homework.submission.cases import Cases
from lessonlib.homework.submission.score import explain, share
from lessonlib.lessons.registry import exercises_of, lessons

EXERCISES = {k: e for lesson in lessons() for k, e in exercises_of(lesson).items()}
FIXED = [
    None, True, float("nan"), float("inf"), -float("inf"), 10**399, -(10**399), 0, 1e308, "", "x",
    1j, [], (), {}, [[]], [[1], [2, 3]], (None, None), (1, None), {"x": None}, {1: [1]},
    [float("nan")], np.array(["a", "b"]), np.zeros((0,)), np.zeros((3, 0, 2)), np.array(np.nan),
    np.full((2, 2), np.inf), np.ones(3, bool), np.ones((2, 2), complex), np.zeros((1,) * 12),
    wire.stranger("Vector"), [wire.stranger("x")], np.float32(1.0), np.int8(-128),
    [[[[[[[1]]]]]]], [10**399, 1.0],
]  # fmt: skip
scalars = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers(-(10**399), 10**399)
    | st.integers(-3, 12)
    | st.text(max_size=3)
    | st.just(wire.stranger("Thing"))
)
arrays = hnp.arrays(
    st.sampled_from(["f4", "f8", "i8", "u1", "?", "c16", "U2"]),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
odd = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=2) | st.integers(0, 9), inner, max_size=3)
    ),
    max_leaves=6,
) | st.sampled_from(FIXED)  # fmt: skip


@cache
def tried(identity):
    """Some of an exercise's cases, and what the reference returns in each."""
    exercise = EXERCISES[identity]
    cases = exercise.cases(np.random.default_rng(SEED))[:4]
    return cases, [expected(exercise, c) for c in cases]


def bent(data, value, depth=0):
    """The right value with one part of it replaced, left out, or put into another form."""
    how = data.draw(st.integers(0, 5))
    if isinstance(value, tuple | list) and value and depth < 3 and how > 1:
        parts, at = list(value), data.draw(st.integers(0, len(value) - 1))
        parts[at] = bent(data, parts[at], depth + 1)
        if how == 2:
            del parts[at]
        return tuple(parts) if how in (3, 4) else parts
    if isinstance(value, dict) and value and depth < 3 and how > 1:
        key = data.draw(st.sampled_from(sorted(value, key=str)))
        return {**value, key: bent(data, value[key], depth + 1)}
    if isinstance(value, np.ndarray) and value.size and how > 1:
        if how == 2:
            return value.astype(object).tolist()
        if how == 3:
            return value[..., None]
        spoilt = value.astype(float) if value.dtype.kind in "biuf" else value.copy()
        spoilt.flat[data.draw(st.integers(0, value.size - 1))] = np.nan if how == 4 else 1e300
        return spoilt
    return data.draw(odd)


def judged(identity, values, search):
    """All that the grader makes of one value for each case."""
    exercise = EXERCISES[identity]
    cases, wants = tried(identity)
    outcomes = [Outcome(value=copy.deepcopy(v)) for v in values]
    known = verdict(exercise, cases, outcomes, cases, outcomes, search=search)
    both = Cases(exercise, cases, cases, [*wants, *wants])
    score, _ = share(both, outcomes, outcomes, bool(known.mistake))
    assert 0.0 <= score <= 1.0
    result = explain(exercise, known, known)
    assert 0.0 <= result.score <= 1.0
    assert repr(result)
    assert result._repr_html_()


@pytest.mark.exhaustive
@pytest.mark.parametrize("identity", EXERCISES)
@settings(max_examples=8)
@given(data=st.data())
def test_a_value_that_is_partly_right_is_judged(identity, data):
    _, wants = tried(identity)
    values = copy.deepcopy(wants)
    for at in data.draw(st.sets(st.integers(0, len(values) - 1), min_size=1, max_size=3)):
        values[at] = bent(data, values[at])
    judged(identity, values, search=False)


@pytest.mark.exhaustive
@pytest.mark.parametrize("identity", EXERCISES)
def test_the_same_odd_value_everywhere_is_judged(identity):
    for value in FIXED:
        judged(identity, [value] * len(tried(identity)[0]), search=False)


@pytest.mark.exhaustive
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of `call`
@pytest.mark.parametrize("identity", EXERCISES)
@settings(max_examples=3)
@given(data=st.data())
def test_the_searches_bear_odd_values(identity, data):
    _, wants = tried(identity)
    judged(identity, [bent(data, v) for v in copy.deepcopy(wants)], search=True)
