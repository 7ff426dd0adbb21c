"""The drawings of lesson 05 show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
from drawings import texts

from lessonlib.lessons.l05 import diagrams


def test_the_taps_let_the_share_through_that_decay_leaves():
    words = texts(diagrams.taps())
    assert {"times 0.99", "times 0.50", "times 0.01"} <= set(words)
    assert {"0.1", "1", "10"} <= set(words)


def test_the_smallest_solution_is_at_a_right_angle_to_the_line():
    _, ax = plt.subplots()
    row, target = np.array([1.0, 2.0]), 5.0
    diagrams.smallest(ax, row, target, np.zeros((1, 2)), 3.0)
    ends = np.array(ax.lines[0].get_data()).T
    assert np.allclose(ends @ row, target)
    assert np.isclose((ends[1] - ends[0]) @ row, 0)


def test_half_of_the_units_are_silent_and_the_others_count_twice():
    words = texts(diagrams.thinned())
    assert words.count("0") == 6
    assert words.count("×2") == 6
    assert words.count("×1") == 6
