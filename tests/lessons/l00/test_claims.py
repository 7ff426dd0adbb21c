"""Sentences of lesson 00 that its own outputs do not show (see claims.md)."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import datasets
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


def test_on_other_splits_too_each_step_of_the_comparison_helps_as_the_page_says(page, images):
    X, y = images
    found = []
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(len(X))
        old, new = order[:1000], order[1000:]
        best = page["search"](X[old], y[old] == 7)
        rows = X[old].reshape(-1, 64), X[new].reshape(-1, 64)
        ways = (
            looks_like_seven(X[new]),
            (page["measures"](X[new]) > best[:, None]).all(axis=0),
            nearest_average(rows[0], (y[old] == 7).astype(int), rows[1]) == 1,
            nearest_average(rows[0], y[old], rows[1]) == 7,
        )
        found.append([page["shares"](way, y[new] == 7) for way in ways])
    precision, recall = np.moveaxis(np.array(found), -1, 0)
    assert np.all(precision[:, 1] > precision[:, 0])  # searched thresholds: more careful
    assert np.all(precision[:, 3] > precision[:, 2])  # the names of the other digits count
    assert np.median(recall[:, 2]) > 0.95 > 0.8 > np.median(recall[:, 1])  # and so do all pixels


def test_the_winner_reads_less_where_it_was_not_chosen_with_every_seed():
    X, y = datasets.load("digits", split="train")
    new, new_y = datasets.load("digits", split="validation")
    losses, gains = [], []
    for seed in range(20):
        r = np.random.default_rng(seed)
        order = r.permutation(250)
        few = [r.permutation(len(X))[:50] for _ in range(100)]
        right = np.array([nearest_average(X[k], y[k], new) == new_y for k in few])
        judges, others = right[:, order[:50]].mean(axis=1), right[:, order[50:]].mean(axis=1)
        winner = judges.argmax()
        losses.append(judges[winner] - others[winner])
        gains.append(others[winner] - np.median(others))
    assert min(losses) > 0
    assert np.median(gains) > 0


def test_the_parts_have_the_sizes_of_the_drawing_and_every_digit():
    sizes = {}
    for part in ("train", "validation", "test"):
        X, y = datasets.load("digits", split=part)
        sizes[part] = len(X)
        assert set(y) == set(range(10))
    assert sizes == {"train": 1007, "validation": 250, "test": 540}
