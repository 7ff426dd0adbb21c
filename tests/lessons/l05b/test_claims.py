"""Sentences of lesson 05b that its own outputs do not show (see claims.md)."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
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


def test_a_gap_of_two_errors_is_found_every_second_time():
    r = np.random.default_rng(0)
    for errors, share, rows in ((2.0, 0.5, 2_812), (2.8, 0.79, 5_511)):
        differ = r.binomial(rows, 10 / 569, 20_000)
        only = r.binomial(differ, (1 + 0.005 * 569 / 10) / 2)  # the better one is right
        assert np.isclose(np.sqrt(10 / 569 / rows) * errors, 0.005, rtol=0.01)
        found = 2 * only - differ > 2 * np.sqrt(differ)
        assert abs(found.mean() - share) < 0.03


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


def test_the_parts_of_the_columns_of_size_have_one_sign():
    X, y = datasets.load("breast_cancer", split="train")
    Z = StandardScaler().fit_transform(X)
    names = datasets.feature_names("breast_cancer")
    size = [any(word in name for word in ("radius", "perimeter", "area")) for name in names]
    parts = (Z * LogisticRegression().fit(Z, y).coef_[0])[:, size]
    together = np.cov(parts.T)
    assert np.mean(together > 0) > 0.9
    assert together.sum() > 3 * np.trace(together)
