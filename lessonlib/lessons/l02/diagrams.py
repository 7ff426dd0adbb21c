"""The drawings of lesson 02: XOR's network, clip and add, a fence unit, a training step, folds."""

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from lessonlib.plots import COLOUR
from lessonlib.plots.diagram import arrow, box, canvas, network, vector

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from lessonlib.plots.diagram import Point

INK = "#222222"
ROLES = ("negative", "forward", "positive", "test", "gradient")
DASHES = ("-", "--", "-.", ":", "-")


def xor_network() -> "Figure":
    """The network that solves XOR: nodes, edges with their weights, biases, shapes below."""
    fig, ax = canvas(8.6, 3.3)
    weights = [np.ones((2, 2)), np.array([[1.0, -2.0]])]
    names = (("$x_1$", "$x_2$"), ("$h_1$", "$h_2$"), ("$z$",))
    layers = network(
        ax, (2, 2, 1), weights, centre=(4.3, 1.95), width=5.4, height=1.5, names=names, radius=0.24
    )
    into_h1, into_h2 = layers[1][0].centre, layers[1][1].centre
    inputs = [layers[0][k].centre for k in (0, 1)]
    for start, end, share in (
        (inputs[0], into_h1, 0.5),
        (inputs[0], into_h2, 0.3),
        (inputs[1], into_h1, 0.3),
        (inputs[1], into_h2, 0.5),
    ):
        _on_edge(ax, start, end, share, "1")
    out = layers[2][0].centre
    _on_edge(ax, into_h1, out, 0.5, "1")
    _on_edge(ax, into_h2, out, 0.5, "−2")
    for place, words in ((into_h1, "bias 0"), (into_h2, "bias −1"), (out, "bias −½")):
        ax.text(place[0], place[1] + 0.33, words, ha="center", size=9.5, color=COLOUR["theory"])
    arrow(ax, (out[0] + 0.24, out[1]), (7.75, out[1]))
    ax.text(7.82, out[1], "> 0 ?", va="center", size=11, color=INK)
    shapes = ((inputs[0][0], "inputs\n(N, 2)"), (into_h1[0], "hidden layer\n(N, 2)"))
    for x, words in (*shapes, (out[0], "scores\n(N, 1)")):
        ax.text(x, 0.72, words, ha="center", va="top", size=10, color=INK)
    for x, words in ((2.95, "$W_1$ (2, 2)"), (5.65, "$W_2$ (1, 2)")):
        ax.text(x, 0.5, words, ha="center", va="center", size=10, color=COLOUR["theory"])
    return fig


def _on_edge(ax: "Axes", start: "Point", end: "Point", share: float, words: str) -> None:
    x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
    ground = {"facecolor": "#FFFFFF", "edgecolor": "none", "pad": 1.2}
    ax.text(x, y, words, ha="center", va="center", size=10, color=INK, bbox=ground, zorder=3)


def clip_and_add(w: np.ndarray, b: np.ndarray, v: np.ndarray, x: np.ndarray) -> "Figure":
    """Four steps from lines to a bent curve: the sums, clipped, times a weight each, added up.

    w, b : weight and bias of each unit (k,); v : its weight in the next layer; x : where to draw
    """
    fig, axes = plt.subplots(1, 4, figsize=(10.4, 2.9), layout="constrained")
    sums = np.outer(x, w) + b
    clipped = np.maximum(sums, 0)
    titles = ("1. three lines", "2. clipped at 0", "3. times a weight", "4. added up")
    for ax, curves, title in zip(axes[:3], (sums, clipped, clipped * v), titles, strict=False):
        for k in range(len(w)):
            look = {"color": COLOUR[ROLES[k]], "ls": DASHES[k], "lw": 2}
            ax.plot(x, curves[:, k], **look, label=f"unit {k + 1}")
        ax.set(title=title, xlabel="x")
    axes[3].plot(x, clipped @ v, color=INK, lw=2.4)
    axes[3].set(title=titles[3], xlabel="x", ylim=(-1.5, 1.5))
    for k, corner in enumerate(-b / w):
        height = np.maximum(corner * w + b, 0) @ v
        axes[3].plot(corner, height, "o", color=COLOUR[ROLES[k]], ms=8)
        axes[3].annotate(
            f"unit {k + 1}",
            (corner, height),
            xytext=(6, -14) if k == 0 or height < 0 else (6, 7),
            textcoords="offset points",
            color=COLOUR[ROLES[k]],
            size=9,
        )
    axes[0].set_ylabel("value")
    axes[0].legend(loc="upper left", fontsize=9)
    return fig


def fence_unit() -> "Figure":
    """A circle, and one unit: its direction, the line that touches the circle, the two sides."""
    fig, ax = canvas(6.4, 3.3)
    centre, radius, angle = np.array([2.3, 1.45]), 0.95, np.radians(38)
    ax.add_patch(plt.Circle(tuple(centre), radius, fill=False, ls=":", lw=2, color=INK))
    out = np.array([np.cos(angle), np.sin(angle)])
    along = np.array([-out[1], out[0]])
    touch = centre + radius * out
    ends = np.array([touch - 1.9 * along, touch + 1.25 * along])
    ax.plot(*ends.T, color=COLOUR["positive"], lw=2)
    vector(ax, tuple(centre), tuple(touch), colour=INK)
    vector(ax, tuple(touch), tuple(touch + 0.75 * out), "$w$", colour=COLOUR["positive"])
    ax.plot(*centre, "o", color=INK, ms=5)
    ax.text(centre[0] - 0.1, centre[1] - 0.12, "centre $c$", ha="right", va="top", size=10.5)
    ax.text(2.46, 1.9, "radius $r$", ha="right", size=10.5)
    words = "on: $w \\cdot x + b > 0$\n(outside the fence)"
    ax.text(4.2, 1.35, words, va="center", size=10.5, color=COLOUR["positive"])
    ax.text(2.3, 0.75, "off", ha="center", size=10.5, color=COLOUR["theory"])
    return fig


def training_step() -> "Figure":
    """One step of gradient descent as a loop: forward, loss, slopes, new weights."""
    fig, ax = canvas(9.2, 2.5)
    high, low = 1.9, 0.55
    weights = box(ax, (1.1, low), "weights $w$", width=1.5, colour=COLOUR["train"])
    net = box(ax, (3.5, high), "network", width=1.3)
    loss = box(ax, (6.1, high), "cross-entropy", width=1.6)
    slopes = box(ax, (6.1, low), "slopes $dw$", width=1.5, colour=COLOUR["gradient"])
    data = box(ax, (1.1, high), "points $X$", width=1.5)
    arrow(ax, data, net, "(N, D)")
    arrow(ax, net, loss, "scores (N, C)")
    arrow(ax, loss, (8.2, high), "one number")
    ax.text(8.25, high, "loss", va="center", size=11, color=INK)
    arrow(ax, weights, net)
    arrow(ax, loss, slopes, "nudge, or backward", colour=COLOUR["gradient"])
    step = "$w \\leftarrow w - \\eta\\, dw$"
    arrow(ax, slopes, weights, step, side="below", colour=COLOUR["gradient"])
    return fig


def folds() -> "Figure":
    """A coloured interval, folded once and then twice by a tent: which way each quarter runs."""
    fig, axes = plt.subplots(1, 3, figsize=(9.4, 2.7), layout="constrained")
    titles = ("as it is", "after one tent", "after two tents")
    for times, ax in enumerate(axes):
        for k in range(4):
            start, end = _folded(k / 4, times), _folded((k + 1) / 4, times)
            height = 0.22 * (k * 2**times // 4)
            colour = COLOUR[ROLES[k]]
            ax.plot((start, end), (height, height), color=colour, lw=5, solid_capstyle="butt")
            middle = (start + end) / 2
            ahead = ">" if end > start else "<"
            ax.plot(middle, height, ahead, color=colour, ms=11)
            ax.text(middle, height + 0.05, str(k + 1), ha="center", size=9.5, color=colour)
        for turn in range(1, 2**times):  # the folds, at the right end and at the left in turn
            side = 1 if turn % 2 else -1
            angle = np.linspace(-np.pi / 2, np.pi / 2, 20)
            x = turn % 2 + side * 0.05 * np.cos(angle)
            ax.plot(x, 0.22 * (turn - 0.5) + 0.11 * np.sin(angle), color=INK, lw=1.4)
        ax.set(title=titles[times], xlim=(-0.09, 1.09), ylim=(-0.12, 0.82), yticks=[])
        ax.set(xlabel="value")
        ax.grid(False)
        ax.spines[["left", "top", "right"]].set_visible(False)
    return fig


def _folded(x: float, times: int) -> float:
    """Where a point lies after so many tents."""
    for _ in range(times):
        x = min(2 * x, 2 - 2 * x)
    return x
