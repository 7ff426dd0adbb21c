"""Importing the package costs little more than importing NumPy and loads nothing heavy."""

import pytest

from benchmarks.import_time import GOAL, NUMERICAL, loaded_by, ratio_to_numpy


@pytest.mark.timing
@pytest.mark.parametrize("modules", ["lessonlib", NUMERICAL])
def test_import_costs_at_most_half_of_numpy_on_top(modules):
    assert ratio_to_numpy(modules) <= GOAL


@pytest.mark.parametrize("modules", ["lessonlib", NUMERICAL])
def test_import_loads_nothing_heavy(modules):
    assert loaded_by(modules) == []


def test_the_check_sees_what_is_loaded():
    assert loaded_by("lessonlib, matplotlib") == ["matplotlib"]
