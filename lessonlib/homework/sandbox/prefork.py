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

_LOOK_SECONDS = 0.1  # between two looks at the memory of a submission


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
    with leash.makefile("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        body = stream.read(length)
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
        _watch(leash, child, limits.memory)
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


def _watch(leash: socket.socket, child: int, memory: int) -> None:
    """Wait until the child ends or the grader lets go of the leash, then report the ending.

    memory : bytes; where the child and all that it has started take more, they are ended
    """
    signs: list[socket.socket | int] = [leash]
    with contextlib.suppress(AttributeError, OSError):  # no such call: look again and again
        signs.append(os.pidfd_open(child))
    own = anonymous_memory(os.getpid())  # the copied image, which all of them share
    while True:
        ready, _, _ = select.select(signs, [], [], _LOOK_SECONDS)
        if leash in ready or memory_of_all(os.getpid(), own) > memory:
            os.kill(child, signal.SIGKILL)
            ready.append(child)
        done, status, usage = os.wait4(child, 0 if ready else os.WNOHANG)
        if done:
            break
    ending = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    report = f"ended {ending} {usage.ru_utime + usage.ru_stime:.3f} {usage.ru_maxrss}"
    with contextlib.suppress(OSError):  # the grader has gone
        leash.sendall(report.encode())


def memory_of_all(root: int, image: int) -> int:
    """Bytes of all processes that `root` has started; `image` is what the first is a copy of."""
    left, found = _children(root), []
    while left:
        found.append(left.pop())
        left += _children(found[-1])
    if len(found) == 1:
        return max(0, anonymous_memory(found[0]) - image)
    return sum(map(_own_share, found))


def _threads(pid: int) -> list[Path]:
    """Where the system describes a process: once for each thread; the first may have ended."""
    with contextlib.suppress(OSError):
        return list(Path(f"/proc/{pid}/task").iterdir())
    return []


def _children(pid: int) -> list[int]:
    """The processes that a process has started; nothing where the system does not say."""
    found: list[int] = []
    for thread in _threads(pid):
        with contextlib.suppress(OSError):
            found += map(int, (thread / "children").read_text().split())
    return found


def _own_share(pid: int) -> int:
    """Bytes of one of several processes: what it shares with others is divided among them.

    All of it counts where that cannot be read: the process has seen to that itself.
    """
    parts = ("Pss_Anon", "Pss_Shmem", "SwapPss")
    return _kilobytes(pid, "smaps_rollup", *parts) or anonymous_memory(pid)


def anonymous_memory(pid: int) -> int:
    """Bytes of memory that no file is behind; 0 where the system does not say (Linux says)."""
    return _kilobytes(pid, "status", "RssAnon", "RssShmem", "VmSwap")


def _kilobytes(pid: int, file: str, *names: str) -> int:
    """The sum of these lines, as bytes, from the first thread of which the system knows them."""
    for thread in _threads(pid):
        with contextlib.suppress(OSError):
            lines = (line.split() for line in (thread / file).read_text().splitlines())
            found = sum(int(words[1]) for words in lines if words[0].rstrip(":") in names)
            if found:
                return 1024 * found
    return 0


def _end_descendants() -> None:
    """End every process that is left of the student's, wherever it moved itself (Linux)."""
    while left := _children(os.getpid()):
        for pid in left:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
