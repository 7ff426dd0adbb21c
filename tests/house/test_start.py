"""start.py with stubs in place of installers: nothing is downloaded here.

A recorded `run` plays pip, uv and the environment's Python in a small copy of a checkout.
"""

import ast
import importlib.util
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest

from lessonlib.files import notebooks_folder

SCRIPT = notebooks_folder().parent / "start.py"
MISMATCH = "Traceback\nRuntimeError: operator torchvision::nms does not exist\n"
Disk = namedtuple("Disk", "total used free")


class Machine:
    """A checkout in a temporary folder and an installer that answers as it is told."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.calls, self.answers = folder, [], {}
        spec = importlib.util.spec_from_file_location("start_script", SCRIPT)
        self.start = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.start)
        for name in ("pyproject.toml", "constraints.txt"):
            (folder / name).write_text("pins", encoding="utf-8")
        self.venv = folder / ".venv"
        names = {"REPO": folder, "VENV": self.venv, "PYTHON": str(self.venv / "bin/python")}
        for name, value in names.items():
            monkeypatch.setattr(self.start, name, value)
        self.free = 50e9
        monkeypatch.setattr(self.start, "run", self.run)
        monkeypatch.setattr(self.start, "LINUX", True)
        monkeypatch.setattr(self.start.shutil, "which", lambda name: None)
        monkeypatch.setattr(self.start.shutil, "disk_usage", lambda _: Disk(1, 1, self.free))
        monkeypatch.setattr(self.start, "start", self.handed_over)
        self.started, self.statuses = [], []

    def handed_over(self, *command):
        self.started.append(command)
        return self.statuses.pop(0) if self.statuses else 0

    def run(self, *command):
        line = " ".join(command[1:])
        self.calls.append(line)
        if "-m venv" in line:
            (self.venv / "bin").mkdir(parents=True, exist_ok=True)
            (self.venv / "bin/python").touch()
            (self.venv / "pyvenv.cfg").write_text("version = 3.13.0", encoding="utf-8")
        for part, answer in self.answers.items():
            if part in line:
                given = answer.pop(0) if isinstance(answer, list) else answer
                if isinstance(given, BaseException):
                    raise given
                return given
        return ""

    def installs(self):
        return [line for line in self.calls if "-e ." in line]


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return Machine(tmp_path, monkeypatch)


def refused(machine, *words):
    """The one line a refused start gives."""
    with pytest.raises(SystemExit) as stop:
        machine.start.main(list(words or ["lab"]))
    assert isinstance(stop.value.code, str)
    assert "\n" not in stop.value.code
    assert machine.started == []
    return stop.value.code


def test_the_first_run_installs_and_the_second_does_not(machine, capsys):
    assert machine.start.main(["lab", "--no-browser"]) == 0
    (line,) = machine.installs()
    assert line.startswith("-m uv pip install --torch-backend cpu -c constraints.txt -e .[lab]")
    assert "about 1.1 GB" in capsys.readouterr().out
    copies, lab = machine.started
    assert copies == ("-m", "lessonlib", "copies", "--make")
    assert lab == (
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={machine.folder}",
        "--LabApp.default_url=/lab/tree/my/00_start_here.ipynb",
        "--no-browser",
    )
    machine.calls.clear()
    assert machine.start.main(["lab"]) == 0
    assert machine.calls == ["-c pass"]


def test_test_runs_pytest_with_nbval_and_covers_lab(machine):
    assert machine.start.main(["test", "-k", "relu"]) == 0
    assert machine.installs()[0].endswith(".[book,homework,lab,test]")
    nbval = ("-m", "pytest", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120")
    together, alone = machine.started
    assert together[:5] == alone[:5] == nbval
    assert together[-3:] == ("--timing=without", "-k", "relu")
    assert together[5:9] == ("-n", "2", "--dist", "loadscope")
    assert alone[5:] == ("--timing=only", "-k", "relu")
    machine.start.main(["lab"])
    assert len(machine.installs()) == 1
    machine.start.main(["test"])
    assert len(machine.installs()) == 1


@pytest.mark.parametrize(
    ("statuses", "status"),
    [([0, 0], 0), ([1, 0], 1), ([0, 1], 1), ([5, 0], 0), ([0, 5], 0), ([5, 5], 5), ([1, 5], 1),
     ([5, 1], 1), ([2], 2), ([4], 4)],
)  # fmt: skip
def test_both_runs_count_and_a_run_without_tests_does_not(machine, statuses, status):
    machine.statuses = list(statuses)
    assert machine.start.main(["test"]) == status
    assert machine.statuses == []
    assert len(machine.started) == len(statuses)


@pytest.mark.parametrize("words", [["--quick", "07"], ["--quick=07"]])
def test_one_lesson_is_one_run(machine, words):
    assert machine.start.main(["test", *words]) == 0
    (command,) = machine.started
    assert command[-len(words) :] == tuple(words)


def test_test_after_lab_installs_what_is_missing(machine):
    machine.start.main(["lab"])
    machine.start.main(["test"])
    first, second = machine.installs()
    assert first.endswith(" -e .[lab]")
    assert second.endswith(" -e .[book,homework,lab,test]")


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", ".venv/pyvenv.cfg"])
def test_changed_pins_or_python_install_again_with_all_extras(machine, name):
    machine.start.main(["test"])
    (machine.folder / name).write_text("other", encoding="utf-8")
    machine.start.main(["lab"])
    assert len(machine.installs()) == 2
    assert machine.installs()[1].endswith(".[book,homework,lab,test]")


def test_a_damaged_stamp_installs_again(machine):
    machine.start.main(["lab"])
    (machine.venv / "neural-sparks.json").write_text("{", encoding="utf-8")
    machine.start.main(["lab"])
    assert len(machine.installs()) == 2


def test_a_python_that_no_longer_runs_is_made_anew(machine):
    machine.start.main(["lab"])
    machine.answers["-c pass"] = "No such file"
    machine.start.main(["lab"])
    assert sum("-m venv --clear" in line for line in machine.calls) == 2


def test_the_default_build_follows_where_the_cpu_index_is_silent(machine, capsys):
    machine.answers["--torch-backend"] = "error: failed to connect"
    assert machine.start.main(["lab"]) == 0
    assert machine.installs()[1].startswith("-m uv pip install -c constraints.txt")
    assert "about 6.0 GB" in capsys.readouterr().out


@pytest.mark.parametrize("gpu", [True, False])
def test_the_cpu_build_is_for_linux_without_a_gpu(machine, monkeypatch, gpu):
    if gpu:
        monkeypatch.setattr(machine.start.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    else:
        monkeypatch.setattr(machine.start, "LINUX", False)
    machine.start.main(["lab"])
    assert "--torch-backend" not in machine.installs()[0]


def test_builds_that_do_not_match_are_repaired(machine):
    machine.answers = {"--torch-backend": "no network", "import torchvision": [MISMATCH, ""]}
    assert machine.start.main(["lab"]) == 0
    again = "-m uv pip install --reinstall-package=torch --reinstall-package=torchvision"
    assert machine.installs()[2].startswith(again)


def test_builds_that_never_match_are_refused_without_a_stamp(machine):
    machine.answers = {"--torch-backend": "no network", "import torchvision": MISMATCH}
    assert "torchvision::nms" in refused(machine)
    assert not machine.venv.exists()


def test_pip_stands_in_for_uv_and_drops_the_slow_checker(machine):
    machine.answers["uv>=0.8"] = "ERROR: No matching distribution found for uv"
    assert machine.start.main(["lab"]) == 0
    assert machine.installs()[0].startswith("-m pip install -c constraints.txt -e .[lab]")
    assert "-m pip uninstall -y rfc3987-syntax" in machine.calls


@pytest.mark.parametrize(
    ("step", "output", "said"),
    [
        ("uv>=0.8", "NewConnectionError: Failed to establish", "no network"),
        ("-e .[lab]", "error: dns error: Temporary failure in name resolution", "no network"),
        ("-e .[lab]", "OSError: [Errno 28] No space left on device", "the disk is full"),
        ("-e .[lab]", "failed to copy: Permission denied (os error 13)", "could not be written"),
        ("-e .[lab]", "one\ntwo\nerror: something new", "error: something new"),
        ("-m venv", "Error: [Errno 28] No space left on device", "the disk is full"),
    ],
)
def test_a_failure_is_one_line_and_leaves_nothing(machine, step, output, said):
    machine.answers[step] = output
    line = refused(machine)
    assert line.startswith("Installing failed: ")
    assert said in line
    assert not machine.venv.exists()


@pytest.mark.parametrize("step", ["-m venv", "uv>=0.8", "-e .[lab]", "import torchvision"])
def test_an_interrupt_leaves_nothing(machine, step):
    machine.answers[step] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        machine.start.main(["lab"])
    assert not machine.venv.exists()


def test_a_failed_upgrade_keeps_the_lab_working_and_is_tried_again(machine, capsys):
    machine.start.main(["lab"])
    (machine.folder / "constraints.txt").write_text("newer", encoding="utf-8")
    machine.answers["-e .[lab]"] = "error: dns error"
    assert machine.start.main(["lab"]) == 0
    assert "going on with the old ones" in capsys.readouterr().out
    assert machine.started[-1][1] == "jupyterlab"
    assert machine.venv.exists()
    machine.answers.clear()
    before = len(machine.installs())
    machine.start.main(["lab"])
    assert len(machine.installs()) == before + 1


def test_a_failed_upgrade_does_not_let_the_checks_pass(machine):
    machine.start.main(["test"])
    machine.started.clear()
    (machine.folder / "constraints.txt").write_text("newer", encoding="utf-8")
    machine.answers["-e .["] = "error: dns error"
    assert "no network" in refused(machine, "test")
    assert machine.venv.exists()


def test_an_interrupted_upgrade_is_not_taken_for_a_finished_one(machine):
    machine.start.main(["lab"])
    before = (machine.folder / "constraints.txt").read_text(encoding="utf-8")
    (machine.folder / "constraints.txt").write_text("newer", encoding="utf-8")
    machine.answers["-e .[lab]"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        machine.start.main(["lab"])
    machine.answers.clear()
    (machine.folder / "constraints.txt").write_text(before, encoding="utf-8")
    count = len(machine.installs())
    machine.start.main(["lab"])
    assert len(machine.installs()) == count + 1


def test_a_folder_in_the_way_is_left_alone(machine):
    machine.venv.mkdir()
    (machine.venv / "thesis.txt").write_text("mine", encoding="utf-8")
    assert "in the way" in refused(machine)
    assert (machine.venv / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_too_little_disk_is_said_before_anything_is_made(machine):
    machine.free = 1.2e9
    assert "1.2 GB free" in refused(machine)
    assert machine.calls == []


def test_the_larger_build_needs_more_disk(machine):
    machine.free = 3e9
    machine.answers["--torch-backend"] = "error: failed to connect"
    assert "6.4 GB needed" in refused(machine)
    assert not machine.venv.exists()


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 15, 0), (2, 7, 18)])
def test_a_python_too_old_or_too_new(machine, monkeypatch, version):
    monkeypatch.setattr(machine.start.sys, "version_info", version)
    assert "needs a 64-bit Python 3.11 to 3.14" in refused(machine)
    assert machine.calls == []


def test_an_intel_mac_is_sent_to_conda(machine, monkeypatch):
    monkeypatch.setattr(machine.start.sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert "environment.yml" in refused(machine)


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_venv_module_names_debians_package(machine, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    assert "apt install python3-venv" in refused(machine)


def test_lab_does_not_start_where_the_copies_cannot_be_made(machine, monkeypatch):
    monkeypatch.setattr(machine.start, "start", lambda *command: 1 if "copies" in command else 99)
    assert machine.start.main(["lab"]) == 1


@pytest.mark.parametrize(("words", "status"), [([], 0), (["--help"], 0), (["lob"], 2)])
def test_usage(machine, capsys, words, status):
    assert machine.start.main(words) == status
    assert "python3 start.py lab" in capsys.readouterr().out
    assert machine.calls == []


def load(folder, monkeypatch):
    machine = Machine(folder, monkeypatch)
    monkeypatch.undo()
    return machine.start


def test_run_shows_progress_lines_and_keeps_the_rest(tmp_path, monkeypatch, capfd):
    start = load(tmp_path, monkeypatch)
    program = "print('Downloading torch (800MiB)'); print('chatter'); raise SystemExit({})"
    assert start.run(sys.executable, "-c", program.format(0)) == ""
    assert capfd.readouterr().out == "  Downloading torch (800MiB)\n"
    assert "chatter" in start.run(sys.executable, "-c", program.format(3))
    assert start.run(sys.executable, "-c", "raise SystemExit(3)") == "exit 3"


@pytest.mark.skipif(os.name == "nt", reason="signals are sent the POSIX way")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_the_started_program_gets_the_signals(tmp_path, sent):
    """SIGTERM is passed on; Ctrl-C reaches the whole group and start.py waits for the answer."""
    program = (
        "import pathlib, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(8))\n"
        "pathlib.Path('ready').touch()\n"
        "time.sleep(30)\n"
    )
    outer = (
        f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import start, pathlib\n"
        f"start.PYTHON, start.REPO = sys.executable, pathlib.Path({str(tmp_path)!r})\n"
        f"sys.exit(start.start('-c', {program!r}))"
    )
    process = subprocess.Popen([sys.executable, "-c", outer], start_new_session=True)
    until = time.monotonic() + 30
    while not (tmp_path / "ready").exists() and time.monotonic() < until:
        time.sleep(0.05)
    if sent == signal.SIGINT:
        os.killpg(process.pid, sent)
    else:
        process.send_signal(sent)
    assert process.wait(timeout=30) == {signal.SIGTERM: 7, signal.SIGINT: 8}[sent]


def test_the_script_needs_the_standard_library_alone_and_old_pythons_can_read_it():
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in (node.names if isinstance(node, ast.Import) else [ast.alias(node.module)])
    }
    assert names <= sys.stdlib_module_names
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not {"removeprefix", "removesuffix", "is_relative_to"} & used


def test_the_stamp_says_what_is_installed(machine):
    machine.start.main(["test"])
    stamp = json.loads(Path(machine.venv / "neural-sparks.json").read_text(encoding="utf-8"))
    assert stamp["extras"] == ["book", "homework", "lab", "test"]
    assert len(stamp["key"]) == 64
