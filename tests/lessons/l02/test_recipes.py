"""Lesson 02's stored results can be made again: shorter runs of their recipes agree with them."""

import numpy as np
import pytest

from lessonlib import datasets, nn, optim
from lessonlib.lessons.l02.recipes import scoreboard, spirals, tents, xor
from lessonlib.trained import trained


def test_xor_runs_come_back():
    stored = trained("02.xor")
    again = xor.make(seeds=(0, 2, 17))  # one solved and two stuck with two units
    assert again["accuracy"].shape == (2, 3)
    assert np.array_equal(again["accuracy"], stored["accuracy"][:, [0, 2, 17]])
    assert np.allclose(again["loss"], stored["loss"][:, [0, 2, 17]], rtol=0.05)


@pytest.mark.parametrize("bend", ["ReLU", "Tanh"])
def test_xor_runs_are_those_of_the_library(bend):
    X, y = datasets.xor()
    target = (y[:, None] > 0).astype(float)
    losses, _, hidden, _ = xor.train(4, (3, 8), 50, bend)
    for k, seed in enumerate((3, 8)):
        rng = np.random.default_rng(seed)
        first, last = (nn.Linear(i, o, rng=rng, dtype=np.float64) for i, o in ((2, 4), (4, 1)))
        model = nn.Sequential(first, getattr(nn, bend)(), last)
        loss, optimizer = nn.BCEWithLogitsLoss(), optim.Adam(model.parameters(), lr=0.05)
        for _ in range(50):
            loss(model(X), target)
            optimizer.zero_grad()
            model.backward(loss.backward())
            optimizer.step()
        assert loss(model(X), target) == pytest.approx(losses[k], rel=1e-9)
        assert np.array_equal(first(X) > 0, hidden[k] > 0)


def test_xor_learns_on_the_way():
    (start,), *_ = xor.train(4, (0,), steps=0)
    (few,), *_ = xor.train(4, (0,), steps=100)
    assert start == pytest.approx(np.log(2), abs=0.2)
    assert few < start


def test_scoreboard_row_comes_back():
    stored, again = trained("02.scoreboard")["rows"], scoreboard.make(seeds=(0,))["rows"]
    assert stored.shape == (5, 1, 5)
    assert again[0, 0, 0] == stored[0, 0, 0] == 144 * 24 + 24 + 24 * 10 + 10
    assert np.abs(again[0, 0, 1:4] - stored[0, 0, 1:4]).max() < 0.03
    assert stored[:, 0, 1].min() > 0.94


def test_tents_come_back():
    result, short = trained("02.tents"), tents.make(seeds=(0,), steps=200)
    for key in ("rmse", "centred"):
        stored, again = result[key], short[key]
        assert stored.shape == (4, 10)
        assert again.shape == (4, 1)
        assert (stored < 0.3).all()
        assert np.abs(again[:2, 0] - stored[:2, 0]).max() < 0.06
    assert (result["rmse"] > 0.05).all()
    assert np.median(result["centred"][3]) < 0.05
    assert result["slow"].shape == (4, 10)
    assert (np.sort(result["slow"][2])[:2] < 0.03).all()
    assert (result["one"] > 0.02).all()


def test_spirals_come_back():
    result, again = trained("02.spirals"), spirals.make(seeds=(0,), steps=100)
    assert result["right"].shape == (3, 10)
    assert again["right"].shape == (3, 1)
    assert list(again["names"]) == list(result["names"])
    deep, wide, narrow = np.median(result["right"], axis=1)
    assert deep > wide + 0.04 > narrow + 0.02


def test_a_flipped_sign_frees_failed_runs():
    runs = trained("02.xor")
    failed = runs["accuracy"] < 1
    assert not (runs["unflipped_loss"][failed] < 0.01).any()
    assert (runs["flipped_loss"][failed] < 0.01).mean() > 0.4
    assert np.array_equal(runs["flipped_loss"][~failed], runs["loss"][~failed])
