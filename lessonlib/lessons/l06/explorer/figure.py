"""The static picture of the drawing explorer: image, maps, answer, and the chosen sum."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lessonlib.lessons.l06.explorer.model import Drawing
from lessonlib.lessons.l06.explorer.sums import TITLES, Place, Sum
from lessonlib.plots import SIGNED

MAPS = {"conv1": 8, "pool1": 8, "conv2": 8, "pool2": 16}  # layers that are shown: maps in a row


def tiled(maps: np.ndarray, across: int) -> np.ndarray:
    """Maps side by side, `across` in a row, a line of nan between them.

    maps : (M, h, w) with M a multiple of across; returns (rows (h + 1) - 1, across (w + 1) - 1)

    >>> tiled(np.zeros((4, 2, 2)), 2).shape
    (5, 5)
    """
    framed = np.pad(maps.astype(float), ((0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    m, h, w = framed.shape
    rows = framed.reshape(m // across, across, h, w).transpose(0, 2, 1, 3)
    return rows.reshape(m // across * h, across * w)[:-1, :-1]


def figure(drawing: Drawing) -> Figure:
    """Image and answer on the left, four layers in the middle, the chosen sum below."""
    drawn = plt.figure(figsize=(9.6, 6.2))
    grid = drawn.add_gridspec(5, 3, width_ratios=(1.2, 1, 1), height_ratios=(2, 2, 4, 1.1, 5))
    shares = drawing.shares
    _show(drawn.add_subplot(grid[:3, 0]), drawing.image, f"image, read as {shares.argmax()}")
    _draw_shares(drawn.add_subplot(grid[3:, 0]), shares)
    for row, name in enumerate(MAPS):
        _draw_maps(drawn.add_subplot(grid[row, 1:]), drawing, name)
    _draw_sum(drawn.add_subplot(grid[4, 1]), drawn.add_subplot(grid[4, 2]), drawing.sum)
    return drawn


def _draw_shares(ax: Axes, shares: np.ndarray) -> None:
    colours = ["#B8500B" if share == shares.max() else "#999999" for share in shares]
    ax.bar(range(10), shares, color=colours)
    ax.set(xticks=range(10), ylim=(0, 1))
    ax.set_title("shares (softmax)", fontsize=10)


def _draw_maps(ax: Axes, drawing: Drawing, name: str) -> None:
    maps, across = drawing.layers[name], MAPS[name]
    height, width = maps.shape[1:]
    _show(ax, tiled(maps, across), f"{TITLES[name]}: {len(maps)} maps of {height} × {width}")
    if name == drawing.chosen[0]:
        _frame(ax, drawing.chosen, across, maps.shape[1:])


def _draw_sum(left: Axes, right: Axes, found: Sum) -> None:
    """The first patch and the kernel that it is multiplied with, where there is one."""
    _numbers(left, found.patches[0], "framed value: patch" + _more(found))
    if found.kernels is not None:
        added = f"{found.bias:+.2f}".replace("-", "−")
        _numbers(right, found.kernels[0], f"× kernel, bias {added}: {found.total:.2f}")
    else:
        right.axis("off")


def _more(found: Sum) -> str:
    return "" if len(found.patches) == 1 else f" 1 of {len(found.patches)}"


def _show(ax: Axes, values: np.ndarray, title: str) -> None:
    ax.imshow(values, cmap="gray_r", vmin=0)
    ax.set(xticks=[], yticks=[], facecolor="#D9C8B4", anchor="W")  # the ground shows between maps
    ax.spines[:].set_visible(False)
    ax.set_title(title, fontsize=10)


def _frame(ax: Axes, chosen: Place, across: int, size: tuple[int, ...]) -> None:
    """A square around the chosen value."""
    _, channel, row, column = chosen
    x = channel % across * (size[1] + 1) + column - 0.5
    y = channel // across * (size[0] + 1) + row - 0.5
    ax.add_patch(Rectangle((x, y), 1, 1, fill=False, edgecolor="#A3324E", linewidth=2))


def _numbers(ax: Axes, values: np.ndarray, title: str) -> None:
    """A small table of numbers on the signed colours."""
    top = max(float(np.abs(values).max()), 1e-9)
    ax.imshow(values, cmap=SIGNED, vmin=-1.6 * top, vmax=1.6 * top)
    for (i, j), value in np.ndenumerate(values):
        ax.text(j, i, f"{value:.1f}", ha="center", va="center", fontsize=8)
    ax.set(xticks=[], yticks=[], anchor="W")
    ax.set_title(title, fontsize=10)
