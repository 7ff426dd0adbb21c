"""Fixtures of the homework tests; a test module names this one in `pytest_plugins`."""

import os
import shutil
import subprocess
import sys
import warnings

import pytest

from homework_cases.sample import write_lesson


@pytest.fixture(scope="session")
def namespaces():
    """Skips where the system allows no closed room."""
    trial = subprocess.run(["unshare", "-r", "-n", "-m", "-p", "-f", "true"], capture_output=True)
    if trial.returncode:
        pytest.skip(f"this system allows no namespaces: {trial.stderr.decode().strip()}")


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory):
    """nbgrader's gradebook as it begins; making one takes seconds, copying it none."""
    from nbgrader.api import Gradebook

    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    folder = os.path.dirname(sys.executable)
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setenv("PATH", folder + os.pathsep + os.environ["PATH"])
        Gradebook(f"sqlite:///{path}", "").close()
    return path


@pytest.fixture
def course_folder(tmp_path, empty_gradebook):
    """A folder for a course, with an empty gradebook."""
    folder = tmp_path / "course"
    folder.mkdir()
    shutil.copyfile(empty_gradebook, folder / "gradebook.db")
    return folder


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    """A folder with two small lessons, and the submissions of a class as Canvas packs them."""
    folder = tmp_path_factory.mktemp("homework")
    (folder / "lessons").mkdir()
    for lesson in ("00", "01"):
        write_lesson(folder / "lessons", lesson)
    return folder
