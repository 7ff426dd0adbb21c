"""The memory cell explorer: its numbers are those of the formula and of the stored LSTM."""

import json

import numpy as np
import pytest
from explorer_driver import controls, figure, frame, send, thousand_frames, view

from lessonlib import functional as F
from lessonlib.datasets import adding
from lessonlib.explorers import MemoryCellExplorer
from lessonlib.lessons.l08.explorer.model import (
    BY_HAND,
    GATES,
    KEEP,
    MODES,
    TRAINED,
    MemoryCell,
    stored_lstm,
)
from lessonlib.trained import trained


def solve(explorer):
    """Set the gates as the lesson says, step by step."""
    explorer.reset()
    for t in range(BY_HAND):
        gates = {"input": 0, "forget": 1, "output": 0}
        if t in explorer.model.stream.marked:
            gates |= {"input": 1, "forget": 0}
        if t == explorer.model.stream.asked:
            gates["output"] = 1
        for name, value in gates.items():
            explorer.set_gate(name, value)
        explorer.step()


def test_it_opens_with_half_open_gates_that_drown_the_number():
    for seed in range(10):
        explorer = MemoryCellExplorer(seed=seed)
        state = explorer.state
        assert explorer.finished
        assert np.all(state["input gate"] == 0.5)
        assert state["right"] < 8
        assert "half open" in frame(explorer)["note"]


def test_each_step_is_the_formula():
    cell, rng, c = MemoryCell(seed=3), np.random.default_rng(0), 0.0
    for t in range(BY_HAND):
        i, f, o = rng.random(3)
        for name, value in zip(GATES, (i, f, o), strict=True):
            cell.set_gate(name, value)
        cell.step()
        c = f * c + i * cell.stream.numbers[t]
        assert cell.state["memory"][-1] == pytest.approx(c)
        assert cell.state["output"][-1] == pytest.approx(o * np.tanh(c))


@pytest.mark.parametrize("seed", range(12))
def test_the_target_can_be_reached_by_shutting_and_opening(seed):
    explorer = MemoryCellExplorer(seed=seed)
    solve(explorer)
    assert explorer.state["right"] == BY_HAND
    assert "Reached" in frame(explorer)["note"]
    stream = explorer.model.stream
    (first,) = stream.marked
    assert stream.asked - first == KEEP + 1  # ten steps pass between
    back = explorer.state["output"][stream.asked]
    assert back == pytest.approx(np.tanh(stream.numbers[first]))


def test_a_half_open_forget_gate_does_not_reach_it():
    cell = MemoryCell()
    for t in range(BY_HAND):
        cell.set_gate("input", float(t in cell.stream.marked))
        cell.set_gate("forget", 0.5)
        cell.set_gate("output", float(t == cell.stream.asked))
        cell.step()
    assert abs(cell.output[cell.stream.asked]) < 0.002
    assert cell.right == BY_HAND - 1


def test_the_trained_cell_is_the_stored_lstm_step_by_step():
    explorer = MemoryCellExplorer(seed=5, mode="trained")
    explorer.step(TRAINED)
    stored = trained("08.adding")
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    X, y = adding(1, TRAINED, np.random.default_rng(5))
    (h, _, _), cache = F.lstm(X, None, None, *(stored[f"lstm.rnn.{name}"] for name in names))
    cell, state = stored_lstm().cell, explorer.state
    np.testing.assert_allclose(state["memory"], cache[2][1:, 0, cell], atol=1e-5)
    np.testing.assert_allclose(state["output"], h[0, :, cell], atol=1e-5)
    for row, gate in (("input gate", 0), ("forget gate", 1), ("output gate", 3), ("g", 2)):
        np.testing.assert_allclose(state[row], cache[3][:, gate, 0, cell], atol=1e-5)
    assert explorer.model.answer == pytest.approx(float(y[0]), abs=0.25)


def test_the_trained_cell_moves_at_the_first_mark_and_holds():
    moves, drifts = [], []
    for seed in range(10):
        cell = MemoryCell(seed=seed, mode="trained")
        for _ in range(TRAINED):
            cell.step()
        change = np.abs(np.diff(cell.memory, prepend=0))
        first, second = cell.stream.marked
        between = [t for t in range(1, TRAINED) if t not in (first, second)]
        moves.append(change[first] / cell.stream.numbers[first])
        drifts.append(change[between].mean())
    assert np.median(moves) > 10 * np.median(drifts)


def test_reset_begins_again_and_a_second_one_draws_another_stream():
    explorer = MemoryCellExplorer()
    before = explorer.state["numbers"]
    explorer.reset()
    assert explorer.state["steps"] == 0
    np.testing.assert_array_equal(explorer.state["numbers"], before)
    explorer.set_gate("forget", 1)
    explorer.reset()
    assert not np.array_equal(explorer.state["numbers"], before)
    assert explorer.state["gates"]["forget"] == 1  # what was set stays set


@pytest.mark.parametrize("mode", MODES)
def test_it_ends_at_the_end_of_the_stream_and_draws_every_step(mode):
    explorer = MemoryCellExplorer(mode=mode)
    explorer.reset()
    explorer.play()
    while not explorer.finished:
        json.dumps(frame(explorer))
        explorer.step()
    json.dumps(frame(explorer))
    assert (explorer.state["steps"], explorer.playing) == (explorer.model.length, False)
    explorer.play()
    assert explorer.state["steps"] == 0


def test_wrong_names_and_numbers_are_refused():
    with pytest.raises(ValueError, match="mode 'magic', wanted by hand or trained"):
        MemoryCellExplorer(mode="magic")
    with pytest.raises(ValueError, match="'reset', wanted one of input, forget, output"):
        MemoryCellExplorer().set_gate("reset", 1)
    with pytest.raises(ValueError, match=r"1\.5, wanted a number"):
        MemoryCellExplorer().set_gate("input", 1.5)
    with pytest.raises(ValueError, match="which it does not know"):
        MemoryCellExplorer().answer({"name": "burn"})


def test_sliders_menu_and_clicks_agree(shown):
    explorer = MemoryCellExplorer()
    shown(explorer)
    menu, *sliders = controls(explorer)[:4]
    assert [slider.value for slider in sliders] == [0.5, 0.5, 0.5]
    sliders[0].value = 1.0
    assert explorer.state["gates"]["input"] == 1.0
    assert send(explorer, "gate", gate="output", value=0.2) == ""
    assert sliders[2].value == 0.2
    explorer.reset()
    assert send(explorer, "next") == ""
    assert explorer.state["steps"] == 1
    menu.value = "trained"
    assert (explorer.state["mode"], explorer.state["steps"]) == ("trained", 0)
    assert len(explorer.state["numbers"]) == TRAINED
    assert all(slider.layout.display == "none" for slider in sliders)
    assert send(explorer, "gate", gate="input", value=1) == ""  # a click that came too late
    menu.value = "by hand"
    assert all(slider.layout.display == "" for slider in sliders)
    assert [slider.value for slider in sliders] == [0, 0, 0]


def test_a_trained_cell_opens_without_sliders(shown):
    explorer = MemoryCellExplorer(mode="trained")
    shown(explorer)
    assert all(slider.layout.display == "none" for slider in controls(explorer)[1:4])
    assert view(explorer).frame["mode"] == "trained"


def test_the_picture_shows_the_stream_and_what_was_held():
    with figure(MemoryCellExplorer()) as picture:
        top, low = picture.axes
        assert len(top.patches) == BY_HAND
        assert [len(line.get_xdata()) for line in low.lines] == [BY_HAND, BY_HAND, 1]
    assert MemoryCellExplorer().picture().png == MemoryCellExplorer().picture().png


@pytest.mark.exhaustive
@pytest.mark.parametrize("mode", MODES)
def test_a_thousand_frames_grow_neither_objects_nor_memory(shown, mode):
    explorer = MemoryCellExplorer(mode=mode)
    shown(explorer)
    grown = thousand_frames(explorer, warm=150)
    assert grown.objects < 100
    assert grown.memory < 100_000
