"""Sentences of lesson 00 that its own outputs do not show (see claims.md)."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression

from lessonlib import datasets
from lessonlib.lessons.l00 import sentences
from lessonlib.lessons.l00.centring import centred
from lessonlib.lessons.l00.exercises.exercise_2 import looks_like_seven
from lessonlib.lessons.l00.exercises.exercise_3 import nearest_average
from lessonlib.scoreboard import canvas, scoreboard

LESSON = Path(__file__).parents[3] / "notebooks" / "00_start_here.ipynb"


@pytest.fixture(scope="module")
def page():
    """The page's own function `shares`."""
    space = {"np": np}
    for cell in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if source.startswith("def shares("):
            exec(source.split("def my_seven")[0], space)
    return space


@pytest.fixture(scope="module")
def images():
    """Training and validation part together, as images and labels."""
    parts = [datasets.load("digits", split=split, flat=False) for split in ("train", "validation")]
    return tuple(np.concatenate(pieces) for pieces in zip(*parts, strict=True))


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=8), st.integers(-60, 60))
def test_no_number_has_smaller_squared_differences_than_the_mean(numbers, other):
    x = np.array(numbers, dtype=float)
    m = x.mean()
    around_other = ((x - other) ** 2).sum()
    assert np.isclose(around_other, ((x - m) ** 2).sum() + len(x) * (m - other) ** 2)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=8), st.integers(-60, 60))
def test_no_number_has_smaller_plain_differences_than_the_median(numbers, other):
    x = np.array(numbers, dtype=float)
    assert np.abs(x - other).sum() >= np.abs(x - np.median(x)).sum() - 1e-9


@given(st.integers(0, 1_000))
def test_no_image_is_closer_to_all_the_7s_than_their_average(seed):
    X, y = datasets.load("digits", split="train")
    sevens, r = X[y == 7].astype(float), np.random.default_rng(seed)
    average = sevens.mean(axis=0)
    rival = average + r.normal(0, r.choice([0.001, 0.1]), 64)
    assert ((sevens - rival) ** 2).sum() > ((sevens - average) ** 2).sum()


@given(st.integers(0, 1_000))
def test_the_nearest_average_is_the_largest_of_ten_sums(seed):
    r = np.random.default_rng(seed)
    averages, image = r.normal(size=(10, 6)), r.normal(size=6)
    sums = averages @ image - (averages**2).sum(axis=1) / 2
    distances = ((image - averages) ** 2).sum(axis=1)
    assert np.allclose(distances, (image**2).sum() - 2 * sums)


@pytest.mark.parametrize("sums", [LogisticRegression(max_iter=2000), LinearDiscriminantAnalysis()])
def test_on_other_splits_too_other_sums_read_more_than_the_averages(images, sums):
    X, y = images[0].reshape(-1, 64).astype(float), images[1]
    gains = []
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(len(X))
        old, new = order[:1000], order[1000:]
        told = sums.fit(X[old], y[old]).predict(X[new])
        gains.append(
            np.mean(told == y[new]) - np.mean(nearest_average(X[old], y[old], X[new]) == y[new])
        )
    assert min(gains) > 0.02


def test_the_linear_discriminant_is_ten_sums():
    X, y = datasets.load("digits", split="train")
    new, _ = datasets.load("digits", split="validation")
    ruler = LinearDiscriminantAnalysis().fit(X, y)
    sums = new @ ruler.coef_.T + ruler.intercept_
    assert ruler.coef_.shape == (10, 64)
    assert np.array_equal(sums.argmax(axis=1), ruler.predict(new))


def test_among_20_images_one_or_two_digits_are_usually_missing():
    _, y = datasets.load("digits", split="train")
    seen = [np.random.default_rng(s).permutation(len(y))[:20] for s in range(200)]
    missing = np.array([10 - len(np.unique(y[few])) for few in seen])
    assert np.mean((missing == 1) | (missing == 2)) > 0.5


@pytest.mark.parametrize("freedom", [0.01, 100.0])
def test_ten_chosen_sums_do_not_read_25_places_with_other_weight_decay(freedom):
    wide, y = canvas("train")
    val, val_y = canvas("validation")
    places = [(right, down) for down in range(-2, 3) for right in range(-2, 3)]
    many = np.concatenate([datasets.shift(wide, *place) for place in places]).reshape(-1, 144)
    labels = np.tile(y, 25)
    model = LogisticRegression(C=freedom, max_iter=1000).fit(many, labels)
    assert model.score(many, labels) < 0.42
    assert model.score(val.reshape(-1, 144), val_y) < 0.45


def test_on_other_splits_too_the_comparison_ends_as_the_page_says(page, images):
    X, y = images
    found = []
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(len(X))
        old, new = order[:1000], order[1000:]
        truth = y[old] == 7
        zones = sentences.choose(X[old], truth)
        ours = sentences.choose(X[old], truth, zones=sentences.BY_EYE)
        flat = X.reshape(-1, 64).astype(float)
        seven, rest = flat[old][truth].mean(axis=0), flat[old][~truth].mean(axis=0)
        score = ((flat - rest) ** 2).sum(axis=1) - ((flat - seven) ** 2).sum(axis=1)
        worse = [min(page["shares"](score[old] >= one, truth)) for one in score[old]]
        ways = (
            looks_like_seven(X[new]),
            np.all([one.fits(X[new]) for one in ours], axis=0),
            np.all([one.fits(X[new]) for one in zones], axis=0),
            score[new] > 0,
            score[new] >= score[old][np.argmax(worse)],
            nearest_average(flat[old], y[old], flat[new]) == 7,
        )
        found.append([page["shares"](way, y[new] == 7) for way in ways])
    precision, recall = np.moveaxis(np.array(found), -1, 0)
    quality = np.minimum(precision, recall)
    assert np.all(precision[:, 2] > precision[:, 1] + 0.1)  # zones that the images choose
    assert np.all(quality[:, 2] > quality[:, 1])  # are better than ours with the same search
    assert np.all(precision[:, 4] > precision[:, 3])  # and so is a border that they choose
    assert abs(np.median(quality[:, 5] - quality[:, 4])) < 0.04  # the names add nothing: one image


def test_a_chosen_sentence_says_what_it_tests_and_keeps_the_wanted_share(images):
    X, y = images
    chosen = sentences.choose(X, y == 7, count=3, wanted=0.9)
    fits = np.all([one.fits(X) for one in chosen], axis=0)
    assert len(chosen) == 3
    assert fits[y == 7].mean() >= 0.9
    corner = sentences.Sentence((0, 1), (0, 2), above=True, threshold=0.5)
    two = np.zeros((2, 8, 8))
    two[1, 0, :2] = 0.75
    assert corner.fits(two).tolist() == [False, True]


def test_a_sentence_says_itself_in_words():
    assert str(sentences.Sentence((6, 8), (4, 8), above=False, threshold=0.1875)) == (
        "rows 6 to 7, columns 4 to 7: below 0.19"
    )
    assert str(sentences.Sentence((0, 1), (1, 7), above=True, threshold=0.5)) == (
        "row 0, columns 1 to 6: above 0.50"
    )


def test_the_first_chosen_sentence_is_about_the_foot_and_does_most_of_the_work():
    X, y = datasets.load("digits", split="train", flat=False)
    zones = []
    for seed in range(20):
        kept = np.random.default_rng(seed).permutation(len(X))[:906]
        old, truth = X[kept], y[kept] == 7
        (first,) = sentences.choose(old, truth, count=1)
        (ours,) = sentences.choose(old, truth, count=1, zones=sentences.BY_EYE)
        zones.append((first.rows, first.columns))
        assert (first.rows[0] >= 6, first.columns[0], first.above) == (True, 4, False)
        assert np.mean(first.fits(old)[~truth]) < 0.12
        assert np.sum(ours.fits(old)[~truth]) > np.sum(first.fits(old)[~truth]) + 50
        assert (ours.rows, ours.columns) == sentences.BY_EYE[4]
    assert zones.count(((6, 8), (4, 8))) == 18


def test_a_centred_image_is_the_same_wherever_it_was():
    X, _ = canvas("validation")
    middle = centred(X)
    for right in range(-2, 3):
        for down in range(-2, 3):
            assert np.array_equal(centred(datasets.shift(X, right, down)), middle)
    assert np.allclose(middle.sum(axis=(1, 2)), X.sum(axis=(1, 2)))  # no ink is lost
    places = np.arange(12) - 5.5
    ink = middle.sum(axis=(1, 2), dtype=float)
    for axis in (1, 2):
        assert np.abs(middle.sum(axis=axis, dtype=float) @ places / ink).max() <= 0.5
    assert not centred(np.zeros((1, 5, 5))).any()


def test_what_the_page_says_about_the_scoreboard():
    plain, middle = scoreboard("00.scoreboard").rows, scoreboard("00.centred_scoreboard").rows
    loss = [a[2] - b[2] for a, b in zip(plain, middle, strict=True)]
    assert loss[0] > 0.04  # the averages pay
    assert all(row[2] == row[3] == row[4] for row in middle)  # the same wherever the digit is
    errors = [np.sqrt(row[4] * (1 - row[4]) / 540) for row in (middle[1], middle[3])]
    assert [round(error, 3) for error in errors] == [0.010, 0.005]


def test_the_winner_reads_less_where_it_was_not_chosen_with_every_seed():
    X, y = datasets.load("digits", split="train")
    new, new_y = datasets.load("digits", split="validation")
    losses, gains, middles = [], [], []
    for seed in range(20):
        r = np.random.default_rng(seed)
        order = r.permutation(250)
        few = [r.permutation(len(X))[:50] for _ in range(100)]
        right = np.array([nearest_average(X[k], y[k], new) == new_y for k in few])
        judges, others = right[:, order[:50]].mean(axis=1), right[:, order[50:]].mean(axis=1)
        winner = judges.argmax()
        middles.append((np.median(judges), np.median(others)))
        losses.append(judges[winner] - others[winner])
        gains.append(others[winner] - np.median(others))
    assert min(losses) > 0
    assert np.median(gains) > 0
    judged, other = np.median(middles, axis=0)
    assert abs(judged - other) < 0.02  # the judges are not easier than the others


def test_the_parts_have_the_sizes_of_the_drawing_and_every_digit():
    sizes = {}
    for part in ("train", "validation", "test"):
        X, y = datasets.load("digits", split=part)
        sizes[part] = len(X)
        assert set(y) == set(range(10))
    assert sizes == {"train": 1007, "validation": 250, "test": 540}
