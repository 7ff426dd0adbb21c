"""What CI adds to the README's command: a browser, and a failure where its tests are skipped."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from lessonlib.files import notebooks_folder

ROOT = notebooks_folder().parent
SKIPPING = """
import pytest

@pytest.fixture
def page():
    pytest.skip("no Chromium")

@pytest.mark.browser
def test_by_fixture(page): pass

@pytest.mark.browser
@pytest.mark.skip(reason="not today")
def test_by_mark(): pass

@pytest.mark.skip(reason="no browser needed")
def test_other(): pass

@pytest.mark.browser
@pytest.mark.network
@pytest.mark.skip(reason="the other end does not answer")
def test_other_end(): pass
"""


@pytest.mark.parametrize(("required", "failed", "skipped"), [("1", 2, 2), ("0", 0, 4), ("", 0, 4)])
def test_a_skipped_browser_test_fails_where_a_browser_is_required(
    tmp_path, required, failed, skipped
):
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "test_small.py").write_text(SKIPPING, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n  browser: Chromium\n  network: an answer\n"
    )
    env = dict(
        os.environ, PYTHONPATH=str(ROOT / "tests/support"), LESSONLIB_REQUIRE_BROWSER=required
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (done.returncode == 1) == bool(failed), done.stdout
    assert f"{skipped} skipped" in done.stdout
    assert (f"{failed} errors" in done.stdout) == bool(failed)


def run_ci(folder, *programs):
    """Run a copy of .ci/run with nothing but stubs on the path; give the calls it made."""
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    stubs = folder / "stubs"
    stubs.mkdir()
    for name in ("bash", "dirname", "id"):
        (stubs / name).symlink_to(shutil.which(name))
    for name in programs:
        line = f'#!/bin/bash\necho "{name} $* $LESSONLIB_REQUIRE_BROWSER" >> {folder}/calls\n'
        (stubs / name).write_text(line, encoding="utf-8")
        (stubs / name).chmod(0o755)
    done = subprocess.run([str(folder / ".ci/run"), "-q"], env={"PATH": str(stubs)}, cwd="/")
    assert done.returncode == 0
    return (folder / "calls").read_text(encoding="utf-8").splitlines()


@pytest.mark.skipif(os.name == "nt", reason=".ci/run is a bash script for Linux")
def test_ci_installs_a_browser_where_there_is_none(tmp_path):
    calls = run_ci(tmp_path, "apt-get", "sudo", "python3")
    assert "apt-get update" in calls[0]
    assert "apt-get install" in calls[1]
    assert calls[1].rstrip().endswith("chromium")
    assert calls[2] == "python3 start.py test -q 1"


@pytest.mark.skipif(os.name == "nt", reason=".ci/run is a bash script for Linux")
@pytest.mark.parametrize("browser", ["chromium", "chromium-browser"])
def test_ci_takes_the_browser_that_is_there(tmp_path, browser):
    assert run_ci(tmp_path, "python3", browser) == ["python3 start.py test -q 1"]


def workflow(name):
    """A workflow, whose key `on` YAML reads as the truth value."""
    text = (ROOT / ".github/workflows" / name).read_text(encoding="utf-8")
    loaded = yaml.safe_load(text)
    return loaded | {"on": loaded[True]}


def scripts(flow):
    """What a workflow runs: the words after `run:` of every step."""
    steps = [step for job in flow["jobs"].values() for step in job["steps"]]
    return [step["run"] for step in steps if "run" in step]


def test_the_checks_run_at_every_change_and_every_month():
    flow = workflow("checks.yml")
    assert set(flow["on"]) == {"push", "pull_request", "schedule", "workflow_dispatch"}
    (when,) = flow["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \d+ \* \*", when["cron"]), "once a month"
    assert scripts(flow) == [".ci/run", "python start.py test"]
    for job in flow["jobs"].values():
        assert job["timeout-minutes"] <= 90


def test_the_site_is_built_by_the_one_command_and_published():
    flow = workflow("site.yml")
    install, build, colab = scripts(flow)
    assert '".[book]"' in install
    assert "-c constraints.txt" in install
    command, option, folder = build.removeprefix("python ").split()
    assert (ROOT / command).is_file()
    assert option == "--out"
    steps = [step for job in flow["jobs"].values() for step in job["steps"]]
    uploads = [step for step in steps if "upload-pages-artifact" in step.get("uses", "")]
    assert uploads[0]["with"]["path"] == folder
    assert any("deploy-pages" in step.get("uses", "") for step in steps)
    assert flow["jobs"]["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert flow["permissions"] == {"contents": "read"}
    assert f"cd {folder}/colab" in colab


@pytest.mark.skipif(os.name == "nt" or not shutil.which("git"), reason="a script that calls git")
def test_colabs_copies_become_a_branch_without_history(tmp_path):
    """Twice, as at two pushes: the branch holds the notebooks alone, and one commit."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "remote")], check=True)
    script = scripts(workflow("site.yml"))[2]
    remote = "https://x-access-token:secret@github.com/owner/name"
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TOKEN": "secret",
           "GITHUB_REPOSITORY": "owner/name", "GIT_CONFIG_COUNT": "1",
           "GIT_CONFIG_KEY_0": f"url.{tmp_path}/remote.insteadOf",
           "GIT_CONFIG_VALUE_0": remote}  # fmt: skip
    folder = tmp_path / "public/colab"
    for text in ("one", "two"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "00_start_here.ipynb").write_text(text)
        command = ["bash", "-e", "-c", script]
        subprocess.run(command, cwd=tmp_path, env=env | {"GITHUB_SHA": text}, check=True)
        assert sorted(p.name for p in folder.iterdir()) == ["00_start_here.ipynb"]
    asked = ["git", "-C", str(tmp_path / "remote")]
    shown = subprocess.run([*asked, "show", "colab:00_start_here.ipynb"], capture_output=True)
    count = subprocess.run([*asked, "rev-list", "--count", "colab"], capture_output=True)
    assert (shown.stdout, count.stdout) == (b"two", b"1\n")


@pytest.mark.parametrize("name", ["checks.yml", "site.yml"])
def test_every_step_of_a_workflow_does_something(name):
    flow = workflow(name)
    for job in flow["jobs"].values():
        assert job["runs-on"]
        for step in job["steps"]:
            assert len({"run", "uses"} & set(step)) == 1
            assert re.fullmatch(r"actions/[\w-]+@v\d+", step.get("uses", "actions/x@v1"))


def test_the_workflow_covers_the_systems_and_pythons_that_are_promised():
    text = Path(ROOT / ".github/workflows/checks.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    for version in matrix["python"]:
        assert f"Programming Language :: Python :: {version}" in pyproject
    assert pyproject.count("Programming Language :: Python :: 3.") == len(matrix["python"])
