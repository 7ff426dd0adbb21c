"""The drawing explorer as a person meets it: mouse, finger, keyboard, speed, both themes."""

import statistics

import pytest

pytestmark = pytest.mark.exhaustive

CELLS = (
    "from lessonlib.explorers import DrawingExplorer",
    "explorer = DrawingExplorer()\nexplorer",
    "print(round(float(explorer.state['image'].sum()), 2), explorer.chosen)",
)
# From a touch of the pad to the frame in which every layer shows the new drawing, in milliseconds.
DRAW = """async count => {
    const stage = document.querySelector(".ns-drawing"), pad = stage.querySelector(".ns-pad");
    const box = pad.getBoundingClientRect(), times = [];
    const touch = (kind, x, y) => pad.dispatchEvent(new PointerEvent(kind, { bubbles: true,
        pointerId: 1, buttons: 1, clientX: box.left + x, clientY: box.top + y }));
    pad.setPointerCapture = () => {};
    for (let k = 0; k < count; k++) {
        const before = stage.dataset.drawn, start = performance.now();
        touch("pointerdown", 40 + 8 * k, 30 + 9 * k);
        touch("pointerup", 40 + 8 * k, 30 + 9 * k);
        while (stage.dataset.drawn === before && performance.now() - start < 9000)
            await new Promise(requestAnimationFrame);
        times.push(performance.now() - start);
    }
    return times;
}"""
GENEROUS = 1000  # milliseconds, on a machine under load; the promise is 100


def layer(view, name):
    """The canvas of a layer."""
    return view.box.locator(f'canvas[data-layer="{name}"]')


def test_keyboard_draws_moves_and_looks_behind_a_value(opened, lab_page):
    view = opened()
    cells = lab_page.page.locator(".jp-Cell").count()
    view.button("Clear").click()
    lab_page.until(lambda: view.numbers()["ink (pixels)"] == "0.0", "an empty pad")
    pad, pixels = view.box.locator(".ns-pad"), view.pixels()
    lab_page.press(pad, "Space", "ArrowDown", "ArrowDown", "Space")
    lab_page.until(lambda: view.numbers()["ink (pixels)"] == "2.0", "two dots")
    assert view.pixels() != pixels
    lab_page.press(pad, "Backspace")
    lab_page.until(lambda: view.numbers()["ink (pixels)"] != "2.0", "a bite of the eraser")
    pixels = view.pixels()
    lab_page.press(pad, "Shift+ArrowRight")
    lab_page.until(lambda: view.pixels() != pixels, "the drawing moved")

    lab_page.press(view.control("Digit"), "End")
    lab_page.until(lambda: view.numbers()["answer"] == "9", "the example of a nine")
    maps = layer(view, "conv2")
    lab_page.press(maps, *["ArrowRight"] * 8, *["ArrowDown"] * 7, "Enter")
    place = "second convolution, map 9, row 1, column 2"
    lab_page.until(lambda: view.numbers()["chosen"] == place, "the chosen value")
    assert view.box.locator(".ns-term").count() == 8
    assert "all parts" in view.box.locator(".ns-total").inner_text()
    assert "('conv2', 9, 1, 2)" in lab_page.run_cell(2)
    assert lab_page.page.locator(".jp-Cell").count() == cells
    assert place in view.box.locator("[aria-live]").inner_text()


def test_mouse_draws_and_a_click_shows_the_sum(opened, lab_page):
    view = opened()
    view.button("Clear").click()
    box = view.box.locator(".ns-pad").bounding_box()
    mouse = lab_page.page.mouse
    mouse.move(box["x"] + 130, box["y"] + 60)
    mouse.down()
    mouse.move(box["x"] + 130, box["y"] + 200, steps=6)
    mouse.up()
    lab_page.until(lambda: view.numbers()["answer"] == "1", "a stroke to be read as a one")
    layer(view, "scores").click(position={"x": 5, "y": 20})
    lab_page.until(lambda: view.numbers()["chosen"] == "score of 0", "the first score")
    assert view.box.locator(".ns-term").count() == 16
    layer(view, "conv1").click(position={"x": 25, "y": 25})
    lab_page.until(lambda: "first convolution, map 0" in view.numbers()["chosen"], "a value")
    assert view.box.locator(".ns-term").count() == 1
    view.press_play_and_expect_change()


def test_the_layers_follow_the_pen(opened, lab_page):
    view = opened()
    view.button("Clear").click()
    times = lab_page.page.evaluate(DRAW, 20)
    print(f"median {statistics.median(times):.0f} ms, largest {max(times):.0f} ms")
    assert statistics.median(times) < GENEROUS
    ink = float(view.numbers()["ink (pixels)"])
    assert str(ink) in lab_page.run_cell(2)


def test_it_is_readable_in_both_themes(opened, lab_page):
    view = opened()
    for name, key in (("one", "conv1"), ("many", "conv2")):
        layer(view, key).focus()
        lab_page.press(layer(view, key), *["ArrowRight"] * 9, *["ArrowDown"] * 3, "Enter")
        count = 1 if name == "one" else 8
        lab_page.until(lambda count=count: view.box.locator(".ns-term").count() == count, "the sum")
        view.expect_readable(f"drawing_{name}")
