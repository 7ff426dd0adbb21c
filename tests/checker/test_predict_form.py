"""The live form of a prediction without a browser; test_predict_in_browser.py uses the keys."""

import ipywidgets
import pytest

from lessonlib.exercises import predict

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def form(monkeypatch):
    monkeypatch.delenv("LESSONLIB_OUTPUT", raising=False)
    view = predict("00.a")
    bundle = view._repr_mimebundle_()
    form = ipywidgets.widget._instances[bundle[VIEW]["model_id"]]
    yield view, form, bundle
    form.close()


def send(form, choice):
    form._handle_custom_msg({"choice": choice}, [])


def test_the_form_stands_beside_the_text(form):
    view, widget, bundle = form
    assert bundle["text/plain"] == repr(view)
    assert widget.question == view.asked.question
    assert len(widget.choices) == len(view.asked.choices)
    assert (widget.choice, widget.note) == (-1, "")


def test_the_first_committed_choice_counts(form):
    view, widget, _ = form
    send(widget, 2)
    assert (view.choice, widget.choice) == (2, 2)
    assert widget.note.startswith("Committed: (c).")
    send(widget, 0)
    assert (view.choice, widget.choice) == (2, 2)


def test_a_committed_output_has_no_form(monkeypatch):
    monkeypatch.setenv("LESSONLIB_OUTPUT", "static")
    assert VIEW not in predict("00.a")._repr_mimebundle_()
