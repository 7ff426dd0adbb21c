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
        monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
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
    uv = f"-m uv pip install --python {machine.start.PYTHON} --reinstall-package=neural-sparks"
    assert line.startswith(f"{uv} --torch-backend cpu -c constraints.txt -e .[lab]")
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


@pytest.mark.parametrize("chosen", ["", "--allow-root", "--ServerApp.allow_root=True"])
def test_root_gets_jupyterlabs_option_and_a_sentence(machine, monkeypatch, capsys, chosen):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert machine.start.main(["lab", *chosen.split(), "--no-browser"]) == 0
    (word,) = [word for word in machine.started[-1] if "root" in word and "root_dir" not in word]
    assert word == (chosen or "--allow-root")
    assert machine.started[-1][-1] == "--no-browser"
    assert ("You are root" in capsys.readouterr().out) == (not chosen)


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


def test_a_python_that_no_longer_runs_is_set_aside_and_made_new(machine, capsys):
    machine.start.main(["lab"])
    (machine.venv / "thesis.txt").write_text("mine", encoding="utf-8")
    machine.answers["-c pass"] = "No such file"
    machine.start.main(["lab"])
    assert sum("-m venv" in line for line in machine.calls) == 2
    kept = machine.folder / ".venv-aside-1/thesis.txt"
    assert kept.read_text(encoding="utf-8") == "mine"
    assert not (machine.venv / "thesis.txt").exists()
    said = capsys.readouterr().out
    assert ".venv does not start: No such file." in said
    assert "kept as .venv-aside-1" in said
    machine.start.main(["lab"])
    assert (machine.folder / ".venv-aside-2").exists(), "the second is kept next to the first"


def test_one_failed_start_is_tried_again_before_anything_is_moved(machine):
    machine.start.main(["lab"])
    machine.answers["-c pass"] = ["Resource temporarily unavailable", ""]
    machine.calls.clear()
    assert machine.start.main(["lab"]) == 0
    assert machine.calls == ["-c pass", "-c pass"]
    assert not list(machine.folder.glob(".venv-aside*"))


@pytest.mark.parametrize("step", ["-m venv", "uv>=0.8", "-e .[lab]"])
@pytest.mark.parametrize("how", ["error: dns error", KeyboardInterrupt()])
def test_what_was_set_aside_comes_back_where_no_new_one_can_be_made(machine, capsys, step, how):
    machine.start.main(["lab"])
    machine.started.clear()
    (machine.venv / "thesis.txt").write_text("mine", encoding="utf-8")
    machine.answers |= {"-c pass": "Fatal Python error", step: how}
    with pytest.raises((SystemExit, KeyboardInterrupt)):
        machine.start.main(["lab"])
    assert machine.started == []
    assert (machine.venv / "thesis.txt").read_text(encoding="utf-8") == "mine"
    assert not list(machine.folder.glob(".venv-aside*"))
    assert "The old environment is back as .venv" in capsys.readouterr().out


def test_without_room_for_a_new_one_the_old_one_is_not_touched(machine):
    machine.start.main(["lab"])
    machine.started.clear()
    machine.answers["-c pass"] = "Fatal Python error"
    machine.free = 1e9
    assert "1.0 GB free" in refused(machine)
    assert (machine.venv / "neural-sparks.json").exists()


def test_a_pth_that_cannot_be_read_is_set_aside_and_the_course_installed_again(machine, capsys):
    machine.start.main(["lab"])
    site = machine.venv / ("Lib" if os.name == "nt" else "lib/python3.13") / "site-packages"
    site.mkdir(parents=True)
    (site / "good.pth").write_text("/home/J\u00fcrgen", encoding="utf-8")
    (site / "bad.pth").write_bytes(b"/home/J\xfcrgen")
    machine.start.main(["lab"])
    assert sorted(file.name for file in site.iterdir()) == ["bad.pth.aside", "good.pth"]
    assert "bad.pth in .venv cannot be read" in capsys.readouterr().out
    assert len(machine.installs()) == 2
    assert "--reinstall-package=neural-sparks" in machine.installs()[1]
    assert sum("-m venv" in line for line in machine.calls) == 1
    machine.start.main(["lab"])
    assert len(machine.installs()) == 2


def test_the_default_build_follows_where_the_cpu_index_is_silent(machine, capsys):
    machine.answers["--torch-backend"] = "error: failed to connect"
    assert machine.start.main(["lab"]) == 0
    assert "-m uv pip install" in machine.installs()[1]
    assert "--torch-backend" not in machine.installs()[1]
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
    again = "--reinstall-package=torch --reinstall-package=torchvision"
    assert again in machine.installs()[2]


def test_builds_that_never_match_are_refused_without_a_stamp(machine):
    machine.answers = {"--torch-backend": "no network", "import torchvision": MISMATCH}
    assert "torchvision::nms" in refused(machine)
    assert not machine.venv.exists()


@pytest.mark.parametrize(
    "text", ['[pip]\ntarget = "/x"', 'pip.prefix = "/x"', "[pip]\nno-deps = 0"]
)
def test_pip_stands_in_for_a_uv_that_its_settings_lead_elsewhere(machine, monkeypatch, text):
    (machine.folder / "own.toml").write_text(text)
    monkeypatch.setenv("UV_CONFIG_FILE", str(machine.folder / "own.toml"))
    assert machine.start.main(["lab"]) == 0
    led = "/x" in text
    assert any("-m uv pip install" in line for line in machine.installs()) != led


def test_pip_stands_in_for_uv_and_drops_the_slow_checker(machine):
    machine.answers["uv>=0.8"] = "ERROR: No matching distribution found for uv"
    assert machine.start.main(["lab"]) == 0
    (line,) = machine.installs()
    where = f" --root=/ --prefix={machine.venv}" if os.name == "posix" else ""
    assert line == f"-m pip install --no-user --target={where} -c constraints.txt -e .[lab]"
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


# ---- nothing outside steers the start


# Each leads uv, pip, Python, Jupyter or a kernel elsewhere.
ELSEWHERE = {
    "UV_SYSTEM_PYTHON": "1",
    "UV_PYTHON": "3.9",
    "UV_PROJECT_ENVIRONMENT": "/elsewhere",
    "UV_NO_CONFIG": "1",
    "PIP_TARGET": "/elsewhere",
    "PIP_USER": "1",
    "PIP_PREFIX": "/elsewhere",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "PIP_CONSTRAINT": "/elsewhere/pins.txt",
    "PYTHONHOME": "/elsewhere",
    "PYTHONPATH": "/elsewhere",
    "PYTHONSTARTUP": "/elsewhere/start.py",
    "PYTHONWARNINGS": "error",
    "PYTHONOPTIMIZE": "2",
    "JUPYTER_PATH": "/elsewhere",
    "JUPYTER_DATA_DIR": "/elsewhere",
    "JUPYTER_CONFIG_DIR": "/elsewhere",
    "JUPYTERLAB_DIR": "/elsewhere",
    "JUPYTERLAB_SETTINGS_DIR": "/elsewhere",
    "IPYTHONDIR": "/elsewhere",
    "MPLBACKEND": "Agg",
    "CONDA_PREFIX": "/elsewhere",
}
STAYS = {
    "HTTPS_PROXY": "http://proxy:3128",
    "NO_PROXY": "localhost",
    "SSL_CERT_FILE": "/etc/certificates.pem",
    "PIP_INDEX_URL": "https://mirror/simple",
    "PIP_EXTRA_INDEX_URL": "https://mirror/more",
    "PIP_TRUSTED_HOST": "mirror",
    "PIP_CERT": "/etc/certificates.pem",
    "PIP_CACHE_DIR": "/cache",
    "UV_INDEX_URL": "https://mirror/simple",
    "UV_DEFAULT_INDEX": "https://mirror/simple",
    "UV_INDEX_HOUSE_PASSWORD": "secret",
    "UV_CACHE_DIR": "/cache",
    "UV_NATIVE_TLS": "1",
    "PYTHONUNBUFFERED": "1",
    "JUPYTER_TOKEN": "secret",
    "LESSONLIB_PROGRESS": "off",
}
SHOW = "import json, os; print('SEEN' + json.dumps(dict(os.environ))); raise SystemExit(9)"


@pytest.fixture
def outside(monkeypatch):
    for name, value in (ELSEWHERE | STAYS).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    monkeypatch.setenv("PYTHONUTF8", "0")


def seen_by_a_program(script, how):
    if how == "run":
        text = script.run(sys.executable, "-c", SHOW)
    else:
        program = "import json, os; open('seen', 'w').write('SEEN' + json.dumps(dict(os.environ)))"
        assert script.start("-c", program) == 0
        text = (script.REPO / "seen").read_text()
    return json.loads(text.split("SEEN")[1])


@pytest.mark.parametrize("how", ["run", "start"])
def test_what_leads_elsewhere_is_not_passed_on_and_indexes_are(tmp_path, outside, how):
    script = plain(tmp_path)
    found = seen_by_a_program(script, how)
    assert not set(found) & set(ELSEWHERE)
    assert {name: found[name] for name in STAYS} == STAYS
    assert found["VIRTUAL_ENV"] == str(script.VENV)
    assert found["PYTHONUTF8"] == "1"
    assert found["JUPYTER_PREFER_ENV_PATH"] == "1"


def plain(folder):
    """start.py with its own `run` and `start`, on this Python and in a temporary folder."""
    spec = importlib.util.spec_from_file_location("start_script", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.REPO, script.VENV, script.PYTHON = folder, folder / ".venv", sys.executable
    return script


def test_what_is_not_passed_on_is_named_once(machine, outside, capsys):
    machine.start.main(["lab"])
    (line,) = [line for line in capsys.readouterr().out.split("\n") if "Not passed on" in line]
    assert "UV_SYSTEM_PYTHON" in line
    assert "JUPYTER_PATH" in line
    assert "PIP_INDEX_URL" not in line
    assert "CONDA_PREFIX" not in line, "every conda user has it"


def test_the_kernel_python3_is_not_the_one_of_a_foreign_path(tmp_path, monkeypatch):
    spec = {"argv": ["/elsewhere/python"], "display_name": "x", "language": "python"}
    kernel = tmp_path / "foreign/kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps(spec), encoding="utf-8")
    ask = (
        "from jupyter_client.kernelspec import get_kernel_spec as ask\n"
        "open('argv', 'w').write(ask('python3').argv[0])"
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "foreign"))
    subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, check=True)
    assert (tmp_path / "argv").read_text() == "/elsewhere/python", "the path would lead there"
    assert plain(tmp_path).start("-c", ask) == 0
    assert (tmp_path / "argv").read_text() != "/elsewhere/python"


@pytest.mark.skipif(os.name != "posix", reason="a locale is chosen the POSIX way")
def test_a_folder_with_an_umlaut_starts_under_a_locale_without_one(tmp_path):
    """A real environment whose .pth names the folder: in ASCII this Python would not start."""
    folder = tmp_path / "\u00dcbung \u00e9"
    folder.mkdir()
    for name in ("start.py", "pyproject.toml", "constraints.txt"):
        (folder / name).write_bytes((SCRIPT.parent / name).read_bytes())
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    (site,) = (folder / ".venv").glob("lib/python*/site-packages")
    (site / "course.pth").write_text(str(folder), encoding="utf-8")
    program = "import start; start.install = None; print(start.not_starting() or 'well')\n"
    program += "print(len(start.state('lab', {'extras': []})['key']), start.see_venv())"
    env = dict(os.environ, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, env=env, capture_output=True)
    assert done.stdout.split(b"\n")[0] == b"well", done.stderr
    assert done.stdout.split(b"\n")[1].startswith(b"64 starts, Python 3.")


# ---- start.py doctor


def page_of(machine, capsys):
    """The lines of `start.py doctor` by their titles."""
    assert machine.start.main(["doctor"]) == 0
    text = capsys.readouterr().out
    lines = text.split("\n")[2:-1]
    assert len(text.split("\n")) < 40, "one page"
    return {line[:15].strip(): line[15:] for line in lines}, text


def test_doctor_says_what_it_sees_and_changes_nothing(machine, outside, capsys):
    page, _ = page_of(machine, capsys)
    assert set(page) == {"Python", "system", "disk", ".venv", "not passed on", "passed on",
                         "proxy", "index", "locale", "kernels", "browser"}  # fmt: skip
    assert platform.python_version() in page["Python"]
    assert "50.0 GB free" in page["disk"]
    assert page[".venv"] == "not made yet"
    assert "UV_SYSTEM_PYTHON=1" in page["not passed on"]
    assert "PIP_INDEX_URL=https://mirror/..." in page["index"]
    assert machine.calls == machine.started == []
    assert not machine.venv.exists()


SECRETS = {
    "HTTPS_PROXY": "http://me:p/a@ss?w#ord@proxy.example:3128",
    "http_proxy": "me:p/a@ss?w#ord@proxy.example:3128",
    "PIP_INDEX_URL": "https://me:p/a@ss?w#ord@host.example/ss?w#ord/simple",
    "PIP_EXTRA_INDEX_URL": "https://ss?w#ord@one.example/ https://two.example/?ss?w#ord",
    "UV_INDEX_HOUSE_PASSWORD": "ss?w#ord",
    "UV_INDEX_HOUSE_USERNAME": "ss?w#ord",
    "JUPYTER_PATH": "https://x:ss?w#ord@host.example/",
    "JUPYTER_TOKEN": "ss?w#ord",
    "PIP_PROXY": "socks5://x:ss?w#ord@host.example",
    "LESSONLIB_X": "https://x:ss?w#ord@host.example/",
    "BROWSER": "open --token=a@ss?w#ord@host.example",
}


def test_no_secret_is_on_the_page(machine, monkeypatch, capsys):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    page, text = page_of(machine, capsys)
    for part in ("ss?w", "w#ord", "p/a"):
        assert part not in text
    assert "proxy.example:3128" in page["proxy"]
    assert "https://***@host.example/..." in page["index"]


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda m: m.answers.update({"-c pass": "Fatal Python error"}), "does not start: Fatal"),
        (lambda m: (m.folder / "constraints.txt").write_text("new"), "updated at the next start"),
        (lambda m: (m.venv / "neural-sparks.json").write_text("{"), "not completely installed"),
        (lambda m: (m.venv / "neural-sparks.json").write_text("[1]"), "not completely installed"),
        (lambda m: (m.venv / "pyvenv.cfg").unlink(), "is no Python environment"),
        (lambda m: (m.folder / ".venv-aside-1").mkdir(), "for lab, up to date; also .venv-aside-1"),
    ],
)
def test_doctor_says_how_the_environment_is(machine, capsys, break_it, said):
    machine.start.main(["lab"])
    break_it(machine)
    capsys.readouterr()
    page, _ = page_of(machine, capsys)
    assert said in page[".venv"]


def test_doctor_names_foreign_kernels(machine, monkeypatch, tmp_path, capsys):
    kernel = tmp_path / "foreign/kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": ["/elsewhere/python"]}), encoding="utf-8")
    broken = tmp_path / "foreign/kernels/r/kernel.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{", encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "foreign"))
    page, _ = page_of(machine, capsys)
    assert "runs /elsewhere/python (from JUPYTER_PATH: not used)" in page["kernels"]
    assert "foreign cannot be read" in page["kernels"]


def test_a_look_that_fails_costs_its_line_alone(machine, monkeypatch, capsys):
    def fails(_):
        raise PermissionError("denied")

    monkeypatch.setattr(machine.start.shutil, "disk_usage", fails)
    page, _ = page_of(machine, capsys)
    assert page["disk"] == "could not be seen (PermissionError: denied)"
    assert page["browser"]


def test_doctor_runs_where_no_environment_could_be_made(machine, monkeypatch, capsys):
    monkeypatch.setattr(machine.start.sys, "version_info", (3, 9, 18))
    page, _ = page_of(machine, capsys)
    assert "does not fit: 64 bits, 3.11 to 3.14 wanted" in page["Python"]
