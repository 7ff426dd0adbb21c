"""Lesson 03's stored result, remade in short."""

import numpy as np
import pytest

from lessonlib.lessons.l03.recipes import rivals, scoreboard
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


def best(kind):
    """The median over the seeds, with the kind's best learning rate."""
    stored = trained("03.rivals")
    right = stored["right"][:, list(stored["kinds"]).index(kind)]
    return np.median(right, axis=0).max()


def test_the_numbers_of_the_page_about_the_rivals():
    fixed = {kind: best(kind) for kind in rivals.KINDS if kind not in rivals.LEARNED}
    sixteen = {kind: right for kind, right in fixed.items() if ", 16," in kind}
    assert max(sixteen, key=sixteen.get) == "chosen, 16, times 0.3"
    assert best("chosen, 16, times 0.3") == pytest.approx(0.948)
    assert max(sixteen[kind] for kind in sixteen if "drawn" in kind) == pytest.approx(0.878)
    assert max(fixed.values()) == best("drawn, 119, times 3") == pytest.approx(0.972)
    assert best("learned") == pytest.approx(0.974)
    assert best("learned, no tanh") == pytest.approx(0.972)
    assert best("no hidden units") == pytest.approx(0.964)
    stored = trained("03.rivals")
    at_1 = stored["right"][:, list(stored["kinds"]).index("learned, no tanh"), 1]
    assert np.sum(at_1 < 0.5) == 4


def test_a_short_race_of_the_rivals_has_the_stored_shape():
    made, stored = rivals.make(seeds=(0,), steps=2), trained("03.rivals")
    assert list(made["kinds"]) == list(stored["kinds"])
    assert made["right"].shape == (1, len(rivals.KINDS), len(rivals.LRS))
    again = rivals.last_layer(*rivals.fixed("no hidden units", np.random.default_rng(0)), 10, 600)
    assert again == pytest.approx(stored["right"][0, -1, -1], abs=0.01)


def test_the_line_gains_with_ten_times_the_steps():
    images = rivals.fixed("no hidden units", np.random.default_rng(0))
    assert rivals.last_layer(*images, 10, 6000) == pytest.approx(0.972, abs=0.005)
