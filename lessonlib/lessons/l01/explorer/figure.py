"""The perceptron's run as a static picture."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from lessonlib.lessons.l01.explorer.frame import short
from lessonlib.lessons.l01.explorer.model import PerceptronRun
from lessonlib.plots import plot_line, plot_points


def figure(run: PerceptronRun) -> Figure:
    """The points, the line and its counts."""
    drawn, ax = plt.subplots(figsize=(5.2, 4.6))
    edge = 1.12 * run.reach
    ax.set(xlim=(-edge, edge), ylim=(-edge, edge), aspect="equal", xlabel="x₁", ylabel="x₂")
    ax.locator_params(nbins=5)  # three-digit ticks run into each other
    plot_line(ax, run.weight, run.bias)
    plot_points(ax, run.X, run.y)
    bound = "no bound" if run.bound is None else f"bound {short(run.bound)}"
    ax.set_title(f"{run.visits} visits, {run.mistakes} mistakes, {bound}")
    return drawn
