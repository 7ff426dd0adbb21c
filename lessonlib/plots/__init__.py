"""Plots on arrays in the course's one style: light opaque ground, role colours, direct labels."""

from lessonlib.plots import diagram
from lessonlib.plots.basic import (
    label_end,
    plot_decision_regions,
    plot_images,
    plot_line,
    plot_points,
)
from lessonlib.plots.dashboard import dashboard
from lessonlib.plots.style import COLOUR, DASH, MARKER, SIGNED, Picture, show, use_style

__all__ = [
    "COLOUR",
    "DASH",
    "MARKER",
    "SIGNED",
    "Picture",
    "dashboard",
    "diagram",
    "label_end",
    "plot_decision_regions",
    "plot_images",
    "plot_line",
    "plot_points",
    "show",
    "use_style",
]
