"""The grader's side of the student's process: start it, listen to it, end it in time."""

import contextlib
import json
import math
import os
import re
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
    TRIAL_SECONDS,
    TRIALS_SECONDS,
    Limits,
    TimeLeft,
)
from lessonlib.homework.sandbox import messages, wire
from lessonlib.homework.sandbox.border import sent_by_value
from lessonlib.homework.sandbox.namespaces import within_view
from lessonlib.homework.sandbox.student import TIME_IS_OVER

_MOST_BYTES = 128 * 2**20  # of all messages of a run
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
    over: bool = False  # nothing was run: the submission's time was over
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    stopped: bool = False  # the grader had to end it
    refused: str = ""  # why the grader does not listen any longer
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
        told = {"modules": modules, "hide": within_view(hide), "trusted": trusted}
        settings = json.dumps(told)
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
            error = re.search(r"\[Errno (\d+)\] (.*)", text)  # no code of a student has run yet
            cause = OSError(int(error[1]), error[2]) if error else None
            raise GraderProblem(
                f"the student's process could not be prepared: {text[-400:]}"
            ) from cause

    @property
    def alive(self) -> bool:
        """Whether the process is there to be copied."""
        return self.process.poll() is None

    def start(self, request: dict[str, Any]) -> tuple[socket.socket, socket.socket]:
        """A new student's process for one request: (connection, leash).

        The request is read by the new process: the one that is copied never holds a submission.
        """
        connection, far_connection = socket.socketpair()
        leash, far_leash = socket.socketpair()
        body = json.dumps(request).encode()
        with far_connection, far_leash:
            handles = [far_connection.fileno(), far_leash.fileno()]
            socket.send_fds(self.control, [b"s"], handles)
        leash.settimeout(START_SECONDS)
        leash.sendall(len(body).to_bytes(8, "little") + body)
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

    def __init__(
        self, prefork: PreforkClient, limits: Limits, left: TimeLeft | None = None
    ) -> None:
        self.prefork, self.limits = prefork, limits
        self.left = left or TimeLeft.of(limits)
        self.seen = Transcript()

    def run(
        self,
        cells: list[dict[str, Any]],
        exercise: Exercise,
        payload: bytes,
        calls: int = 0,
        trials: float = 0.0,
        then: tuple[int, bytes] | None = None,
    ) -> Transcript:
        """Run the cells, hand the calls over when the answer is there, collect what comes back.

        calls  : how many calls the payload asks for
        trials : where the payload holds changed answers to call: seconds by the clock for all
        then   : how many further calls, and their payload: handed over when the others are
                 answered; what the process says then of an earlier call ends the run
        """
        seconds = {c["index"]: c["seconds"] for c in cells}
        self.case_seconds = TRIAL_SECONDS if trials else min(exercise.seconds, self.limits.call)
        self.room = _MOST_BYTES
        self.until = min(self.left.until(), time.monotonic() + (trials or math.inf))
        request = {
            "cells": cells,
            "name": exercise.name,
            "forbidden": list(exercise.forbidden),
            "limits": {"memory": self.limits.memory, "cpu": self.limits.processor_of_one},
            "trials": trials > 0,
        }
        steps = messages.Reader([c["index"] for c in cells], calls)
        connection, self.leash = self.prefork.start(request)
        with connection, self.leash:
            try:
                self._follow(connection, steps, seconds, payload)
                if then is not None and self._answered(calls):
                    self._go_on(connection, steps, seconds, then)
            except TimeoutError:
                self.seen.stopped = True
            except (wire.WireError, OSError) as error:
                self.seen.refused = str(error)
            self._end()
        self.left.spend(self.seen.seconds)
        return self.seen

    def _follow(
        self,
        connection: socket.socket,
        steps: messages.Reader,
        seconds: dict[int, float],
        payload: bytes,
    ) -> None:
        wait = SILENCE_SECONDS
        while not self.seen.finished:
            with contextlib.suppress(OSError):  # it has ended; what it said is still read
                self.leash.sendall(wire.STEP.pack(wait))
            message = self._next(connection, steps, PATIENCE * wait + self.limits.grace)
            if message is None:
                return
            wait = self._note(message, seconds)
            if isinstance(message, messages.Answer) and not self.seen.finished:
                self._hand_over(connection, payload)

    def _hand_over(self, connection: socket.socket, payload: bytes) -> None:
        connection.settimeout(PATIENCE * SILENCE_SECONDS)  # it may not read, too
        wire.send(connection, payload)

    def _answered(self, calls: int) -> bool:
        """Whether each call was answered, up to one that took too long.

        Else something would still be said of these calls by how the process ends.
        """
        if not self.seen.finished or self.seen.answer != "ready":
            return False
        for k in range(calls):
            if k not in self.seen.outcomes:
                return False
            error = self.seen.outcomes[k].error
            if isinstance(error, TimeUp | NotImplementedError | AskedToWrite):
                return isinstance(error, TimeUp)
        return True

    def _go_on(
        self,
        connection: socket.socket,
        steps: messages.Reader,
        seconds: dict[int, float],
        then: tuple[int, bytes],
    ) -> None:
        """Hand further calls over. What is wrong with a message is not told: it may name them."""
        further, payload = then
        steps.more(further)
        self.seen.finished = False
        try:
            self._hand_over(connection, payload)
            self._follow(connection, steps, seconds, payload)
        except wire.WireError:
            raise wire.WireError("what was not asked for") from None

    def _next(
        self, connection: socket.socket, steps: messages.Reader, seconds: float
    ) -> messages.Message | None:
        """The next message, or None: the process has ended. Raises TimeoutError, WireError."""
        end = min(self.until, time.monotonic() + seconds)
        if not select.select([connection], [], [], max(0.0, end - time.monotonic()))[0]:
            raise TimeoutError
        raw = wire.receive(connection, max(end, time.monotonic() + 0.5))
        if raw is None:
            return None
        self.room -= wire.weight(raw)
        if self.room < 0:
            raise wire.WireError("it has sent too much")
        return steps.read(wire.decode(raw))

    def _note(self, message: messages.Message, seconds: dict[int, float]) -> float:
        """Keep what is told. Returns the seconds until the next message."""
        seen = self.seen
        match message:
            case messages.Room():
                raise GraderProblem(f"no closed room: {message.error}")
            case messages.Begun() if seen.answer:
                return self.case_seconds
            case messages.Begun():
                seen.current = message.index
                return seconds[message.index]
            case messages.Ran():
                self._note_cell(message)
            case messages.Answer():
                seen.answer, seen.shown = message.state, message.shown
                seen.finished = seen.answer != "ready"
            case messages.Called():
                self._note_outcome(message)
            case messages.End():
                seen.finished = True
        return SILENCE_SECONDS

    def _note_cell(self, message: messages.Ran) -> None:
        self.seen.cells[message.index] = {
            "error": message.error,
            "line": message.line,
            "out": message.out,
            "err": message.err,
        }
        self._note_missing(message.missing)
        self.seen.current = None

    def _note_outcome(self, message: messages.Called) -> None:
        self.seen.outcomes[message.index] = Outcome(
            value=message.value,
            error=exception(message.error) if message.error else None,
            line=message.line,
            printed=message.printed,
            mutated=message.mutated,
        )
        self._note_missing(message.missing)

    def _note_missing(self, name: str) -> None:
        if name:
            self.seen.missing.add(name)

    def _end(self) -> None:
        """Let go of the process and read how it ended."""
        leash = self.leash
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
            ending, seconds, *_ = report[1].split()
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
