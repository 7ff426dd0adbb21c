"""What the tests of all lessons share."""

import sys

import pytest


@pytest.fixture(autouse=True)
def no_figure_is_left_open():
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):  # not loaded for those that draw nothing
        pyplot.close("all")
