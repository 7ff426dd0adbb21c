"""What is known about a student's file: kept in one file, whole or not at all, for years."""

import json
from pathlib import Path
from unittest import mock

import pytest
from homework_cases.course import MARKS, homework_of

from lessonlib.homework import preprocessors
from lessonlib.homework.course import CONFIG, Course
from lessonlib.homework.model import Graded, Report
from lessonlib.homework.submission.submission import Submission, submissions

pytestmark = MARKS
REPORT = Report(
    "graded",
    notes=["a byte order mark was removed"],
    exercises=[Graded("00.1", "t", 1.0, 1.0, "correct", "m", [["called", "f()"]], None)],
    cells={"3": {"text": "x", "error": ""}},
    seconds=0.5,
)


@pytest.fixture
def course(tmp_path):
    (tmp_path / "course.json").write_text("{}")
    return Course(tmp_path)


@pytest.fixture
def homework():
    return homework_of("00")


@pytest.fixture
def ada(course, homework):
    """A submission that is graded and recorded."""
    made = Submission(course, homework, "ada@x.org")
    made.take_in(b"file", ["2 files handed in; a.ipynb was graded"], "")
    made.keep(REPORT, recorded=True)
    return made


def test_everything_is_there_again(ada, course, homework):
    again = Submission.open(course, homework, "ada@x.org")
    assert again == ada
    assert again.read() == b"file"
    assert again.outcome() == REPORT
    assert not again.is_open
    assert [p.name for p in ada.state_file.parent.iterdir()] == ["ada@x.org.json"]
    assert list(submissions(course, homework)) == [ada]


def test_a_new_file_or_another_homework_is_not_what_was_graded(ada, course, homework):
    for other in (homework_of("00", seed=8), homework_of("00", points={"00.1": 9.0})):
        known = Submission.open(course, other, "ada@x.org")
        assert (known.report, known.recorded, known.notes) == (None, False, ada.notes)
        assert known.outcome().reason == "problem: grading has not come to it"
    ada.take_in(b"file", ["the same again"], "")
    assert ada.report is REPORT
    ada.file.write_bytes(b"changed by hand")
    assert Submission.open(course, homework, "ada@x.org").is_open
    ada.take_in(b"another", [], "")
    assert (ada.report, ada.recorded, ada.read()) == (None, False, b"another")


def test_a_file_that_was_refused_is_a_reason_until_there_is_one(ada, course, homework):
    ada.take_in(None, [], "work.zip: encrypted")
    known = Submission.open(course, homework, "ada@x.org")
    assert known.outcome() == Report("not graded", "work.zip: encrypted")
    assert not known.file.exists()
    assert list(submissions(course, homework)) == [known]
    kept = course.root / "replaced" / "ada@x.org" / homework.name / f"{homework.name}.ipynb"
    assert kept.read_bytes() == b"file"  # it may be the only copy that there is
    known.take_in(b"file", [], "")
    assert Submission.open(course, homework, "ada@x.org").problem == ""
    known.file.unlink()  # neither a file nor a reason: there is no submission
    assert list(submissions(course, homework)) == []


def first_edition(submission):
    """Keep a submission as the first edition did: in three files."""
    state = json.loads(submission.state_file.read_text())
    intake = {"notes": state["notes"], "problem": state["problem"]}
    submission.state_file.with_suffix(".intake").write_text(json.dumps(intake))
    submission.state_file.unlink()
    if state["report"]:
        tree = {"key": state["key"], "report": json.dumps(state["report"])}
        submission.state_file.write_text(json.dumps(tree))
    if state["recorded"]:
        submission.state_file.with_suffix(".recorded").write_text(state["key"])


def test_the_three_files_of_the_first_edition_are_read_and_then_one(ada, course, homework):
    refused = Submission(course, homework, "emmy")
    refused.take_in(None, [], "empty zip")
    for one in (ada, refused):
        first_edition(one)
    assert len(list(ada.state_file.parent.iterdir())) == 4
    assert list(submissions(course, homework)) == [ada, refused]
    ada.keep(ada.report, recorded=True)
    refused.take_in(b"file", [], "")
    names = sorted(p.name for p in ada.state_file.parent.iterdir())
    assert names == ["ada@x.org.json", "emmy.json"]
    assert Submission.open(course, homework, "ada@x.org") == ada


@pytest.mark.parametrize("ending", [".json", ".recorded", ".intake"])
@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"key": 3, "report": "{}"}', b'{"a": 1}']
)
def test_damage_means_to_grade_again_and_never_to_crash(ada, course, homework, ending, damage):
    first_edition(ada)
    ada.state_file.with_suffix(ending).write_bytes(damage)
    (known,) = submissions(course, homework)
    assert known.report in (None, REPORT)
    assert known.is_open or ending != ".json"
    assert not known.recorded or ending == ".intake"


@pytest.mark.parametrize("damage", ['{"edition": 2}', '{"edition": 2, "report": 3}', "{", "[]"])
def test_a_damaged_state_is_no_state(ada, course, homework, damage):
    ada.state_file.write_text(damage)
    (known,) = submissions(course, homework)
    assert known.is_open
    assert not known.recorded


def test_an_interrupted_write_leaves_the_old_state(ada, course, homework, monkeypatch):
    monkeypatch.setattr("os.replace", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        ada.keep(Report("not graded", "another"))
    monkeypatch.undo()
    assert Submission.open(course, homework, "ada@x.org").report == REPORT
    assert len(list(ada.state_file.parent.iterdir())) == 1


def test_nbgraders_configuration_of_the_first_edition_finds_its_steps():
    from lessonlib.homework.nbgrader.steps import configure

    before = CONFIG.replace("lessonlib.homework.nbgrader.steps", "lessonlib.homework.preprocessors")
    space = {"get_config": dict, "__file__": "/fall/nbgrader_config.py"}
    with mock.patch("lessonlib.homework.preprocessors.configure") as called:
        exec(before, space)
    assert called.call_args.args == ({}, Path("/fall"))
    assert before != CONFIG
    assert preprocessors.configure is configure
