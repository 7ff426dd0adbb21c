"""Lesson 04b's stored results can be made again, and say what the lesson says of them."""

import numpy as np
import pytest

from lessonlib.lessons.l04b.recipes import depth, patients, scoreboard
from lessonlib.trained import trained


def test_nine_layers_come_back():
    stored = trained("04b.depth")
    assert stored["names"].tolist() == list(depth.NORMS)
    again = depth.score(depth.NORMS["batch norm"], 1.0, seed=0)
    assert again == pytest.approx(stored["accuracy"][0, 1, 3], abs=0.04)
    plain, batch, layer = np.median(stored["accuracy"], axis=0)
    assert batch.argmax() == 3
    assert plain.argmax() == 1
    assert plain[3:].max() < 0.3
    assert layer[3:].max() < 0.5
    assert stored["accuracy"][:, 1, 3:].min() > 0.85  # five seeds


def test_fifty_layers_do_not_learn_in_15_passes():
    stored = trained("04b.depth")
    assert stored["fifty rates"].tolist() == list(depth.FIFTY_RATES)
    assert stored["fifty"].shape == (5, 2, 3)
    assert stored["fifty"].max() < 0.315
    assert 0 <= depth.score(None, 0.1, seed=0, epochs=1, depth=50) <= 0.3


@pytest.mark.parametrize("name", list(patients.CAUSES))
def test_patients_begin_as_stored(name):
    stored = trained("04b.patients")
    again = patients.examine(0, epochs=1, **patients.CAUSES[name])
    assert np.allclose(again["loss"][:3], stored[f"{name} loss"][:3], rtol=0.02)
    assert again["ratio"].shape[1] == len(stored[f"{name} gradient"]) == 7


def test_patients_show_the_symptoms_that_the_lesson_reads():
    read = trained("04b.patients")
    guessing = np.log(10)
    assert read["healthy loss"][-10:].mean() < 0.3
    assert read["1 gradient"][-1] / read["1 gradient"][0] > 1000
    assert np.abs(read["1 loss"] - guessing).max() < 0.15
    assert read["2 ratio"][:, :-1].max() < 1e-5
    assert read["3 ratio"][:, :-1].max() == 0
    assert read["3 gradient"][:-1].min() > 1
    assert read["3 loss"][-1] < guessing - 0.2
    assert read["4 dead"].max() == 1
    assert read["4 gradient"][0] == 0
    assert read["5 loss"][20:].min() > 10
    assert read["5 ratio"][0].min() > 0.05
    assert read["5 size"].min() > 0.7
    assert read["5 signal"][0] > 1000 * read["5 signal"][-1]
    assert read["1 signal"][0] / read["1 signal"][-1] > 200


def test_mixed_labels_leave_all_layers_alike_and_raw_inputs_show_in_the_first():
    read = trained("04b.patients")
    assert np.all((read["mixed gradient"] > 0.05) & (read["mixed gradient"] < 0.3))
    assert read["mixed loss"][-20:].mean() > np.log(10) - 0.15
    assert read["mixed long loss"][-20:].mean() < 0.005
    assert np.allclose(read["mixed long loss"][:3], read["mixed loss"][:3], rtol=1e-6)
    updates = np.median(read["mixed ratio"], axis=0)[:-1]
    assert np.all((updates > 5e-4) & (updates < 2e-3))
    assert read["raw gradient"][0] > 2 * read["healthy gradient"][0]
    assert read["raw loss"][-20:].mean() < 0.2


def test_rows_of_the_scoreboard():
    stored = trained("04b.scoreboard")
    assert stored["names"].tolist() == list(scoreboard.MODELS)
    assert stored["rates"].tolist() == [0.1, 0.3]
    assert stored["rows"].shape == (5, 2, 5)
    assert np.all(stored["rows"][..., 1] > 0.93)
    plain, normalised = np.median(stored["rows"][..., 1], axis=0)
    assert abs(normalised - plain) < 0.015
    assert stored["rows"][:, 0, 1].max() > stored["rows"][:, 1, 1].min()  # the ranges overlap
    net, _, score = scoreboard.train(None, 0.1, seed=0, epochs=2)
    assert sum(p.data.size for p in net.parameters()) == stored["rows"][0, 0, 0]
    assert 0 <= score <= 1
