"""The drawings of lesson 07: one layer unrolled over time, and windows of a long text."""

from itertools import pairwise
from typing import TYPE_CHECKING

from lessonlib.plots import COLOUR
from lessonlib.plots.diagram import INK, arrow, box, canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GRADIENT = COLOUR["gradient"]


def unrolled(steps: int = 3) -> "Figure":
    """One recurrent layer over time: states to the right, gradients back to the left."""
    fig, ax = canvas(9.6, 3.5)
    carried, read = COLOUR["forward"], COLOUR["train"]
    places = [1.0 + 2.55 * k for k in range(steps + 1)]
    states = [
        box(ax, (x, 1.85), f"$h_{k}$" + (" = 0" if k == 0 else ""), width=1.0, colour=carried)
        for k, x in enumerate(places)
    ]
    for k in range(1, steps + 1):
        x = places[k]
        word = box(ax, (x, 0.45), f"$x_{k}$  (D,)", width=1.1, height=0.5, colour=read)
        answer = box(ax, (x, 3.15), f"answer {k}", width=1.1, height=0.46)
        arrow(ax, word, states[k], "$W$", side="left", colour=read, size=12)
        arrow(ax, (x - 0.15, 2.15), (x - 0.15, 2.92), colour=INK)
        arrow(ax, (x + 0.15, 2.92), (x + 0.15, 2.15), f"$g_{k}$", colour=GRADIENT, dashed=True)
        left, right = places[k - 1] + 0.5, x - 0.5
        arrow(ax, (left, 1.98), (right, 1.98), "$U$", colour=carried, size=12)
        if k > 1:
            label = rf"$U^\top da_{k}$"
            arrow(ax, (right, 1.7), (left, 1.7), label, side="below", colour=GRADIENT, dashed=True)
        assert answer.width > 1
    return fig


def windows(count: int = 3) -> "Figure":
    """Windows of two streams: the state goes on into the next window, the gradient does not."""
    fig, ax = canvas(9.6, 2.9)
    carried = COLOUR["forward"]
    text = ("The_value_of", "_the_expressi", "on_is_return")
    other = ("if_none_is_f", "ound,_an_exc", "eption_is_ra")
    places = [2.2 + 2.9 * k for k in range(count)]
    for row, (height, words) in enumerate(((2.05, text), (0.9, other))):
        ax.text(0.1, height, f"stream {row}", va="center", size=10, color=INK)
        pieces = [
            box(ax, (x, height), words[k].replace("_", "␣"), width=2.0, height=0.5, size=10)
            for k, x in enumerate(places)
        ]
        for before, after in pairwise(pieces):
            arrow(ax, before, after, "state" if row == 0 else "", colour=carried, size=9)
        for piece in pieces:
            start, end = piece.right[0] - 0.12, piece.left[0] + 0.12
            level = height - 0.42
            label = "gradient" if row == 1 else ""
            arrow(
                ax, (start, level), (end, level), label,
                side="below", colour=GRADIENT, dashed=True, size=9,
            )  # fmt: skip
    for k, x in enumerate(places):
        ax.text(x, 2.62, f"window {k}", ha="center", va="center", size=10, color=INK)
    return fig
