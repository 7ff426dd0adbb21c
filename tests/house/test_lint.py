"""Ruff finds nothing, in modules and notebooks alike."""

import subprocess
import sys

import pytest

from lessonlib.files import notebooks_folder

ROOT = notebooks_folder().parent


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_ruff_finds_nothing(command):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--no-cache", str(ROOT)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
