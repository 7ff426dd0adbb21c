"""The race of optimizers without a browser: steps are those of lessonlib.optim, words are true."""

import json

import numpy as np
import pytest
from explorer_driver import controls, figure, frame, send, thousand_frames, view

from lessonlib.explorers import RaceExplorer
from lessonlib.lessons.l04.explorer.figure import LOOK
from lessonlib.lessons.l04.explorer.model import HEAD_START, MOST, OPTIMIZERS
from lessonlib.lessons.l04.explorer.surfaces import SURFACES


@pytest.fixture
def race():
    return RaceExplorer()


def positions(explorer):
    return np.array(list(explorer.state["positions"].values()))


# --- the surfaces ---


@pytest.mark.parametrize("name", SURFACES)
def test_gradients_are_those_of_the_losses(name):
    surface = SURFACES[name]
    rng = np.random.default_rng(1)
    for p in rng.uniform(-2, 2, (20, 2)):
        h = 1e-5 * np.eye(2)
        slope = [(surface.loss(p + e) - surface.loss(p - e)) / 2e-5 for e in h]
        np.testing.assert_allclose(surface.gradient(p), slope, atol=1e-6)


@pytest.mark.parametrize("name", SURFACES)
def test_the_named_minima_are_the_lowest_points_of_the_window(name):
    surface = SURFACES[name]
    for minimum in surface.minima:
        assert float(surface.loss(np.array(minimum))) == pytest.approx(surface.lowest, abs=1e-12)
        np.testing.assert_allclose(surface.gradient(np.array(minimum)), 0, atol=1e-12)
    heights = surface.heights(101)[2]
    assert heights.min() >= surface.lowest - 1e-12


# --- the race ---


def test_sgd_and_momentum_are_the_formulas_of_the_lesson(race):
    race.reset()
    race.step(7)
    w = v = race.model.start.copy()
    u = np.zeros(2)
    for _ in range(7):
        w = w - 0.2 * np.array([0.3, 9.0]) * w
        u = 0.9 * u + np.array([0.3, 9.0]) * v
        v = v - 0.2 * u
    np.testing.assert_allclose(race.state["positions"]["SGD"], w, atol=1e-12)
    np.testing.assert_allclose(race.state["positions"]["momentum"], v, atol=1e-12)


def test_adam_starts_with_a_step_of_the_learning_rate_in_each_weight():
    race = RaceExplorer("ravine", lr=0.1)
    race.reset()
    race.step()
    moved = race.state["positions"]["Adam"] - race.model.start
    np.testing.assert_allclose(np.abs(moved), 0.1, rtol=1e-6)


def test_it_starts_in_the_middle_of_a_race(race):
    assert race.model.steps == HEAD_START
    assert race.state["shown"] == ["SGD", "momentum", "Adam"]
    assert frame(race)["note"].startswith("Lowest loss above the minimum now: ")


def test_a_learning_rate_that_is_too_large_is_said_in_words():
    race = RaceExplorer("ravine", lr=0.5)
    race.step(30)
    assert race.state["diverged"]["SGD"] is not None
    assert race.state["losses"]["SGD"] == np.inf
    seen = frame(race)
    assert seen["note"].startswith("SGD and momentum have diverged")
    assert "0.5 is too large for this surface" in seen["note"]
    assert ["SGD", f"diverged at step {race.model.diverged['SGD']}"] in seen["readouts"]
    assert len(seen["paths"]["SGD"]) == 8 * (race.model.diverged["SGD"] + 1)
    race.picture()


def test_a_start_on_the_ridge_of_the_saddle_stays_there_and_a_step_aside_frees_it():
    race = RaceExplorer("saddle")
    race.move_start(-1.7, 0.0)
    race.step(MOST)
    assert np.all(positions(race)[:, 1] == 0)
    assert all(when is None for when in race.model.arrived.values())
    race.move_start(-1.7, 0.01)
    assert all(when is not None for when in race.model.arrived.values())
    assert race.model.arrived["Adam"] < race.model.arrived["SGD"]


def test_learning_rate_and_start_run_the_same_number_of_steps_again(race):
    race.step(10)
    race.set_learning_rate(0.05)
    twin = RaceExplorer("ravine", lr=0.05)
    twin.step(10)
    np.testing.assert_array_equal(positions(race), positions(twin))
    race.move_start(1.0, -0.5)
    assert race.model.steps == HEAD_START + 10
    assert frame(race)["start"] == [1.0, -0.5]


def test_all_meet_the_same_noise_and_a_reset_draws_another():
    first, second = RaceExplorer("noisy bowl", seed=3), RaceExplorer("noisy bowl", seed=3)
    np.testing.assert_array_equal(positions(first), positions(second))
    before = positions(first)
    first.reset()
    first.step(HEAD_START)
    assert not np.array_equal(positions(first), before)


def test_reset_goes_to_the_start_and_twice_takes_the_start_back(race):
    race.move_start(0.5, 0.5)
    race.reset()
    assert race.model.steps == 0
    assert race.model.start.tolist() == [0.5, 0.5]
    assert frame(race)["note"].startswith("All stand at the start")
    race.reset()
    assert race.model.start.tolist() == list(SURFACES["ravine"].start)


def test_it_ends_and_play_starts_it_again(race):
    race.play()
    race.step(10_000)
    assert race.finished
    assert not race.playing
    assert "The race is over" in frame(race)["note"] or race.model.steps < MOST
    race.play()
    assert race.model.steps == 0


def test_optimizers_are_shown_and_hidden_but_never_all(race):
    race.answer({"name": "toggle", "optimizer": "RMSProp"})
    assert race.model.shown == ["SGD", "momentum", "RMSProp", "Adam"]
    for name in OPTIMIZERS:
        if name in race.model.shown:
            race.toggle(name)
    assert race.model.shown == ["Adam"]
    assert list(frame(race)["paths"]) == ["Adam"]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda r: r.choose("moon"), "choose: 'moon', wanted one of ravine"),
        (lambda r: r.toggle("L-BFGS"), "toggle: 'L-BFGS', wanted one of SGD"),
        (lambda r: r.move_start(np.nan, 0), "wanted finite numbers"),
        (lambda r: r.set_learning_rate(0.0), "learning rate 0.0, wanted a number above 0"),
        (lambda r: r.answer({"name": "dance"}), "event 'dance'"),
    ],
)
def test_what_it_does_not_know_is_refused_by_name(race, action, message):
    with pytest.raises(ValueError, match=message):
        action(race)


def test_starts_outside_the_window_go_to_its_edge(race):
    race.choose("Rosenbrock")
    race.move_start(9.0, -9.0)
    assert race.model.start.tolist() == [2.0, -1.0]


@pytest.mark.parametrize("name", SURFACES)
@pytest.mark.filterwarnings("error")
def test_no_start_and_no_learning_rate_break_it(name):
    rng = np.random.default_rng(5)
    race = RaceExplorer(name)
    for lr in (0.01, 0.2, 1.0, 50.0):
        race.set_learning_rate(lr)
        race.move_start(*rng.uniform(-3, 3, 2))
        race.step(MOST)
        seen = frame(race)
        text = {k: v for k, v in seen.items() if k not in ("ground", "paths")}
        assert "nan" not in json.dumps(text).lower()


# --- what goes to the view ---


def test_the_frame_holds_the_paths_and_the_heights(race):
    seen = frame(race)
    path = np.frombuffer(seen["paths"]["SGD"], "<f4").reshape(-1, 2)
    assert len(path) == HEAD_START + 1
    np.testing.assert_allclose(path[0], race.model.start, rtol=1e-6)
    heights = np.frombuffer(seen["ground"], np.uint8).reshape(seen["grid"], seen["grid"])
    assert (heights.min(), heights.max()) == (0, 255)
    assert heights[0, 0] > heights[64, 64]
    assert seen["ground"] is frame(race)["ground"]


def test_rosenbrock_is_drawn_with_the_valley_upwards():
    seen = frame(RaceExplorer("Rosenbrock"))
    heights = np.frombuffer(seen["ground"], np.uint8).reshape(seen["grid"], seen["grid"])
    assert heights[0, 64] > heights[-40, 64]  # above the valley's floor it is high, y = 0 is low


def test_the_picture_draws_the_paths_that_are_shown_and_names_them(race):
    race.toggle("Nesterov")
    with figure(race) as picture:
        (ax,) = picture.axes
        title = ax.get_title("left") or ax.get_title()
        labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert title == "ravine: 15 steps, learning rate 0.2"
    assert labels == ["SGD", "momentum", "Nesterov", "Adam"]


def test_every_optimizer_has_its_own_colour_dash_and_marker():
    assert set(LOOK) == set(OPTIMIZERS)
    for part in zip(*LOOK.values(), strict=True):
        assert len(set(part)) == len(OPTIMIZERS)


def test_menu_and_slider_change_the_race(shown, race):
    shown(race)
    surface, lr = controls(race)[:2]
    surface.value = "saddle"
    assert view(race).frame["surface"] == "saddle"
    lr.value = 0.05
    assert race.model.lr == 0.05
    assert send(race, "start", x=0.5, y=0.25, id=4) == ""
    assert view(race).frame["start"] == [0.5, 0.25]
    assert view(race).answered == 4


@pytest.mark.exhaustive
def test_a_thousand_frames_grow_neither_objects_nor_memory(shown, race):
    shown(race)
    grown = thousand_frames(race, warm=370)  # a new race begins before the count does
    assert grown.objects < 50
    assert grown.memory < 50_000


# --- what the lesson asks the learner to find ---


@pytest.mark.parametrize(
    ("name", "stays", "leaves"),
    [("SGD", 0.2, 0.3), ("momentum", 0.3, 0.5), ("Nesterov", 0.1, 0.2)],
)
def test_in_the_ravine_each_optimizer_leaves_at_its_own_learning_rate(name, stays, leaves):
    for lr, left in ((stays, False), (leaves, True)):
        race = RaceExplorer("ravine", lr=lr)
        race.step(MOST)
        assert (race.model.diverged[name] is not None) == left


def test_next_to_the_ridge_the_optimizers_that_rescale_get_away_first():
    race = RaceExplorer("saddle")
    race.step(MOST)
    slowest = max(race.model.arrived["RMSProp"], race.model.arrived["Adam"])
    assert slowest < min(race.model.arrived[n] for n in ("SGD", "momentum", "Nesterov"))


def test_a_smaller_learning_rate_rests_closer_in_the_noisy_bowl():
    spread = {}
    for lr in (0.02, 0.2):
        race = RaceExplorer("noisy bowl", lr=lr)
        race.step(MOST)
        spread[lr] = np.abs(race.model.path("SGD")[-100:]).mean()
    assert spread[0.02] < spread[0.2] / 2


def test_momentum_leads_at_a_small_lr_and_sgd_at_a_larger_one():
    leads = {}
    for lr, steps in ((0.02, 45), (0.2, 1)):
        race = RaceExplorer("ravine", lr=lr)
        race.step(steps)
        losses = race.state["losses"]
        leads[lr] = losses["momentum"] < losses["SGD"]
    assert leads == {0.02: True, 0.2: False}


@pytest.mark.parametrize(("lr", "leader"), [(0.02, "Nesterov"), (0.1, "RMSProp"), (0.2, "SGD")])
def test_who_leads_all_five_at_step_60_depends_on_the_lr(lr, leader):
    race = RaceExplorer("ravine", lr=lr)
    race.step(60 - race.state["steps"])
    losses = race.state["losses"]
    assert min(losses, key=losses.get) == leader


def test_at_0_2_sgd_has_the_lowest_loss_at_step_60_although_rmsprop_is_first_below_0_01():
    race = RaceExplorer("ravine", lr=0.2)
    race.step(60 - race.state["steps"])
    losses, arrived = race.state["losses"], race.state["arrived"]
    assert min(losses, key=losses.get) == "SGD"
    assert arrived["RMSProp"] == min(step for step in arrived.values() if step is not None)


@pytest.mark.parametrize("lr", [0.5, 1.0, 2.0])
def test_the_optimizers_that_rescale_never_leave_the_ravine(lr):
    race = RaceExplorer("ravine", lr=lr)
    race.step(MOST)
    assert race.model.diverged["RMSProp"] is None
    assert race.model.diverged["Adam"] is None
    assert np.abs(race.model.path("RMSProp")[-1]).max() < 2 * lr
    jumps = np.abs(np.diff(race.model.path("RMSProp"), axis=0))
    assert jumps.max() <= 1.001 * lr / np.sqrt(1 - 0.9)
    assert jumps[-20:].max() == pytest.approx(lr, rel=0.01)
