"""The controls above an explorer's drawing: one line each, all of one look.

`action` gets the new value; pass it through the explorer's `guarded`, so that an error is shown.
Imported in `_controls` alone, so that explorers work where no widgets are installed.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import ipywidgets as widgets

Control = TypeVar("Control", bound=widgets.Widget)


def dropdown(
    description: str,
    options: Sequence[Any],
    value: Any,
    width: str,
    action: Callable[[Any], None],
    **more: Any,
) -> widgets.Dropdown:
    """A menu; options : values, or pairs (label, value).

    >>> menu = dropdown("Points", ["few", "many"], "few", "120px", print)
    >>> menu.value = "many"
    many
    """
    menu = widgets.Dropdown(options=options, value=value, **_look(description, width), **more)
    return _calling(action, menu)


def selection_slider(
    description: str,
    options: Sequence[Any],
    value: Any,
    width: str,
    action: Callable[[Any], None],
    **more: Any,
) -> widgets.SelectionSlider:
    """A slider over a few values; options : values, or pairs (label, value)."""
    look = _look(description, width)
    slider = widgets.SelectionSlider(options=options, value=value, **look, **more)
    return _calling(action, slider)


def float_slider(
    description: str, value: float, width: str, action: Callable[[Any], None], **more: Any
) -> widgets.FloatSlider:
    """A slider over numbers; more : min, max, step, readout_format."""
    return _calling(action, widgets.FloatSlider(value=value, **_look(description, width), **more))


def text_box(
    description: str, value: str, width: str, action: Callable[[Any], None], **more: Any
) -> widgets.Text:
    """A line of text, taken when Enter is pressed or the box is left, not letter by letter."""
    look = _look(description, width)
    box = widgets.Text(value=value, continuous_update=False, **look, **more)
    return _calling(action, box)


def folded(
    description: str, tooltip: str, inside: Sequence[widgets.Widget]
) -> tuple[widgets.ToggleButton, widgets.HBox]:
    """A button that shows and hides further controls, and the row that holds them."""
    row = widgets.HBox(inside, layout={"display": "none", "grid_gap": "12px"})
    button = widgets.ToggleButton(description=description, tooltip=tooltip)
    button.layout.width = "100px"

    def unfold(opened: bool) -> None:
        row.layout.display = "" if opened else "none"

    return _calling(unfold, button), row


def _look(description: str, width: str) -> dict[str, Any]:
    style, layout = {"description_width": "auto"}, {"width": width}
    return {"description": description, "style": style, "layout": layout}


def _calling(action: Callable[[Any], None], control: Control) -> Control:
    control.observe(lambda change: action(change["new"]), "value")
    return control
