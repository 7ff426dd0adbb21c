"""The live form of a prediction. Imported when a form is shown, so that text needs no widgets."""

from importlib import resources

import anywidget
import traitlets


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


class Form(anywidget.AnyWidget):
    """A question with choices and a button, which sends {"choice": position} once."""

    _esm = traitlets.Unicode(_text("form.js")).tag(sync=True)
    _css = traitlets.Unicode(_text("form.css")).tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    choice = traitlets.Int(-1).tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
