"""The view of an explorer: ipywidgets controls above one anywidget that draws with JavaScript.

Imported when the first view is made, so that explorers work where no widgets are installed.
"""

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import traitlets

from lessonlib.widgets.live import Live, close, look, publish
from lessonlib.widgets.modules import script, style

if TYPE_CHECKING:
    from lessonlib.widgets.explorer import Explorer


class View(Live):
    """The drawing. `frame` goes to the browser; messages from there are answered by `answered`."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    interval = traitlets.Int(33).tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)


class Panel:
    """All widgets of one explorer: made together, kept up to date, closed together."""

    def __init__(self, explorer: "Explorer", controls: list[widgets.Widget]) -> None:
        self.explorer = explorer
        self.view = View(
            _esm=script(explorer.folder),
            _css=look(style(__package__, "explorer.css"), style(explorer.folder)),
            layout=widgets.Layout(width="100%"),
        )
        self.view.on_msg(self._on_message)
        self.play = self._button("Play", self._toggle, f"Do one {explorer.unit} after the other")
        step = self._button("Step", explorer.step, f"Do one {explorer.unit}")
        reset = self._button("Reset", explorer.reset, explorer.reset_hint)
        speed = [self._speed()] if explorer.speed_control else []
        row = widgets.HBox([*controls, *speed, self.play, step, reset])
        row.layout.flex_flow = "row wrap"
        self.box = widgets.VBox([row, self.view])
        self.box.add_class("ns-explorer")

    def _button(self, label: str, action: Any, tooltip: str) -> widgets.Button:
        button = widgets.Button(description=label, tooltip=tooltip)
        button.layout.width = "76px"
        act = self.explorer.guarded(action)
        button.on_click(lambda _: act())
        return button

    def _speed(self) -> widgets.Widget:
        explorer = self.explorer
        slider = widgets.SelectionSlider(
            options=[(f"{rate} {explorer.unit}s/s", rate) for rate in explorer.rates],
            value=explorer._rate,
            description="Speed",
            style={"description_width": "auto"},
            layout={"width": "270px"},
        )
        act = explorer.guarded(explorer.set_rate)
        slider.observe(lambda change: act(change["new"]), "value")
        return slider

    def _toggle(self) -> None:
        self.explorer.pause() if self.explorer.playing else self.explorer.play()

    def _on_message(self, _: Any, content: dict[str, Any], buffers: list[memoryview]) -> None:
        with self.view.hold_sync():  # one message back: the frame and the receipt together
            self.explorer.guarded(self.explorer.answer)(content)
            self.view.answered = int(content.get("id", 0))

    def refresh(self) -> None:
        """Send the explorer's present state to the browser."""
        with self.view.hold_sync():
            self.view.frame = self.explorer._frame()
            self.view.interval = self.explorer.pace[1]
            self.view.playing = self.explorer.playing
        self.play.description = "Pause" if self.explorer.playing else "Play"

    def show_error(self, error: Exception | None) -> None:
        """Show an error as one line in the view; None clears it."""
        lines = str(error).splitlines()
        name = type(error).__name__
        self.view.error = "" if error is None else f"{name}: {lines[0]}" if lines else name
        if error is not None:
            self.view.playing = False
            self.play.description = "Play"

    def publish(self, kept: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Show the widgets as a cell's output, and keep a picture of the explorer for later."""
        publish(self.box, self.view, kept, metadata, "to use the explorer")

    def close(self) -> None:
        """Close every widget, and the layouts and styles that belong to them."""
        for widget in _tree(self.box):
            close(widget)


def _tree(widget: widgets.Widget) -> list[widgets.Widget]:
    """A widget and everything inside it, the inner ones first."""
    inner = [part for child in getattr(widget, "children", ()) for part in _tree(child)]
    return [*inner, widget]
