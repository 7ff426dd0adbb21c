"""The static picture of the attention explorer: one token's weights, and those of all tokens."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessonlib.lessons.l09.explorer.frame import visible
from lessonlib.lessons.l09.explorer.model import SENTENCE, AttendedText
from lessonlib.plots import COLOUR


def figure(model: AttendedText) -> Figure:
    """Lines from the token that asks on the left, the matrix of all weights on the right."""
    drawn, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), width_ratios=(1, 1.25))
    _draw_lines(left, model)
    _draw_weights(right, model)
    return drawn


def _draw_lines(ax: Axes, model: AttendedText) -> None:
    row = model.shown[model.focus]
    asking, looked_at = (np.linspace(0, 1, len(side)) for side in (model.queries, model.keys))
    for token, end, weight in zip(model.keys, looked_at, row, strict=True):
        ends = (asking[model.focus], end)
        ax.plot((0, 1), ends, color=COLOUR["forward"], linewidth=0.3 + 6 * weight)
        ax.text(1.04, end, visible(token), va="center")
    for k, (token, place) in enumerate(zip(model.queries, asking, strict=True)):
        weight = "bold" if k == model.focus else "normal"
        ax.text(-0.04, place, visible(token), va="center", ha="right", weight=weight)
    ax.set(xlim=(-0.45, 1.45), ylim=(1.05, -0.05), title="From the token that asks")
    ax.axis("off")


def _draw_weights(ax: Axes, model: AttendedText) -> None:
    ax.imshow(model.shown, cmap="viridis", vmin=0, vmax=1, aspect="auto")
    ticks = {"xticks": range(len(model.keys)), "yticks": range(len(model.queries))}
    ax.set(title=f"All weights of {model.head}", **ticks)
    ax.set_xticklabels(map(visible, model.keys), rotation=60 if model.kind == SENTENCE else 0)
    ax.set_yticklabels(map(visible, model.queries))
