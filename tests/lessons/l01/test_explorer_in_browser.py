"""The perceptron's explorer as a person meets it: keyboard, mouse, play, the cell run again."""

import pytest

pytestmark = pytest.mark.exhaustive

CELLS = (
    "from lessonlib.explorers import PerceptronExplorer",
    "explorer = PerceptronExplorer()\nexplorer",
    "print(explorer.state['visits'], explorer.playing)",
)


def number(text):
    return int(text.replace(",", ""))


def kernel_says(lab_page):
    """Visits, and whether it plays, as a cell run now sees them."""
    visits, playing = lab_page.run_cell(2).split()
    return int(visits), playing == "True"


def play_for_ever(view, lab_page):
    lab_page.press(view.control("Points"), "End")  # XOR: never finished
    view.box.locator(".ns-point").nth(4).wait_for(state="detached")
    lab_page.press(view.control("Speed"), "End")
    lab_page.until(lambda: "600 visits/s" in view.box.inner_text(), "the highest speed")
    view.button("Play").click()
    view.button("Pause").wait_for()


def test_menu_slider_buttons_and_points_obey_the_keyboard(opened, lab_page):
    view = opened()
    numbers, pixels = view.numbers(), view.pixels()
    lab_page.press(view.control("Points"), "ArrowDown")
    lab_page.until(lambda: view.numbers()["bound (R/γ)²"] != numbers["bound (R/γ)²"], "new data")
    assert view.pixels() != pixels

    slider = view.control("Speed")
    lab_page.press(slider, "ArrowRight", "ArrowRight")
    lab_page.until(lambda: "60 visits/s" in view.box.inner_text(), "the speed to be 60")

    visits = number(view.numbers()["visits"])
    lab_page.press(view.button("Step"), "Enter")
    lab_page.until(lambda: number(view.numbers()["visits"]) == visits + 1, "one visit more")

    point = view.box.locator(".ns-point").first
    place, cells = point.get_attribute("aria-label"), lab_page.page.locator(".jp-Cell").count()
    lab_page.press(point, "ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowUp")
    lab_page.until(lambda: point.get_attribute("aria-label") != place, "the point to move")
    lab_page.press(point, "Space")
    lab_page.until(lambda: "class " in point.get_attribute("aria-label"), "a class")
    lab_page.press(point, "a")
    lab_page.until(lambda: view.box.locator(".ns-point").count() == 15, "one point more")
    lab_page.press(view.box.locator(".ns-point").nth(14), "Delete")
    lab_page.until(lambda: view.box.locator(".ns-point").count() == 14, "one point less")
    # JupyterLab's own meaning of these keys (insert a cell, select another one) stayed out of it.
    assert lab_page.page.locator(".jp-Cell").count() == cells
    spoken = view.box.locator("[aria-live]").inner_text()
    assert spoken.startswith("14 points, ")


def test_tab_reaches_every_control_and_every_point(opened, lab_page):
    view = opened()
    view.box.locator("select").focus()
    reached = []
    for _ in range(18):
        reached.append(
            lab_page.page.evaluate(
                "() => { const e = document.activeElement;"
                "return e.getAttribute('aria-label') || e.innerText || e.tagName; }"
            )
        )
        lab_page.page.keyboard.press("Tab")
    words = " | ".join(reached)
    for name in ("Speed", "Play", "Step", "Reset", "Point 1 of 14", "Point 12 of 14"):
        assert name in words, words


def test_it_plays_while_cells_run_and_running_its_cell_again_stops_the_old_one(opened, lab_page):
    view = opened()
    pixels = view.pixels()
    play_for_ever(view, lab_page)
    lab_page.until(lambda: number(view.numbers()["visits"]) > 20, "twenty visits")
    assert view.pixels() != pixels
    seen, playing = kernel_says(lab_page)  # a cell runs while it plays
    assert playing
    lab_page.until(lambda: number(view.numbers()["visits"]) > seen, "the play to go on")

    lab_page.page.evaluate("() => { window.old = document.querySelector('.ns-explorer'); }")
    lab_page.run_cell(1)
    lab_page.page.wait_for_function("() => !window.old.isConnected")
    assert view.box.count() == 1
    assert view.button("Play").is_visible()
    assert view.button("Pause").count() == 0
    start = kernel_says(lab_page)
    assert start == (number(view.numbers()["visits"]), False)
    assert kernel_says(lab_page) == start


def test_it_rests_while_the_page_is_hidden_and_stops_when_its_view_is_gone(opened, lab_page):
    view = opened()
    play_for_ever(view, lab_page)
    hide = """hidden => {
        Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    lab_page.page.evaluate(hide, True)
    kernel_says(lab_page)  # what was under way is over
    rest = kernel_says(lab_page)
    assert kernel_says(lab_page) == rest
    lab_page.page.evaluate(hide, False)
    lab_page.until(lambda: number(view.numbers()["visits"]) > rest[0], "the play to go on")

    lab_page.cell(1).locator(".jp-InputArea-prompt").click()
    lab_page.command("notebook:clear-cell-output")
    view.box.wait_for(state="detached")
    assert not kernel_says(lab_page)[1]


def test_a_point_is_dragged_flipped_and_added_by_mouse(opened, lab_page):
    view = opened()
    point = view.box.locator(".ns-point").nth(5)
    bound, label = view.numbers()["bound (R/γ)²"], point.get_attribute("aria-label")
    start = point.locator(".ns-touch").bounding_box()
    mouse, x, y = lab_page.page.mouse, start["x"] + 18, start["y"] + 18
    stage = view.box.locator("svg").bounding_box()
    middle = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    mouse.move(x, y)
    mouse.down()
    mouse.move(*middle, steps=8)
    mouse.up()
    lab_page.until(lambda: "at 0.00, 0.00" in point.get_attribute("aria-label"), "the drag's end")
    assert view.numbers()["bound (R/γ)²"] != bound
    assert point.evaluate("node => node === document.activeElement")
    mouse.dblclick(*middle)
    other = "-1" if "+1" in label else "+1"
    lab_page.until(lambda: f"class {other}" in point.get_attribute("aria-label"), "a new class")
    mouse.dblclick(stage["x"] + 30, stage["y"] + stage["height"] - 30)
    lab_page.until(lambda: view.box.locator(".ns-point").count() == 15, "one point more")


def test_an_error_is_one_line_in_the_view(opened, lab_page):
    view = opened()
    lab_page.set_cell(2, "explorer.model.datasets.pop('not separable (XOR)');")
    lab_page.run_cell(2)
    lab_page.press(view.control("Points"), "End")
    alert = view.box.get_by_role("alert")
    lab_page.until(
        lambda: "ValueError: choose: 'not separable (XOR)'" in alert.inner_text(), "the error"
    )
    view.button("Step").click()
    lab_page.until(lambda: alert.text_content() == "", "the error to go")


def test_it_is_readable_in_both_themes(opened, lab_page):
    view = opened()
    for data, key, words in (("wide", "Home", "Visit "), ("xor", "End", "No line separates")):
        lab_page.press(view.control("Points"), key)
        lab_page.until(lambda words=words: words in view.box.inner_text(), words)
        view.box.locator(".ns-point").first.focus()
        view.expect_readable(f"perceptron_{data}")


def test_reduced_motion_gives_one_large_step_a_second_and_no_animation(opened, lab_page):
    lab_page.page.emulate_media(reduced_motion="reduce")
    view = opened()
    lab_page.press(view.control("Points"), "End")
    view.box.locator(".ns-point").nth(4).wait_for(state="detached")
    start = int(view.numbers()["visits"])
    view.button("Play").click()
    lab_page.until(lambda: int(view.numbers()["visits"]) >= start + 8, "two frames")
    view.button("Pause").click()
    view.button("Play").wait_for()
    assert (int(view.numbers()["visits"]) - start) % 4 == 0  # the four of one second
    assert lab_page.page.evaluate("() => document.getAnimations().length") == 0
