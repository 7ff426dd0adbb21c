"""Shortened runs of lesson 04's stored results agree with what is stored."""

import numpy as np

from lessonlib.lessons.l04.recipes import pytorch, scoreboard
from lessonlib.lessons.l04.recipes import units as units_04
from lessonlib.trained import trained


def test_scaling_gives_the_stored_steps_and_the_raw_table_takes_longer():
    stored = trained("04.units")
    made = units_04.make(seeds=(0,), steps=1000)
    for units in ("scaled", "standardised"):
        k = units_04.UNITS.index(units)
        np.testing.assert_allclose(made["steps"][0, k], stored["steps"][0, k], atol=1)
    assert made["steps"][0, 0] == 1000  # the raw table is not there after 1,000 steps
    assert made["loss"][0, 0] > stored["loss"][0, 0]


def test_the_raw_table_never_arrives_whatever_its_lr_and_every_scaled_one_does():
    stored = trained("04.units")
    steps = dict(zip(stored["units"].tolist(), stored["steps"].T, strict=True))
    assert steps["raw"].min() == units_04.STEPS
    assert stored["loss"][:, 0].min() > 0.1
    assert steps["scaled"].max() < 1000
    assert steps["standardised"].max() <= 20
    arrived = stored["factor"][stored["loss"] < 0.1]
    assert arrived.min() > 1
    assert arrived.max() < units_04.FACTORS.max()  # inside the grid


def test_the_rows_of_the_scoreboard_come_from_the_named_rates():
    stored = trained("04.scoreboard")
    assert stored["names"].tolist() == list(scoreboard.OPTIMIZERS)
    assert np.all(stored["rows"][..., 0] == 11_690)
    assert stored["rows"][..., 1].min() > 0.93
    net, loss = scoreboard.train("MLP 64-32, Adam", 0.01, seed=0, epochs=2)
    assert sum(p.data.size for p in net.parameters()) == 11_690
    assert loss < 1.5


def test_pytorch_takes_the_stored_steps():
    stored = trained("04.pytorch")
    for name, weights in pytorch.make().items():
        np.testing.assert_allclose(weights, stored[name], atol=1e-12)
    assert all(stored[name].shape == (6,) for name in pytorch.OPTIMIZERS)
