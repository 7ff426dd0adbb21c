"""The live form of a prediction. Imported when a form is shown, so that text needs no widgets."""

import traitlets

from lessonlib.widgets.live import Live, close, look
from lessonlib.widgets.modules import script, style

_shown: dict[str, "Form"] = {}  # by prediction; a cell that is run again leaves none behind


class Form(Live):
    """A question with choices and a button, which sends {"choice": position} once."""

    _esm = traitlets.Unicode(script(__package__, "form.js")).tag(sync=True)
    _css = traitlets.Unicode(look(style(__package__, "form.css"))).tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    choice = traitlets.Int(-1).tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)


def replace_form(prediction: str, form: Form | None) -> None:
    """Close the form that was shown for a prediction before, and remember the new one."""
    older = _shown.pop(prediction, None)
    if older is not None:
        close(older)
    if form is not None:
        _shown[prediction] = form
