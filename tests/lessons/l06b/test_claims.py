"""Sentences of lesson 06b that its own outputs do not show (see claims.md)."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import nn
from lessonlib.lessons.l06b.exercises.exercise_1 import bill
from lessonlib.lessons.l06b.exercises.exercise_2 import fields
from lessonlib.lessons.l06b.exercises.exercise_3 import class_maps
from lessonlib.scoreboard import scoreboard
from lessonlib.trained import trained


@given(st.integers(11, 60), st.integers(1, 11), st.integers(1, 5), st.integers(0, 4))
def test_the_formula_counts_the_places(n, k, stride, padding):
    places = len(range(-padding, n + padding - k + 1, stride))
    assert bill(n, 1, 1, k, stride, padding, 1)[0] == places


def test_a_linear_layer_is_a_convolution_with_a_kernel_as_large_as_the_map():
    assert bill(6, 256, 4096, 6, 1, 0, 1) == (1, 9216 * 4096 + 4096, 9216 * 4096)


def test_two_layers_of_3_see_as_much_as_one_of_5():
    assert fields([(3, 1)] * 2)[-1] == fields([(5, 1)])[-1] == 5


def test_the_last_maps_of_the_page_see_12_pixels():
    assert fields([(3, 1), (2, 2), (3, 1), (3, 1)])[-1] == 12


def test_effective_widths_with_equal_weights():
    block = [(3, 1), (3, 1)]
    vgg16 = [layer for n in (2, 2, 3, 3, 3) for layer in [*[(3, 1)] * n, (2, 2)]]
    resnet18 = [(7, 2), (3, 2), *block * 2, *[(3, 2), (3, 1), *block] * 3]
    alexnet = [(11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)]
    for layers, width in ((alexnet, 118), (vgg16, 111), (resnet18, 218)):
        profile, step = np.ones(1), 1
        for kernel, stride in layers:
            spread = np.zeros((kernel - 1) * step + 1)
            spread[::step] = 1
            profile, step = np.convolve(profile, spread), step * stride
        places = np.arange(len(profile))
        middle = profile @ places / profile.sum()
        assert len(profile) == fields(layers)[-1]
        deviation = np.sqrt(profile @ (places - middle) ** 2 / profile.sum())
        assert round(4 * deviation) == width


def test_a_stride_wider_than_its_kernel_skips_pixels():
    assert fields([(1, 2), (3, 1)]) == [1, 5]
    r = np.random.default_rng(0)
    net = nn.Sequential(nn.Conv2d(1, 1, 1, 2, rng=r), nn.Conv2d(1, 1, 3, rng=r))
    dy = np.zeros_like(net(np.zeros((1, 1, 13, 13), dtype=np.float32)))
    dy[0, 0, 2, 2] = 1
    assert np.count_nonzero(np.abs(net.backward(dy)[0, 0]).sum(axis=0)) == 3


@given(st.integers(0, 2000), st.integers(0, 4))
def test_what_all_classes_share_changes_maps_and_no_answer(seed, k):
    r = np.random.default_rng(seed)
    f, weight, labels = r.normal(size=(1, 3, 2, 2)), r.normal(size=(5, 3)), np.array([k])
    shared = r.normal(size=3)
    scores = (f.mean(axis=(2, 3)) @ z.T for z in (weight, weight + shared))
    assert np.ptp(np.subtract(*scores)) < 1e-9
    maps = [class_maps(f, z, labels, 1) for z in (weight, weight + shared)]
    assert not np.allclose(*maps)
    centred = [class_maps(f, z - z.mean(axis=0), labels, 1) for z in (weight, weight + shared)]
    assert np.allclose(*centred)


def test_the_mean_over_all_orders_of_the_labels_is_the_mean_target():
    r = np.random.default_rng(0)
    targets, answers = np.eye(3)[[0, 0, 1, 2]], r.dirichlet(np.ones(3), 4)
    orders = [list(order) for order in itertools.permutations(range(4))]
    mean = np.mean([answers - targets[order] for order in orders], axis=0)
    assert np.allclose(mean, answers - targets.mean(axis=0))


@given(st.integers(0, 2000), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4))
def test_the_mean_of_the_map_plus_the_bias_is_the_score(seed, K, h, w):
    r = np.random.default_rng(seed)
    f, weight, bias = r.normal(size=(3, K, h, w)), r.normal(size=(4, K)), r.normal(size=4)
    labels = r.integers(0, 4, 3)
    scores = f.mean(axis=(2, 3)) @ weight.T + bias
    maps = class_maps(f, weight, labels, 1)
    assert np.allclose(maps.mean(axis=(1, 2)) + bias[labels], scores[np.arange(3), labels])


def test_the_example_of_two_maps():
    f = np.array([[[[1.0, 3.0]], [[4.0, 0.0]]]])
    (made,) = class_maps(f, np.array([[2.0, -1.0]]), np.array([0]), 1)
    assert made.tolist() == [[-2, 6]]


@pytest.mark.parametrize("blocks", [1, 5, 27])
def test_with_g_squared_2_the_growth_telescopes(blocks):
    count = np.arange(blocks)
    assert np.isclose(np.prod((count + 2) / (count + 1)), blocks + 1)


def test_with_the_g_of_one_relu_27_sums_make_2_31():
    count = np.arange(27)
    factors = (count + math.pi / (math.pi - 1)) / (count + 1)
    assert round(math.sqrt(np.prod(factors)), 2) == 2.31


def test_the_participation_ratio_counts_equal_directions():
    H = np.zeros((40, 9))
    H[:, :4] = np.linalg.qr(np.random.default_rng(0).normal(size=(40, 4)))[0]
    variances = np.linalg.svd(H, compute_uv=False) ** 2
    K = H @ H.T
    ratio = np.trace(K) ** 2 / np.sum(K**2)
    assert np.isclose(ratio, 4)
    assert np.isclose(ratio, variances.sum() ** 2 / np.sum(variances**2))


def test_parts_at_a_right_angle_and_uncorrelated_give_the_formula():
    r = np.random.default_rng(0)
    g, sigma, size = 1.3, 2.0, 200_000
    x, F = sigma * r.normal(size=size), r.normal(size=size)
    delta, change = 1e-3 * sigma * r.normal(size=size), 1e-3 * g * r.normal(size=size)
    before = np.mean(delta**2) / x.var()
    after = np.mean((delta + change) ** 2) / (x + F).var()
    assert np.isclose(after / before, (sigma**2 + g**2) / (sigma**2 + 1), rtol=0.02)


def test_one_relu_multiplies_the_square_of_a_relative_difference_by_pi_over_pi_minus_1():
    z = np.random.default_rng(0).normal(size=1_000_000)
    factor = np.mean(z > 0) / np.maximum(z, 0).var()
    assert np.isclose(factor, math.pi / (math.pi - 1), atol=0.01)
    assert round(math.pi / (math.pi - 1), 2) == 1.47
    assert round((math.pi / (math.pi - 1)) ** 2, 2) == 2.15


def test_a_relu_makes_the_mean_and_mean_square_of_the_page():
    z = np.maximum(np.random.default_rng(0).normal(size=1_000_000), 0)
    assert np.isclose(z.mean(), 1 / math.sqrt(2 * math.pi), atol=0.002)
    assert np.isclose(np.mean(z**2), 0.5, atol=0.003)


def test_with_half_of_x_the_variance_stops_at_four_thirds():
    variance = 0.1
    for _ in range(27):
        variance = variance / 4 + 1
    assert np.isclose(variance, 4 / 3)


def test_a_shift_of_1_leaves_five_of_six_values_above_the_bend():
    share = 0.5 * (1 + math.erf(1 / math.sqrt(2)))
    assert abs(share - 5 / 6) < 0.01


def test_the_multiplications_of_templates_and_of_the_network():
    layers = [(24, 1, 12, 3, 1, 1, 1), (12, 12, 24, 3, 1, 1, 1), (12, 24, 24, 3, 1, 1, 1)]
    assert round(sum(bill(*layer)[2] for layer in layers) / 1e6, 1) == 1.2
    assert round(4 * 25 * 1007 * 64 / 1e6, 1) == 6.4
    assert 4 * 25 * 10 * 64 == 64_000


def test_the_rows_of_the_scoreboard():
    rows = scoreboard("06b.scoreboard").rows
    assert [round(row[2], 3) for row in rows] == [0.981, 0.985, 0.983]


def test_stored_depths_grow_worse_without_shortcuts_only():
    plain, residual = trained("06b.depth")["loss"].transpose(1, 2, 0)
    assert np.all(plain[2] > plain[1])
    assert np.all(plain[1] > plain[0])
    assert np.all(residual[2] < residual[0])
