"""The perceptron: the update against its definition, the theorems, and what is refused."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import datasets, perceptron


def test_a_separable_cloud_is_learnt_and_novikoff_holds():
    for seed in range(20):
        X, y, u = datasets.separable(80, 4, 0.1, np.random.default_rng(seed))
        line = perceptron.fit(X, y, passes=2000)
        assert line.converged
        assert np.array_equal(perceptron.classify(X, line.weight, line.bias), y)
        padded = np.column_stack([X, np.ones(len(X))])  # fit learns a bias: the bound with it
        assert line.steps <= perceptron.mistake_bound(padded, y, np.append(u, 0.0))


@given(st.integers(0, 500))
def test_one_visit_is_a_step_of_gradient_descent_in_torch(seed):
    r = np.random.default_rng(seed)
    X, y = r.normal(size=(6, 3)), r.choice([-1, 1], 6)
    weight = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    for x, label in zip(np.column_stack([X, np.ones(6)]), y, strict=True):
        score = weight @ torch.from_numpy(x)
        loss = torch.clamp(-label * score, min=0) if score.item() else -label * score
        (gradient,) = torch.autograd.grad(loss, weight)
        weight = (weight - gradient).detach().requires_grad_()
    line = perceptron.fit(X, y, passes=1)
    found = weight.detach().numpy()
    assert np.allclose(found, [*line.weight, line.bias], atol=1e-12)


def test_without_a_bias_the_plane_stays_at_the_origin():
    X, y, _ = datasets.separable(40, 3, 0.1, np.random.default_rng(2))
    seen = []
    line = perceptron.fit(X, y, bias=False, on_mistake=lambda i, w, b: seen.append(b))
    assert line.converged
    assert (line.bias, set(seen)) == (0.0, {0.0})
    assert perceptron.fit(X, y, bias=False, averaged=True).bias == 0.0
    v = np.zeros(3)
    for x, label in zip(X, y, strict=True):
        v = v + label * x * (label * (v @ x) <= 0)
    assert np.allclose(perceptron.fit(X, y, bias=False, passes=1).weight, v)


def test_averaging_is_the_mean_over_all_visits():
    r = np.random.default_rng(3)
    X, y = r.normal(size=(15, 3)), r.choice([-1, 1], 15)
    v, lines = np.zeros(4), []
    for _ in range(7):
        for x, label in zip(np.column_stack([X, np.ones(15)]), y, strict=True):
            if label * (v @ x) <= 0:
                v = v + label * x
            lines.append(v)
    mean = np.mean(lines, axis=0)
    line = perceptron.fit(X, y, passes=7, averaged=True)
    assert np.allclose([*line.weight, line.bias], mean)


def test_one_vs_rest_is_ten_single_perceptrons():
    r = np.random.default_rng(0)
    X, labels = r.normal(size=(40, 5)), r.integers(0, 3, 40)
    W, b = perceptron.fit_one_vs_rest(X, labels, passes=4, averaged=True)
    for c in range(3):
        v, total = np.zeros(6), np.zeros(6)
        for _ in range(4):
            for x, label in zip(np.column_stack([X, np.ones(40)]), labels, strict=True):
                sign = 1 if label == c else -1
                if sign * (v @ x) <= 0:
                    v = v + sign * x
                total += v
        assert np.allclose([*W[c], b[c]], total / 160)


def test_on_mistake_sees_every_update():
    seen = []
    X, y, _ = datasets.separable(50, 3, 0.05, np.random.default_rng(1))
    line = perceptron.fit(X, y, on_mistake=lambda i, w, b: seen.append((i, w, b)))
    assert len(seen) == line.steps
    assert np.array_equal(seen[-1][1], line.weight)
    assert seen[-1][2] == line.bias


@given(st.integers(0, 300), st.integers(2, 5), st.integers(3, 14))
def test_margin_agrees_with_a_direct_search(seed, dim, n):
    """Hard-margin solution by linear programming feasibility and by scanning directions."""
    from scipy.optimize import linprog

    r = np.random.default_rng(seed)
    X, y = r.normal(size=(n, dim)), r.choice([-1, 1], n)
    gamma = perceptron.margin(X, y)
    feasible = linprog(
        np.zeros(dim), A_ub=-(y[:, None] * X), b_ub=-np.ones(n), bounds=[(None, None)] * dim
    )
    assert (gamma > 0) == (feasible.status == 0)
    U = r.normal(size=(4000, dim))
    U /= np.linalg.norm(U, axis=1, keepdims=True)
    best = np.max(np.min(y * (U @ X.T), axis=1))
    assert gamma >= best - 1e-9
    if gamma > 0 and dim == 2:
        assert best >= gamma - 0.02 * np.max(np.linalg.norm(X, axis=1))


def test_margin_scales_with_the_points():
    X, y, _ = datasets.separable(30, 3, 0.2, np.random.default_rng(4))
    assert np.isclose(perceptron.margin(1e6 * X, y), 1e6 * perceptron.margin(X, y))
    assert np.isclose(perceptron.margin(1e-6 * X, y), 1e-6 * perceptron.margin(X, y))
    assert perceptron.margin(*datasets.xor()) == 0.0
    assert perceptron.margin(np.zeros((2, 2)), np.array([1, -1])) == 0.0


def test_score_of_zero_is_the_negative_class():
    assert perceptron.classify(np.zeros((1, 2)), np.ones(2)).tolist() == [-1]


GOOD_X, GOOD_Y = np.eye(3), np.array([1, -1, 1])


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [
        (np.zeros(3), GOOD_Y, r"X of shape \(3,\)"),
        (np.zeros((0, 3)), np.zeros(0), r"X of shape \(0, 3\)"),
        (GOOD_X, np.array([1, -1]), r"y of shape \(2,\)"),
        (GOOD_X, np.array([0, 1, 1]), "labels 0, 1, wanted -1 and"),
        (GOOD_X, np.array(["a", "b", "c"]), "labels a, b, c"),
        (GOOD_X * np.nan, GOOD_Y, "NaN or infinity in row 0"),
        (np.where(GOOD_X > 0, np.inf, 0), GOOD_Y, "NaN or infinity"),
        (GOOD_X.astype(str), GOOD_Y, "dtype"),
    ],
)
@pytest.mark.parametrize("operation", ["fit", "margin"])
def test_bad_input_is_named(operation, X, y, words):
    with pytest.raises(ValueError, match=f"{operation}: .*{words}|{words}"):
        getattr(perceptron, operation)(X, y)


def test_bad_classes_directions_and_shapes_are_named():
    with pytest.raises(ValueError, match="fit_one_vs_rest: labels"):
        perceptron.fit_one_vs_rest(GOOD_X, np.array([0.5, 1, 2]))
    with pytest.raises(ValueError, match="fit_one_vs_rest: labels"):
        perceptron.fit_one_vs_rest(GOOD_X, np.array([-1, 1, 2]))
    with pytest.raises(ValueError, match="direction of shape"):
        perceptron.mistake_bound(GOOD_X, GOOD_Y, np.ones(2))
    with pytest.raises(ValueError, match="not zero"):
        perceptron.mistake_bound(GOOD_X, GOOD_Y, np.zeros(3))
    with pytest.raises(ValueError, match="does not separate"):
        perceptron.mistake_bound(GOOD_X, GOOD_Y, np.ones(3))
    with pytest.raises(ValueError, match=r"score: X of shape \(3, 3\)"):
        perceptron.score(GOOD_X, np.ones(2))


def test_lists_and_integers_are_taken():
    line = perceptron.fit([[0, 0], [1, 1]], [-1, 1])
    assert line.converged
