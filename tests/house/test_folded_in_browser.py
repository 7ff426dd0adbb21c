"""Folded cells in JupyterLab: closed at first, run with the others, open at a click."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

FOLDED = {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}
TEXT = "It reads 0.957 (0.946 to 0.967 over 20 seeds)<!-- 01.digits averaged --> of *all* digits."


def write(lab):
    cells = [
        new_markdown_cell(TEXT),
        new_code_cell("x = 6"),
        new_code_cell("print(x * 7, 'drawn')", metadata=FOLDED),
        new_code_cell("print(x, 'open')"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), lab.root / "f.ipynb")
    return "f.ipynb"


def test_a_folded_cell_is_closed_runs_and_opens(lab, lab_page):
    lab_page.open(write(lab))
    folded, opened = lab_page.cell(2), lab_page.cell(3)
    placeholder = folded.locator(".jp-InputPlaceholder")
    placeholder.wait_for()
    assert folded.locator(".jp-InputArea-editor").count() == 0
    assert opened.locator(".jp-InputArea-editor").is_visible()
    lab_page.run_all()
    assert "42 drawn" in folded.locator(".jp-OutputArea-output").inner_text()
    lab_page.screenshot("folded_cell")
    placeholder.click()
    folded.locator(".jp-InputArea-editor").wait_for()
    assert "drawn" in folded.locator(".jp-InputArea-editor").inner_text()


def test_a_mark_is_not_to_be_seen(lab, lab_page):
    lab_page.open(write(lab))
    lab_page.until(
        lambda: (
            lab_page.cell(0).locator(".jp-RenderedHTMLCommon").inner_text().strip()
            == "It reads 0.957 (0.946 to 0.967 over 20 seeds) of all digits."
        ),
        "the text without its mark",
    )
