"""Sentences of lesson 05 that its own outputs do not show (see claims.md)."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib.datasets import load
from lessonlib.lessons.l05.exercises.exercise_2 import bias_variance
from lessonlib.lessons.l05.exercises.exercise_6 import train
from lessonlib.lessons.l05.recipes.regularisers import METHODS
from lessonlib.trained import trained


@given(st.integers(0, 2_000), st.integers(1, 9), st.integers(1, 6))
def test_bias_and_variance_add_up_to_the_error(seed, fits, places):
    r = np.random.default_rng(seed)
    f, t = 3 * r.normal(size=(fits, places)), r.normal(size=places)
    assert np.isclose(sum(bias_variance(f, t)), np.mean((f - t) ** 2))


def test_the_example_of_three_fits():
    assert np.allclose(bias_variance(np.array([[1.0], [3.0], [8.0]]), np.array([5.0])), (1, 26 / 3))


@pytest.mark.parametrize(("degree", "n"), [(1, 20), (6, 20), (19, 20), (15, 80)])
def test_least_squares_keeps_the_noise_of_one_direction_for_each_weight(degree, n):
    powers = np.polynomial.legendre.legvander(np.linspace(-1, 1, n), degree)
    kept = powers @ np.linalg.pinv(powers)  # the covariance of the fit is kept kept^T sigma^2
    assert np.isclose(np.trace(kept @ kept.T) / n, (degree + 1) / n)


@pytest.mark.parametrize(("degree", "n"), [(1, 20), (1, 320), (15, 20), (15, 320)])
def test_the_gap_of_a_learning_curve_is_twice_the_noise_that_is_kept(degree, n):
    powers = np.polynomial.legendre.legvander(np.linspace(-1, 1, n), degree)
    kept = powers @ np.linalg.pinv(powers)
    own = np.sum((np.eye(n) - kept) ** 2) / n  # mean square of what noise of variance 1 leaves
    new = 1 + np.sum(kept**2) / n
    assert np.isclose(own, 1 - (degree + 1) / n)
    assert np.isclose(new, 1 + (degree + 1) / n)


def test_the_best_of_200_guessers_lies_almost_three_deviations_above_a_half():
    r = np.random.default_rng(0)
    best = r.binomial(100, 0.5, (2000, 200)).max(axis=1) / 100
    assert 2.6 < np.mean(best - 0.5) / 0.05 < 3


@given(st.floats(0.05, 8), st.floats(-5, 5), st.floats(0.01, 50))
def test_decay_lets_a_share_of_the_exact_solution_through(s, c, decay):
    a = c / s * s**2 / (s**2 + decay)
    slope = s * (s * a - c) + decay * a
    assert np.isclose(slope, 0, atol=1e-9 * (1 + s * abs(c)))


@given(st.floats(0.05, 3), st.floats(-5, 5), st.integers(1, 80))
def test_stopping_early_lets_another_share_through(s, c, steps):
    lr, a = 0.9 / 9.0, 0.0
    for _ in range(steps):
        a -= lr * s * (s * a - c)
    assert np.isclose(a, c / s * (1 - (1 - lr * s**2) ** steps))


def test_decay_and_stopping_differ_between_the_strengths_tried():
    s = np.array([10.0, 2.0, 1.0, 0.1])
    decay, stopping = s**2 / (s**2 + 1), 1 - (1 - 0.01 * s**2) ** 70
    assert np.all(np.abs(decay - stopping)[[0, 2, 3]] < 0.011)
    assert decay[1].round(2) == 0.8
    assert stopping[1].round(2) == 0.94


@given(st.integers(0, 2_000), st.integers(1, 6), st.integers(1, 5))
def test_the_weakest_direction_is_weakest_where_features_equal_examples(seed, n, more):
    H = np.random.default_rng(seed).normal(size=(n, n + more))
    weakest = [np.linalg.svd(H[:, :N], compute_uv=False)[-1] for N in range(1, n + more + 1)]
    assert np.all(np.diff(weakest[:n]) < 1e-9)
    assert np.all(np.diff(weakest[n - 1 :]) > -1e-9)


def test_the_softmax_penalty_is_the_second_order_of_dropout():
    r = np.random.default_rng(0)
    h, W = np.abs(r.normal(size=4)) / 40, r.normal(size=(3, 4))
    masks = 2.0 * np.array(list(product((0, 1), repeat=4)))

    def log_sum(scores):
        return np.log(np.exp(scores).sum(axis=-1))

    extra = np.mean(log_sum((masks * h) @ W.T)) - log_sum(W @ h)  # the label's score is unbiased
    q = np.exp(W @ h - log_sum(W @ h))
    penalty = 0.5 * np.sum(h**2 * (q @ W**2 - (q @ W) ** 2))
    assert np.isclose(extra, penalty, rtol=0.02)


@given(st.integers(0, 2_000), st.integers(1, 5), st.integers(0, 5))
def test_the_solution_made_of_rows_is_the_smallest(seed, rows, more):
    r = np.random.default_rng(seed)
    A, b = r.normal(size=(rows, rows + more)), r.normal(size=rows)
    pseudo = np.linalg.pinv(A)
    smallest, step = pseudo @ b, r.normal(size=rows + more)
    other = smallest + step - pseudo @ (A @ step)
    assert np.allclose(A @ other, b)
    gap = np.sum((other - smallest) ** 2)
    assert np.isclose(np.sum(other**2), np.sum(smallest**2) + gap)


@given(st.integers(0, 2_000), st.sampled_from((0.25, 0.5, 0.75)))
def test_dropout_adds_a_penalty_to_the_squared_error_of_a_linear_output(seed, p):
    r = np.random.default_rng(seed)
    h, w, t = r.normal(size=4), r.normal(size=4), r.normal()
    mean = 0.0
    for silent in product((True, False), repeat=4):
        chance = np.prod([p if s else 1 - p for s in silent])
        mean += chance * (w @ (h * ~np.array(silent)) / (1 - p) - t) ** 2
    assert np.isclose(mean, (w @ h - t) ** 2 + p / (1 - p) * np.sum(w**2 * h**2))


def test_a_sum_of_rows_is_not_left_by_a_gradient_but_by_a_step_divided_entry_by_entry():
    row = np.array([1.0, 2.0])
    sign = np.sign(row)  # Adam's first step
    assert not np.isclose(sign[0] * row[1], sign[1] * row[0])


@pytest.mark.parametrize("way", ["log cosh", "momentum", "single rows"])
def test_other_losses_momentum_and_single_rows_reach_the_smallest_solution_too(way):
    r = np.random.default_rng(0)
    A, b = r.normal(size=(5, 20)), r.normal(size=5)
    w, speed, lr = np.zeros(20), np.zeros(20), 0.5 / np.linalg.norm(A, 2) ** 2
    for step in range(4000):
        miss = A @ w - b
        if way == "single rows":
            miss = miss * (np.arange(5) == step % 5)
        gradient = A.T @ (np.tanh(miss) if way == "log cosh" else miss)
        speed = (0.5 if way == "momentum" else 0.0) * speed + gradient
        w = w - lr * speed
    assert np.allclose(w, np.linalg.pinv(A) @ b, atol=1e-9)


def test_the_capstone_gains_when_labels_are_wrong():
    r = np.random.default_rng(5)
    X, y = load("digits", split="train")
    order = r.permutation(len(X))[:300]
    labels = y[order].copy()
    wrong = r.random(300) < 0.2
    labels[wrong] = (labels[wrong] + r.integers(1, 10, wrong.sum())) % 10
    start = r.normal(size=(64, 64)) / 5.7, np.zeros(64), r.normal(size=(10, 64)) / 8, np.zeros(10)
    halves = [(X[order[k : k + 150]], labels[k : k + 150]) for k in (0, 150)]
    drawn = r.random((600, 150, 64))
    test_X, test_y = load("digits", split="test")
    found = []
    for decay, p, validation, patience in ((0.01, 0.5, halves[1], 100), (0.0, 0.0, halves[0], 600)):
        W1, b1, W2, b2, _ = train(start, halves[0], validation, drawn, 0.5, decay, p, patience)
        answers = (np.maximum(test_X @ W1.T + b1, 0) @ W2.T + b2).argmax(axis=1)
        found.append(np.mean(answers == test_y))
    assert found[0] > found[1] + 0.05


def test_every_remedy_gains_in_every_split():
    stored = trained("05.regularisers")["accuracy"]
    mean = dict(zip(METHODS, stored.mean(axis=0), strict=True))
    assert np.all(stored[:, 1:] > stored[:, :1])
    assert max(list(mean)[:7], key=mean.get) == "all three"
    assert min(mean["nearest centroid"], mean["k nearest neighbours"]) > mean["all three"]


def test_how_many_standard_errors_the_methods_are_apart():
    accuracy = dict(zip(METHODS, trained("05.regularisers")["accuracy"].T, strict=True))

    def errors_apart(one, other):
        d = accuracy[one] - accuracy[other]
        return d.mean() / (d.std(ddof=1) / np.sqrt(len(d)))

    assert abs(errors_apart("weight decay", "early stopping")) < 0.5
    assert 5 < errors_apart("early stopping", "dropout") < 6
    assert 3.5 < errors_apart("stopping + dropout", "early stopping") < 4
    assert 2 < errors_apart("stopping + decay", "early stopping") < 2.5
    assert 1 < errors_apart("stopping + dropout", "stopping + decay") < 1.5
    assert abs(errors_apart("all three", "stopping + dropout")) < 1
    assert 1.5 < errors_apart("all three", "stopping + decay") < 2
    assert 3 < errors_apart("all three", "ridge regression") < 3.5
    assert 2.5 < errors_apart("nearest centroid", "all three") < 3
    assert 1 < errors_apart("k nearest neighbours", "all three") < 1.5


def test_without_noise_degree_15_lies_on_the_truth_at_the_ends_too():
    def target(x):
        return 0.8 * np.sin(5 * x) + 0.4 * x

    powers = np.polynomial.legendre.legvander
    places, grid = np.linspace(-1, 1, 20), np.linspace(-1, 1, 501)
    weights = np.linalg.lstsq(powers(places, 15), target(places))[0]
    assert 4e-7 < np.abs(powers(grid, 15) @ weights - target(grid)).max() < 5.5e-7
