"""Nobody stops the class: whatever a student's process sends, it costs that student's part alone."""

import copy
import json
import time
from dataclasses import asdict, replace

import pytest
from homework_cases import hostile
from homework_cases.course import MARKS, homework_of

from lessonlib.homework.limits import Limits
from lessonlib.homework.release import solved
from lessonlib.homework.submission.grader import Grader

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = MARKS
QUICK = Limits(cell=1.0, given=20.0, call=0.5, grace=0.5, memory=5 * 2**28)
TWO = {"01.1": 2.0, "01.2": 2.0}


@pytest.fixture(scope="module")
def grader(namespaces):
    made = Grader(replace(homework_of("01"), points=TWO), QUICK)
    yield made
    made.close()


@pytest.fixture(scope="module")
def full(grader):
    return solved(grader.homework.notebook())


def _named(cases):
    return [pytest.param(case, id=case.name) for case in cases]


def graded(grader, case, full):
    """The report on a case, which can be stored and shown, and costs others nothing."""
    report = grader.grade(case.raw(full))
    assert not report.reason.startswith("problem:")
    text = json.dumps(asdict(report), ensure_ascii=False).encode()
    assert len(text) < 2**20
    return report


def checked(grader, case, full):
    report = graded(grader, case, full)
    assert report.status == "graded", report.reason
    points = {g.exercise: g.points for g in report.exercises}
    assert points == TWO | case.points, [g.message for g in report.exercises]
    assert case.note in " ".join(report.notes)
    assert grader.prefork.alive


@pytest.mark.parametrize("case", _named([*hostile.MESSAGES, *hostile.VALUES]))
def test_what_a_process_sends_costs_its_own_part(grader, full, case):
    checked(grader, case, full)


@pytest.mark.slow
@pytest.mark.parametrize("case", _named(hostile.ENDLESS))
def test_what_never_ends_is_ended(grader, full, case):
    begun = time.monotonic()
    checked(grader, case, full)
    assert time.monotonic() - begun < 120


def test_a_submission_has_one_total_time(grader, full):
    """Every exercise sleeps: the limit of all together ends them, not the sum of their own."""
    grader = copy.copy(grader)
    grader.homework = homework_of("01")
    grader.limits = replace(QUICK, cell=0.01, clock=4.0)
    notebook = copy.deepcopy(full)
    for cell in notebook["cells"]:
        if cell["id"].startswith("ex-"):
            name = cell["source"].split("def ")[1].split("(")[0]
            cell["source"] = f"import time\ndef {name}(*any, **more):\n    time.sleep(10**6)"
    begun = time.monotonic()
    report = grader.grade(json.dumps(notebook).encode())
    assert time.monotonic() - begun < 20
    assert [g.points for g in report.exercises] == [0.0] * 6
    assert "whole submission was over" in report.exercises[-1].message


def test_what_the_grader_did_not_foresee_costs_one_exercise(grader, full, monkeypatch):
    def fails(exercise, seen, score=grader._score):
        if exercise.id == "01.1":
            raise LookupError("a slip")
        return score(exercise, seen)

    monkeypatch.setattr(grader, "_score", fails)
    report = grader.grade(json.dumps(full).encode())
    assert [g.points for g in report.exercises] == [0.0, 2.0]
    assert "LookupError" in report.exercises[0].message
    assert any("look at it by hand" in note for note in report.notes)
