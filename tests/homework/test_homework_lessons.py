"""Every lesson as a homework, the command line, and what happens when grading cannot work."""

import json
import re
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from homework_cases.course import MARKS, QUIET, homework_of, rows_of
from homework_cases.edit import answer, cell_of

from lessonlib import cli
from lessonlib.exercises.judge import judge
from lessonlib.files import notebooks_folder
from lessonlib.homework.assign import Choices, assign
from lessonlib.homework.cells import grade_id_of, graded_cell_of
from lessonlib.homework.cohort.grade import grade
from lessonlib.homework.cohort.pool import LocalPool
from lessonlib.homework.course import Course
from lessonlib.homework.limits import Limits
from lessonlib.homework.model import HomeworkError, Report
from lessonlib.homework.release import solved
from lessonlib.homework.sandbox.session import Session, Transcript
from lessonlib.homework.submission.grader import Grader, extra_cases
from lessonlib.lessons.registry import exercises_of, find, lessons, questions_of

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = MARKS


def test_extra_cases_and_seed_decide(material, tmp_path):
    private = "import numpy as np\nCASES = {'00.1': [(np.array([3]), np.array([3]))] * 9}\n"
    task = find("00.1")
    drawn = []
    for seed in (5, 5, 6):
        grader = Grader.__new__(Grader)
        grader.homework, grader._drawn = homework_of("00", seed=seed, extra_cases=private), {}
        grader.extra = extra_cases(grader.homework)
        drawn.append(repr(grader._cases(task).hidden))
        own = task.cases(np.random.default_rng(seed))
        hidden = grader._cases(task).hidden  # and further ones, where many are easy
        assert [c[0].tolist() for c in hidden[len(own) :]][:9] == [[3]] * 9
        assert sum(c[0].tolist() == c[1].tolist() == [3] for c in hidden) == 9
    assert drawn[0] == drawn[1] != drawn[2]
    with pytest.raises(HomeworkError, match=r"extra cases: no exercise 99\.1 .* it has 00\.1"):
        assign(["00"], tmp_path / "c2", Choices(extra_cases="CASES = {'99.1': []}",
                                                lessons_folder=material / "lessons"))  # fmt: skip
    with pytest.raises(HomeworkError, match="extra cases: SyntaxError"):
        extra_cases(homework_of("00", extra_cases="CASES ="))
    assert not (tmp_path / "c2").exists()


def test_what_cannot_be_done_is_said_in_one_line(material, course_folder, tmp_path, capsys):
    lessons_option = ["--lessons-folder", str(material / "lessons")]
    for arguments, words in (
        (["assign", "77", "--course", str(course_folder), *lessons_option],
         f"no lesson '77' in {material / 'lessons'}; there are 00, 01"),
        (["assign", "00", "--course", str(course_folder), "--points", "00.9=2", *lessons_option],
         "points for '00.9': the lesson has 00.1"),
        (["assign", "00", "--course", str(course_folder), "--points", "01.1=2", *lessons_option],
         "points for '01.1': its lesson is not among those assigned: 00"),
        (["guide", "77"], "no lesson '77'; there are 00, 01, 02"),
        (["assign", "00", "--course", str(course_folder), "--points", "x", *lessons_option],
         "ID=POINTS"),
        (["grade", str(tmp_path)], "no course folder"),
    ):  # fmt: skip
        assert cli.main(arguments) == 1
        assert words in capsys.readouterr().err
    assert cli.main(["assign", "00", "01", "--course", str(course_folder), *lessons_option]) == 0
    assert cli.main(["grade", str(course_folder)]) == 1
    assert "--lesson is needed; assigned: 00, 01" in capsys.readouterr().err
    assert cli.main(["grade", str(course_folder), "--lesson", "77"]) == 1
    assert "lesson '77' is not assigned" in (said := capsys.readouterr().err)
    assert said.endswith("assigned: 00, 01\n")
    shutil.copyfile(material / "lessons/00_sample.ipynb", tmp_path / "00_a.ipynb")
    shutil.copyfile(material / "lessons/00_sample.ipynb", tmp_path / "00_b.ipynb")
    with pytest.raises(HomeworkError, match=r"more than once: 00_a.ipynb, 00_b.ipynb"):
        assign(["00"], course_folder, Choices(lessons_folder=tmp_path))


def test_without_a_closed_room_nobody_is_graded(
    material, course_folder, tmp_path, monkeypatch, capsys
):
    (homework,) = assign(["00"], course_folder, Choices(lessons_folder=material / "lessons"))
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "ada.ipynb").write_text(homework.release)
    refused = Report("not graded", "problem: no closed room: user namespace: not permitted")
    monkeypatch.setattr(LocalPool, "run", lambda self, jobs: [(n, refused) for n, _ in jobs])
    command = ["grade", str(course_folder), "--submissions", str(tmp_path / "up"), "--quiet"]
    assert cli.main(command) == 1
    assert "--trusted" in capsys.readouterr().err
    assert not (course_folder / "grades_00.csv").exists()


def test_a_given_cell_that_times_out_is_tried_again(namespaces, monkeypatch):
    homework = homework_of("00")
    grader, real, tries = Grader(homework), Session.run, []

    def late_once(self, *asked, **more):
        tries.append(1)
        if len(tries) == 1:
            return Transcript(current=-1, stopped=True)
        return real(self, *asked, **more)

    full = json.dumps(solved(homework.notebook())).encode()
    try:
        monkeypatch.setattr(Session, "run", late_once)
        report = grader.grade(full)
        assert report.exercises[0].points == 1.0
        assert len(tries) == len(report.exercises) + 1
        monkeypatch.setattr(Session, "run", lambda *a, **more: Transcript(current=-1, stopped=True))
        report = grader.grade(full)
    finally:
        grader.close()
    assert report.status == "not graded"
    assert report.reason.startswith("problem: ")  # not the student's: it is graded again
    assert "ran out of time in 3 tries" in report.reason


def test_trusted_mode_still_bounds_and_cleans_up():
    homework = homework_of("00")
    grader = Grader(homework, Limits(cell=1.0, call=0.7, grace=0.5), trusted=True)
    left = "import subprocess\nsubprocess.Popen(['sleep', '86399.75'], start_new_session=True)\n"
    loop = "def accuracy(a, b):\n    while True:\n        try:\n            while True: pass\n"
    loop += "        except BaseException: pass"
    late = "from lessonlib.lessons.l00.exercises import accuracy"
    try:
        full = grader.grade(json.dumps(solved(homework.notebook())).encode())
        assert full.exercises[0].points == 1.0
        for source in (left + loop, late):
            report = grader.grade(json.dumps(answer("00.1", source)(homework.notebook())).encode())
            assert report.exercises[0].points == 0
    finally:
        grader.close()
    for _ in range(40):
        listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
        if "sleep 86399.75" not in listing.stdout:
            return
        time.sleep(0.1)
    pytest.fail("a process was left behind")


def _lessons_with_notebook():
    return [n for n in lessons() if list(notebooks_folder().glob(f"{n}_*.ipynb"))]


@pytest.mark.parametrize("lesson", _lessons_with_notebook())
def test_every_lesson_is_a_homework(lesson, tmp_path, course_folder, namespaces):
    """Assign, hand in the reference and the untouched release, grade: full marks and zero."""
    (homework,) = assign([lesson], course_folder, Choices(seed=3))
    release = homework.notebook()
    source = json.loads(next(notebooks_folder().glob(f"{lesson}_*.ipynb")).read_text())
    ids = [
        c["metadata"]["nbgrader"]["grade_id"]
        for c in release["cells"]
        if "nbgrader" in c["metadata"]
    ]
    graded = [*exercises_of(lesson), *questions_of(lesson)]
    stubs = [grade_id_of("ex", task) for task in exercises_of(lesson)]
    assert sorted(ids) == sorted([*map(graded_cell_of, graded), *stubs])
    for exercise in exercises_of(lesson).values():
        own = grade_id_of("ex", exercise.id)
        lesson_cell = next(c for c in source["cells"] if c["id"] == own)
        assert cell_of(release, exercise.id)["source"] == "".join(lesson_cell["source"])
        if exercise.starter is not None:
            assert judge(exercise, exercise.starter).status == "not attempted"
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "full.ipynb").write_text(json.dumps(solved(release)))
    (tmp_path / "up" / "none.ipynb").write_text(homework.release)
    outcome = grade(Course(course_folder), lesson, replace(QUIET, jobs=1), tmp_path / "up")
    assert {line.status for line in outcome.table} == {"graded"}
    assert all(line.report.seconds < 4.0 for line in outcome.table)  # of processor time
    rows = rows_of(course_folder, lesson)
    points = {e.id: homework.points[e.id] for e in homework.exercises()}
    assert {k: float(rows["full"][k]) for k in points} == points
    assert float(rows["none"]["total"]) == 0.0
    assert rows["none"]["needs_manual"] == "no"
    assert all(q in rows["full"] for q in questions_of(lesson))
    for name in ("full", "none"):
        page = course_folder / "feedback" / name / homework.name / f"{homework.name}.html"
        assert "<html" in page.read_text()[:400]


@pytest.mark.parametrize("lesson", lessons())
def test_the_guide_has_everything_about_a_lesson(lesson, capsys):
    assert cli.main(["guide", lesson]) == 0
    text = capsys.readouterr().out
    for task in exercises_of(lesson).values():
        assert f"| {task.id} | {task.title}" in text
        assert all(m.message in text for m in task.mistakes)
    for question in questions_of(lesson).values():
        assert all(line in text for line in question.rubric)


def test_the_instructors_page_names_commands_that_exist(capsys):
    text = (Path(__file__).parents[2] / "INSTRUCTORS.md").read_text()
    for command in ("assign", "grade", "guide", "study"):
        assert f"lessonlib {command}" in text
        with pytest.raises(SystemExit):
            cli.main([command, "--help"])
    known = capsys.readouterr().out
    for option in re.findall(r"`(--[a-z-]+)", text):
        assert option in known


def test_an_answer_may_use_what_the_page_defines(course_folder, namespaces):
    """The set-up cell and the page's own helpers are there for an answer, as in the lesson."""
    (homework,) = assign(["08"], course_folder, Choices(seed=3))
    page = solved(homework.notebook())
    cell = cell_of(page, "08.2")
    cell["source"] = """def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c"""
    grader = Grader(homework)
    report = grader.grade(json.dumps(page).encode())
    grader.close()
    assert {g.status for g in report.exercises} == {"correct"}
