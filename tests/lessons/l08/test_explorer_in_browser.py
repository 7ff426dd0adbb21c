"""The memory cell explorer as a person meets it: gates by keyboard and mouse, play, both themes."""

import pytest

pytestmark = pytest.mark.exhaustive

CELLS = (
    "from lessonlib.explorers import MemoryCellExplorer",
    "explorer = MemoryCellExplorer()\nexplorer",
)


def test_gates_obey_the_keyboard_and_the_trained_cell_plays(opened, lab_page):
    view = opened()
    pixels = view.pixels()
    assert view.numbers()["step"] == "16 of 16"
    lab_page.press(view.button("Reset"), "Enter")
    lab_page.until(lambda: view.numbers().get("next step") == "1 of 16", "the beginning")
    assert view.pixels() != pixels
    gate = lab_page.page.locator(".ns-cell-gate[aria-label='input gate']")
    lab_page.press(gate, "Space")
    lab_page.until(lambda: gate.get_attribute("aria-valuenow") == "1", "an open gate")
    lab_page.press(gate, "i", "ArrowRight")
    lab_page.until(lambda: view.numbers()["next step"] == "2 of 16", "one step by key")
    lab_page.press(view.control("Gates"), "End")
    lab_page.until(lambda: "the network would answer" in view.numbers(), "the trained cell")
    view.press_play_and_expect_change()


def test_it_is_readable_in_both_themes(opened, lab_page):
    view = opened()
    for mode in ("Home", "End"):
        lab_page.press(view.control("Gates"), mode)
        if mode == "End":
            lab_page.until(lambda: "the network would answer" in view.numbers(), "trained")
            lab_page.press(view.button("Step"), *["Enter"] * 30)
        view.expect_readable(f"cell_{mode}")
