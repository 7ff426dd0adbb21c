"""Nothing near the submissions is imported: not by the command, nor by any process it starts."""
# ruff: noqa: E501 (an attack is one line)

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from homework_cases.course import MARKS
from homework_cases.sample import write_lesson

import lessonlib
from lessonlib.homework import isolation
from lessonlib.homework.assign import Choices, assign
from lessonlib.homework.course import Course
from lessonlib.homework.release import solved

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = [*MARKS, pytest.mark.exhaustive]
HOME = Path(lessonlib.__file__).resolve().parents[1]
NAMES = ("argparse", "base64", "bleach", "csv", "json", "logging", "nbgrader", "numpy", "pickle", "resource",
         "sitecustomize", "socket", "tempfile", "tqdm", "usercustomize", "zipfile")  # fmt: skip
PLACES = {
    "the command": ["-c", "import sys; from lessonlib.__main__ import main; sys.exit(main())"],
    "python -m": ["-m", "lessonlib"],
    "the function": ["-c", "import sys; from lessonlib.cli import main; sys.exit(main())"],
}


def plant(folder, ran):
    """Modules, a package and a template that write down that they ran."""
    planted = f"open({str(ran)!r}, 'a').write(__file__ + chr(10))\n"
    for name in NAMES:
        (folder / f"{name}.py").write_text(planted)
    for name in ("multiprocessing", "encodings", "alembic"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(planted)
    (folder / "x.pth").write_text(f"import sys; exec({planted!r})\n")
    (folder / "matplotlibrc").write_text("backend: module://numpy\n")
    for name in ("nbgrader_config.py", "jupyter_config.py", "ipython_config.py"):
        if not (folder / name).exists():
            (folder / name).write_text(planted)
    for name in ("feedback", "classic"):
        (folder / name).mkdir()
        (folder / name / "index.html.j2").write_text("{{ planted }}")
        (folder / name / "conf.json").write_text("{}")


@pytest.fixture
def course(tmp_path, course_folder):
    """A course with one submission, in folders that a student has filled with modules."""
    assign(["01"], course_folder, Choices(lessons_folder=write_lesson(tmp_path, "01").parent))
    handed_in = tmp_path / "class" / "handed in"
    (handed_in / "ada").mkdir(parents=True)
    full = json.dumps(solved(Course(course_folder).homework("01").notebook()))
    (handed_in / "ada" / "01_sample.ipynb").write_text(full)
    for folder in (handed_in.parent, handed_in / "ada", course_folder):
        plant(folder, tmp_path / "ran")
    return course_folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "place"), [*((s, "class") for s in PLACES), ("the command", "course")]
)
def test_no_module_of_the_folder_where_a_person_works_runs(course, start, place, namespaces):
    folder = course.parent
    environment = os.environ | {"PYTHONPATH": str(HOME)}
    if start != "python -m":  # as in the command that pip installs: no current folder on the path
        environment["PYTHONSAFEPATH"] = "1"
    words = ["grade", "../course", "--submissions", "../class/handed in", "--jobs", "1"]
    command = [sys.executable, *PLACES[start], *words]
    done = subprocess.run(
        command, cwd=folder / place, env=environment, capture_output=True, text=True, check=False
    )
    assert not (folder / "ran").exists(), (folder / "ran").read_text()
    assert done.returncode == 0, done.stderr
    assert " 1 graded, " in done.stdout
    assert "ada,,2,2,3,3,3,2,5,0,20" in (course / "grades_01.csv").read_text().replace(".0", "")
    assert "Agrees with the reference" in next(course.glob("feedback/ada/*/*.html")).read_text()


def test_a_module_that_is_planted_runs_where_nothing_is_isolated(tmp_path):
    """So that the test above fails for the isolation's sake, not for a slip in what is planted."""
    plant(tmp_path, tmp_path / "ran")
    for name in NAMES:
        (tmp_path / "ran").unlink(missing_ok=True)
        program = [sys.executable, "-S", "-c", f"import {name}"]
        subprocess.run(program, cwd=tmp_path, env={}, capture_output=True, check=False)
        assert f"{name}.py" in (tmp_path / "ran").read_text() or name in sys.stdlib_module_names


def test_what_a_process_inherits_is_put_back(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f":.:{tmp_path}:{HOME}:lib")
    monkeypatch.setattr(sys, "path", ["", "lib", str(tmp_path), *sys.path])
    before = sys.path[:], dict(os.environ), os.getcwd()
    with contextlib.suppress(KeyError), isolation.isolated():
        assert {"", "lib", str(tmp_path)}.isdisjoint(sys.path)
        assert os.environ["PYTHONPATH"] == str(HOME)
        assert os.getcwd() == "/"
        program = (
            "import os, sys, lessonlib; print(lessonlib.__file__, os.getcwd(), '' in sys.path)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == [lessonlib.__file__, "/", "False"]
        raise KeyError
    assert (sys.path, dict(os.environ), os.getcwd()) == before


def test_the_lessonlib_that_runs_is_the_one_that_is_found(tmp_path):
    other = tmp_path / "lessonlib"
    other.mkdir()
    (other / "__init__.py").touch()
    assert isolation.trusted([str(HOME), str(tmp_path)], "/") == [str(HOME), str(tmp_path)]
    (other / "__init__.py").unlink()
    other.rmdir()
    assert isolation.trusted([str(HOME), str(tmp_path)], "/") == [str(tmp_path), str(HOME)]
    assert isolation.trusted([str(HOME), "x"], str(HOME)) == [str(HOME)]
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    assert isolation.trusted([str(link)], str(tmp_path)) == []
