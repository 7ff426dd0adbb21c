"""The attention explorer as a person meets it: tokens by keyboard, another text, both themes."""

import pytest

pytestmark = pytest.mark.exhaustive

CELLS = (
    "from lessonlib.explorers import AttentionExplorer",
    "explorer = AttentionExplorer()\nexplorer",
    "print(explorer.state['token'], explorer.state['head'], explorer.state['temperature'])",
)


def test_tokens_head_and_text_obey_the_keyboard(opened, lab_page):
    view = opened()
    assert view.numbers()["asks"] == "she"
    pixels = view.pixels()
    tokens = view.box.locator("[data-token]")
    lab_page.press(tokens.nth(8), "ArrowRight")
    lab_page.until(lambda: view.numbers()["asks"] == "sells", "the next token")
    assert view.pixels() != pixels
    lab_page.press(view.control("Head"), "ArrowDown")
    lab_page.until(lambda: "head 2" in view.box.locator("[aria-live]").inner_text(), "head 2")
    text = view.box.locator("input[type=text]")
    text.fill("the old king sees a nun and he sells the boat")
    text.press("Enter")
    lab_page.until(lambda: tokens.count() == 11, "the shorter sentence")
    lab_page.press(tokens.nth(7), "Home")
    lab_page.until(lambda: view.numbers()["asks"] == "the", "the first token")
    assert "the head 2 1.0" in lab_page.run_cell(2)


def test_it_plays_over_the_tokens(opened, lab_page):
    view = opened()
    view.button("Reset").click()
    lab_page.until(lambda: view.numbers()["asks"] == "the", "the beginning")
    view.press_play_and_expect_change()


def test_it_is_readable_in_both_themes(opened, lab_page):
    view = opened()
    for kind in ("sentence", "date"):
        if kind == "date":
            lab_page.press(view.control("Text"), "End")
            drawing = view.box.locator(".ns-attention svg")
            lab_page.until(
                lambda drawing=drawing: "its one head" in drawing.get_attribute("aria-label"),
                "the date",
            )
        view.box.locator("[data-token]").nth(3).focus()
        view.expect_readable(f"attention_{kind}")
