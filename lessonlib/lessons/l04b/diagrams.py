"""The drawings of lesson 04b: a layer's factors, two ways to normalise, three paths, clipping."""

from typing import TYPE_CHECKING

import numpy as np

from lessonlib.plots import COLOUR
from lessonlib.plots.diagram import arrow, box, canvas, grid, vector

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def layer(inputs: int = 256, outputs: int = 256) -> "Figure":
    """One layer, forwards and backwards: what each piece multiplies the mean square by."""
    fig, ax = canvas(9.6, 3.1)
    there, back = COLOUR["forward"], COLOUR["gradient"]
    product = box(ax, (3.4, 2.35), "$z = Wx$", width=1.5, height=0.6, colour=there)
    relu = box(ax, (6.4, 2.35), "ReLU", width=1.3, height=0.6, colour=there)
    turned = box(ax, (3.4, 0.75), "$W^T dz$", width=1.5, height=0.6, colour=back)
    slope = box(ax, (6.4, 0.75), "times slope\n0 or 1", width=1.3, height=0.7, colour=back)
    arrow(ax, (0.9, 2.35), product, f"$x$ ({inputs},)", colour=there)
    arrow(ax, product, relu, f"$z$ ({outputs},)", colour=there)
    arrow(ax, relu, (8.9, 2.35), f"next $x$ ({outputs},)", colour=there)
    arrow(ax, (8.9, 0.75), slope, f"$dy$ ({outputs},)", colour=back)
    arrow(ax, slope, turned, f"$dz$ ({outputs},)", colour=back)
    arrow(ax, turned, (0.9, 0.75), f"$dx$ ({inputs},)", colour=back)
    for place, words in (
        ((3.4, 1.87), r"$\times\ n_{in}\, s^2$"),
        ((6.4, 1.87), r"$\times\ \frac{1}{2}$"),
        ((3.4, 0.24), r"$\times\ n_{out}\, s^2$"),
        ((6.4, 0.19), r"$\times\ \frac{1}{2}$"),
    ):
        ax.text(*place, words, ha="center", va="center", size=12)
    ax.text(0.1, 2.85, "forwards: mean square of the signal", size=10.5, color=there)
    ax.text(0.1, 1.28, "backwards: mean square of the gradient", size=10.5, color=back)
    return fig


def two_ways(batch: np.ndarray) -> "Figure":
    """The same batch twice: a column is one group of batch norm, a row one of layer norm."""
    fig, ax = canvas(9.0, 2.9)
    rows, columns = batch.shape
    names = [f"example {k + 1}" for k in range(rows)]
    column = [(r, 1) for r in range(rows)]
    row = [(1, c) for c in range(columns)]
    for x, highlight, title in (
        (2.45, column, "batch norm: over the examples"),
        (6.95, row, "layer norm: over the features"),
    ):
        place = (x, 1.45)
        grid(ax, batch, place, highlight=highlight, title=title, rows=names, cell=0.5)
        features = "features 1 to " + str(columns)
        ax.text(x, 2.58, features, ha="center", size=10)
    return fig


def three_paths() -> "Figure":
    """How an input of batch norm reaches the outputs: directly, through the mean, the spread."""
    fig, ax = canvas(9.6, 3.4)
    direct, mean_path, spread_path = COLOUR["forward"], COLOUR["train"], COLOUR["gradient"]
    x = box(ax, (0.9, 1.7), "$x$", width=0.9)
    less = box(ax, (4.4, 1.7), r"$x - \mu$", width=1.2, colour=direct)
    over = box(ax, (7.4, 1.7), r"$\div\, \sigma$", width=1.0, colour=direct)
    mean = box(ax, (2.6, 2.95), r"mean $\mu$ (C,)", width=1.6, height=0.5, colour=mean_path)
    spread = box(
        ax, (5.9, 0.45), r"spread $\sigma$ (C,)", width=1.8, height=0.5, colour=spread_path
    )
    arrow(ax, x, less, "(N, C)", colour=direct)
    arrow(ax, less, over, "(N, C)", colour=direct)
    arrow(ax, over, (9.3, 1.7), r"$\hat{x}$ (N, C)", colour=direct)
    arrow(ax, x, mean, colour=mean_path)
    arrow(ax, mean, less, colour=mean_path)
    arrow(ax, less, spread, colour=spread_path)
    arrow(ax, spread, over, colour=spread_path)
    for place, words, colour in (
        ((2.45, 1.45), "path 1: straight on", direct),
        ((2.6, 2.5), "path 2", mean_path),
        ((5.9, 0.9), "path 3", spread_path),
    ):
        ax.text(*place, words, size=10.5, color=colour, ha="center", va="center")
    return fig


def clipping(ax: "Axes", gradients: np.ndarray, ceiling: float) -> None:
    """Gradients of two numbers as arrows; those beyond the circle are shortened to it.

    gradients : (N, 2)
    """
    turn = np.linspace(0, 2 * np.pi, 200)
    ax.plot(ceiling * np.cos(turn), ceiling * np.sin(turn), "--", color=COLOUR["theory"], lw=1.3)
    for g in gradients:
        length = float(np.linalg.norm(g))
        kept = g * min(1.0, ceiling / length)
        if length > ceiling:
            vector(ax, (0, 0), tuple(g), f"{length:.3g}", colour="#767672", dashed=True, size=10)
        vector(ax, (0, 0), tuple(kept), colour=COLOUR["gradient"])
    reach = 1.4 * float(np.abs(gradients).max())
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.set(xlabel="gradient of weight 1", ylabel="gradient of weight 2")
