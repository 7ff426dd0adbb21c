"""Run the grading step for many submissions: threads here, or a Dask cluster elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any

from lessonlib.homework.model import Report
from lessonlib.homework.worker import close_all, grade_job, stopping

Job = tuple[str, Callable[[], dict[str, Any]]]


def run_local(jobs: Iterable[Job], workers: int) -> Iterator[tuple[str, Report]]:
    """Grade on this machine, `workers` at a time, and give reports as they come.

    Only as many submissions as there are workers are held in memory.
    """
    queue = iter(jobs)
    executor = ThreadPoolExecutor(workers)
    running: dict[Any, str] = {}
    try:
        while True:
            while len(running) < workers + 1 and (job := next(queue, None)):
                running[executor.submit(grade_job, job[1]())] = job[0]
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), Report.from_json(future.result())
    finally:
        stopping.set()
        executor.shutdown(wait=False, cancel_futures=True)
        close_all()
        executor.shutdown()
        stopping.clear()


def run_dask(jobs: Iterable[Job], address: str) -> Iterator[tuple[str, Report]]:
    """Grade on the workers of a Dask cluster whose scheduler listens at `address`."""
    from distributed import Client, as_completed

    with Client(address, set_as_default=False) as client:
        queue = iter(jobs)
        room = 2 * max(1, sum(client.nthreads().values()))
        names: dict[str, str] = {}

        def submit() -> Any:
            job = next(queue, None)
            if job is None:
                return None
            future = client.submit(grade_job, job[1](), pure=False, retries=1)
            names[future.key] = job[0]
            return future

        first = [f for f in (submit() for _ in range(room)) if f is not None]
        line = as_completed(first)
        for future in line:
            yield names.pop(future.key), Report.from_json(future.result())
            future.release()
            following = submit()
            if following is not None:
                line.add(following)
