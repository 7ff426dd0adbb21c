"""The drawings of lesson 06b: a receptive field, a class activation map, a residual block."""

from typing import TYPE_CHECKING

from lessonlib.plots import COLOUR
from lessonlib.plots.diagram import arrow, box, canvas

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, FAINT = "#222222", "#C9C9C4"
LAYERS = (3, 1), (3, 2), (3, 1)  # kernel and stride, the layer next to the image first


def _row(ax: "Axes", y: float, count: int, seen: range, gap: float, colour: str) -> list[float]:
    """A row of cells around x = 4.3, some of them seen; the middles of all."""
    places = [4.3 + gap * (k - (count - 1) / 2) for k in range(count)]
    for k, x in enumerate(places):
        shade = colour if k in seen else FAINT
        box(ax, (x, y), "", width=0.34, height=0.3, colour=shade, filled=k in seen)
    return places


def field(layers: tuple[tuple[int, int], ...] = LAYERS) -> "Figure":
    """What one unit sees, in one dimension: its inputs, their inputs, down to the pixels."""
    fig, ax = canvas(9.4, 3.5)
    widths = [1]
    for kernel, stride in reversed(layers):
        widths.append((widths[-1] - 1) * stride + kernel)
    steps = [1]
    for _, stride in layers:
        steps.append(steps[-1] * stride)
    names = ["one unit", *(f"layer {k}" for k in range(len(layers) - 1, 0, -1)), "pixels"]
    above: list[float] = []
    for level, width in enumerate(widths):
        y, gap = 3.0 - 0.87 * level, 0.42 * steps[len(layers) - level]
        extra = 0 if level == 0 else 2
        places = _row(ax, y, width + extra, range(extra // 2, extra // 2 + width), gap, INK)
        seen = places[extra // 2 : extra // 2 + width]
        if level:
            kernel, stride = layers[len(layers) - level]
            for k, x in enumerate(above):
                for end in (k * stride, k * stride + kernel - 1):
                    ax.plot((x, seen[end]), (y + 0.7, y + 0.17), color=COLOUR["gradient"], lw=0.9)
            words = f"kernel {kernel}, stride {stride}"
            ax.text(7.05, y + 0.44, words, va="center", size=10, color=COLOUR["gradient"])
        ax.text(0.15, y, names[level], va="center", size=10.5, color=INK)
        ax.text(9.2, y, f"{width} wide", ha="right", va="center", size=10.5, color=INK)
        above = seen
    return fig


def class_map() -> "Figure":
    """Two orders of one calculation: mean then weights, or weights then mean."""
    fig, ax = canvas(9.6, 3.1)
    ink, map_colour = COLOUR["theory"], COLOUR["positive"]
    maps = box(ax, (1.1, 1.55), "maps $f_k$\n(K, h, w)", width=1.5, height=0.9)
    means = box(ax, (4.2, 2.5), "means $m_k$\n(K,)", width=1.6, height=0.8, colour=ink)
    one = box(ax, (4.2, 0.6), "map $M_c$\n(h, w)", width=1.6, height=0.8, colour=map_colour)
    score = box(ax, (8.3, 1.55), "score $s_c$", width=1.5, height=0.7)
    arrow(ax, maps, means.left, colour=ink)
    arrow(ax, means.right, score, colour=ink)
    arrow(ax, maps, one.left, colour=map_colour, dashed=True)
    arrow(ax, one.right, score, colour=map_colour, dashed=True)
    for x, y, words, colour in (
        (2.3, 2.62, "mean over places", ink),
        (6.6, 2.62, "sum with weights $w_{ck}$, plus $b_c$", ink),
        (2.1, 0.42, "sum with weights $w_{ck}$", map_colour),
        (6.6, 0.42, "mean over places, plus $b_c$", map_colour),
    ):
        ax.text(x, y, words, ha="center", va="center", size=10, color=colour)
    return fig


def block() -> "Figure":
    """A residual block: the two ways of x forward, and of the gradient backward."""
    fig, ax = canvas(9.8, 3.9)
    forward, back = COLOUR["forward"], COLOUR["gradient"]
    start = box(ax, (0.7, 2.3), "$x$", width=0.6, height=0.6)
    before = start
    for k, name in enumerate(("conv\n$W_1$", "norm", "ReLU", "conv\n$W_2$", "norm")):
        here = box(ax, (2.1 + 1.15 * k, 2.3), name, width=0.85, height=0.7, colour=forward, size=10)
        arrow(ax, before.right, here.left, colour=forward)
        before = here
    total = box(ax, (7.95, 2.3), "+", width=0.5, height=0.5)
    last = box(ax, (8.75, 2.3), "ReLU", width=0.7, height=0.6, size=10)
    arrow(ax, before.right, total.left, colour=forward)
    arrow(ax, total.right, last.left)
    arrow(ax, last.right, (9.7, 2.3))
    ax.text(9.45, 2.5, "$y$", ha="center", size=12, color=INK)
    ax.plot((0.7, 0.7, 7.95), (2.62, 3.3, 3.3), color=INK, lw=1.5)
    arrow(ax, (7.95, 3.3), total.top)
    ax.text(4.4, 3.5, "shortcut: $x$ as it is", ha="center", va="center", size=10.5, color=INK)
    ax.text(4.4, 2.83, "branch $F(x)$", ha="center", va="center", size=10.5, color=forward)
    ax.plot((7.95, 7.95, 0.82), (1.95, 1.3, 1.3), color=back, lw=1.5, ls="--")
    arrow(ax, (0.82, 1.3), (0.82, 1.95), colour=back, dashed=True)
    ax.text(4.4, 1.5, "$J^T dz$, through the branch", ha="center", size=10.5, color=back)
    ax.plot((8.1, 8.1, 0.58), (1.95, 0.6, 0.6), color=back, lw=1.5, ls="--")
    arrow(ax, (0.58, 0.6), (0.58, 1.95), colour=back, dashed=True)
    ax.text(4.4, 0.8, "$dz$ as it is, along the shortcut", ha="center", size=10.5, color=back)
    ax.text(8.25, 1.35, "$dz = dy$ where\n$y > 0$, else 0", va="center", size=10, color=back)
    ax.text(0.1, 0.2, "$dx = dz + J^T dz$: both are added", size=10.5, color=back)
    return fig
