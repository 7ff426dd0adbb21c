"""The playground as a static picture."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessonlib.lessons.l02.explorer.data import REACH
from lessonlib.lessons.l02.explorer.frame import PLANE, RESOLUTION, signed_probability
from lessonlib.lessons.l02.explorer.model import Playground
from lessonlib.plots import COLOUR, DASH, SIGNED, plot_points


def figure(model: Playground, kept: Sequence[dict[str, Any]]) -> Figure:
    """The decision surface with the training points, and the losses of this and the kept runs."""
    drawn, (plane, losses) = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained")
    _draw_plane(plane, model)
    _draw_losses(losses, model, kept)
    return drawn


def _draw_plane(ax: Axes, model: Playground) -> None:
    surface = signed_probability(model.responses(PLANE)[-1])
    ax.imshow(
        surface.reshape(RESOLUTION, RESOLUTION),
        cmap=SIGNED,
        vmin=-1,
        vmax=1,
        alpha=0.55,
        extent=(-REACH, REACH, -REACH, REACH),
        interpolation="bilinear",
    )
    plot_points(ax, model.X_train, model.y_train, size=16)
    ax.set(xlabel="x₁", ylabel="x₂", title=f"{model.settings.data}, epoch {model.epochs}")


def _draw_losses(ax: Axes, model: Playground, kept: Sequence[dict[str, Any]]) -> None:
    """Both losses, and in grey those of the runs that were kept."""
    for run in kept:
        for role in ("train", "test"):
            ax.plot(run[f"{role}_loss"], color="#999999", ls=DASH[role], lw=1.2)
    for role, name in (("train", "training"), ("test", "test")):
        curve = np.array(getattr(model, f"{role}_loss"))
        ax.plot(curve, color=COLOUR[role], ls=DASH[role], label=name)
    ax.axhline(np.log(2), color=COLOUR["theory"], ls=DASH["theory"], lw=1, label="chance, ln 2")
    top = max(model.train_loss[-1], model.test_loss[-1], 0.75)
    ax.set(xlabel="epoch", ylabel="loss (nats)", ylim=(0, min(1.5, 1.05 * top)), title="Losses")
    ax.legend()
