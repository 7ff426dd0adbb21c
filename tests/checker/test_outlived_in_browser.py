"""Explorers and predictions whose kernel has gone: the next day, after a restart, run again."""

import json
import re

import pytest
from lab_browser import ExplorerView

PROGRESS = "outlived.json"
CELLS = (
    "import os\n\nimport ipywidgets\n\nfrom lessonlib import predict\n"
    "from lessonlib.explorers import PerceptronExplorer\n\n"
    f"os.environ['LESSONLIB_PROGRESS'] = os.path.abspath('{PROGRESS}')",
    "PerceptronExplorer()",
    'predict("00.a")',
    'predict("01.a")',
    "len(ipywidgets.widget._instances)",
)
EXPLORER, ANSWERED, OPEN, COUNT = 1, 2, 3, 4
RESTARTED = "The kernel was restarted: run this cell again, after the cells above it."
ADVICE = "Run this cell again to use the explorer. In a new kernel, run the cells above it first."
STOPPED = RESTARTED.replace("restarted", "stopped")
# JupyterLab's own note on a view without a model; what it shows in its place is hidden.
NO_MODEL = "Error: widget model not found"


@pytest.fixture
def notebook(lab, lab_page):
    """The cells, run, with the first prediction answered."""
    (lab.root / PROGRESS).unlink(missing_ok=True)
    name = lab.write("outlived.ipynb", *CELLS)
    lab_page.open(name)
    lab_page.run_all()
    ExplorerView(lab_page)
    form = lab_page.cell(ANSWERED).locator(".ns-predict")
    form.get_by_role("radio").nth(1).check()
    form.get_by_role("button", name="Commit").click()
    lab_page.until(lambda: "Committed: (b)." in form.inner_text(), "the receipt")
    return name


def seen(lab_page, index):
    """The words of a cell's outputs that can be seen."""
    area = lab_page.cell(index).locator(".jp-Cell-outputArea")
    return re.sub(r"\s+", " ", area.inner_text())


def lines(lab_page):
    """What the page says of its kernel, wherever it says something."""
    return [text for text in lab_page.page.locator(".ns-gone").all_inner_texts() if text]


def expect_a_step(lab_page):
    """The explorer on the page is live."""
    explorer = ExplorerView(lab_page)
    numbers = explorer.numbers()
    explorer.button("Step").click()
    lab_page.until(lambda: explorer.numbers() != numbers, "the numbers to change")


def expect_pictures_and_texts(lab_page):
    """What is kept of an explorer, of an answered and of an open prediction; nothing else."""
    picture = lab_page.cell(EXPLORER).get_by_role("img", name="14 points, ")
    picture.wait_for()
    lab_page.until(lambda: ADVICE in seen(lab_page, EXPLORER), "the advice")
    assert picture.evaluate("node => node.naturalWidth") > 300
    assert "(b) About three quarters (your choice)" in seen(lab_page, ANSWERED)
    assert "Run this cell again" not in seen(lab_page, ANSWERED)
    assert "Run this cell again to choose." in seen(lab_page, OPEN)
    for index in (EXPLORER, ANSWERED, OPEN):
        assert "widget" not in seen(lab_page, index)


@pytest.mark.exhaustive
def test_a_stopped_kernel_leaves_a_line_and_the_next_day_pictures_and_texts(
    lab, lab_page, notebook
):
    saved = lab_page.save()
    lab_page.page.reload()  # while the kernel runs, the views come back
    lab_page.wait_idle()
    expect_a_step(lab_page)
    assert not lab_page.cell(EXPLORER).get_by_role("img", name="14 points, ").is_visible()
    lab.end_sessions()
    lab_page.until(lambda: lines(lab_page) == [STOPPED] * 2, "a line in all that was in use")
    lab_page.open(notebook)
    lab_page.page.get_by_text("model not found").first.wait_for(state="attached")
    expect_pictures_and_texts(lab_page)
    for dark in (False, True):
        lab_page.look(dark=dark)
        lab_page.until(lambda: ADVICE in seen(lab_page, EXPLORER), "the advice")
        lab_page.screenshot(f"next_day_{'dark' if dark else 'light'}_1280")
        assert lab_page.findings(".jp-Cell-outputArea") == []
    assert [text for text in lab_page.errors if not text.startswith(NO_MODEL)] == []
    lab_page.errors.clear()
    saved["cells"][COUNT]["source"] = "changed by other hands"  # so JupyterLab trusts it no more
    (lab.root / "foreign.ipynb").write_text(json.dumps(saved))
    lab_page.open("foreign.ipynb")
    expect_pictures_and_texts(lab_page)
    assert lab_page.page.get_by_text("model not found").count() == 0


def test_after_a_restart_or_a_crash_a_line_says_so_and_nothing_can_be_pressed(lab_page, notebook):
    lab_page.command("kernelmenu:restart")
    lab_page.page.get_by_role("button", name="Confirm Kernel Restart").click()
    lab_page.until(lambda: lines(lab_page) == [RESTARTED] * 2, "a line in all that was in use")
    assert "Committed: (b)." in seen(lab_page, ANSWERED)
    lab_page.wait_idle()
    explorer = ExplorerView(lab_page)
    for node in (explorer.box.get_by_text("Step"), lab_page.cell(OPEN).get_by_text("Commit")):
        assert node.evaluate("node => node.closest('[inert]') !== null")
    for dark in (False, True):
        lab_page.look(dark=dark)
        explorer.box.scroll_into_view_if_needed()
        lab_page.screenshot(f"restarted_{'dark' if dark else 'light'}_1280")
        assert lab_page.findings(".ns-explorer") == lab_page.findings(".ns-predict") == []
    lab_page.run_all()  # all can be used again, and the answer is still known
    assert lines(lab_page) == []
    assert "(b) About three quarters (your choice)" in seen(lab_page, ANSWERED)
    expect_a_step(lab_page)
    lab_page.set_cell(COUNT, "os._exit(1)")
    lab_page.cell(COUNT).locator(".jp-InputArea-prompt").click()
    lab_page.command("notebook:run-cell")
    lab_page.until(lambda: lines(lab_page) == [RESTARTED] * 2, "a line after the crash")


@pytest.mark.exhaustive
def test_fifty_runs_of_a_cell_leave_one_set_of_models(lab_page, notebook):
    once = lab_page.models()
    for index in (EXPLORER, OPEN):
        lab_page.run_often(index, 50)
    assert lab_page.models() == once == int(lab_page.run_cell(COUNT))
    expect_a_step(lab_page)
    lab_page.run_often(ANSWERED, 3)
    assert lab_page.models() == once - 2  # an answered prediction needs neither form nor layout
    assert "(b) About three quarters (your choice)" in seen(lab_page, ANSWERED)
    assert lab_page.cell(ANSWERED).locator(".ns-predict").count() == 0
