"""The two moons of lesson 03."""

import numpy as np
import pytest

from lessonlib.datasets import moons


def distance_to_its_moon(X, y):
    centre = np.where(y[:, None] > 0, [0.0, 0.0], [1.0, 0.5])
    return np.abs(np.linalg.norm(X - centre, axis=1) - 1)


def test_without_noise_every_point_lies_on_its_half_circle():
    X, y = moons(500, 0.0, np.random.default_rng(0))
    assert distance_to_its_moon(X, y).max() < 1e-12
    assert np.all(X[y > 0, 1] >= 0)
    assert np.all(X[y < 0, 1] <= 0.5)


def test_the_noise_is_the_standard_deviation_of_each_coordinate():
    clean, noisy = (moons(4000, noise, np.random.default_rng(1)) for noise in (0.0, 0.2))
    assert np.array_equal(clean[1], noisy[1])
    assert np.allclose((noisy[0] - clean[0]).std(axis=0), 0.2, rtol=0.05)


@pytest.mark.parametrize("n", [2, 7, 100])
def test_the_classes_are_balanced_and_in_random_order(n):
    X, y = moons(n, 0.1, np.random.default_rng(2))
    assert X.shape == (n, 2)
    assert sorted(y.tolist()) == [-1] * (n // 2) + [1] * (n - n // 2)
    if n == 100:
        assert 30 < np.sum(y[1:] != y[:-1]) < 70


def test_no_line_separates_them():
    from lessonlib.perceptron import margin

    X, y = moons(200, 0.0, np.random.default_rng(3))
    assert margin(np.column_stack([X, np.ones(200)]), y) == 0


def test_a_seed_gives_the_same_points():
    first, second = (moons(20, 0.1, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(first[0], second[0])


@pytest.mark.parametrize(("n", "noise"), [(1, 0.1), (10, -0.1), (10, np.nan), (10, np.inf)])
def test_impossible_numbers_are_refused(n, noise):
    with pytest.raises(ValueError, match=r"moons: n=.*wanted n >= 2"):
        moons(n, noise, np.random.default_rng(0))
