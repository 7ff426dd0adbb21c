"""Lesson 02's stored results can be made again: shorter runs of their recipes agree with them."""

import numpy as np
import pytest

from lessonlib.lessons.l02.recipes import scoreboard, xor
from lessonlib.trained import trained


def test_xor_runs_come_back():
    stored = trained("02.xor")
    again = xor.make(seeds=(0, 2, 17))  # one solved and two stuck with two units
    assert again["accuracy"].shape == (2, 3)
    assert np.array_equal(again["accuracy"], stored["accuracy"][:, [0, 2, 17]])
    assert np.allclose(again["loss"], stored["loss"][:, [0, 2, 17]], rtol=0.05)


def test_xor_learns_on_the_way():
    start, few = xor.train(4, seed=0, steps=0), xor.train(4, seed=0, steps=100)
    assert start[0] == pytest.approx(np.log(2), abs=0.2)
    assert few[0] < start[0]


def test_scoreboard_row_comes_back():
    stored, again = trained("02.scoreboard")["rows"], scoreboard.make(seeds=(0,))["rows"]
    assert stored.shape == (5, 1, 5)
    assert again[0, 0, 0] == stored[0, 0, 0] == 144 * 24 + 24 + 24 * 10 + 10
    assert np.abs(again[0, 0, 1:4] - stored[0, 0, 1:4]).max() < 0.03
    assert stored[:, 0, 1].min() > 0.94
