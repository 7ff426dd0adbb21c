"""The graph explorer as a person meets it: sliders and buttons by keyboard, play, both themes."""

import pytest

pytestmark = pytest.mark.exhaustive

CELLS = (
    "from lessonlib.explorers import GraphExplorer",
    "explorer = GraphExplorer()\nexplorer",
    "print(explorer.state['inputs']['b'], explorer.state['gradients'])",
)


def drawn(view):
    """What the drawing is called: the graph and the step."""
    return view.box.locator(".ns-graph svg").get_attribute("aria-label")


def test_sliders_menu_and_buttons_obey_the_keyboard(opened, lab_page):
    view = opened()
    cells = lab_page.page.locator(".jp-Cell").count()
    assert view.numbers()["step"] == "9 of 17"
    lab_page.press(view.button("Step"), "Enter")
    lab_page.until(lambda: view.numbers()["step"] == "10 of 17", "one edge more")

    pixels = view.pixels()
    lab_page.press(view.control("Input b"), "ArrowLeft", "ArrowLeft", "Home")
    lab_page.until(lambda: view.numbers()["L"] == "9", "the rectifier to cut")
    assert view.pixels() != pixels
    assert "-3.0" in lab_page.run_cell(2)
    assert lab_page.page.locator(".jp-Cell").count() == cells

    lab_page.press(view.control("Graph"), "ArrowDown")
    lab_page.until(lambda: "a value used twice, step 6 of 10" in drawn(view), "the second graph")
    assert view.box.locator("input[type=range]").count() == 3
    spoken = view.box.locator("[aria-live]").inner_text()
    assert spoken.startswith("a value used twice, step 6 of 10.")


def test_it_plays_to_the_end_from_the_beginning(opened, lab_page):
    view = opened()
    lab_page.press(view.control("Speed"), "End")
    lab_page.until(lambda: "15 steps/s" in view.box.inner_text(), "the highest speed")
    view.button("Reset").click()
    lab_page.until(lambda: view.numbers()["step"] == "0 of 17", "the beginning")
    assert view.numbers()["L"] == "not yet"
    view.press_play_and_expect_change()
    if view.numbers()["step"] != "17 of 17":
        view.button("Play").click()
    lab_page.until(lambda: view.numbers()["step"] == "17 of 17", "the end")
    assert view.numbers()["∂L/∂v"] == "−8"
    view.button("Play").wait_for()


def test_it_is_readable_in_both_themes(opened, lab_page):
    view = opened()
    for graph, key, step in (("unit", "Home", "step 9 of 17"), ("sigmoids", "End", "step 9 of 16")):
        lab_page.press(view.control("Graph"), key)
        lab_page.until(lambda step=step: step in drawn(view), graph)
        view.box.locator("input").first.focus()
        view.expect_readable(f"graph_{graph}")
