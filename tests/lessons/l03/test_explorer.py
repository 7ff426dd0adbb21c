"""The graph explorer of lesson 03, without a browser."""

import json

import numpy as np
import pytest
from explorer_driver import controls, figure, frame, live_widgets, thousand_frames, view
from leaks import after_a_thousand

from lessonlib.autograd import Value
from lessonlib.explorers import GraphExplorer
from lessonlib.lessons.l03.explorer.examples import EXAMPLES
from lessonlib.lessons.l03.explorer.frame import edges

UNIT, TWICE, SIGMOIDS = EXAMPLES


@pytest.fixture(params=EXAMPLES)
def explorer(request):
    return GraphExplorer(request.param)


def by_the_tape(explorer):
    """Value of the loss and gradients of the inputs, by the tape's own backward."""
    inputs = {name: Value(number) for name, number in explorer.model.inputs.items()}
    loss = explorer.model.example.formula(**inputs)
    loss.backward()
    return loss.data, {name: value.grad for name, value in inputs.items()}


def finish(explorer):
    explorer.step(100)
    state = explorer.state
    assert state["finished"]
    return state


def test_it_starts_with_all_values_and_two_edges_walked_back(explorer):
    state = explorer.state
    assert len(state["values"]) == len(explorer.model.values)
    assert len(explorer.model.walked) == 2
    assert not state["finished"]
    assert frame(explorer)["note"].startswith("From ")


def test_at_the_end_the_gradients_are_those_of_the_tape_for_any_inputs(explorer):
    rng = np.random.default_rng(0)
    for _ in range(30):
        for slider in frame(explorer)["sliders"]:
            explorer.set(slider["name"], float(rng.uniform(-3, 3)))
        state = finish(explorer)
        loss, gradients = by_the_tape(explorer)
        assert state["values"]["L"] == pytest.approx(loss, abs=1e-12)
        for name, gradient in gradients.items():
            assert state["gradients"][name] == pytest.approx(gradient, abs=1e-12)


def test_values_come_first_then_one_edge_a_step(explorer):
    explorer.reset()
    names = set(explorer.model.inputs)
    assert set(explorer.state["values"]) == names
    assert explorer.state["gradients"] == {}
    for count in range(1, len(explorer.model.operations) + 1):
        explorer.step()
        assert len(explorer.state["values"]) == len(names) + count
        assert explorer.state["gradients"] == {}
    explorer.step()
    assert explorer.state["gradients"] == {"L": 1.0}
    for count in range(1, len(explorer.model.edges) + 1):
        explorer.step()
        assert sum(bool(edge["handed"]) for edge in edges(explorer.model)) == count
    assert explorer.finished


def test_an_edge_hands_back_only_what_is_complete(explorer):
    """When an edge is walked, all edges from the users of its child have been walked before."""
    order = {edge: k for k, edge in enumerate(explorer.model.back)}
    for k, edge in enumerate(explorer.model.edges):
        users = [j for j, other in enumerate(explorer.model.edges) if other.parent == edge.child]
        assert all(order[j] < order[k] for j in users)


def test_a_value_used_twice_gets_two_parts():
    explorer = GraphExplorer(TWICE)
    finish(explorer)
    parts = [e["handed"] for e in edges(explorer.model) if explorer.model.names[e["parent"]] == "a"]
    assert sorted(parts) == ["3", "−1"]
    assert explorer.state["gradients"]["a"] == 2


def test_the_answers_of_the_lesson_to_find_out():
    explorer = GraphExplorer(TWICE)  # (1) two paths cancel
    explorer.set("a", 1.0)
    assert finish(explorer)["gradients"]["a"] == 0
    assert all(e["handed"] not in ("", "0") for e in edges(explorer.model))

    explorer = GraphExplorer(UNIT)  # (2) the rectifier cuts
    explorer.set("b", -3.0)
    gradients = finish(explorer)["gradients"]
    assert [gradients[name] for name in "wxbv"] == [0, 0, 0, 0]
    assert gradients["t"] != 0

    explorer = GraphExplorer(SIGMOIDS)  # (3) the largest gradient of u
    best = 0.0
    for u in np.arange(-1.0, 1.05, 0.1):
        for v in np.linspace(-3, 3, 7):
            for w in (-3.0, 3.0):
                for name, value in {"x": 3.0, "u": u, "v": v, "w": w}.items():
                    explorer.set(name, value)
                best = max(best, abs(by_the_tape(explorer)[1]["u"]))
    for name, value in {"x": 3.0, "u": -0.2, "v": -3.0, "w": -3.0}.items():
        explorer.set(name, value)
    found = abs(finish(explorer)["gradients"]["u"])
    assert found == pytest.approx(0.25, abs=0.006)
    assert best == pytest.approx(found)


def test_a_slider_moves_the_numbers_and_keeps_the_place_of_the_walk(explorer):
    name = frame(explorer)["sliders"][0]["name"]
    done = explorer.model.done
    explorer.answer({"name": "set", "input": name, "value": 9.0})
    assert explorer.model.inputs[name] == 3.0
    assert explorer.model.done == done


def test_the_target_has_no_slider_and_wrong_input_is_named():
    explorer = GraphExplorer()
    assert [slider["name"] for slider in frame(explorer)["sliders"]] == ["w", "x", "b", "v"]
    with pytest.raises(ValueError, match="set: 't', wanted one of w, x, b, v"):
        explorer.set("t", 1.0)
    with pytest.raises(ValueError, match="wanted a finite number"):
        explorer.set("w", float("nan"))
    with pytest.raises(ValueError, match="choose: 'tree', wanted one of one unit"):
        GraphExplorer("tree")
    with pytest.raises(ValueError, match="event 'dance', which it does not know"):
        explorer.answer({"name": "dance"})


def test_a_second_reset_brings_the_inputs_back():
    explorer = GraphExplorer()
    explorer.set("w", -2.0)
    explorer.reset()
    assert explorer.model.inputs["w"] == -2.0
    explorer.reset()
    assert explorer.model.inputs["w"] == 1.5
    assert explorer.state["values"] == {"w": 1.5, "x": 2.0, "b": -1.0, "v": 0.5, "t": 3.0}


def test_every_frame_is_plain_and_says_what_happens(explorer):
    explorer.reset()
    notes = []
    while not explorer.finished:
        seen = frame(explorer)
        json.dumps(seen)
        assert seen["summary"].endswith(seen["note"])
        notes.append(seen["note"])
        explorer.step()
    assert len(set(notes)) == len(notes)
    assert frame(explorer)["note"].endswith("All gradients are there.")


def test_the_picture_shows_every_box(explorer):
    with figure(explorer) as picture:
        (ax,) = picture.axes
        drawn = {text.get_text() for text in ax.texts}
        assert ax.get_title("left") or ax.get_title()
    assert set(explorer.model.titles) <= drawn
    assert explorer.picture().alt == frame(explorer)["summary"]


def test_no_two_boxes_overlap():
    for example in EXAMPLES.values():
        places = list(example.places.values())
        for k, (column, row) in enumerate(places):
            for other_column, other_row in places[:k]:
                assert abs(column - other_column) >= 1 or abs(row - other_row) >= 0.8


def test_the_view_carries_its_own_style(shown):
    before = live_widgets()
    explorer = GraphExplorer()
    shown(explorer)
    assert ".ns-graph" in view(explorer)._css
    assert "graphView" in view(explorer)._esm
    explorer.close()
    assert live_widgets() == before


def test_the_menu_changes_the_graph_and_stops_the_play(shown):
    explorer = GraphExplorer()
    shown(explorer)
    explorer.play()
    controls(explorer)[0].value = TWICE
    assert (explorer.state["graph"], explorer.playing) == (TWICE, False)
    assert view(explorer).frame["graph"] == TWICE


@pytest.mark.exhaustive
def test_a_thousand_frames_grow_neither_objects_nor_memory(shown):
    explorer = GraphExplorer()
    shown(explorer)
    grown = thousand_frames(explorer, warm=100)
    assert grown.objects < 50
    assert grown.memory < 50_000


@pytest.mark.exhaustive
def test_a_thousand_moves_of_a_slider_leak_nothing():
    explorer = GraphExplorer()

    def walk(steps):
        for k in range(steps):
            explorer.set("w", (k % 60) / 10 - 3)
            frame(explorer)

    assert after_a_thousand(walk, warm=100).memory < 20_000
