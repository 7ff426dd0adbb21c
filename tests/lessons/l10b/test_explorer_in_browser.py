"""The lens explorer as a person meets it: letters and heads by keyboard, play, both themes."""

import pytest

pytestmark = pytest.mark.exhaustive

CELLS = (
    "from lessonlib.explorers import LensExplorer",
    "explorer = LensExplorer()\nexplorer",
    "print(explorer.text, explorer.place, explorer.state['silenced'])",
)


def test_letters_heads_and_text_obey_the_keyboard(opened, lab_page):
    view = opened()
    cells = lab_page.page.locator(".jp-Cell").count()
    assert view.numbers()["letter"] == "13 of 19"
    lab_page.press(view.box.locator(".ns-letter[tabindex='0']"), "ArrowRight", "ArrowRight")
    lab_page.until(lambda: view.numbers()["letter"] == "15 of 19", "two letters on")

    pixels, loss = view.pixels(), view.numbers()["loss on copies"]
    lab_page.press(view.box.locator(".ns-silence").first, "Enter")
    lab_page.until(lambda: view.numbers()["loss on copies"] != loss, "layer 1 to be silenced")
    assert view.pixels() != pixels
    lab_page.press(view.box.locator(".ns-head").last, "Space")
    lab_page.until(lambda: "2.4" in view.box.locator(".ns-note").inner_text(), "head 2.4")
    assert "[(1, 1), (1, 2), (1, 3), (1, 4), (2, 4)]" in lab_page.run_cell(2)

    box = view.box.locator("input[type=text]")
    box.fill("abcdefgabc")
    box.press("Enter")
    lab_page.until(lambda: view.box.locator(".ns-letter").count() == 10, "the new text")
    box.fill("ABC")
    box.press("Enter")
    error = view.box.locator(".ns-error")
    lab_page.until(lambda: "small letters" in error.inner_text(), "the refusal")
    assert lab_page.page.locator(".jp-Cell").count() == cells


def test_it_plays_to_the_end(opened, lab_page):
    view = opened()
    view.button("Reset").click()
    lab_page.until(lambda: view.numbers()["letter"] == "1 of 19", "the first letter")
    pixels = view.pixels()
    lab_page.press(view.control("Speed"), "End")
    lab_page.press(view.button("Play"), "Space")
    lab_page.until(lambda: view.numbers()["letter"] == "19 of 19", "the end")
    view.button("Play").wait_for()
    assert view.pixels() != pixels


def test_it_is_readable_in_both_themes(opened, lab_page):
    view = opened()
    view.box.locator(".ns-head").nth(2).click()
    lab_page.until(lambda: "1.3" in view.box.locator(".ns-note").inner_text(), "head 1.3")
    view.expect_readable("lens")
