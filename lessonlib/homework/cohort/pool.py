"""Run the grading step for many submissions: threads here, or a Dask cluster elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Any, Protocol

from lessonlib.homework.cohort.worker import close_all, grade_job, stopping
from lessonlib.homework.model import Report

Job = tuple[str, Callable[[], dict[str, Any]]]


class Pool(Protocol):
    """Something that grades jobs and gives the reports as they come."""

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[str, Report]]:
        """Grade; only as many jobs as there are workers are in memory."""

    def __enter__(self) -> "Pool": ...

    def __exit__(self, *raised: Any) -> None: ...


class LocalPool:
    """Grades on this machine, `workers` at a time; their processes live as long as the pool."""

    def __init__(self, workers: int) -> None:
        self.workers, self.executor = workers, ThreadPoolExecutor(workers)

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[str, Report]]:
        """Grade; only as many jobs as there are workers are in memory."""
        queue, running = iter(jobs), {}
        while True:
            while len(running) < self.workers + 1 and (job := next(queue, None)):
                running[self.executor.submit(grade_job, job[1]())] = job[0]
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED)[0]:
                yield running.pop(future), Report.from_json(future.result())

    def __enter__(self) -> "LocalPool":
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stopping.set()
        self.executor.shutdown(wait=False, cancel_futures=True)
        close_all()
        self.executor.shutdown()
        stopping.clear()


class DaskPool:
    """Grades on the workers of a Dask cluster whose scheduler listens at `address`."""

    def __init__(self, address: str) -> None:
        from distributed import Client

        self.client = Client(address, set_as_default=False)

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[str, Report]]:
        """Grade; only twice as many jobs as there are workers are on their way."""
        from distributed import as_completed

        queue, names = iter(jobs), {}
        room = 2 * max(1, sum(self.client.nthreads().values()))

        def submit() -> Any:
            job = next(queue, None)
            if job is None:
                return None
            future = self.client.submit(grade_job, job[1](), pure=False, retries=1)
            names[future.key] = job[0]
            return future

        first = [f for f in (submit() for _ in range(room)) if f is not None]
        line = as_completed(first, loop=self.client.loop)
        for future in line:
            yield names.pop(future.key), Report.from_json(future.result())
            future.release()
            following = submit()
            if following is not None:
                line.add(following)

    def __enter__(self) -> "DaskPool":
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
