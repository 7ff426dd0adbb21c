"""The drawings of lesson 04 show what the lesson computes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lessonlib.lessons.l04 import diagrams


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_the_two_factors_meet_at_the_best_lr(ax):
    diagrams.two_factors(ax, 1, 25)
    assert "best: $\\eta$ = 0.077, factor 0.923" in texts(ax)


def test_the_floor_of_momentum_is_the_root_of_mu_between_its_ends(ax):
    diagrams.shrinking(ax, 4 / 9)
    x, heavy = ax.lines[1].get_data()
    inside = (x > 0.12) & (x < 2.77)
    np.testing.assert_allclose(heavy[inside], 2 / 3)
    assert np.all(heavy[x < 0.1] > 0.67)


def test_two_places_of_the_ravine_keep_their_line_and_one_is_turned(ax):
    diagrams.ravine(ax, np.array([[13.0, -12.0], [-12.0, 13.0]]))
    assert texts(ax) == ["factor 1", "factor 25", "turned"]


def test_the_cycle_lies_on_a_curve_without_steps_and_names_its_places(ax):
    diagrams.cycle(ax, [-1.802, 2.116, 0.647])
    line, height = ax.lines[0].get_data()
    assert np.abs(np.diff(height)).max() < 25 * 2.7 * np.diff(line).max()  # slope times distance
    np.testing.assert_allclose(ax.lines[-1].get_ydata()[0], 12.5 * 1.802**2)
    assert {"-1.80", "2.12", "0.65"} <= set(texts(ax))


def test_a_walk_with_all_examples_comes_nearer_than_one_with_single_examples():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(200, 2)) * [1.0, 0.6]
    answers = points @ [1.0, 0.0] + 0.5 * rng.normal(size=200)
    fig, axes = plt.subplots(1, 2)
    diagrams.noisy_paths(axes, points, answers, (1, 200), 0.3)
    ends = []
    for ax in axes:
        path, cross = (np.transpose(line.get_data()) for line in ax.lines)
        assert len(path) == 61
        ends.append(np.linalg.norm(path[-10:] - cross, axis=1).mean())
    plt.close(fig)
    assert ends[1] < ends[0] / 3
    assert [ax.get_title(loc="left") or ax.get_title() for ax in axes] == [
        "batches of 1",
        "all examples",
    ]


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (diagrams.squeeze, "$A$ (3, 8)"),
        (diagrams.adam_step, "the step"),
        (diagrams.loop, "(B, 10)"),
    ],
)
def test_boxes_and_shapes_are_drawn(draw, words):
    fig = draw()
    assert words in texts(fig.axes[0])
    plt.close(fig)
