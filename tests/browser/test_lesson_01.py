"""Lesson 01 from top to bottom in JupyterLab, as a learner runs it."""

import shutil
from pathlib import Path

import pytest

LESSON = Path(__file__).parents[2] / "notebooks" / "01_perceptron.ipynb"


@pytest.mark.skipif(not LESSON.is_file(), reason="lesson 01 is not written yet")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_whole_lesson_runs_and_its_explorer_plays(lab, lab_page, explorer_view, dark):
    shutil.copy(LESSON, lab.root)
    lab_page.open(LESSON.name, dark=dark)
    lab_page.run_all()
    assert lab_page.error_outputs() == []
    view = explorer_view()
    numbers = view.numbers()
    lab_page.press(view.control("Points"), "ArrowDown")
    lab_page.until(lambda: view.numbers() != numbers, "the numbers to change")
    view.press_play_and_expect_change()
    lab_page.screenshot(f"lesson_01_explorer_{'dark' if dark else 'light'}_1280")
