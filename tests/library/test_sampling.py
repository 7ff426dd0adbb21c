"""Sampling: what is cut, what is kept, and that draws follow the distribution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib.sampling import distribution, sample

LOGITS = st.lists(st.floats(-20, 20), min_size=1, max_size=12).map(np.array)


@given(LOGITS, st.floats(0.05, 10), st.integers(1, 15), st.floats(0.01, 1))
def test_a_distribution_is_one_and_keeps_the_largest(logits, temperature, k, p):
    kept = distribution(logits, temperature, k, p)
    assert kept.sum() == pytest.approx(1)
    assert kept.argmax() == logits.argmax()
    assert 1 <= (kept > 0).sum() <= k
    plain = distribution(logits, temperature)
    ratio = kept[kept > 0] / plain[kept > 0]
    assert np.allclose(ratio, ratio[0])  # what is kept keeps its proportions


@given(LOGITS, st.floats(0.01, 0.99))
def test_top_p_keeps_the_fewest_that_reach_p(logits, p):
    plain, kept = distribution(logits), distribution(logits, top_p=p) > 0
    assert plain[kept].sum() >= p - 1e-9
    assert plain[kept].sum() - plain[kept].min() < p + 1e-9


def test_temperature_zero_is_greedy_and_takes_the_first_of_equals():
    assert distribution(np.array([1.0, 3.0, 3.0]), temperature=0).tolist() == [0, 1, 0]
    assert distribution(np.array([1.0, 3.0, 3.0]), top_k=1).tolist() == [0, 1, 0]
    assert distribution(np.array([1.0, 3.0]), temperature=1e-300).tolist() == [0, 1]


def test_minus_infinity_is_never_drawn_and_rows_are_independent():
    logits = np.array([[0.0, -np.inf, 0.0], [-np.inf, 5.0, -np.inf]], np.float32)
    assert distribution(logits).dtype == np.float32
    drawn = np.stack([sample(logits, np.random.default_rng(i)) for i in range(50)])
    assert set(drawn[:, 0]) == {0, 2}
    assert set(drawn[:, 1]) == {1}


def test_draws_follow_the_distribution():
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05]))
    drawn = sample(np.tile(logits, (20_000, 1)), np.random.default_rng(0), top_p=0.9)
    share = np.bincount(drawn, minlength=4) / len(drawn)
    assert np.allclose(share, np.array([0.5, 0.3, 0.15, 0]) / 0.95, atol=0.015)


@pytest.mark.parametrize(
    ("logits", "options", "words"),
    [
        ([1.0, np.nan], {}, "no NaN"),
        ([-np.inf, -np.inf], {}, "finite largest"),
        ([1.0], {"temperature": -1}, "temperature -1"),
        ([1.0], {"temperature": float("nan")}, "temperature nan"),
        ([1.0], {"top_k": 0}, "top_k 0"),
        ([1.0], {"top_p": 0}, "top_p 0"),
        ([1], {}, "dtype int64"),
    ],
)
def test_errors_name_what_was_seen(logits, options, words):
    with pytest.raises(ValueError, match=words):
        sample(np.array(logits), np.random.default_rng(0), **options)
