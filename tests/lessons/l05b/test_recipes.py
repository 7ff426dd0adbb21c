"""The trees' stored rows of the scoreboard are what their recipe makes."""

import numpy as np
import pytest

from lessonlib.lessons.l05b.recipes import scoreboard as scoreboard_05b
from lessonlib.trained import trained


@pytest.mark.exhaustive
def test_one_seed_made_again_gives_its_stored_row():
    stored = trained("05b.scoreboard")
    again = scoreboard_05b.make((0,))
    assert list(again["names"]) == list(stored["names"]) == ["random forest", "boosted trees"]
    assert stored["rows"].shape == (5, 2, 5)
    accuracies = slice(1, 4)  # nodes and seconds may differ between versions and machines
    assert np.abs(again["rows"][0, :, accuracies] - stored["rows"][0, :, accuracies]).max() < 0.03
    assert np.all(again["rows"][0, :, 0] > 1000)
