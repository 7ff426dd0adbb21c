"""The drawn table: what it holds, that its labels follow the stated formula, what it refuses."""

import numpy as np
import pytest

from lessonlib.datasets import irregular_table


def test_shape_kind_and_both_classes():
    X, y = irregular_table(4000, np.random.default_rng(1))
    assert X.shape == (4000, 20)
    assert X.dtype == np.float64
    assert y.dtype == np.int64
    assert 0.4 < y.mean() < 0.6  # neither class is a good guess
    assert np.abs(X.mean(axis=0)).max() < 0.1
    assert np.abs(X.std(axis=0) - 1).max() < 0.1


def test_same_generator_same_table():
    first, second = (irregular_table(30, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


def test_the_label_follows_the_stated_rule_where_the_noise_cannot_turn_it():
    X, y = irregular_table(4000, np.random.default_rng(2))
    expected = np.empty(len(X))
    for i, x in enumerate(X):  # the formula of the docstring, row by row
        expected[i] = np.floor(2 * x[0]) % 2
        expected[i] += 2 if x[1] > 0.5 and x[2] < 0 else 0
        expected[i] += 1 if abs(x[3]) > 1 else 0
        expected[i] -= 2 if x[4] > 1 else 0
    clear = np.abs(expected - 0.8) > 1.1  # more than three and a half spreads of the noise
    assert clear.mean() > 0.3
    assert np.mean(y[clear] == (expected[clear] > 0.8)) > 0.998
    assert np.mean(y == (expected > 0.8)) > 0.8


def test_columns_five_to_nineteen_do_not_matter():
    X, y = irregular_table(20_000, np.random.default_rng(4))
    shares = [y[X[:, column] > 0].mean() - y[X[:, column] <= 0].mean() for column in range(5, 20)]
    assert np.abs(shares).max() < 0.03


@pytest.mark.parametrize("n", [0, -3])
def test_no_rows_are_refused(n):
    with pytest.raises(ValueError, match=f"irregular_table: n={n}, wanted n >= 1"):
        irregular_table(n, np.random.default_rng(0))
