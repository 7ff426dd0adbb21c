"""The reader as a person meets it: own text, keyboard, mouse, play, both themes."""

import pytest

CELLS = (
    "from lessonlib.explorers import ReaderExplorer",
    "reader = ReaderExplorer()\nreader",
    "6 * 7, reader.position",
)


@pytest.fixture
def opened(lab, lab_page, explorer_view):
    """The explorer in an open notebook in which every cell was run."""

    def open_notebook():
        lab_page.open(lab.write("reader.ipynb", *CELLS))
        lab_page.run_all()
        return explorer_view()

    return open_notebook


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
    for dark in (False, True):
        for width in (1280, 1600):
            lab_page.look(dark=dark, width=width)
            lab_page.screenshot(f"reader_{'dark' if dark else 'light'}_{width}")
            assert view.cut_off() == []
        assert lab_page.findings(".ns-explorer") == []
