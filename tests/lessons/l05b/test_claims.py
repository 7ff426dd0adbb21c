"""Sentences of lesson 05b that its own outputs do not show (see claims.md)."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from lessonlib import datasets, nn, optim, training
from lessonlib.claims import claims
from lessonlib.lessons.l05b.exercises.exercise_1 import compare
from lessonlib.lessons.l05b.exercises.exercise_3 import best_split
from lessonlib.lessons.l05b.exercises.exercise_4 import boost


@given(st.integers(0, 5_000))
def test_far_out_a_relu_network_is_a_straight_line(seed):
    r = np.random.default_rng(seed)
    layers = nn.Linear(1, 8, rng=r), nn.ReLU(), nn.Linear(8, 8, rng=r), nn.ReLU()
    model = nn.Sequential(*layers, nn.Linear(8, 1, rng=r))
    far = np.array([[1e4], [2e4], [3e4]], dtype=np.float32)
    a, b, c = model(far)[:, 0].astype(float)
    assert np.isclose(b - a, c - b, rtol=1e-3, atol=1e-3 * np.abs(c))


def test_far_out_the_first_tanh_layer_gives_the_same_to_the_next():
    r = np.random.default_rng(0)
    sales = r.uniform(20, 100, 40)
    z = ((sales[:, None] - 60) / 25).astype(np.float32)
    t = ((0.15 * sales + r.normal(0, 0.5, 40) - 9) / 4)[:, None].astype(np.float32)
    layers = nn.Linear(1, 32, rng=r), nn.Tanh(), nn.Linear(32, 32, rng=r), nn.Tanh()
    model = nn.Sequential(*layers, nn.Linear(32, 1, rng=r))
    how = {"rng": r, "epochs": 300, "batch_size": 32, "progress": False}
    training.fit(model, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.01), z, t, **how)
    far = ((np.array([[400.0], [410.0]]) - 60) / 25).astype(np.float32)
    first = layers[1](layers[0](far))
    second = layers[3](layers[2](first))
    assert np.mean(np.abs(first) > 0.99) > 0.7
    assert np.mean(np.abs(second) > 0.99) < 0.3  # not these: they only hear of no difference
    assert np.abs(second[1] - second[0]).max() < 0.02


@given(st.integers(0, 5_000))
def test_the_gain_is_the_fall_of_the_squared_error(seed):
    r = np.random.default_rng(seed)
    X, target = r.normal(size=(12, 2)), r.normal(size=12)
    column, threshold, below, above = best_split(X, target)
    low = X[:, column] <= threshold
    step = np.where(low, below, above)
    gain = low.sum() * (~low).sum() / 12 * (below - above) ** 2
    assert np.isclose(np.sum((target - target.mean()) ** 2) - np.sum((target - step) ** 2), gain)


@given(st.integers(0, 5_000), st.floats(0.1, 7.9))
def test_a_step_lowers_the_loss_by_as_much_as_was_proved(seed, lr):
    r = np.random.default_rng(seed)
    X, y = r.normal(size=(20, 3)), r.permutation(np.arange(20) % 2)
    scores = boost(X, y, X, best_split, 3, lr, 1)
    loss = np.sum(np.logaddexp(0, scores) - y * scores, axis=1)
    steps = np.diff(scores, axis=0) / lr
    assert np.all(np.diff(loss) <= -lr * (1 - lr / 8) * np.sum(steps**2, axis=1) + 1e-9)


@given(st.integers(0, 5_000))
def test_stumps_add_up_to_functions_of_one_column_each(seed):
    r = np.random.default_rng(seed)
    X, y = r.normal(size=(30, 2)), r.permutation(np.arange(30) % 2)
    a, b = r.normal(size=2), r.normal(size=2)
    corners = np.array([[a[0], b[0]], [a[1], b[1]], [a[0], b[1]], [a[1], b[0]]])
    one, two, three, four = boost(X, y, corners, best_split, 10, 1.0, 1)[-1]
    assert np.isclose(one + two, three + four)


def test_how_often_the_sign_test_finds_a_true_gap():
    share = 10 / 569  # of the rows differ
    assert np.isclose(share / (0.005 / 2.8) ** 2, 5_500, rtol=0.01)
    two_errors = 2 * np.sqrt(10) / 569
    for gap, rows, often in ((0.005, 5_500, 0.78), (two_errors, 569, 0.41)):
        found = 0.0
        for differ in range(int(4 * rows * share)):  # more never occur
            only = np.arange(differ + 1)  # the better one is right
            further = np.maximum(only, differ - only) - 1
            p = np.minimum(1, 2 * binom.sf(further, differ, 0.5))
            ways = binom.pmf(only, differ, (1 + gap / share) / 2)
            found += binom.pmf(differ, rows, share) * np.sum(ways[p < 0.05])
        assert abs(found - often) < 0.005


def test_a_tree_grown_question_by_question_is_not_the_nearest():
    x = np.array([(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)] * 4, dtype=float)
    target = (x[:, 0] != x[:, 1]) - 0.5
    target[x[:, 2] == 1] += 0.1  # the only column with a gain of its own

    def left(column):
        """Squared error of a tree of depth 2 that asks this column first."""
        whole = 0.0
        for side in (x[:, column] < 0.5, x[:, column] > 0.5):
            found = best_split(x[side], target[side])
            low = x[side][:, found[0]] <= found[1]
            whole += np.sum((target[side] - np.where(low, found[2], found[3])) ** 2)
        return whole

    assert best_split(x, target)[0] == 2
    assert left(0) < left(2) / 10


def test_a_sum_of_stumps_can_have_three_quadrants_of_four():
    x = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    scores = np.where(x[:, 0] > 0, 1, -1) + np.where(x[:, 1] > 0, 0.5, -1.5)
    assert np.mean((scores > 0) == (x.prod(axis=1) > 0)) == 0.75


def test_the_sign_test_keeps_its_promise_for_models_that_are_equal():
    r = np.random.default_rng(0)
    small = [compare(*(r.random((2, 100)) < 0.8))[2] < 0.05 for _ in range(1000)]
    assert np.mean(small) < 0.06


def test_ten_coins_fall_nine_to_one_or_farther_in_22_of_1024_ways():
    a = np.array([True] * 9 + [False])
    assert np.isclose(compare(a, ~a)[2], 22 / 1024)


def test_the_best_possible_answer_is_what_the_generator_allows():
    X, y = datasets.irregular_table(200_000, np.random.default_rng(0))
    corner = 2 * ((X[:, 1] > 0.5) & (X[:, 2] < 0))
    steps = 1.0 * (np.abs(X[:, 3]) > 1) - 2 * (X[:, 4] > 1)
    knows_all_but_the_noise = np.floor(2 * X[:, 0]) % 2 + corner + steps > 0.8
    best = claims()["05b.irregular, best possible"].median
    assert abs(np.mean(knows_all_but_the_noise == y) - best) < 0.003


def test_the_parts_of_both_groups_of_nine_push_to_one_side():
    parts = [datasets.load("breast_cancer", split=split) for split in ("train", "validation")]
    X, y = (np.concatenate(both) for both in zip(*parts, strict=True))
    Z = StandardScaler().fit_transform(X)
    names = datasets.feature_names("breast_cancer")
    weight = LogisticRegression().fit(Z, y).coef_[0]
    is_size = [any(word in name for word in ("radius", "perimeter", "area")) for name in names]
    size, others = np.flatnonzero(is_size), np.flatnonzero(~np.array(is_size))
    heavy = others[np.argsort(-np.abs(weight[others]))[:9]]
    for nine in (size, heavy):
        together = np.cov((Z * weight)[:, nine].T)
        assert np.mean(together > 0) > 0.75
        assert together.sum() > 3 * np.trace(together)


def test_half_of_the_threes_are_about_fifty():
    assert np.sum(datasets.load("digits", split="train")[1] == 3) == 102
