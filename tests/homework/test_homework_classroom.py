"""`lessonlib assign --classroom`: the steps of the workflow, run one after the other.

Classroom's reporter is played by `reported`: it reads a result of each runner from the environment,
as JSON in base64, and adds the scores of its tests.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
import yaml
from homework_cases.course import MARKS, QUIET, homework_of, rows_of
from homework_cases.edit import answer
from homework_cases.elsewhere import environment, installed, stub

from lessonlib import __version__, cli
from lessonlib.homework.autograder.classroom import (
    CONSTRAINTS,
    HOMEWORK,
    WORKFLOW,
    outputs,
    repository,
)
from lessonlib.homework.autograder.once import Single
from lessonlib.homework.cohort.archives import entries
from lessonlib.homework.cohort.grade import grade
from lessonlib.homework.cohort.roster import read_roster
from lessonlib.homework.course import Course
from lessonlib.homework.model import Report
from lessonlib.homework.release import solved

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = MARKS
WRONG = """
def update(weight, bias, x, y):
    if y * (weight @ x + bias) < 0:
        return weight + y * x, bias + y
    return weight, bias
"""
ROSTER = '"identifier","github_username","github_id","name"\n'
ROSTER += '"s1","ada-l","17","Ada Lovelace"\n"s2","gboole","18","George Boole"\n'


@pytest.fixture(scope="module")
def homework():
    return homework_of("01", seed=4711, version=__version__, extra_cases="CASES = {}")


@pytest.fixture
def template(homework, tmp_path):
    repository(homework, tmp_path / "repo")
    return tmp_path / "repo"


def flow_of(folder):
    loaded = yaml.safe_load((folder / WORKFLOW).read_text())
    return loaded, loaded["jobs"]["run-autograding-tests"]


def run_steps(folder, tmp_path):
    """Run what the workflow runs. Returns (the reporter's environment, summary, log, calls)."""
    _, job = flow_of(folder)
    stubs, calls, python = tmp_path / "stubs", tmp_path / "calls", tmp_path / "env/bin/python"
    installed(tmp_path / "env")  # all that the library needs; the library comes by pip
    pip = f"{sys.executable} -m pip --python {python} install --quiet --no-deps --no-index"
    pip = f'if [ "$2" = pip ]; then echo "$*" >> {calls}; exec {pip} "$LESSONLIB"; fi'
    stub(stubs, "python", f'{pip}\nexec {python} "$@"')
    stub(stubs, "sudo", f'echo "sudo $*" >> {calls}')
    env = environment(stubs, GITHUB_OUTPUT=str(tmp_path / "out"), **job["env"],
                      GITHUB_STEP_SUMMARY=str(tmp_path / "summary"))  # fmt: skip
    log = ""
    for step in job["steps"]:
        if "run" in step:
            done = subprocess.run(["bash", "-e", "-c", step["run"]], env=env, cwd=folder,
                                  capture_output=True, text=True)  # fmt: skip
            assert done.returncode == 0, done.stderr
            log += done.stdout
    given = dict(line.split("=", 1) for line in (tmp_path / "out").read_text().splitlines())
    report = job["steps"][-1]
    pattern = re.compile(r"\$\{\{ steps\.grade\.outputs\.(\w+) \}\}")
    results = {k: pattern.sub(lambda m: given[m[1]], v) for k, v in report["env"].items()}
    text = (tmp_path / "summary").read_text()
    return (report["with"]["runners"], results), text, log, calls.read_text().splitlines()


def reported(runners, env):
    """What the reporter makes of its environment: runner -> (points, maximum, result)."""
    found = {}
    for name in runners.split(","):
        result = json.loads(base64.b64decode(env[f"{name.strip().upper()}_RESULTS"]))
        assert {"status", "max_score", "tests"} <= set(result)
        assert all(t["status"] in ("pass", "fail", "error") and t["name"] for t in result["tests"])
        found[name] = sum(t["score"] for t in result["tests"]), result["max_score"], result
    return found


def test_the_workflow_is_classrooms_own_form(template):
    flow, job = flow_of(template)
    assert flow["name"] == "Autograding Tests"
    assert set(flow[True]) == {"push", "workflow_dispatch", "repository_dispatch"}
    assert flow["permissions"] == {"checks": "write", "actions": "read", "contents": "read"}
    assert "github-classroom[bot]" in job["if"]
    assert job["steps"][-1]["uses"] == "classroom-resources/autograding-grading-reporter@v1"
    assert (template / job["env"]["LESSONLIB"]).is_file(), "nothing is fetched that may not exist"
    assert "git+" not in (template / "README.md").read_text()
    assert f'pip install "{job["env"]["LESSONLIB"]}[lab]"' in (template / "README.md").read_text()


def test_the_steps_grade_what_was_pushed(template, tmp_path, homework):
    path = template / "01_sample.ipynb"
    wrong = answer("01.2", WRONG)(solved(homework.notebook()))
    path.write_text(json.dumps(wrong))
    given, summary, log, calls = run_steps(template, tmp_path)
    assert "\nipython==" in (template / CONSTRAINTS).read_text()
    found = reported(*given)
    assert {n: (p, m) for n, (p, m, _) in found.items() if n != "ex_01_2"} == {
        f"ex_01_{k}": (m, m)
        for k, m in ((1, 2.0), (3, 3.0), (4, 3.0), (5, 3.0), (6, 2.0), (7, 5.0))
    }
    points, most, result = found["ex_01_2"]
    assert 0 < points < most == 2.0
    assert result["status"] == "fail"
    (test,) = result["tests"]
    assert test["message"].startswith("A score of exactly 0 must count as a mistake")
    assert "| 01.2 " in summary
    assert "A score of exactly 0 must count" in summary
    assert re.search(r"^01_sample: 1[89]\.\d+ of 20 points$", log, re.M)
    assert calls[0].startswith("-m pip install -c .github/constraints.txt .github/neural_sp")
    assert calls[1].startswith("sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0")


def test_the_library_in_it_is_no_submission(template):
    found, refused = entries(template)
    assert {e.path for e in found} == {"01_sample.ipynb", "README.md"}
    assert refused == []


def test_an_untouched_template_has_no_points_and_no_error(template, tmp_path):
    given, *_ = run_steps(template, tmp_path)
    found = reported(*given)
    assert sum(points for points, _, _ in found.values()) == 0
    assert {result["status"] for _, _, result in found.values()} == {"fail"}


def test_what_cannot_be_graded_is_said_for_each_exercise(homework):
    single = Single(homework, Report("not graded", "the notebook is cut off"), True)
    lines = dict(line.split("=", 1) for line in outputs(single).splitlines())
    env = {f"{name.upper()}_RESULTS": value for name, value in lines.items()}
    found = reported(",".join(lines), env)
    assert [m for _, m, _ in found.values()] == list(homework.points.values())
    for points, _, result in found.values():
        assert points == 0
        assert "the notebook is cut off" in result["tests"][0]["message"]


def test_an_exercise_without_points_has_no_runner(homework, tmp_path):
    fewer = replace(homework, points=homework.points | {"01.3": 0.0})
    repository(fewer, tmp_path)
    runners = flow_of(tmp_path)[1]["steps"][-1]["with"]["runners"].split(",")
    lines = outputs(Single(fewer, Report("not graded", "cut off"), True)).splitlines()
    assert [line.split("=")[0] for line in lines] == runners
    assert "ex_01_3" not in runners
    assert len(runners) == 6


def test_the_template_has_no_secret_and_no_answer(template, homework):
    held = json.loads((template / HOMEWORK).read_text())
    assert held["seed"] != homework.seed
    assert held["extra_cases"] == ""
    files = [p for p in template.rglob("*") if p.is_file() and p.suffix != ".whl"]
    text = "".join(p.read_text() for p in files)
    assert "4711" not in text
    assert "weight + y * x" not in text
    assert (template / "01_sample.ipynb").read_text() == homework.release


def test_writing_again_keeps_the_instructors_files(template, homework):
    (template / ".git").mkdir()
    (template / ".git/HEAD").write_text("x")
    (template / "notes.md").write_text("mine")
    before = {p: p.read_bytes() for p in template.rglob("*") if p.is_file()}
    repository(homework, template)
    assert {p: p.read_bytes() for p in template.rglob("*") if p.is_file()} == before


def test_classrooms_roster_and_clones_are_read(tmp_path, empty_gradebook, material, namespaces):
    """The grades that count: `gh classroom clone` makes a folder ASSIGNMENT-LOGIN for each."""
    (tmp_path / "course").mkdir()
    shutil.copyfile(empty_gradebook, tmp_path / "course/gradebook.db")
    command = ["assign", "00", "--course", str(tmp_path / "course"), "--classroom",
               "--lessons-folder", str(material / "lessons")]  # fmt: skip
    assert cli.main(command) == 0
    course, roster = Course(tmp_path / "course"), tmp_path / "classroom_roster.csv"
    roster.write_text(ROSTER)
    assert [(s.id, s.keys) for s in read_roster(roster)] == [
        ("s1", frozenset({"ada-l"})), ("s2", frozenset({"gboole"}))
    ]  # fmt: skip
    template = course.root / "classroom/00_sample"
    for login, tree in (("ada-l", solved(course.homework("00").notebook())), ("gboole", None)):
        clone = tmp_path / "00-sample-submissions" / f"00-sample-{login}"
        shutil.copytree(template, clone)
        os.makedirs(clone / ".git/hooks")
        if tree:
            (clone / "00_sample.ipynb").write_text(json.dumps(tree))
    outcome = grade(course, "00", QUIET, tmp_path / "00-sample-submissions", roster)
    assert outcome.notes == []
    assert {s: r["total"] for s, r in rows_of(course.root, "00").items()} == {"s1": "6", "s2": "0"}
