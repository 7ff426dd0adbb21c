"""The answers of `check` are readable on both themes, the table of a wrong answer included."""

import pytest

CELL = """
import numpy as np
from lessonlib import check
check("00.1", lambda predicted, labels: int(np.sum(predicted == labels)))
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_wrong_answer_is_readable(lab, lab_page, dark):
    lab_page.open(lab.write("check.ipynb", CELL.strip()))
    lab_page.look(dark=dark)
    lab_page.run_all()
    assert lab_page.error_outputs() == []
    grounds = lab_page.page.evaluate(
        """() => [...document.querySelectorAll("[role=status] table tr")].map(row => [
            getComputedStyle(row).backgroundColor,
            getComputedStyle(row.closest("[role=status]")).backgroundColor])"""
    )
    assert grounds
    assert all(row == box for row, box in grounds), "JupyterLab's rows cover the box's ground"
    lab_page.screenshot(f"check_{'dark' if dark else 'light'}")
