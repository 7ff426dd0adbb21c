"""The perceptron's explorer without a browser: its visits are the lesson's, its bound holds."""

import json
import re

import numpy as np
import pytest
from explorer_driver import controls, figure, frame, send, thousand_frames, view

from lessonlib import perceptron
from lessonlib.explorers import PerceptronExplorer


@pytest.fixture
def explorer():
    return PerceptronExplorer()


def labels_now(explorer):
    run = explorer.model
    return perceptron.classify(run.X, run.weight, run.bias)


def test_it_starts_on_a_line_that_is_still_wrong(explorer):
    for name in explorer.model.datasets:
        explorer.choose(name)
        assert explorer.model.visits > 0
        assert explorer.model.wrong
        assert np.any(labels_now(explorer) != explorer.model.y)


@pytest.mark.parametrize("name", ["wide margin", "narrow margin"])
def test_the_visits_are_those_of_the_lesson_code(explorer, name):
    explorer.choose(name)
    explorer.reset()
    explorer.reset()
    order = explorer.model.order
    explorer.step(10_000)
    fit = perceptron.fit(explorer.model.X[order], explorer.model.y[order], passes=1000)
    state = explorer.state
    assert state["converged"]
    assert state["visits"] == len(fit.mistakes) * len(order)
    assert state["mistakes"] == fit.steps
    assert state["last_pass"] == 0
    np.testing.assert_allclose(state["weight"], fit.weight, atol=1e-12)
    assert state["bias"] == pytest.approx(fit.bias)
    assert np.array_equal(labels_now(explorer), explorer.model.y)
    assert state["mistakes"] <= state["bound"]


def test_margin_radius_and_bound_are_those_of_the_points_with_a_constant_one(explorer):
    run = explorer.model
    inputs = np.column_stack([run.X, np.ones(14)])
    assert run.radius == pytest.approx(np.linalg.norm(inputs, axis=1).max())
    assert run.gamma == perceptron.margin(inputs, run.y)
    assert run.bound == pytest.approx((run.radius / run.gamma) ** 2)


def test_the_bar_stays_below_one_at_every_visit_of_every_run():
    for seed in range(10):
        explorer = PerceptronExplorer(seed=seed)
        for name in ("wide margin", "narrow margin"):
            explorer.choose(name)
            explorer.reset()
            while not explorer.finished:
                explorer.step()
                assert 0 <= frame(explorer)["meter"]["value"] <= 1


def test_moving_points_at_random_never_breaks_the_bound_nor_the_explorer():
    rng = np.random.default_rng(3)
    explorer = PerceptronExplorer(seed=1)
    for _ in range(300):
        index = int(rng.integers(len(explorer.model.X)))
        event = rng.choice(["move", "move", "move", "flip", "add", "remove"])
        place = {"x": float(rng.normal()), "y": float(rng.normal())}
        explorer.answer({"name": str(event), "index": index, "label": -1, **place})
        explorer.step(int(rng.integers(1, 50)))
        bound = explorer.model.bound
        assert bound is None or explorer.model.mistakes <= bound
        assert sorted(explorer.model.order) == list(range(len(explorer.model.X)))
        json.dumps(frame(explorer))


def test_xor_has_no_bound_and_never_stops(explorer):
    explorer.choose("not separable (XOR)")
    explorer.play()
    explorer.step(2000)
    seen = frame(explorer)
    assert explorer.playing
    assert explorer.state["bound"] is None
    assert seen["meter"]["value"] is None
    assert seen["note"] == (
        "No line separates these points: the bound does not exist, the rule never stops."
    )
    assert explorer.model.last_pass > 0


def test_one_point_can_push_the_bound_past_500_and_make_the_rule_run_for_ever(explorer):
    u = None
    for index in range(14):
        other = explorer.model.X[explorer.model.y != explorer.model.y[index]]
        for share in np.linspace(0, 1, 201):
            target = other[0] + share * (explorer.model.X[index] - other[0])
            moved = PerceptronExplorer(explorer.model.X, explorer.model.y)
            moved.move(index, *target)
            if moved.model.bound and moved.model.bound > 500:
                u = moved
                break
        if u:
            break
    assert u is not None
    assert u.model.bound > 500
    explorer.move(0, *explorer.model.X[explorer.model.y != explorer.model.y[0]].mean(axis=0))
    assert explorer.model.bound is None
    explorer.step(5000)
    assert not explorer.finished


def test_reset_draws_a_new_order_and_a_second_one_brings_the_points_back(explorer):
    start = explorer.model.X.copy()
    explorer.move(0, 0.9, -0.9)
    explorer.reset()
    first = explorer.model.order
    assert (explorer.model.visits, explorer.model.mistakes, explorer.model.bias) == (0, 0, 0.0)
    assert not explorer.model.weight.any()
    assert explorer.model.X[0].tolist() == [0.9, -0.9]
    explorer.reset()
    assert np.array_equal(explorer.model.X, start)
    assert not np.array_equal(explorer.model.order, first)


def test_reset_after_adding_points_brings_the_number_of_points_back(explorer):
    explorer.add(0.0, 0.0, -1)
    explorer.reset()
    explorer.reset()
    explorer.step(14)
    assert len(explorer.model.X) == len(explorer.model.order) == 14


def test_a_moved_point_repeats_the_run_on_the_points_as_they_are_now(explorer):
    explorer.choose("narrow margin")
    explorer.step(20)
    visits = explorer.model.visits
    explorer.move(3, 0.1, 0.2)
    twin = PerceptronExplorer(explorer.model.X, explorer.model.y)
    twin.reset()
    twin.model.order = explorer.model.order
    twin.step(visits)
    assert explorer.model.visits == twin.model.visits
    np.testing.assert_array_equal(explorer.model.weight, twin.model.weight)
    assert explorer.model.mistakes == twin.model.mistakes


def test_positions_are_kept_inside_the_plane_and_nan_is_refused(explorer):
    explorer.move(0, 7.0, -7.0)
    assert explorer.model.X[0].tolist() == [1.0, -1.0]
    with pytest.raises(ValueError, match="wanted finite numbers"):
        explorer.move(0, float("nan"), 0.0)
    with pytest.raises(ValueError, match="point 14, wanted 0 to 13"):
        explorer.flip(14)
    with pytest.raises(ValueError, match="label 0, wanted -1 or"):
        explorer.add(0, 0, 0)
    with pytest.raises(ValueError, match="wanted finite numbers"):
        explorer.add(0, float("inf"))
    assert len(explorer.model.X) == 14
    with pytest.raises(ValueError, match="choose: 'moons', wanted one of wide margin"):
        explorer.choose("moons")


def test_points_can_be_neither_too_few_nor_too_many(explorer):
    for _ in range(100):
        explorer.add(0.5, 0.5, 1)
    assert len(explorer.model.X) == 60
    for _ in range(100):
        explorer.remove(0)
    assert len(explorer.model.X) == 2


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
    json.dumps(frame(explorer))


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
    assert re.match(r"Visit \d+: the (orange circle|blue square) at", frame(explorer)["note"])
    explorer.reset()
    assert frame(explorer)["note"].startswith("w = 0: there is no line yet")
    explorer.step(10_000)
    assert frame(explorer)["note"].startswith("A whole pass without a mistake")
    assert ["mistakes in the last pass", "0"] in frame(explorer)["readouts"]


def test_the_data_set_menu_changes_the_points_and_keeps_working_after_an_error(shown, explorer):
    shown(explorer)
    menu = controls(explorer)[0]
    menu.value = "not separable (XOR)"
    assert len(view(explorer).frame["points"]) == 4
    assert send(explorer, "flip", index=9) == "ValueError: point 9, wanted 0 to 3"
    menu.value = "wide margin"
    assert view(explorer).error == ""
    assert len(view(explorer).frame["points"]) == 14


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["narrow margin", "not separable (XOR)"])
def test_a_thousand_frames_grow_neither_objects_nor_memory(shown, explorer, name):
    explorer.choose(name)
    shown(explorer)
    grown = thousand_frames(explorer, warm=300)
    assert grown.objects < 50
    assert grown.memory < 50_000


def test_the_picture_draws_every_point_the_line_and_the_counts(explorer):
    with figure(explorer) as picture:
        (ax,) = picture.axes
        drawn = [c.get_offsets() for c in ax.collections if len(c.get_offsets()) > 1]
        title = ax.get_title("left") or ax.get_title()
    state = explorer.state
    assert sum(map(len, drawn)) == 14
    assert title == (
        f"{state['visits']} visits, {state['mistakes']} mistakes, bound {state['bound']:.1f}"
    )


def test_the_same_state_gives_the_same_picture():
    assert PerceptronExplorer().picture().png == PerceptronExplorer().picture().png
