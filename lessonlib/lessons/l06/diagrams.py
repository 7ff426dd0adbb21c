"""The drawings of lesson 06: a window, channels, frame, pooling, a shared weight, im2col, a fan."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle

from lessonlib.plots import COLOUR
from lessonlib.plots.diagram import INK, Box, arrow, canvas, grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_IMAGE = np.array([[1.0, 1, 5, 5], [1, 1, 5, 5], [1, 1, 1, 1]])
_KERNEL = np.array([[-1.0, 1], [-1, 1]])
_WORDS: dict[str, Any] = {"ha": "center", "va": "center", "color": INK}


def _slid(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijab,ab->ij", windows, kernel)


def sliding(place: tuple[int, int] = (0, 1)) -> "Figure":
    """One place of a convolution: the patch, the kernel, their products, the sum in the map."""
    fig, ax = canvas(9.6, 2.5)
    i, j = place
    (kh, kw), out = _KERNEL.shape, _slid(_IMAGE, _KERNEL)
    patch = _IMAGE[i : i + kh, j : j + kw]
    under = [(i + a, j + c) for a in range(kh) for c in range(kw)]
    grid(ax, _IMAGE, (1.2, 1.35), highlight=under, title="image (3, 4)")
    kernel = grid(ax, _KERNEL, (3.65, 1.35), title="kernel (2, 2)")
    products = grid(ax, patch * _KERNEL, (5.9, 1.35), title="products")
    grid(ax, out, (8.5, 1.35), highlight=[place], title="feature map (2, 3)")
    ax.text(2.7, 1.35, "×", size=17, **_WORDS)
    arrow(ax, kernel.right, products.left)
    ax.text(7.08, 1.53, f"sum: {out[place]:g}", size=11, **_WORDS)
    arrow(ax, products.right, (7.68, 1.35))
    return fig


def _stack(ax: "Axes", corner: tuple[float, float], size: float, count: int, colour: str) -> Box:
    """Squares behind each other, the front one at the lower left; the box around them."""
    x, y = corner
    step = 0.14
    for k in reversed(range(count)):
        at = (x + step * k, y + step * k)
        ax.add_patch(Rectangle(at, size, size, facecolor="#FFFFFF", edgecolor=colour, lw=1.5))
    whole = size + step * (count - 1)
    return Box((x + whole / 2, y + whole / 2), whole, whole)


def channels() -> "Figure":
    """A layer for colour images: three channels in, four kernels of three slices, four maps."""
    fig, ax = canvas(9.6, 3.5)
    ink, kept = COLOUR["theory"], COLOUR["forward"]
    image = _stack(ax, (0.4, 1.2), 1.25, 3, ink)
    ax.text(1.15, 0.95, "image\n(C = 3, H, W)", size=10, ha="center", va="top", color=INK)
    for k in range(4):
        bottom = 2.72 - 0.68 * k
        slices = _stack(ax, (3.6, bottom), 0.34, 3, COLOUR["gradient"])
        one = _stack(ax, (7.5, bottom + 0.05), 0.5, 1, kept)
        arrow(ax, (image.right[0] + 0.1, image.centre[1]), slices.left, colour=ink)
        arrow(ax, slices.right, one.left, f"sum over 3 slices, + bias {k}", colour=kept, size=9)
        ax.text(8.15, one.centre[1], f"map {k}", size=10, ha="left", va="center", color=INK)
    for x, words in ((3.9, "weight (O = 4, C = 3, kh, kw)"), (7.75, "output (O = 4, H', W')")):
        ax.text(x, 0.3, words, size=10, **_WORDS)
    return fig


def _axis(
    ax: "Axes", corner: tuple[float, float], padding: int, stride: int, dilation: int
) -> list[int]:
    """Seven pixels, their frame, a line of three dots for each place; how often each is used."""
    size, kernel, wide = 7, 3, 0.4
    reach, (x, top) = dilation * (kernel - 1) + 1, corner
    starts = range(0, size + 2 * padding - reach + 1, stride)
    used = [sum(k + padding - s in range(0, reach, dilation) for s in starts) for k in range(size)]
    said = f"padding {padding}, stride {stride}, dilation {dilation}: {len(starts)} places"
    ax.text(x - 0.2, top + 0.42, said, size=10.5, ha="left", va="center", color=INK)
    places = []
    for k in range(-padding, size + padding):
        inside = 0 <= k < size
        colour = COLOUR["train"] if inside else COLOUR["theory"]
        place = (x + wide * (k + padding), top)
        corner_of = (place[0] - wide / 2, top - 0.16)
        face = "#FFFFFF" if inside else "#E4E4E0"
        ax.add_patch(Rectangle(corner_of, wide, 0.32, facecolor=face, edgecolor=colour, lw=1.3))
        ax.text(*place, str(k + 1) if inside else "0", size=9.5, ha="center", va="center")
        places.append(place[0])
        if inside:
            ax.text(place[0], top - 1.85, str(used[k]), size=9.5, **_WORDS)
    ax.text(places[-1 - padding] + 0.32, top - 1.85, "times used", size=9.5, ha="left", va="center")
    for k, start in enumerate(starts):
        xs = [places[start + dilation * a] for a in range(kernel)]
        y = top - 0.36 - 0.19 * k
        ax.plot([xs[0], xs[-1]], [y, y], color=COLOUR["positive"], lw=1.2)
        ax.plot(xs, [y] * kernel, "o", color=COLOUR["positive"], markersize=4.5)
    return used


def frames() -> "Figure":
    """Where a kernel of three lies along seven pixels: plain, with padding, stride, dilation."""
    fig, ax = canvas(9.6, 5.4)
    for corner, options in (
        ((0.5, 4.75), (0, 1, 1)),
        ((5.3, 4.75), (1, 1, 1)),
        ((0.5, 2.0), (0, 2, 1)),
        ((5.3, 2.0), (0, 1, 2)),
    ):
        _axis(ax, corner, *options)
    return fig


def pooled() -> "Figure":
    """Maximum pooling: the largest of each window goes forward, its gradient comes back to it."""
    fig, ax = canvas(9.6, 2.9)
    x = np.array([[1.0, 2, 0, 0], [3, 9, 0, 1], [0, 0, 5, 4], [0, 1, 6, 7]])
    winners = [(1, 1), (1, 3), (3, 1), (3, 3)]
    dy = np.array([[0.5, -1.0], [2.0, 0.3]])
    back = np.zeros((4, 4))
    for (r, c), value in zip(winners, dy.ravel(), strict=True):
        back[r, c] = value
    largest = x.reshape(2, 2, 2, 2).max(axis=(1, 3))
    left = grid(ax, x, (1.35, 1.55), highlight=winners, title="x")
    forward = grid(ax, largest, (4.05, 1.55), title="y, the largest")
    upstream = grid(ax, dy, (5.75, 1.55), title="dy")
    right = grid(ax, back, (8.2, 1.55), highlight=winners, title="dx")
    for at in (left, right):
        middle, low, high = at.centre[0], at.bottom[1], at.top[1]
        ax.plot([middle, middle], [low, high], color=INK, lw=1.3, zorder=2.5)
        ax.plot([at.left[0], at.right[0]], [at.centre[1]] * 2, color=INK, lw=1.3, zorder=2.5)
    arrow(ax, left.right, forward.left, "forward", colour=COLOUR["forward"])
    arrow(ax, upstream.right, right.left, "back", colour=COLOUR["gradient"])
    return fig


def shared() -> "Figure":
    """Four pixels, two weights, three outputs: each weight is three edges, as one line style."""
    fig, ax = canvas(9.6, 3.0)
    ups, downs = [0.75, 2.05, 3.35, 4.65], [1.4, 2.7, 4.0]
    looks = ((COLOUR["positive"], "-", "$k_0$"), (COLOUR["negative"], "--", "$k_1$"))
    for j, x in enumerate(downs):
        for a, (colour, style, name) in enumerate(looks):
            pair = np.array([(ups[j + a], 2.4), (x, 0.75)])
            ax.plot(*pair.T, style, color=colour, lw=2.2, zorder=1)
            share = (0.3, 0.68)[a]
            at = (1 - share) * pair[0] + share * pair[1]
            ax.text(at[0] + 0.1, at[1] - 0.03, name, size=11, color=colour)
    for names, xs, y in (("x", ups, 2.4), ("y", downs, 0.75)):
        for k, x in enumerate(xs):
            ax.plot(x, y, "o", color="#FFFFFF", markeredgecolor=INK, markersize=25, zorder=2)
            ax.text(x, y, f"${names}_{k}$", size=12, zorder=3, **_WORDS)
    lines = (
        ("$k_0$ is on three edges:", COLOUR["positive"]),
        ("$dk_0 = dy_0 x_0 + dy_1 x_1 + dy_2 x_2$", COLOUR["positive"]),
        ("$k_1$ as well:", COLOUR["negative"]),
        ("$dk_1 = dy_0 x_1 + dy_1 x_2 + dy_2 x_3$", COLOUR["negative"]),
        ("$x_1$ has two edges:", INK),
        ("$dx_1 = dy_0 k_1 + dy_1 k_0$", INK),
    )
    for k, (text, colour) in enumerate(lines):
        indent = 0.25 * (k % 2)
        ax.text(5.5 + indent, 2.62 - 0.42 * k, text, size=11.5, va="center", color=colour)
    return fig


def columns(place: tuple[int, int] = (0, 1)) -> "Figure":
    """im2col: every window becomes a row of a table, and one matrix product makes the map."""
    fig, ax = canvas(9.6, 3.3)
    (kh, kw), out = _KERNEL.shape, _slid(_IMAGE, _KERNEL)
    windows = np.lib.stride_tricks.sliding_window_view(_IMAGE, (kh, kw))
    table = windows.reshape(-1, kh * kw)
    i, j = place
    row = i * out.shape[1] + j
    under = [(i + a, j + c) for a in range(kh) for c in range(kw)]
    middle: float = 1.75
    look: dict[str, Any] = {"cell": 0.4}
    image = grid(ax, _IMAGE, (1.0, middle), highlight=under, title="image (3, 4)", **look)
    rows = grid(
        ax, table, (3.95, middle), highlight=[(row, k) for k in range(kh * kw)],
        title="one row for each window (6, 4)", **look,
    )  # fmt: skip
    kernel = grid(ax, _KERNEL.reshape(-1, 1), (5.65, middle), title="kernel (4, 1)", **look)
    y = grid(
        ax, out.reshape(-1, 1), (6.95, middle), highlight=[(row, 0)],
        title="sums (6, 1)", **look,
    )  # fmt: skip
    grid(ax, out, (8.75, middle), highlight=[place], title="feature map (2, 3)", **look)
    for x, sign in (((rows.right[0] + kernel.left[0]) / 2, "@"), (6.3, "=")):
        ax.text(x, middle, sign, size=15, **_WORDS)
    arrow(ax, image.right, rows.left, "all windows", size=9.5)
    arrow(ax, y.right, (8.1, middle), "reshape", size=9.5)
    return fig


def field() -> "Figure":
    """What one value sees, along one axis: a fan from it through two poolings to 12 pixels."""
    fig, ax = canvas(9.6, 3.4)
    # layer; values needed; stride and kernel of the next layer; pixels that a value sees
    layers = (
        ("pixels", 12, 1, 3, 1),
        ("first convolution, k = 3", 10, 2, 2, 3),
        ("first pooling, windows of 2", 5, 1, 3, 4),
        ("second convolution, k = 3", 3, 3, 3, 8),
        ("second pooling, windows of 3", 1, 1, 1, 12),
    )
    wide, middle, rows = 0.42, 2.75, []
    step = 1.0  # pixels from one value of a layer to the next
    for level, (name, count, stride, _, sees) in enumerate(layers):
        xs = middle + wide * step * (np.arange(count) - (count - 1) / 2)
        y = 0.35 + 0.68 * level
        rows.append((xs, y))
        said = f"{name}: sees {sees} pixels" if level else f"{sees * count} pixels"
        ax.text(5.5, y, said, size=10.5, ha="left", va="center", color=INK)
        step *= stride if level in (1, 3) else 1
    for (below, low), (above, high), (_, _, stride, kernel, _) in zip(
        rows, rows[1:], layers, strict=False
    ):
        for k, x in enumerate(above):
            for under in below[k * stride : k * stride + kernel]:
                ax.plot([under, x], [low, high], color=COLOUR["theory"], lw=0.9, zorder=1)
    for level, (xs, y) in enumerate(rows):
        colour = COLOUR["train"] if level == 0 else COLOUR["positive"]
        ax.plot(xs, [y] * len(xs), "o", color="#FFFFFF", markeredgecolor=colour, markersize=11)
    return fig
