"""Sentences of lesson 01 that its own outputs do not show (see claims.md)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from lessonlib import datasets, perceptron
from lessonlib.datasets.shapes import SHAPES, draw
from lessonlib.lessons.l01.exercises.exercise_2 import update
from lessonlib.lessons.l01.exercises.exercise_3 import one_pass
from lessonlib.lessons.l01.explorer.model import PerceptronRun


@pytest.mark.parametrize(("kind", "low", "high"), [({}, 0.5, 1), ({"shifted": True}, 0, 0.15)])
def test_the_classes_differ_at_fixed_places_only_while_they_are_centred(kind, low, high):
    X, y = datasets.triangles(2000, np.random.default_rng(0), **kind)
    difference = np.abs(X[y > 0].mean(axis=0) - X[y < 0].mean(axis=0))
    assert low < difference.max() < high


def test_the_stencil_is_positive_at_the_corners_and_negative_next_to_the_sides():
    X, y = datasets.triangles(2000, np.random.default_rng(0))
    weight, bias = np.zeros(256), 0.0
    for _ in range(5):
        weight, bias, _ = one_pass(weight, bias, X, y)
    stencil = weight.reshape(16, 16)
    corners = stencil[2:5, 7:9], stencil[10:11, 3:5], stencil[10:11, 11:13]
    assert all(corner.mean() > 1 for corner in corners)
    sides = stencil[5:8, 4:6], stencil[5:8, 10:12], stencil[11:13, 6:10]
    assert all(side.mean() < -1 for side in sides)


def test_the_middle_of_the_grid_is_black_in_every_centred_shape():
    X, y = datasets.triangles(4000, np.random.default_rng(0))
    for label in (-1, 1):  # 0.98: two pixels in a hundred are flipped
        black = X[y == label].mean(axis=0).reshape(16, 16)
        assert np.all(black[5:10, 7:9] > 0.96)


@pytest.mark.parametrize("seed", range(5))
def test_a_pixel_that_is_always_black_has_the_bias_as_its_weight(seed):
    X, y = datasets.triangles(2000, np.random.default_rng(seed))
    X[:, 100] = 1.0  # no flips
    line = perceptron.fit(X, y, passes=10)
    assert line.weight[100] == line.bias
    middle = line.weight.reshape(16, 16)[5:10, 7:9]
    assert abs(middle.mean() - line.bias) < 0.5


def test_centred_shapes_are_21_pictures_and_moved_ones_have_many_sizes():
    r, centre = np.random.default_rng(0), np.full(2, 7.5)
    for moves, pictures, squares in ((0.0, (21, 21), (2, 2)), (4.0, (500, 4000), (5, 64))):
        drawn = {kind: set() for kind in SHAPES}
        for kind in SHAPES:
            for _ in range(1000):
                place = centre + r.uniform(-moves, moves, 2)
                drawn[kind].add(draw(kind, 16, r.uniform(28, 60), 0.0, place).tobytes())
        assert pictures[0] <= sum(map(len, drawn.values())) <= pictures[1]
        sizes = {np.frombuffer(image, bool).sum() for image in drawn["square"]}
        assert squares[0] <= len(sizes) <= squares[1]
        if not moves:
            assert sizes == {36, 64}


def test_a_bound_of_500_leaves_a_gap_of_about_0_15_or_more():
    """Move each point of the explorer straight towards each point of the other class."""
    start = PerceptronRun(seed=0)
    gaps = []
    for i, j in np.argwhere(start.y[:, None] != start.y):
        for share in np.linspace(0, 1, 100):
            X = start.X.copy()
            X[i] += share * (X[j] - X[i])
            longer = np.c_[X, np.ones(len(X))]
            gamma = perceptron.margin(longer, start.y)
            if gamma == 0:
                break
            if np.linalg.norm(longer, axis=1).max() / gamma > np.sqrt(500):
                assert 0.05 < gamma < 0.08
                apart = X[start.y > 0][:, None] - X[start.y < 0]
                gaps.append(np.linalg.norm(apart, axis=2).min())
                break
    assert min(gaps) > 0.12
    assert 0.14 < np.median(gaps) < 0.3


@given(st.integers(0, 5_000), st.sampled_from((-1, 1)))
def test_a_step_moves_its_own_score_by_the_square_of_the_extended_length(seed, label):
    r = np.random.default_rng(seed)
    w, b, x = r.normal(size=4), r.normal(), r.normal(size=4)
    new_w, new_b = update(w, b, x, label)
    before, after = w @ x + b, new_w @ x + new_b
    moved = label * (x @ x + 1) if label * before <= 0 else 0.0
    assert np.isclose(after - before, moved)


@given(st.integers(0, 5_000))
def test_the_score_over_the_length_of_the_weights_is_the_distance(seed):
    r = np.random.default_rng(seed)
    w, b, x = r.normal(size=3), r.normal(), r.normal(size=3)
    foot = x - w * (w @ x + b) / (w @ w)
    assert np.isclose(w @ foot + b, 0)
    (z,) = perceptron.score(x[None], w, b)
    assert np.isclose(np.linalg.norm(x - foot), abs(z) / np.linalg.norm(w))
    other = foot + np.cross(w, r.normal(size=3))  # elsewhere on the plane: farther away
    assert np.isclose(w @ other + b, 0)
    assert np.linalg.norm(x - other) >= np.linalg.norm(x - foot) - 1e-12


def test_a_step_repairs_a_point_of_and_and_spoils_all_three_others():
    X, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([-1, -1, -1, 1])
    w, b = np.array([0.0, 0.0]), -1.0
    assert list(y * (X @ w + b) > 0) == [True, True, True, False]
    w, b = update(w, b, X[3], y[3])
    assert list(X @ w + b) == [0, 1, 1, 2]
    for k in (0, 1):  # visits 5 and 6
        w, b = update(w, b, X[k], y[k])
    assert list(y * (X @ w + b) > 0) == [True, True, True, False]


@given(st.integers(0, 5_000))
def test_over_all_places_with_wrapping_the_mean_score_depends_on_the_ink_alone(seed):
    r = np.random.default_rng(seed)
    image, w = r.integers(0, 2, (16, 16)), r.normal(size=(16, 16))
    scores = [np.sum(w * np.roll(image, (i, j), (0, 1))) for i in range(16) for j in range(16)]
    assert np.isclose(np.mean(scores), w.mean() * image.sum())


def test_a_hair_of_rounding_ends_the_run_on_and_earlier():
    X = np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    y = np.array([-1, -1, -1, 1])
    w, hair = np.zeros(3), False
    for k in range(400):
        z = y[k % 4] * (w @ X[k % 4])
        hair = hair or 0 < abs(z) < 1e-15
        if z <= 0:
            w = w + 0.1 * y[k % 4] * X[k % 4]
    assert hair
    assert np.allclose(w / 0.1, [2, 1, -2])
    assert list(perceptron.fit(X, y, bias=False).weight) == [3, 2, -4]


def test_centring_may_also_cost_mistakes():
    X, y = np.array([[-4.0], [1.0], [0.0]]), np.array([1, -1, 1])
    assert perceptron.fit(X, y).steps == 1
    assert perceptron.fit(X - X.mean(), y).steps == 5


def test_two_clouds_in_one_direction_have_no_line_through_the_origin():
    for seed in range(20):
        r = np.random.default_rng(seed)
        clouds = np.r_[r.normal((4, 6), 0.5, (30, 2)), r.normal((2, 3), 0.5, (30, 2))]
        assert perceptron.margin(clouds, np.repeat([1, -1], 30)) == 0


@given(st.integers(0, 5_000))
def test_scores_are_sums_of_dot_products_with_the_mistakes(seed):
    r = np.random.default_rng(seed)
    X, y, mistaken = r.normal(size=(12, 3)), r.choice([-1, 1], 12), []

    def remember(index, weight, bias):
        mistaken.append(index)

    line = perceptron.fit(X, y, passes=4, on_mistake=remember)
    signs, x = y[mistaken], r.normal(size=3)
    assert np.isclose(signs @ (X[mistaken] @ x) + signs.sum(), line.weight @ x + line.bias)


@given(st.integers(0, 5_000))
def test_hidden_pixels_move_a_score_by_at_most_weight_times_range(seed):
    r = np.random.default_rng(seed)
    X, w = r.uniform(r.uniform(-3, 0), r.uniform(0.1, 3), size=(20, 6)), r.normal(size=6)
    hidden = r.choice(6, 3, replace=False)
    seen = X.copy()
    seen[:, hidden] = X.mean(axis=0)[hidden]
    most = np.sum(np.abs(w[hidden]) * np.ptp(X[:, hidden], axis=0))
    assert np.all(np.abs(seen @ w - X @ w) <= most + 1e-12)


def test_the_border_cuts_off_about_one_moved_triangle_in_five():
    r, cut = np.random.default_rng(0), dict.fromkeys(SHAPES, 0)
    for kind in SHAPES:
        for _ in range(1000):
            ink, place = r.uniform(28, 60), 7.5 + r.uniform(-4, 4, 2)
            whole = draw(kind, 32, ink, 0.0, place + 8)
            cut[kind] += draw(kind, 16, ink, 0.0, place).sum() < whole.sum()
    assert 150 < cut["triangle"] < 250


@given(st.floats(-20, 20), st.sampled_from((-1, 1)))
def test_the_slope_of_the_smooth_count(z, label):
    def count(score):
        return 1 / (1 + np.exp(label * score))

    p = 1 - count(z)
    slope = (count(z + 1e-5) - count(z - 1e-5)) / 2e-5
    assert np.isclose(slope, -label * p * (1 - p), atol=1e-8)


@pytest.mark.parametrize("kind", ["shifted", "rotated"])
def test_no_line_separates_moved_or_turned_triangles(kind):
    X, y = datasets.triangles(2000, np.random.default_rng(0), **{kind: True})
    signed = y[:, None] * np.c_[X, np.ones(2000)]
    equal = np.vstack([signed.T, np.ones(2000)])
    found = linprog(np.zeros(2000), A_eq=equal, b_eq=np.append(np.zeros(257), 1.0))
    assert found.status == 0  # shares >= 0 with a mean of 0: no v is positive on all y_i x_i


@given(st.integers(0, 5_000))
def test_squared_sums_are_the_rule_on_products(seed):
    r = np.random.default_rng(seed)
    X, y = r.integers(-2, 3, (12, 3)), r.choice([-1, 1], 12)

    def longer(A):
        products = (A[:, :, None] * A[:, None, :]).reshape(len(A), -1)
        return np.c_[np.ones(len(A)), np.sqrt(2) * A, products]

    square = (1 + X @ X.T) ** 2
    assert np.allclose(longer(X) @ longer(X).T, square)
    counts, v = np.zeros(12), np.zeros(13)
    for i in list(range(12)) * 5:
        score = square[i] @ counts  # whole numbers, so exact
        assert np.isclose(v @ longer(X)[i], score)
        if y[i] * score <= 0:
            counts[i] += y[i]
            v = v + y[i] * longer(X)[i]


def test_many_pixels_of_the_border_are_nearly_always_empty():
    X, _ = datasets.load("digits", split="train")
    row, column = np.mgrid[0:8, 0:8]
    ring = np.minimum.reduce([row, 7 - row, column, 7 - column]).ravel()
    used = np.mean(X > 0, axis=0)
    assert np.sum(used[ring == 0] < 0.05) >= 14  # of 28
    assert used[ring >= 2].min() > 0.6
