"""The race of optimizers as a person meets it: keyboard, mouse, play, both themes."""

import pytest

pytestmark = pytest.mark.exhaustive

CELLS = (
    "from lessonlib.explorers import RaceExplorer",
    "race = RaceExplorer()\nrace",
    "6 * 7, race.state['steps']",
)


def test_controls_legend_and_start_obey_the_keyboard(opened, lab_page):
    view = opened()
    numbers, pixels = view.numbers(), view.pixels()
    assert numbers["steps"] == "15 of 400"
    lab_page.press(view.control("Learning rate"), "ArrowRight", "ArrowRight", "ArrowRight")
    lab_page.until(lambda: view.numbers()["SGD"].startswith("diverged"), "SGD to diverge")
    assert view.pixels() != pixels
    lab_page.press(view.control("Surface"), "ArrowDown")
    lab_page.until(lambda: not view.numbers()["SGD"].startswith("diverged"), "the saddle")

    legend = view.button("Adam")
    lab_page.press(legend, "Space")
    lab_page.until(lambda: legend.get_attribute("aria-pressed") == "false", "Adam to be hidden")
    assert "Adam" not in view.numbers()

    start = view.box.locator(".ns-race-start")
    place, cells = start.get_attribute("aria-label"), lab_page.page.locator(".jp-Cell").count()
    before = view.numbers()
    lab_page.press(start, "ArrowRight", "ArrowUp", "Shift+ArrowUp")
    lab_page.until(lambda: view.numbers() != before, "the race to be run again")
    assert start.get_attribute("aria-label") != place
    assert lab_page.page.locator(".jp-Cell").count() == cells
    lab_page.press(view.button("Step"), "Enter")
    lab_page.until(lambda: view.numbers()["steps"] == "16 of 400", "the sixteenth step")


def test_the_start_is_dragged_and_it_plays_while_cells_run(opened, lab_page):
    view = opened()
    start = view.box.locator(".ns-race-start")
    stage, ring = view.box.locator(".ns-race").bounding_box(), start.bounding_box()
    mouse = lab_page.page.mouse
    mouse.move(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
    mouse.down()
    mouse.move(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 4, steps=6)
    mouse.up()
    lab_page.until(lambda: "at 0.00, 1.0" in start.get_attribute("aria-label"), "the drag's end")
    assert start.evaluate("node => node === document.activeElement")
    view.press_play_and_expect_change()
    assert "42" in lab_page.run_cell(2)


def test_it_is_readable_in_both_themes(opened, lab_page):
    view = opened()
    for name in ("Nesterov", "RMSProp"):
        legend = view.button(name)
        lab_page.press(legend, "Space")
        lab_page.until(lambda b=legend: b.get_attribute("aria-pressed") == "true", name)
    for surface, key in (("ravine", "Home"), ("bowl", "End")):
        lab_page.press(view.control("Surface"), key)
        view.expect_readable(f"race_{surface}")
