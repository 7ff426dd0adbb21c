"""The race as a static picture."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from lessonlib.lessons.l04.explorer.model import Race

LOOK = {  # colour, dash, marker; view.js has the same
    "SGD": ("#0B5FA5", "-", "o"),
    "momentum": ("#B8500B", "--", "s"),
    "Nesterov": ("#1E7B57", "-.", "^"),
    "RMSProp": ("#7A3E9D", (0, (1, 1.2)), "D"),
    "Adam": ("#A3324E", (0, (6, 1.5)), "P"),
}


def figure(race: Race) -> Figure:
    """The surface from above, and the path of every optimizer that is shown."""
    surface = race.surface
    drawn, ax = plt.subplots(figsize=(6.2, 4.5))
    xx, yy, height = surface.heights(160)
    shade = surface.shades(height)
    ax.contourf(xx, yy, shade, 14, cmap="Blues", alpha=0.5)
    ax.contour(xx, yy, shade, 14, colors="#7A7A7A", linewidths=0.5, linestyles="-")
    for name in race.shown:
        colour, dash, marker = LOOK[name]
        path = race.path(name)
        ax.plot(*path.T, color=colour, linestyle=dash)
        ax.plot(*path[-1], marker, color=colour, markeredgecolor="white", ms=9, label=name)
    ax.plot(*race.start, "o", markersize=11, color="none", markeredgecolor="#222222")
    ax.plot(*np.transpose(surface.minima), "x", color="#222222", markersize=8)
    (x, y), reach = surface.middle, surface.reach
    ax.set(xlim=(x - reach, x + reach), ylim=(y - reach, y + reach), aspect="equal")
    ax.set(xlabel="weight 1", ylabel="weight 2")
    ax.set_title(f"{race.name}: {race.steps} steps, learning rate {race.lr:g}")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return drawn
