"""One look at whether everything a lesson needs is there."""

import hashlib
import json
import os
import platform
import sys
from importlib import metadata
from pathlib import Path

from lessonlib import markup
from lessonlib.files import data_folder
from lessonlib.learner import record

PACKAGES = (
    "numpy",
    "matplotlib",
    "ipywidgets",
    "anywidget",
    "scikit-learn",
    "torch",
    "torchvision",
)
# In JupyterLite Python runs in the browser: what is fetched there when a lesson asks, what never is
BROWSER = {
    "scikit-learn": "is fetched by the lessons that use it",
    "torch": "does not run in a browser; its cells are shown, not run",
    "torchvision": "does not run in a browser; its cells are shown, not run",
}
_KEPT = "is kept on this machine"
REMEDY = "close this notebook and run `python3 start.py lab` again"


class Installation:
    """The findings: (what, whether it is well, in words)."""

    def __init__(self, findings: list[tuple[str, bool, str]]) -> None:
        self.findings = findings

    @property
    def ready(self) -> bool:
        """Whether everything was found."""
        return all(well for _, well, _ in self.findings)

    def _verdict(self) -> str:
        missing = [what for what, well, _ in self.findings if not well]
        return f"Missing: {', '.join(missing)}; {REMEDY}." if missing else "Everything is there."

    def __repr__(self) -> str:
        lines = [f"{'✓' if well else '✗'} {what}: {text}" for what, well, text in self.findings]
        return "\n".join([*lines, self._verdict()])

    def _repr_html_(self) -> str:
        rows = (("✓" if well else "✗", what, text) for what, well, text in self.findings)
        return markup.table(rows, left=(1, 2)) + markup.paragraph(self._verdict())


def installation() -> Installation:
    """Look for the packages (without importing them), the data and a place for progress.

    Taught in notebooks/00_start_here

    >>> installation().findings[0][:2]
    ('Python', True)
    """
    findings = [("Python", True, _shown(platform.python_version()))]
    findings += [_package(name) for name in PACKAGES]
    findings += [_data(), _progress()]
    return Installation(findings)


def _package(name: str) -> tuple[str, bool, str]:
    try:
        return name, True, _shown(metadata.version(name))
    except metadata.PackageNotFoundError:
        if sys.platform == "emscripten" and name in BROWSER:
            return name, True, BROWSER[name]
        return name, False, "not installed"


def _static() -> bool:
    """Whether this is for a stored page, which says nothing of the machine that made it."""
    return os.environ.get("LESSONLIB_OUTPUT") == "static"


def _shown(version: str) -> str:
    return "found" if _static() else version


def _data() -> tuple[str, bool, str]:
    try:
        folder = data_folder()
        known = json.loads((folder / "sha256.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "data", False, "the folder data/ is missing or incomplete"
    bad = [n for n, h in known.items() if _sha256(folder / n) != h]
    return (
        "data",
        not bad,
        f"damaged: {', '.join(bad)}"
        if bad
        else f"complete, checksum{'s' * (len(known) != 1)} right",
    )


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def _progress() -> tuple[str, bool, str]:
    file = record.path()
    if _static():  # what most readers will see, wherever the page was made
        return "progress", True, _KEPT
    if file is None:
        return "progress", True, "recording is switched off"
    folder = next(p for p in [file.parent, *file.parents] if p.exists())
    try:
        probe = folder / ".lessonlib-probe"
        probe.touch()
        probe.unlink()
    except OSError:
        return "progress", True, "cannot be stored here; export it at the end of a session"
    return "progress", True, _KEPT
