"""The reader as a person meets it: own text, keyboard, mouse, play, both themes."""

import pytest

pytestmark = pytest.mark.exhaustive

CELLS = (
    "from lessonlib.explorers import ReaderExplorer",
    "reader = ReaderExplorer()\nreader",
    "6 * 7, reader.position",
)


def test_map_text_and_controls_obey_keyboard_and_mouse(opened, lab_page):
    view = opened()
    assert view.numbers()["read"] == "28 of 75"
    states, pixels = view.box.locator(".ns-reader-map"), view.pixels()
    cells = lab_page.page.locator(".jp-Cell").count()
    lab_page.press(states, "ArrowDown", "ArrowDown", "ArrowRight")
    lab_page.until(lambda: view.numbers()["read"] == "29 of 75", "one character more")
    assert "row 3" in view.numbers()["chosen unit"]
    assert view.pixels() != pixels
    assert lab_page.page.locator(".jp-Cell").count() == cells
    lab_page.press(view.button("Step"), "Enter")
    lab_page.until(lambda: view.numbers()["read"] == "30 of 75", "a step")

    view.box.locator(".ns-reader-text span").nth(9).click()
    lab_page.until(lambda: view.numbers()["read"] == "10 of 75", "the click on a character")
    bars = view.box.locator(".ns-reader-bars > div")
    assert bars.count() == 8
    box = states.bounding_box()
    lab_page.page.mouse.click(box["x"] + 40, box["y"] + 0.75 * box["height"])
    lab_page.until(lambda: "row 9" in view.numbers()["chosen unit"], "the unit that was clicked")

    typed = view.box.locator("input[type=text]")
    typed.fill("Type teh slip")
    typed.press("Enter")
    lab_page.until(lambda: view.numbers()["read"] == "13 of 13", "the text that was typed")
    assert view.box.locator(".ns-reader-text").inner_text() == "Type teh slip"


def test_it_plays_while_cells_run(opened, lab_page):
    view = opened()
    view.press_play_and_expect_change()
    assert "42" in lab_page.run_cell(2)


def test_it_is_readable_in_both_themes(opened, lab_page):
    view = opened()
    for keys in ("Home", "ArrowDown", "ArrowDown"):
        lab_page.press(view.control("Text"), keys)
    lab_page.until(lambda: "def" in view.box.locator(".ns-reader-text").inner_text(), "the code")
    lab_page.press(view.box.locator(".ns-reader-map"), "End")
    lab_page.until(lambda: "The text is read" in view.box.inner_text(), "the end of the text")
    view.expect_readable("reader")
