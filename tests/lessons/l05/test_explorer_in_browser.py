"""The capacity explorer as a person meets it: keyboard, play, both themes."""

import pytest

pytestmark = pytest.mark.exhaustive

CELLS = (
    "from lessonlib.explorers import CapacityExplorer",
    "explorer = CapacityExplorer()\nexplorer",
)


def test_menus_fold_and_buttons_obey_the_keyboard(opened, lab_page):
    view = opened()
    numbers, pixels = view.numbers(), view.pixels()
    assert not view.control("Decay").is_visible()
    lab_page.press(view.control("Samples"), "End")
    lab_page.until(lambda: view.numbers()["training error"] != numbers["training error"], "a fit")
    assert view.pixels() != pixels
    lab_page.press(view.button("Regularise"), "Space")
    view.control("Decay").wait_for()
    numbers = view.numbers()
    lab_page.press(view.control("Dropout"), "End")
    lab_page.until(lambda: view.numbers()["training error"] != numbers["training error"], "dropout")
    lab_page.press(view.button("Reset"), "Enter")
    lab_page.until(lambda: view.numbers()["steps"] == "0", "the beginning")
    lab_page.press(view.button("Step"), "Enter")
    lab_page.until(lambda: view.numbers()["steps"] == "1", "one step")
    view.press_play_and_expect_change()


def test_it_is_readable_in_both_themes(opened, lab_page):
    view = opened()
    view.button("Regularise").click()
    view.control("Dropout").wait_for()
    view.expect_readable("capacity")
