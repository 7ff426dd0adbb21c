"""Stored results of lesson 10: short versions train, the stored ones hold the lesson's numbers."""

import numpy as np
import pytest

from lessonlib.claims import claims
from lessonlib.files import data_folder
from lessonlib.lessons.l10.recipes import gpt, race
from lessonlib.lessons.l10.recipes import scoreboard as scoreboard_10
from lessonlib.scoreboard import canvas, scoreboard
from lessonlib.trained import trained


@pytest.mark.exhaustive
def test_every_network_of_the_race_learns():
    made = race.make(seeds=(0,), steps=60)
    assert made["bits"].shape == (1, 4)
    assert np.all(made["bits"] < [4.2, 4.2, 3.75, 3.6])
    np.testing.assert_allclose(made["tables"], trained("10.race")["tables"], atol=1e-6)
    assert np.ptp(made["parameters"][:2]) < 15_000
    assert np.ptp(made["parameters"][2:]) < 15_000


def test_stored_race_lies_in_the_lessons_bands():
    stored = trained("10.race")
    assert stored["bits"].shape == (3, 4)
    for name, seeds in zip(stored["networks"], stored["bits"].T, strict=True):
        assert all(claims()[f"10.race, {name}"].holds(bits) for bits in seeds)
    assert stored["token_tables"][-1] < stored["bits"].min()
    ahead = stored["bits"][:, [0, 2]] - stored["bits"][:, [1, 3]]  # of the LSTM before the GPT
    assert np.all(ahead > 0.05)
    assert np.all(ahead[:, 1] < 0.1)


@pytest.mark.exhaustive
def test_the_longer_run_learns_and_its_weights_are_small_on_disk():
    made = gpt.make(steps=120)
    assert made["loss"][-1] < 0.85 * made["loss"][0]
    assert made["weight:wte.weight"].dtype == np.float16
    stored = trained("10.gpt")
    assert set(stored.arrays) == set(made)
    np.testing.assert_array_equal(stored["merges"], made["merges"])
    assert 2.0 < stored["bits"] < 2.3
    assert (data_folder() / "models" / "10_gpt.npz").stat().st_size < 300_000


def test_patches_are_tiles_of_the_canvas():
    X = canvas("test")[0][:3]
    tiles = scoreboard_10.patches(X.reshape(3, 144))
    assert tiles.shape == (3, 36, 4)
    np.testing.assert_array_equal(tiles[1, 7], X[1, 2:4, 2:4].ravel())


@pytest.mark.exhaustive
def test_the_patch_transformer_learns_and_its_row_is_stored():
    rows = scoreboard_10.make(seeds=(0,), epochs=6)["rows"]
    assert rows[0, 0, 1] > 0.4
    (row,) = scoreboard("10.scoreboard").rows
    assert row[:2] == ("transformer, 2x2 patches", 27_114)
    assert row[2] > 0.9
    assert row[3] < row[2] - 0.2
