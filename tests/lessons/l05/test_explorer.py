"""The capacity explorer: its numbers are those of a plain loop, and its view leaks nothing."""

import json

import numpy as np
import pytest
from explorer_driver import controls, figure, frame, thousand_frames, view

from lessonlib import nn, optim
from lessonlib.explorers import CapacityExplorer
from lessonlib.lessons.l05.explorer.model import CHOICES, FIRST, LAST, START, target


def after(steps, **settings):
    """A run from the first weights on, `steps` long."""
    explorer = CapacityExplorer(**settings)
    explorer.reset()
    if steps:
        explorer.step(steps)
    return explorer


def test_the_start_already_memorises():
    for seed in range(5):
        state = CapacityExplorer(seed=seed).state
        assert state["steps"] == FIRST
        assert state["best step"] < FIRST / 2
        assert state["validation error"] > 1.1 * state["best validation error"]
        assert state["train error"] < 0.8 * state["noise"]
    assert "It memorises" in frame(CapacityExplorer())["note"]


def test_a_step_is_one_step_of_the_library_on_all_samples():
    explorer = after(3, width=8, decay=1.0)
    twin = after(0, width=8, decay=1.0)
    X, y = twin.model.train
    network, loss = twin.model.network, nn.MSELoss()
    optimizer = optim.AdamW(network.parameters(), lr=0.01, weight_decay=1.0)
    network.train()
    for _ in range(3):
        optimizer.zero_grad()
        loss(network(X), y)
        network.backward(loss.backward())
        optimizer.step()
    both = zip(explorer.model.network.parameters(), network.parameters(), strict=True)
    for mine, theirs in both:
        np.testing.assert_array_equal(mine.data, theirs.data)
    network.eval()
    rmse = np.sqrt(np.mean((network(X) - y) ** 2))
    assert explorer.state["train error"] == pytest.approx(rmse)


def test_the_curves_grow_by_one_value_a_step():
    explorer = after(10)
    assert explorer.model.errors.shape == (2, 11)
    assert np.all(np.isfinite(explorer.model.errors))
    assert explorer.model.errors[1, -1] == explorer.state["validation error"]
    assert explorer.model.curve.shape == (121,)


@pytest.mark.parametrize(
    ("settings", "better"),
    [({"samples": 160}, 0.8), ({"noise": 0.0}, 0.3), ({"decay": 0.3}, 0.95), ({"width": 4}, 0.95)],
    ids=str,
)
def test_what_the_lesson_says_helps_does_help(settings, better):
    plain, other = (
        np.mean([CapacityExplorer(seed=s, **k).state["validation error"] for s in range(5)])
        for k in ({}, settings)
    )
    assert other < better * plain


@pytest.mark.exhaustive
def test_with_ten_samples_a_wide_network_is_worse_about_as_often_as_not():
    last = [
        [CapacityExplorer(seed=s, samples=10, width=w).state["validation error"] for w in (16, 128)]
        for s in range(24)
    ]
    worse = np.diff(last, axis=1)[:, 0]
    counts = [np.sum(worse > 0), np.sum(worse > 0.02), np.sum(worse < -0.02)]
    np.testing.assert_allclose(counts, [15, 10, 6], atol=1)  # a near tie may fall either way


@pytest.mark.parametrize("settings", [{"width": 1}, {"decay": 3.0}], ids=str)
def test_too_little_capacity_or_too_much_decay_fits_too_little(settings):
    explorer = CapacityExplorer(**settings)
    assert explorer.state["train error"] > 1.3 * explorer.state["noise"]
    assert "fits too little" in frame(explorer)["note"]


def test_the_same_data_for_every_setting_of_one_seed():
    narrow, wide = CapacityExplorer(width=1), CapacityExplorer(width=64, dropout=0.5)
    np.testing.assert_array_equal(narrow.state["X"], wide.state["X"])
    few, many = CapacityExplorer(samples=10), CapacityExplorer(samples=20)
    np.testing.assert_array_equal(few.state["y"], many.state["y"][:10])
    clean = CapacityExplorer(noise=0.0).state
    np.testing.assert_allclose(clean["y"], target(clean["X"]))


def test_choosing_trains_again_as_far_as_before_and_stops_the_play():
    explorer = after(50)
    explorer.play()
    explorer.choose("width", 16)
    assert (explorer.model.steps, explorer.playing) == (50, False)
    assert explorer.state["width"] == 16
    np.testing.assert_array_equal(explorer.model.errors, after(50, width=16).model.errors)


def test_reset_goes_to_the_first_weights_and_a_second_one_to_other_data():
    explorer = CapacityExplorer()
    before = explorer.state["X"]
    explorer.reset()
    assert explorer.model.steps == 0
    assert "first weights" in frame(explorer)["note"]
    np.testing.assert_array_equal(explorer.state["X"], before)
    explorer.reset()
    assert explorer.model.seed == 1
    assert not np.array_equal(explorer.state["X"], before)


def test_it_ends_after_the_last_step():
    explorer = after(1, width=1)
    explorer.play()
    explorer.step(2 * LAST)
    assert explorer.finished
    assert (explorer.model.steps, explorer.playing) == (LAST, False)
    json.dumps(frame(explorer))


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_trains_and_draws(name):
    for value in CHOICES[name]:
        explorer = after(20, **{name: value})
        json.dumps(frame(explorer))
        assert np.all(np.isfinite(explorer.model.errors))


def test_wrong_settings_are_refused_by_name():
    with pytest.raises(ValueError, match="'depth', wanted one of samples, noise"):
        CapacityExplorer(depth=3)
    with pytest.raises(ValueError, match="width 3, wanted one of 1, 2, 4"):
        CapacityExplorer().choose("width", 3)


def test_menus_change_the_run_and_the_fold_opens(shown):
    explorer = CapacityExplorer()
    shown(explorer)
    samples, noise, width, more, folded = controls(explorer)[:5]
    assert [menu.value for menu in (samples, noise, width)] == [
        START[name] for name in ("samples", "noise", "width")
    ]
    width.value = 1
    assert explorer.state["width"] == 1
    assert ["parameters", "4"] in view(explorer).frame["readouts"]
    assert folded.layout.display == "none"
    more.value = True
    assert folded.layout.display == ""
    folded.children[1].value = 0.5
    assert explorer.state["dropout"] == 0.5
    more.value = False
    assert folded.layout.display == "none"


def test_the_picture_shows_samples_fit_and_both_errors():
    with figure(CapacityExplorer()) as picture:
        left, right = ([len(line.get_xdata()) for line in ax.lines] for ax in picture.axes)
    assert sorted(left) == [20, 121, 121]
    assert right[:2] == [FIRST, FIRST]
    assert CapacityExplorer().picture().png == CapacityExplorer().picture().png


@pytest.mark.exhaustive
def test_a_thousand_frames_grow_neither_objects_nor_memory(shown):
    explorer = CapacityExplorer(width=8)
    shown(explorer)
    explorer.set_rate(60)
    grown = thousand_frames(explorer, warm=400)
    assert grown.objects < 50
    assert grown.memory < 100_000
