import json
import re
import subprocess
import sys
from importlib import resources

import ipywidgets
import nbformat
import numpy as np
import pytest
from leaks import after_a_thousand
from nbclient import NotebookClient

from lessonlib import perceptron
from lessonlib.explorers import Explorer, PerceptronExplorer
from lessonlib.plots import COLOUR

VIEW = "application/vnd.jupyter.widget-view+json"


def live_widgets():
    return len(ipywidgets.widget._instances)


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
    panel = shown(counter)
    panel._on_message(panel.view, {"name": "tick", "id": 7}, [])
    assert (counter.value, panel.view.answered) == (0, 7)
    counter.play()
    panel._on_message(panel.view, {"name": "tick", "id": 8}, [])
    assert (counter.value, panel.view.answered, panel.view.playing) == (1, 8, True)
    panel._on_message(panel.view, {"name": "tick", "reduced": True, "id": 9}, [])
    assert counter.value == 5  # one large step a second: the four of one second's play
    counter.play()
    panel._on_message(panel.view, {"name": "gone", "id": 10}, [])
    assert not counter.playing


def test_an_error_is_shown_as_one_line_stops_the_play_and_is_cleared_by_what_works(shown):
    counter = Counter()
    panel = shown(counter)
    counter.value = -1
    counter.play()
    panel._on_message(panel.view, {"name": "tick", "id": 1}, [])
    assert panel.view.error == "ArithmeticError: below zero"
    assert isinstance(counter.error, ArithmeticError)
    assert not counter.playing
    assert not panel.view.playing
    assert panel.play.description == "Play"
    assert panel.view.answered == 1
    counter.value = 0
    panel.box.children[0].children[-2].click()  # Step
    assert (panel.view.error, counter.error, counter.value) == ("", None, 1)
    panel._on_message(panel.view, {"name": "dance", "id": 2}, [])
    assert panel.view.error == "ValueError: Counter: event 'dance', which it does not know"


def test_play_is_one_button_that_says_what_it_will_do(shown):
    counter = Counter()
    panel = shown(counter)
    assert panel.play.description == "Play"
    panel.play.click()
    assert (counter.playing, panel.play.description) == (True, "Pause")
    panel.play.click()
    assert (counter.playing, panel.play.description) == (False, "Play")


def test_showing_a_second_explorer_of_a_class_stops_and_closes_the_first(shown):
    first, second = Counter(), Counter()
    shown(first)
    first.play()
    shown(second)
    assert not first.playing
    assert first._panel is None
    assert second._panel is not None
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


def test_the_view_gets_binary_data_untouched(shown):
    assert shown(Counter()).view.frame["blob"] == np.arange(3.0).tobytes()


# --- what a cell shows ---


def test_a_live_output_is_the_view_beside_a_static_picture(shown, monkeypatch):
    monkeypatch.delenv("LESSONLIB_OUTPUT", raising=False)
    explorer = PerceptronExplorer()
    shown(explorer)
    data, metadata = explorer._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", VIEW}
    assert data[VIEW]["model_id"] == explorer._panel.box.model_id
    assert metadata["image/png"]["alt"].startswith("14 points, ")
    json.dumps(data)


def test_a_committed_output_is_the_picture_alone_and_makes_no_widget(monkeypatch):
    monkeypatch.setenv("LESSONLIB_OUTPUT", "static")
    before = live_widgets()
    data, metadata = PerceptronExplorer()._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png"}
    assert data["text/plain"].startswith("PerceptronExplorer: 14 points, ")
    assert metadata["image/png"]["alt"]
    assert live_widgets() == before


def test_the_picture_draws_every_point_the_line_and_the_counts():
    import matplotlib.pyplot as plt

    explorer = PerceptronExplorer()
    figure = explorer._figure()
    ax = figure.axes[0]
    drawn = [c.get_offsets() for c in ax.collections if len(c.get_offsets()) > 1]
    assert sum(map(len, drawn)) == 14
    title = ax.get_title("left") or ax.get_title()
    assert (
        title
        == f"{explorer.visits} visits, {explorer.mistakes} mistakes, bound {explorer.bound:.1f}"
    )
    plt.close(figure)


def test_a_notebook_run_without_a_front_end_gives_no_error_and_no_stderr(monkeypatch):
    monkeypatch.delenv("LESSONLIB_OUTPUT", raising=False)
    cell = nbformat.v4.new_code_cell(
        "from lessonlib.explorers import PerceptronExplorer\ne = PerceptronExplorer()\ne"
    )
    steps = nbformat.v4.new_code_cell("e.play(); e.step(5); e.reset(); e.close(); e.playing")
    notebook = nbformat.v4.new_notebook(cells=[cell, steps])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    assert [output.output_type for output in outputs] == ["execute_result", "execute_result"]
    assert VIEW in outputs[0].data
    assert outputs[1].data["text/plain"] == "False"


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


# --- the perceptron's explorer ---


@pytest.fixture
def explorer():
    return PerceptronExplorer()


def labels_now(explorer):
    return perceptron.classify(explorer.X, explorer.weight, explorer.bias)


def test_it_starts_on_a_line_that_is_still_wrong(explorer):
    for name in explorer.datasets:
        explorer.choose(name)
        assert explorer.visits > 0
        assert explorer.wrong
        assert np.any(labels_now(explorer) != explorer.y)


@pytest.mark.parametrize("name", ["wide margin", "narrow margin"])
def test_the_visits_are_those_of_the_lesson_code(explorer, name):
    explorer.choose(name)
    explorer.reset()
    explorer.reset()
    order = explorer.order
    explorer.step(10_000)
    fit = perceptron.fit(explorer.X[order], explorer.y[order], passes=1000)
    state = explorer.state
    assert state["converged"]
    assert state["visits"] == len(fit.mistakes) * len(order)
    assert state["mistakes"] == fit.steps
    assert state["last_pass"] == 0
    np.testing.assert_allclose(state["weight"], fit.weight, atol=1e-12)
    assert state["bias"] == pytest.approx(fit.bias)
    assert np.array_equal(labels_now(explorer), explorer.y)
    assert state["mistakes"] <= state["bound"]


def test_margin_radius_and_bound_are_those_of_the_points_with_a_constant_one(explorer):
    inputs = np.column_stack([explorer.X, np.ones(14)])
    assert explorer.radius == pytest.approx(np.linalg.norm(inputs, axis=1).max())
    assert explorer.gamma == perceptron.margin(inputs, explorer.y)
    assert explorer.bound == pytest.approx((explorer.radius / explorer.gamma) ** 2)


def test_the_bar_stays_below_one_at_every_visit_of_every_run():
    for seed in range(10):
        explorer = PerceptronExplorer(seed=seed)
        for name in ("wide margin", "narrow margin"):
            explorer.choose(name)
            explorer.reset()
            while not explorer.finished:
                explorer.step()
                assert 0 <= explorer._frame()["meter"]["value"] <= 1


def test_moving_points_at_random_never_breaks_the_bound_nor_the_explorer():
    rng = np.random.default_rng(3)
    explorer = PerceptronExplorer(seed=1)
    for _ in range(300):
        index = int(rng.integers(len(explorer.X)))
        event = rng.choice(["move", "move", "move", "flip", "add", "remove"])
        place = {"x": float(rng.normal()), "y": float(rng.normal())}
        explorer.answer({"name": str(event), "index": index, "label": -1, **place})
        explorer.step(int(rng.integers(1, 50)))
        bound = explorer.bound
        assert bound is None or explorer.mistakes <= bound
        assert sorted(explorer.order) == list(range(len(explorer.X)))
        json.dumps(explorer._frame())


def test_xor_has_no_bound_and_never_stops(explorer):
    explorer.choose("not separable (XOR)")
    explorer.play()
    explorer.step(2000)
    frame = explorer._frame()
    assert explorer.playing
    assert explorer.state["bound"] is None
    assert frame["meter"]["value"] is None
    assert frame["note"] == (
        "No line separates these points: the bound does not exist, the rule never stops."
    )
    assert explorer.last_pass > 0


def test_one_point_can_push_the_bound_past_500_and_make_the_rule_run_for_ever(explorer):
    u = None
    for index in range(14):
        other = explorer.X[explorer.y != explorer.y[index]]
        for share in np.linspace(0, 1, 201):
            target = other[0] + share * (explorer.X[index] - other[0])
            moved = PerceptronExplorer(explorer.X, explorer.y)
            moved.move(index, *target)
            if moved.bound and moved.bound > 500:
                u = moved
                break
        if u:
            break
    assert u is not None
    assert u.bound > 500
    explorer.move(0, *explorer.X[explorer.y != explorer.y[0]].mean(axis=0))
    assert explorer.bound is None
    explorer.step(5000)
    assert not explorer.finished


def test_reset_draws_a_new_order_and_a_second_one_brings_the_points_back(explorer):
    start = explorer.X.copy()
    explorer.move(0, 0.9, -0.9)
    explorer.reset()
    first = explorer.order
    assert (explorer.visits, explorer.mistakes, explorer.bias) == (0, 0, 0.0)
    assert not explorer.weight.any()
    assert explorer.X[0].tolist() == [0.9, -0.9]
    explorer.reset()
    assert np.array_equal(explorer.X, start)
    assert not np.array_equal(explorer.order, first)


def test_reset_after_adding_points_brings_the_number_of_points_back(explorer):
    explorer.add(0.0, 0.0, -1)
    explorer.reset()
    explorer.reset()
    explorer.step(14)
    assert len(explorer.X) == len(explorer.order) == 14


def test_a_moved_point_repeats_the_run_on_the_points_as_they_are_now(explorer):
    explorer.choose("narrow margin")
    explorer.step(20)
    visits = explorer.visits
    explorer.move(3, 0.1, 0.2)
    twin = PerceptronExplorer(explorer.X, explorer.y)
    twin.reset()
    twin.order = explorer.order
    twin.step(visits)
    assert explorer.visits == twin.visits
    np.testing.assert_array_equal(explorer.weight, twin.weight)
    assert explorer.mistakes == twin.mistakes


def test_positions_are_kept_inside_the_plane_and_nan_is_refused(explorer):
    explorer.move(0, 7.0, -7.0)
    assert explorer.X[0].tolist() == [1.0, -1.0]
    with pytest.raises(ValueError, match="wanted finite numbers"):
        explorer.move(0, float("nan"), 0.0)
    with pytest.raises(ValueError, match="point 14, wanted 0 to 13"):
        explorer.flip(14)
    with pytest.raises(ValueError, match="label 0, wanted -1 or"):
        explorer.add(0, 0, 0)
    with pytest.raises(ValueError, match="choose: 'moons', wanted one of wide margin"):
        explorer.choose("moons")


def test_points_can_be_neither_too_few_nor_too_many(explorer):
    for _ in range(100):
        explorer.add(0.5, 0.5, 1)
    assert len(explorer.X) == 60
    for _ in range(100):
        explorer.remove(0)
    assert len(explorer.X) == 2


@pytest.mark.parametrize(
    ("X", "y", "separable"),
    [
        ([[0, 0], [0, 0]], [1, 1], True),
        ([[0, 0], [0, 0]], [1, -1], False),
        ([[0.3, 0.3]] * 5, [1, 1, -1, 1, 1], False),
        ([[0, 0], [1, 1], [0.5, 0.5]], [1, 1, -1], False),
        ([[0, 0], [1, 1], [0.5, 0.5]], [-1, 1, 1], True),
        ([[0, 0], [1, 0]], [-1, -1], True),
        ([[500, 1], [-300, 2]], [-1, 1], True),
    ],
    ids=["same", "same-but-class", "stack", "line", "line-cut", "one-class", "far"],
)
def test_odd_places_do_not_break_it(X, y, separable):
    explorer = PerceptronExplorer(np.array(X), np.array(y))
    explorer.step(500)
    assert explorer.state["separable"] is separable
    assert explorer.finished is separable
    explorer.picture()
    json.dumps(explorer._frame())


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.zeros((3, 3)), np.ones(3), r"X of shape \(3, 3\)"),
        (np.zeros((3, 2)), np.ones(4), r"y of shape \(4,\)"),
        (np.zeros((1, 2)), np.ones(1), "with N from 2 to 60"),
        (np.zeros((61, 2)), np.ones(61), "with N from 2 to 60"),
        (np.zeros((2, 2)), np.array([0, 1]), "labels 0, 1, wanted -1 and"),
        (np.array([[0, np.nan], [1, 1]]), np.array([1, -1]), "NaN or infinity in row 0"),
        (np.zeros((2, 2)), None, "X without y"),
    ],
)
def test_wrong_points_are_refused_by_name(X, y, message):
    with pytest.raises(ValueError, match=message):
        PerceptronExplorer(X, y)


def test_the_words_say_what_happened(explorer):
    assert re.match(r"Visit \d+: the (orange circle|blue square) at", explorer._frame()["note"])
    explorer.reset()
    assert explorer._frame()["note"].startswith("w = 0: there is no line yet")
    explorer.step(10_000)
    assert explorer._frame()["note"].startswith("A whole pass without a mistake")
    assert ["mistakes in the last pass", "0"] in explorer._frame()["readouts"]


def test_the_data_set_menu_changes_the_points_and_keeps_working_after_an_error(shown, explorer):
    panel = shown(explorer)
    menu = panel.box.children[0].children[0]
    menu.value = "not separable (XOR)"
    assert len(panel.view.frame["points"]) == 4
    panel._on_message(panel.view, {"name": "flip", "index": 9, "id": 1}, [])
    assert panel.view.error == "ValueError: point 9, wanted 0 to 3"
    menu.value = "wide margin"
    assert panel.view.error == ""
    assert len(panel.view.frame["points"]) == 14


@pytest.mark.parametrize("name", ["narrow margin", "not separable (XOR)"])
def test_a_thousand_steps_with_a_view_grow_neither_objects_nor_memory(shown, explorer, name):
    explorer.choose(name)
    panel = shown(explorer)

    def play(steps):
        for number in range(steps):
            explorer.playing = True
            panel._on_message(panel.view, {"name": "tick", "id": number}, [])
            if explorer.finished:
                explorer.reset()

    grown = after_a_thousand(play, warm=300)
    assert grown.objects < 50
    assert grown.memory < 50_000


def test_the_same_state_gives_the_same_picture():
    assert PerceptronExplorer().picture().png == PerceptronExplorer().picture().png
