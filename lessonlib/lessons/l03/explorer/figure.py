"""The walk through a graph as a static picture."""

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from lessonlib.lessons.l03.explorer.frame import edges, nodes
from lessonlib.lessons.l03.explorer.model import Walk
from lessonlib.plots import COLOUR


def figure(walk: Walk) -> Figure:
    """Every box with its value and gradient, every line with its slope and what it handed back."""
    columns, rows = zip(*walk.example.places.values(), strict=True)
    drawn, ax = plt.subplots(
        figsize=(max(5.2, 1.6 * (max(columns) + 0.7)), 1.05 * (max(rows) + 1.7))
    )
    ax.set(xlim=(-0.35, max(columns) + 0.35), ylim=(max(rows) + 0.5, -0.6))
    ax.axis("off")
    boxes = nodes(walk)
    for edge in edges(walk):
        _draw_edge(ax, edge, boxes[edge["parent"]], boxes[edge["child"]])
    for box in boxes:
        _draw_node(ax, box)
    ax.set_title(f"{walk.graph}: value forward, gradient back, step {walk.done} of {walk.steps}")
    return drawn


def _draw_edge(
    ax: Axes, edge: dict[str, Any], parent: dict[str, Any], child: dict[str, Any]
) -> None:
    x, y = parent["column"] + 0.32, parent["row"]
    u, v = child["column"] - 0.32, child["row"]
    line = {"arrowstyle": "-|>", "color": COLOUR["gradient"] if edge["handed"] else "#777777"}
    ax.annotate("", (u, v), (x, y), arrowprops=line | {"shrinkA": 0, "shrinkB": 0})
    middle = {"x": x + 0.5 * (u - x), "ha": "center", "fontsize": 9}
    middle["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
    place = y + 0.5 * (v - y)
    ax.text(y=place - 0.05, s=edge["slope"], va="bottom", color="#444444", **middle)
    ax.text(y=place + 0.05, s=edge["handed"], va="top", color=COLOUR["gradient"], **middle)


def _draw_node(ax: Axes, node: dict[str, Any]) -> None:
    x, y = node["column"], node["row"]
    inside, style = "#EAF1F8" if node["input"] else "#F4F4F4", "round,pad=0.02"
    place = (x - 0.3, y - 0.33)
    ax.add_patch(
        FancyBboxPatch(place, 0.6, 0.66, boxstyle=style, facecolor=inside, edgecolor="#555555")
    )
    ax.text(x, y - 0.18, node["title"], ha="center", va="center", fontsize=9.5, weight="bold")
    ax.text(x, y + 0.03, node["value"], ha="center", va="center", color=COLOUR["forward"])
    ax.text(x, y + 0.23, node["grad"], ha="center", va="center", color=COLOUR["gradient"])
