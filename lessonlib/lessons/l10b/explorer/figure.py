"""The static picture of the lens: likeliest letters by stage, and what each head reads."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessonlib.lessons.l10b.explorer.frame import STAGES, stages, visible
from lessonlib.lessons.l10b.explorer.model import HEADS, LAYERS, Lens
from lessonlib.plots import COLOUR


def figure(lens: Lens) -> Figure:
    """Bars of the three stages on the left, the heads' weights on the right."""
    drawn, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.8), width_ratios=(1, 1.5))
    _draw_stages(left, lens)
    _draw_heads(right, lens)
    return drawn


def _draw_stages(ax: Axes, lens: Lens) -> None:
    for k, stage in enumerate(stages(lens)):
        for row, bar in enumerate(stage["bars"]):
            colour = COLOUR["forward"] if bar["next"] else "#9A9A9A"
            ax.barh(6 * k + row, bar["p"], color=colour)
            ax.text(bar["p"] + 0.02, 6 * k + row, bar["letter"], va="center", fontsize=9)
    ax.set(yticks=[2, 8, 14], yticklabels=STAGES, xlim=(0, 1.12), xlabel="probability")
    ax.invert_yaxis()
    ax.set_title(f"Expected after letter {lens.place + 1}")


def _draw_heads(ax: Axes, lens: Lens) -> None:
    count = lens.place + 1
    weights = lens.attention.reshape(-1, count)
    ax.imshow(weights, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    names = [f"{k + 1}.{h + 1}" for k in range(LAYERS) for h in range(HEADS)]
    ax.set(yticks=range(len(names)), yticklabels=names, ylabel="layer.head")
    ax.set_xticks(range(count), [visible(letter) for letter in lens.text[:count]])
    ax.set_title("What each head reads for it")
    ax.grid(False)
