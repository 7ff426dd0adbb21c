"""Nobody stops the class: whatever a student's process sends costs that student's part alone."""

import copy
import json
import time
import warnings
from dataclasses import asdict, replace

import pytest
from homework_cases import hostile
from homework_cases.course import MARKS, QUIET, homework_of, rows_of
from homework_cases.edit import FULL, Case, answer, code, place
from homework_cases.sample import lesson_notebook

from lessonlib.homework.assign import Choices, assign
from lessonlib.homework.cohort.grade import grade
from lessonlib.homework.course import Course
from lessonlib.homework.limits import Limits
from lessonlib.homework.release import release_of, solved
from lessonlib.homework.submission.grader import Grader

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = [*MARKS, pytest.mark.exhaustive]
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
    assert [g.points for g in report.exercises] == [0.0] * len(FULL)
    assert "whole submission was over" in report.exercises[-1].message


@pytest.mark.parametrize("body", ["while True: pass", "import os; os._exit(3)"])
def test_a_given_cell_that_calls_an_answer_costs_that_exercise_alone(namespaces, body):
    """The other one needs a name of a given cell, so that all of these run."""
    notebook = lesson_notebook("01")
    calls = code("shown = neuron(np.ones((2, 2)), np.ones(2), 0.0)", "calls")
    notebook["cells"].insert(place(notebook, "check-01-1") + 1, calls)
    release = json.dumps(release_of(notebook, "01", {}))
    made = Grader(homework_of("01", points=TWO, release=release), replace(QUICK, given=1.0))
    right = "def update(weight, bias, x, y):\n    if y * (weight @ x + bias) <= offsets[0]:\n"
    right += "        return weight + y * x, bias + y\n    return weight, bias"
    tree = solved(made.homework.notebook())
    answer("01.1", f"def neuron(X, weight, bias):\n    {body}")(tree)
    try:
        report = made.grade(json.dumps(answer("01.2", right)(tree)).encode())
    finally:
        made.close()
    assert (report.status, report.reason) == ("graded", "")
    assert [g.points for g in report.exercises] == [0.0, 2.0]


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


def test_no_warning_about_a_students_code_reaches_the_terminal(grader, full):
    """Its search reads the code, and a warning would show characters of it."""
    wrong = """def neuron(X, weight, bias):
    name = "\x1b[31m \\\x1b \\w"
    total = bias
    for k in range(1, len(weight)):
        total = total + X[:, k] * weight[k]
    return np.where(total > 0, 1, -1)"""
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        report = grader.grade(Case("a warning", answer("01.1", wrong)).raw(full))
    assert report.exercises[0].points < 2
    assert shown == []


def test_judging_has_a_limit_of_its_own(grader, full, monkeypatch):
    """A value may be of a kind that a property takes hours for."""

    def busy(exercise, seen, score=grader._score):
        while exercise.id == "01.1":
            pass
        return score(exercise, seen)

    monkeypatch.setattr(grader, "_score", busy)
    monkeypatch.setattr(grader, "limits", replace(QUICK, judging=0.5))
    report = grader.grade(json.dumps(full).encode())
    assert [g.points for g in report.exercises] == [0.0, 2.0]
    assert "TimeUp" in report.exercises[0].message


CLASS = ("a room that is none, in an answer", "one byte now and then, in an answer",
         "a number above all floats, in an answer", "half a character raised", "a long text",
         "a cell of 7 MB", "a sum of 700 terms in a cell that ends")  # fmt: skip


def test_a_class_with_hostile_files_is_graded_in_one_go(
    course_folder, tmp_path, material, namespaces
):
    choices = Choices(lessons_folder=material / "lessons")
    (homework,) = assign(["01"], course_folder, choices)
    full = solved(homework.notebook())
    (tmp_path / "up").mkdir()
    hostile_files = [c for c in hostile.CASES if c.name in CLASS]
    assert len(hostile_files) == len(CLASS)
    for k, case in enumerate(hostile_files):
        (tmp_path / "up" / f"s{k}.ipynb").write_bytes(case.raw(full))
    (tmp_path / "up" / "x0.zip").write_bytes(b"PK\x03\x04 no zip")
    (tmp_path / "up" / "x1.ipynb").write_bytes(b'{"cells": [' + b"{}," * 9_000_000 + b"{}]}")
    (tmp_path / "up" / "emmy.ipynb").write_text(json.dumps(full))
    (tmp_path / "roster.csv").write_text(
        "student_id\nx0\nx1\nemmy\n" + "".join(f"s{k}\n" for k in range(len(CLASS)))
    )
    outcome = grade(Course(course_folder), "01", QUIET, tmp_path / "up", tmp_path / "roster.csv")
    assert len(outcome.table) == len(CLASS) + 3
    rows = rows_of(course_folder)
    assert {rows[f"s{k}"]["status"] for k in range(len(CLASS))} == {"graded"}
    assert [rows[s]["status"] for s in ("x0", "x1", "emmy")] == ["not graded"] * 2 + ["graded"]
    assert rows["emmy"]["01.1"] == rows["s0"]["01.2"] == "2"
    assert "damaged" in rows["x0"]["notes"]
    assert "parts" in rows["x1"]["notes"]
