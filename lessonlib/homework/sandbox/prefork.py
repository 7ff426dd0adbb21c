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
import struct
import sys
import tempfile
import time
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
from lessonlib.homework.sandbox.watch import Watch, end_all
from lessonlib.homework.sandbox.wire import STEP
from lessonlib.lessons import registry

_LOOK_SECONDS = 0.1  # between two looks at what a submission takes


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
            message, handles, _, _ = socket.recv_fds(control, 1, 2)
            if not message:
                return
            _start(control, handles, shell, view, settings["trusted"])


def _start(
    control: socket.socket, handles: list[int], shell: Any, view: View, trusted: bool
) -> None:
    """A process for one request, which it reads itself: the next copies know nothing of it."""
    if os.fork() == 0:
        try:
            control.close()
            connection, leash = (socket.socket(fileno=h) for h in handles)
            _supervise(connection, leash, _request(leash), shell, view, trusted)
        finally:
            os._exit(0)
    for handle in handles:
        os.close(handle)


def _request(leash: socket.socket) -> dict[str, Any]:
    """What is to be run. Raises ConnectionError where the grader has gone."""
    length = int.from_bytes(leash.recv(8, socket.MSG_WAITALL), "little")
    body = leash.recv(length, socket.MSG_WAITALL)  # and not a byte more: steps come after it
    if not body or len(body) < length:
        raise ConnectionError("half a request")
    return json.loads(body)


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
        try:
            _watch(leash, child, limits)
        except BaseException:
            os.kill(child, signal.SIGKILL)  # nobody else would end it
            raise
    except RoomError as error:
        leash.sendall(f"room {error}".encode())
    finally:
        if trusted:
            end_all()
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


def _watch(leash: socket.socket, child: int, limits: RoomLimits) -> None:
    """Wait until the child ends or the grader lets go of the leash, then report the ending.

    Where the child and all that it has started take too much, they are ended, too.
    """
    signs: list[socket.socket | int] = [leash]
    with contextlib.suppress(AttributeError, OSError):  # no such call: look again and again
        signs.append(os.pidfd_open(child))
    watch, look = Watch(limits), time.monotonic()
    while True:
        ready, _, _ = select.select(signs, [], [], _LOOK_SECONDS)
        ends = leash in ready and not _next_step(leash, watch)
        if not ends and time.monotonic() >= look:
            ends, look = watch.is_too_much(), time.monotonic() + _LOOK_SECONDS
        if ends:
            os.kill(child, signal.SIGKILL)
            ready.append(child)
        wait = 0 if set(ready) - {leash} else os.WNOHANG
        done, status, usage = os.wait4(child, wait)
        if done:
            break
    ending = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    seconds = max(watch.seconds, usage.ru_utime + usage.ru_stime)
    with contextlib.suppress(OSError):  # the grader has gone
        leash.sendall(f"ended {ending} {seconds:.3f} {usage.ru_maxrss}".encode())


def _next_step(leash: socket.socket, watch: Watch) -> bool:
    """Read how many seconds the next step may take. False: the grader has let go."""
    with contextlib.suppress(OSError, struct.error):
        watch.allow(*STEP.unpack(leash.recv(STEP.size, socket.MSG_WAITALL)))
        return True
    return False


if __name__ == "__main__":
    main()
