"""The trees' stored rows of the scoreboard are what their recipe makes."""

import numpy as np

from lessonlib.lessons.l05b.recipes import scoreboard as scoreboard_05b
from lessonlib.lessons.l05b.recipes import tuned
from lessonlib.trained import trained


def test_one_seed_made_again_gives_its_stored_row():
    stored = trained("05b.scoreboard")
    again = scoreboard_05b.make((0,))
    assert list(again["names"]) == list(stored["names"]) == ["random forest", "boosted trees"]
    assert stored["rows"].shape == (5, 2, 5)
    accuracies = slice(1, 4)  # nodes and seconds may differ between versions and machines
    assert np.abs(again["rows"][0, :, accuracies] - stored["rows"][0, :, accuracies]).max() < 0.03
    assert np.all(again["rows"][0, :, 0] > 1000)


def test_settings_are_chosen_without_the_rows_that_are_tested():
    r = np.random.default_rng(0)
    A, a = r.normal(size=(40, 2)), np.arange(40) % 2
    seen = []

    def method(old, labels, new):
        seen.append((len(old), len(new)))
        return np.zeros(len(new), dtype=int)

    assert tuned.chosen([method, method], A, a) is method
    assert seen == [(30, 10), (30, 10)]
