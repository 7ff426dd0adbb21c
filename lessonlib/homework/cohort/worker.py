"""The grading step as a process of its own: one JSON line in, one JSON line out.

The same step runs locally and on the machines of a Dask cluster. Each thread that calls `grade_job`
keeps one such process; the process keeps one prepared copy for students' processes.
"""

import atexit
import base64
import contextlib
import json
import os
import select
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from lessonlib.homework.model import Homework, HomeworkError, Limits, Report

_LONGEST = 1800.0
_here = threading.local()
_all: list["WorkerProcess"] = []
stopping = threading.Event()  # set while the processes are being ended


def make_job(
    homework: Homework, raw: bytes, limits: Limits, hide: list[str], trusted: bool
) -> dict[str, Any]:
    """Everything the grading step needs, as plain data."""
    return {
        "homework": homework.to_json(),
        "raw": base64.b64encode(raw).decode(),
        "limits": limits.__dict__,
        "hide": hide,
        "trusted": trusted,
    }


class WorkerProcess:
    """A grading process and the way to talk to it."""

    def __init__(self) -> None:
        folder = str(Path(__file__).resolve().parents[2])
        program = f"import sys; sys.path.append({folder!r}); "
        program += "from lessonlib.homework.cohort.worker import main; main()"
        single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | single | {"LESSONLIB_PROGRESS": "off"},
            start_new_session=True,  # Ctrl-C reaches the command alone, which then ends this
        )
        _all.append(self)

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """Send a job, wait for its answer. Raises OSError where the process does not give one."""
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise OSError("the grading process has no pipes")
        stdin.write(json.dumps(job).encode() + b"\n")
        stdin.flush()
        ready, _, _ = select.select([stdout], [], [], _LONGEST)
        line = stdout.readline() if ready else b""
        if not line:
            raise OSError("the grading process gave no answer")
        return json.loads(line)

    def close(self) -> None:
        """End the process; what it started ends with it."""
        with contextlib.suppress(OSError):
            if self.process.stdin:
                self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        if self in _all:
            _all.remove(self)


def close_all() -> None:
    """End every grading process that this process has started."""
    for worker in list(_all):
        worker.close()


atexit.register(close_all)


def grade_job(job: dict[str, Any]) -> str:
    """Grade one job in this thread's process; a failing process is replaced once.

    Returns a report as JSON text. A grader that cannot work says so in `problem:` as the reason.
    """
    reason = ""
    for _ in range(2):
        if stopping.is_set():
            break
        worker = getattr(_here, "worker", None)
        if worker is None or worker.process.poll() is not None:
            worker = _here.worker = WorkerProcess()
        try:
            answer = worker.ask(job)
        except (OSError, ValueError) as error:
            reason, _here.worker = str(error), None
            worker.close()
            continue
        if "report" in answer:
            return answer["report"]
        reason = answer["problem"]
    return Report("not graded", f"problem: {reason}").to_json()


def main() -> None:
    """Answer jobs until the input ends."""
    from lessonlib.homework.sandbox.session import GraderProblem
    from lessonlib.homework.submission.grader import Grader

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    grader, made_for = None, ""
    for line in sys.stdin.buffer:
        job = json.loads(line)
        wanted = json.dumps([job[k] for k in ("homework", "limits", "hide", "trusted")])
        try:
            if grader is None or made_for != wanted or grader.zygote.process.poll() is not None:
                if grader is not None:
                    grader.close()
                limits = Limits(**job["limits"])
                homework = Homework.from_json(job["homework"])
                grader, made_for = Grader(homework, limits, job["hide"], job["trusted"]), wanted
            answer = {"report": grader.grade(base64.b64decode(job["raw"])).to_json()}
        except (GraderProblem, HomeworkError, OSError) as error:
            answer = {"problem": str(error)}
            if grader is not None:
                grader.close()
                grader = None
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    if grader is not None:
        grader.close()
