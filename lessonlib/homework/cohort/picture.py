"""The picture of a class: one bar for each exercise, and where people stop."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lessonlib.homework.cohort.difficulty import Item

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Students with all, some, none of the points, without a try: colour, colour of the number on it
_PARTS = (
    ("full", "all points", "#14507d", "white"),
    ("part", "some", "#8fbfe3", "black"),
    ("none", "none", "#e69f00", "black"),
    ("untouched", "no try", "#dedede", "black"),
)
_STOP = "#7a3b69"
_WIDEST = 34  # letters of a title


def svg(items: Sequence[Item], students: int) -> str:
    """The picture as SVG; the same class gives the same text.

    students : how many were graded, one at least
    """
    import matplotlib
    from matplotlib.figure import Figure

    settings: Any = {"svg.hashsalt": "class", "svg.fonttype": "none", "font.family": "sans-serif"}
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(9.6, 1.5 + 0.5 * len(items)), layout="constrained")
        bars, stops = figure.subplots(1, 2, sharey=True, width_ratios=(3.4, 1))
        _bars(bars, items, students)
        _stops(stops, items)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None}, facecolor="white")
    return out.getvalue()


def _bars(axes: "Axes", items: Sequence[Item], students: int) -> None:
    from matplotlib.ticker import MaxNLocator

    places, left = range(len(items)), [0] * len(items)
    for name, label, colour, ink in _PARTS:
        widths = [getattr(item, name) for item in items]
        axes.barh(places, widths, left=left, color=colour, label=label, height=0.72)
        for place, width, start in zip(places, widths, left, strict=True):
            if width >= 0.035 * students:
                axes.text(start + width / 2, place, str(width), ha="center", va="center",
                          color=ink, fontsize=9)  # fmt: skip
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for x, head in ((1.02, "points"), (1.13, "item-rest")):
        axes.text(x * students, -0.62, head, va="center", fontsize=8, color="#555555")
    for place, item in zip(places, items, strict=True):
        rest = "" if item.rest is None else f"{item.rest:.2f}".replace("-", "−")
        axes.text(1.02 * students, place, f"{item.mean:.0%}", va="center", fontsize=9)
        axes.text(1.13 * students, place, rest, va="center", fontsize=9)
    axes.set_yticks(places, [_label(item) for item in items], fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.27 * students)
    axes.set_xticks(
        [x for x in MaxNLocator(6, integer=True).tick_values(0, students) if 0 <= x <= students]
    )
    axes.set_xlabel("students", x=0.5 / 1.27)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(_PARTS), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def _stops(axes: "Axes", items: Sequence[Item]) -> None:
    from matplotlib.ticker import MaxNLocator

    counts = [item.stopped for item in items]
    axes.barh(range(len(items)), counts, color=_STOP, height=0.4)
    for place, count in enumerate(counts):
        if count:
            axes.text(count, place, f" {count}", va="center", fontsize=9)
    axes.set_xlim(0, 1.3 * max([*counts, 1]))
    axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.set_title("stop here", fontsize=10, loc="left")
    axes.set_xlabel("students")
    axes.tick_params(axis="y", left=False, labelleft=False)
    axes.spines[["top", "right"]].set_visible(False)


def _label(item: Item) -> str:
    title = item.title if len(item.title) <= _WIDEST else f"{item.title[: _WIDEST - 1]}…"
    return f"{item.exercise} {title}"
