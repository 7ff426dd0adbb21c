"""The training dashboard: one run on three panels, always on the same axes."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lessonlib.plots.style import COLOUR

# The same for every run, so that two dashboards can be compared. What lies outside is drawn at the
# edge, on the frame, zeros at the lower one.
LOSS = (2e-2, 2e2)
LAYERS = (1e-8, 1e6)
RATIOS = (1e-9, 1e6)
MANY_DEAD = 0.3  # from here on the share of dead units is written at the layer
USUAL = (1e-4, 1e-2)  # updates relative to the weights, where most runs that learn lie
MARGINS = {"left": 0.068, "right": 0.99, "bottom": 0.155, "top": 0.825, "wspace": 0.22}
# layer: first, middle, last
LINES = ((COLOUR["train"], "-"), (COLOUR["validation"], "--"), (COLOUR["test"], ":"))


def dashboard(
    loss: Sequence[float] | np.ndarray,
    gradient: Sequence[float] | np.ndarray,
    signal: Sequence[float] | np.ndarray,
    dead: Sequence[float] | np.ndarray,
    ratio: np.ndarray,
    *,
    every: int = 1,
    chance: float | None = None,
    title: str = "",
) -> Figure:
    """Draw the loss, the layers' gradients and signals, and how far the weights moved.

    loss     : (S,) at each step;  chance: the loss of guessing, drawn as a line
    gradient : (L,) norm of the gradient of each layer's weights
    signal   : (H,) how far the units of each hidden layer vary over the examples
    dead     : (H,) share of units always 0
    ratio    : (T, L) size of an update relative to the weights, read every `every` steps
    Raises ValueError naming the shapes that do not fit. Taught in notebooks/04b_deep_and_stable

    >>> dashboard([2.0, 1.0], [0.1, 0.2], [1.0], [0.0], np.full((2, 2), 1e-3)).axes[0].get_xlabel()
    'step'
    """
    loss, gradient, signal, dead, ratio = (
        np.asarray(a, dtype=float) for a in (loss, gradient, signal, dead, ratio)
    )
    fits = ratio.ndim == 2 and gradient.shape == ratio.shape[1:] and signal.shape == dead.shape
    if not (fits and loss.ndim == signal.ndim == 1 and min(loss.size, signal.size, ratio.size) > 0):
        raise ValueError(
            f"dashboard: loss {loss.shape}, gradient {gradient.shape}, signal {signal.shape}, "
            f"dead {dead.shape}, ratio {ratio.shape}; wanted (S,), (L,), (H,), (H,), (T, L)"
        )
    figure, axes = plt.subplots(1, 3, figsize=(10.0, 3.2), layout="none")
    figure.subplots_adjust(**MARGINS)  # to search for them takes as long as to draw
    _loss(axes[0], loss, chance)
    _layers(axes[1], gradient, signal, dead)
    _ratios(axes[2], ratio, every, len(loss))
    if title:
        figure.suptitle(title, x=0.01, ha="left")
    return figure


def _loss(ax: Axes, loss: np.ndarray, chance: float | None) -> None:
    ax.plot(_within(loss, LOSS), color=COLOUR["train"], linewidth=1.3)
    if chance is not None:
        ax.axhline(chance, color=COLOUR["theory"], linestyle=":")
        ax.text(0.02 * len(loss), chance * 1.5, f"guessing, {chance:.2f}", color=COLOUR["theory"])
    ax.set(yscale="log", ylim=LOSS, xlabel="step", ylabel="loss", title="Loss")
    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True))  # no half steps


def _layers(ax: Axes, gradient: np.ndarray, signal: np.ndarray, dead: np.ndarray) -> None:
    for values, role, style, label in (
        (signal, "forward", "s-", "spread over examples"),
        (gradient, "gradient", "o--", "norm of gradient"),
    ):
        x = np.arange(1, len(values) + 1)
        ax.plot(x, _within(values, LAYERS), style, color=COLOUR[role], label=label, clip_on=False)
    for layer, share in enumerate(dead.tolist(), 1):
        if share >= MANY_DEAD:
            ax.text(layer, 6 * LAYERS[0], f"{share:.0%}\ndead", ha="center", size=8)
    ax.set(
        yscale="log",
        ylim=LAYERS,
        xlabel="layer",
        title=f"Layers (dead units: up to {dead.max():.2f})",
    )
    ax.set_xticks(np.arange(1, len(gradient) + 1))
    ax.legend(loc="upper left", fontsize=9)


def _ratios(ax: Axes, ratio: np.ndarray, every: int, steps: int) -> None:
    layers = ratio.shape[1]
    shown = dict.fromkeys((0, layers // 2, layers - 1))  # fewer layers, fewer lines
    ax.axhspan(*USUAL, color=COLOUR["forward"], alpha=0.12)
    x = every * np.arange(len(ratio))
    for layer, (colour, style) in zip(shown, LINES, strict=False):
        values = _within(ratio[:, layer], RATIOS)
        lone = "o" if len(ratio) == 1 else None  # a line needs two readings
        label = f"{layer + 1}"
        ax.plot(x, values, style, color=colour, label=label, clip_on=False, marker=lone)
    ax.set(yscale="log", ylim=RATIOS, xlabel="step", title="Update / weight")
    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
    if len(ratio) == 1:  # matplotlib would spread one point over a twentieth of a step
        ax.set_xlim(0, max(steps, 2))
    ax.legend(title="layer (shaded: usual if hidden)", loc="upper left", ncols=3, fontsize=9)


def _within(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Values on a log axis: what is outside at the edge, nan as the upper one."""
    return np.clip(np.nan_to_num(values, nan=limits[1], posinf=limits[1]), *limits)
