"""The lessons as they run in a browser, where there is no PyTorch.

A code cell that needs PyTorch carries the tag `torch`. In the browser it becomes text: its code,
and what it gave elsewhere. What later cells use is made in cells without the tag, so the lesson
goes on. The notebook in the repository stays as it is.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

TAG = "torch"
MOST = 1 / 3  # a lesson of which more needs PyTorch is not offered in the browser
SETUP = """\
# In the browser: fetch NumPy, matplotlib and the course's library (about 40 MB, then cached).
import os

import piplite

await piplite.install("neural-sparks")
os.environ["LESSONLIB_PROGRESS"] = "/drive/progress.json"\
"""
NOTE = (
    "**PyTorch does not run in a browser.** This cell is shown with what it gave elsewhere; the "
    "lesson goes on below."
)
KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}


def needs_torch(cell: NotebookNode) -> bool:
    """Whether a cell is marked as one that needs PyTorch."""
    return TAG in cell.metadata.get("tags", [])


def runs_in_browser(path: Path) -> bool:
    """Whether a lesson's main path is NumPy: few cells need PyTorch, and no exercise does."""
    book = nbformat.read(path, as_version=4)
    needing = [cell for cell in book.cells if needs_torch(cell)]
    graded = any(cell.metadata.get("nbgrader") for cell in needing)
    return not graded and len(needing) <= MOST * sum(c.cell_type == "code" for c in book.cells)


def browser_lessons(lessons: list[Path]) -> Iterator[Path]:
    """Those lessons that JupyterLite offers."""
    return (path for path in lessons if runs_in_browser(path))


def browser_version(path: Path) -> NotebookNode:
    """A lesson for JupyterLite: a cell that fetches the library, and nothing that needs PyTorch."""
    book = nbformat.read(path, as_version=4)
    cells = [_as_text(cell) if needs_torch(cell) else cell for cell in book.cells]
    cells.insert(1, nbformat.v4.new_code_cell(SETUP, id="in-the-browser"))
    book.cells, book.metadata["kernelspec"] = cells, nbformat.from_dict(KERNEL)
    return book


def _as_text(cell: NotebookNode) -> NotebookNode:
    parts, attachments = [NOTE, f"```python\n{cell.source}\n```"], {}
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            name = f"figure-{len(attachments) + 1}.png"
            attachments[name] = {"image/png": data["image/png"].replace("\n", "")}
            alt = output.metadata.get("image/png", {}).get("alt", "")
            parts.append(f"![{re.sub(r'[][]', '', alt)}](attachment:{name})")
        elif text := output.get("text", data.get("text/plain", "")).rstrip():
            parts.append(f"```text\n{text}\n```")
    made = nbformat.v4.new_markdown_cell("\n\n".join(parts), id=cell.id)
    if attachments:
        made["attachments"] = nbformat.from_dict(attachments)
    return made
