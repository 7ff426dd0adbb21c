"""More than a hundred simulated submissions: score, status, message, and nothing else touched."""

import copy
import hashlib
import json
import os
import re
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from homework_cases import accidents, dishonest, honest, runaway
from homework_cases.edit import FULL
from homework_cases.sample import lesson_notebook

from lessonlib.homework.cells import is_written
from lessonlib.homework.limits import Limits
from lessonlib.homework.model import Homework
from lessonlib.homework.release import points_of, release_of, solved
from lessonlib.homework.sandbox.session import GraderProblem
from lessonlib.homework.submission.grader import Grader

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="grading needs Linux or macOS"),
]
QUICK = Limits(cell=1.5, given=20.0, call=0.7, grace=0.5, memory=5 * 2**28)


@pytest.fixture(scope="session")
def homework():
    release = release_of(lesson_notebook("01"), "01", {})
    points = {k: v for k, v in points_of(release).items() if not is_written(k)}
    return Homework("01", "01_sample", "0", 7, points, json.dumps(release))


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """What a submission may want to reach: a course, another submission, a listening port."""
    course = tmp_path_factory.mktemp("course")
    other = course / "submitted" / "ana" / "01_sample" / "01_sample.ipynb"
    other.parent.mkdir(parents=True)
    for path in (course / "gradebook.db", course / "grades_01.csv", other):
        path.write_text("belongs to others")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.0)
        dishonest.PUBLIC.update(
            course=course, other=other, home=Path.home(), port=server.getsockname()[1]
        )
        yield course, server


@pytest.fixture(scope="module")
def grader(homework, outside):
    os.environ["SECRET_OF_THE_GRADER"] = "1"
    try:
        made = Grader(homework, QUICK, hide=[str(outside[0])])
        made.grade(json.dumps(solved(homework.notebook())).encode())
    except GraderProblem as error:
        pytest.skip(f"this system allows no namespaces: {error}")
    yield made
    made.close()
    del os.environ["SECRET_OF_THE_GRADER"]


def fingerprint(folder):
    """Every file below a folder, with its content."""
    return {
        str(p): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(Path(folder).rglob("*"))
        if p.is_file()
    }


def check(case, report, tasks=FULL):
    assert report.status == case.status, report.reason
    if case.note:
        assert re.search(case.note, " | ".join([report.reason, *report.notes]))
    if case.status != "graded":
        assert report.exercises == []
        return
    assert {g.exercise for g in report.exercises} == set(tasks)
    for graded in report.exercises:
        wanted = case.points.get(graded.exercise, FULL[graded.exercise])
        shown = f"{graded.exercise}: {graded.points} {graded.message}"
        if wanted == "part":
            assert 0 < graded.points < FULL[graded.exercise], shown
        else:
            assert graded.points == wanted, shown
        said = case.says.get(graded.exercise, "")
        assert re.search(said, graded.message), graded.message


ALL = [
    pytest.param(case, id=f"{module.__name__.split('.')[-1]}: {case.name}")
    for module in (honest, accidents, runaway, dishonest)
    for case in module.CASES
]


def test_there_are_enough_cases_and_no_name_twice():
    names = [p.id for p in ALL]
    assert len(names) == len(set(names)) >= 60


@pytest.mark.parametrize("case", ALL)
def test_submission(case, grader, homework, outside):
    release = homework.notebook()
    starter = next(c for c in release["cells"] if c["id"] == "ex-01-6")
    accidents.STARTER.update(starter)
    course, server = outside
    before = fingerprint(course)
    library = fingerprint(Path(__file__).parents[2] / "lessonlib" / "lessons")
    if case in runaway.CASES:  # two exercises are enough to see the others spared
        grader = copy.copy(grader)
        grader.homework = replace(homework, points={"01.1": 2.0, "01.2": 2.0})
    report = grader.grade(case.raw(solved(release)))
    check(case, report, grader.homework.points)
    assert fingerprint(course) == before
    assert fingerprint(Path(__file__).parents[2] / "lessonlib" / "lessons") == library
    assert not (Path.home() / "planted").exists()
    assert not Path("/tmp/bomb").exists()
    if case.leaves:
        assert not case.leaves()
    with pytest.raises(BlockingIOError):
        server.accept()
