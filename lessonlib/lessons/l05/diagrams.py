"""The drawings of lesson 05: one fit per direction, the smallest solution, a thinned network."""

from typing import TYPE_CHECKING

import numpy as np

from lessonlib.plots import COLOUR
from lessonlib.plots.diagram import arrow, box, canvas, vector

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def taps(strengths: tuple[float, ...] = (10.0, 1.0, 0.1), decay: float = 1.0) -> "Figure":
    """Three directions of a fit: what is asked for, divided by s, and decay's share of it."""
    fig, ax = canvas(9.6, 3.2)
    ink, kept = COLOUR["theory"], COLOUR["forward"]
    labels = box(ax, (0.85, 1.5), "labels\n$y$ (n,)", width=1.2, height=0.9)
    weights = box(ax, (8.8, 1.5), "weights\n$w$ (N,)", width=1.2, height=0.9)
    for k, (s, height) in enumerate(zip(strengths, (2.5, 1.5, 0.5), strict=True), start=1):
        share = s**2 / (s**2 + decay)
        divide = box(ax, (3.6, height), f"divide by $s_{k}$ = {s:g}", width=1.9, height=0.5)
        tap = box(ax, (6.5, height), f"times {share:.2f}", width=1.3, height=0.5, colour=kept)
        arrow(ax, labels, divide.left, colour=ink)
        arrow(ax, divide, tap, f"{1 / s:g}", colour=ink)
        arrow(ax, tap.right, weights, colour=kept)
        beside = 1.66 + 0.7 * (height - 1.5) if height >= 1.5 else 0.64  # clear of slanted arrows
        ax.text(1.9, beside, f"$c_{k}$ = 1", ha="center", va="center", size=9.5, color=ink)
        ax.text(7.85, beside, f"{share / s:.2f}", ha="center", va="center", size=9.5, color=kept)
    ax.text(3.6, 2.98, "fit exactly", ha="center", va="center", size=10.5, color=ink)
    words = "the share that decay lets through"
    ax.text(6.5, 2.98, words, ha="center", va="center", size=10.5, color=kept)
    return fig


def smallest(ax: "Axes", row: np.ndarray, target: float, path: np.ndarray, other: float) -> None:
    """The solutions of one equation, the path of gradient descent, and Pythagoras."""
    best = row * target / (row @ row)
    along = np.array([row[1], -row[0]]) / np.linalg.norm(row)
    further = best + other * along
    ends = np.array([best - 3.2 * along, best + 6.0 * along])
    ax.plot(*ends.T, color=COLOUR["train"])
    vector(ax, (0, 0), tuple(best), colour=COLOUR["forward"])
    vector(ax, (0, 0), tuple(further), colour=COLOUR["theory"], dashed=True)
    vector(ax, tuple(best), tuple(further), colour=COLOUR["gradient"])
    ax.plot(*path.T, "o", color=COLOUR["forward"], markersize=5)
    corner = 0.22 * row / np.linalg.norm(row)
    square = np.array([best - corner, best - corner + 0.22 * along, best + 0.22 * along])
    ax.plot(*square.T, color=COLOUR["theory"], linewidth=1)
    for place, words, away, side, colour in (
        (best * 0.5, "the smallest", (-8, 4), "right", "forward"),
        (further * 0.5, "another one", (4, -16), "left", "theory"),
        ((best + further) / 2, "perpendicular to the row", (6, 6), "left", "gradient"),
        (best + 5.2 * along, "all solutions", (-4, -16), "right", "train"),
    ):
        ax.annotate(
            words, place, xytext=away, textcoords="offset points", ha=side, color=COLOUR[colour]
        )
    ax.set(xlim=(-2.3, 6.4), ylim=(-1.5, 3.2), aspect="equal", xlabel="$w_1$", ylabel="$w_2$")


def thinned() -> "Figure":
    """Dropout on two examples of a batch, and evaluation: which units work, and how large."""
    fig, ax = canvas(9.6, 2.7)
    panels: tuple[tuple[float, str, set[int]], ...] = (
        (1.5, "one example:\nhalf are silent", {1, 2, 5}),
        (4.8, "the next example:\nother units are silent", {0, 2, 3}),
        (8.1, "validation and test:\nall work", set()),
    )
    for x, title, silent in panels:
        left = [(x - 1.0, h) for h in np.linspace(1.0, 2.2, 3)]
        middle = [(x, h) for h in np.linspace(0.8, 2.45, 6)]
        right = [(x + 1.0, h) for h in np.linspace(1.0, 2.2, 3)]
        for k, unit in enumerate(middle):
            for other in () if k in silent else (*left, *right):
                pair = np.array([unit, other])
                ax.plot(*pair.T, color="#8A8A86", linewidth=0.8, zorder=1)
            words = "0" if k in silent else ("×2" if silent else "×1")
            colour = COLOUR["theory"] if k in silent else COLOUR["forward"]
            box(ax, unit, words, width=0.42, height=0.25, colour=colour, size=8)
        for place in (*left, *right):
            ax.plot(
                *place, "o", color="#FFFFFF", markeredgecolor="#222222", markersize=11, zorder=2
            )
        ax.text(x, 0.3, title, ha="center", va="center", size=10)
    return fig
