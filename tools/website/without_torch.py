"""The lessons as they run in a browser, where there is no PyTorch.

A statement that needs PyTorch, or a name that only such a statement makes, is left out of its cell
as a comment. A cell of which nothing is left becomes text: its code, and what it gave elsewhere.
Which statements these are is read from the code, so a lesson needs no marks, and the notebook in
the repository stays as it is.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from website.names import changes, makes, reads

TORCH = {"torch", "torchvision"}
MOST = 1 / 3  # a lesson of which more needs PyTorch is not offered in the browser
SETUP = """\
# In the browser: fetch NumPy, matplotlib and the course's library (about 40 MB, then cached).
import os

import piplite

await piplite.install("neural-sparks")
os.environ["LESSONLIB_PROGRESS"] = "/drive/progress.json"\
"""
REMARK = "# PyTorch does not run in a browser: the lines after #| are left out, the lesson goes on."
NOTE = (
    "**PyTorch does not run in a browser.** This cell is shown with what it gave elsewhere; the "
    "lesson goes on below."
)
KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}


def torch_statements(sources: list[str]) -> list[list[ast.stmt]]:
    """Find, for each source, the statements that cannot run without PyTorch.

    >>> cells = ["x = 1", "import torch\\nt = torch.ones(2)", "x + 1\\nt + x", "t = 2", "t"]
    >>> [len(found) for found in torch_statements(cells)]
    [0, 2, 2, 0, 0]
    """
    missing: set[str] = set()
    found = []
    for source in sources:
        found.append([])
        try:
            statements = ast.parse(source).body
        except SyntaxError:  # a line for IPython
            continue
        for statement in statements:
            if _imports_torch(statement) or reads(statement) & missing:
                found[-1].append(statement)
                missing |= changes([statement])
            else:
                missing -= makes([statement])
        if found[-1]:  # what such a cell says rests on what is left out
            found[-1] += [one for one in statements if _says(one) and one not in found[-1]]
    return found


def _says(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr | ast.Assert)


def _imports_torch(statement: ast.stmt) -> bool:
    for node in ast.walk(statement):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] in TORCH for name in names):
            return True
    return False


def torch_cells(book: NotebookNode) -> Iterator[tuple[NotebookNode, list[ast.stmt], bool]]:
    """Code cells that need PyTorch: (cell, statements to leave out, whether these are all)."""
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    for cell, found in zip(code, torch_statements([c.source for c in code]), strict=True):
        if found:
            yield cell, found, len(found) == len(ast.parse(cell.source).body)


def runs_in_browser(path: Path) -> bool:
    """Whether a lesson's main path is NumPy: few cells need PyTorch, and no exercise does."""
    book = nbformat.read(path, as_version=4)
    needing = list(torch_cells(book))
    graded = any(cell.metadata.get("nbgrader") for cell, _, _ in needing)
    return not graded and len(needing) <= MOST * sum(c.cell_type == "code" for c in book.cells)


def browser_lessons(lessons: list[Path]) -> Iterator[Path]:
    """Those lessons that JupyterLite offers."""
    return (path for path in lessons if runs_in_browser(path))


def browser_version(path: Path) -> NotebookNode:
    """A lesson for JupyterLite: a cell that fetches the library, and nothing that needs PyTorch."""
    book = nbformat.read(path, as_version=4)
    changed = {}
    for cell, statements, wholly in torch_cells(book):
        changed[cell.id] = _as_text(cell) if wholly else _without(cell, statements)
    cells = [changed.get(cell.id, cell) for cell in book.cells]
    cells.insert(1, nbformat.v4.new_code_cell(SETUP, id="in-the-browser"))
    book.cells, book.metadata["kernelspec"] = cells, nbformat.from_dict(KERNEL)
    return book


def _without(cell: NotebookNode, statements: list[ast.stmt]) -> NotebookNode:
    """Turn some of a cell's statements into comments."""
    lines = cell.source.splitlines()
    for statement in statements:
        decorators = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(one.lineno for one in decorators)])
        for number in range(first - 1, statement.end_lineno):
            lines[number] = f"#| {lines[number]}".rstrip()
    made = nbformat.from_dict(cell)
    made.source, made.outputs, made.execution_count = "\n".join([REMARK, *lines]), [], None
    return made


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
