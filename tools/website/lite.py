"""JupyterLite: the lessons that run in a browser, with lessonlib's own wheel, as static files.

Python and NumPy come from Pyodide's public network at run time; everything else is in the folder.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat

from website import ROOT
from website.sources import relink
from website.without_torch import browser_lessons, browser_version

EXTENSIONS = (
    "@jupyterlite/pyodide-kernel-extension",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
)


def build_wheel(folder: Path) -> Path:
    """Build lessonlib's wheel into a folder and return its path."""
    for old in folder.glob("*.whl"):
        old.unlink()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


def write_contents(folder: Path, lessons: list[Path]) -> None:
    """Write the lessons as the browser gets them."""
    here = set(browser_lessons(lessons))
    names = {f"notebooks/{path.name}" for path in here}

    def place(path: str) -> str | None:
        return path if path in names else None

    for path in here:
        book = browser_version(path)
        for cell in book.cells:
            if cell.cell_type == "markdown":
                cell.source = relink(cell.source, "notebooks", place)
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(book, folder / path.name)


def settings(folder: Path, out: Path, wheel: Path) -> dict:
    """Return JupyterLite's settings: of the extensions, those that the lessons need."""
    shared = Path(sysconfig.get_path("data")) / "share" / "jupyter" / "labextensions"
    return {
        "LiteBuildConfig": {
            "apps": ["lab"],
            "cache_dir": str(folder / "cache"),
            "contents": [str(folder / "files")],
            "federated_extensions": [str(shared / name) for name in EXTENSIONS],
            "ignore_sys_prefix": True,
            "no_sourcemaps": True,
            "output_dir": str(out / "lite"),
        },
        "PipliteAddon": {"piplite_urls": [str(wheel)]},
    }


def build_lite(out: Path, work: Path, lessons: list[Path]) -> None:
    """Build JupyterLite into `out`/lite. Raises CalledProcessError if its builder fails."""
    folder = work / "lite"
    for old in (folder, out / "lite"):
        shutil.rmtree(old, ignore_errors=True)
    folder.mkdir(parents=True)
    write_contents(folder / "files", lessons)
    config = folder / "jupyter_lite_config.json"
    config.write_text(json.dumps(settings(folder, out, build_wheel(folder)), indent=1))
    page = {"appName": "Neural Sparks", "exposeAppInBrowser": True}
    lite = {"jupyter-lite-schema-version": 0, "jupyter-config-data": page}
    (folder / "jupyter-lite.json").write_text(json.dumps(lite, indent=1))
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--config", str(config)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr)
    done.check_returncode()
