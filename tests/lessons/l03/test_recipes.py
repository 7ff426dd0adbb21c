"""Lesson 03's stored result, remade in short."""

import numpy as np

from lessonlib.lessons.l03.recipes import scoreboard
from lessonlib.trained import trained


def test_a_shorter_training_comes_close_to_the_stored_row():
    stored = trained("03.scoreboard")
    made = scoreboard.make(seeds=(0,), steps=150)
    assert list(made["names"]) == list(stored["names"])
    assert made["rows"].shape == (1, 1, 5)
    size, clean, one, two, _ = made["rows"][0, 0]
    assert size == stored["rows"][0, 0, 0] == 3728
    assert clean > 0.9
    assert np.all(stored["rows"][:, 0, 1] > 0.94)
    assert 0.1 < two + 0.05 < one < clean


def test_a_seed_gives_the_same_network():
    first, second = (scoreboard.train(3, steps=5) for _ in range(2))
    for name, values in first.state_dict().items():
        assert np.array_equal(values, second.state_dict()[name])
