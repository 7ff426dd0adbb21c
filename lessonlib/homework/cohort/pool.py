"""Grade many files at once: in processes here, or on the workers of a Dask cluster.

Both are executors of the standard library's form. A grading process keeps one prepared grader; when
a process is lost, its file and those that were waiting with it are graded again.
"""

import atexit
import contextlib
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import active_children, get_context
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any, Protocol

from lessonlib.exercises.call import TimeUp
from lessonlib.homework.faults import Fault, fault_of
from lessonlib.homework.isolation import isolated
from lessonlib.homework.limits import Limits
from lessonlib.homework.model import Homework, HomeworkError, Report
from lessonlib.homework.sandbox.session import ONE_THREAD, GraderProblem
from lessonlib.homework.submission.grader import Grader

Job = tuple[str, Callable[[], bytes]]  # whose file, and how to read it when its turn comes
LOST = "the grading process gave no answer"


@dataclass(frozen=True)
class Task:
    """What a grading process needs to know in addition to the file."""

    homework: Homework
    limits: Limits
    hide: tuple[str, ...] = ()
    trusted: bool = False


# ---- in a grading process ------------------------------------------------------------------------

_kept: dict[str, tuple[Task, Grader]] = {}  # the prepared grader, one at most
_one_at_a_time = threading.Lock()  # the threads of a Dask worker share one process


def grade_file(task: Task, raw: bytes) -> Report:
    """Grade one file in this process. A grader that cannot work is replaced once, then says why.

    Raises Fault where the machine is the reason.
    """
    report = Report.problem(LOST)
    with _one_at_a_time, _ended_after(task.limits.whole):
        for _ in range(2):
            try:
                return _grader_for(task).grade(raw)
            except (GraderProblem, HomeworkError, OSError) as error:
                close_grader()
                if fault := fault_of(error):
                    raise fault from error
                report = Report.problem(error)
    return report


def _grader_for(task: Task) -> Grader:
    made_for, grader = _kept.get("grader", (None, None))
    if grader is None or made_for != task or not grader.prefork.alive:
        close_grader()
        grader = Grader(task.homework, task.limits, list(task.hide), task.trusted)
        _kept["grader"] = task, grader
    return grader


def close_grader() -> None:
    """End what this process keeps for the next file."""
    if "grader" in _kept:
        _kept.pop("grader")[1].close()


atexit.register(close_grader)


@contextlib.contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    """End this process where grading hangs, whatever it hangs in; the pool sees to the rest."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__ or nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _begin(leash: Connection) -> None:
    """First act of a local process: leave the terminal's group, end when the leash is let go."""
    os.setsid()  # Ctrl-C reaches the command alone, which then ends this
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # and one that came earlier is dropped
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, before)
    threading.Thread(target=_end_with, args=(leash,), daemon=True).start()


def _end_with(leash: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        leash.recv_bytes()
    os._exit(1)  # students' processes see it and end too


# ---- in the command ------------------------------------------------------------------------------


class Pool(Protocol):
    """Something that grades files and gives the reports as they come."""

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[str, Report]]:
        """Grade; only about as many files as there are workers are in memory."""

    def __enter__(self) -> "Pool": ...

    def __exit__(self, *raised: Any) -> None: ...


class LocalPool:
    """Grades on this machine in `workers` processes, which live as long as the pool."""

    def __init__(self, task: Task, workers: int) -> None:
        self.task, self.workers = task, workers

    def __enter__(self) -> "LocalPool":
        self.environment = {name: os.environ.get(name) for name in ONE_THREAD}
        os.environ.update(ONE_THREAD)  # for the processes, which inherit it
        self._start()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._end()
        for name, value in self.environment.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[str, Report]]:
        """Grade; where a process is lost, its file and its neighbours' are graded again, alone."""
        lost: list[Job] = []
        for job, future in _as_completed(self._submit, jobs, self.workers + 1):
            if isinstance(future.exception(), BrokenProcessPool):
                lost.append(job)
            else:
                yield job[0], _report(future)
        for name, read in lost:  # one at a time: which of them ends its process shows now
            yield name, _report(_submitted(self._submit, (name, read)))

    def _start(self) -> None:
        self.others = {*active_children()}
        context = get_context("spawn")  # a fork would copy this process's threads and open files
        self.theirs, self.leash = context.Pipe(duplex=False)
        self.executor = ProcessPoolExecutor(self.workers, context, _begin, (self.theirs,))

    def _end(self) -> None:
        self.leash.close()  # whatever the processes are doing, they end
        self.theirs.close()
        for process in {*active_children()} - self.others:
            process.kill()  # one that is still being started does not look at the leash yet
        self.executor.shutdown(cancel_futures=True)

    def _submit(self, raw: bytes) -> Future[Report]:
        """Hand a file over, to new processes where the old ones are lost."""
        with _what_a_process_inherits():
            try:
                return self.executor.submit(grade_file, self.task, raw)
            except BrokenProcessPool:
                self._end()
                self._start()
                return self.executor.submit(grade_file, self.task, raw)


@contextlib.contextmanager
def _what_a_process_inherits() -> Iterator[None]:
    """No Ctrl-C before a process is ready for it, and no module but those of the installation.

    None runs the script again that called us.
    """
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        with _ctrl_c_waits(), isolated():
            yield
    finally:
        sys.modules["__main__"] = main


@contextlib.contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Start processes whole: a Ctrl-C comes after it, also one that another thread receives."""
    came: list[int] = []
    ours = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT)
    if ours and callable(handler):
        signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if ours and callable(handler):
            signal.signal(signal.SIGINT, handler)
    if came and callable(handler):
        handler(came[0], None)


class DaskPool:
    """Grades on the workers of a Dask cluster whose scheduler listens at `address`."""

    def __init__(self, task: Task, address: str) -> None:
        from distributed import Client

        self.task, self.client = task, Client(address, set_as_default=False)

    def __enter__(self) -> "DaskPool":
        self.executor = self.client.get_executor(pure=False, retries=1)
        return self

    def __exit__(self, *raised: Any) -> None:
        self.executor.shutdown(wait=False)
        self.client.close()

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[str, Report]]:
        """Grade; only twice as many files as there are workers are on their way."""
        room = 2 * max(1, sum(self.client.nthreads().values()))
        for job, future in _as_completed(self._submit, jobs, room):
            yield job[0], _report(future)

    def _submit(self, raw: bytes) -> Future[Report]:
        return self.executor.submit(grade_file, self.task, raw)


def _as_completed(
    submit: Callable[[bytes], Future[Report]], jobs: Iterable[Job], room: int
) -> Iterator[tuple[Job, Future[Report]]]:
    """Every job with its future when that is done; at most `room` files are on their way."""
    queue = iter(jobs)
    running: dict[Future[Report], Job] = {}
    while True:
        for job in islice(queue, room - len(running)):
            running[_submitted(submit, job)] = job
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            yield running.pop(future), future


def _submitted(submit: Callable[[bytes], Future[Report]], job: Job) -> Future[Report]:
    """Hand a file over; one that cannot be read costs its student a reason."""
    try:
        raw = job[1]()
    except OSError as error:
        unread: Future[Report] = Future()
        unread.set_result(Report.problem(f"the file could not be read ({error.strerror})"))
        return unread
    return submit(raw)


def _report(future: Future[Report]) -> Report:
    """What came of a file. A grader that fails costs this student's report, nobody else's.

    Raises Fault where the machine fails.
    """
    try:
        return future.result()
    except Fault:
        raise
    except BrokenProcessPool:
        return Report.problem(LOST)
    except (Exception, TimeUp) as error:
        return Report.problem(f"{type(error).__name__}: {error}")
