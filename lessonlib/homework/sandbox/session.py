"""The grader's side of the student's process: start it, listen to it, end it in time."""

import contextlib
import json
import os
import pickle
import select
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lessonlib
from lessonlib.exercises.call import AskedToWrite, Outcome, TimeUp
from lessonlib.exercises.judge import Exercise
from lessonlib.homework.limits import (
    PATIENCE,
    SILENCE_SECONDS,
    START_SECONDS,
    TRIALS_SECONDS,
    Limits,
)
from lessonlib.homework.sandbox import wire
from lessonlib.homework.sandbox.border import sent_by_value
from lessonlib.homework.sandbox.student import TIME_IS_OVER

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_PACKAGE = Path(lessonlib.__file__).resolve().parent
# lessonlib is found where the grader's is; its folder then goes behind everything else on the path
_PROGRAM = """
import sys
folder = sys.argv.pop(1)
sys.path.insert(0, folder)
import lessonlib
sys.path.remove(folder)
sys.path.append(folder)
from lessonlib.homework.sandbox.prefork import main
main()
"""


class GraderProblem(RuntimeError):
    """Grading could not be done, for a reason that is not the student's."""


@dataclass
class Transcript:
    """What one run of the student's process did, as far as it got."""

    cells: dict[int, dict[str, Any]] = field(default_factory=dict)
    current: int | None = None  # the cell that was running last
    answer: str = ""  # "", missing, value or ready
    shown: str = ""
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    case: int | None = None
    missing: set[str] = field(default_factory=set)
    stopped: bool = False  # the grader had to end it
    finished: bool = False
    ending: int = 0
    seconds: float = 0.0


class ProcessEnded(Exception):
    """The student's process ended in the middle of a call."""


class PreforkClient:
    """The grader's end of the prepared process that students' processes are copies of."""

    def __init__(self, modules: list[str], hide: list[str], trusted: bool) -> None:
        if not hasattr(os, "fork"):
            raise GraderProblem("grading needs Linux or macOS (on Windows: WSL)")
        ours, theirs = socket.socketpair()
        settings = json.dumps({"modules": modules, "hide": hide, "trusted": trusted})
        arguments = [str(_PACKAGE.parent), str(theirs.fileno()), settings]
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-c", _PROGRAM, *arguments],
                pass_fds=(theirs.fileno(),),
                env=_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        self.control = ours
        ours.settimeout(START_SECONDS)
        if ours.recv(1) != b"r":
            text = (
                self.process.stderr.read().decode(errors="replace") if self.process.stderr else ""
            )
            raise GraderProblem(f"the student's process could not be prepared: {text[-400:]}")

    @property
    def alive(self) -> bool:
        """Whether the process is there to be copied."""
        return self.process.poll() is None

    def start(self, request: dict[str, Any]) -> tuple[socket.socket, socket.socket]:
        """A new student's process for one request: (connection, leash)."""
        connection, far_connection = socket.socketpair()
        leash, far_leash = socket.socketpair()
        body = json.dumps(request).encode()
        with far_connection, far_leash:
            handles = [far_connection.fileno(), far_leash.fileno()]
            socket.send_fds(self.control, [len(body).to_bytes(8, "little")], handles)
            self.control.sendall(body)
        return connection, leash

    def close(self) -> None:
        """End the process and everything that was started from it."""
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()


def _environment() -> dict[str, str]:
    """No variable of the grader's own environment goes in, but where to find programs."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": "/tmp",
        "LESSONLIB_PROGRESS": "off",
        "NBGRADER_EXECUTION": "autograde",
        "PYTHONDONTWRITEBYTECODE": "1",
        **ONE_THREAD,
    }


class Session:
    """One run: sends the request, follows the events, enforces the limits from outside."""

    def __init__(self, prefork: PreforkClient, limits: Limits) -> None:
        self.prefork, self.limits = prefork, limits
        self.seen = Transcript()
        self.first = 0  # the number of the first call that may still be answered

    def run(
        self,
        cells: list[dict[str, Any]],
        exercise: Exercise,
        payload: bytes,
        trials: bool = False,
        then: tuple[int, bytes] | None = None,
    ) -> Transcript:
        """Run the cells, hand the calls over when the answer is there, collect what comes back.

        then   : further calls and the number of the first, handed over when the others are done;
                 whatever the process says then of an earlier call is not heard
        trials : the payload holds changed answers to call, instead of calls of the answer itself
        """
        seconds = {c["index"]: c["seconds"] for c in cells}
        case_seconds = min(exercise.seconds, self.limits.call)
        request = {
            "cells": cells,
            "name": exercise.name,
            "forbidden": list(exercise.forbidden),
            "limits": {"memory": self.limits.memory},
            "trials": trials,
        }
        connection, leash = self.prefork.start(request)
        with connection, leash:
            try:
                self._follow(connection, seconds, payload, case_seconds)
                if then is not None and self.seen.finished and self.seen.answer == "ready":
                    self.first, payload = then
                    self.seen.finished, self.seen.case = False, None
                    wire.send(connection, payload)
                    self._follow(connection, seconds, payload, case_seconds)
            except (wire.WireError, ConnectionError) as error:
                self.seen.shown = str(error)
            self._end(leash)
        return self.seen

    def _follow(
        self, connection: socket.socket, seconds: dict[int, float], payload: bytes, each: float
    ) -> None:
        left = SILENCE_SECONDS
        while not self.seen.finished:
            message = self._next(connection, PATIENCE * left + self.limits.grace)
            if message is None:
                return
            if message.get("event") == "room":
                raise GraderProblem(f"no closed room: {message.get('error')}")
            calling = bool(self.seen.answer)
            if calling:
                left = self._note_call(message, each)
                continue
            left = self._note_run(message, seconds)
            if self.seen.answer == "ready":
                wire.send(connection, payload)
            elif self.seen.answer:  # there is nothing to call
                return

    def _note_run(self, message: dict[str, Any], seconds: dict[int, float]) -> float:
        """What is told until the answer is there. Returns the seconds until the next message."""
        event, seen = message.get("event"), self.seen
        if event == "cell":
            index = message.get("index")
            seen.current = index if isinstance(index, int) else None
            return seconds.get(seen.current, 1.0) if seen.current is not None else 1.0
        if event == "ran":
            self._note_cell(message)
        elif event == "answer":
            seen.answer, seen.current = str(message.get("state")), None
            seen.shown = str(message.get("shown", ""))[:100]
            seen.finished = seen.answer != "ready"
        return SILENCE_SECONDS

    def _note_call(self, message: dict[str, Any], each: float) -> float:
        """What is told of the calls. Returns the seconds until the next message."""
        event, seen = message.get("event"), self.seen
        if event == "case":
            seen.case = message.get("index")
            return each
        if event == "outcome":
            self._note_outcome(message)
        elif event == "end":
            seen.finished = True
        return SILENCE_SECONDS

    def _next(self, connection: socket.socket, seconds: float) -> dict[str, Any] | None:
        """The next message, or None: the process has ended or is over its time."""
        deadline = time.monotonic() + seconds
        connection.settimeout(seconds)
        try:
            ready, _, _ = select.select([connection], [], [], seconds)
            if not ready:
                raise TimeoutError
            connection.settimeout(max(0.5, deadline - time.monotonic()))
            raw = wire.receive(connection)
        except TimeoutError:
            self.seen.stopped = True
            return None
        if raw is None:
            return None
        message = wire.decode(raw)
        if not isinstance(message, dict):
            raise wire.WireError("not a message")
        return message

    def _note_cell(self, message: dict[str, Any]) -> None:
        index = message.get("index")
        if not isinstance(index, int) or index != self.seen.current:
            return
        error = message.get("error")
        self.seen.cells[index] = {
            "error": [str(e)[:600] for e in error] if isinstance(error, list) else [],
            "line": str(message.get("line", ""))[:200],
            "out": str(message.get("out", ""))[:20_000],
            "err": str(message.get("err", ""))[:20_000],
        }
        if message.get("missing"):
            self.seen.missing.add(str(message["missing"])[:100])
        self.seen.current = None

    def _note_outcome(self, message: dict[str, Any]) -> None:
        index = message.get("index")
        if not isinstance(index, int) or index != self.seen.case or index in self.seen.outcomes:
            return
        if index < self.first:
            return
        error = message.get("error")
        mutated = message.get("mutated")
        self.seen.outcomes[index] = Outcome(
            value=message.get("value"),
            error=exception(error) if isinstance(error, list) and len(error) == 2 else None,
            line=str(message.get("line", ""))[:200],
            printed=str(message.get("printed", ""))[:500],
            mutated=mutated if isinstance(mutated, int) and 0 <= mutated < 100 else None,
        )
        if message.get("missing"):
            self.seen.missing.add(str(message["missing"])[:100])

    def _end(self, leash: socket.socket) -> None:
        """Let go of the process and read how it ended."""
        with contextlib.suppress(OSError):
            leash.shutdown(socket.SHUT_WR)
        leash.settimeout(10.0)
        try:
            report = leash.recv(400).decode(errors="replace").split(" ", 1)
        except OSError:
            return
        if report[0] == "room":
            raise GraderProblem(f"no closed room: {report[1]}")
        if report[0] == "ended":
            ending, seconds, _ = report[1].split()
            self.seen.ending, self.seen.seconds = int(ending), float(seconds)
            self.seen.stopped |= self.seen.ending == TIME_IS_OVER


_KNOWN: dict[str, type[BaseException]] = {
    "TimeUp": TimeUp,
    "NotImplementedError": NotImplementedError,
    "AskedToWrite": AskedToWrite,
    "SystemExit": SystemExit,
}


def exception(described: list[Any]) -> BaseException:
    """The error that a description stands for; unknown types get a stand-in of that name.

    >>> repr(exception(["ValueError", "no"]))
    "ValueError('no')"
    """
    name = "".join(c for c in str(described[0])[:60] if c.isalnum() or c == "_") or "Error"
    kind = _KNOWN.get(name) or type(name, (Exception,), {})
    return kind(str(described[1])[:600])


def pack_calls(exercise: Exercise, calls: list[tuple], most: float, first: int = 0) -> bytes:
    """The calls as bytes for the student's process; functions of the exercises go by value.

    A call may take `most` seconds; `first` is the number of the first one.
    Raises GraderProblem where the reference would go along.
    """
    return _packed(exercise, (exercise.use, calls, min(exercise.seconds, most), first))


def pack_trials(exercise: Exercise, sources: list[str], cases: list[tuple]) -> bytes:
    """Changed answers and the cases to call each of them on, for the student's process.

    Raises GraderProblem where the reference would go along.
    """
    return _packed(exercise, (exercise.use, sources, cases, TRIALS_SECONDS))


def _packed(exercise: Exercise, content: tuple) -> bytes:
    import cloudpickle

    with sent_by_value(exercise.cases):
        raw = cloudpickle.dumps(content)
    parts = [exercise.reference, *vars(exercise.reference).values()]  # of a class: its methods
    if any(part.__code__.co_code in raw for part in parts if hasattr(part, "__code__")):
        raise GraderProblem(f"{exercise.id}: the reference would travel with the calls")
    return raw


def same_case(a: tuple, b: tuple) -> bool:
    """Whether two cases have the same arguments."""
    return pickle.dumps(a) == pickle.dumps(b)
