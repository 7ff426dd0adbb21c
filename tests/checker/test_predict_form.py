"""The live form of a prediction without a browser; test_predict_in_browser.py uses the keys."""

from unittest.mock import patch

import ipywidgets
import pytest
from explorer_driver import VIEW, live_widgets, published

from lessonlib.exercises import predict
from lessonlib.widgets.form import replace_form


@pytest.fixture(autouse=True)
def live(monkeypatch, progress_file):
    """A kernel of a learner who has answered nothing; no form is left behind."""
    monkeypatch.delenv("LESSONLIB_OUTPUT", raising=False)
    yield
    replace_form("00.a", None)


@pytest.fixture
def form():
    """A prediction, its form, and what a cell outputs for it."""
    view = predict("00.a")
    outputs = published(view)
    return view, ipywidgets.widget._instances[outputs[0][VIEW]["model_id"]], outputs


def send(form, choice):
    """Send what the button sends. Returns what is kept from now on, if that changes."""
    with patch("lessonlib.widgets.live.display") as display:
        form._handle_custom_msg({"choice": choice}, [])
    for call in display.call_args_list:
        assert call.kwargs["display_id"] == form.kept
        assert call.kwargs["update"]
    return [call.args[0] for call in display.call_args_list]


def test_the_form_is_shown_and_the_text_is_kept(form):
    view, widget, (live, kept) = form
    assert set(live) == {VIEW}
    assert kept["text/plain"] == repr(view)
    assert f"<div class='{widget.kept}'>" in kept["text/html"]
    assert "Run this cell again to choose." in kept["text/html"]
    assert widget.question == view.asked.question
    assert len(widget.choices) == len(view.asked.choices)
    assert (widget.choice, widget.note) == (-1, "")


def test_the_first_committed_choice_counts_and_is_kept(form):
    view, widget, _ = form
    (kept,) = send(widget, 2)
    assert (view.choice, widget.choice) == (2, 2)
    assert widget.note.startswith("Committed: (c).")
    assert "(c) Nearly all (your choice)" in kept["text/html"]
    assert "You said (c)." in kept["text/html"]
    assert "Run this cell again" not in kept["text/html"]
    assert send(widget, 0) == []
    assert (view.choice, widget.choice) == (2, 2)


def test_a_cell_that_is_run_again_shows_what_was_chosen_and_no_form(form):
    _, widget, _ = form
    send(widget, 2)
    (output,) = published(predict("00.a"))
    assert set(output) == {"text/plain", "text/html"}
    assert "(c) Nearly all (your choice)" in output["text/plain"]
    assert "You said (c)." in output["text/html"]
    assert widget.comm is None


def test_fifty_runs_of_a_cell_leave_one_form(form):
    before = live_widgets()
    for _ in range(50):
        published(predict("00.a"))
    assert live_widgets() == before
    replace_form("00.a", None)
    assert live_widgets() == before - 2  # the form and its layout


def test_a_committed_output_has_no_form(monkeypatch):
    monkeypatch.setenv("LESSONLIB_OUTPUT", "static")
    before = live_widgets()
    (output,) = published(predict("00.a"))
    assert set(output) == {"text/plain", "text/html"}
    assert live_widgets() == before
