"""Classes and functions that a lesson defines on its page, taken from the notebook's cells."""

import ast
import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from lessonlib import functional as F
from lessonlib import nn

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def page_code(notebook, *names, **known):
    """Run the definitions of these names alone, in the page's order; they are attributes of what
    is returned.

    notebook : such as "10_transformer";  known: what else they use, besides np, nn and F
    Raises LookupError for a name that the page does not define
    """
    cells = json.loads((NOTEBOOKS / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    found = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            found |= {node.name: node for node in _definitions(cell) if node.name in names}
    if missing := set(names) - set(found):
        raise LookupError(f"{notebook} does not define {', '.join(sorted(missing))}")
    space = {"np": np, "nn": nn, "F": F, **known}
    exec(compile(ast.Module(list(found.values()), []), notebook, "exec"), space)
    return SimpleNamespace(**{name: space[name] for name in names})


def _definitions(cell):
    """The classes and functions at the top of a cell; magic lines are left out."""
    source = re.sub(r"^\s*[%!].*$", "", "".join(cell["source"]), flags=re.MULTILINE)
    nodes = ast.parse(source).body
    return [node for node in nodes if isinstance(node, ast.ClassDef | ast.FunctionDef)]
