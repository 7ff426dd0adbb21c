"""pytest plugin over nbval: one execution of a notebook gives the verdict on every cell, on what it
wrote to stderr, on its CPU-seconds and on its kernel's peak memory.

A notebook gets one item more than it has code cells, "limits". Its bounds:

- CPU-seconds of the kernel and its children, imports included (LESSONLIB_NOTEBOOK_CPU_SECONDS, 30),
  those of a quiet machine: a neighbour on the other core, or an older processor, makes a second
  worth less, and a small piece of work between the cells measures by how much (`pace`);
- megabytes of peak memory above what the kernel takes when it has run the notebook's own import
  statements and nothing else (LESSONLIB_NOTEBOOK_MEGABYTES, 300);
- megabytes of the three largest lessons so far, open together on Binder (LESSONLIB_OPEN_MEGABYTES,
  2000, what Binder allows).

The first cell of a notebook has a bound of its own (LESSONLIB_FIRST_CELL_CPU_SECONDS, 3).
"""

import ast
import os
import re
import time

import numpy as np
import psutil
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

DEFAULTS = {
    "LESSONLIB_NOTEBOOK_CPU_SECONDS": 30.0,
    "LESSONLIB_NOTEBOOK_MEGABYTES": 300.0,
    "LESSONLIB_OPEN_MEGABYTES": 2000.0,
    "LESSONLIB_FIRST_CELL_CPU_SECONDS": 3.0,
    # `piece_of_work` where nothing else runs, on the processor on which the bounds were set
    "LESSONLIB_QUIET_PIECE_CPU_SECONDS": 0.0052,
}
MB = 1e6
STARTED_WITH = dict(os.environ)  # a test, or a library it uses, may change what is set
SERVER = 100.0  # MB of JupyterLab's server
# MB of a kernel that has imported NumPy, matplotlib, ipywidgets and PyTorch as Binder has it; the
# build for CUDA takes twice that and would say nothing about Binder.
BINDER_IMPORTS = 366.0

MATRICES = np.linspace(-1.0, 1.0, 100 * 32 * 32).reshape(100, 32, 32)  # too small for threads
IMAGES = np.linspace(-1.0, 1.0, 64 * 32 * 14 * 14, dtype=np.float32).reshape(64, 32, 14, 14)


def piece_of_work():
    """What lessons do, in small: a loop of Python, matrix products, passes over a large array."""
    total, kept, x = 0.0, {}, MATRICES
    for k in range(20_000):
        kept[k % 97] = total
        total += k * 0.5
    for _ in range(6):
        x = np.tanh(x @ MATRICES) * 0.1
    images = IMAGES
    for _ in range(3):
        images = np.maximum(images, 0) * 0.5 + IMAGES
    return total, images.sum(axis=(0, 2, 3))


def pace():
    """How much longer the same work takes here and now than on the quiet machine; at least 1."""
    times = []
    for _ in range(3):
        before = time.thread_time()
        piece_of_work()
        times.append(time.thread_time() - before)
    return max(1.0, min(times) / limit("LESSONLIB_QUIET_PIECE_CPU_SECONDS"))


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
    """A code cell; it may not write to stderr, and the first must be quick, imports included."""

    def runtest(self):
        first = not self.parent.started
        self.parent.paces.append(pace())
        imports = self.parent.run_imports() if first else 0.0
        self.parent.measure()
        before = self.parent.seconds - imports
        try:
            super().runtest()
        finally:
            self.parent.measure()
        spent, most = self.parent.seconds - before, limit("LESSONLIB_FIRST_CELL_CPU_SECONDS")
        if first and spent / self.parent.paces[0] > most:
            text = f"took {spent:.1f} CPU-seconds, at most {most:g} are allowed"
            self.raise_cell_error("The first cell is slow", text)
        errors = [out.text for out in self.test_outputs if out.get("name") == "stderr"]
        if errors:
            self.raise_cell_error("The cell wrote to stderr", "".join(errors))


class Limits(pytest.Item):
    """The last item of a notebook: what running it has cost."""

    def runtest(self):
        seconds, peak = self.parent.seconds, self.parent.peak
        slower = float(np.median(self.parent.paces))
        above = max(0.0, peak - self.parent.baseline) / MB
        wall = time.perf_counter() - self.parent.begun
        row = (
            self.parent.path.stem,
            len(self.parent.sources),
            seconds,
            slower,
            wall,
            peak / MB,
            above,
        )
        self.user_properties.append(("notebook_limits", row))
        most_seconds = limit("LESSONLIB_NOTEBOOK_CPU_SECONDS")
        if seconds / slower > most_seconds:
            self.fail(
                f"took {seconds:.1f} CPU-seconds where a piece of work takes {slower:.2f} times "
                f"what it takes on a quiet machine, {seconds / slower:.1f} of those seconds; "
                f"at most {most_seconds:g} are allowed"
            )
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

    seconds = peak = baseline = 0.0
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
        self.paces = []
        self.sources = [item.cell.source for item in cells]
        for item in cells:
            parts = {"cell_num": item.cell_num, "cell": item.cell, "options": item.options}
            yield LessonCell.from_parent(self, name=item.name, **parts)
        if cells:
            yield Limits.from_parent(self, name="limits")

    def run_imports(self):
        """Run the imports of all cells before the first one, and note the memory they take.

        Returns the CPU-seconds of those that the first cell would have run itself.
        """
        self.started = True
        self.measure()
        before = self.seconds
        self._run(import_statements(self.sources[:1]))
        self.measure()
        spent = self.seconds - before
        self._run(import_statements(self.sources))
        self.measure()
        self.baseline = self.peak
        return spent

    def _run(self, source):
        if source:
            message = self.kernel.execute_cell_input(source, allow_stdin=False)
            self.kernel.await_reply(message, timeout=300)
            self.kernel.await_idle(message, 300)

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
        heads = ("notebook", "cells", "CPU s", "slower", "wall s", "peak MB", "above imports MB")
        terminalreporter.line("{:<34}{:>6}{:>8}{:>8}{:>8}{:>9}{:>18}".format(*heads))
        for row in sorted(self.rows):
            terminalreporter.line(
                "{:<34}{:>6}{:>8.1f}{:>8.2f}{:>8.1f}{:>9.0f}{:>18.0f}".format(*row)
            )


def pytest_configure(config):
    config.pluginmanager.register(Table(), "notebook-table")
