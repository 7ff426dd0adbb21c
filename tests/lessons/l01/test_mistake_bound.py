"""Novikoff's theorem as lesson 01 states it: a search for points that break it, under each of its
conditions, and what happens where a condition is missing."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib import perceptron
from lessonlib.lessons.l01.exercises.exercise_3 import one_pass
from lessonlib.lessons.l01.exercises.exercise_5 import bound
from lessonlib.lessons.registry import find

ENOUGH = 1e-9  # of rounding


def extended(X):
    return np.column_stack([X, np.ones(len(X))])


def points(r, n, dim):
    """Points at every scale: whole numbers with ties, or lengths over four powers of ten."""
    if r.random() < 0.3:
        return r.integers(-3, 4, (n, dim)).astype(float)
    return r.normal(size=(n, dim)) * 10 ** r.uniform(-2, 2, (n, 1))


def separated(r, n, dim, margin=1e-3):
    """Points with the labels of a random plane through the origin, none too close to it."""
    while True:
        X, u = points(r, n, dim), r.normal(size=dim)
        u /= np.linalg.norm(u)
        X = X[np.abs(X @ u) > margin * np.linalg.norm(X, axis=1).max()]
        if len(X):
            return X, np.where(X @ u > 0, 1, -1), u


@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 12))
def test_no_points_break_the_bound_through_the_origin(seed, dim, n):
    r = np.random.default_rng(seed)
    X, y, u = separated(r, n, dim)
    line = perceptron.fit(X, y, passes=40, bias=False, rng=r)
    assert line.steps <= bound(X, y, u) + ENOUGH
    assert line.steps <= (np.linalg.norm(X, axis=1).max() / perceptron.margin(X, y)) ** 2 + ENOUGH


def over_all_samples(X, y, n):
    """In all samples of n draws: mistakes, and errors of the lines that met the draws, on X."""
    mistakes, errors = [], []
    for sample in product(range(len(X)), repeat=n):
        w, made, wrong = np.zeros(X.shape[1]), 0, 0.0
        for i in sample:
            wrong += np.mean(y * (X @ w) <= 0)
            if y[i] * (X[i] @ w) <= 0:
                w, made = w + y[i] * X[i], made + 1
        mistakes.append(made)
        errors.append(wrong)
    return np.array(mistakes), np.array(errors)


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_mistakes_on_first_sight_are_the_errors_of_the_lines(seed):
    """Also where nothing separates; in a single sample the two may differ."""
    r = np.random.default_rng(seed)
    X, y = points(r, 4, 2), r.choice([-1, 1], 4)
    mistakes, errors = over_all_samples(X, y, 4)
    assert np.isclose(mistakes.mean(), errors.mean())


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_a_random_line_on_the_way_keeps_the_bound_over_n(seed):
    X, y, u = separated(np.random.default_rng(seed), 4, 2)
    n = 4
    _, errors = over_all_samples(X, y, n)
    assert errors.mean() / n <= bound(X, y, u) / n + ENOUGH


def test_the_last_line_of_a_first_pass_may_err_more_than_the_mean_line():
    X, y = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, -1.0], [-2.0, 0.0]]), np.array([1, 1, 1, 1])
    w, errors = np.zeros(2), []
    for i in (0, 1, 2, 3):
        errors.append(np.mean(y * (X @ w) <= 0))
        if y[i] * (X[i] @ w) <= 0:
            w = w + y[i] * X[i]
    assert np.mean(y * (X @ w) <= 0) > np.mean(errors)


@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 12))
def test_no_points_break_the_bound_of_the_extended_points_with_a_bias(seed, dim, n):
    r = np.random.default_rng(seed)
    longer, y, v = separated(r, n, dim + 1)
    X = longer[:, :-1]  # the plane v cuts extended points anywhere
    keep = np.abs(extended(X) @ v) > 1e-2
    X, y = X[keep], np.where(extended(X) @ v > 0, 1, -1)[keep]
    if not len(X):
        return
    weight, bias, made = np.zeros(dim), 0.0, 0
    for _ in range(40):
        weight, bias, mistakes = one_pass(weight, bias, X, y)
        made += mistakes
    assert made <= bound(extended(X), y, v) + ENOUGH
    radius = np.max(np.sum(X**2, axis=1)) + 1
    assert np.isclose(np.max(np.sum(extended(X) ** 2, axis=1)), radius)


@given(st.integers(0, 10_000))
def test_a_hostile_order_does_not_break_it_either(seed):
    """The next point shown is always one that the line gets wrong, the one it gets most wrong."""
    r = np.random.default_rng(seed)
    X, y, u = separated(r, 10, 3, margin=0.05)
    w, made, most = np.zeros(3), 0, bound(X, y, u)
    while np.min(y * (X @ w)) <= 0:
        worst = int(np.argmin(y * (X @ w)))
        w, made = w + y[worst] * X[worst], made + 1
        assert made <= most + ENOUGH


@pytest.mark.parametrize("dim", [1, 2, 5, 30])
def test_points_at_right_angles_reach_the_bound(dim):
    X, y = np.eye(dim), np.ones(dim)
    line = perceptron.fit(X, y, bias=False)
    assert line.converged
    assert line.steps == round(bound(X, y, y)) == dim


def test_without_the_extended_points_it_is_false():
    """Why the lesson extends the points: a bias, and R and gamma of the points as they are."""
    X, y = np.array([[1.0], [-1.0]]), np.array([1, -1])
    assert perceptron.fit(X, y).steps == 2 > bound(X, y, np.array([1.0]))
    assert perceptron.fit(X, y).steps <= bound(extended(X), y, np.array([1.0, 0.0])) + ENOUGH
    far, y = np.array([[20.0], [30.0]]), np.array([-1, 1])
    hoped = (30 / 5) ** 2
    allowed = 901 / perceptron.margin(extended(far), y) ** 2
    assert perceptron.fit(far, y, passes=1000).steps == 1007
    assert hoped == 36 < 1007 < allowed
    assert perceptron.fit(far - 25, y).steps == 1


def test_from_other_weights_than_zero_it_is_false():
    X, y = np.array([[1.0, 0.0], [1.0, 0.1]]), np.array([1, 1])
    w, made = np.array([-9.5, 0.0]), 0
    while np.min(y * (X @ w)) <= 0:
        wrong = int(np.argmin(y * (X @ w)))
        w, made = w + y[wrong] * X[wrong], made + 1
    assert made > bound(X, y, np.array([1.0, 0.0]))


def test_explorer_exercise_and_library_have_the_same_form():
    explorer = pytest.importorskip("lessonlib.explorers").PerceptronExplorer()
    X, y = explorer.model.X, explorer.model.y
    shown = explorer.state
    longer = extended(X)
    best = longer.T @ _nearest(longer, y)  # the direction of the largest margin
    for form in (bound, perceptron.mistake_bound, find("01.5").reference):
        assert np.isclose(form(longer, y, best), shown["bound"], rtol=1e-6)
    assert np.isclose(shown["radius"] ** 2, np.max(np.sum(X**2, axis=1)) + 1)


def _nearest(X, y):
    """Shares y_i a_i of the points in the nearest point of their hull."""
    from scipy.optimize import nnls

    signed = (y[:, None] * X).T
    share, _ = nnls(np.vstack([signed, np.ones(len(y))]), np.append(np.zeros(len(signed)), 1.0))
    return y * share


@given(st.integers(0, 2_000))
def test_the_learning_rate_changes_no_answer(seed):
    r = np.random.default_rng(seed)
    X, y = r.normal(size=(12, 3)), r.choice([-1, 1], 12)
    for lr in (0.25, 8.0):  # powers of two: no rounding
        v, w, b = np.zeros(4), np.zeros(3), 0.0
        for x, label in zip(X, y, strict=True):
            point = np.append(x, 1.0)
            if label * (v @ point) <= 0:
                v = v + lr * label * point
            w, b, _ = one_pass(w, b, x[None], [label])
        assert np.array_equal(v, lr * np.append(w, b))
