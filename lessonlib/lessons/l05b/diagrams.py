"""The drawings of lesson 05b: who was right on which rows, a split, a tree, a step of boosting."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lessonlib.plots import COLOUR
from lessonlib.plots.diagram import arrow, blank, box, canvas

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GREY, BLUE, ORANGE = COLOUR["theory"], COLOUR["train"], COLOUR["positive"]


def paired() -> "Figure":
    """The four kinds of rows that two models make, and what the gap is made of."""
    fig, ax = canvas(8.6, 2.5)
    cells = (
        ((2.3, 1.5), "both right", GREY),
        ((4.3, 1.5), "only the first: $b$", ORANGE),
        ((2.3, 0.6), "only the second: $c$", BLUE),
        ((4.3, 0.6), "both wrong", GREY),
    )
    for at, words, colour in cells:
        box(ax, at, words, width=1.9, height=0.75, colour=colour)
    for x, words in ((2.3, "second right"), (4.3, "second wrong")):
        ax.text(x, 2.12, words, ha="center", size=10.5)
    for y, words in ((1.5, "first right"), (0.6, "first wrong")):
        ax.text(1.2, y, words, ha="right", va="center", size=10.5)
    box(ax, (7.2, 1.5), "gap $= (b - c)\\,/\\,N$", width=2.2, colour=COLOUR["forward"])
    box(ax, (7.2, 0.6), "error $= \\sqrt{b + c}\\,/\\,N$", width=2.2, colour=COLOUR["forward"])
    ax.text(7.2, 2.12, "only $b$ and $c$ enter", ha="center", size=10.5)
    return fig


def split(ax: "Axes", x: np.ndarray, r: np.ndarray, threshold: float) -> None:
    """Points, and the step that one split puts in the place of their mean."""
    ax.axhline(r.mean(), color=GREY, linestyle=":", linewidth=1.2)
    ax.text(x.max() + 0.4, r.mean() + 0.03, "mean of all", va="bottom", size=9.5, color=GREY)
    for side in (x <= threshold, x > threshold):
        mean = r[side].mean()
        ends = (x.min() - 0.5, threshold) if side[0] else (threshold, x.max() + 0.3)
        ax.plot(ends, (mean, mean), color=BLUE, linewidth=2.5)
        ax.vlines(x[side], r[side], mean, color=ORANGE, linewidth=1.2)
        where = (threshold + 0.15 if side[0] else x.max() + 0.4, mean)
        ax.text(*where, f"mean {mean:+.1f}", va="center", size=9.5, color=BLUE)
    ax.plot(x, r, "o", color="#222222", markersize=6)
    ax.axvline(threshold, color=GREY, linestyle="--", linewidth=1.2)
    ax.text(threshold + 0.1, 0.62, f"$x \\leq {threshold:g}$ ?", size=11)
    ax.set(xlabel="$x$", ylabel="$r$", xlim=(0, 11.6), ylim=(-0.9, 0.85))
    ax.set_title("One split: two means instead of one")


def tree(ax: "Axes", questions: Sequence[tuple[int, float]], shares: Sequence[float]) -> None:
    """A tree of depth 2: its first question, the two below it, and the share in each leaf."""
    blank(ax, (0, 4.7), (0, 3.0))
    boxes = []
    for at, (column, threshold) in zip(
        ((2.35, 2.2), (1.15, 1.25), (3.55, 1.25)), questions, strict=True
    ):
        words = f"column {column} ≤ {threshold:.2f} ?"
        boxes.append(box(ax, at, words, width=1.9, height=0.5, size=9.5))
    root, left, right = boxes
    arrow(ax, root.bottom, left.top, "yes", side="left")
    arrow(ax, root.bottom, right.top, "no", side="right")
    places = [(parent, side) for parent in (left, right) for side in (-0.55, 0.55)]
    for (parent, side), share in zip(places, shares, strict=True):
        at = (parent.centre[0] + side, 0.3)
        words = f"{round(share, 2) + 0.0:.2f}"  # no -0.00
        leaf = box(ax, at, words, width=0.75, height=0.42, colour=COLOUR["forward"])
        word = "yes" if side < 0 else "no"
        arrow(ax, parent.bottom, leaf.top, word, side="left" if side < 0 else "right")
    ax.set_title("A tree of depth 2: the share of ones in each leaf")


def boosting(axes: np.ndarray) -> None:
    """One step of boosting along one column: probabilities, residuals with a stump, new ones."""
    x = np.arange(10.0)
    y = np.array([0, 0, 1, 0, 1, 1, 1, 1, 0, 1])
    score = np.full(10, np.log(y.mean() / (1 - y.mean())))
    p = 1 / (1 + np.exp(-score))
    residual = y - p
    low = x <= 3.5
    stump = np.where(low, residual[low].mean(), residual[~low].mean())
    after = 1 / (1 + np.exp(-(score + 2 * stump)))
    for ax, chance, title in (
        (axes[0], p, "$p$ before"),
        (axes[2], after, "$p$ after a step of 2"),
    ):
        ax.plot(x, y, "o", color="#222222", markersize=5)
        ax.plot(x, chance, color=BLUE, linewidth=2, drawstyle="steps-mid")
        ax.vlines(x, chance, y, color=ORANGE, linewidth=1)
        ax.set(xlabel="column", ylim=(-0.1, 1.1), title=title)
    axes[1].axhline(0, color=GREY, linewidth=1)
    axes[1].vlines(x, 0, residual, color=ORANGE, linewidth=2)
    axes[1].plot(x, stump, color=COLOUR["forward"], linewidth=2.5, drawstyle="steps-mid")
    axes[1].text(4.1, -0.45, "stump", color=COLOUR["forward"], size=11)
    axes[1].set(xlabel="column", ylim=(-0.8, 0.8), title="residuals $y - p$")
