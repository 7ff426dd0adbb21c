"""The drawings of lesson 00: a network, the data, zones, shares, shifts, a reader, a plane."""

from typing import TYPE_CHECKING

import numpy as np

from lessonlib.plots import COLOUR
from lessonlib.plots.diagram import Box, arrow, box, canvas
from lessonlib.plots.diagram import network as draw_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#222222"
# The zones of the five sentences: name, first row, first column, rows, columns, role of its colour.
ZONES = (
    ("1", 0, 2, 2, 4, "positive"),
    ("2", 2, 2, 6, 4, "forward"),
    ("3", 2, 0, 2, 3, "negative"),
    ("4", 5, 0, 3, 3, "negative"),
    ("5", 5, 5, 3, 3, "negative"),
)


def network(image: np.ndarray) -> "Figure":
    """What a network does with an image: its pixels go in, one number for each digit comes out.

    image : (8, 8) between 0 and 1
    """
    from matplotlib.patches import Circle, Rectangle

    fig, ax = canvas(9.4, 3.6)
    _picture(ax, image, (1.0, 1.9), 1.5)
    pixel, drawn = 1.5 / 8, 3  # the row of pixels that is drawn as circles
    bottom = 1.9 + 0.75 - (drawn + 1) * pixel
    green = COLOUR["forward"]
    ax.add_patch(Rectangle((0.25, bottom), 1.5, pixel, fill=False, edgecolor=green, linewidth=2.4))
    layers = draw_network(
        ax,
        (8, 6, 10),
        centre=(5.3, 1.9),
        width=4.6,
        height=2.9,
        names=([""] * 8, [""] * 6, [str(digit) for digit in range(10)]),
        titles=("64 pixels (row 3 is drawn)", "sums, bent", "sums again: ten digits"),
        most=10,
        radius=0.13,
    )
    arrow(ax, (1.75, bottom + pixel / 2), (2.75, 1.9))
    for node, grey in zip(layers[0].values(), image[drawn], strict=True):
        ink = str(1 - float(grey))
        ax.add_patch(Circle(node.centre, 0.13, facecolor=ink, edgecolor=INK, lw=1.4, zorder=5))
    for node in layers[1].values():
        x, y = node.centre
        ax.plot([x - 0.08, x, x + 0.07], [y - 0.04, y - 0.04, y + 0.06], color=INK, zorder=5)
    seven = layers[-1][7]
    ax.add_patch(
        Circle(seven.centre, 0.13, fill=False, edgecolor=COLOUR["forward"], lw=3, zorder=6)
    )
    ax.text(8.1, seven.centre[1], "largest: 7", va="center", size=11, color=COLOUR["forward"])
    return fig


def row(images: "Sequence[np.ndarray]", above: "Sequence[str]", below: "Sequence[str]") -> "Figure":
    """Images side by side, with words above and below each.

    images : (height, width) each, between 0 and 1
    """
    fig, ax = canvas(2.45 * len(images), 2.85)
    xs = 2.45 * (np.arange(len(images)) + 0.5)
    for x, image, over, under in zip(xs, images, above, below, strict=True):
        _picture(ax, image, (x, 1.45), 2.0)
        ax.text(x, 2.52, over, ha="center", va="bottom", size=10.5, color=INK)
        ax.text(x, 0.38, under, ha="center", va="top", size=10.5, color=INK)
    return fig


def averages(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The average image of each of the ten digits: (N, 8, 8), (N,) -> (10, 8, 8)."""
    return np.array([images[labels == digit].mean(axis=0) for digit in range(10)])


def parts(train: int, validation: int, test: int) -> "Figure":
    """The three parts of the data, and what each is for."""
    fig, ax = canvas(9.4, 2.3)
    columns = (
        (1.7, f"training part\n{train:,} images", "train", "learn from these"),
        (4.7, f"validation part\n{validation:,} images", "validation", "choose with these"),
        (7.7, f"test part\n{test:,} images", "test", "report with these, once"),
    )
    for x, words, role, purpose in columns:
        above = box(ax, (x, 1.75), words, width=2.1, height=0.75, colour=COLOUR[role])
        below = box(ax, (x, 0.4), purpose, width=2.4, height=0.5, filled=False)
        arrow(ax, above, below, colour=COLOUR[role])
    arrow(ax, (2.9, 0.4), (3.5, 0.4))
    arrow(ax, (5.9, 0.4), (6.5, 0.4))
    return fig


def zones(ax: "Axes", image: np.ndarray, title: str, numbers: bool = True) -> None:
    """An image with the zones of the five sentences around its pixels.

    image : (8, 8) between 0 and 1; numbers: write the number of each sentence next to its zone
    """
    _pixels(ax, image, title)
    for name, row, column, rows, columns, role in ZONES:
        _zone(ax, (row, row + rows), (column, column + columns), role)
        if numbers:
            _number(ax, name, (row + rows / 2 - 0.5, column + columns / 2 - 0.5), role)


def _pixels(ax: "Axes", image: np.ndarray, title: str) -> None:
    """An image with its rows and columns counted."""
    ax.imshow(image, cmap="gray_r", vmin=0, vmax=1)
    ax.set(xticks=range(8), yticks=range(8))
    ax.grid(False)
    ax.tick_params(length=0)
    ax.set_title(title)


def _zone(
    ax: "Axes",
    rows: tuple[int, int],
    columns: tuple[int, int],
    role: str,
    inside: float = 0.08,  # so that neighbours do not cover each other
) -> None:
    """A frame around rows and columns of pixels; dashed where it asks for paper."""
    from matplotlib.patches import Rectangle

    ax.add_patch(
        Rectangle(
            (columns[0] - 0.5 + inside, rows[0] - 0.5 + inside),
            columns[1] - columns[0] - 2 * inside,
            rows[1] - rows[0] - 2 * inside,
            fill=False,
            edgecolor=COLOUR[role],
            linewidth=2.4,
            linestyle="--" if role == "negative" else "-",
        )
    )


def _number(ax: "Axes", name: str, at: tuple[float, float], role: str) -> None:
    """The number of a sentence at (row, column), readable on ink too."""
    from matplotlib.patheffects import withStroke

    words = ax.text(
        at[1], at[0], name, ha="center", va="center", size=15, weight="bold", color=COLOUR[role]
    )
    words.set_path_effects([withStroke(linewidth=3, foreground="#FFFFFF")])


def shares(hits: int, wrong: int, missed: int) -> "Figure":
    """Precision and recall as lengths: what is a 7, what is called a 7, and where they overlap."""
    fig, ax = canvas(8.2, 2.5)
    scale = 7.6 / (hits + wrong + missed)
    x, pieces = 0.3, []
    for count, words, role in (
        (missed, f"misses {missed}", "theory"),
        (hits, f"finds {hits} of the 7s", "forward"),
        (wrong, f"calls {wrong} others a 7", "gradient"),
    ):
        width, at = count * scale, (x + count * scale / 2, 1.25)
        colour = COLOUR[role]
        pieces.append(
            box(ax, at, words, width=width, height=0.6, colour=colour, round_corners=False, size=10)
        )
        x += width
    miss, hit, false = pieces
    every, called = hits + missed, hits + wrong
    words = f"7s: {every}, recall {hits} / {every}"
    _bracket(ax, miss.left[0], hit.right[0], 1.72, words, up=True)
    words = f"called a 7: {called}, precision {hits} / {called}"
    _bracket(ax, hit.left[0], false.right[0], 0.6, words, up=False)
    return fig


def _bracket(ax: "Axes", left: float, right: float, y: float, words: str, up: bool) -> None:
    """A bracket over or under a stretch, with words at its middle."""
    foot = y - 0.1 if up else y + 0.1
    ax.plot([left, left, right, right], [foot, y, y, foot], color=INK, lw=1.3)
    ax.text(
        (left + right) / 2,
        y + (0.08 if up else -0.08),
        words,
        ha="center",
        va="bottom" if up else "top",
        size=10.5,
        color=INK,
    )


def shifts(ways: "dict[str, Sequence[float]]") -> "Figure":
    """Accuracy over the shift, a line for each way.

    ways : name -> accuracy as they are, moved by 1 and by 2 pixels; the last ways are dashed
    """
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(9.4, 3.9))
    colours = [COLOUR[role] for role in ("validation", "forward", "gradient", "theory")]
    for k, (name, line) in enumerate(ways.items()):
        look, dash = "osD^"[k], "-" if k < 2 else "--"
        ax.plot(range(3), line, color=colours[k], ls=dash, marker=look)
        aside = (0.02, -0.02, 0.02, -0.02)[k]  # so that no name lies on another
        ax.text(2.08, line[2] + aside, name, va="center", color=colours[k])
    ax.plot([-0.25, 2.04], [0.1, 0.1], color="#777777", ls=":")
    ax.text(-0.2, 0.12, "guessing", color="#777777")
    ax.set(xticks=range(3), xticklabels=["as they are", "1 px", "2 px"], ylim=(0, 1.03))
    ax.set(xlim=(-0.25, 2.95), xlabel="moved by", ylabel="accuracy on validation")
    ax.set_title("Slid or centred, a reader keeps what it reads", loc="left")
    return fig


def plane(images: np.ndarray, labels: np.ndarray, new: np.ndarray) -> "Figure":
    """Images of two pixels as points: two averages, a new point, the border between the averages.

    images : (N, 2), labels : (N,) 0 or 1, new : (2,)
    """
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(6.2, 5.2))
    averages = np.array([images[labels == label].mean(axis=0) for label in (0, 1)])
    for label, role, look in ((0, "negative", "s"), (1, "positive", "o")):
        colour, average = COLOUR[role], averages[label]
        ax.plot(*images[labels == label].T, look, ms=8, mfc="none", mew=2, color=colour)
        ax.plot(*average, look, ms=13, color=colour)
        squared = ((new - average) ** 2).sum()
        ax.plot(*zip(new, average, strict=True), ":", lw=2, color=colour)
        words = f"average of label {label}\nsquared distance {squared:g}"
        ax.annotate(words, average, xytext=(14, -8), textcoords="offset points", va="top",
                    color=colour)  # fmt: skip
    ax.plot(*new, "*", ms=18, color=INK)
    ax.annotate("new", new, xytext=(-12, 0), textcoords="offset points", ha="right", va="center",
                color=INK)  # fmt: skip
    middle, (right, up) = averages.mean(axis=0), averages[1] - averages[0]
    ax.axline(middle, (middle[0] + up, middle[1] - right), color=INK, lw=1.6)
    ax.set(xlim=(-1, 6.2), ylim=(-1.4, 6.6), xlabel="first pixel", ylabel="second pixel")
    ax.set_aspect("equal")
    ax.text(5.1, 3.35, "border", ha="center", color=INK)
    ax.set_title("The new image is nearer to the average of label 1", loc="left")
    return fig


def reader(image: np.ndarray, averages: np.ndarray) -> "Figure":
    """A new image, its squared distance to every average, and the nearest of them.

    image : (8, 8), averages : (10, 8, 8)
    """
    fig, ax = canvas(9.6, 3.3)
    distances = ((averages - image) ** 2).sum(axis=(1, 2))
    nearest = int(distances.argmin())
    new = _picture(ax, image, (0.85, 1.75), 1.15)
    ax.text(0.85, 2.45, "new image\n(64 pixels)", ha="center", va="bottom", size=10, color=INK)
    for digit, (average, distance) in enumerate(zip(averages, distances, strict=True)):
        at = (3.0 + 1.2 * (digit % 5), 2.5 - 1.5 * (digit // 5))
        shown = _picture(ax, average, at, 0.8, winner=digit == nearest)
        words = f"{digit}:  {distance:.1f}"
        colour = COLOUR["forward"] if digit == nearest else INK
        weight = "bold" if digit == nearest else "normal"
        below = (at[0], shown.bottom[1] - 0.06)
        ax.text(*below, words, ha="center", va="top", size=10, color=colour, weight=weight)
    arrow(ax, new, (2.4, 1.75))
    ax.text(5.4, 3.24, "average of each digit, and the squared distance to it", ha="center",
            va="top", size=10, color=INK)  # fmt: skip
    arrow(ax, (8.3, 1.75), (8.65, 1.75))
    ax.text(9.1, 1.75, f"answer\n{nearest}", ha="center", va="center", size=12,
            color=COLOUR["forward"])  # fmt: skip
    return fig


def products(image: np.ndarray, averages: np.ndarray) -> "Figure":
    """The two largest of the ten sums: image times average, added up, less half the square.

    image : (8, 8), averages : (10, 8, 8)
    """
    fig, ax = canvas(9.6, 3.7)
    halves = (averages**2).sum(axis=(1, 2)) / 2
    scores = (averages * image).sum(axis=(1, 2)) - halves
    for y, digit in zip((2.55, 0.8), np.argsort(-scores)[:2], strict=True):
        first = digit == scores.argmax()
        _picture(ax, image, (0.85, y), 1.3)
        ax.text(1.78, y, "×", ha="center", va="center", size=16, color=INK)
        _picture(ax, averages[digit], (2.7, y), 1.3)
        ax.text(3.63, y, "=", ha="center", va="center", size=16, color=INK)
        _picture(ax, averages[digit] * image, (4.55, y), 1.3, winner=first)
        half = round(float(halves[digit]), 2)
        total = round(float(scores[digit]) + half, 2)  # so that the shown numbers add up
        words = f"sum {total:.2f}, less {half:.2f}:  {total - half:.2f} for {digit}"
        ax.text(5.5, y, words, va="center", size=12, weight="bold" if first else "normal",
                color=COLOUR["forward"] if first else INK)  # fmt: skip
    for x, title in ((0.85, "new image"), (2.7, "average"), (4.55, "products")):
        ax.text(x, 3.32, title, ha="center", va="bottom", size=10.5, color=INK)
    ax.text(5.5, 3.32, "the sum of the products, less half the average's square",
            va="bottom", size=10, color=INK)  # fmt: skip
    return fig


def _picture(
    ax: "Axes", image: np.ndarray, centre: tuple[float, float], size: float, winner: bool = False
) -> Box:
    """A small image on a canvas, framed; the winner's frame is thick and green."""
    from matplotlib.patches import Rectangle

    (left, bottom), limits = (centre[0] - size / 2, centre[1] - size / 2), ax.axis()
    ax.imshow(
        image, cmap="gray_r", vmin=0, vmax=1, extent=(left, left + size, bottom, bottom + size)
    )
    ax.axis(limits)
    colour, line = (COLOUR["forward"], 3.0) if winner else (COLOUR["theory"], 1.0)
    ax.add_patch(
        Rectangle((left, bottom), size, size, fill=False, edgecolor=colour, linewidth=line)
    )
    return Box(centre, size, size)
