"""pytest plugin over nbval: one execution of a notebook gives the verdict on every cell, on what it
wrote to stderr, on its CPU-seconds and on its kernel's peak memory.

A notebook gets one item more than it has code cells, "limits". Its bounds:

- CPU-seconds of the kernel and its children, imports included (LESSONLIB_NOTEBOOK_CPU_SECONDS, 30);
- megabytes of peak memory above a process that has run the notebook's own import statements and
  nothing else (LESSONLIB_NOTEBOOK_MEGABYTES, 300);
- megabytes of the three largest lessons so far, open together on Binder (LESSONLIB_OPEN_MEGABYTES,
  2000, what Binder allows).

The first cell of a notebook has a bound of its own (LESSONLIB_FIRST_CELL_CPU_SECONDS, 3).
"""

import ast
import inspect
import os
import re
import subprocess
import sys
import time
from functools import lru_cache

import psutil
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

DEFAULTS = {
    "LESSONLIB_NOTEBOOK_CPU_SECONDS": 30.0,
    "LESSONLIB_NOTEBOOK_MEGABYTES": 300.0,
    "LESSONLIB_OPEN_MEGABYTES": 2000.0,
    "LESSONLIB_FIRST_CELL_CPU_SECONDS": 3.0,
}
MB = 1e6
STARTED_WITH = dict(os.environ)  # a test, or a library it uses, may change what is set
SERVER = 100.0  # MB of JupyterLab's server
# MB of a kernel that has imported NumPy, matplotlib, ipywidgets and PyTorch as Binder has it; the
# build for CUDA takes twice that and would say nothing about Binder.
BINDER_IMPORTS = 366.0


def peak_memory(pid=None):
    """Highest resident memory of a process so far, in bytes; on macOS only the present one."""
    process = psutil.Process(pid)
    try:
        with open(f"/proc/{process.pid}/status", encoding="ascii", errors="replace") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) * 1024
    except (OSError, TypeError):
        info = process.memory_info()
        return getattr(info, "peak_wset", info.rss)


def usage(pid):
    """CPU-seconds and peak bytes of a process with its children; of ended children, the seconds."""
    seconds = peak = 0.0
    process = psutil.Process(pid)
    for one in [process, *process.children(recursive=True)]:
        try:
            times = one.cpu_times()
            peak += peak_memory(one.pid)
        except psutil.NoSuchProcess:
            continue
        seconds += times.user + times.system
        seconds += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return seconds, peak


def import_statements(sources):
    """The import statements of code cells, as one program; magics and broken cells are left out."""
    found = []
    for source in sources:
        lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
        try:
            tree = ast.parse("\n".join(lines))
        except SyntaxError:
            continue
        found += [
            ast.unparse(node)
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]
    if any("torch.optim" in source for source in sources):
        found.append("import torch._dynamo")  # PyTorch's first optimizer imports it, some 190 MB
    # an import that fails is the cell's own failure, not the baseline's
    tries = [f"try:\n    {line}\nexcept ImportError:\n    pass" for line in dict.fromkeys(found)]
    return "\n".join(tries)


@lru_cache
def baseline(imports):
    """Peak bytes of a process that has done what a kernel starts with, and these imports."""
    lines = [
        "import re, psutil, ipykernel.ipkernel, matplotlib_inline.backend_inline",
        imports,
        inspect.getsource(peak_memory),
        "print(peak_memory())",
    ]
    command = [sys.executable, "-W", "ignore", "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=kernel_env())
    if done.returncode:
        raise RuntimeError(f"the notebook's imports fail by themselves: {done.stderr[-800:]}")
    return int(done.stdout.split()[-1])


def kernel_env():
    """The environment of a kernel: no progress file or bars, figures inline, one BLAS thread."""
    env = dict(STARTED_WITH, LESSONLIB_PROGRESS="off", LESSONLIB_PROGRESS_BAR="off")
    env.setdefault("OMP_NUM_THREADS", "1")  # as start.py, Binder and conda set it
    env.pop("MPLBACKEND", None)
    return env


def limit(name):
    """A bound, from the environment or the default."""
    return float(os.environ.get(name, DEFAULTS[name]))


def on_binder(peak, above):
    """Megabytes of a lesson on Binder, from its peak here and what is above its imports."""
    return min(peak, BINDER_IMPORTS + above)


def open_together(sizes):
    """Megabytes of the three largest lessons, open at once, with the server."""
    return SERVER + sum(sorted(sizes)[-3:])


class LessonCell(IPyNbCell):
    """A code cell; it may not write to stderr, and the first one must be quick."""

    def runtest(self):
        self.parent.measure()
        first, before = not self.parent.started, self.parent.seconds
        self.parent.started = True
        try:
            super().runtest()
        finally:
            self.parent.measure()
        spent, most = self.parent.seconds - before, limit("LESSONLIB_FIRST_CELL_CPU_SECONDS")
        if first and spent > most:
            text = f"took {spent:.1f} CPU-seconds, at most {most:g} are allowed"
            self.raise_cell_error("The first cell is slow", text)
        errors = [out.text for out in self.test_outputs if out.get("name") == "stderr"]
        if errors:
            self.raise_cell_error("The cell wrote to stderr", "".join(errors))


class Limits(pytest.Item):
    """The last item of a notebook: what running it has cost."""

    def runtest(self):
        seconds, peak = self.parent.seconds, self.parent.peak
        above = max(0.0, peak - baseline(import_statements(self.parent.sources))) / MB
        wall = time.perf_counter() - self.parent.begun
        row = (self.parent.path.stem, len(self.parent.sources), seconds, wall, peak / MB, above)
        self.user_properties.append(("notebook_limits", row))
        most_seconds = limit("LESSONLIB_NOTEBOOK_CPU_SECONDS")
        if seconds > most_seconds:
            self.fail(f"took {seconds:.1f} CPU-seconds, at most {most_seconds:g} are allowed")
        most = limit("LESSONLIB_NOTEBOOK_MEGABYTES")
        if above > most:
            self.fail(f"peaked {above:.0f} MB above its imports, at most {most:g} are allowed")
        sizes = self.noted(on_binder(peak / MB, above))
        if open_together(sizes) > limit("LESSONLIB_OPEN_MEGABYTES"):
            self.fail(
                f"and two others need {open_together(sizes):.0f} MB when they are open at once"
            )

    def noted(self, size):
        """The sizes of all lessons run so far; xdist's workers share a file."""
        folder = self.config._tmp_path_factory.getbasetemp()
        if os.environ.get("PYTEST_XDIST_WORKER"):
            folder = folder.parent
        with open(folder / "lesson_sizes", "a+", encoding="ascii") as file:
            file.write(f"{size}\n")
            file.seek(0)
            return [float(line) for line in file]

    def fail(self, message):
        pytest.fail(f"{self.parent.path.name} {message}", pytrace=False)

    def reportinfo(self):
        return self.path, 0, f"{self.parent.path.name}::limits"


class LessonNotebook(IPyNbFile):
    """nbval's notebook with a measured kernel."""

    seconds = peak = 0.0
    started = False

    def setup(self):
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(kernel_env())
        try:
            self.begun = time.perf_counter()
            super().setup()
        finally:
            os.environ.clear()
            os.environ.update(before)

    def collect(self):
        cells = list(super().collect())
        self.sources = [item.cell.source for item in cells]
        for item in cells:
            parts = {"cell_num": item.cell_num, "cell": item.cell, "options": item.options}
            yield LessonCell.from_parent(self, name=item.name, **parts)
        if cells:
            yield Limits.from_parent(self, name="limits")

    def measure(self):
        """Note what the kernel has used so far; it may die in the next cell."""
        if self.kernel is not None and self.kernel.is_alive():
            seconds, peak = usage(self.kernel.km.provisioner.process.pid)
            self.seconds, self.peak = max(seconds, self.seconds), max(peak, self.peak)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    found = yield
    return [
        LessonNotebook.from_parent(parent, path=one.path) if type(one) is IPyNbFile else one
        for one in found
    ]


class Table:
    """Gathers the rows of all notebooks, from xdist's workers too, and prints them at the end."""

    def __init__(self):
        self.rows = []

    def pytest_runtest_logreport(self, report):
        if report.when == "call":
            self.rows += [row for name, row in report.user_properties if name == "notebook_limits"]

    def pytest_terminal_summary(self, terminalreporter):
        if not self.rows:
            return
        terminalreporter.section("notebooks")
        heads = ("notebook", "cells", "CPU s", "wall s", "peak MB", "above imports MB")
        terminalreporter.line("{:<34}{:>6}{:>8}{:>8}{:>9}{:>18}".format(*heads))
        for row in sorted(self.rows):
            terminalreporter.line("{:<34}{:>6}{:>8.1f}{:>8.1f}{:>9.0f}{:>18.0f}".format(*row))


def pytest_configure(config):
    config.pluginmanager.register(Table(), "notebook-table")
