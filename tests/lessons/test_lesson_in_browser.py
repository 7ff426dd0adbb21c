"""Lessons of the second edition from top to bottom in JupyterLab, as a learner runs them.

Every notebook is run without a browser and every explorer in one by other tests, so CI takes three
lessons here: predictions alone, an explorer, a long page. LESSONLIB_PAGES="05 06" names others,
LESSONLIB_PAGES=all takes all.
"""

import os
import shutil

import pytest
from structure import FIRST_EDITION

from lessonlib.files import notebooks_folder
from lessonlib.lessons.registry import lessons, notebooks_in

ROOT = notebooks_folder().parent
PAGES = os.environ.get("LESSONLIB_PAGES", "00 01 07").split()
SECOND = [n for n in lessons() if n not in FIRST_EDITION]
pytestmark = pytest.mark.exhaustive  # the notebooks are run without a browser, too


@pytest.mark.parametrize("number", [n for n in SECOND if n in PAGES or PAGES == ["all"]])
def test_the_whole_lesson_runs_in_both_themes(number, lab, lab_page, explorer_view):
    notebook = dict(notebooks_in(notebooks_folder()))[number]
    shutil.copy(notebook, lab.root)
    lab_page.open(notebook.name)
    lab_page.run_all()
    assert lab_page.error_outputs() == []
    if (ROOT / "lessonlib" / "lessons" / f"l{number}" / "explorer").is_dir():
        view = explorer_view()
        view.press_play_and_expect_change()
        assert view.cut_off() == []
    for dark in (False, True):
        lab_page.look(dark=dark)
        lab_page.screenshot(f"lesson_{number}_{'dark' if dark else 'light'}_1280")
