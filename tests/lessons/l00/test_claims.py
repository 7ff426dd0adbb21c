"""Sentences of lesson 00 that its own outputs do not show (see claims.md)."""

import json
import re
from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from lessonlib import datasets
from lessonlib.lessons.l00.centring import centred
from lessonlib.lessons.l00.exercises.exercise_3 import nearest_average
from lessonlib.scoreboard import canvas, scoreboard

LESSON = Path(__file__).parents[3] / "notebooks" / "00_start_here.ipynb"


def page_function(name, **known):
    """A function of the page, taken from the cell that defines it; `known` is what it uses."""
    for cell in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if found := re.search(rf"^def {name}\(.*?(?=\n\n\n)", source, re.DOTALL | re.MULTILINE):
            space = {"comb": comb, "np": np, **known}
            exec(found[0], space)
            return space[name]
    raise AssertionError(f"the page has no function {name}")


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


def test_the_winner_reads_less_where_it_was_not_chosen_with_19_of_20_seeds():
    X, y = datasets.load("digits", split="train")
    new, new_y = datasets.load("digits", split="validation")
    losses, gains, middles = [], [], []
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(250)
        r = np.random.default_rng([seed, 1])
        few = [r.permutation(len(X))[:50] for _ in range(100)]
        right = np.array([nearest_average(X[k], y[k], new) == new_y for k in few])
        judges, others = right[:, order[:50]].mean(axis=1), right[:, order[50:]].mean(axis=1)
        winner = judges.argmax()
        middles.append((np.median(judges), np.median(others)))
        losses.append(judges[winner] - others[winner])
        gains.append(others[winner] - np.median(others))
    assert sum(loss > 0 for loss in losses) == 19
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


def test_on_other_splits_too_chosen_sums_read_more_than_the_averages(images):
    X, y = images[0].reshape(-1, 64).astype(float), images[1]
    gains = []
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(len(X))
        old, new = order[:1000], order[1000:]
        told = LogisticRegression(max_iter=2000).fit(X[old], y[old]).predict(X[new])
        gains.append(
            np.mean(told == y[new]) - np.mean(nearest_average(X[old], y[old], X[new]) == y[new])
        )
    assert min(gains) > 0.02


def test_the_coins_of_the_page_are_fair_coins():
    coins = page_function("coins")
    assert coins(2, 0) == coins(0, 2) == 0.5
    assert coins(3, 3) == 1
    heads = np.random.default_rng(0).binomial(14, 0.5, 200_000)
    uneven = np.mean((heads <= 2) | (heads >= 12))
    assert abs(coins(12, 2) - uneven) < 0.001


def with_floats(images, labels, new):
    """An answer that the check accepts: labels one by one into an array of zeros."""
    out = np.zeros(len(new))
    for k, image in enumerate(new):
        out[k] = nearest_average(images, labels, image[None])[0]
    return out


def in_a_list(images, labels, new):
    """An answer that the check accepts: a list made into an array, which may be empty."""
    return np.array([nearest_average(images, labels, image[None])[0] for image in new])


@pytest.mark.parametrize("reader", [with_floats, in_a_list])
def test_the_page_counts_with_what_any_accepted_reader_says(reader):
    wide, y = canvas("train")
    answer = page_function("answer", nearest_average=reader)
    read = page_function("read_wide", nearest_average=reader, wide=wide, y=y)
    for said in (answer(wide[:30], y[:30], wide[:1]), read(wide[:2])):
        assert wide[said].shape[1:] == (12, 12)


def test_a_hundred_readers_learn_from_the_same_images_however_often_they_are_drawn():
    seen = []

    def reader(images, labels, new):
        seen.append(labels.tolist())
        return new

    y = np.arange(1007)
    given = {"SEED": 0, "X": y, "rows": y, "y": y, "val_rows": y[:3], "val_y": y[:3]}
    readers = page_function("readers", nearest_average=reader, **given)
    readers(2), readers(3)
    assert seen[:2] == seen[2:4]


def test_one_change_of_three_pixels_misleads_about_the_drawn_seven():
    page = "".join("".join(c["source"]) for c in json.loads(LESSON.read_text("utf-8"))["cells"])
    lines = re.search(r'drawing = """\n(.*?)\n"""', page, re.DOTALL)[1].split()
    seven = np.array([[{".": 0.0, "#": 1.0}[mark] for mark in line] for line in lines]).ravel()
    X, y = datasets.load("digits", split="train")
    averages = np.array([X[y == digit].mean(axis=0, dtype=float) for digit in range(10)])
    constant = (averages**2).sum(axis=1) / 2
    flips = (1 - 2 * seven)[:, None] * averages.T  # what turning a pixel over adds to ten sums
    begun, misled = averages @ seven - constant, {}
    for count in (1, 2, 3):
        groups = np.array(list(combinations(range(64), count)))
        said = (begun + flips[groups].sum(axis=1)).argmax(axis=1)
        misled[count] = [(g.tolist(), int(d)) for g, d in zip(groups, said, strict=True) if d != 7]
    assert len(groups) == 41_664
    assert misled == {1: [], 2: [], 3: [([43, 53, 60], 3)]}  # 8 row + column
    moved = np.roll(seven.reshape(8, 8), -1, axis=1)
    assert (averages @ moved.ravel() - constant).argmax() == 8


def test_two_averages_for_each_digit_read_more_of_the_validation_part():
    X, y = datasets.load("digits", split="train")
    new, new_y = datasets.load("digits", split="validation")
    pairs, rounds = [], []
    for digit in range(10):
        images = X[y == digit].astype(float)
        ink = images.sum(axis=1)
        group, before, turns = (ink > np.median(ink)).astype(int), None, 0
        while before is None or (group != before).any():
            two = np.array([images[group == k].mean(axis=0) for k in (0, 1)])
            before, turns = group, turns + 1
            group = ((images[:, None] - two) ** 2).sum(axis=2).argmin(axis=1)
        pairs.append(two)
        rounds.append(turns - 1)
    distances = ((new[:, None] - np.concatenate(pairs)) ** 2).sum(axis=2)
    assert np.mean(distances.argmin(axis=1) // 2 == new_y) == 0.94
    assert max(rounds) == rounds[8] == 13


def test_the_border_of_the_case_by_hand_is_where_both_brackets_are_equal():
    averages = np.array([[2.0, 0.0], [1.0, 5.0]])
    second = np.linspace(-3, 7, 11)
    border = np.stack([5 * second - 11, second], axis=1)  # 2 a - 2 = a + 5 b - 13
    distances = ((border[:, None] - averages) ** 2).sum(axis=2)
    assert np.allclose(distances[:, 0], distances[:, 1])


def test_a_centred_image_is_the_same_wherever_it_was():
    X, _ = canvas("validation")
    middle = centred(X)
    for right in range(-2, 3):
        for down in range(-2, 3):
            assert np.allclose(centred(datasets.shift(X, right, down)), middle, atol=1e-6)
    assert np.allclose(middle.sum(axis=(1, 2)), X.sum(axis=(1, 2)))  # no ink is lost
    places = np.arange(12) - 5.5
    ink = middle.sum(axis=(1, 2), dtype=float)
    for axis in (1, 2):
        assert np.abs(middle.sum(axis=axis, dtype=float) @ places / ink).max() < 1e-5
    assert not centred(np.zeros((1, 5, 5))).any()


def test_a_move_by_a_quarter_shares_the_ink_as_the_page_says():
    image = np.zeros((1, 5, 5))
    image[0, 2] = 0, 2, 6, 0, 0  # its centre is a quarter of a pixel left of the middle
    assert np.allclose(centred(image)[0, 2], [0, 1.5, 5, 1.5, 0])
    quarter = 0.75 * np.array([0, 8, 0, 0]) + 0.25 * np.array([0, 0, 8, 0])
    assert np.allclose(quarter, [0, 6, 2, 0])


def test_what_the_page_says_about_the_scoreboard():
    plain, middle = scoreboard("00.scoreboard").rows, scoreboard("00.centred_scoreboard").rows
    assert all(row[2] == row[3] == row[4] for row in middle)  # the same wherever the digit is
    assert all(row[4] <= 0.1505 for row in plain)  # at two pixels
    assert all(abs(a[2] - b[2]) < 0.012 for a, b in zip(plain, middle, strict=True))
    assert [f"{row[2]:.3f}" for row in plain[2:]] == [f"{row[2]:.3f}" for row in middle[2:]]
    chosen = middle[2][4]
    assert middle[2][0] == "nearest neighbour, centred"
    assert round(np.sqrt(chosen * (1 - chosen) / 540), 3) == 0.006
