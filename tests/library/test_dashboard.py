"""The training dashboard: what it draws, on which axes, and what it refuses."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lessonlib import plots
from lessonlib.plots.dashboard import LAYERS, LOSS, RATIOS


@pytest.fixture
def readings():
    return {
        "loss": np.array([2.3, 1.0, 0.5]),
        "gradient": np.array([0.1, 0.2, 0.0]),
        "signal": np.array([1.0, 2.0]),
        "dead": np.array([0.0, 0.25]),
        "ratio": np.array([[1e-3, 1e-3, 0.0], [2e-3, np.inf, np.nan]]),
    }


@pytest.fixture
def figure(readings):
    made = plots.dashboard(**readings, every=4, chance=np.log(10), title="A run")
    yield made
    plt.close(made)


def test_three_panels_on_fixed_logarithmic_axes(figure):
    loss, layers, ratios = figure.axes
    assert [ax.get_yscale() for ax in figure.axes] == ["log"] * 3
    assert (loss.get_ylim(), layers.get_ylim(), ratios.get_ylim()) == (LOSS, LAYERS, RATIOS)
    assert figure.get_suptitle() == "A run"


def test_loss_and_the_line_of_guessing(figure, readings):
    curve, guessing = figure.axes[0].lines
    assert np.array_equal(curve.get_ydata(), readings["loss"])
    assert guessing.get_ydata()[0] == np.log(10)


def test_layers_count_from_one_and_a_zero_lies_at_the_edge(figure):
    signal, gradient = figure.axes[1].lines
    assert signal.get_xdata().tolist() == [1, 2]
    assert gradient.get_ydata().tolist() == [0.1, 0.2, LAYERS[0]]
    assert signal.get_color() != gradient.get_color()
    assert signal.get_marker() != gradient.get_marker()
    assert "0.25" in figure.axes[1].get_title(loc="left") + figure.axes[1].get_title()


def test_updates_of_first_middle_and_last_layer(figure):
    first, middle, last = figure.axes[2].lines
    assert first.get_xdata().tolist() == [0, 4]
    assert middle.get_ydata().tolist() == [1e-3, RATIOS[1]]
    assert last.get_ydata().tolist() == [RATIOS[0], RATIOS[1]]  # 0 below, nan above
    assert [line.get_label() for line in (first, middle, last)] == ["1", "2", "3"]


def test_steps_are_whole_numbers_in_a_short_run(figure):
    figure.canvas.draw()
    for ax in (figure.axes[0], figure.axes[2]):
        assert all(tick == round(tick) for tick in ax.get_xticks())


def test_one_layer_is_one_line(readings):
    readings |= {"gradient": np.array([0.1]), "ratio": np.full((2, 1), 1e-3)}
    figure = plots.dashboard(**readings)
    assert len(figure.axes[2].lines) == 1
    assert len(figure.axes[0].lines) == 1  # no guessing without chance
    plt.close(figure)


@pytest.mark.parametrize(
    "wrong",
    [
        {"gradient": np.ones(2)},
        {"dead": np.ones(3)},
        {"ratio": np.ones(3)},
        {"loss": np.ones((2, 2))},
        {"loss": np.ones(0)},
    ],
)
def test_shapes_that_do_not_fit_are_named(readings, wrong):
    with pytest.raises(ValueError, match="dashboard: loss"):
        plots.dashboard(**(readings | wrong))
