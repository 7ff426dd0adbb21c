"""What is live in a cell's output, and what the notebook keeps for when it no longer is.

An output outlives its kernel: the next day JupyterLab finds no model behind a view, and says no
more than that. So a cell has two outputs, the view alone and what is kept: a picture or a text, and
what to do. A style in the second shows one of the two: what is kept, unless the script has put the
view on the page. In a notebook that is not trusted JupyterLab leaves out both style and view.
"""

from typing import Any
from uuid import uuid4

import anywidget
import traitlets
from IPython.display import display
from ipywidgets import Widget

from lessonlib import markup
from lessonlib.widgets.modules import style

VIEW = "application/vnd.jupyter.widget-view+json"
_FIRST = " In a new kernel, run the cells above it first."

# The advice waits, so that it does not flash up while the view is loading.
_STYLE = """<style>
:root:has(.{name}-live) .{name},
.jp-OutputArea-child:has(+ .jp-OutputArea-child .{name}):not(:has(.{name}-live)) {{
  display: none;
}}
@keyframes ns-later {{ from {{ visibility: hidden; }} }}
.{name} .ns-again {{ animation: ns-later 2s step-end; }}
</style>"""


class Live(anywidget.AnyWidget):
    """A widget whose script is made with `live` of live.js; `kept` names what is kept for it."""

    kept = traitlets.Unicode().tag(sync=True)

    @traitlets.default("kept")
    def _name(self) -> str:
        return f"ns-kept-{uuid4().hex}"


def look(*sheets: str) -> str:
    """The style of a live widget: what all have, and its own."""
    return "".join([style(__package__, "live.css"), *sheets])


def publish(
    shown: Widget, live: Live, kept: dict[str, Any], metadata: dict[str, Any], purpose: str
) -> None:
    """Show a widget, and keep a bundle with HTML for later, with a line on how to run it again.

    shown : `live` or a box around it;  purpose : what the cell is run again for, "to ..."
    """
    view = {"version_major": 2, "version_minor": 0, "model_id": shown.model_id}
    display({VIEW: view}, raw=True)
    advice = markup.box("note", f"Run this cell again {purpose}.", _FIRST)
    page = f"<div class='ns-again'>{advice}</div>{kept['text/html']}"
    bundle = kept | {"text/html": _named(live, page)}
    display(bundle, metadata=metadata, raw=True, display_id=live.kept)


def keep(live: Live, kept: dict[str, Any]) -> None:
    """Keep another bundle than before, one that needs no advice: nothing is left to do."""
    bundle = kept | {"text/html": _named(live, kept["text/html"])}
    display(bundle, raw=True, display_id=live.kept, update=True)


def _named(live: Live, page: str) -> str:
    return f"{_STYLE.format(name=live.kept)}<div class='{live.kept}'>{page}</div>"


def close(widget: Widget) -> None:
    """Take a widget out of the kernel and off the page, with its style and layout."""
    for part in (getattr(widget, "style", None), getattr(widget, "layout", None), widget):
        if isinstance(part, Widget):
            part.close()
