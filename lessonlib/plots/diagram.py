"""Pieces of drawings of a mechanism: boxes, arrows with shapes, vectors, networks, small matrices.

`canvas(9, 3)` makes a figure of 9 x 3 inches without axes on which one unit is one inch, so that
text and boxes keep their proportions. Every piece takes the axes first and can be used on any.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.typing import ColorType

from lessonlib.plots.style import COLOUR, SIGNED

Point: TypeAlias = tuple[float, float]
Side: TypeAlias = Literal["above", "below", "left", "right", "on"]

INK = "#222222"
FAINT = "#D9D9D4"  # the lines between the cells of a grid
FAINT_EDGE = "#8A8A86"  # edges of a network without weights
HIGHLIGHT = COLOUR["positive"]
_AWAY = {"above": (0, 5), "below": (0, -5), "left": (-6, 0), "right": (6, 0), "on": (0, 0)}
_ALIGN = {
    "above": ("center", "bottom"),
    "below": ("center", "top"),
    "left": ("right", "center"),
    "right": ("left", "center"),
    "on": ("center", "center"),
}


@dataclass(frozen=True)
class Box:
    """Where a piece is: its centre, its size, and the middle of each of its edges.

    >>> Box((2, 1), 1.0, 0.5).right
    (2.5, 1)
    """

    centre: Point
    width: float
    height: float

    @property
    def left(self) -> Point:
        """The middle of the left edge."""
        return self.centre[0] - self.width / 2, self.centre[1]

    @property
    def right(self) -> Point:
        """The middle of the right edge."""
        return self.centre[0] + self.width / 2, self.centre[1]

    @property
    def top(self) -> Point:
        """The middle of the upper edge."""
        return self.centre[0], self.centre[1] + self.height / 2

    @property
    def bottom(self) -> Point:
        """The middle of the lower edge."""
        return self.centre[0], self.centre[1] - self.height / 2

    def edge(self, towards: Point) -> Point:
        """Where the line from the centre to a point outside leaves the box."""
        across, up = towards[0] - self.centre[0], towards[1] - self.centre[1]
        reach = max(abs(across) / (self.width / 2), abs(up) / (self.height / 2))
        if reach == 0:
            return self.centre
        return self.centre[0] + across / reach, self.centre[1] + up / reach


@dataclass(frozen=True)
class Grid(Box):
    """A drawn matrix: a box that knows its cells."""

    shape: tuple[int, int]

    def cell(self, row: int, column: int) -> Box:
        """One cell; row 0 is at the top. Raises IndexError outside the matrix.

        >>> Grid((0, 0), 3.0, 2.0, (2, 3)).cell(0, 2).centre
        (1.0, 0.5)
        """
        rows, columns = self.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise IndexError(f"cell: ({row}, {column}) is not in a matrix of {rows} x {columns}")
        wide, high = self.width / columns, self.height / rows
        x = self.centre[0] - self.width / 2 + (column + 0.5) * wide
        y = self.centre[1] + self.height / 2 - (row + 0.5) * high
        return Box((x, y), wide, high)


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure without axes: x from 0 to width, y from 0 to height, in inches.

    Returns the figure and its axes

    >>> fig, ax = canvas(9, 3)
    >>> ax.get_xlim()
    (np.float64(0.0), np.float64(9.0))
    """
    fig = plt.figure(figsize=(width, height), layout="none")
    ax = fig.add_axes((0, 0, 1, 1))
    blank(ax, (0, width), (0, height))
    return fig, ax


def blank(ax: Axes, x: Point, y: Point) -> Axes:
    """Take away ticks and frame of axes, and give both directions one scale.

    x, y : the ends of what is shown. For a drawing next to a plot, in axes of plt.subplots.
    """
    ax.set(xlim=x, ylim=y, aspect="equal", xticks=[], yticks=[])
    ax.set_facecolor("none")
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def box(
    ax: Axes,
    centre: Point,
    text: str,
    *,
    width: float = 1.2,
    height: float = 0.6,
    colour: str = COLOUR["theory"],
    filled: bool = True,
    round_corners: bool = True,
    size: float = 11,
) -> Box:
    """Draw a box with a text (formulas between $ signs).

    colour : of the frame, one of plots.COLOUR; a filled box has a light tint of it
    size   : of the text, in points
    Returns where it is, for `arrow`
    """
    at = Box(centre, width, height)
    style = f"round,pad=0,rounding_size={min(width, height) * 0.18}" if round_corners else "square"
    ax.add_patch(
        FancyBboxPatch(
            (at.left[0], at.bottom[1]),
            width,
            height,
            boxstyle=style if round_corners else "square,pad=0",
            facecolor=_tint(colour) if filled else "#FFFFFF",
            edgecolor=colour,
            linewidth=1.4,
            zorder=2,
        )
    )
    ax.text(*centre, text, ha="center", va="center", size=size, color=INK, zorder=3)
    return at


def arrow(
    ax: Axes,
    start: Point | Box,
    end: Point | Box,
    label: str = "",
    *,
    side: Side | None = None,
    bend: float = 0.0,
    colour: str = INK,
    dashed: bool = False,
    size: float = 10,
) -> None:
    """Draw an arrow from a point or box to another, with a label such as a shape at its middle.

    side : where the label is; without it above an arrow that runs across, right of one that runs up
           or down. "on" puts it on the line.
    bend : how far the arrow's middle bows to its left, as a share of its length
    """
    a = start.edge(_middle(end)) if isinstance(start, Box) else start
    b = end.edge(_middle(start)) if isinstance(end, Box) else end
    _line(ax, a, b, -2 * bend, 1, colour, 1.5, dashed)
    if label:
        across, up = b[0] - a[0], b[1] - a[1]
        middle = (a[0] + b[0]) / 2 - bend * up, (a[1] + b[1]) / 2 + bend * across
        chosen: Side = side or ("above" if abs(across) >= abs(up) else "right")
        _note(ax, middle, label, chosen, colour, size)


def vector(
    ax: Axes,
    tail: Point,
    tip: Point,
    label: str = "",
    *,
    middle: bool = False,
    colour: str = INK,
    dashed: bool = False,
    size: float = 12,
) -> None:
    """Draw a vector in the units of the axes.

    label : behind the tip, or, with middle=True, left of its middle as one looks along the vector
    """
    _line(ax, tail, tip, 0.0, 0, colour, 2.0, dashed)
    across, up = tip[0] - tail[0], tip[1] - tail[1]
    length = float(np.hypot(across, up)) or 1.0
    if label and middle:
        half = (tail[0] + tip[0]) / 2, (tail[1] + tip[1]) / 2
        away = (-12 * up / length, 12 * across / length)
        _text(ax, half, label, away, ("center", "center"), colour, size)
    elif label:
        away = (11 * across / length, 11 * up / length)
        _text(ax, tip, label, away, ("center", "center"), colour, size)


def network(
    ax: Axes,
    sizes: Sequence[int],
    weights: Sequence[np.ndarray] | None = None,
    *,
    centre: Point = (0.0, 0.0),
    width: float = 4.0,
    height: float = 3.0,
    names: Sequence[Sequence[str]] | None = None,
    titles: Sequence[str] | None = None,
    most: int = 8,
    radius: float = 0.17,
) -> list[dict[int, Box]]:
    """Draw the layers of a network from left to right: nodes, and an edge for each weight.

    sizes   : units in each layer
    weights : one array (out, in) between two layers, as `nn.Linear` has it; an edge is as wide as
              its weight is large in the whole network, orange above zero, blue and dashed below.
              Without it all edges are alike.
    names   : for each layer the texts in its nodes; titles: a text below each layer
    most    : a layer with more units shows the first ones, dots, and the last
    Returns for each layer the drawn nodes by number. Raises ValueError naming a wrong shape.
    """
    _check_network(sizes, weights)
    xs = np.linspace(-width / 2, width / 2, len(sizes)) + centre[0]
    places = zip(sizes, xs.tolist(), strict=True)
    drawn = [_layer(ax, units, x, centre[1], height, most, radius) for units, x in places]
    shares = [] if weights is None else _shares(weights)
    for k, (before, after) in enumerate(pairwise(drawn)):
        _edges(ax, before, after, None if weights is None else shares[k])
    for layer, texts in zip(drawn, names, strict=True) if names else ():
        for node, text in zip(layer.values(), texts, strict=False):  # the first nodes may have them
            ax.text(*node.centre, text, ha="center", va="center", size=10, zorder=5)
    for x, title in zip(xs, titles, strict=True) if titles else ():
        lowest = centre[1] - height / 2 - radius
        _text(ax, (float(x), lowest), title, (0, -6), ("center", "top"), INK, 10)
    return drawn


def grid(
    ax: Axes,
    array: np.ndarray,
    centre: Point = (0.0, 0.0),
    *,
    cell: float = 0.5,
    form: str = "{:g}",
    highlight: Sequence[tuple[int, int]] = (),
    shaded: bool = False,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    title: str = "",
    size: float = 10,
) -> Grid:
    """Draw a small matrix: its numbers in cells, some of them highlighted.

    array     : (rows, columns), or (N,) for one row; a NaN is an empty cell
    form      : how a number is written; "" for none
    highlight : (row, column) of cells; a thick line runs around them, one around neighbours
    shaded    : whether a cell's colour tells its value, blue below zero and orange above
    rows, columns : names at the left and above; title: a text below
    Returns where it is, and where its cells are. Raises ValueError naming the shape.
    """
    array = np.asarray(array, dtype=float)
    array = array[None] if array.ndim == 1 else array
    if array.ndim != 2 or not array.size:
        raise ValueError(f"grid: an array of shape {array.shape}, wanted (rows, columns) or (N,)")
    at = Grid(centre, cell * array.shape[1], cell * array.shape[0], array.shape)
    largest = float(np.nanmax(np.abs(array), initial=0.0)) or 1.0
    for (r, c), value in np.ndenumerate(array):
        one = at.cell(r, c)
        ground = SIGNED(0.5 + 0.5 * value / largest) if shaded and np.isfinite(value) else "#FFFFFF"
        _square(ax, one, ground, FAINT, 1.0, 2.0)
        if form and np.isfinite(value):
            ink = _readable(ground)
            ax.text(
                *one.centre, form.format(value), ha="center", va="center", size=size, color=ink
            ).set_zorder(3.5)
    _square(ax, at, "none", INK, 1.3, 2.2)
    _outline(ax, at, highlight)
    for r, name in enumerate(rows):
        _text(ax, at.cell(r, 0).left, name, (-5, 0), ("right", "center"), INK, size)
    for c, name in enumerate(columns):
        _text(ax, at.cell(0, c).top, name, (0, 4), ("center", "bottom"), INK, size)
    if title:
        _text(ax, at.bottom, title, (0, -6), ("center", "top"), INK, size)
    return at


def _middle(place: Point | Box) -> Point:
    return place.centre if isinstance(place, Box) else place


def _tint(colour: str, share: float = 0.14) -> tuple[float, float, float]:
    """A light tint of a colour, opaque, so that what is below does not shine through."""
    r, g, b = to_rgb(colour)
    return 1 - share * (1 - r), 1 - share * (1 - g), 1 - share * (1 - b)


def _readable(ground: ColorType) -> str:
    """Dark or light ink, whichever reads better on a ground."""
    red, green, blue = to_rgb(ground)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "#FFFFFF"


def _note(ax: Axes, at: Point, text: str, side: Side, colour: str, size: float) -> None:
    ground = {"facecolor": ax.figure.get_facecolor(), "edgecolor": "none", "pad": 1.5}
    _text(ax, at, text, _AWAY[side], _ALIGN[side], colour, size, ground if side == "on" else None)


def _text(
    ax: Axes,
    at: Point,
    text: str,
    away: tuple[float, float],
    align: tuple[str, str],
    colour: str,
    size: float,
    ground: dict | None = None,
) -> None:
    """Write a text some points away from a place."""
    across, up = align
    ax.annotate(
        text,
        at,
        xytext=away,
        textcoords="offset points",
        ha=across,
        va=up,
        color=colour,
        size=size,
        bbox=ground,
        zorder=5,
    )


def _square(ax: Axes, at: Box, ground: ColorType, frame: str, line: float, zorder: float) -> None:
    corner = (at.left[0], at.bottom[1])
    ax.add_patch(
        Rectangle(
            corner,
            at.width,
            at.height,
            facecolor=ground,
            edgecolor=frame,
            linewidth=line,
            zorder=zorder,
        )
    )


def _outline(ax: Axes, at: Grid, cells: Sequence[tuple[int, int]]) -> None:
    """Draw those edges of the cells that no two of them share."""
    chosen = set(cells)
    for r, c in chosen:
        one = at.cell(r, c)
        (x0, _), (x1, _) = one.left, one.right
        (_, y0), (_, y1) = one.bottom, one.top
        edges = {
            (r - 1, c): ((x0, x1), (y1, y1)),
            (r + 1, c): ((x0, x1), (y0, y0)),
            (r, c - 1): ((x0, x0), (y0, y1)),
            (r, c + 1): ((x1, x1), (y0, y1)),
        }
        for neighbour, (xs, ys) in edges.items():
            if neighbour not in chosen:
                ax.plot(xs, ys, color=HIGHLIGHT, lw=2.6, solid_capstyle="projecting", zorder=3)


def _line(
    ax: Axes, a: Point, b: Point, rad: float, gap: float, colour: str, width: float, dashed: bool
) -> None:
    """Draw an arrow. A dashed one is two: a dashed line, and a head without an outline."""

    def put(style: str, line: float, dashes: str | tuple, short: float) -> None:
        ax.add_patch(
            FancyArrowPatch(
                a,
                b,
                arrowstyle=style,
                mutation_scale=14,
                shrinkA=gap,
                shrinkB=gap + short,
                connectionstyle=f"arc3,rad={rad}",
                color=colour,
                linewidth=line,
                linestyle=dashes,
                zorder=2.5,
            )
        )

    if dashed:
        put("-", width, (0, (4, 2.5)), 4.0)
        put("-|>", 0.0, "-", 0.0)
    else:
        put("-|>", width, "-", 0.0)


def _check_network(sizes: Sequence[int], weights: Sequence[np.ndarray] | None) -> None:
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"network: sizes {list(sizes)}, wanted two layers or more of 1 or more")
    if weights is None:
        return
    wanted = [(out, into) for into, out in pairwise(sizes)]
    shapes = [np.shape(weight) for weight in weights]
    if shapes != wanted:
        raise ValueError(f"network: weights of shapes {shapes}, wanted {wanted}")


def _layer(
    ax: Axes, units: int, x: float, y: float, height: float, most: int, radius: float
) -> dict[int, Box]:
    """Draw the nodes of a layer, and dots where some are left out."""
    shown = list(range(units)) if units <= most else [*range(most - 2), -1, units - 1]
    gap = min(height / max(len(shown) - 1, 1), 4.5 * radius)
    top = y + gap * (len(shown) - 1) / 2
    nodes = {}
    for place, number in enumerate(shown):
        at = (x, top - gap * place)
        if number == -1:
            ax.text(*at, "⋮", ha="center", va="center", size=15, color=INK)
            continue
        circle = plt.Circle(at, radius, facecolor="#FFFFFF", edgecolor=INK, lw=1.4, zorder=4)
        ax.add_patch(circle)
        nodes[number] = Box(at, 2 * radius, 2 * radius)
    return nodes


def _shares(weights: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Each weight over the largest of the network."""
    arrays = [np.asarray(weight, dtype=float) for weight in weights]
    largest = max(float(np.abs(array).max()) for array in arrays)
    return [array / (largest or 1.0) for array in arrays]


def _edges(
    ax: Axes, before: dict[int, Box], after: dict[int, Box], shares: np.ndarray | None
) -> None:
    """Draw the edges between two layers; an edge's width is its weight over the largest."""
    for i, source in before.items():
        for o, target in after.items():
            (x0, y0), (x1, y1) = source.centre, target.centre
            colour, width, dashes = FAINT_EDGE, 0.9, "-"
            if shares is not None:
                share = float(shares[o, i])
                colour = COLOUR["positive" if share >= 0 else "negative"]
                width, dashes = 0.3 + 3.7 * abs(share), "-" if share >= 0 else "--"
            ax.plot([x0, x1], [y0, y1], color=colour, lw=width, ls=dashes, zorder=1)
