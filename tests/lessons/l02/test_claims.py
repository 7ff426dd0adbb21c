"""Sentences of lesson 02 that its own outputs do not show (see claims.md)."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import datasets, nn, optim
from lessonlib.lessons.l02.exercises.exercise_1 import layer
from lessonlib.lessons.l02.exercises.exercise_2 import collapse
from lessonlib.lessons.l02.exercises.exercise_3 import silu_slope
from lessonlib.lessons.l02.exercises.exercise_5 import fence
from lessonlib.lessons.l02.exercises.exercise_7 import Network
from lessonlib.lessons.l02.recipes import xor
from lessonlib.trained import trained

SEEDS = st.integers(0, 5_000)


def on_the_line(x, w, b, v):
    """One hidden layer on one input: x (N,), and for each unit w, b, v (k,)."""
    return layer(x[:, None], w[:, None], b) @ v


@given(SEEDS, st.integers(1, 12))
def test_a_layer_turns_by_v_times_the_size_of_w_at_each_corner_and_nowhere_else(seed, k):
    r = np.random.default_rng(seed)
    w, b, v = r.normal(size=(3, k))
    order = np.argsort(-b / w)
    corners, turns = (-b / w)[order], (v * np.abs(w))[order]
    ends = np.r_[corners[0] - 1, corners, corners[-1] + 1]
    middles = (ends[1:] + ends[:-1]) / 2
    on = np.outer(middles, w) + b > 0
    slopes = on @ (v * w)  # of each piece: the units that are on
    assert np.allclose(np.diff(slopes), turns)
    quarter = (ends[1:] * 3 + ends[:-1]) / 4
    rise = on_the_line(quarter, w, b, v) - on_the_line(middles, w, b, v)
    assert np.allclose(rise, slopes * (quarter - middles), atol=1e-9)


@given(SEEDS, st.integers(1, 12))
def test_k_units_draw_every_broken_line_through_k_and_one_points(seed, k):
    r = np.random.default_rng(seed)
    x = np.cumsum(r.uniform(0.1, 1, k + 1))
    y = r.normal(size=k + 1)
    turns = np.diff(np.diff(y) / np.diff(x), prepend=0.0)
    at = r.uniform(x[0], x[-1], 50)
    found = on_the_line(at, np.ones(k), -x[:-1], turns) + y[0]
    assert np.allclose(found, np.interp(at, x, y))


def test_the_curve_bends_by_no_more_than_163_and_leaves_a_chord_by_less_than_the_bound():
    x = np.linspace(-1, 1, 20_001)
    second = -((2 * np.pi) ** 2) * np.sin(2 * np.pi * x)
    second -= 0.5 * (5 * np.pi) ** 2 * np.sin(5 * np.pi * x)
    assert 150 < np.abs(second).max() < 163
    y = np.sin(2 * np.pi * x) + 0.5 * np.sin(5 * np.pi * x)
    for k in (3, 8, 20, 77):
        corners = np.linspace(-1, 1, k + 1)
        at = np.sin(2 * np.pi * corners) + 0.5 * np.sin(5 * np.pi * corners)
        assert np.abs(np.interp(x, corners, at) - y).max() <= 163 / 8 * (2 / k) ** 2


def test_chords_of_a_continuous_curve_with_a_corner_and_a_steep_end_come_near():
    """Uniform continuity is enough: no second derivative at 0, no slope at 1."""

    def curve(x):
        return np.abs(x) + np.sqrt(np.clip(1 - x, 0, None))

    x, errors = np.linspace(-1, 1, 5001), []
    for k in (9, 81, 729):
        corners = np.linspace(-1, 1, k + 1)
        change = max(np.ptp(curve(np.linspace(*ends, 50))) for ends in pairwise(corners))
        errors.append(np.abs(np.interp(x, corners, curve(corners)) - curve(x)).max())
        assert errors[-1] <= change + 1e-12
    assert errors[0] > 2 * errors[1] > 4 * errors[2]


@given(SEEDS, st.integers(1, 6))
def test_powers_along_one_direction_add_up_to_every_polynomial_in_two_inputs(seed, degree):
    r = np.random.default_rng(seed)
    angles = np.linspace(0, np.pi, degree + 1, endpoint=False)
    points = r.uniform(-1, 1, (60, 2))
    along = points @ np.array([np.cos(angles), np.sin(angles)])
    powers = np.hstack([along**m for m in range(degree + 1)])
    wanted = [points[:, 0] ** a * points[:, 1] ** b for a, b in _exponents(degree)]
    target = np.array(wanted).T @ r.normal(size=len(wanted))
    weights = np.linalg.lstsq(powers, target, rcond=None)[0]
    assert np.allclose(powers @ weights, target, atol=1e-6)


def _exponents(degree):
    return [(a, b) for a, b in product(range(degree + 1), repeat=2) if a + b <= degree]


@given(SEEDS)
def test_layers_of_squares_are_a_parabola(seed):
    r = np.random.default_rng(seed)
    w, b, v = r.normal(size=(3, 9))
    x = np.linspace(-1, 1, 30)
    y = (np.outer(x, w) + b) ** 2 @ v
    assert np.allclose(np.polynomial.Polynomial.fit(x, y, 2)(x), y)


@given(SEEDS, st.integers(2, 6))
def test_without_a_bend_any_stack_is_one_layer(seed, depth):
    r = np.random.default_rng(seed)
    sizes = r.integers(1, 6, depth + 1)
    layers = [(r.normal(size=(o, i)), r.normal(size=o)) for i, o in pairwise(sizes)]
    x = out = r.normal(size=(7, sizes[0]))
    weight, bias = layers[0]
    for k, (W, b) in enumerate(layers):
        out = out @ W.T + b
        weight, bias = (weight, bias) if k == 0 else collapse(weight, bias, W, b)
    assert np.allclose(out, x @ weight.T + bias)


def test_silu_has_its_dip_where_the_lesson_says():
    assert silu_slope(np.array([-1.2785])) == pytest.approx(0, abs=1e-4)
    assert np.all(silu_slope(np.linspace(-30, -1.29, 100)) < 0)
    assert np.all(silu_slope(np.linspace(-1.27, 30, 100)) > 0)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=9), st.floats(-5, 5))
def test_normal_noise_makes_the_squared_error_the_likelihood(seen, guess):
    away = np.array(seen) - guess
    minus_log = -np.log(np.exp(-0.5 * away**2) / np.sqrt(2 * np.pi)).mean()
    assert minus_log == pytest.approx((away**2).mean() / 2 + np.log(2 * np.pi) / 2)


def test_stuck_runs_of_both_kinds_are_not_slow():
    runs = trained("02.xor")
    stuck = np.flatnonzero(runs["accuracy"][0] < 1)
    levels = np.array([np.log(2) / 2, (3 * np.log(3) - 2 * np.log(2)) / 4])
    kinds = [np.abs(runs["loss"][0, k] - levels).argmin() for k in stuck]
    for kind in set(kinds):
        loss, *_ = xor.train(2, int(stuck[kinds.index(kind)]), steps=4000)
        assert loss == pytest.approx(levels[kind], abs=2e-3)


def test_stuck_relus_of_all_three_kinds_are_not_slow():
    runs = trained("02.xor")
    levels = np.array([np.log(2) / 2, (3 * np.log(3) - 2 * np.log(2)) / 4, np.log(2)])
    stuck = np.flatnonzero(runs["relu_accuracy"][0] < 1)
    kinds = [np.abs(runs["relu_loss"][0, k] - levels).argmin() for k in stuck]
    assert set(kinds) == {0, 1, 2}
    for kind in set(kinds):
        loss, *_ = xor.train(2, int(stuck[kinds.index(kind)]), steps=3000, bend="ReLU")
        assert loss == pytest.approx(levels[kind], abs=2e-3)


def test_runs_at_log_2_have_no_bend_between_the_points_and_others_have_one():
    runs = trained("02.xor")
    failed = runs["relu_accuracy"] < 1
    highest = failed & (runs["relu_loss"] > 0.6)
    assert highest.sum() == 9
    assert runs["relu_bends"][highest].max() == 0
    assert runs["relu_bends"][~highest].min() > 0


@given(SEEDS)
def test_the_best_line_says_one_half_to_all_of_xor(seed):
    r = np.random.default_rng(seed)
    X, y = datasets.xor()
    scores = X @ r.normal(size=2) + r.normal()
    assert np.log1p(np.exp(-y * scores)).mean() >= np.log(2)


def test_a_dead_unit_behind_another_layer_can_come_back():
    x = np.linspace(-1, 1, 60)[:, None]
    died = woke = 0
    for seed in range(10):
        r = np.random.default_rng(seed)
        layers = [nn.Linear(i, o, rng=r, dtype=np.float64) for i, o in ((1, 8), (8, 8), (8, 1))]
        model = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2])
        loss, optimizer, before = nn.MSELoss(), optim.Adam(model.parameters(), lr=0.05), np.zeros(8)
        for _ in range(200):
            loss(model(x), np.sin(3 * x))
            optimizer.zero_grad()
            model.backward(loss.backward())
            optimizer.step()
            dead = (model[:3](x) <= 0).all(axis=0)
            died += np.sum(dead & (before == 0))
            woke += np.sum(~dead & (before == 1))
            before = dead.astype(int)
    assert 0 < woke < died


def test_a_dead_unit_with_fixed_inputs_never_comes_back():
    x = np.linspace(0, 1, 20)[:, None]
    unit = nn.Sequential(nn.Linear(1, 1, dtype=np.float64), nn.ReLU())
    unit.load_state_dict({"0.weight": [[1.0]], "0.bias": [-5.0]})
    loss, optimizer = nn.MSELoss(), optim.SGD(unit.parameters(), lr=0.5)
    for _ in range(100):
        loss(unit(x), np.ones((20, 1)))
        optimizer.zero_grad()
        unit.backward(loss.backward())
        optimizer.step()
    assert unit[0].bias.data[0] == -5.0
    assert unit[0].weight.data[0, 0] == 1.0


@pytest.mark.parametrize("k", [1, 2, 3])
def test_one_layer_draws_k_tents_with_two_to_the_k_units_and_not_with_one_less(k):
    """Every choice of directions for one unit at each corner; the last weights are solved for."""
    n = 2**k
    x = np.linspace(0, 1, 8 * n + 1)
    y = np.abs(np.remainder(n * x + 1, 2) - 1)
    errors = []
    for facing in product((-1, 1), repeat=n - 1):
        ramps = np.maximum(0, np.array(facing) * (x[:, None] - np.arange(1, n) / n))
        A = np.c_[ramps, np.ones(len(x))]
        errors.append(np.abs(A @ np.linalg.lstsq(A, y, rcond=None)[0] - y).max())
    assert min(errors) > 0.05
    ramps = np.maximum(0, x[:, None] - np.arange(n) / n)
    turns = np.r_[n, np.tile([-2 * n, 2 * n], n)[: n - 1]]
    assert np.allclose(ramps @ turns, y)


@given(SEEDS, st.integers(1, 5))
def test_lines_cut_the_plane_into_as_many_regions_as_the_lesson_says(seed, w):
    """Counted with points around every crossing of two lines, and far out in every direction."""
    r = np.random.default_rng(seed)
    angle, offset = np.pi * (np.arange(w) + r.uniform(0.2, 0.8, w)) / w, r.normal(size=w)
    weight = np.column_stack([np.cos(angle), np.sin(angle)])
    crossings = [
        np.linalg.solve(weight[[i, j]], -offset[[i, j]]) for i in range(w) for j in range(i)
    ]
    around = 2 * np.pi * (np.arange(4000) + 0.5) / 4000
    ring = np.column_stack([np.cos(around), np.sin(around)])
    points = np.vstack([1e6 * ring, *(at + 1e-9 * ring for at in crossings)])
    on = np.unique(points @ weight.T + offset > 0, axis=0)
    assert len(on) <= 1 + w * (w + 1) // 2
    clear = [np.abs(weight @ c + offset) for c in crossings]
    if all(np.sum(row < 1e-5) == 2 for row in clear):
        assert len(on) == 1 + w * (w + 1) // 2


@pytest.mark.parametrize("k", [3, 5, 8])
@pytest.mark.parametrize("level", [0.0, 0.001, 0.03])
def test_k_fence_units_make_k_edges_at_level_0_and_twice_as_many_a_little_above(k, level):
    weight, bias = fence(k, np.zeros(2), 1.0)
    angle = np.linspace(0, 2 * np.pi, 40_000, endpoint=False) + 1e-7
    u = np.column_stack([np.cos(angle), np.sin(angle)])
    near, far = np.zeros(len(u)), np.full(len(u), 5.0)
    for _ in range(60):
        middle = (near + far) / 2
        above = layer(u * middle[:, None], weight, bias).sum(axis=1) > level
        near, far = np.where(above, near, middle), np.where(above, middle, far)
    on = (u * far[:, None] * (1 + 1e-12)) @ weight.T + bias > 0
    alone = np.unique(on[on.sum(axis=1) <= 1], axis=0)
    assert len(alone) == k
    assert len(np.unique(on, axis=0)) == (k if level == 0 else 2 * k)


@given(SEEDS)
def test_equal_units_stay_equal(seed):
    r = np.random.default_rng(seed)
    one, b, v = r.normal(size=2), r.normal(), r.normal(size=2)
    net = Network(
        [np.tile(one, (3, 1)), np.tile(v[:, None], (1, 3))], [np.full(3, b), r.normal(size=2)]
    )
    X, target = r.normal(size=(5, 2)), r.integers(0, 2, 5)
    net.train(X, target, 0.3, 3)
    assert np.allclose(net.weights[0], net.weights[0][0], atol=1e-8)


def test_at_a_corner_a_measured_slope_is_that_of_neither_side():
    """Why a few slopes of the capstone differ from backward: the nudge crosses a corner."""
    net = Network([np.ones((1, 1)), np.array([[1.0], [0.0]])], [np.zeros(1), np.zeros(2)])
    X, target = np.array([[0.0], [1.0]]), np.array([0, 0])
    (_, (of_bias, _)) = net.gradients(X, target)
    p = 1 / (1 + np.exp(-np.array([0.0, 1.0])))
    right, left = -np.mean(1 - p), -(1 - p[1]) / 2
    assert of_bias[0] == pytest.approx((right + left) / 2, abs=1e-4)


def test_support_vectors_read_odd_and_even_as_well_and_keep_ten_times_the_numbers():
    svm = pytest.importorskip("sklearn.svm")
    X, digit = datasets.load("digits", split="train")
    new, new_digit = datasets.load("digits", split="validation")
    model = svm.SVC(C=10).fit(X, digit % 2)
    assert 0.97 < model.score(new, new_digit % 2) < 1
    assert model.support_vectors_.size > 10 * (64 * 16 + 16 + 2 * 16 + 2)
