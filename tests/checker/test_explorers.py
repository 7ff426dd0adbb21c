"""What all explorers share: steps and messages, what a cell shows, the parts they are made of."""

import ast
import json
import subprocess
import sys
from importlib import resources
from typing import ClassVar

import nbformat
import numpy as np
import pytest
from explorer_driver import (
    VIEW,
    bundle,
    is_shown,
    live_widgets,
    press,
    published,
    send,
    thousand_frames,
    view,
)
from nbclient import NotebookClient

import lessonlib.explorers
from lessonlib.explorers import Explorer, PerceptronExplorer
from lessonlib.lessons.registry import cards
from lessonlib.plots import COLOUR

# --- the base, on an explorer of five steps ---


class Counter(Explorer):
    folder = "lessonlib.lessons.l01.explorer"

    def __init__(self):
        super().__init__()
        self.value = 0

    @property
    def state(self):
        return {"value": self.value}

    @property
    def finished(self):
        return self.value >= 5

    def _step(self):
        if self.value < 0:
            raise ArithmeticError("below zero\nsecond line")
        self.value += 1

    def _reset(self):
        self.value = 0

    def _frame(self):
        return {"summary": f"value {self.value}", "blob": np.arange(3.0).tobytes()}

    def _figure(self):
        import matplotlib.pyplot as plt

        return plt.figure()


def test_steps_stop_where_the_work_is_finished():
    counter = Counter()
    counter.play()
    counter.step(3)
    assert (counter.state, counter.playing) == ({"value": 3}, True)
    counter.step(100)
    assert (counter.state, counter.playing) == ({"value": 5}, False)
    counter.play()  # starts again
    assert (counter.state, counter.playing) == ({"value": 0}, True)
    counter.reset()
    assert not counter.playing


@pytest.mark.parametrize("count", [0, -1])
def test_a_step_count_below_one_is_refused(count):
    with pytest.raises(ValueError, match=f"count {count}, wanted 1 or more"):
        Counter().step(count)


def test_the_pace_never_asks_for_more_than_thirty_frames_a_second():
    counter = Counter()
    for rate in (1, 4, 15, 30, 60, 600, 10_000):
        counter.set_rate(rate)
        steps, interval = counter.pace
        assert interval >= 33
        assert steps * 1000 / interval == pytest.approx(rate, rel=0.02)
    with pytest.raises(ValueError, match="set_rate: 0"):
        counter.set_rate(0)


def test_ticks_step_only_while_it_plays_and_every_message_is_answered(shown):
    counter = Counter()
    shown(counter)
    send(counter, "tick", id=7)
    assert (counter.value, view(counter).answered) == (0, 7)
    counter.play()
    send(counter, "tick", id=8)
    assert (counter.value, view(counter).answered, view(counter).playing) == (1, 8, True)
    send(counter, "tick", reduced=True, id=9)
    assert counter.value == 5  # one large step a second: the four of one second's play
    counter.play()
    send(counter, "gone", id=10)
    assert not counter.playing


def test_an_error_is_shown_as_one_line_stops_the_play_and_is_cleared_by_what_works(shown):
    counter = Counter()
    panel = shown(counter)
    counter.value = -1
    counter.play()
    assert send(counter, "tick") == "ArithmeticError: below zero"
    assert isinstance(counter.error, ArithmeticError)
    assert not counter.playing
    assert not view(counter).playing
    assert panel.play.description == "Play"
    assert view(counter).answered == 1
    counter.value = 0
    assert press(counter, "Step") == ""
    assert (counter.error, counter.value) == (None, 1)
    said = "ValueError: Counter: event 'dance', which it does not know"
    assert send(counter, "dance") == said


def test_play_is_one_button_that_says_what_it_will_do(shown):
    counter = Counter()
    shown(counter)
    press(counter, "Play")
    assert counter.playing
    press(counter, "Pause")
    assert not counter.playing
    with pytest.raises(ValueError, match="unpack"):  # now it says Play again
        press(counter, "Pause")


def test_showing_a_second_explorer_of_a_class_stops_and_closes_the_first(shown):
    first, second = Counter(), Counter()
    shown(first)
    first.play()
    shown(second)
    assert not first.playing
    assert not is_shown(first)
    assert is_shown(second)
    first.step()  # the state goes on without a view
    assert first.value == 1


def test_showing_one_explorer_twice_gives_two_views_of_it(shown):
    counter = Counter()
    panel = shown(counter)
    assert shown(counter) is panel


def test_two_hundred_views_leave_no_widget_behind(shown):
    shown(Counter())
    before = live_widgets()
    for _ in range(200):
        shown(Counter())
    assert live_widgets() == before


@pytest.mark.parametrize("name", sorted(card.explorer for card in cards() if card.explorer))
def test_a_cell_that_is_run_again_leaves_no_widget_of_its_explorer_behind(name, shown):
    make = getattr(lessonlib.explorers, name)
    before = live_widgets()
    counts = []
    for _ in range(3):
        explorer = make()
        shown(explorer)
        counts.append(live_widgets())
    assert len(set(counts)) == 1
    explorer.close()
    assert live_widgets() == before


def test_the_view_gets_binary_data_untouched(shown):
    assert shown(Counter()).view.frame["blob"] == np.arange(3.0).tobytes()


class Hoarder(Counter):
    """Keeps a kilobyte of every step."""

    folder = Counter.folder
    kept: ClassVar[list[np.ndarray]] = []

    def _step(self):
        super()._step()
        self.kept.append(np.full(128, self.value, float))


@pytest.mark.exhaustive
def test_a_thousand_frames_of_the_base_leave_nothing_and_a_leak_is_seen(shown):
    counter, hoarder = Counter(), Hoarder()
    shown(counter)
    grown = thousand_frames(counter, warm=100)
    assert grown.objects < 50
    assert grown.memory < 20_000
    shown(hoarder)
    assert thousand_frames(hoarder, warm=100).memory > 1_000_000


# --- what a cell shows ---


def test_a_live_output_is_the_view_alone_and_then_the_picture_that_is_kept(shown, monkeypatch):
    monkeypatch.delenv("LESSONLIB_OUTPUT", raising=False)
    explorer = PerceptronExplorer()
    panel = shown(explorer)
    live, kept = published(explorer)
    assert set(live) == {VIEW}
    assert live[VIEW]["model_id"] == panel.box.model_id
    assert set(kept) == {"text/plain", "text/html", "image/png"}
    assert f"<div class='{panel.view.kept}'>" in kept["text/html"]
    assert "Run this cell again to use the explorer." in kept["text/html"]
    assert "alt='14 points, " in kept["text/html"]
    assert kept["text/plain"].startswith("PerceptronExplorer: 14 points, ")
    json.dumps([live, kept])


def test_a_committed_output_is_the_picture_alone_and_makes_no_widget(monkeypatch):
    monkeypatch.setenv("LESSONLIB_OUTPUT", "static")
    before = live_widgets()
    explorer = PerceptronExplorer()
    data, metadata = bundle(explorer)
    assert published(explorer) == [data]
    assert set(data) == {"text/plain", "image/png"}
    assert data["text/plain"].startswith("PerceptronExplorer: 14 points, ")
    assert metadata["image/png"]["alt"]
    assert live_widgets() == before


def test_a_notebook_run_without_a_front_end_gives_no_error_and_no_stderr(monkeypatch):
    monkeypatch.delenv("LESSONLIB_OUTPUT", raising=False)
    cell = nbformat.v4.new_code_cell(
        "from lessonlib.explorers import PerceptronExplorer\ne = PerceptronExplorer()\ne"
    )
    steps = nbformat.v4.new_code_cell("e.play(); e.step(5); e.reset(); e.close(); e.playing")
    notebook = nbformat.v4.new_notebook(cells=[cell, steps])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    types = ["display_data", "display_data", "execute_result"]
    assert [output.output_type for output in outputs] == types
    assert [VIEW in output.data for output in outputs] == [True, False, False]
    assert outputs[2].data["text/plain"] == "False"


def test_importing_explorers_loads_no_widgets_and_no_matplotlib():
    code = (
        "import sys, lessonlib.explorers as e; e.PerceptronExplorer().step(); "
        "print([m for m in ('ipywidgets', 'anywidget', 'matplotlib') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_scripts_and_styles_are_part_of_the_package_and_share_the_role_colours():
    files = resources.files("lessonlib.widgets")
    css = files.joinpath("explorer.css").read_text(encoding="utf-8")
    for role in ("positive", "negative", "gradient", "forward"):
        assert f"--ns-{role}: {COLOUR[role].lower()};" in css
    assert files.joinpath("explorer.js").is_file()
    for name in ("view.js", "view.css"):
        assert resources.files(PerceptronExplorer.folder).joinpath(name).is_file()


# --- numbers, controls and drawing apart, in every lesson ---

DRAWING = {"ipywidgets", "anywidget", "IPython", "matplotlib", "lessonlib.plots"}
VIEWS = {f"lessonlib.widgets.{name}" for name in ("controls", "explorer", "live", "view")}


def numbers_and_frames():
    """The files that hold numbers and frames, of every lesson that has them."""
    for card in cards():
        for name in ("model.py", "frame.py") if card.explorer else ():
            file = resources.files(f"lessonlib.lessons.l{card.number}.explorer") / name
            if file.is_file():
                yield pytest.param(file, id=f"{card.number}-{name}")


def imported(source):
    """The full names that a module imports, at load or later."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def of_the_view(source):
    """What a module imports of widgets, figures or HTML."""
    within = [f"{name}." for name in DRAWING | VIEWS]
    return [name for name in imported(source) if f"{name}.".startswith(tuple(within))]


@pytest.mark.parametrize("file", list(numbers_and_frames()))
def test_numbers_and_frames_know_neither_widgets_nor_figures(file):
    assert of_the_view(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "import ipywidgets as widgets",
        "import matplotlib.pyplot as plt",
        "from matplotlib.figure import Figure",
        "from lessonlib.plots import COLOUR",
        "from lessonlib import plots",
        "from lessonlib.widgets.controls import dropdown",
        "from lessonlib.widgets import view",
        "def f():\n    import anywidget",
        "if TYPE_CHECKING:\n    from matplotlib.axes import Axes",
    ],
)
def test_an_import_of_the_view_is_seen(line):
    assert len(of_the_view(f"import numpy as np\n{line}\n")) == 1


def test_a_model_may_use_the_library():
    allowed = "import numpy\nfrom lessonlib import nn\nfrom lessonlib.widgets.choices import *\n"
    assert of_the_view(allowed) == []
