"""The capacity explorer as a static picture."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessonlib.lessons.l05.explorer.model import GRID, CurveFit, target
from lessonlib.plots import COLOUR, DASH, label_end


def figure(fit: CurveFit) -> Figure:
    """The sample with its fit, and both errors over the steps."""
    drawn, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
    _draw_fit(left, fit)
    _draw_errors(right, fit)
    return drawn


def _draw_fit(ax: Axes, fit: CurveFit) -> None:
    state = fit.state
    ax.plot(GRID[:, 0], target(GRID[:, 0]), DASH["theory"], color=COLOUR["theory"])
    ax.plot(GRID[:, 0], fit.curve, color=COLOUR["forward"])
    ax.plot(state["X"], state["y"], "o", color=COLOUR["train"])
    ax.set(xlabel="x", ylabel="y", ylim=(-2.2, 2.2))
    ax.set_title(f"{state['samples']:g} samples, width {state['width']:g}; dotted: no noise")


def _draw_errors(ax: Axes, fit: CurveFit) -> None:
    errors, steps = fit.errors, np.arange(fit.steps + 1)
    for row, name in enumerate(("train", "validation")):
        ax.plot(steps[1:], errors[row, 1:], DASH[name], color=COLOUR[name])
        label_end(ax, max(1, fit.steps), errors[row, -1], name, COLOUR[name])
    ax.axhline(fit.settings["noise"], linestyle=":", color=COLOUR["theory"])
    ax.set(xscale="log", xlabel="steps", ylabel="error", xlim=(1, 4 * max(10, fit.steps)))
    ax.set_ylim(0, 1.2)
    ax.set_title("Both errors; dotted: the noise")
