"""The drawings of lesson 03: paths that double, orders, a layer's gradients, a classifier."""

from typing import TYPE_CHECKING

import numpy as np

from lessonlib.plots import COLOUR
from lessonlib.plots.diagram import INK, Box, arrow, box, canvas, grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BACK, FORTH, GREY = COLOUR["gradient"], COLOUR["forward"], COLOUR["theory"]


def _node(ax: "Axes", at: tuple[float, float], text: str, colour: str = GREY) -> Box:
    return box(ax, at, text, width=0.56, height=0.46, colour=colour)


def doubling(doublings: int = 4) -> "Figure":
    """Number after number doubled by y = y + y; below each the paths that lead back to it."""
    fig, ax = canvas(9.4, 2.0)
    gap = 8.0 / doublings
    for k in range(doublings + 1):
        x = 0.7 + gap * k
        _node(ax, (x, 1.3), "$x$" if k == 0 else f"$y_{k}$", FORTH if k else GREY)
        paths = 2 ** (doublings - k)
        words = f"{paths} paths" if paths > 1 else "1 path"
        ax.text(x, 0.62, words, ha="center", color=BACK, size=11)
        if k < doublings:
            for bend in (0.16, -0.16):
                arrow(ax, (x + 0.31, 1.3), (x + gap - 0.31, 1.3), bend=bend)
            ax.text(x + gap / 2, 1.3, "+", ha="center", va="center", size=12, color=GREY)
    ax.text(4.7, 0.16, "ways to walk back to each number from the last one", ha="center", size=10)
    return fig


# the graph of L = s · tanh(s) with s = a · b: name, formula, place
_NODES = {
    "a": ("$a$", (0.5, 2.5)),
    "b": ("$b$", (0.5, 1.3)),
    "s": ("$s$", (1.6, 1.9)),
    "t": ("$t$", (2.7, 1.3)),
    "L": ("$L$", (3.7, 1.9)),
}
EDGES = (("a", "s"), ("b", "s"), ("s", "t"), ("s", "L"), ("t", "L"))


def _row(ax: "Axes", order: str, height: float, title: str) -> list[tuple[str, str]]:
    """The names in one row with an arc for each edge; returns the edges that point to the left."""
    at = {name: _node(ax, (5.2 + 0.88 * k, height), f"${name}$") for k, name in enumerate(order)}
    wrong = []
    for parent, child in EDGES:
        start, end = at[parent].centre, at[child].centre
        left = end[0] < start[0]
        steps = abs(order.index(child) - order.index(parent))
        colour, high = (BACK, -0.24) if left else (FORTH, 0.24)  # a wrong one runs below
        bend = 0.5 if left else 0.34 if steps == 1 else 0.24
        first = (start[0] + (-0.1 if left else 0.1), start[1] + high)
        last = (end[0] - (-0.1 if left else 0.1), end[1] + high)
        arrow(ax, first, last, bend=bend, colour=colour, dashed=left)
        wrong += [(parent, child)] if left else []
    ax.text(
        7.0,
        height - (0.72 if wrong else 0.48),
        title,
        ha="center",
        size=10.5,
        color=BACK if wrong else FORTH,
    )
    return wrong


def orders() -> "Figure":
    """A graph in which s is used twice, and its names in a right and in a wrong order."""
    fig, ax = canvas(9.4, 3.4)
    boxes = {name: _node(ax, at, text) for name, (text, at) in _NODES.items()}
    for parent, child in EDGES:
        arrow(ax, boxes[parent], boxes[child])
    words = "$s = a\\,b, \\quad t = \\tanh s, \\quad L = s\\,t$"
    ax.text(2.1, 0.6, words, ha="center", size=11)
    _row(ax, "abstL", 2.65, "a topological order: every arrow points to the right")
    _row(ax, "batsL", 0.95, "not one: $t$ comes before $s$, which it needs")
    return fig


def reach(dY: np.ndarray, X: np.ndarray, W: np.ndarray) -> "Figure":
    """One weight and one input of Y = X W^T, the outputs they reach, and the sum over the paths.

    dY : (3, 2), X : (3, 2), W : (2, 2)
    """
    fig, ax = canvas(9.4, 3.0)
    outputs = [f"$Y_{{{n}1}}$" for n in range(3)]
    _paths(ax, (1.0, 1.75), "$W_{10}$", outputs, X[:, 0], dY[:, 1])
    _paths(ax, (5.8, 1.75), "$X_{00}$", ["$Y_{00}$", "$Y_{01}$"], W[:, 0], dY[0])
    return fig


def products(dY: np.ndarray, X: np.ndarray, W: np.ndarray) -> "Figure":
    """The same sums for all weights and all inputs, as matrix products."""
    fig, ax = canvas(9.4, 4.3)
    into, out = ("$X$ (N, in)", "$W$ (out, in)"), ("$dW$ (out, in)", "$dX$ (N, in)")
    titles = ("$dY^\\top$ (out, N)", into[0], out[0])
    _product(ax, (dY.T, X, dY.T @ X), titles, (1, 0), 3.2)
    _product(ax, (dY, W, dY @ W), ("$dY$ (N, out)", into[1], out[1]), (0, 0), 1.15)
    return fig


def _paths(
    ax: "Axes",
    at: tuple[float, float],
    source: str,
    names: list[str],
    slopes: np.ndarray,
    grads: np.ndarray,
) -> None:
    """One number, the outputs that it reaches with the slopes on the way, and their gradients."""
    x, height = at
    start = box(ax, at, source, width=0.66, height=0.48)
    tops = height + np.linspace(0.9, -0.9, len(names)) * (0.6 if len(names) == 2 else 1.0)
    for name, slope, grad, y in zip(names, slopes, grads, tops.tolist(), strict=True):
        end = box(ax, (x + 1.9, y), name, width=0.66, height=0.48, colour=FORTH)
        arrow(ax, start, end, f"{slope:g}", side="on", size=11)
        ax.text(x + 2.35, y, f"${grad:g}$", va="center", color=BACK, size=12)
    terms = [f"{_brackets(g)}\\cdot {_brackets(s)}" for s, g in zip(slopes, grads, strict=True)]
    total = float(np.dot(slopes, grads))
    words = f"${' + '.join(terms)} = {total:g}$"
    ax.text(x + 1.1, 0.2, words, ha="center", size=12, color=BACK)


def _brackets(value: float) -> str:
    return f"({value:g})" if value < 0 else f"{value:g}"


def _product(
    ax: "Axes",
    three: tuple[np.ndarray, ...],
    titles: tuple[str, ...],
    at: tuple[int, int],
    height: float,
) -> None:
    row, column = at
    places = (1.9, 4.4, 6.9)
    marks = (
        [(row, k) for k in range(three[0].shape[1])],
        [(k, column) for k in range(three[1].shape[0])],
        [at],
    )
    for array, title, x, cells in zip(three, titles, places, marks, strict=True):
        grid(ax, array, (x, height), cell=0.5, highlight=cells, title=title)
    for x, sign in ((3.15, "@"), (5.65, "=")):
        ax.text(x, height, sign, ha="center", va="center", size=14, color=INK)


def classifier() -> "Figure":
    """A two-layer classifier: the shapes forward, above, and the gradients backward, below."""
    fig, ax = canvas(9.4, 3.3)
    words = ("first\nlayer", "tanh", "second\nlayer", "softmax,\n$-\\log p$,\nmean")
    xs = (1.9, 3.8, 5.7, 7.6)
    boxes = [
        box(ax, (x, 1.9), text, width=1.0, height=0.86) for x, text in zip(xs, words, strict=True)
    ]
    forth = ("$X$ (N, D)", "$Z$ (N, H)", "$H$ (N, H)", "$S$ (N, C)", "$L$ ()")
    back = ("", "$dZ$", "$dH$", "$dS$", "1")
    ends = [(0.45, 1.9), *[b.centre for b in boxes], (9.0, 1.9)]
    for k, (over, under) in enumerate(zip(forth, back, strict=True)):
        left = ends[k][0] + (0.5 if k else 0.0)
        right = ends[k + 1][0] - (0.5 if k < 4 else 0.0)
        arrow(ax, (left, 2.12), (right, 2.12), over, colour=FORTH, size=9.5)
        if under:
            arrow(ax, (right, 1.68), (left, 1.68), under, side="below", colour=BACK, size=10)
    parameters = (
        (0, "$W_1$ (H, D), $b_1$ (H,)", "$dW_1,\\ db_1$"),
        (2, "$W_2$ (C, H), $b_2$ (C,)", "$dW_2,\\ db_2$"),
    )
    for k, into, out in parameters:
        x = xs[k]
        arrow(ax, (x, 2.86), (x, 2.33), colour=FORTH)
        ax.text(x, 2.92, into, ha="center", va="bottom", size=10, color=FORTH)
        arrow(ax, (x, 1.47), (x, 0.9), colour=BACK)
        ax.text(x, 0.8, out, ha="center", va="top", size=10.5, color=BACK)
    arrow(ax, (7.6, 2.86), (7.6, 2.33), colour=FORTH)
    ax.text(7.6, 2.92, "labels (N,)", ha="center", va="bottom", size=10, color=FORTH)
    ax.text(4.7, 0.15, "every gradient has the shape of what it belongs to", ha="center", size=10)
    return fig


# the graph of one unit and its loss, without what stays fixed: (from, to), and the places
LINES = (
    ("w", "m"), ("m", "z"), ("b", "z"), ("z", "h"), ("h", "p"), ("v", "p"), ("p", "e"), ("e", "L"),
)  # fmt: skip
_PLACES = {
    "w": (0.0, 1.1), "m": (1.0, 1.1), "b": (1.0, 0.0), "z": (2.0, 1.1), "h": (3.0, 1.1),
    "v": (3.0, 0.0), "p": (4.0, 1.1), "e": (5.0, 1.1), "L": (6.0, 1.1),
}  # fmt: skip


def walked(start: str) -> set[tuple[str, str]]:
    """The lines that a walk forward from one input crosses."""
    following = dict(LINES)  # every number has one user here
    found = set()
    while start in following:
        found.add((start, following[start]))
        start = following[start]
    return found


def modes() -> "Figure":
    """How often each line is walked: forward from each of three inputs, and backward once."""
    fig, ax = canvas(9.4, 2.7)
    forward = {line: sum(line in walked(name) for name in "wbv") for line in LINES}
    backward = dict.fromkeys(LINES, 1)
    for x, counts, colour, words in (
        (0.35, forward, FORTH, "forward: 3 walks, {} multiplications"),
        (5.1, backward, BACK, "backward: 1 walk, {} multiplications"),
    ):
        at = {
            name: box(ax, (x + 0.65 * a, 1.0 + b), f"${name}$", width=0.36, height=0.4, colour=GREY)
            for name, (a, b) in _PLACES.items()
        }
        for (left, right), count in counts.items():
            ends = (at[left], at[right]) if colour == FORTH else (at[right], at[left])
            arrow(ax, *ends, colour=colour)
            (x0, y0), (x1, y1) = at[left].centre, at[right].centre
            up = 0.2 if y0 == y1 else 0.0
            aside = 0.0 if y0 == y1 else 0.16
            ax.text(
                (x0 + x1) / 2 + aside, (y0 + y1) / 2 + up, str(count), ha="center", va="center",
                color=colour, size=12,
            )  # fmt: skip
        ax.text(
            x + 1.95, 0.35, words.format(sum(counts.values())), ha="center", size=11, color=colour
        )
    return fig
