"""Sentences of lesson 00 that its own outputs do not show (see claims.md)."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import datasets
from lessonlib.lessons.l00 import sentences
from lessonlib.lessons.l00.exercises.exercise_2 import looks_like_seven
from lessonlib.lessons.l00.exercises.exercise_3 import nearest_average

LESSON = Path(__file__).parents[3] / "notebooks" / "00_start_here.ipynb"


@pytest.fixture(scope="module")
def page():
    """The page's own functions `shares`, `measures` and `search`."""
    space = {"np": np}
    for cell in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if source.startswith("def shares("):
            exec(source.split("def my_seven")[0], space)
        elif source.startswith("def measures("):
            exec(source, space)
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


@given(st.integers(0, 1_000))
def test_no_image_is_closer_to_all_the_7s_than_their_average(seed):
    X, y = datasets.load("digits", split="train")
    sevens, r = X[y == 7].astype(float), np.random.default_rng(seed)
    average = sevens.mean(axis=0)
    rival = average + r.normal(0, r.choice([0.001, 0.1]), 64)
    assert ((sevens - rival) ** 2).sum() > ((sevens - average) ** 2).sum()


def test_the_search_of_the_page_begins_with_the_sentences_of_the_exercise(page, images):
    by_eye = np.array([0.5, 0.4999, -0.25, -0.25, -0.25])
    fits = (page["measures"](images[0]) > by_eye[:, None]).all(axis=0)
    assert np.array_equal(fits, looks_like_seven(images[0]))


def test_on_other_splits_too_the_comparison_ends_as_the_page_says(page, images):
    X, y = images
    found = []
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(len(X))
        old, new = order[:1000], order[1000:]
        truth = y[old] == 7
        best, zones = page["search"](X[old], truth), sentences.choose(X[old], truth)
        flat = X.reshape(-1, 64).astype(float)
        seven, rest = flat[old][truth].mean(axis=0), flat[old][~truth].mean(axis=0)
        score = ((flat - rest) ** 2).sum(axis=1) - ((flat - seven) ** 2).sum(axis=1)
        worse = [min(page["shares"](score[old] >= one, truth)) for one in score[old]]
        ways = (
            looks_like_seven(X[new]),
            (page["measures"](X[new]) > best[:, None]).all(axis=0),
            np.all([one.fits(X[new]) for one in zones], axis=0),
            score[new] > 0,
            score[new] >= score[old][np.argmax(worse)],
            nearest_average(flat[old], y[old], flat[new]) == 7,
        )
        found.append([page["shares"](way, y[new] == 7) for way in ways])
    precision, recall = np.moveaxis(np.array(found), -1, 0)
    quality = np.minimum(precision, recall)
    assert np.all(precision[:, 1] > precision[:, 0])  # searched thresholds: more careful
    assert np.all(quality[:, 2] > quality[:, 1])  # zones that the images choose are better
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
