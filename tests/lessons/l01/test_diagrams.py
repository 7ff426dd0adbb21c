"""The drawings of lesson 01 show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lessonlib.lessons.l01 import diagrams


def test_the_update_writes_the_scores_before_and_after():
    _, axes = plt.subplots(1, 2)
    diagrams.update(axes, np.array([0.0, 2.0]), 0.0, np.array([2.0, 1.0]), -1)
    titles = [ax.get_title(loc) for ax in axes for loc in ("left", "center")]
    assert "Before: score of the point +2" in titles
    assert "After: score of the point -4" in titles


@pytest.mark.parametrize(
    ("signed", "room"),
    [
        ([[-20, -1], [30, 1]], np.degrees(np.arctan(1 / 20) - np.arctan(1 / 30))),
        ([[5, -1], [5, 1]], 180 - 2 * np.degrees(np.arctan(1 / 5))),
        ([[0, 1], [1, 0]], 90),
        ([[1, 0], [0, 1]], 90),
        ([[-1, 0.5], [-1, -0.5]], 180 - 2 * np.degrees(np.arctan(0.5))),
    ],
)
def test_the_wedge_holds_the_directions_that_separate(signed, room):
    _, ax = plt.subplots()
    signed = np.array(signed, dtype=float)
    assert np.isclose(diagrams.separators(ax, signed, ("a", "b"), "room"), room)
    wedge = ax.patches[0]
    for share in (0.02, 0.5, 0.98):
        angle = np.radians(wedge.theta1 + share * (wedge.theta2 - wedge.theta1))
        assert np.all(signed @ [np.cos(angle), np.sin(angle)] > 0)
    for outside in (wedge.theta1 - 1, wedge.theta2 + 1):
        angle = np.radians(outside)
        assert np.any(signed @ [np.cos(angle), np.sin(angle)] < 0)


def test_a_bar_is_as_long_as_its_step_lives():
    _, ax = plt.subplots()
    diagrams.lives(ax, {0: "A", 2: "B", 5: "C"}, 6)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == [0, 6, 2, 4, 5, 1]


def test_unit_and_reader_name_their_shapes():
    for drawn, words in ((diagrams.unit(), "(256,)"), (diagrams.reader(), "$x$ (64,)")):
        texts = [text.get_text() for text in drawn.axes[0].texts]
        assert any(words in text for text in texts)
