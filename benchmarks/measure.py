"""Clocks and gauges. Every time is one of two taken in turns, so that what else runs hits both."""

import contextlib
import ctypes
import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

Run = Callable[[], object]


def interleaved(
    one: Run, other: Run, rounds: int, at_least: float, before: Run = lambda: None
) -> tuple[float, float]:
    """Median seconds of one call of each, over rounds of both in turns.

    at_least : seconds that each round of the faster one lasts; short calls are repeated
    before   : called before each round, outside the clock
    """
    for run in (one, other, one, other):  # caches, lazy imports, thread pools
        run()
    repeats = max(1, math.ceil(at_least / max(1e-9, min(_time(one, 1), _time(other, 1)))))
    times: dict[Run, list[float]] = {one: [], other: []}
    for i in range(rounds):
        for run in (one, other) if i % 2 == 0 else (other, one):
            before()
            times[run].append(_time(run, repeats))
    return statistics.median(times[one]), statistics.median(times[other])


def _time(run: Run, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - start) / repeats


def matmul_gflops(rounds: int, n: int = 1024) -> float:
    """Best speed of NumPy's float32 matrix product here, in 10^9 operations a second."""
    a = np.random.default_rng(0).standard_normal((n, n)).astype(np.float32)
    return 2 * n**3 / min(_time(lambda: a @ a, 1) for _ in range(rounds + 2)) / 1e9


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """k of the best fit seconds ~ sizes^k: the slope in log-log axes."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def can_measure_memory() -> bool:
    """Linux can reset a process's peak; elsewhere the peak of the imports would hide the rest."""
    return sys.platform == "linux" and hasattr(os, "fork")


def peak_megabytes(build: Callable[[bool], Run], calls: int = 3) -> float:
    """Most memory held during the calls, above what model and data hold, in 10^6 bytes.

    build : build(True) gives a small version of the run, which loads code; build(False) the run
    Measured in a fork, so that nothing an earlier workload left in the allocator is reused. The
    process that calls this should not have run anything large before.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        build(True)()
        run = build(False)
        _give_back_memory()
        before = _memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # peak := present
        for _ in range(calls):
            run()
        os.write(writer, str(_memory("VmHWM") - before).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return float(answer) * 1024 / 1e6 if answer else math.nan


def _give_back_memory() -> None:
    """Hand what was freed to the system, where the C library can: what is left is in use."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _memory(key: str) -> int:
    """A line of /proc/self/status, in kB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1])
    raise KeyError(key)
