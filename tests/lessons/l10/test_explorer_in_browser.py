"""The prompt explorer as a person meets it: typing, keyboard, play, both themes."""

import pytest

pytestmark = pytest.mark.exhaustive

CELLS = (
    "from lessonlib.explorers import PromptExplorer",
    "explorer = PromptExplorer()\nexplorer",
)


def test_prompt_menus_tokens_and_play_obey_the_keyboard(opened, lab_page):
    view = opened()
    numbers, pixels = view.numbers(), view.pixels()
    box = view.control("Prompt")
    box.fill("An exception is raised if")
    lab_page.press(box, "Enter")
    lab_page.until(lambda: view.numbers() != numbers, "another prompt")
    assert view.pixels() != pixels
    numbers = view.numbers()
    lab_page.press(view.control("Temperature"), "Home")
    lab_page.until(lambda: view.numbers()["tokens that can be drawn"] == "1 of 556", "greedy")
    lab_page.press(view.button("Step"), "Enter")
    more = str(int(numbers["tokens in the text"]) + 1)
    lab_page.until(lambda: view.numbers()["tokens in the text"] == more, "one token")
    text = view.box.get_by_role("listbox", name="Tokens of the text")
    last = text.get_attribute("aria-activedescendant")
    lab_page.press(text, "ArrowLeft")
    lab_page.until(
        lambda: text.get_attribute("aria-activedescendant") != last, "the token to the left"
    )
    view.press_play_and_expect_change()


def test_it_is_readable_in_both_themes(opened, lab_page):
    view = opened()
    view.button("Step").click()
    view.expect_readable("prompt")
