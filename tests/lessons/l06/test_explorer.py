"""The drawing explorer: its layers are the library's, every sum is what the layer holds."""

import json
import time

import numpy as np
import pytest
from leaks import after_a_thousand

from lessonlib.explorers import DrawingExplorer
from lessonlib.lessons.l06.explorer.explorer import BITS, drawing_network, ink_of
from lessonlib.lessons.l06.explorer.picture import tiled
from lessonlib.lessons.l06.explorer.sums import LAYERS
from lessonlib.scoreboard import canvas


def stroke():
    """A drawing of one upright stroke."""
    bits = np.zeros((BITS, BITS), bool)
    bits[8:40, 22:27] = True
    return bits


def places(explorer):
    """Every layer with its shape."""
    return {name: (*array.shape, 1, 1)[:3] for name, array in explorer.layers.items()}


def test_the_start_reads_its_example_and_shows_a_sum_that_is_not_zero():
    state = DrawingExplorer().state
    assert (state["answer"], state["digit"]) == (3, 3)
    assert state["chosen"][0] == "conv1"
    assert state["value"] > 1


def test_every_example_is_read():
    explorer = DrawingExplorer()
    for digit in range(10):
        explorer.example(digit)
        assert explorer.state["answer"] == digit


def test_the_layers_are_those_of_the_library():
    explorer, model = DrawingExplorer(), drawing_network()
    explorer.draw(stroke())
    image = stroke().reshape(12, 4, 12, 4).mean(axis=(1, 3)).astype(np.float32)
    scores = model(image[None, None])[0]
    np.testing.assert_array_equal(explorer.state["scores"], scores.astype(float))
    assert explorer.state["answer"] == 1
    shapes = {name: array.shape for name, array in explorer.layers.items()}
    assert shapes["conv1"] == (8, 12, 12)
    assert shapes["pool2"] == (16, 2, 2)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_sum_is_the_value_of_its_layer(layer):
    explorer = DrawingExplorer(5)
    rng = np.random.default_rng(0)
    shape = places(explorer)[layer]
    corners = [(0, 0, 0), tuple(s - 1 for s in shape)]
    for at in [*corners, *(tuple(rng.integers(shape)) for _ in range(20))]:
        explorer.choose(layer, *at)
        found, value = explorer.sum, explorer.layers[layer].reshape(shape)[at]
        if found.kind == "product":
            total = np.sum(found.patches * found.kernels) + found.bias
            assert found.total == pytest.approx(total, abs=1e-5)
            assert value == pytest.approx(total if layer == "scores" else max(total, 0), abs=1e-4)
            assert np.sum(found.parts) + found.bias == pytest.approx(total, abs=1e-5)
        elif found.kind == "max":
            assert value == found.patches.max()
        else:
            assert value == found.patches.sum() / 16
        assert explorer.state["value"] == pytest.approx(float(value))
        json.dumps(found.frame())


@pytest.mark.parametrize("digit", range(10))
def test_maps_move_along_with_the_drawing(digit):
    explorer = DrawingExplorer(digit)
    still = explorer.state["layers"]
    explorer.move(1, 0)
    once = explorer.state["layers"]
    explorer.move(1, 0)
    twice = explorer.state["layers"]
    np.testing.assert_array_equal(once["conv1"][:, :, 4:-3], still["conv1"][:, :, 3:-4])
    np.testing.assert_array_equal(twice["pool1"][:, :, 3:-1], still["pool1"][:, :, 2:-2])
    assert explorer.state["digit"] is None


def test_what_the_lesson_says_of_the_kernels_is_so():
    kernels = drawing_network()[0].weight.data[:, 0]
    centred = kernels - kernels.mean(axis=(1, 2), keepdims=True)
    level, upright = (np.abs(centred.sum(axis=axis)).sum(axis=1) for axis in (2, 1))
    assert set(np.flatnonzero(level > 3 * upright)) == {0, 2, 5, 6}
    assert set(np.flatnonzero(upright > 3 * level)) == {7}


def test_half_as_high_is_often_misread():
    X, y = canvas("validation")
    small = np.zeros_like(X)
    small[:, 4:8, 4:8] = X[:, 2:10, 2:10].reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4))
    model = drawing_network()
    assert np.mean(model(X[:, None]).argmax(axis=1) == y) > 0.95
    assert np.mean(model(small[:, None]).argmax(axis=1) == y) < 0.6


def test_an_image_becomes_a_drawing_with_the_same_ink():
    images = canvas("validation")[0][:40]
    for image in images:
        bits = ink_of(image)
        np.testing.assert_array_equal(bits.reshape(12, 4, 12, 4).mean(axis=(1, 3)), image)


def test_pen_eraser_and_clear():
    explorer = DrawingExplorer()
    explorer.clear()
    assert explorer.state["image"].sum() == 0
    explorer.paint(24, 24)
    ink = explorer.state["image"].sum()
    assert 0.8 < ink < 1.4
    explorer.paint(24, 24, ink=False)
    assert explorer.state["image"].sum() == 0
    explorer.paint(0, 0)
    assert 0 < explorer.state["image"].sum() < ink
    explorer.move(-12, 40)
    assert explorer.state["image"].sum() == 0


def test_a_step_goes_to_the_next_place_and_the_map_has_an_end():
    explorer = DrawingExplorer()
    explorer.choose("pool1", 2, 0, 4)
    explorer.step(2)
    assert explorer.chosen == ("pool1", 2, 1, 0)
    explorer.play()
    explorer.step(100)
    assert explorer.chosen == ("pool1", 2, 5, 5)
    assert explorer.finished
    assert not explorer.playing
    explorer.reset()
    assert explorer.chosen == ("pool1", 2, 0, 0)
    explorer.reset()
    assert explorer.digit == 4
    explorer.choose("scores", 0)
    explorer.step(20)
    assert explorer.chosen == ("scores", 9, 0, 0)


def test_wrong_places_and_drawings_are_refused_by_name():
    explorer = DrawingExplorer()
    with pytest.raises(ValueError, match="layer 'conv9', wanted one of input, conv1"):
        explorer.choose("conv9", 0)
    with pytest.raises(ValueError, match=r"conv1 \(8, 0, 0\), wanted places below \(8, 12, 12\)"):
        explorer.choose("conv1", 8)
    with pytest.raises(ValueError, match=r"shape \(12, 12\), wanted \(48, 48\)"):
        explorer.draw(np.zeros((12, 12)))
    with pytest.raises(ValueError, match="digit 10, wanted 0 to 9"):
        explorer.example(10)
    with pytest.raises(ValueError, match="event 'shout'"):
        explorer.answer({"name": "shout"})


def draw_message(bits, number=1):
    return {"name": "draw", "bits": np.packbits(bits).tolist(), "author": "me", "id": number}


def test_messages_of_the_view(shown):
    explorer = DrawingExplorer()
    panel = shown(explorer)
    panel._on_message(panel.view, draw_message(stroke()), [])
    np.testing.assert_array_equal(explorer.bits, stroke())
    assert panel.view.frame["token"][0] == "me"
    assert panel.view.answered == 1
    assert panel.box.children[0].children[0].value == -1
    place = {"name": "choose", "place": ["conv2", 3, 2, 1], "id": 2}
    panel._on_message(panel.view, place, [])
    assert panel.view.frame["chosen"] == ["conv2", 3, 2, 1]
    assert len(panel.view.frame["sum"]["patches"]) == 8
    panel._on_message(panel.view, {"name": "move", "right": 1, "down": 0, "id": 3}, [])
    assert panel.view.frame["token"][0] == ""
    panel._on_message(panel.view, {"name": "draw", "bits": [1, 2], "author": "me", "id": 4}, [])
    assert "2 bytes, wanted 288" in panel.view.error
    panel.box.children[0].children[0].value = 8
    assert explorer.state["answer"] == 8


def test_one_drawing_costs_the_kernel_little(shown):
    explorer = DrawingExplorer()
    panel = shown(explorer)
    costs = []
    for number in range(60):
        bits = np.roll(stroke(), number % 9, axis=1)
        start = time.process_time()
        panel._on_message(panel.view, draw_message(bits, number), [])
        costs.append(time.process_time() - start)
    assert np.median(costs) < 0.05  # of the 0.1 s in which the layers follow; about 0.003 measured


@pytest.mark.parametrize(
    "place", [("input", 0, 3, 3), ("pool1", 1, 1, 1), ("conv2", 2, 2, 2), ("scores", 4)]
)
def test_the_picture_shows_the_layers_and_the_sum(place):
    import matplotlib.pyplot as plt

    explorer = DrawingExplorer()
    explorer.choose(*place)
    figure = explorer._figure()
    titles = [ax.get_title(loc) for ax in figure.axes for loc in ("left", "center")]
    assert "image, read as 3" in titles
    assert "second convolution: 16 maps of 6 × 6" in titles
    plt.close(figure)
    assert explorer.picture().png == explorer.picture().png
    assert tiled(np.ones((4, 2, 3)), 2).shape == (5, 7)


def test_a_thousand_steps_and_drawings_grow_neither_objects_nor_memory(shown):
    explorer = DrawingExplorer()
    panel = shown(explorer)
    explorer.choose("conv2", 3, 0, 0)

    def play(steps):
        for number in range(steps):
            explorer.playing = True
            panel._on_message(panel.view, {"name": "tick", "id": number}, [])
            if number % 4 == 0:
                bits = np.roll(stroke(), number % 11, axis=1)
                panel._on_message(panel.view, draw_message(bits, number), [])
            if explorer.finished:
                explorer.reset()

    grown = after_a_thousand(play, warm=300)
    assert grown.objects < 50
    assert grown.memory < 100_000
