"""The static picture of the drawing explorer: image, maps, answer, and the chosen sum."""

from typing import TYPE_CHECKING

import numpy as np

from lessonlib.lessons.l06.explorer.sums import TITLES, Sum

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


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


def picture(
    layers: dict[str, np.ndarray],
    shares: np.ndarray,
    chosen: tuple[str, int, int, int],
    found: Sum,
) -> "Figure":
    """Image and answer on the left, four layers in the middle, the chosen sum below."""
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(9.6, 6.2))
    grid = figure.add_gridspec(5, 3, width_ratios=(1.2, 1, 1), height_ratios=(2, 2, 4, 1.1, 5))
    image = figure.add_subplot(grid[:3, 0])
    _show(image, layers["input"][0], f"image, read as {shares.argmax()}")
    bars = figure.add_subplot(grid[3:, 0])
    colours = ["#B8500B" if share == shares.max() else "#999999" for share in shares]
    bars.bar(range(10), shares, color=colours)
    bars.set(xticks=range(10), ylim=(0, 1))
    bars.set_title("shares (softmax)", fontsize=10)
    for row, name in enumerate(("conv1", "pool1", "conv2", "pool2")):
        ax, maps = figure.add_subplot(grid[row, 1:]), layers[name]
        across, (height, width) = (16 if name == "pool2" else 8), maps.shape[1:]
        title = f"{TITLES[name]}: {len(maps)} maps of {height} × {width}"
        _show(ax, tiled(maps, across), title)
        if name == chosen[0]:
            _frame(ax, chosen, across, maps.shape[1:])
    left, right = figure.add_subplot(grid[4, 1]), figure.add_subplot(grid[4, 2])
    _numbers(left, found.patches[0], "framed value: patch" + _more(found))
    if found.kernels is not None:
        _numbers(right, found.kernels[0], f"× kernel, bias added: {found.total:.2f}")
    else:
        right.axis("off")
    return figure


def _more(found: Sum) -> str:
    return "" if len(found.patches) == 1 else f" 1 of {len(found.patches)}"


def _show(ax: "Axes", values: np.ndarray, title: str) -> None:
    ax.imshow(values, cmap="gray_r", vmin=0)
    ax.set(xticks=[], yticks=[], facecolor="#D9C8B4", anchor="W")  # the ground shows between maps
    ax.spines[:].set_visible(False)
    ax.set_title(title, fontsize=10)


def _frame(ax: "Axes", chosen: tuple, across: int, size: tuple[int, ...]) -> None:
    """A square around the chosen value."""
    from matplotlib.patches import Rectangle

    _, channel, row, column = chosen
    x = channel % across * (size[1] + 1) + column - 0.5
    y = channel // across * (size[0] + 1) + row - 0.5
    ax.add_patch(Rectangle((x, y), 1, 1, fill=False, edgecolor="#A3324E", linewidth=2))


def _numbers(ax: "Axes", values: np.ndarray, title: str) -> None:
    """A small table of numbers on the signed colours."""
    from lessonlib.plots import SIGNED

    top = max(float(np.abs(values).max()), 1e-9)
    ax.imshow(values, cmap=SIGNED, vmin=-1.6 * top, vmax=1.6 * top)
    for (i, j), value in np.ndenumerate(values):
        ax.text(j, i, f"{value:.1f}", ha="center", va="center", fontsize=8)
    ax.set(xticks=[], yticks=[], anchor="W")
    ax.set_title(title, fontsize=10)
