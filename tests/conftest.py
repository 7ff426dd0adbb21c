"""Settings shared by all tests: nothing a test does may touch the learner's own files."""

import os

import pytest
from hypothesis import HealthCheck, settings

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # small arrays gain nothing from a second thread
os.environ["LESSONLIB_PROGRESS"] = "off"
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
    """A fresh progress file for one test."""
    path = tmp_path / "progress.json"
    monkeypatch.setenv("LESSONLIB_PROGRESS", str(path))
    return path


collect_ignore_glob = ["homework_cases/*"]  # no tests there: what the homework tests share
