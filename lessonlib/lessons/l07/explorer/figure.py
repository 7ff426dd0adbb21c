"""The static picture of the reader: the states as a map, what is expected next as bars."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessonlib.lessons.l07.explorer.frame import BARS, first_column, visible
from lessonlib.lessons.l07.explorer.model import TextReader
from lessonlib.plots import COLOUR, SIGNED


def figure(reader: TextReader) -> Figure:
    """The map on the left, the bars on the right."""
    drawn, (left, right) = plt.subplots(
        1, 2, figsize=(9.4, 4.2), gridspec_kw={"width_ratios": (3.4, 1)}
    )
    _draw_states(left, reader)
    _draw_expected(right, reader)
    return drawn


def _draw_states(ax: Axes, reader: TextReader) -> None:
    first, k = first_column(reader), reader.position
    states = reader.reading.states[first:k].T if k else np.zeros((reader.units, 1))
    ax.imshow(states, cmap=SIGNED, vmin=-1, vmax=1, aspect="auto")
    ax.set_xticks(range(states.shape[1]), [visible(c) for c in reader.text[first:k]] or [""])
    ax.set(xlabel="character just read", ylabel="unit, keeps most (top) to least")
    ax.set_title(f"The state after each of {k} characters")
    ax.grid(False)


def _draw_expected(ax: Axes, reader: TextReader) -> None:
    bars = reader.expected(BARS)[::-1]
    ax.barh(range(len(bars)), [p for _, p in bars], color=COLOUR["forward"])
    ax.set_yticks(range(len(bars)), [visible(c) for c, _ in bars])
    ax.set(xlim=(0, 1), xlabel="probability", title="Expected next")
