"""Sentences of lesson 04b that its own outputs do not show (see claims.md)."""

import csv
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_code import page_code

from lessonlib import functional as F
from lessonlib import nn, optim, training
from lessonlib.datasets import load
from lessonlib.lessons.l04b.exercises.exercise_1 import he_weights
from lessonlib.lessons.l04b.exercises.exercise_3 import norm_backward
from lessonlib.lessons.l04b.recipes import depth
from lessonlib.trained import trained

PAGE = "04b_deep_and_stable"
ROOT = Path(__file__).parents[3]


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=7), st.floats(0.1, 3))
def test_a_layer_multiplies_the_mean_square_by_n_s2_and_relu_halves_it(x, s):
    x = np.array(x)
    z = s * np.array(list(product((-1, 1), repeat=len(x)))) @ x
    assert np.isclose(np.mean(z**2), len(x) * s**2 * np.mean(x**2))
    assert np.isclose(np.mean(np.maximum(z, 0) ** 2), np.mean(z**2) / 2)


def test_without_symmetric_signs_relu_need_not_halve():
    z = np.array([3.0, -1.0, -1.0, -1.0])  # mean 0, and far from a half
    assert not np.isclose(np.mean(np.maximum(z, 0) ** 2), np.mean(z**2) / 2, rtol=0.3)


@given(st.integers(0, 3_000), st.integers(2, 9))
def test_the_three_paths_are_the_gradient_and_leave_no_mean_and_no_stretch(seed, n):
    r = np.random.default_rng(seed)
    x, g = r.normal(size=(n, 3)), r.normal(size=(n, 3))
    sigma = x.std(axis=0)
    x_hat = (x - x.mean(axis=0)) / sigma
    dx = norm_backward(g, x_hat, sigma, np.ones(3))[0]
    theirs = F.batch_norm_backward(g, F.batch_norm(x, eps=0.0)[1])[0]
    size = 1 + np.abs(g).max() / sigma.min()
    assert np.allclose(dx, theirs, atol=1e-9 * size)
    assert np.allclose(dx.sum(axis=0), 0, atol=1e-9 * size)
    assert np.allclose((dx * x_hat).sum(axis=0), 0, atol=1e-9 * size)


@pytest.mark.parametrize(("centre", "divide"), [(1, 0), (0, 1), (1, 1)])
def test_each_half_of_batch_norm_goes_back_along_its_own_path(centre, divide):
    r = np.random.default_rng(0)
    x, g = r.normal(1.0, 2.0, size=(5, 2)), r.normal(size=(5, 2))
    half = page_code(PAGE, "HalfNorm").HalfNorm(centre, divide)
    y = half(x)
    assert np.allclose(y.mean(axis=0), 0) == bool(centre)
    assert np.allclose(np.mean(y**2, axis=0), 1, atol=1e-3) == bool(divide)
    dx = half.backward(g)
    for at in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[at] = 1e-6
        slope = (np.sum(g * half(x + step)) - np.sum(g * half(x - step))) / 2e-6
        assert np.isclose(dx[at], slope, atol=1e-6)


def test_the_readings_on_the_page_are_those_of_the_library():
    r = np.random.default_rng(0)
    X, y = r.normal(size=(20, 6)).astype(np.float32), r.integers(0, 3, 20)
    layers = [nn.Linear(6, 5, rng=r), nn.ReLU(), nn.Linear(5, 4, rng=r), nn.Tanh()]
    net = nn.Sequential(*layers, nn.Linear(4, 3, rng=r))
    start, loss = net.state_dict(), nn.CrossEntropyLoss()
    start = {name: np.array(value) for name, value in start.items()}
    page = page_code(PAGE, "five_readings", criterion=loss).five_readings
    optimizer = optim.SGD(list(net.parameters()), 0.1)
    first, gradient, spread, dead, update = page(net, optimizer, X, y)
    net.load_state_dict(start)
    norms, ratios = training.GradientNorms(1), training.UpdateRatios(1)
    settings = {"epochs": 1, "batch_size": 20, "callbacks": [norms, ratios], "progress": False}
    history = training.fit(net, loss, optimizer, X, y, rng=r, **settings)
    weights = ("0.weight", "2.weight", "4.weight")
    assert np.isclose(first, history.column("loss")[0], rtol=1e-5)
    assert np.allclose(gradient, [norms[name][0] for name in weights], rtol=1e-4)
    assert np.allclose(update, [ratios[name][0] for name in weights], rtol=1e-3)
    net.load_state_dict(start)
    hidden = net[0](X).clip(0)
    assert np.isclose(spread[0], np.sqrt(hidden.var(axis=0).mean()), rtol=1e-5)
    assert np.isclose(dead[0], np.mean((hidden == 0).all(axis=0)))
    assert len(spread) == len(dead) == 2


def test_tanh_makes_every_score_smaller():
    z = np.concatenate([np.logspace(-4, 1.5, 200), -np.logspace(-4, 1.5, 200)])
    assert np.all(np.abs(np.tanh(z)) < np.abs(z))


def test_relu_makes_a_cosine_of_1_over_pi_of_a_right_angle():
    nodes, weights = np.polynomial.legendre.leggauss(200)
    z, weights = 6 * (nodes + 1), 6 * weights  # from 0 to 12, where the density has died out
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    mean, square = np.sum(weights * z * density), np.sum(weights * z**2 * density)
    assert np.isclose(mean, 1 / np.sqrt(2 * np.pi))
    assert np.isclose(square, 0.5)
    assert np.isclose(mean**2 / square, 1 / np.pi)


@given(st.integers(0, 3_000), st.integers(2, 9), st.floats(0, 2))
def test_sigma_grows_by_x_hat_over_n(seed, n, eps):
    x = np.random.default_rng(seed).normal(size=n)
    up, down = x + 1e-6 * np.eye(n), x - 1e-6 * np.eye(n)
    slopes = (np.sqrt(up.var(axis=1) + eps) - np.sqrt(down.var(axis=1) + eps)) / 2e-6
    sigma = np.sqrt(x.var() + eps)
    assert np.allclose(slopes, (x - x.mean()) / sigma / n, atol=1e-6)


def test_double_weights_of_nine_layers_make_the_output_512_times_as_large():
    r = np.random.default_rng(0)
    layers = [he_weights(r.normal(size=(16, 16))) for _ in range(9)]
    x = r.normal(size=16)
    twice = x
    for k, w in enumerate(layers):
        x, twice = w @ x, 2 * w @ twice
        if k < 8:
            x, twice = np.maximum(x, 0), np.maximum(twice, 0)
    assert np.allclose(twice, 2**9 * x)


def test_the_gradient_of_double_weights_is_256_times_that_of_the_scaled_loss():
    r = np.random.default_rng(0)
    draws = [he_weights(r.normal(size=(8, 8))) for _ in range(9)]
    x, y, loss = r.normal(size=(5, 8)), r.integers(0, 8, 5), nn.CrossEntropyLoss()
    gradients = []
    for scale in (1, 2):
        parts = []
        for draw in draws:
            parts += [nn.Linear(8, 8, bias=False, rng=r, dtype=np.float64), nn.ReLU()]
            parts[-2].weight.data[...] = scale * draw
        net = nn.Sequential(*parts[:-1])
        loss(net(x) * 2 ** (9 * (scale == 1)), y)
        net.backward(loss.backward())
        gradients.append([p.grad for p in net.parameters()])
    for once, twice in zip(*gradients, strict=True):
        assert np.allclose(twice, 2**8 * once)


def test_he_and_relu_leave_a_variance_of_1_minus_1_over_pi():
    nodes, weights = np.polynomial.legendre.leggauss(200)
    z, weights = 6 * (nodes + 1), 6 * weights
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    variance = np.sum(weights * z**2 * density) - np.sum(weights * z * density) ** 2
    assert np.isclose(2 * variance, 1 - 1 / np.pi)
    assert round((2 * variance) ** -0.5, 2) == 1.21


def test_the_likeness_is_the_mean_cosine_of_different_columns_without_its_sign():
    likeness = page_code(PAGE, "likeness").likeness
    x = np.random.default_rng(0).normal(size=(5, 7))
    pairs = [abs(a @ b) / np.linalg.norm(a) / np.linalg.norm(b) for a, b in combinations(x.T, 2)]
    assert np.isclose(likeness(x), np.mean(pairs))
    assert np.isclose(likeness(np.outer(x[:, 0], [1, -2, 3])), 1)
    assert np.isclose(likeness(np.eye(4)), 0)


def test_half_the_weights_halve_every_layer_exactly():
    r = np.random.default_rng(0)
    x = half = r.normal(size=16)
    for k in range(1, 9):
        w = he_weights(r.normal(size=(16, 16)))
        x, half = np.maximum(w @ x, 0), np.maximum(w / 2 @ half, 0)
        assert np.allclose(half * 2**k, x)


def test_over_48_layers_the_gradient_grows_by_1_22_each():
    words = "04b.50 layers, gradient of the first / the last, both"
    with open(ROOT / "data" / "bounds.csv", encoding="utf-8", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if row["name"] == words]
    assert round(float(row["median"]) ** (1 / 48), 2) == 1.22


def test_a_bias_does_not_matter_before_batch_norm_and_does_where_one_only_divides():
    page, r = page_code(PAGE, "HalfNorm"), np.random.default_rng(0)
    x, w, bias = r.normal(size=(30, 4)), r.normal(size=(4, 3)), r.normal(size=3)
    for centre, same in ((1, True), (0, False)):
        once, twice = (page.HalfNorm(centre, 1)(x @ (k * w) + bias) for k in (1, 2))
        assert np.allclose(once, twice, atol=1e-4) == same
        once, twice = (page.HalfNorm(centre, 1)(x @ (k * w)) for k in (1, 2))
        assert np.allclose(once, twice, atol=1e-4)


def test_turning_weights_keep_their_lengths_and_take_no_step_along_themselves():
    page = page_code(PAGE, "unit_lengths", "Turning", training=training)
    r = np.random.default_rng(0)
    net = nn.Sequential(nn.Linear(4, 3, rng=r), nn.ReLU(), nn.Linear(3, 2, rng=r))
    turning, w = page.Turning(net), net[0].weight
    assert len(turning.weights) == 1  # the last layer is free
    before = page.unit_lengths(w)
    w.grad = r.normal(size=w.data.shape)
    turning.on_gradients(None)
    assert np.allclose(np.sum(w.grad * w.data, axis=1), 0, atol=1e-6)
    w.data -= 3.0 * w.grad
    assert np.all(page.unit_lengths(w) > before)
    turning.on_step(None)
    assert np.allclose(page.unit_lengths(w), before)


def test_a_sigmoid_layer_multiplies_signal_and_gradient_by_at_most_the_root_of_an_eighth():
    read = trained("04b.patients")
    signal, gradient = read["1 signal"], read["1 gradient"]
    assert np.all((signal[1:] / signal[:-1] > 0.28) & (signal[1:] / signal[:-1] < 8**-0.5))
    shares = gradient[:5] / gradient[1:6]
    assert np.all((shares > 0.25) & (shares < 0.4))
    assert np.isclose(signal[0], 0.09, atol=0.005)
    assert np.isclose(signal[-1], 0.0003, atol=5e-5)


def test_what_the_healthy_run_and_the_fifth_patient_show():
    read = trained("04b.patients")
    assert read["healthy signal"].max() / read["healthy signal"].min() < 10
    assert read["healthy gradient"].min() > 0.3
    assert read["healthy gradient"].max() < 0.7
    updates = np.median(read["healthy ratio"], axis=0)
    assert updates[:-1].min() > 1e-3
    assert updates[-1] > 0.01
    assert read["5 size"].min() > 0.7
    assert read["5 signal"][-1] < 1e-4
    assert read["5 ratio"][1].min() > 0.35
    assert read["5 ratio"][1].max() < 1.35


def test_a_typical_network_of_he_ends_below_its_mean():
    nodes, weights = np.polynomial.legendre.leggauss(200)
    z, weights = 6 * (nodes + 1), 6 * weights
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    square, fourth = (np.sum(weights * z**k * density) for k in (2, 4))
    assert np.isclose(fourth / square**2 - 1, 5)  # the variance of relu(z)**2, its mean being 1
    r, n = np.random.default_rng(0), 64
    ends = []
    for _ in range(300):
        x = np.ones(n)
        for _ in range(20):
            x = np.maximum(he_weights(r.normal(size=(n, n))) @ x, 0)
        ends.append(np.log10(np.sqrt(np.mean(x**2))))
    assert np.isclose(np.median(ends), -5 / 4 * 20 / n / np.log(10), atol=0.07)


def test_a_step_makes_weights_before_batch_norm_longer():
    r = np.random.default_rng(0)
    first = nn.Linear(5, 4, rng=r, dtype=np.float64)
    norm = nn.BatchNorm1d(4, eps=0.0, dtype=np.float64)
    net = nn.Sequential(first, norm, nn.ReLU(), nn.Linear(4, 3, rng=r, dtype=np.float64))
    x, y, loss = r.normal(size=(20, 5)), r.integers(0, 3, 20), nn.CrossEntropyLoss()
    loss(net(x), y)
    net.backward(loss.backward())
    w, g = first.weight.data, first.weight.grad
    assert np.isclose(np.sum(w * g), 0, atol=1e-10)
    assert np.linalg.norm(w - 3 * g) > np.linalg.norm(w)


def test_other_rates_do_not_save_batch_norm_in_batches_of_four():
    (X, y), valid = load("digits"), load("digits", split="validation")
    mean = X.mean(axis=0)
    for lr in (0.01, 0.03, 0.1):
        r = np.random.default_rng(0)
        net = depth.network(r, nn.BatchNorm1d)
        settings = {"epochs": 1, "batch_size": 4, "progress": False}
        optimizer = optim.SGD(list(net.parameters()), lr)
        training.fit(net, nn.CrossEntropyLoss(), optimizer, X - mean, y, rng=r, **settings)
        assert training.accuracy(training.predict(net, valid[0] - mean), valid[1]) < 0.65
