"""Lesson 02's stored results can be made again: shorter runs of their recipes agree with them."""

import numpy as np
import pytest

from lessonlib.trained import trained
from tools.models import scoreboard_02, xor_02


def test_xor_runs_come_back():
    stored = trained("xor_02")
    again = xor_02.make(seeds=(0, 2, 17))  # one solved and two stuck with two units
    assert again["accuracy"].shape == (2, 3)
    assert np.array_equal(again["accuracy"], stored["accuracy"][:, [0, 2, 17]])
    assert np.allclose(again["loss"], stored["loss"][:, [0, 2, 17]], rtol=0.05)


def test_xor_learns_on_the_way():
    start, few = xor_02.train(4, seed=0, steps=0), xor_02.train(4, seed=0, steps=100)
    assert start[0] == pytest.approx(np.log(2), abs=0.2)
    assert few[0] < start[0]


def test_scoreboard_row_comes_back():
    stored, again = trained("scoreboard_02")["rows"], scoreboard_02.make(seeds=(0,))["rows"]
    assert stored.shape == (5, 1, 5)
    assert again[0, 0, 0] == stored[0, 0, 0] == 144 * 24 + 24 + 24 * 10 + 10
    assert np.abs(again[0, 0, 1:4] - stored[0, 0, 1:4]).max() < 0.03
    assert stored[:, 0, 1].min() > 0.94
