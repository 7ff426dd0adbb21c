"""The lessons for Colab: each with one cell more, which installs the package and lets widgets in.

Colab opens notebooks from GitHub, so these are published as a branch of their own.
"""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from website.sources import colab_address, relink, repository

_SETUP = """\
# For Colab: run this cell first, in each new session. It does nothing anywhere else.
# If Colab then asks to restart the session, do so and go on with the next cell.
try:
    from google.colab import output
except ImportError:
    pass
else:
    %pip install --quiet "neural-sparks @ git+REPOSITORY"
    output.enable_custom_widget_manager()"""


def setup() -> str:
    """The source of the added cell."""
    return _SETUP.replace("REPOSITORY", repository())


def colab_version(path: Path) -> NotebookNode:
    """A lesson with the added cell below its title; links lead to Colab or the repository."""
    book = nbformat.read(path, as_version=4)
    lesson = re.compile(
        rf"{re.escape(repository())}/blob/HEAD/notebooks/([\w.]+\.ipynb)(?:#[^)]*)?"
    )
    for cell in book.cells:
        if cell.cell_type == "markdown":
            text = relink(cell.source, "notebooks", lambda path: None)
            cell.source = lesson.sub(lambda found: colab_address(found[1]), text)
    book.cells.insert(1, nbformat.v4.new_code_cell(setup(), id="colab-setup"))
    return book


def build_colab(out: Path, lessons: list[Path]) -> None:
    """Write the notebooks into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for path in lessons:
        nbformat.write(colab_version(path), out / path.name)
