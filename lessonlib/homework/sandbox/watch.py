"""What all processes of a submission take together, and how they are kept to it.

The system's own limits are of one process. Whoever starts sixty has sixty times as much, unless the
sum is looked at: of memory, of processor time, of threads. Who keeps many threads busy is also
handed less of the processor, so that a submission next to it has its share until the sum is over.
"""

import contextlib
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lessonlib.homework.limits import RoomLimits

# A step ends itself at its seconds, or a little later; all processes may take so much more
_MORE, _SECONDS_MORE = 1.5, 3.0
_FEW = 4  # threads at work that are not slowed down
_STEP = 1.25  # a level of `nice` divides the share of the processor by this
_LOWEST = 19
_CPU, _OF_ENDED = (11, 13), (13, 15)  # fields of `stat` after the name, in ticks
_THREADS, _BEGAN = 17, 19


@dataclass
class Watch:
    """The processes below this one, from now on.

    image   : bytes that the first of them shares with this process
    allowed : processor seconds of all together at which they are ended
    seen    : processor seconds of each process, also of those that have ended
    """

    limits: RoomLimits
    image: int = field(default_factory=lambda: anonymous_memory(os.getpid()))
    seen: dict[tuple[int, str], float] = field(default_factory=dict)
    seconds: float = 0.0
    allowed: float = math.inf

    def allow(self, seconds: float) -> None:
        """A step begins, which its own process ends at so many seconds."""
        self.allowed = self.seconds + _MORE * seconds + _SECONDS_MORE

    def is_too_much(self) -> bool:
        """Look at all of them, and slow them down where many are at work."""
        pids = below(os.getpid())
        threads = self._count(pids)
        if len(pids) > 1 or threads > 1:
            _slow_down(pids)
        return (
            self.seconds > min(self.allowed, self.limits.cpu)
            or threads > 2 * self.limits.processes  # where the system's own limit does not hold
            or _memory(pids, self.image) > self.limits.memory
        )

    def _count(self, pids: list[int]) -> int:
        """Add up the seconds; returns how many threads there are.

        Two sums, and the larger is nearer: of what each had when it was looked at last, and of what
        those that live and those that they have waited for had in the end.
        """
        lasting, threads = 0.0, 0
        for pid in pids:
            if fields := _stat(f"/proc/{pid}/stat"):
                own, ended = (_ticks(fields[slice(*part)]) for part in (_CPU, _OF_ENDED))
                self.seen[pid, fields[_BEGAN]] = own
                lasting += own + ended
                threads += int(fields[_THREADS])
        self.seconds = max(self.seconds, lasting, sum(self.seen.values()))
        return threads


def _stat(path: str) -> list[str]:
    """What the system says of a process or thread, after its name; nothing where it has ended."""
    with contextlib.suppress(OSError):
        return Path(path).read_text(errors="replace").rpartition(")")[2].split()
    return []


def _ticks(numbers: list[str]) -> float:
    return sum(map(int, numbers)) / os.sysconf("SC_CLK_TCK")


def _slow_down(pids: list[int]) -> None:
    """Give many threads at work as much of the processor as two have; nothing takes it back."""
    threads = [(int(t.name), _stat(f"{t}/stat")) for pid in pids for t in _threads(pid)]
    busy = sum(fields[:1] == ["R"] for _, fields in threads)
    if busy <= _FEW:
        return
    level = min(_LOWEST, math.ceil(math.log(busy / 2, _STEP)))
    for thread, _ in threads:
        with contextlib.suppress(OSError):
            if os.getpriority(os.PRIO_PROCESS, thread) < level:
                os.setpriority(os.PRIO_PROCESS, thread, level)


def below(root: int) -> list[int]:
    """The processes that `root` has started, and those that they have, wherever they moved."""
    found = list(_children(root))
    for pid in found:
        found += _children(pid)
    return found


def memory_of_all(root: int, image: int) -> int:
    """Bytes of all processes that `root` has started; `image` is what the first is a copy of."""
    return _memory(below(root), image)


def _memory(pids: list[int], image: int) -> int:
    if len(pids) == 1:
        return max(0, anonymous_memory(pids[0]) - image)
    return sum(map(_own_share, pids))


def _threads(pid: int) -> list[Path]:
    """Where the system describes a process: once for each thread; the first may have ended."""
    with contextlib.suppress(OSError):
        return list(Path(f"/proc/{pid}/task").iterdir())
    return []


def _children(pid: int) -> Iterator[int]:
    """The processes that a process has started; nothing where the system does not say."""
    for thread in _threads(pid):
        with contextlib.suppress(OSError):
            yield from map(int, (thread / "children").read_text().split())


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
    """The sum of these lines, as bytes, from the first thread of which the system knows them.

    A student's process names itself, with bytes of any kind: only a line feed ends a line.
    """
    for thread in _threads(pid):
        with contextlib.suppress(OSError):
            lines = (thread / file).read_bytes().decode("latin-1").split("\n")
            pairs = (line.partition(":") for line in lines)
            found = sum(int(rest.split()[0]) for name, _, rest in pairs if name in names)
            if found:
                return 1024 * found
    return 0


def end_all() -> None:
    """End every process that is left below this one (Linux)."""
    while left := list(_children(os.getpid())):
        for pid in left:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
