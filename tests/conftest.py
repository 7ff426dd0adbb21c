"""Settings shared by all tests: nothing a test does may touch the learner's own files."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # small arrays gain nothing from a second thread
os.environ["LESSONLIB_PROGRESS"] = "off"
os.environ["LESSONLIB_OWN"] = os.path.join(os.devnull, "own")  # nothing can be written there
os.environ.setdefault("MPLBACKEND", "Agg")

# Shared machines are slow at times: examples are bounded by number, not by time, and drawn the
# same way in every run.
settings.register_profile(
    "course",
    deadline=None,
    derandomize=True,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("course")


@pytest.fixture
def progress_file(tmp_path, monkeypatch):
    """A fresh progress file for one test, and a folder own/ next to it for accepted answers."""
    path = tmp_path / "progress.json"
    monkeypatch.setenv("LESSONLIB_OWN", str(tmp_path / "own"))
    monkeypatch.setenv("LESSONLIB_PROGRESS", str(path))
    return path


@pytest.fixture
def shown():
    """A function that shows explorers as a cell does; all are closed after the test."""
    from explorer_driver import show  # loads widgets and matplotlib, which most tests do without

    opened = []

    def open_one(explorer):
        opened.append(explorer)
        return show(explorer)

    yield open_one
    for explorer in opened:
        explorer.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The web site, book and JupyterLite, built once; LESSONLIB_SITE names one built before."""
    if ready := os.environ.get("LESSONLIB_SITE"):
        return Path(ready)
    for module in ("sphinx_book_theme", "myst_nb", "jupyterlite_core"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"no {module}: the site is built with the extra [book]")
    root = Path(__file__).parent.parent
    out = tmp_path_factory.mktemp("site") / "public"
    command = [sys.executable, "-W", "ignore", str(root / "tools/build_site.py"), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    return out


collect_ignore_glob = ["homework_cases/*"]  # no tests there: what the homework tests share
