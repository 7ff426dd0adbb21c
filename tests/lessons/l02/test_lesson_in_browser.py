"""Lesson 02 from top to bottom in JupyterLab, as a learner runs it."""

import shutil
from pathlib import Path

import pytest

LESSON = Path(__file__).parents[3] / "notebooks" / "02_multilayer_perceptron.ipynb"


@pytest.mark.skipif(not LESSON.is_file(), reason="lesson 02 is not written yet")
def test_the_whole_lesson_runs_and_its_explorer_plays(lab, lab_page, explorer_view):
    lab_page.open(Path(shutil.copy(LESSON, lab.root)).name)
    lab_page.run_all()
    assert lab_page.error_outputs() == []
    view = explorer_view()
    view.press_play_and_expect_change()
    assert view.cut_off() == []
    for dark in (False, True):
        lab_page.look(dark=dark)
        lab_page.screenshot(f"lesson_02_{'dark' if dark else 'light'}_1280")
