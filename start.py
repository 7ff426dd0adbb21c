"""Sets the course up and starts it. Needs Python 3.11 to 3.14 and nothing else.

python3 start.py lab  [JupyterLab's options]   the lessons, in JupyterLab
python3 start.py test [pytest's options]       every check; --quick 07 for one lesson's alone

All of it is installed into the folder .venv next to this file, by the first run alone.
"""

# Kept to what Python 3.6 can read, so that an old Python gets a sentence and not a traceback.
import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

REPO = Path(__file__).resolve().parent
VENV = REPO / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = str(BIN / ("python.exe" if os.name == "nt" else "python"))
EXTRAS = {"lab": ["lab"], "test": ["book", "homework", "lab", "test"]}
LINUX = sys.platform == "linux"
CPU_GB, FULL_GB = 1.1, 6.0 if LINUX else 1.1  # installed; PyPI's Linux build brings CUDA
SHOWN = re.compile(r"\s*(Resolved|Prepared|Installing collected|Downloading .*\d ?Mi?B)")
CAUSES = (
    (r"no space left|os error (28|112)\b|not enough space", "the disk is full"),
    (r"permission denied|access is denied", "a file in .venv could not be written"),
    (r"connect|dns error|resolution|network|timed out|offline", "no network"),
    (r"no matching distribution", "the package index has no fitting build, or no network"),
)


def run(*command: str) -> str:
    """Run a command, show its progress lines; return "" when it went well, else what it wrote."""
    kept = []
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    env = dict(os.environ, VIRTUAL_ENV=str(VENV))
    with subprocess.Popen(command, cwd=str(REPO), env=env, **pipe) as process:
        try:
            for raw in process.stdout:
                kept.append(raw.decode("utf-8", "replace"))
                if SHOWN.match(kept[-1]):
                    print("  " + kept[-1].strip()[:88], flush=True)
        except BaseException:
            process.terminate()
            raise
    return "" if process.returncode == 0 else "".join(kept) or f"exit {process.returncode}"


def cause(output: str) -> str:
    """Say in one line what went wrong, from an installer's output."""
    known = [line for pattern, line in CAUSES if re.search(pattern, output, re.IGNORECASE)]
    return known[0] if known else " / ".join(output.split("\n")[-6:]).strip(" /")[:400]


def check_machine() -> None:
    """Say in one line why an environment cannot be made here, if it cannot."""
    here = f"This is Python {platform.python_version()} ({sys.executable})"
    if not (3, 11) <= sys.version_info[:2] <= (3, 14) or sys.maxsize < 2**32:
        sys.exit(f"{here}; the course needs a 64-bit Python 3.11 to 3.14: python.org has one.")
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        sys.exit(f"{here} for Intel Macs, where PyTorch has no builds: use environment.yml.")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sys.exit(f"{here} without its venv module. On Debian or Ubuntu: apt install python3-venv")
    if VENV.exists() and any(VENV.iterdir()) and not (VENV / "pyvenv.cfg").exists():
        sys.exit(f"{VENV} is in the way: it is not a Python environment. Move it elsewhere.")
    need_disk(CPU_GB)


def need_disk(gigabytes: float) -> None:
    """Stop before a download that cannot fit."""
    free = shutil.disk_usage(str(REPO)).free / 1e9
    if free < gigabytes + 0.4:
        sys.exit(f"Not enough disk: {free:.1f} GB free in {REPO}, {gigabytes + 0.4:.1f} GB needed.")


def install(extras: list, fresh: bool) -> str:
    """Install the package with its pinned dependencies; return "" or what went wrong."""
    trouble = run(PYTHON, "-m", "pip", "install", "-q", "--retries", "2", "uv>=0.8,<1")
    if cause(trouble) in ("no network", "the disk is full"):
        return trouble
    uv = not trouble  # several times faster; plain pip where uv cannot be had
    tool = [PYTHON, "-m", "uv", "pip", "install"] if uv else [PYTHON, "-m", "pip", "install"]
    what = ["-c", "constraints.txt", "-e", f".[{','.join(extras)}]"]
    pair = ["--reinstall-package=torch", "--reinstall-package=torchvision"]
    attempts = [("the default PyTorch", FULL_GB, [], "torch and torchvision do not match")]
    if uv and LINUX and not (shutil.which("nvidia-smi") or Path("/proc/driver/nvidia").exists()):
        cpu = ["--torch-backend", "cpu"]
        attempts.insert(0, ("PyTorch for the CPU", CPU_GB, cpu, "its index does not answer"))
    attempts.append(
        ("both again", FULL_GB, pair if uv else ["--force-reinstall"], "they do not match")
    )
    for title, size, flags, why in attempts:
        if fresh:
            need_disk(size)
        print(f"Installing the course with {title}: about {size} GB on disk.", flush=True)
        # torch and torchvision of different builds fail at import, so the last attempt takes both
        trouble = run(*tool, *flags, *what) or run(PYTHON, "-c", "import torchvision")
        if not trouble or (not flags and not re.search(r"(?s)Traceback.*torchvision", trouble)):
            break
        print(f"That did not work: {why}.", flush=True)
    if not uv:  # an optional checker that costs every Jupyter process seconds of CPU
        run(PYTHON, "-m", "pip", "uninstall", "-y", "rfc3987-syntax")
    return trouble


def state(mode: str, old: dict) -> dict:
    """What .venv depends on: the pins, its Python and where it is; and what is in it."""
    files = [REPO / "pyproject.toml", REPO / "constraints.txt", VENV / "pyvenv.cfg"]
    pins = b"\0".join([file.read_bytes() for file in files] + [str(REPO).encode()])
    extras = sorted({*EXTRAS[mode], *old["extras"]})
    return {"key": hashlib.sha256(pins).hexdigest(), "extras": extras}


def prepare(mode: str) -> None:
    """Make .venv what the pinned versions ask for; leave nothing half-made behind."""
    begun, stamp, old = time.time(), VENV / "neural-sparks.json", {"key": "", "extras": []}
    usable = os.path.exists(PYTHON) and not run(PYTHON, "-c", "pass")
    if usable and stamp.exists():
        with contextlib.suppress(ValueError):  # a damaged stamp is no stamp
            old = json.loads(stamp.read_text(encoding="utf-8"))
    if usable and old == state(mode, old):
        return
    trouble, done = "", False
    if not usable:
        check_machine()
    try:
        if usable:  # until the end it is neither the old one nor the new one
            stamp.write_text(json.dumps(dict(old, key="changing")), encoding="utf-8")
        else:
            print(f"Making .venv with Python {platform.python_version()}.", flush=True)
            trouble = run(sys.executable, "-m", "venv", "--clear", str(VENV))
        trouble = trouble or install(state(mode, old)["extras"], not usable)
        done = not trouble
    finally:
        if not done and not usable:
            shutil.rmtree(str(VENV), ignore_errors=True)
    if done:
        stamp.write_text(json.dumps(state(mode, old)), encoding="utf-8")
        print(f"Ready after {time.time() - begun:.0f} s.", flush=True)
    elif not old["key"] or mode != "lab" or run(PYTHON, "-c", "import lessonlib, torchvision"):
        sys.exit(f"Installing failed: {cause(trouble)}.")
    else:
        print(f"New versions not installed ({cause(trouble)}): going on with the old ones.")


def start(*command: str) -> int:
    """Hand over to a program of the environment."""
    old = os.environ.get("PATH", os.defpath)
    env = dict(os.environ, PATH=str(BIN) + os.pathsep + old, VIRTUAL_ENV=str(VENV))
    env.setdefault("OMP_NUM_THREADS", "1")  # small matrices: more would mostly wait
    with subprocess.Popen([PYTHON, *command], cwd=str(REPO), env=env) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the program answers Ctrl-C itself
                continue


def check(rest: list) -> int:
    """Run pytest with two workers; then once more, alone, for the tests that measure time."""
    pytest = ["-m", "pytest", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120"]
    workers = ["-n", "2", "--dist", "loadscope", "--no-loadscope-reorder", "--durations=10"]
    status = start(*pytest, *workers, "--timing=without", *rest)
    nothing = 5  # pytest's word for: no test was chosen
    if status not in (0, 1, nothing) or any(word.startswith("--quick") for word in rest):
        return status
    timing = start(*pytest, "--timing=only", *rest)
    if nothing in (status, timing):
        return status if timing == nothing else timing
    return status or timing


def main(arguments: list) -> int:
    """Run one of the two commands."""
    mode, rest = (arguments or ["help"])[0], arguments[1:]
    if mode not in EXTRAS:
        print(__doc__.strip())
        return 0 if mode in ("help", "-h", "--help") else 2
    prepare(mode)
    if mode == "test":
        return check(rest)
    if start("-m", "lessonlib", "copies", "--make"):
        return 1
    page = "--LabApp.default_url=/lab/tree/my/00_start_here.ipynb"
    return start("-m", "jupyterlab", f"--ServerApp.root_dir={REPO}", page, *rest)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The same command goes on from here.")
    except (OSError, ValueError) as error:
        sys.exit(f"Stopped: {error}.")
