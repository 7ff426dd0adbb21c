"""Lesson 03 from top to bottom in JupyterLab, as a learner runs it."""

import shutil
from pathlib import Path

import pytest

LESSON = Path(__file__).parents[3] / "notebooks" / "03_backpropagation.ipynb"


@pytest.mark.skipif(not LESSON.is_file(), reason="lesson 03 is not written yet")
def test_the_whole_lesson_runs_and_its_explorer_steps(lab, lab_page, explorer_view):
    lab_page.open(Path(shutil.copy(LESSON, lab.root)).name)
    lab_page.run_all()
    assert lab_page.error_outputs() == []
    view = explorer_view()
    lab_page.until(lambda: "step" in view.numbers(), "the explorer's read-outs")
    step = view.numbers()["step"]
    lab_page.press(view.button("Step"), "Enter")
    lab_page.until(lambda: view.numbers()["step"] != step, "one step more")
    assert view.cut_off() == []
    for dark in (False, True):
        lab_page.look(dark=dark)
        lab_page.screenshot(f"lesson_03_{'dark' if dark else 'light'}_1280")
