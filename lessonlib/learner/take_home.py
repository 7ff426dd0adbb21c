"""One file to take along where a session's files are lost: notebooks, answers and progress."""

import base64
import datetime
import html
import io
import json
import os
import zipfile
from pathlib import Path

from lessonlib.files import own_folder
from lessonlib.learner import record


class TakeHome:
    """A zip file with the notebooks of a folder, without outputs, and the progress; a link to it.

    The accepted answers go along, as own/lesson_07.py.
    Raises FileNotFoundError where the folder holds no notebook
    """

    def __init__(self, folder: str | os.PathLike[str] = ".") -> None:
        self.notebooks = sorted(Path(folder).glob("*.ipynb"))
        if not self.notebooks:
            raise FileNotFoundError(f"take_home: no notebook in {Path(folder).resolve()}")
        self.name = f"neural-sparks-{datetime.date.today().isoformat()}.zip"

    def content(self) -> bytes:
        """The zip file, made again at each call."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in self.notebooks:
                archive.writestr(path.name, _without_outputs(path))
            for path in sorted(own_folder().glob("lesson_*.py")):
                archive.writestr(f"own/{path.name}", path.read_bytes())
            progress = json.dumps(record.load(), indent=1, sort_keys=True)
            archive.writestr("my-progress.json", progress)
        return buffer.getvalue()

    def save(self, target: str | os.PathLike[str] | None = None) -> Path:
        """Write the zip file, into the current folder unless told otherwise. Returns its path."""
        file = Path(target or self.name).expanduser().resolve()
        file.write_bytes(self.content())
        return file

    def __repr__(self) -> str:
        return "Your notebooks without outputs and your progress: run the cell to get the link."

    def _repr_html_(self) -> str | None:
        if os.environ.get("LESSONLIB_OUTPUT") == "static":
            return None
        content = self.content()
        link = "data:application/zip;base64," + base64.b64encode(content).decode("ascii")
        count = len(self.notebooks)
        words = f"{count} notebook{'s' * (count != 1)} without outputs, and your progress"
        return (
            f"<a download='{html.escape(self.name)}' href='{link}'>Download {self.name}</a> "
            f"({len(content) / 1000:.0f} kB: {words}; saved notebooks only)"
        )


def take_home(folder: str | os.PathLike[str] = ".") -> TakeHome:
    """Offer the notebooks of a folder and the progress as one file to download.

    folder : where the notebooks are; a lesson's own folder unless told otherwise
    Returns a `TakeHome`, which a notebook shows as a link; `save()` writes the file
    Raises FileNotFoundError where the folder holds no notebook
    Taught in notebooks/00_start_here
    """
    return TakeHome(folder)


def _without_outputs(path: Path) -> bytes:
    """The notebook's own text with its outputs left out; as it is where it cannot be read."""
    raw = path.read_bytes()
    try:
        book = json.loads(raw)
        for cell in book["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
    except (ValueError, KeyError, TypeError):
        return raw
    return json.dumps(book, indent=1, ensure_ascii=False).encode("utf-8")
