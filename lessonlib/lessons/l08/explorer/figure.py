"""The static picture of the memory cell: the stream, and what the cell holds and gives back."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessonlib.lessons.l08.explorer.model import MemoryCell
from lessonlib.plots import COLOUR


def figure(cell: MemoryCell) -> Figure:
    """The numbers above, memory and output of the steps that are done below."""
    drawn, (top, low) = plt.subplots(2, 1, figsize=(8.4, 4.4), sharex=True)
    _draw_stream(top, cell)
    _draw_values(low, cell)
    return drawn


def _draw_stream(ax: Axes, cell: MemoryCell) -> None:
    at, stream = np.arange(1, cell.length + 1), cell.stream
    marked = np.isin(at - 1, np.array(stream.marked))
    ax.bar(at, stream.numbers, color=np.where(marked, COLOUR["positive"], "#C9C9C9"))
    for k in stream.marked:
        ax.text(k + 1, 1.12, "marked", ha="center", color=COLOUR["positive"])
    if cell.by_hand:
        ax.text(stream.asked + 1, 1.12, "?", ha="center", fontsize=12)
    ax.set(ylabel="number", ylim=(-1.15, 1.45))
    ax.set_title(f"A memory cell, gates {cell.mode}: the stream, and what it holds")


def _draw_values(ax: Axes, cell: MemoryCell) -> None:
    t, asked = cell.steps, cell.stream.asked
    done = np.arange(1, t + 1)
    ax.plot(done, cell.memory[:t], "o-", color=COLOUR["forward"], markersize=3)
    ax.plot(done, cell.output[:t], "s--", color=COLOUR["negative"], markersize=3)
    if cell.by_hand:
        wanted = [cell.stream.wanted[asked]]
        ax.plot([asked + 1], wanted, "D", fillstyle="none", color=COLOUR["theory"])
    ax.set(xlabel="step", ylabel="value", xlim=(0.3, cell.length + 0.7))
    ax.set_title("Circles: memory c; squares: output h; diamond: wanted at ?", fontsize=10)
