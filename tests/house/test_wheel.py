"""The wheel alone, without a clone: `lessonlib lab` copies the lessons out of it and opens them.

The wheel is built from this checkout and installed by pip into an environment of its own. What it
depends on is lent by the environment of the tests; one test installs that too.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.request
from pathlib import Path

import pytest

from lessonlib import cli
from lessonlib.files import notebooks_folder

ROOT = notebooks_folder().parent
TOKEN = "a-token-for-the-test"
NEWS = "@jupyterlab/apputils-extension:notification"
PACKAGES = Path(sysconfig.get_paths()["purelib"])
WHERE = """
import lessonlib, os
from lessonlib.files import copies_folder, own_folder
print(os.path.dirname(lessonlib.__file__)); print(copies_folder()); print(own_folder())
"""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the folders of an environment differ")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    pytest.importorskip("hatchling", reason="the wheel is built with the extra [book]")
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment with the wheel, and what it depends on from the one of the tests."""
    folder = tmp_path_factory.mktemp("environment") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "install"]
    done = subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], env=clean(), cwd=folder,
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    inside = folder / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    (inside / "lent.pth").write_text(f"{PACKAGES}\n")
    for name in ("share", "etc"):
        if (Path(sys.prefix) / name).exists():
            (folder / name).symlink_to(Path(sys.prefix) / name)
    return folder


def clean(**more):
    """The tests' variables without what leads to this checkout."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LESSONLIB"))}
    return env | more


def lab(installed, folder, *words):
    program = str(installed / "bin/lessonlib")
    return subprocess.run([program, "lab", *words], cwd=folder, env=clean(), capture_output=True,
                          text=True)  # fmt: skip


def test_the_lessons_are_copied_out_of_the_wheel(installed, tmp_path):
    done = lab(installed, tmp_path, "--no-start")
    assert done.returncode == 0, done.stderr
    copies = tmp_path / "neural-sparks"
    lessons = sorted(notebooks_folder().glob("[0-9]*.ipynb"))
    assert f"{len(lessons)} of {len(lessons)} lessons copied into {copies}" in done.stdout
    assert {p.name: p.read_bytes() for p in copies.glob("*.ipynb")} == {
        p.name: p.read_bytes() for p in lessons
    }
    command = [str(installed / "bin/python"), "-c", WHERE]
    said = subprocess.run(command, cwd=copies, env=clean(), capture_output=True, text=True)
    package, found, own = said.stdout.split()
    assert Path(package).is_relative_to(installed)
    assert (Path(found), Path(own)) == (copies, copies / "own")


def test_nothing_of_the_learner_is_overwritten(installed, tmp_path):
    mine = tmp_path / "a folder ü"
    mine.mkdir()
    (mine / "01_perceptron.ipynb").write_text("{}")  # of another course, say
    assert lab(installed, tmp_path, "--no-start", str(mine)).returncode == 0
    (mine / "03_backpropagation.ipynb").write_text('{"cells": []}')
    before = {p: p.read_bytes() for p in mine.rglob("*") if p.is_file()}
    done = lab(installed, tmp_path, str(mine), "--no-start")
    assert {p: p.read_bytes() for p in mine.rglob("*") if p.is_file()} == before
    assert "Lesson 01 may have changed" in done.stdout
    assert "lessonlib reset 01 (in that folder)" in done.stdout
    program = str(installed / "bin/lessonlib")
    subprocess.run([program, "reset", "01"], cwd=mine, env=clean(), check=True)
    (kept,) = mine.glob("01_perceptron.2*.ipynb")
    assert kept.read_text() == "{}"
    lesson = notebooks_folder() / "01_perceptron.ipynb"
    assert (mine / lesson.name).read_bytes() == lesson.read_bytes()


def test_a_file_in_the_way_is_said_in_words(installed, tmp_path):
    (tmp_path / "neural-sparks").write_text("a file")
    done = lab(installed, tmp_path)
    assert done.returncode == 1
    assert "is a file; name a folder for your copies" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_jupyterlab_it_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert cli.main(["lab", str(tmp_path / "here")]) == 1
    assert 'pip install "neural-sparks[lab]"' in capsys.readouterr().err
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize("own", [[], ["here"], ["--no-start"], ["here", "--no-start"]])
@pytest.mark.parametrize("theirs", [["--no-browser"], ["x", "--port=0"], [], ["--", "y"]])
def test_words_after_two_dashes_are_jupyterlabs(tmp_path, monkeypatch, own, theirs):
    started = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("lessonlib.learner.lab._default_folder", lambda: Path("usual"))
    monkeypatch.setattr("lessonlib.learner.lab._start", lambda *given: started.append(given))
    monkeypatch.setattr("lessonlib.learner.lab.needs_allow_root", lambda words: False)
    assert cli.main(["lab", *own, "--", *theirs]) == 0
    folder = tmp_path / ("here" if "here" in own else "usual")
    assert list(tmp_path.iterdir()) == [folder]
    assert started == ([] if "--no-start" in own else [(folder, theirs)])


@pytest.mark.parametrize("words", [[], ["--allow-root"], ["--ServerApp.allow_root=True"]])
def test_root_gets_jupyterlabs_option_and_a_sentence(tmp_path, monkeypatch, capsys, words):
    started = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("lessonlib.learner.lab._start", lambda folder, given: started.extend(given))
    assert cli.main(["lab", str(tmp_path / "here"), "--", *words, "--no-browser"]) == 0
    assert started == [*(words or ["--allow-root"]), "--no-browser"]
    assert ("You are root" in capsys.readouterr().out) == (not words)


def test_the_lab_opens_on_the_copies_and_stops(installed, tmp_path):
    log = tmp_path / "log.txt"
    words = ["--", "--no-browser", "--port=0", f"--IdentityProvider.token={TOKEN}"]
    env = clean(HOME=str(tmp_path / "home"), JUPYTER_RUNTIME_DIR=str(tmp_path / "run"))
    with log.open("w", encoding="utf-8") as stream:
        command = [str(installed / "bin/lessonlib"), "lab", *words]
        process = subprocess.Popen(command, stdout=stream, stderr=stream, cwd=tmp_path, env=env)
    try:
        until = time.monotonic() + 90
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)(/\S*)", log.read_text("utf-8"))):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.2)
        assert found[2].startswith("/lab/tree/00_start_here.ipynb")
        assert sorted(p.name for p in tmp_path.iterdir() if p.is_dir()) == [
            "home", "neural-sparks", "run"
        ], "the words after -- are JupyterLab's"  # fmt: skip
        base = f"http://127.0.0.1:{found[1]}"
        asked = get(f"{base}/api/contents")
        assert "01_perceptron.ipynb" in {entry["name"] for entry in asked["content"]}
        properties = get(f"{base}/lab/api/settings/{NEWS}")["schema"]["properties"]
        assert properties["fetchNews"]["default"] == "false", "the question about news is asked"
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    finally:
        process.kill()
        process.wait()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(base, timeout=5)


def get(address):
    request = urllib.request.Request(address, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


def test_in_a_clone_the_copies_are_in_my(tmp_path, monkeypatch):
    from lessonlib.learner import lab as module

    monkeypatch.chdir(tmp_path)
    assert module._default_folder() == ROOT / "my"


@pytest.mark.exhaustive
@pytest.mark.network
def test_everything_that_the_wheel_needs_comes_with_it(wheel, tmp_path):
    """A true installation into an environment that has nothing; PyTorch alone is left out."""
    uv = shutil.which("uv", path=os.path.dirname(sys.executable)) or shutil.which("uv")
    if uv is None:
        pytest.skip("no uv here")
    folder = tmp_path / "env"
    subprocess.run([uv, "venv", "--python", sys.executable, str(folder)], check=True)
    command = [uv, "pip", "install", "--python", str(folder / "bin/python"), str(wheel)]
    if subprocess.run([*command, "jupyterlab>=4.4", "scikit-learn>=1.6"]).returncode:
        pytest.skip("the packages cannot be fetched here")
    assert lab(folder, tmp_path, "--no-start").returncode == 0
    look = "import jupyterlab, lessonlib.installation as i; print(i.installation())"
    command = [str(folder / "bin/python"), "-c", look]
    done = subprocess.run(command, cwd=tmp_path / "neural-sparks", env=clean(),
                          text=True, capture_output=True)  # fmt: skip
    assert "Missing: torch, torchvision;" in done.stdout, done.stdout + done.stderr
