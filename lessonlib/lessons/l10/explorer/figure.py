"""The static picture of the prompt explorer: the next token, and where each head looks."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessonlib.lessons.l10.explorer.frame import attention_map, bars
from lessonlib.lessons.l10.explorer.model import Continuation
from lessonlib.plots import COLOUR


def figure(model: Continuation) -> Figure:
    """Bars of the most probable tokens on the left, the map of attention on the right."""
    drawn, (left, right) = plt.subplots(
        1, 2, figsize=(9.6, 3.9), width_ratios=(1, 1.5), layout="constrained"
    )
    _draw_bars(left, model)
    _draw_map(right, model)
    return drawn


def _draw_bars(ax: Axes, model: Continuation) -> None:
    names, expected, drawn = zip(*bars(model), strict=True)
    places = np.arange(len(names))
    ax.barh(places - 0.2, expected, 0.36, color="white", edgecolor=COLOUR["forward"])
    ax.barh(places + 0.2, drawn, 0.36, color=COLOUR["forward"])
    ax.set(yticks=places, yticklabels=[_safe(name) for name in names], xlabel="probability")
    ax.invert_yaxis()
    ax.set_title("Next token (filled: drawn from)")


def _draw_map(ax: Axes, model: Continuation) -> None:
    labels, weights = attention_map(model)
    ax.imshow(weights, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    blocks, heads = model.weights.shape[:2]
    names = [f"block {b + 1}, head {h + 1}" for b in range(blocks) for h in range(heads)]
    ax.set(yticks=range(len(names)), yticklabels=names, xticks=range(len(labels)))
    ax.set_xticklabels([_safe(label) for label in labels], rotation=60, ha="right")
    ax.set_title(f"Where {_safe(labels[-1])} looks (dark 0, bright 1)")


def _safe(label: str) -> str:
    """The label for matplotlib: the dollar sign as itself, signs without a glyph by name."""
    label = label.replace("⏎", "\\n").replace("⇥", "\\t").replace("$", r"\$")
    return "".join(c if 32 <= ord(c) < 127 or c in "·×" else "?" for c in label)
