"""The drawings of lesson 02 show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
from drawings import texts

from lessonlib.lessons.l02 import diagrams


def test_the_network_names_its_weights_biases_and_shapes():
    said = texts(diagrams.xor_network())
    assert said.count("1") == 5  # four edges into the hidden layer, one out of it
    assert "−2" in said
    assert [word for word in said if word.startswith("bias")] == ["bias 0", "bias −1", "bias −½"]
    assert "$W_1$ (2, 2)" in said
    assert any("(N, 1)" in word for word in said)


def test_clip_and_add_ends_in_the_sum_of_the_clipped_lines():
    w, b, v = np.array([1.0, 2.0, 3.0]), np.array([0.0, -2.0, -6.0]), np.array([1.0, -1.5, 1.0])
    x = np.linspace(-0.5, 3.2, 50)
    fig = diagrams.clip_and_add(w, b, v, x)
    lines, clipped, weighted, added = ([line.get_ydata() for line in ax.lines] for ax in fig.axes)
    assert np.allclose(lines, np.outer(w, x) + b[:, None])
    assert np.allclose(clipped, np.maximum(lines, 0))
    assert np.allclose(np.sum(weighted, axis=0), added[0])
    corners = [line.get_xdata()[0] for line in fig.axes[3].lines[1:]]
    assert np.allclose(corners, [0, 1, 2])


def test_the_fence_unit_touches_its_circle_at_a_right_angle():
    ax = diagrams.fence_unit().axes[0]
    (circle,) = (patch for patch in ax.patches if isinstance(patch, plt.Circle))
    (start, end) = np.array(ax.lines[0].get_data()).T
    along = (end - start) / np.linalg.norm(end - start)
    away = start - np.array(circle.center)
    distance = np.linalg.norm(away - (away @ along) * along)
    assert np.isclose(distance, circle.radius)


def test_a_step_names_its_shapes():
    said = texts(diagrams.training_step())
    assert "(N, D)" in said
    assert "scores (N, C)" in said


def test_two_tents_lay_all_quarters_above_each_other_every_second_one_backward():
    fig = diagrams.folds()
    for ax, parts, folds in zip(fig.axes, (1, 2, 4), (0, 1, 3), strict=True):
        bars = [line for line in ax.lines if len(line.get_xdata()) == 2]
        assert len(bars) == 4
        assert len(ax.lines) == 4 + 4 + folds  # bars, arrows, arcs
        for bar in bars:
            assert np.isclose(np.ptp(bar.get_xdata()), parts / 4)
    ends = [tuple(bar.get_xdata()) for bar in bars]
    assert ends == [(0, 1), (1, 0), (0, 1), (1, 0)]
    assert len({bar.get_ydata()[0] for bar in bars}) == 4
