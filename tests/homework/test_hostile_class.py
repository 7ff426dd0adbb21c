"""A class, half of it hostile or broken, graded in one go: everyone is named, nobody gains.

LESSONLIB_CLASS sets its size: 60 unless it does, 500 for a run by hand.
"""

import copy
import io
import json
import os
import random
import socket
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from homework_cases import accidents, dishonest, honest, hostile, runaway
from homework_cases.course import MARKS, QUIET, rows_of
from homework_cases.edit import FULL, Case

from lessonlib.homework.assign import Choices, assign
from lessonlib.homework.cohort import grade as grading
from lessonlib.homework.course import Course
from lessonlib.homework.limits import Limits
from lessonlib.homework.nbgrader.gradebook import scores
from lessonlib.homework.release import solved

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = [*MARKS, pytest.mark.exhaustive]
SIZE = int(os.environ.get("LESSONLIB_CLASS", "60"))
QUICK = Limits(cell=1.5, given=20.0, call=0.7, grace=0.5, memory=5 * 2**28)
MEMORY = 2**30  # of the command itself, above which a class would not fit


def zipped(raw):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("work/answer.ipynb", raw)
    return buffer.getvalue()


def damaged(seed):
    """A zip with a few bytes changed: what it gives is the student's own work, or nothing."""

    def make(nb):
        raw = bytearray(zipped(json.dumps(nb).encode()))
        rng = random.Random(seed)
        for _ in range(6):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        return bytes(raw)

    return make


WELL = [c for m in (honest, accidents) for c in m.CASES if not c.points and c.status == "graded"]
BROKEN = [
    *(c for m in (honest, accidents) for c in m.CASES if c.points or c.status != "graded"),
    *dishonest.CASES, *runaway.CASES, *hostile.CASES,
    *(Case(f"a damaged zip, {k}", damaged(k), dict.fromkeys(FULL, None)) for k in range(8)),
]  # fmt: skip


def chosen(cases, count):
    """So many of them: all kinds, evenly."""
    return [cases[k * len(cases) // count if count < len(cases) else k % len(cases)]
            for k in range(count)]  # fmt: skip


@pytest.fixture
def class_of(course_folder, material, tmp_path):
    """The course, and each student's case by id."""
    (homework,) = assign(["01"], course_folder, Choices(lessons_folder=material / "lessons"))
    release = homework.notebook()
    accidents.STARTER.update(next(c for c in release["cells"] if c["id"] == "ex-01-6"))
    full = solved(release)
    cases = [*chosen(WELL, SIZE // 2), *chosen(BROKEN, SIZE - SIZE // 2)]
    random.Random(0).shuffle(cases)
    with socket.create_server(("127.0.0.1", 0)) as server:
        other = course_folder / "submitted" / "s000" / "01_sample" / "01_sample.ipynb"
        where = {"course": course_folder, "other": other, "home": Path.home()}
        dishonest.PUBLIC.update(where, port=server.getsockname()[1])
        (tmp_path / "up").mkdir()
        for k, case in enumerate(cases):
            raw = case.raw(copy.deepcopy(full))
            ending = "zip" if raw[:2] == b"PK" or "a damaged zip" in case.name else "ipynb"
            (tmp_path / "up" / f"s{k:03}.{ending}").write_bytes(raw)
        ids = "".join(f"s{k:03}\n" for k in range(SIZE))
        (tmp_path / "class.csv").write_text(f"student_id\n{ids}")
        yield Course(course_folder), {f"s{k:03}": case for k, case in enumerate(cases)}


def wrong(case, row):
    """What is wrong with a student's row; nothing where it is what the work deserves."""
    if row["status"] == "not graded":
        may = case.status == "not graded" or None in case.points.values()
        return "" if may and row["total"] == "" and row["notes"] else f"not graded: {row['notes']}"
    if case.status == "not graded":
        return "graded"
    for task, most in FULL.items():
        points, wanted = float(row[task]), case.points.get(task, most)
        fits = 0 < points < most if wanted == "part" else wanted in (points, None)
        if wanted == 0 and case in honest.CASES:  # a known mistake may earn a quarter, by the seed
            fits = points <= most / 4
        if not fits:
            return f"{task}: {points}, wanted {wanted}: {row['notes'][:200]}"
    return ""


def test_a_class_of_which_half_is_hostile(class_of, namespaces, monkeypatch, tmp_path, capsys):
    course, cases = class_of
    moments, record = [time.monotonic()], grading.record

    def noted(submission):
        record(submission)
        moments.append(time.monotonic())

    monkeypatch.setattr(grading, "record", noted)
    settings = replace(QUIET, limits=QUICK)
    before = psutil.Process().memory_info().rss
    outcome = grading.grade(course, "01", settings, tmp_path / "up", tmp_path / "class.csv")
    grown = psutil.Process().memory_info().rss - before
    rows = rows_of(course.root)
    found = {
        s: f"{case.name}: {said}" for s, case in cases.items() if (said := wrong(case, rows[s]))
    }
    with capsys.disabled():
        print(f"\n{SIZE} submissions: {outcome.seconds:.0f} s, {grown >> 20} MB")
    assert found == {}
    assert set(rows) == set(cases)
    assert grown < MEMORY
    held = scores(course, course.homework("01"))
    assert set(held) == {s for s, row in rows.items() if row["status"] == "graded"}
    for student, row in rows.items():
        page = course.root / "feedback" / student / "01_sample" / "01_sample.html"
        assert page.exists(), student
        assert row["status"] in ("graded", "not graded")
