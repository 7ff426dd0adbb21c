"""The sixth patient: its chart, and what heals it."""

import numpy as np
import pytest

from lessonlib.lessons.l04b import patient
from lessonlib.lessons.l04b.exercises.exercise_5 import EXERCISE, prescribe

HEALED = prescribe(dict(patient.SICK))
SINGLE = {
    "inputs": ["raw"],
    "activation": ["tanh", "sigmoid"],
    "scale": [0.5, 1.0, np.sqrt(2), 2.0],
    "bias": [0.0, 0.1],
    "lr": [0.1, 0.01, 0.001, 0.0001],
    "momentum": [0.0, 0.5],
    "max_norm": [0.1, 1.0],
    "warmup": [80],
    "schedule": ["cosine"],
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rate": 0.1}, "there is no setting 'rate'"),
        ({"lr": 0}, "lr cannot be 0"),
        ({"lr": "0.1"}, "lr cannot be '0.1'"),
        ({"momentum": 1.5}, "momentum cannot be"),
        ({"warmup": 2.5}, "warmup cannot be"),
        ({"warmup": 160}, "warmup cannot be 160"),
        ({"activation": "ReLU"}, "it is one of relu, tanh, sigmoid"),
        ({"max_norm": 0}, "max_norm cannot be 0"),
    ],
)
def test_a_chart_says_what_a_setting_cannot_be(changes, words):
    with pytest.raises(ValueError, match=words):
        patient.chart(changes)


def test_the_reference_heals_every_three_networks():
    for seed in (0, 6, 12):
        got = patient.outcome(tuple(HEALED.items()), seed)
        assert got["changes"] == patient.MOST_CHANGES
        assert got["loss"] < 0.7 * patient.TARGET
        assert 0.3 < got["growth"] < 3


def test_no_two_of_the_three_changes_are_enough():
    for name in ("scale", "bias", "lr"):
        without = HEALED | {name: patient.SICK[name]}
        assert patient.outcome(tuple(without.items()), 0)["loss"] > 4 * patient.TARGET


def test_the_rate_of_the_healthy_run_is_too_high_because_of_momentum():
    fast = HEALED | {"lr": 0.1}
    assert patient.outcome(tuple(fast.items()), 0)["loss"] > 4 * patient.TARGET
    assert patient.outcome(tuple((fast | {"momentum": 0.0}).items()), 0)["loss"] < patient.TARGET


def test_no_single_change_is_enough():
    for name, values in SINGLE.items():
        for value in values:
            _, loss = patient.examine({name: value})
            assert not loss < 2 * patient.TARGET, (name, value)


def test_another_treatment_is_right_as_well():
    assert EXERCISE.accepts is not None
    clipped = patient.chart({"scale": 1.4, "bias": 0, "max_norm": 0.1})
    assert EXERCISE.accepts(patient.outcome(tuple(clipped.items()), 0), 0)


def test_one_illness_hides_another():
    dead, growth = patient.at_start({})
    assert dead < 0.3 < 100 < growth
    assert patient.at_start({"scale": np.sqrt(2)})[0] == 1
    dead, growth = patient.at_start({"scale": np.sqrt(2), "bias": 0.0})
    assert dead < 0.3 < growth < 3


def test_the_readings_fit_the_dashboard():
    readings, loss = patient.examine({"lr": 0.03, "bias": 0.0, "scale": 1.4}, epochs=1)
    assert readings["gradient"].shape == readings["ratio"].shape[1:] == (patient.HIDDEN + 1,)
    assert readings["signal"].shape == readings["dead"].shape == (patient.HIDDEN,)
    assert 0 < loss < 5
