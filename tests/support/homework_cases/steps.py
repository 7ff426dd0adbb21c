"""Grading steps that do not behave; grading processes import them by name."""

import os
import signal
import time

from lessonlib.homework.cohort import pool
from lessonlib.homework.faults import Fault
from lessonlib.homework.model import Report


def misbehave(task, raw):
    """Do what the file says: end the process, hang, raise, or report."""
    if raw == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    if raw == b"hang":
        with pool._ended_after(task.limits.whole):
            time.sleep(60)
    if raw == b"full":
        raise Fault("the disk is full")
    if raw == b"raise":
        raise LookupError("a slip of the grader")
    return Report("graded", notes=[raw.decode(), os.environ["OMP_NUM_THREADS"]])


def begin_late(leash):
    """The first act of a process that needs a minute to come to it."""
    time.sleep(60)
    pool._begin(leash)
