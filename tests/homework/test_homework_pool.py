"""Grading processes that die, hang or are interrupted: no student is lost, no process stays."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import warnings
from unittest import mock

import psutil
import pytest
from homework_cases import steps
from homework_cases.course import MARKS, homework_of

from lessonlib.homework.assign import Choices, assign
from lessonlib.homework.cohort import pool
from lessonlib.homework.cohort.pool import LOST, DaskPool, LocalPool, Task
from lessonlib.homework.limits import Limits
from lessonlib.homework.release import solved

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = [*MARKS, pytest.mark.exhaustive]


@pytest.fixture
def task():
    return Task(homework_of("00"), Limits(whole=2.0))


def files(*contents):
    return [(f"s{k}", lambda raw=raw: raw) for k, raw in enumerate(contents)]


def below(process):
    """The processes that one has started, and those that they have; multiprocessing's own aside."""
    found = [p for p in process.children(recursive=True) if p.is_running()]
    return [p for p in found if "resource_tracker" not in " ".join(p.cmdline())]


def gone(processes):
    """Whether all of these have ended, given some seconds to do it."""
    return not psutil.wait_procs(processes, timeout=10)[1]


def test_a_process_that_is_killed_costs_no_student(namespaces):
    homework = homework_of("00")
    full = json.dumps(solved(homework.notebook())).encode()
    found, killed, before = {}, [], below(psutil.Process())
    with LocalPool(Task(homework, Limits()), 2) as workers:
        for student, report in workers.run(files(*[full] * 8)):
            if not killed:  # a process with a file in hand and another one waiting
                killed = multiprocessing.active_children()[:1]
                os.kill(killed[0].pid, signal.SIGKILL)
            found[student] = report
        processes = [p for p in below(psutil.Process()) if p not in before]
    assert sorted(found) == [f"s{k}" for k in range(8)]
    assert {r.exercises[0].points for r in found.values()} == {1.0}
    assert len(processes) >= 4  # two that grade, two that are copied for students
    assert gone(processes)


def test_a_file_that_ends_every_process_is_named_and_the_others_are_graded(task, monkeypatch):
    monkeypatch.setattr(pool, "grade_file", steps.misbehave)
    given = [b"a", b"die", b"b", b"c", b"raise", b"d", b"die", b"e"]
    with LocalPool(task, 2) as workers:
        found = dict(workers.run(files(*given)))
    assert len(found) == len(given)
    assert [found[f"s{k}"].reason for k in (1, 6)] == [f"problem: {LOST}"] * 2
    assert found["s4"].reason == "problem: LookupError: a slip of the grader"
    for k in (0, 2, 3, 5, 7):
        assert found[f"s{k}"].notes == [given[k].decode(), "1"]  # and one thread each


def test_a_process_that_hangs_is_replaced(task, monkeypatch):
    monkeypatch.setattr(pool, "grade_file", steps.misbehave)
    begun = time.monotonic()
    with LocalPool(task, 1) as workers:
        found = dict(workers.run(files(b"a", b"hang", b"b")))
    assert found["s1"].reason == f"problem: {LOST}"
    assert [found[s].status for s in ("s0", "s2")] == ["graded"] * 2
    assert time.monotonic() - begun < 50


def test_the_environment_is_as_it_was_afterwards(task, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    before = dict(os.environ)
    with LocalPool(task, 1):
        assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == "1"
    assert dict(os.environ) == before


def test_no_process_runs_the_script_again_that_grades(tmp_path):
    """A script without `if __name__ == "__main__"` grades as any other."""
    script = tmp_path / "script.py"
    support = os.path.dirname(os.path.dirname(steps.__file__))
    script.write_text(f"""
import sys
sys.path.insert(0, {support!r})
print("begun")
from homework_cases import steps
from homework_cases.course import homework_of
from lessonlib.homework.cohort import pool
from lessonlib.homework.limits import Limits
pool.grade_file = steps.misbehave
with pool.LocalPool(pool.Task(homework_of("00"), Limits()), 2) as workers:
    print([r.status for _, r in workers.run([(n, n.encode) for n in "abc"])])
""")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["begun", "['graded', 'graded', 'graded']"]
    assert done.stderr == ""


def _is_prefork(process):
    try:
        return "prefork" in " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return False


@pytest.fixture
def grading(course_folder, tmp_path, material, namespaces):
    """`lessonlib grade` on a class that keeps it busy, with students' processes at work."""
    (homework,) = assign(["00"], course_folder, Choices(lessons_folder=material / "lessons"))
    slow = solved(homework.notebook())
    slow["cells"].insert(
        2, {"cell_type": "code", "id": "x", "metadata": {}, "source": "while True: pass"}
    )
    (tmp_path / "up").mkdir()
    for k in range(6):
        (tmp_path / "up" / f"s{k}.ipynb").write_text(json.dumps(slow))
    command = [sys.executable, "-m", "lessonlib", "grade", str(course_folder), "--quiet"]
    command += ["--submissions", str(tmp_path / "up"), "--jobs", "2"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = psutil.Popen(command, start_new_session=True, text=True, **pipes)
    for _ in range(600):
        started = running.children(recursive=True)
        busy = [p for p in started if _is_prefork(p)]
        if len(busy) >= 6:  # two prepared ones, each with a watcher and a student's
            break
        assert running.poll() is None, running.communicate()
        time.sleep(0.1)
    yield running, started
    for process in (running, *started):
        if process.is_running():
            process.kill()
    running.communicate()


def test_ctrl_c_leaves_no_process_and_one_line(grading):
    running, started = grading
    os.killpg(running.pid, signal.SIGINT)  # as the terminal sends it: to the whole group
    assert running.communicate(timeout=120)[1] == "lessonlib: interrupted\n"  # a busy machine
    assert running.returncode == 130
    assert gone(started)


def test_a_command_that_is_killed_leaves_no_process(grading):
    running, started = grading
    running.kill()
    running.wait(30)
    assert gone(started)


@mock.patch.dict(os.environ)  # Dask sets variables in our process and leaves them there
def test_a_dask_worker_that_is_killed_costs_no_student(tmp_path, namespaces):
    homework = homework_of("00")
    full = json.dumps(solved(homework.notebook())).encode()
    found, killed = {}, False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from distributed import LocalCluster

        local = {"dashboard_address": None, "local_directory": str(tmp_path)}
        with (
            LocalCluster(n_workers=2, threads_per_worker=1, silence_logs=50, **local) as cluster,
            DaskPool(Task(homework, Limits()), cluster.scheduler_address) as workers,
        ):
            for student, report in workers.run(files(*[full] * 6)):
                if not killed:
                    os.kill(cluster.workers[0].pid, signal.SIGKILL)
                    killed = True
                found[student] = report
    assert sorted(found) == [f"s{k}" for k in range(6)]
    assert {r.exercises[0].points for r in found.values()} == {1.0}
