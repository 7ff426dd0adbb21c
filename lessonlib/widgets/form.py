"""The live form of a prediction. Imported when a form is shown, so that text needs no widgets."""

import anywidget
import traitlets

from lessonlib.widgets.modules import script, style


class Form(anywidget.AnyWidget):
    """A question with choices and a button, which sends {"choice": position} once."""

    _esm = traitlets.Unicode(script(__package__, "form.js")).tag(sync=True)
    _css = traitlets.Unicode(style(__package__, "form.css")).tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    choice = traitlets.Int(-1).tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
