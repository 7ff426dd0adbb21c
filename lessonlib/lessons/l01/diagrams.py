"""The drawings of lesson 01: a unit, one update, what separates, lives of steps, ten units."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from lessonlib.perceptron import score
from lessonlib.plots import COLOUR, plot_decision_regions, plot_points
from lessonlib.plots.diagram import arrow, box, canvas, vector

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def unit() -> "Figure":
    """One unit: inputs, weights, sum, threshold; shapes on the arrows."""
    fig, ax = canvas(9.4, 1.7)
    image = box(ax, (0.9, 1.0), "image\n16 × 16", width=1.3, height=0.8)
    products = box(ax, (3.4, 1.0), "multiply by\n$w$ (256,)", width=1.5, height=0.8)
    total = box(ax, (5.7, 1.0), "add up,\nadd $b$", width=1.2, height=0.8)
    threshold = box(ax, (7.5, 1.0), "$z > 0$ ?", width=1.1, height=0.8, colour=COLOUR["forward"])
    arrow(ax, image, products, "$x$ (256,)")
    arrow(ax, products, total, "(256,)")
    arrow(ax, total, threshold, "$z$")
    for height, words, colour in ((1.45, "yes: +1", "positive"), (0.55, "no: -1", "negative")):
        arrow(ax, (8.07, 1.0), (8.55, height), colour=COLOUR[colour])
        ax.text(8.62, height, words, va="center", color=COLOUR[colour], size=11)
    ax.text(2.1, 0.2, "256 numbers", ha="center", size=9.5, color=COLOUR["theory"])
    ax.text(4.6, 0.2, "256 products", ha="center", size=9.5, color=COLOUR["theory"])
    ax.text(6.6, 0.2, "one score", ha="center", size=9.5, color=COLOUR["theory"])
    return fig


def update(
    axes: np.ndarray, weight: np.ndarray, bias: float, x: np.ndarray, label: int, reach: float = 3.2
) -> None:
    """One mistake in two panels: the line before, and y x added to w with the line after."""
    new_weight, new_bias = weight + label * x, bias + label
    point, y = x[None], np.array([label])
    states = (("Before", weight, bias), ("After", new_weight, new_bias))
    for ax, (when, w, b) in zip(axes, states, strict=True):
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        ax.set(xlabel="input 1", ylabel="input 2")
        plot_decision_regions(ax, partial(score, weight=w, bias=b))
        plot_points(ax, point, y, size=80)
        z = score(point, w, b)[0]
        ax.set_title(f"{when}: score of the point {z:+.0f}")
        ax.annotate("$x$", x, xytext=(9, -3), textcoords="offset points", size=13)
    vector(axes[0], (0, 0), tuple(weight), "$w$")
    vector(axes[1], (0, 0), tuple(weight), colour=COLOUR["theory"], dashed=True)
    vector(axes[1], tuple(weight), tuple(new_weight), colour=COLOUR["gradient"])
    vector(axes[1], (0, 0), tuple(new_weight))
    middle = weight + 0.5 * label * x
    step = "$-x$" if label < 0 else "$+x$"
    for place, words, away, colour in (
        (weight, "old $w$", (0, 7), COLOUR["theory"]),
        (middle, step, (-4, 9), COLOUR["gradient"]),
        (new_weight, "new $w$", (0, -19), "#222222"),
    ):
        at = {"xytext": away, "textcoords": "offset points", "ha": "center"}
        axes[1].annotate(words, tuple(place), color=colour, size=12, **at)


def separators(ax: "Axes", signed: np.ndarray, names: tuple[str, str], title: str) -> float:
    """Two points y (x, 1) as vectors of length 1, and the wedge of the directions that separate.

    signed : (2, 2), the points times their labels
    Returns the width of the wedge in degrees
    """
    from matplotlib.patches import Wedge

    angles = np.degrees(np.arctan2(signed[:, 1], signed[:, 0]))
    turn = (angles[1] - angles[0] + 180) % 360 - 180  # from the first to the second
    low = (angles[0] if turn < 0 else angles[1]) - 90  # within 90 degrees of both
    width = 180 - abs(turn)
    ax.set(xlim=(-1.45, 1.45), ylim=(-1.3, 1.3), aspect="equal", xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.add_patch(Wedge((0, 0), 1.1, low, low + width, color=COLOUR["forward"], alpha=0.3))
    for place, name, role in zip(signed, names, ("negative", "positive"), strict=True):
        tip = place / np.linalg.norm(place)
        vector(ax, (0, 0), tuple(tip), colour=COLOUR[role])
        down = tip[1] < 0
        ax.annotate(
            name,
            tuple(tip),
            xytext=(0, -9 if down else 9),
            textcoords="offset points",
            ha="center",
            va="top" if down else "bottom",
            color=COLOUR[role],
            size=10.5,
        )
    ax.set_title(title)
    return float(width)


def lives(ax: "Axes", steps: dict[int, str], visits: int) -> None:
    """Each step as a bar from its visit to the end: what the sum of the lines is made of.

    steps : the number of visits before each step, and its name
    """
    for row, before in enumerate(steps):
        ax.barh(row, before, color=COLOUR["gradient"], alpha=0.25, hatch="//", edgecolor="white")
        ax.barh(row, visits - before, left=before, color=COLOUR["train"], alpha=0.85)
        ax.text(visits + 0.12, row, f"{visits - before} of {visits} lines", va="center", size=10)
        if before:
            ax.text(before / 2, row, f"missed {before}", ha="center", va="center", size=10)
    ax.set(yticks=range(len(steps)), yticklabels=steps.values(), ylim=(len(steps) - 0.4, -0.6))
    ax.set(xlim=(0, visits + 1.5), xticks=range(visits + 1), xlabel="visits made")
    ax.grid(False)


def reader() -> "Figure":
    """Ten units on one image; the highest score wins."""
    fig, ax = canvas(9.4, 3.1)
    image = box(ax, (0.9, 1.6), "image\n8 × 8", width=1.2, height=0.8)
    winner = box(
        ax, (7.0, 1.6), "highest\nscore wins", width=1.3, height=0.8, colour=COLOUR["forward"]
    )
    heights = (2.75, 2.15, 1.15, 0.45)
    for height, digit in zip(heights, (0, 1, 8, 9), strict=True):
        words = f"{digit} or not?  $w_{digit},\\ b_{digit}$"
        one = box(ax, (3.9, height), words, width=2.0, height=0.5)
        arrow(ax, image.right, one.left, "$x$ (64,)" if digit == 0 else "", side="left")
        arrow(ax, one.right, winner.left, f"$z_{digit}$", side="above" if digit < 2 else "below")
    ax.text(3.9, 1.65, "⋮", ha="center", va="center", size=15)
    arrow(ax, winner, (8.3, 1.6))
    ax.text(8.4, 1.6, "a digit", va="center", size=11)
    return fig
