"""Run in the student's process: execute the notebook's cells, call the answer, send values back.

Nothing here knows what is right. The room around this process is closed before `serve` is called,
and the expected values never enter it.
"""

import contextlib
import os
import pickle
import re
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from lessonlib.exercises.call import (
    AskedToWrite,
    BoundedText,
    Outcome,
    TimeUp,
    call,
    refuse,
    resolve,
    time_limit,
)
from lessonlib.homework.limits import PATIENCE, TRIAL_SECONDS
from lessonlib.homework.sandbox import stubs, wire

_TEXT = 20_000  # characters of each stream that are kept of a cell
TIME_IS_OVER = 124  # exit code of a process that did not heed its limit
_RINGS = 4  # half-second reminders before the process ends itself


def make_shell() -> Any:
    """An IPython shell without history, banner, colours or files."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell: Any = InteractiveShell.instance(config=config)  # methods are replaced below
    shell.ask_exit = lambda: None
    shell.display_pub.publish = lambda *args, **kwargs: None
    shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
    _leave_out_magics(shell)
    return shell


# Magics that have no use here: they set up a page or an installation, or take away what the lesson
# has defined
_LEFT_OUT = {
    "autoreload", "colors", "conda", "config", "gui", "load_ext", "mamba", "matplotlib",
    "micromamba", "pip", "reload_ext", "reset", "reset_selective", "uv", "unload_ext",
}  # fmt: skip
_INSTALLS = re.compile(r"\s*(\S*python\S* -m )?(pip|pip3|conda|mamba|uv|apt|apt-get)\b")


def _leave_out_magics(shell: Any) -> None:
    """Let what sets up a page or an installation, or is not installed, cost nothing of its cell."""
    run, run_cell, system = shell.run_line_magic, shell.run_cell_magic, shell.system

    def run_known(name: str, line: str, _stack_depth: int = 1) -> Any:
        if name in _LEFT_OUT or shell.find_line_magic(name) is None:
            return None
        return run(name, line, _stack_depth + 1)

    def run_known_cell(name: str, line: str, cell: str) -> Any:
        if shell.find_cell_magic(name) is None:  # as `%%memit` of an extension: the code counts
            return shell.ex(shell.transform_cell(cell))
        return run_cell(name, line, cell)

    def run_program(line: str) -> None:
        if not _INSTALLS.match(line):
            system(line)

    shell.run_line_magic, shell.run_cell_magic = run_known, run_known_cell
    shell.system = run_program


def refuse_for_good(names: list[str]) -> None:
    """Make the named functions refuse, for the rest of this process; nothing undoes it."""
    asked = [name for name in names if name.split(".")[0] not in stubs.STUBBED]
    for name in asked:
        if resolve(name) is None:  # not loaded yet (scipy's twin, say)
            with contextlib.suppress(ImportError):
                __import__(name.rsplit(".", 1)[0])
    refuse(asked)


@contextlib.contextmanager
def processor_limit(seconds: float) -> Iterator[None]:
    """Raise TimeUp after `seconds` of processor time; end the process where that is swallowed."""
    rings = 0

    def ring(signum: int, frame: Any) -> None:
        nonlocal rings
        rings += 1
        if rings > _RINGS:
            os._exit(TIME_IS_OVER)
        raise TimeUp

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class Runner:
    """One run: the cells up to the answer, then the calls."""

    def __init__(self, connection: socket.socket, shell: Any) -> None:
        self.connection, self.shell = connection, shell
        self.out, self.err = BoundedText(_TEXT), BoundedText(_TEXT)

    def tell(self, **message: Any) -> None:
        """Send one message to the grader; a value that is too large goes as a stranger."""
        raw = wire.encode(message)
        if not wire.fits(raw):
            raw = wire.encode({**message, "value": wire.stranger("value_that_is_too_large")})
        wire.send(self.connection, raw)

    def serve(self, request: dict[str, Any]) -> None:
        """Answer one request: run its cells, then the calls that are asked for."""
        stubs.strict = False
        refuse_for_good(request["forbidden"])
        sys.stdout, sys.stderr = self.out, self.err
        sys.path.insert(0, os.getcwd())  # as in a notebook: what `%%writefile` wrote is found
        main = self._fresh_namespace()
        self._run_cells(request["cells"])
        answer = main.get(request["name"])
        if request["name"] not in main:
            self.tell(event="answer", state="missing")
            return
        if not callable(answer):
            self.tell(event="answer", state="value", shown=_short(answer))
            return
        self.tell(event="answer", state="ready")
        while (payload := wire.receive(self.connection)) is not None:
            if request.get("trials"):
                return self._try_all(main, request["name"], *pickle.loads(payload))
            if not self._call_all(answer, *pickle.loads(payload)):
                return None
        return None

    def _fresh_namespace(self) -> dict[str, Any]:
        module = ModuleType("__main__")
        module.__dict__.update(self.shell.user_ns)
        sys.modules["__main__"] = module
        self.shell.user_module, self.shell.user_ns = module, module.__dict__
        return module.__dict__

    def _run_cells(self, cells: list[dict[str, Any]]) -> None:
        for cell in cells:
            self.tell(event="cell", index=cell["index"])
            error = self._run(cell["source"], cell["seconds"])
            self.tell(
                event="ran",
                index=cell["index"],
                error=error and _describe(error),
                missing=_missing(error),
                line=_line(error, cell["source"]) if error else "",
                out=self.out.take(),
                err=self.err.take(),
            )

    def _run(self, source: str, seconds: float) -> BaseException | None:
        try:
            with processor_limit(seconds), time_limit(PATIENCE * seconds):
                done = self.shell.run_cell(source, store_history=False, silent=False)
            return done.error_before_exec or done.error_in_exec
        except BaseException as error:
            return error

    def _call_all(
        self, answer: Any, use: Any, calls: list[tuple], seconds: float, first: int
    ) -> bool:
        """Call the answer on every case until one takes too long. False: there is no answer."""
        stubs.strict = True
        error = None
        for number, arguments in enumerate(calls, first):
            error = self._call(number, answer, use, arguments, seconds)
            if isinstance(error, TimeUp | NotImplementedError | AskedToWrite):
                break
        self.tell(event="end")
        return not isinstance(error, NotImplementedError | AskedToWrite)

    def _try_all(
        self, main: dict[str, Any], name: str, use: Any, sources: list[str], cases: list[tuple],
        seconds: float,
    ) -> None:  # fmt: skip
        """Call each of the changed answers on every case, as long as the time lasts."""
        stubs.strict = True
        end = time.process_time() + seconds
        for k, source in enumerate(sources):
            if time.process_time() > end:
                break
            space = dict(main)
            try:
                exec(compile(source, "<changed>", "exec"), space)
            except Exception:
                continue
            for number, arguments in enumerate(cases, k * len(cases)):
                if self._call(number, space.get(name), use, arguments, TRIAL_SECONDS) is not None:
                    break
        self.tell(event="end")

    def _call(
        self, number: int, answer: Any, use: Any, arguments: tuple, seconds: float
    ) -> BaseException | None:
        self.tell(event="case", index=number)
        try:
            with processor_limit(seconds):
                done = call(use, answer, arguments, PATIENCE * seconds, patience=1)
        except TimeUp as late:  # between the call and the end of the limit
            done = Outcome(error=late)
        sys.stdout, sys.stderr = self.out, self.err
        self.tell(
            event="outcome",
            index=number,
            value=done.value,
            error=done.error and _describe(done.error),
            missing=_missing(done.error),
            line=done.line,
            printed=done.printed[:500],
            mutated=done.mutated,
        )
        return done.error


def _missing(error: BaseException | None) -> str:
    """The name that a NameError is about."""
    name = getattr(error, "name", "") if isinstance(error, NameError) else ""
    return _bare(name, 100) if isinstance(name, str) else ""


def _describe(error: BaseException) -> list[str]:
    try:
        text = _bare(str(error), 600)
    except BaseException:
        text = ""
    return [_bare(type(error).__name__, 60), text]


def _bare(text: str, most: int) -> str:
    """The first characters as plain text; a student's own kind of text may do anything."""
    return str.__getitem__(text, slice(most))


def _short(value: Any) -> str:
    try:
        return _bare(repr(value), 80)
    except BaseException:
        return f"a {_bare(type(value).__name__, 60)}"


def _line(error: BaseException, source: str) -> str:
    """The line of this cell in the traceback."""
    if isinstance(error, SyntaxError):
        return _bare(error.text, 200).strip() if isinstance(error.text, str) else ""
    lines = source.splitlines()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith(("<ipython", "/tmp/ipykernel")) and frame.lineno:
            return lines[frame.lineno - 1].strip()[:200] if frame.lineno <= len(lines) else ""
    return ""


def enter(connection: socket.socket, shell: Any, request: dict[str, Any]) -> None:
    """The last call of the student's process. It ends here, whatever happens."""
    try:
        Runner(connection, shell).serve(request)
    except BaseException:
        os._exit(1)
    os._exit(0)
