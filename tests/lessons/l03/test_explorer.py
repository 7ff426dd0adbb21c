"""The graph explorer of lesson 03, without a browser."""

import json

import ipywidgets
import numpy as np
import pytest
from leaks import after_a_thousand

from lessonlib.autograd import Value
from lessonlib.explorers import GraphExplorer
from lessonlib.lessons.l03.explorer.examples import EXAMPLES

UNIT, TWICE, SIGMOIDS = EXAMPLES


@pytest.fixture(params=EXAMPLES)
def explorer(request):
    return GraphExplorer(request.param)


def by_the_tape(explorer):
    """Value of the loss and gradients of the inputs, by the tape's own backward."""
    inputs = {name: Value(number) for name, number in explorer.inputs.items()}
    loss = explorer.example.formula(**inputs)
    loss.backward()
    return loss.data, {name: value.grad for name, value in inputs.items()}


def finish(explorer):
    explorer.step(100)
    state = explorer.state
    assert state["finished"]
    return state


def test_it_starts_with_all_values_and_two_edges_walked_back(explorer):
    state = explorer.state
    assert len(state["values"]) == len(explorer.values)
    assert len(explorer._walked) == 2
    assert not state["finished"]
    assert explorer._frame()["note"].startswith("From ")


def test_at_the_end_the_gradients_are_those_of_the_tape_for_any_inputs(explorer):
    rng = np.random.default_rng(0)
    for _ in range(30):
        for slider in explorer._frame()["sliders"]:
            explorer.set(slider["name"], float(rng.uniform(-3, 3)))
        state = finish(explorer)
        loss, gradients = by_the_tape(explorer)
        assert state["values"]["L"] == pytest.approx(loss, abs=1e-12)
        for name, gradient in gradients.items():
            assert state["gradients"][name] == pytest.approx(gradient, abs=1e-12)


def test_values_come_first_then_one_edge_a_step(explorer):
    explorer.reset()
    names = set(explorer.inputs)
    assert set(explorer.state["values"]) == names
    assert explorer.state["gradients"] == {}
    for count in range(1, len(explorer.operations) + 1):
        explorer.step()
        assert len(explorer.state["values"]) == len(names) + count
        assert explorer.state["gradients"] == {}
    explorer.step()
    assert explorer.state["gradients"] == {"L": 1.0}
    for count in range(1, len(explorer.edges) + 1):
        explorer.step()
        assert sum(bool(edge["handed"]) for edge in explorer._edges()) == count
    assert explorer.finished


def test_an_edge_hands_back_only_what_is_complete(explorer):
    """When an edge is walked, all edges from the users of its child have been walked before."""
    order = {edge: k for k, edge in enumerate(explorer.back)}
    for k, edge in enumerate(explorer.edges):
        users = [j for j, other in enumerate(explorer.edges) if other.parent == edge.child]
        assert all(order[j] < order[k] for j in users)


def test_a_value_used_twice_gets_two_parts():
    explorer = GraphExplorer(TWICE)
    finish(explorer)
    parts = [e["handed"] for e in explorer._edges() if explorer.names[e["parent"]] == "a"]
    assert sorted(parts) == ["3", "−1"]
    assert explorer.state["gradients"]["a"] == 2


def test_the_answers_of_the_lesson_to_find_out():
    explorer = GraphExplorer(TWICE)  # (1) two paths cancel
    explorer.set("a", 1.0)
    assert finish(explorer)["gradients"]["a"] == 0
    assert all(e["handed"] not in ("", "0") for e in explorer._edges())

    explorer = GraphExplorer(UNIT)  # (2) the rectifier cuts
    explorer.set("b", -3.0)
    gradients = finish(explorer)["gradients"]
    assert [gradients[name] for name in "wxbv"] == [0, 0, 0, 0]
    assert gradients["t"] != 0

    explorer = GraphExplorer(UNIT)  # (3) nothing is wrong
    explorer.set("v", 1.5)
    gradients = finish(explorer)["gradients"]
    assert explorer.state["values"]["h"] > 0
    assert [gradients[name] for name in "wxbvt"] == [0, 0, 0, 0, 0]

    explorer = GraphExplorer(SIGMOIDS)  # (4) the largest gradient of u
    best = 0.0
    for u in np.linspace(-3, 3, 13):
        for v in np.linspace(-3, 3, 13):
            for name, value in {"x": 3.0, "u": u, "v": v, "w": 3.0}.items():
                explorer.set(name, value)
            best = max(best, abs(by_the_tape(explorer)[1]["u"]))
    assert 0.23 < best < 0.24
    for name, value in {"x": 3.0, "u": -0.3, "v": -3.0, "w": 3.0}.items():
        explorer.set(name, value)
    assert abs(finish(explorer)["gradients"]["u"]) == pytest.approx(0.24, abs=0.005)


def test_a_slider_moves_the_numbers_and_keeps_the_place_of_the_walk(explorer):
    name = explorer._frame()["sliders"][0]["name"]
    done = explorer.done
    explorer.answer({"name": "set", "input": name, "value": 9.0})
    assert explorer.inputs[name] == 3.0
    assert explorer.done == done


def test_the_target_has_no_slider_and_wrong_input_is_named():
    explorer = GraphExplorer()
    assert [slider["name"] for slider in explorer._frame()["sliders"]] == ["w", "x", "b", "v"]
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
    assert explorer.inputs["w"] == -2.0
    explorer.reset()
    assert explorer.inputs["w"] == 1.5
    assert explorer.state["values"] == {"w": 1.5, "x": 2.0, "b": -1.0, "v": 0.5, "t": 3.0}


def test_every_frame_is_plain_and_says_what_happens(explorer):
    explorer.reset()
    notes = []
    while not explorer.finished:
        frame = explorer._frame()
        json.dumps(frame)
        assert frame["summary"].endswith(frame["note"])
        notes.append(frame["note"])
        explorer.step()
    assert len(set(notes)) == len(notes)
    assert explorer._frame()["note"].endswith("All gradients are there.")


def test_the_picture_shows_every_box(explorer):
    import matplotlib.pyplot as plt

    figure = explorer._figure()
    drawn = {text.get_text() for text in figure.axes[0].texts}
    assert set(explorer.titles) <= drawn
    assert figure.axes[0].get_title("left") or figure.axes[0].get_title()
    plt.close(figure)
    assert explorer.picture().alt == explorer._frame()["summary"]


def test_no_two_boxes_overlap():
    for example in EXAMPLES.values():
        places = list(example.places.values())
        for k, (column, row) in enumerate(places):
            for other_column, other_row in places[:k]:
                assert abs(column - other_column) >= 1 or abs(row - other_row) >= 0.8


def test_the_view_carries_its_own_style():
    before = len(ipywidgets.widget._instances)
    explorer = GraphExplorer()
    explorer._repr_mimebundle_()
    assert ".ns-graph" in explorer._panel.view._css
    assert "graphView" in explorer._panel.view._esm
    explorer.close()
    assert len(ipywidgets.widget._instances) == before


def test_a_thousand_steps_leak_nothing():
    explorer = GraphExplorer()

    def walk(steps):
        for k in range(steps):
            if explorer.finished:
                explorer.reset()
            explorer.step()
            explorer.set("w", (k % 60) / 10 - 3)
            explorer._frame()

    assert after_a_thousand(walk, warm=100).memory < 20_000
