"""Helpers of the homework tests."""

import csv
import io
import json
import os

import pytest

from homework_cases.sample import lesson_notebook
from lessonlib.homework.cells import is_written
from lessonlib.homework.cohort.grade import Settings
from lessonlib.homework.limits import Limits
from lessonlib.homework.model import Homework
from lessonlib.homework.release import points_of, release_of

MARKS = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="grading needs Linux or macOS"),
]
QUIET = Settings(jobs=2, progress=False, limits=Limits(cell=2.0, call=1.0, grace=0.5))


def homework_of(lesson, **choices):
    """A homework made from the short lesson, without a course folder."""
    release = release_of(lesson_notebook(lesson), lesson, {})
    points = {k: v for k, v in points_of(release).items() if not is_written(k)}
    settled = {"version": "0", "seed": 7, "points": points, "release": json.dumps(release)}
    return Homework(lesson=lesson, name=f"{lesson}_sample", **settled | choices)


def files(folder, *skip):
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in skip
    }


def rows_of(course, lesson="01"):
    text = (course / f"grades_{lesson}.csv").read_text()
    return {row["student_id"]: row for row in csv.DictReader(io.StringIO(text))}
