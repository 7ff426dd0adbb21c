"""`lessonlib lab`: the lessons in JupyterLab, from an installation without a clone too."""

import argparse
import importlib.util
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lessonlib._errors import CommandError
from lessonlib.files import copies_folder, is_checkout, notebooks_folder
from lessonlib.learner.working_copies import made_copies

_SETTINGS = Path(__file__).parent / "jupyter"  # defaults of JupyterLab: no question about news
_FIRST = "00_start_here.ipynb"
_LEADING_ELSEWHERE = ("JUPYTER_PATH", "PYTHONSTARTUP")  # to other kernels, to other code


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `lab` to the command line."""
    parser = subparsers.add_parser(
        "lab", help="open the lessons in JupyterLab", description="Copy the lessons into a folder, "
        "where no copy is ever overwritten, and open them. What is after -- goes to JupyterLab, "
        "as in: lessonlib lab -- --no-browser",
    )  # fmt: skip
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="for your copies (default: my/ of a clone, else neural-sparks/)",
    )
    parser.add_argument("--no-start", action="store_true", help="only make the copies")
    parser.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> Iterator[str]:
    folder = (chosen.folder or _default_folder()).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder} is a file; name a folder for your copies of the lessons")
    if not chosen.no_start and importlib.util.find_spec("jupyterlab") is None:
        raise CommandError('JupyterLab is not installed: pip install "neural-sparks[lab]"')
    yield from made_copies(notebooks_folder(), folder)
    yield f"Your copies are in {folder}"
    if chosen.no_start:
        return
    words = chosen.words
    if needs_allow_root(words):
        yield "You are root, as in a container: JupyterLab is started with --allow-root."
        words = ["--allow-root", *words]
    if status := _start(folder, words):
        raise CommandError(f"JupyterLab ended with status {status}")


def needs_allow_root(words: list[str]) -> bool:
    """Whether JupyterLab would refuse to start: for the account root, usual in a container."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and not any(re.search("allow.root", word) for word in words)


def _default_folder() -> Path:
    if is_checkout() or Path.cwd() == copies_folder():
        return copies_folder()
    return Path("neural-sparks")


def command(folder: Path, words: list[str]) -> tuple[list[str], dict[str, str]]:
    """How JupyterLab is started on a folder, and its variables.

    >>> command(Path("/x"), ["--no-browser"])[0][-2:]
    ['--LabApp.default_url=/lab/tree/00_start_here.ipynb', '--no-browser']
    """
    env = {k: v for k, v in os.environ.items() if k not in _LEADING_ELSEWHERE}
    env.setdefault("OMP_NUM_THREADS", "1")  # small matrices: more would mostly wait
    env["JUPYTER_PREFER_ENV_PATH"] = "1"  # the kernel of this Python before the user's own
    before = env.get("JUPYTER_CONFIG_PATH", "")
    env["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [before, str(_SETTINGS)]))
    start = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    return [*start, f"--LabApp.default_url=/lab/tree/{_FIRST}", *words], env


def _start(folder: Path, words: list[str]) -> int:
    """Run JupyterLab until it ends; it answers Ctrl-C itself."""
    line, env = command(folder, words)
    with subprocess.Popen(line, cwd=folder, env=env) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
