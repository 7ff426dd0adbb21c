"""Lesson 00 from top to bottom in JupyterLab, as a learner runs it."""

import shutil
from pathlib import Path

LESSON = Path(__file__).parents[3] / "notebooks" / "00_start_here.ipynb"


def test_the_whole_lesson_runs_in_both_themes(lab, lab_page):
    lab_page.open(Path(shutil.copy(LESSON, lab.root)).name)
    lab_page.run_all()
    assert lab_page.error_outputs() == []
    for dark in (False, True):
        lab_page.look(dark=dark)
        lab_page.screenshot(f"lesson_00_{'dark' if dark else 'light'}_1280")
