"""The drawings of lesson 04: what shrinks how fast, a tilted ravine, Adam, a training step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lessonlib.plots import COLOUR
from lessonlib.plots.diagram import arrow, box, canvas, network, vector

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def ravine(ax: "Axes", hessian: np.ndarray, reach: float = 1.7) -> None:
    """Contours of w·Hw / 2, three places, and where H w points: only two keep their line."""
    line = np.linspace(-reach, reach, 160)
    xx, yy = np.meshgrid(line, line)
    height = 0.5 * (hessian[0, 0] * xx**2 + 2 * hessian[0, 1] * xx * yy + hessian[1, 1] * yy**2)
    levels = 0.5 * np.arange(1, 9) ** 2
    ax.contour(xx, yy, height, levels, colors="#A8A8A8", linewidths=0.8)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.set(xlabel="weight 1", ylabel="weight 2")
    known = (
        ((1.0, 1.0), "factor 1", COLOUR["forward"]),
        ((1.0, -1.0), "factor 25", COLOUR["train"]),
    )
    for direction, words, colour in (*known, ((0.0, 1.0), "turned", COLOUR["gradient"])):
        w = np.array(direction)
        seen = hessian @ w
        seen = 0.55 * seen / np.linalg.norm(seen)
        vector(ax, (0, 0), (float(w[0]), float(w[1])), colour="#222222")
        tip = w + seen
        vector(ax, (float(w[0]), float(w[1])), (float(tip[0]), float(tip[1])), colour=colour)
        up = 6 if tip[1] > 0 else -15
        ax.annotate(
            words, tip, xytext=(0, up), textcoords="offset points", ha="center", color=colour
        )


def shrinking(ax: "Axes", momentum: float) -> None:
    """By what factor a distance shrinks in one step, against lr times curvature.

    Without momentum |1 - x|, with it the larger root of r² - (1 + mu - x) r + mu
    """
    x = np.linspace(0, 3, 601)
    plain = np.abs(1 - x)
    middle = 1 + momentum - x
    root = np.sqrt((middle**2 - 4 * momentum).astype(complex))
    heavy = np.maximum(np.abs(middle + root), np.abs(middle - root)) / 2
    ax.plot(x, plain, color=COLOUR["train"])
    ax.plot(x, heavy, "--", color=COLOUR["validation"])
    ends = (1 - np.sqrt(momentum)) ** 2, (1 + np.sqrt(momentum)) ** 2
    ax.axhline(1, color=COLOUR["theory"], linewidth=1)
    ax.text(1.0, 1.02, "above 1: leaves", va="bottom", color=COLOUR["theory"])
    for end, words, away in zip(ends, ("$h = 1$", "$h = 25$"), (5, -40), strict=True):
        at = (end, np.sqrt(momentum))
        ax.plot(*at, "o", color=COLOUR["validation"])
        ax.annotate(words, at, xytext=(away, -16), textcoords="offset points")
    ax.text(1.2, 0.04, "without momentum", color=COLOUR["train"])
    floor = f"with momentum: √μ = {np.sqrt(momentum):.2f}"
    ax.text(1.0, np.sqrt(momentum) - 0.1, floor, ha="center", color=COLOUR["validation"])
    ax.set(xlabel="learning rate × curvature, $\\eta h$", ylabel="factor per step")
    ax.set(xlim=(0, 3), ylim=(0, 1.5))


def two_factors(ax: "Axes", low: float, high: float) -> None:
    """The factors of a shallow and of a steep direction, and the learning rate where they meet."""
    best = 2 / (low + high)
    lr = np.linspace(0, 1.2 * 2 / high, 400)
    for h, name, style, colour in (
        (low, f"shallow, curvature {low:g}", "-", COLOUR["forward"]),
        (high, f"steep, curvature {high:g}", "--", COLOUR["gradient"]),
    ):
        ax.plot(lr, np.abs(1 - lr * h), style, color=colour)
        place = (0.35 * best, 1.03) if h == low else (1.18 / high, 0.04)
        ax.text(*place, name, color=colour)
    ax.plot(best, 1 - best * low, "o", color="#222222")
    words = f"best: $\\eta$ = {best:.3f}, factor {1 - best * low:.3f}"
    ax.annotate(words, (best, 1 - best * low), xytext=(best * 0.42, 0.76), arrowprops=_LINE)
    ax.set(
        xlabel="learning rate $\\eta$", ylabel="factor per step", ylim=(0, 1.25), xlim=(0, lr[-1])
    )


_LINE = {"arrowstyle": "-", "color": "#222222", "linewidth": 0.9}


def cycle(ax: "Axes", places: Sequence[float]) -> None:
    """The loss of "Break it", its straight piece, and the places a walk comes back to."""

    def loss(w: np.ndarray) -> np.ndarray:
        right = np.where(w < 2, w**2 / 2 + 24 * w - 12, 12.5 * w**2 - 24 * w + 36)
        return np.where(w < 1, 12.5 * w**2, right)

    line = np.linspace(-2.4, 2.6, 400)
    ax.axvspan(1, 2, color=COLOUR["theory"], alpha=0.15, linewidth=0)
    ax.plot(line, loss(line), color=COLOUR["theory"])
    ax.text(1.5, 2, "curvature 1", ha="center", color=COLOUR["theory"])
    ax.plot(0, 0, "x", color="#222222", markersize=9)
    points = np.array([places, loss(np.array(places))]).T
    for now, after in zip(points, np.roll(points, -1, axis=0), strict=True):
        bend = {"connectionstyle": "arc3,rad=0.15", "shrinkA": 5, "shrinkB": 5}
        look = {"arrowstyle": "-|>", "color": COLOUR["validation"], "linewidth": 1.4}
        ax.annotate("", after, now, arrowprops=look | bend)
    ax.plot(*points.T, "o", color=COLOUR["validation"])
    for w, height in points:
        side = ("right", -9) if w < 1 else ("left", 9)
        ax.annotate(
            f"{w:.2f}",
            (w, height),
            xytext=(side[1], -3),
            textcoords="offset points",
            ha=side[0],
            color=COLOUR["validation"],
        )
    ax.set(xlabel="weight w", ylabel="loss", xlim=(-2.6, 2.9), ylim=(-3, 66))


def squeeze() -> "Figure":
    """The network 8-3-8 without activation, with the shapes of its two matrices."""
    fig, ax = canvas(6.4, 2.9)
    network(
        ax,
        (8, 3, 8),
        centre=(3.2, 1.6),
        width=4.4,
        height=2.2,
        radius=0.11,
        titles=("$x$ (8,)", "$Ax$ (3,)", "$BAx$ (8,)"),
    )
    ax.text(2.1, 2.72, "$A$ (3, 8)", ha="center", size=11)
    ax.text(4.3, 2.72, "$B$ (8, 3)", ha="center", size=11)
    return fig


def adam_step() -> "Figure":
    """One step of Adam: two running means, their corrections, and the division."""
    fig, ax = canvas(9.4, 2.7)
    grad = box(ax, (0.8, 1.35), "gradient\n$g$", width=1.2, height=0.8, colour=COLOUR["gradient"])
    m = box(ax, (3.2, 2.1), "mean of $g$:\n$m$", width=1.5, height=0.8)
    v = box(ax, (3.2, 0.6), "mean of $g^2$:\n$v$", width=1.5, height=0.8)
    m_hat = box(ax, (5.7, 2.1), "divide by\n$1-\\beta_1^t$", width=1.4, height=0.8)
    v_hat = box(ax, (5.7, 0.6), "divide by\n$1-\\beta_2^t$", width=1.4, height=0.8)
    ratio = box(
        ax,
        (8.2, 1.35),
        "$\\eta\\,\\hat m\\,/\\,(\\sqrt{\\hat v}+\\epsilon)$",
        width=2.0,
        colour=COLOUR["forward"],
    )
    arrow(ax, grad, m, "$g$")
    arrow(ax, grad, v, "$g^2$", side="below")
    arrow(ax, m, m_hat, "$m$")
    arrow(ax, v, v_hat, "$v$")
    arrow(ax, m_hat, ratio, "$\\hat m$")
    arrow(ax, v_hat, ratio, "$\\hat v$", side="below")
    ax.text(8.2, 0.8, "the step", ha="center", size=10, color=COLOUR["theory"])
    ax.text(3.2, 1.35, "kept for the next step", ha="center", size=9.5, color=COLOUR["theory"])
    return fig


def loop() -> "Figure":
    """One step of training: batch, network, loss, gradients, optimizer with its memory."""
    fig, ax = canvas(9.4, 3.2)
    batch = box(ax, (0.9, 2.4), "batch of\nexamples", width=1.3, height=0.8)
    net = box(
        ax, (3.4, 2.4), "network\nweights $w$", width=1.5, height=0.8, colour=COLOUR["forward"]
    )
    box(ax, (5.9, 2.4), "loss", width=1.1, height=0.8)
    box(ax, (3.4, 0.7), "optimizer: step()", width=2.0, height=0.8, colour=COLOUR["validation"])
    box(ax, (7.3, 0.7), "its memory, for each\nparameter: $t$, $m$, $v$", width=2.5, height=0.9)
    arrow(ax, batch, net, "(B, 64)")
    arrow(ax, (4.15, 2.6), (5.35, 2.6), "(B, 10)")
    red = COLOUR["gradient"]
    arrow(ax, (5.35, 2.2), (4.15, 2.2), "backward", side="below", colour=red)
    arrow(ax, (3.75, 2.0), (3.75, 1.1), "gradients", side="right", colour=red)
    arrow(ax, (3.05, 1.1), (3.05, 2.0), "new $w$", side="left")
    arrow(ax, (4.4, 0.62), (6.05, 0.62), "read and write", side="below")
    arrow(ax, (6.05, 0.72), (4.4, 0.72))
    ax.text(0.9, 1.7, "the next one\nfor each step", ha="center", va="center", size=9.5)
    return fig


def noisy_paths(
    axes: np.ndarray, points: np.ndarray, answers: np.ndarray, sizes: tuple[int, ...], lr: float
) -> None:
    """Sixty steps of gradient descent on least squares, with batches of different sizes."""
    H, b = points.T @ points / len(points), points.T @ answers / len(points)
    best = np.linalg.solve(H, b)
    xx, yy = np.meshgrid(np.linspace(-1.2, 2.4, 120), np.linspace(-1.4, 2.0, 120))
    away = np.stack([xx - best[0], yy - best[1]])
    height = np.einsum("ixy,ij,jxy->xy", away, H, away)
    for ax, size in zip(axes, sizes, strict=True):
        rng, w = np.random.default_rng(1), np.array([-0.8, 1.6])
        path = [w]
        for _ in range(60):
            rows = rng.choice(len(points), size, replace=False)
            w = w - lr * points[rows].T @ (points[rows] @ w - answers[rows]) / size
            path.append(w)
        ax.contour(xx, yy, height, np.arange(1, 9) ** 2 * 0.06, colors="#B8B8B8", linewidths=0.8)
        ax.plot(*np.array(path).T, "o-", color=COLOUR["train"], markersize=2.5, linewidth=1)
        ax.plot(*best, "x", color="#222222", markersize=9)
        title = "all examples" if size == len(points) else f"batches of {size}"
        ax.set(title=title, xlabel="weight 1", xlim=(-1.2, 2.4), ylim=(-1.4, 2.0), aspect="equal")
    axes[0].set_ylabel("weight 2")


__all__ = [
    "adam_step",
    "cycle",
    "loop",
    "noisy_paths",
    "ravine",
    "shrinking",
    "squeeze",
    "two_factors",
]
