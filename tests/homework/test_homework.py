"""The whole chain: assign, hand in, grade, gradebook, CSV, feedback, class report."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import warnings
import zipfile
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
from homework_cases.course import MARKS, QUIET, files, rows_of
from homework_cases.edit import answer, place

from lessonlib import __version__, cli
from lessonlib.homework.assign import Choices, assign
from lessonlib.homework.cohort.grade import Settings, grade
from lessonlib.homework.course import Course
from lessonlib.homework.release import solved
from lessonlib.homework.submission.grader import Grader
from lessonlib.homework.submission.submission import Submission

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = MARKS
RULE = """
def update(weight, bias, x, y):
    if y * (weight @ x + bias) < 0:
        return weight + y * x, bias + y
    return weight, bias
"""
LEAVES = "def neuron(X, weight, bias):\n    import os\n    os._exit(0)"


@pytest.fixture(scope="module")
def graded(material, namespaces):
    """A course in which a class of seven has been graded."""
    course = material / "course"
    command = [
        "assign",
        "01",
        "--course",
        str(course),
        "--lessons-folder",
        str(material / "lessons"),
    ]
    assert cli.main([*command, "--points", "01.2=5", "--due", "2027-01-31 23:59 UTC"]) == 0
    release = Course(course).homework("01").notebook()
    full = solved(release)

    def written(nb):
        nb["cells"][place(nb, "why-01-1")]["source"] = "Border pixels are almost always 0."
        return nb

    made = {
        "lovelaceada_1_91_x.ipynb": full,
        "boolegeorge_2_92_x.ipynb": release,
        "noetheremmy_LATE_3_93_x.ipynb": answer("01.2", RULE)(json.loads(json.dumps(full))),
        "hoppergrace_4_94_x.ipynb": written(json.loads(json.dumps(full))),
        "turingalan_5_95_x.ipynb": answer("01.1", "import os\nos._exit(0)")(
            json.loads(json.dumps(full))
        ),
    }
    with zipfile.ZipFile(material / "submissions.zip", "w") as archive:
        for name, tree in made.items():
            archive.writestr(name, json.dumps(tree))
        archive.writestr("gausscarl_6_96_x.ipynb", json.dumps(full)[:-400])
        archive.writestr("strangerx_9_99_x.ipynb", json.dumps(release))
    head = "Student,ID,SIS User ID,SIS Login ID,Section\n"
    names = ("Lovelace, Ada", "Boole, George", "Noether, Emmy", "Hopper, Grace", "Turing, Alan",
             "Gauss, Carl", "Euler, Leonhard")  # fmt: skip
    rows = [f'"{n}",{k},,{n.split(", ")[1].lower()},A' for k, n in enumerate(names, 1)]
    (material / "roster.csv").write_text(head + "\n".join(rows) + "\n")
    arguments = ["grade", str(course), "--submissions", str(material / "submissions.zip")]
    arguments += ["--roster", str(material / "roster.csv"), "--jobs", "2", "--quiet"]
    assert cli.main(arguments) == 0
    return course


def test_grades(graded):
    rows = rows_of(graded)
    assert list(rows) == [
        "ada",
        "george",
        "emmy",
        "grace",
        "alan",
        "carl",
        "leonhard",
        "strangerx_9",
    ]
    assert rows["ada"]["total"] == "23"
    assert rows["ada"]["maximum"] == "25"
    assert rows["ada"]["status"] == "graded"
    assert rows["ada"]["needs_manual"] == "no"
    assert rows["ada"]["name"] == "Lovelace, Ada"
    assert [rows["george"][c] for c in ("01.1", "01.6", "01.w1", "total")] == ["0"] * 4
    assert 0 < float(rows["emmy"]["01.2"]) < 5
    assert "late" in rows["emmy"]["notes"]
    assert rows["grace"]["needs_manual"] == "yes"
    assert rows["grace"]["01.w1"] == ""
    assert rows["alan"]["01.1"] == "0"
    assert rows["alan"]["01.2"] == "5"
    assert rows["carl"]["status"] == "not graded"
    assert rows["carl"]["total"] == ""
    assert "cut off" in rows["carl"]["notes"]
    assert rows["leonhard"]["status"] == "no submission"
    assert "not on the roster" in rows["strangerx_9"]["notes"]


def test_feedback_teaches_and_hides(graded):
    homework = Course(graded).homework("01")
    page = (graded / "feedback/emmy/01_sample/01_sample.html").read_text()
    sizes = r"<(style|script).*?</\1>|data:image[^\"']*| style=\"[^\"]*\""
    page = re.sub(sizes, "", page, flags=re.DOTALL)
    assert "A score of exactly 0 must count as a mistake" in page
    grader = Grader.__new__(Grader)
    grader.homework, grader.extra, grader._drawn = homework, {}, {}
    for exercise in homework.exercises():
        cases = grader._cases(exercise)
        shown = cases.shown[len(cases.public) :]
        for arguments, known in zip(cases.hidden, shown, strict=True):
            for value in () if known else arguments:
                if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 3:
                    shown = [f"{number:.4g}" for number in value.ravel()[:4]]
                    # a short one such as 0.5 may be in the lesson's own cases too
                    assert not [s for s in shown if len(s.strip("-0.")) >= 5 and s in page]
    assert "reference" not in (graded / "feedback/george/01_sample/01_sample.html").read_text()
    assert "cut off" in (graded / "feedback/carl/01_sample/01_sample.html").read_text()


def test_class_report(graded):
    text = (graded / "report_01.md").read_text()
    assert "6 graded" in text
    assert "- 1 of 6: zero counts as right. A score of exactly 0" in text
    assert "## Not graded\n\n1. Who and why is in grades_01.csv" in text
    assert "## No submission\n\n1. " in text
    rows = rows_of(graded)
    assert not [s for s, r in rows.items() if s in text or (r["name"] and r["name"] in text)]
    assert "](report_01.svg)" in text
    assert "<svg" in (graded / "report_01.svg").read_text()


def test_the_class_report_names_students_where_asked(graded):
    grade(Course(graded), "01", replace(QUIET, names=True))
    text = (graded / "report_01.md").read_text()
    assert "- carl Gauss, Carl: the notebook is cut off" in text
    assert "- leonhard" in text
    grade(Course(graded), "01", QUIET)


@mock.patch.dict(os.environ)  # Dask sets variables in our process and leaves them there
def test_a_dask_cluster_finds_the_same(graded, tmp_path):
    before, reports = (graded / "grades_01.csv").read_bytes(), reports_of(graded)
    for file in (graded / "reports/01").glob("*.json"):
        file.unlink()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from distributed import LocalCluster

        local = {"dashboard_address": None, "local_directory": str(tmp_path)}
        with LocalCluster(n_workers=2, threads_per_worker=1, **local) as cluster:
            settings = Settings(scheduler=cluster.scheduler_address, progress=False)
            outcome = grade(Course(graded), "01", settings, graded.parent / "submissions.zip")
    assert outcome.graded_now == len(reports) == 7
    assert (graded / "grades_01.csv").read_bytes() == before
    assert reports_of(graded) == reports


def reports_of(course):
    """What was found about every student, but for the seconds that it took."""
    states = (json.loads(file.read_text()) for file in sorted((course / "reports/01").glob("*")))
    return [state["report"] | {"seconds": 0} for state in states]


def test_release_is_the_same_bytes_again(graded, material, tmp_path, empty_gradebook):
    before = [files(graded / name) for name in ("release", "homework", "source")]
    choices = Choices(points={"01.2": 5.0}, lessons_folder=material / "lessons")
    assign(["01"], graded, choices)
    assert [files(graded / name) for name in ("release", "homework", "source")] == before
    filled = tmp_path / "copies"
    filled.mkdir()
    lesson = json.loads((material / "lessons/01_sample.ipynb").read_text())
    for name, tree in (("filled", solved(lesson)), ("empty", lesson)):
        (tmp_path / name).mkdir()
        shutil.copyfile(empty_gradebook, tmp_path / name / "gradebook.db")
        place_answer = next(c for c in tree["cells"] if c["id"] == "why-01-1")
        place_answer["source"] = f"An answer in words, {name}."
        (filled / "01_sample.ipynb").write_text(json.dumps(tree))
        assign(["01"], tmp_path / name, Choices(lessons_folder=filled))
    one, other = (files(tmp_path / name / "release") for name in ("filled", "empty"))
    assert one == other
    assert "solution(" not in "".join(
        json.loads(one["01_sample/01_sample.ipynb"])["cells"][-1]["source"]
    )
    made = json.loads(one["01_sample/01_sample.ipynb"])
    assert made["metadata"]["lessonlib"] == {"homework": "01", "version": __version__}


def test_starting_again_grades_nothing_twice(graded):
    before = (graded / "grades_01.csv").read_bytes()
    outcome = grade(Course(graded), "01", QUIET)
    assert outcome.graded_now == 0
    assert (graded / "grades_01.csv").read_bytes() == before


def test_regrading_one_student_touches_no_other(graded):
    csv_before = (graded / "grades_01.csv").read_bytes()
    before = files(graded, ".lock", "gradebook.db")
    times = {p: p.stat().st_mtime_ns for p in graded.rglob("*") if p.is_file()}
    outcome = grade(Course(graded), "01", Settings(jobs=1, progress=False, students=("alan",)))
    assert outcome.graded_now == 1
    after = files(graded, ".lock", "gradebook.db")
    assert (graded / "grades_01.csv").read_bytes() == csv_before
    assert set(before) == set(after)
    changed = {p for p, t in times.items() if p.stat().st_mtime_ns != t}
    own = {"alan", "grades_01.csv", "report_01.md", "report_01.svg", ".lock", "gradebook.db"}
    assert all(own & {*p.parts, p.stem} for p in changed), changed


def test_a_run_that_was_stopped_goes_on(graded):
    course, homework = Course(graded), Course(graded).homework("01")
    before = (graded / "grades_01.csv").read_bytes()
    Submission.open(course, homework, "george").state_file.unlink()  # neither graded nor recorded
    grace = Submission.open(course, homework, "grace")
    grace.keep(grace.report)  # graded, not recorded
    outcome = grade(course, "01", QUIET)
    assert outcome.graded_now == 1
    assert (graded / "grades_01.csv").read_bytes() == before
    assert Submission.open(course, homework, "grace").recorded


def test_points_given_by_hand_come_into_the_table(graded):
    from nbgrader.api import Gradebook

    course = Course(graded)
    with Gradebook(course.database, "") as gradebook:
        given = gradebook.find_grade("why-01-1", "01_sample", "01_sample", "grace")
        given.manual_score, given.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    grade(course, "01", QUIET)
    row = rows_of(graded)["grace"]
    assert (row["01.w1"], row["needs_manual"], row["total"]) == ("1.5", "no", "24.5")


def test_a_gradebook_that_differs_is_named(graded):
    from nbgrader.api import Gradebook

    course = Course(graded)
    with Gradebook(course.database, "") as gradebook:
        gradebook.find_grade("check-01-1", "01_sample", "01_sample", "george").auto_score = 2.0
        gradebook.db.commit()
    grade(course, "01", QUIET)
    assert rows_of(graded)["george"]["status"] == "not graded"
    assert "gradebook" in rows_of(graded)["george"]["notes"]
    grade(course, "01", Settings(jobs=1, progress=False, students=("george",)))
    assert rows_of(graded)["george"]["status"] == "graded"


def test_a_new_file_replaces_the_score(graded, tmp_path):
    course = Course(graded)
    (tmp_path / "ada.ipynb").write_bytes(b"{broken")
    grade(course, "01", QUIET, tmp_path)
    assert rows_of(graded)["ada"]["status"] == "not graded"
    assert rows_of(graded)["ada"]["total"] == ""
    (tmp_path / "ada.ipynb").write_text(json.dumps(solved(course.homework("01").notebook())))
    grade(course, "01", QUIET, tmp_path)
    assert rows_of(graded)["ada"]["total"] == "23"


def test_points_are_exported_by_the_command(graded, tmp_path, capsys):
    """The class list of this course is Canvas's; the export has the homework's column too."""
    head, *students = (graded / "roster.csv").read_text().splitlines()
    rows = [f"{head},01_sample (81)", "    Points Possible,,,,,20"]
    (tmp_path / "canvas.csv").write_text("\n".join([*rows, *(f"{s}," for s in students)]))
    command = ["grade", str(graded), "--quiet", "--export", "canvas"]
    assert cli.main([*command, "--gradebook", str(tmp_path / "canvas.csv")]) == 0
    assert f"to import: {graded}/export_01_canvas.csv" in capsys.readouterr().out
    made = (graded / "export_01_canvas.csv").read_text().splitlines()
    totals = {s: r["total"] for s, r in rows_of(graded).items() if r["needs_manual"] == "no"}
    assert {r.split(",")[-3]: r.split(",")[-1] for r in made[2:] if not r.endswith(",")} == {
        s: points for s, points in totals.items() if s != "strangerx_9"
    }
    assert cli.main(command) == 1
    assert "assignments there: none" in capsys.readouterr().err


@pytest.mark.slow
def test_nbgrader_and_formgrader_open_the_course(graded):
    """The course folder in a real Jupyter server: lists, gradebook, one submission's page."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    programs = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    environment = os.environ | {"JUPYTER_CONFIG_DIR": str(graded / ".jupyter"), "PATH": programs}
    extensions = {"nbgrader.server_extensions.formgrader": True, "jupyterlab": False}
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--IdentityProvider.token="]
    command.append(f"--ServerApp.jpserver_extensions={extensions}")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=graded, env=environment, **quiet)

    def get(path):
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/formgrader{path}", timeout=60
        ) as answer:
            return answer.read().decode()

    try:
        for _ in range(120):
            try:
                listed = json.loads(get("/api/assignments"))
                break
            except OSError:
                time.sleep(0.5)
        assert [a["name"] for a in listed] == ["01_sample"]
        assert listed[0]["num_submissions"] >= 6
        assert "01_sample" in get("/gradebook/01_sample/01_sample")
        held = json.loads(get("/api/submitted_notebooks/01_sample/01_sample"))
        grace = next(n for n in held if n["student"] == "grace")
        page = get(f"/submissions/{grace['id']}/")
        assert "Border pixels are almost always 0." in page
        assert "Agrees with the reference" in page
    finally:
        server.terminate()
        server.wait(20)


def test_formgraders_own_autograde_does_the_same(graded):
    """`nbgrader autograde` without a stored report grades outside the student's process too."""
    from nbgrader.converters import Autograde

    from lessonlib.homework.nbgrader import steps
    from lessonlib.homework.nbgrader.gradebook import scores

    course, homework = Course(graded), Course(graded).homework("01")
    before = scores(course, homework)["alan"]["automatic"]
    Submission.open(course, homework, "alan").state_file.unlink()
    steps.run(course, homework.name, Autograde, student="alan")
    assert scores(course, homework)["alan"]["automatic"] == before
    assert Submission.open(course, homework, "alan").report.status == "graded"
