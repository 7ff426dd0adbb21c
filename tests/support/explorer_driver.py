"""Drives an explorer as its view does: shows it, presses its buttons, sends what a browser sends.

Tests reach an explorer's inside here alone. `view`, `controls`, `press` and `send` need an
explorer that is shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import ipywidgets
from leaks import Grown, after_a_thousand
from matplotlib.figure import Figure

from lessonlib.widgets.explorer import Explorer
from lessonlib.widgets.live import VIEW as VIEW
from lessonlib.widgets.view import Panel, View


def live_widgets() -> int:
    """How many widgets the kernel holds."""
    return len(ipywidgets.widget._instances)


def bundle(explorer: Explorer) -> tuple[dict[str, Any], dict[str, Any]]:
    """The picture that a cell outputs or keeps, by type, and its metadata."""
    return explorer._repr_mimebundle_()


def published(thing: Any) -> list[dict[str, Any]]:
    """What a live cell outputs for an explorer or a prediction: by type, one after the other."""
    with patch("lessonlib.widgets.live.display") as display:
        try:
            thing._ipython_display_()
        except NotImplementedError:  # IPython shows the bundle then
            data = thing._repr_mimebundle_()
            return [data[0] if isinstance(data, tuple) else data]
    return [call.args[0] for call in display.call_args_list]


def show(explorer: Explorer) -> Panel:
    """Show an explorer as a cell does; close it afterwards (the fixture `shown` does both)."""
    return explorer._open()


def is_shown(explorer: Explorer) -> bool:
    """Whether it has widgets in the kernel."""
    return explorer._panel is not None


def view(explorer: Explorer) -> View:
    """What the browser is told: frame, error, playing, interval, answered, scripts and styles."""
    return explorer._panel.view


def controls(explorer: Explorer) -> tuple[ipywidgets.Widget, ...]:
    """The row above the drawing: the lesson's controls, the speed, Play, Step and Reset."""
    return explorer._panel.box.children[0].children


def press(explorer: Explorer, label: str) -> str:
    """Press the button with this label. Returns the error that is then shown, "" for none."""
    buttons = [c for c in controls(explorer) if isinstance(c, ipywidgets.Button)]
    (button,) = (button for button in buttons if button.description == label)
    button.click()
    return view(explorer).error


def send(explorer: Explorer, name: str, **values: Any) -> str:
    """Send an event as the script does. Returns the error that is then shown, "" for none."""
    panel = explorer._panel
    panel._on_message(panel.view, {"id": 1} | values | {"name": name}, [])
    return panel.view.error


def frame(explorer: Explorer) -> dict[str, Any]:
    """What would be drawn now, shown or not."""
    return explorer._frame()


@contextmanager
def figure(explorer: Explorer) -> Iterator[Figure]:
    """The static picture as a figure, closed afterwards."""
    import matplotlib.pyplot as plt

    drawn = explorer._figure()
    try:
        yield drawn
    finally:
        plt.close(drawn)


def thousand_frames(explorer: Explorer, warm: int) -> Grown:
    """What a thousand frames of play leave behind, after `warm` frames; from the start when done.

    Shows the explorer and leaves it open.
    """
    show(explorer)

    def play(frames: int) -> None:
        for number in range(frames):
            explorer.playing = True
            send(explorer, "tick", id=number)
            if explorer.finished:
                explorer.reset()

    return after_a_thousand(play, warm)
