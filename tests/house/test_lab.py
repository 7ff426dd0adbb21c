"""`start.py lab --no-browser` for real: it comes up, shows the first page and data/, and stops."""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

from lessonlib.files import notebooks_folder

ROOT = notebooks_folder().parent
TOKEN = "a-token-for-the-test"
NEWS = "@jupyterlab/apputils-extension:notification"
# The environment is the one the tests run in, nothing is installed.
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
import start
start.PYTHON, start.prepare = sys.executable, lambda mode: None
sys.exit(start.main(["lab", *sys.argv[2:]]))
"""
# What `start.py lab` does before it hands over to JupyterLab, with nothing left to install.
BEFORE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import start
start.PYTHON = sys.executable
start.VENV.mkdir()
(start.VENV / "pyvenv.cfg").touch()
state = start.state("lab", {"extras": []})
(start.VENV / "neural-sparks.json").write_text(json.dumps(state))
start.install = None  # called, it would fail
run = start.start
start.start = lambda *words: print(words) if "jupyterlab" in words else run(*words)
start.main(["lab"])
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout of its own: the learner's my/ stays as it is."""
    for name in ("lessonlib", "data"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "start.py", tmp_path)
    (tmp_path / "notebooks").mkdir()
    book = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "notebooks/00_start_here.ipynb").write_text(json.dumps(book), encoding="utf-8")
    return tmp_path


def answer(address, process, seconds=90):
    """The JSON at an address as soon as there is some."""
    until = time.monotonic() + seconds
    while True:
        try:
            request = urllib.request.Request(address, headers={"Authorization": f"token {TOKEN}"})
            with urllib.request.urlopen(request, timeout=10) as reply:
                return json.load(reply)
        except OSError:
            assert process.poll() is None, "the server has ended"
            assert time.monotonic() < until, f"no answer from {address}"
            time.sleep(0.2)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not count the CPU-seconds of a child")
def test_a_warm_start_costs_little_more_than_jupyterlab(checkout):
    """CPU-seconds, which a loaded machine does not change; the goal is 5 seconds, this is half."""
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, checkout)
    before = os.times()
    command = [sys.executable, "-c", BEFORE, str(checkout)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    after = os.times()
    assert done.returncode == 0, done.stderr
    assert "'-m', 'jupyterlab'" in done.stdout, "it did not come as far as JupyterLab"
    assert "Installing" not in done.stdout
    spent = after.children_user + after.children_system
    assert spent - before.children_user - before.children_system < 2.5


def test_no_process_of_jupyter_pays_for_the_optional_checker():
    """`rfc3987-syntax` makes `import nbformat` cost seconds; every way to install leaves it out."""
    assert importlib.util.find_spec("rfc3987_syntax") is None
    for name, said in {
        "pyproject.toml": 'override-dependencies = ["rfc3987-syntax',
        "start.py": '"uninstall", "-y", "rfc3987-syntax"',
        "binder/postBuild": "pip uninstall --yes rfc3987-syntax",
    }.items():
        assert said in (ROOT / name).read_text(encoding="utf-8"), name
    assert "rfc3987-syntax" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="stopped by a signal that Windows does not have")
def test_the_lab_opens_on_the_first_page_and_stops(checkout):
    log = checkout / "log.txt"
    words = ["--no-browser", "--port=0", f"--IdentityProvider.token={TOKEN}"]
    # a home of its own: what the tester has chosen in JupyterLab says nothing here
    env = dict(os.environ, HOME=str(checkout / "home"), PYTHONUNBUFFERED="1")
    env["JUPYTER_RUNTIME_DIR"] = str(checkout / "runtime")
    with log.open("w", encoding="utf-8") as stream:
        command = [sys.executable, "-c", PROGRAM, str(checkout), *words]
        process = subprocess.Popen(command, stdout=stream, stderr=stream, cwd=checkout, env=env)
    try:
        until = time.monotonic() + 90
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)(/\S*)", log.read_text("utf-8"))):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.2)
        assert found[2].startswith("/lab/tree/my/00_start_here.ipynb")
        api = f"http://127.0.0.1:{found[1]}/api/contents"
        assert answer(f"{api}/my/00_start_here.ipynb", process)["type"] == "notebook"
        names = {entry["name"] for entry in answer(f"{api}/data", process)["content"]}
        assert "README.md" in names
        settings = f"http://127.0.0.1:{found[1]}/lab/api/settings/{NEWS}"
        properties = answer(settings, process)["schema"]["properties"]
        assert properties["fetchNews"]["default"] == "false", "the question about news is asked"
        assert properties["checkForUpdates"]["default"] is False
        assert (checkout / "my/00_start_here.ipynb").exists()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert "1 of 1 lessons copied" in log.read_text("utf-8")
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(api, timeout=5)
