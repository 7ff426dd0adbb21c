"""The process that student processes are copies of: everything is imported once, then it forks.

It never loads an exercise's file (see border), so what it copies holds no answers. Each request
comes with two sockets: one for the student's process, one (the leash) that ends it when the grader
lets go.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from lessonlib.homework.limits import RoomLimits
from lessonlib.homework.sandbox import border, stubs, student
from lessonlib.homework.sandbox.namespaces import (
    RoomError,
    View,
    close_room,
    default_view,
    new_namespaces,
    set_limits,
    supervise_children,
)
from lessonlib.lessons import registry


def preload(modules: list[str]) -> None:
    """Import lessonlib, what the lesson's cells import but for torch, and the shell's parts."""
    border.close()
    stubs.install()
    asked = (name for name in modules if name.split(".")[0] not in stubs.STUBBED)
    shell = ("matplotlib.pyplot", "cloudpickle", "encodings.idna")
    for name in (*border.open_modules(), *asked, *shell):
        _try_import(name)
    stubs.quiet_helpers()
    registry.cards()  # kept, since the room has no file to read them from


def _try_import(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception:  # a module of the course that needs what is not installed here
        return


def main() -> None:
    """Read requests from the control socket (file descriptor 3 by convention) until it closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(sys.argv[2])
    preload(settings["modules"])
    shell = student.make_shell()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    folder = tempfile.TemporaryDirectory(prefix="homework-room-", ignore_cleanup_errors=True)
    with folder as root, contextlib.suppress(ConnectionError):  # the grader has gone
        view = default_view(root, settings["hide"])
        gc.collect()
        gc.freeze()
        control.sendall(b"r")
        while True:
            message, handles, _, _ = socket.recv_fds(control, 2**24, 2)
            if not message:
                return
            _start(control, message, handles, shell, view, settings["trusted"])


def _start(
    control: socket.socket,
    message: bytes,
    handles: list[int],
    shell: Any,
    view: View,
    trusted: bool,
) -> None:
    length = int.from_bytes(message[:8], "little")
    body = bytearray(message[8:])
    while len(body) < length:
        part = control.recv(2**20)
        if not part:
            return
        body += part
    if os.fork() == 0:
        try:
            control.close()
            _supervise(socket.socket(fileno=handles[0]), socket.socket(fileno=handles[1]),
                       json.loads(body), shell, view, trusted)  # fmt: skip
        finally:
            os._exit(0)
    for handle in handles:
        os.close(handle)


def _supervise(
    connection: socket.socket,
    leash: socket.socket,
    request: dict[str, Any],
    shell: Any,
    view: View,
    trusted: bool,
) -> None:
    """Start the student's process, end it when the leash is let go, report how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    limits = RoomLimits(**request["limits"])
    scratch = tempfile.mkdtemp(prefix="homework-work-") if trusted else ""
    try:
        if trusted:
            supervise_children()
        else:
            new_namespaces()
        child = os.fork()
        if child == 0:
            leash.close()
            _become_student(connection, request, shell, view, limits, scratch)
        connection.close()
        _watch(leash, child)
    except RoomError as error:
        leash.sendall(f"room {error}".encode())
    finally:
        if trusted:
            _end_descendants()
            shutil.rmtree(scratch, ignore_errors=True)


def _become_student(
    connection: socket.socket,
    request: dict[str, Any],
    shell: Any,
    view: View,
    limits: RoomLimits,
    scratch: str,
) -> None:
    try:
        os.setsid()
        _quiet_descriptors(connection.fileno())
        if scratch:
            os.chdir(scratch)
        else:
            close_room(view, limits)
        os.environ["HOME"] = os.environ["TMPDIR"] = os.getcwd()
        tempfile.tempdir = None
        set_limits(limits)
    except BaseException as error:
        student.Runner(connection, shell).tell(event="room", error=str(error)[:300])
        os._exit(3)
    student.enter(connection, shell, request)


def _quiet_descriptors(keep: int) -> None:
    """Standard streams go nowhere; nothing else stays open but the connection."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.closerange(3, keep)
    os.closerange(keep + 1, 4096)


def _watch(leash: socket.socket, child: int) -> None:
    """Wait until the child ends or the grader lets go of the leash, then report the ending."""
    signs: list[socket.socket | int] = [leash]
    pause = None
    try:
        signs.append(os.pidfd_open(child))
    except (AttributeError, OSError):  # no such call on this system: look again and again
        pause = 0.02
    while True:
        ready, _, _ = select.select(signs, [], [], pause)
        if leash in ready:
            os.kill(child, signal.SIGKILL)
        done, status, usage = os.wait4(child, 0 if ready else os.WNOHANG)
        if done:
            break
    ending = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    report = f"ended {ending} {usage.ru_utime + usage.ru_stime:.3f} {usage.ru_maxrss}"
    with contextlib.suppress(OSError):  # the grader has gone
        leash.sendall(report.encode())


def _end_descendants() -> None:
    """End every process that is left of the student's, wherever it moved itself (Linux)."""
    here = Path(f"/proc/self/task/{os.getpid()}/children")
    while here.exists():
        left = here.read_text().split()
        if not left:
            return
        for pid in map(int, left):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
