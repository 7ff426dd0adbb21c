"""Pictures of points, boundaries and images. All take arrays and an axis, and return the axis."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from lessonlib.plots.style import COLOUR, MARKER, SIGNED


def plot_points(ax: Axes, X: np.ndarray, y: np.ndarray, size: float = 42) -> Axes:
    """Draw points of two classes: label +1 as orange circles, label -1 as blue squares.

    X : (N, 2), y : (N,) in {-1, +1}. Raises ValueError naming the shapes.
    """
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != 2 or y.shape != (len(X),):
        raise ValueError(f"plot_points: X {X.shape} and y {y.shape}, wanted (N, 2) and (N,)")
    for label, role in ((1, "positive"), (-1, "negative")):
        points = X[y == label]
        ax.scatter(
            points[:, 0],
            points[:, 1],
            s=size,
            marker=MARKER[role],
            color=COLOUR[role],
            edgecolor="white",
            linewidth=0.8,
            label=f"{label:+d}",
            zorder=3,
        )
    return ax


def plot_line(ax: Axes, weight: np.ndarray, bias: float, label: str | None = None) -> Axes:
    """Draw the line w . x + b = 0, its positive side shaded, its weight vector as an arrow.

    The axis limits must be set before. weight : (2,). A zero weight vector draws no line.
    """
    weight = np.asarray(weight, dtype=float)
    if weight.shape != (2,):
        raise ValueError(f"plot_line: weight of shape {weight.shape}, wanted (2,)")
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    length = float(np.linalg.norm(weight))
    if length == 0:
        return ax
    xx, yy = np.meshgrid(np.linspace(x0, x1, 200), np.linspace(y0, y1, 200))
    z = weight[0] * xx + weight[1] * yy + bias
    ax.contourf(
        xx, yy, z, [-np.inf, 0, np.inf], colors=[COLOUR["negative"], COLOUR["positive"]], alpha=0.10
    )
    if z.min() < 0 < z.max():
        ax.contour(xx, yy, z, [0], colors="#222222", linewidths=1.8)
    foot = _foot(weight, bias, (x0, x1), (y0, y1))
    reach = 0.18 * (x1 - x0)
    tip = foot + weight / length * reach
    ax.add_patch(
        FancyArrowPatch(
            tuple(foot), tuple(tip), arrowstyle="-|>", mutation_scale=16, color="#222222", zorder=4
        )
    )
    x, y = tip + weight / length * reach * 0.25
    ax.text(x, y, label or "w", ha="center", va="center")
    return ax


def _foot(
    weight: np.ndarray, bias: float, xlim: tuple[float, float], ylim: tuple[float, float]
) -> np.ndarray:
    """The point of the line nearest to the middle of the axes."""
    middle = np.array([sum(xlim) / 2, sum(ylim) / 2])
    return middle - weight * (weight @ middle + bias) / (weight @ weight)


def plot_decision_regions(
    ax: Axes, answer: Callable[[np.ndarray], np.ndarray], resolution: int = 200
) -> Axes:
    """Shade the plane by the sign of answer(points).

    answer : maps (M, 2) points to (M,) scores, positive class above 0. Set the limits before.
    """
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    xx, yy = np.meshgrid(np.linspace(x0, x1, resolution), np.linspace(y0, y1, resolution))
    z = np.asarray(answer(np.column_stack([xx.ravel(), yy.ravel()])), dtype=float)
    if z.shape != (resolution**2,):
        raise ValueError(f"plot_decision_regions: answer gave {z.shape}, wanted (points,)")
    z = z.reshape(xx.shape)
    ax.contourf(
        xx, yy, z, [-np.inf, 0, np.inf], colors=[COLOUR["negative"], COLOUR["positive"]], alpha=0.15
    )
    if z.min() < 0 < z.max():
        ax.contour(xx, yy, z, [0], colors="#222222", linewidths=1.5)
    return ax


def plot_images(
    axes: Sequence[Axes] | np.ndarray,
    images: np.ndarray,
    titles: Sequence[str] = (),
    *,
    signed: bool = False,
) -> Sequence[Axes] | np.ndarray:
    """Draw one image in each axis on one common scale.

    images : (N, height, width); signed values get a diverging map centred at 0, others grey.
    """
    images = np.asarray(images)
    if images.ndim != 3:
        raise ValueError(f"plot_images: images of shape {images.shape}, wanted (N, height, width)")
    top = float(np.max(np.abs(images), initial=0.0)) or 1.0
    look = {"cmap": SIGNED, "vmin": -top, "vmax": top} if signed else {"cmap": "gray_r", "vmin": 0}
    for k, (ax, image) in enumerate(zip(np.asarray(axes).ravel(), images, strict=False)):
        ax.imshow(image, **look)
        ax.set(xticks=[], yticks=[])
        for spine in ax.spines.values():
            spine.set(visible=True, color="#999999")
        if k < len(titles):
            ax.set_title(titles[k], fontsize=10.5)
    return axes


def label_end(ax: Axes, x: float, y: float, text: str, colour: str) -> Axes:
    """Write a label next to the end of a line, in the line's colour, instead of a legend."""
    ax.annotate(text, (x, y), xytext=(6, 0), textcoords="offset points", color=colour, va="center")
    return ax
