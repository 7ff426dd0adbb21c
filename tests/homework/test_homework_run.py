"""The run itself: whatever happens to it is said in one line, nothing is lost, and it goes on."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import venv

import psutil
import pytest
from homework_cases import steps
from homework_cases.course import MARKS, QUIET, homework_of, rows_of
from homework_cases.edit import answer

from lessonlib import cli
from lessonlib.homework.assign import Choices, assign
from lessonlib.homework.cohort import archives, pool
from lessonlib.homework.cohort import grade as grading
from lessonlib.homework.cohort.grade import grade
from lessonlib.homework.course import Course
from lessonlib.homework.faults import Fault
from lessonlib.homework.limits import Limits
from lessonlib.homework.nbgrader import gradebook
from lessonlib.homework.nbgrader import steps as nbgrader_steps
from lessonlib.homework.nbgrader.gradebook import scores
from lessonlib.homework.release import solved
from lessonlib.homework.submission.submission import Submission

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = [*MARKS, pytest.mark.exhaustive]
CLASS = ("ada", "bo", "cy")
ALL = "6"  # points of lesson 00


@pytest.fixture
def course(course_folder, material):
    """A course with lesson 00, and `up/` next to it with three right files."""
    (homework,) = assign(["00"], course_folder, Choices(lessons_folder=material / "lessons"))
    (course_folder.parent / "up").mkdir()
    for student in CLASS:
        hand_in(course_folder, student, solved(homework.notebook()))
    return Course(course_folder)


@pytest.fixture
def graded(course, namespaces):
    """The same, graded."""
    grade(course, "00", QUIET, course.root.parent / "up")
    return course


def hand_in(root, student, tree):
    raw = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    (root.parent / "up" / f"{student}.ipynb").write_bytes(raw)


def command(course, *more):
    words = ["-m", "lessonlib", "grade", str(course.root), "--quiet", "--jobs", "1", *more]
    return [sys.executable, *words, "--submissions", str(course.root.parent / "up")]


def in_one_line(text, said):
    assert text.startswith("lessonlib: "), text
    assert text.count("\n") == 1, text
    assert said in text
    return text


def all_graded(course):
    rows = rows_of(course.root, "00")
    assert {s: r["notes"] for s, r in rows.items() if r["status"] != "graded"} == {}
    assert {s: (r["status"], r["total"]) for s, r in rows.items()} == dict.fromkeys(
        CLASS, ("graded", ALL)
    )
    assert set(scores(course, course.homework("00"))) == set(CLASS)


# ---- the disk and the rights ---------------------------------------------------------------------


def mounted(course, script):
    """Run a script where this process may mount; `grade` in it is the command."""
    words = " ".join(f"'{w}'" for w in command(course))
    head = f"set -u; course='{course.root}'; grade() {{ {words}; echo rc $? >&2; }}\n"
    done = subprocess.run(["unshare", "-r", "-m", "bash", "-c", head + script],
                          capture_output=True, text=True, timeout=300)  # fmt: skip
    return done.stdout, done.stderr


@pytest.mark.parametrize("left", [0, 40, 200, 400], ids=lambda k: f"{k} KB left")
def test_a_full_disk_ends_the_run_in_words_and_it_goes_on(course, namespaces, tmp_path, left):
    out, err = mounted(
        course,
        f"""
mkdir {tmp_path}/before; cp -r "$course"/. {tmp_path}/before
mount -t tmpfs -o size=8m none "$course" && cp -r {tmp_path}/before/. "$course"
head -c {left}k /dev/zero > {tmp_path}/part; cp {tmp_path}/part "$course/room"
cat /dev/zero > "$course/filler" 2>/dev/null
rm "$course/room"
grade
echo next >&2
rm "$course/filler"
grade
mkdir {tmp_path}/after; cp -r "$course"/. {tmp_path}/after
""",
    )
    full, after = err.split("next\n")
    in_one_line(full.replace("rc 1\n", ""), "the disk is full: make room on it")
    assert "start the same command again" in full
    assert after == "rc 0\n", out
    all_graded(Course(tmp_path / "after"))


def test_what_cannot_be_written_is_named(course, namespaces):
    out, err = mounted(
        course,
        """
mount --bind "$course/gradebook.db" "$course/gradebook.db"
mount -o remount,ro,bind "$course/gradebook.db"
grade
echo next >&2
umount "$course/gradebook.db"
mount --bind "$course" "$course" && mount -o remount,ro,bind "$course"
cd "$course"
grade
""",
    )
    first, second = err.split("next\n")
    in_one_line(first.replace("rc 1\n", ""), "gradebook.db cannot be read or written")
    in_one_line(second.replace("rc 1\n", ""), "cannot be read or written")
    assert out == ""
    grade(course, "00", QUIET, course.root.parent / "up")
    all_graded(course)


def test_no_place_for_temporary_files_is_the_machines_fault(monkeypatch, namespaces):
    from lessonlib.homework.sandbox import session

    lost = session._PROGRAM.replace("main()", "raise OSError(28, 'No space left on device')")
    monkeypatch.setattr(session, "_PROGRAM", lost)
    monkeypatch.setattr(pool, "_kept", {})
    with pytest.raises(Fault, match="the disk is full"):
        pool.grade_file(pool.Task(homework_of("00"), Limits()), b"{}")


def test_a_disk_that_is_full_for_a_grading_process_costs_no_student(course, monkeypatch):
    monkeypatch.setattr(pool, "grade_file", steps.misbehave)
    with (
        pool.LocalPool(pool.Task(homework_of("00"), Limits()), 1) as workers,
        pytest.raises(Fault, match="the disk is full"),
    ):
        list(workers.run([("ada", lambda: b"full")]))


# ---- the gradebook -------------------------------------------------------------------------------


@pytest.fixture
def locked(course):
    """A function that locks the gradebook for some seconds."""
    file = course.root / "gradebook.db"
    other = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    waiting = []

    def lock(seconds):
        other.execute("BEGIN EXCLUSIVE")
        waiting.append(threading.Timer(seconds, other.rollback))
        waiting[-1].start()

    yield lock
    for timer in waiting:
        timer.join()
    other.close()


def test_a_gradebook_that_is_locked_for_a_while_is_waited_for(course, locked, namespaces):
    locked(9.0)  # above the five seconds that SQLite waits by itself
    outcome = grade(course, "00", QUIET, course.root.parent / "up")
    assert outcome.graded_now == 3
    all_graded(course)


def test_a_lock_that_comes_in_the_middle_is_waited_for(course, locked, namespaces, monkeypatch):
    def then_locked(submission, record=grading.record):
        if submission.student == "ada":
            locked(8.0)
        record(submission)

    monkeypatch.setattr(grading, "record", then_locked)
    grade(course, "00", QUIET, course.root.parent / "up")
    all_graded(course)


def test_a_lock_without_end_is_said_and_the_run_goes_on_later(
    course, locked, namespaces, monkeypatch, capsys
):
    for module in (gradebook, nbgrader_steps):
        monkeypatch.setattr(module, "LOCK_SECONDS", 0.3)
    arguments = command(course)[3:]
    locked(3.0)
    assert cli.main(arguments) == 1
    in_one_line(capsys.readouterr().err, "gradebook.db is locked by another program: close it")

    def then_locked(submission, record=grading.record):
        locked(3.0)
        record(submission)

    time.sleep(3.1)
    monkeypatch.setattr(grading, "record", then_locked)
    assert cli.main(arguments) == 1
    in_one_line(capsys.readouterr().err, "gradebook.db is locked by another program: close it")
    assert not (course.root / "grades_00.csv").exists()
    monkeypatch.undo()
    time.sleep(3.1)
    assert cli.main(arguments) == 0
    all_graded(course)


DAMAGE = {
    "no database": lambda raw: b"no database at all" * 500,
    "cut off": lambda raw: raw[: len(raw) // 2],
    "a page lost": lambda raw: raw[:8192] + bytes(8192) + raw[16384:],
    "a hole": lambda raw: raw[:4096] + os.urandom(len(raw) - 4096),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_gradebook_is_named_and_its_backup_goes_on(graded, capsys, how):
    file = graded.root / "gradebook.db"
    backup = file.read_bytes()
    file.write_bytes(DAMAGE[how](backup))
    before = (graded.root / "grades_00.csv").read_bytes()
    hand_in(graded.root, "ada", b"another")
    assert cli.main(command(graded)[3:]) == 1
    in_one_line(capsys.readouterr().err, "is damaged: put back your backup of it")
    assert (graded.root / "grades_00.csv").read_bytes() == before
    file.write_bytes(backup)
    hand_in(graded.root, "ada", (graded.root.parent / "up" / "bo.ipynb").read_bytes())
    assert grade(graded, "00", QUIET, graded.root.parent / "up").graded_now == 0
    all_graded(graded)


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_a_gradebook_that_is_lost_is_filled_again(
    graded, capsys, how, empty_gradebook, monkeypatch, material
):
    file = graded.root / "gradebook.db"
    file.unlink() if how == "gone" else file.write_bytes(b"")
    assert cli.main(command(graded)[3:]) == 1
    in_one_line(capsys.readouterr().err, "lessonlib assign 00")
    shutil.copyfile(empty_gradebook, file)
    assign(["00"], graded.root, Choices(lessons_folder=material / "lessons"))
    assert grade(graded, "00", QUIET).graded_now == 0  # what was found is only recorded again
    all_graded(graded)


# ---- the files next to it ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["homework/00.json", "course.json", "roster.csv"])
@pytest.mark.parametrize("kept", [0, 0.5], ids=["empty", "cut off"])
def test_a_damaged_side_file_is_named(graded, capsys, name, kept):
    (graded.root / "roster.csv").write_text('student_id,name\nada,"Lovelace, Ada, of London"\n')
    file = graded.root / name
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * kept)])
    assert cli.main(command(graded)[3:]) == 1
    in_one_line(capsys.readouterr().err, file.name)
    file.write_bytes(whole)
    assert cli.main(command(graded)[3:]) == 0


def test_assigning_names_a_damaged_homework_and_fills_what_is_empty(course, material):
    (course.root / "course.json").write_bytes(b"")
    (course.root / "nbgrader_config.py").write_bytes(b"")
    assign(["00"], course.root, Choices(lessons_folder=material / "lessons"))
    assert course.course_id == "neural-sparks"
    assert b"configure" in (course.root / "nbgrader_config.py").read_bytes()
    course.homework_file("00").write_bytes(b"")
    with pytest.raises(Exception, match=r"00\.json is damaged"):
        assign(["00"], course.root, Choices(lessons_folder=material / "lessons"))


@pytest.mark.parametrize("text", [b"", b"2026-1", b"\xff\xfe", b"yesterday\n"])
def test_a_damaged_time_of_one_student_costs_nobody(graded, text):
    ada = Submission.open(graded, graded.homework("00"), "ada")
    ada.date("2026-10-05 13:22:00 UTC", False)
    ada.file.with_name("timestamp.txt").write_bytes(text)
    grade(graded, "00", QUIET)
    all_graded(graded)
    clock = Submission.open(graded, graded.homework("00"), "ada").file.with_name("timestamp.txt")
    assert clock.read_text() == "2026-10-05 13:22:00 UTC\n"


# ---- the terminal and the folder -----------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["ascii", "ascii:strict", "cp1252"])
def test_a_terminal_that_knows_few_letters(course, namespaces, encoding):
    hand_in(course.root, "Jörg_王", b"no notebook")
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(command(course), capture_output=True, env=environment, timeout=300)
    assert done.stderr == b""
    assert done.returncode == 0
    assert b"not graded: J" in done.stdout
    assert b"3 graded, 1 not graded" in done.stdout


def test_names_of_files_in_ascii_are_refused_in_words(course):
    environment = os.environ | {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    asked = [sys.executable, "-c", "import sys; print(sys.getfilesystemencoding())"]
    if b"utf-8" in subprocess.run(asked, capture_output=True, env=environment).stdout:
        pytest.skip("this system's names of files are in UTF-8 whatever the terminal says")
    done = subprocess.run(command(course), capture_output=True, text=True, env=environment)
    assert "PYTHONUTF8=1" in in_one_line(done.stderr, "names of files are in ascii")
    assert not (course.root / "submitted" / "ada").exists()


def test_a_course_that_is_the_current_folder_and_holds_the_environment(course, namespaces):
    """What a submission imports late is in that environment; what else is in the course is not."""
    home = course.root / ".venv"
    venv.create(home, symlinks=True)
    (site,) = home.glob("lib/python*/site-packages")
    installed = os.path.dirname(os.path.dirname(pytest.__file__))
    (site / "all.pth").write_text(f"{installed}\n{os.path.dirname(os.path.dirname(cli.__file__))}")
    (site / "late.py").write_text("right = True")
    body = solved(course.homework("00").notebook())
    source = next(c["source"] for c in body["cells"] if c["id"] == "ex-00-1")
    seen = f"import late, os\nassert not os.path.exists({str(course.root / 'gradebook.db')!r})\n"
    hand_in(course.root, "ada", answer("00.1", seen + source)(body))
    words = ["-m", "lessonlib", "grade", ".", "--submissions", "../up", "--quiet", "--jobs", "1"]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["JUPYTER_PATH"] = os.path.join(sys.prefix, "share", "jupyter")
    done = subprocess.run([home / "bin/python", *words], cwd=course.root, env=environment,
                          capture_output=True, text=True, timeout=300)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    all_graded(course)


def test_the_course_is_never_taken_for_what_was_handed_in(course, namespaces, capsys):
    """Its own notebooks are in it, one of them with all answers."""
    inside = course.root / "handed in"
    shutil.move(course.root.parent / "up", inside)
    arguments = ["grade", str(course.root), "--submissions", str(course.root), "--quiet"]
    assert cli.main(arguments) == 1
    in_one_line(capsys.readouterr().err, "is the folder of a course")
    found, refused = archives.entries(course.root.parent)
    assert not [e.path for e in found if e.path.startswith("course/")]
    assert ("course", "the folder of a course") in refused
    grade(course, "00", QUIET, inside)
    all_graded(course)


def test_a_file_that_is_refused_where_it_is_kept_is_not_lost(graded):
    """`--submissions` may be the course's own folder `submitted`."""
    file = graded.root / "submitted/bo/00_sample/00_sample.ipynb"
    whole = file.read_bytes() + b" " * (31 * 2**20)
    file.write_bytes(whole)
    grade(graded, "00", QUIET, graded.root / "submitted")
    assert rows_of(graded.root, "00")["bo"]["status"] == "not graded"
    kept = graded.root / "replaced/bo/00_sample/00_sample.ipynb"
    assert kept.read_bytes() == whole


# ---- another file, another class list ------------------------------------------------------------


def test_a_better_file_replaced_by_one_that_is_refused(graded):
    up = graded.root.parent / "up"
    (up / "ada.ipynb").unlink()
    (up / "ada.zip").write_bytes(b"PK\x03\x04 no zip")
    hand_in(graded.root, "bo", b"%PDF")
    (graded.root / "roster.csv").write_text("student_id\nada\nbo\ncy\n")
    for _ in range(2):  # it stays so
        outcome = grade(graded, "00", QUIET, up)
        rows = rows_of(graded.root, "00")
        for student, why in (("ada", "damaged"), ("bo", "other file")):
            assert (rows[student]["status"], rows[student]["total"]) == ("not graded", "")
            assert why in rows[student]["notes"]
            page = graded.root / "feedback" / student / "00_sample" / "00_sample.html"
            assert why in page.read_text()
            assert not list((graded.root / "autograded" / student).glob("*/*.ipynb"))
        assert set(scores(graded, graded.homework("00"))) == {"cy"}
        assert outcome.graded_now <= 1
    hand_in(graded.root, "bo", (up / "cy.ipynb").read_bytes())
    (up / "ada.zip").unlink()
    hand_in(graded.root, "ada", (up / "cy.ipynb").read_bytes())
    grade(graded, "00", QUIET, up)
    all_graded(graded)


ROSTER = ("Student,ID,SIS User ID,SIS Login ID,Section\n"
          '"Lovelace, Ada",4711,,ada,A\n"Li, Bo",4712,,bo,A\n"Li, Bo",4713,,cy,A\n')  # fmt: skip


@pytest.fixture
def strangers(course, namespaces):
    """Graded without a class list, from the names that Canvas gives; points given by hand."""
    from nbgrader.api import Gradebook

    up = course.root.parent / "up"
    for student, name in zip(CLASS, ("lovelaceada_4711", "libo_4712", "libo_4713"), strict=True):
        (up / f"{student}.ipynb").rename(up / f"{name}_900_x.ipynb")
    grade(course, "00", QUIET, up)
    with Gradebook(course.database, "") as book:
        given = book.find_grade("check-00-1", "00_sample", "00_sample", "lovelaceada_4711")
        given.manual_score = 0.25
        book.db.commit()
    (course.root.parent / "class.csv").write_text(ROSTER)
    return course


@pytest.mark.parametrize("again", [False, True], ids=["the list alone", "the files again"])
def test_first_without_a_class_list_then_with_one(strangers, again):
    up = strangers.root.parent / "up"
    outcome = grade(strangers, "00", QUIET, up if again else None, up.parent / "class.csv")
    assert outcome.graded_now == 0
    rows = rows_of(strangers.root, "00")
    assert {s: (r["status"], r["total"]) for s, r in rows.items()} == {
        "ada": ("graded", "5.25"), "bo": ("graded", ALL), "cy": ("graded", ALL)
    }  # fmt: skip
    assert set(scores(strangers, strangers.homework("00"))) == set(CLASS)
    for folder in ("submitted", "autograded", "feedback"):
        assert {p.name for p in (strangers.root / folder).iterdir()} == set(CLASS)
    assert {p.stem for p in (strangers.root / "reports/00").glob("[!.]*")} == set(CLASS)


def test_a_student_with_a_row_of_each_kind_gets_one(strangers):
    up = strangers.root.parent / "up"
    raw = (up / "libo_4712_900_x.ipynb").read_bytes()
    hand_in(strangers.root, "bo", raw)  # a second row, under the real id
    grade(strangers, "00", QUIET, up)
    assert len(rows_of(strangers.root, "00")) == 4
    grade(strangers, "00", QUIET, None, up.parent / "class.csv")
    rows = rows_of(strangers.root, "00")
    assert set(rows) == set(CLASS) == set(scores(strangers, strangers.homework("00")))
    assert "an earlier file is kept in replaced/libo_4712" in rows["bo"]["notes"]
    kept = strangers.root / "replaced/libo_4712/00_sample/00_sample.ipynb"
    assert kept.read_bytes() == raw


# ---- interrupted, killed -------------------------------------------------------------------------


def test_a_process_that_is_being_started_does_not_hold_the_end_up(monkeypatch):
    """Ctrl-C before a process has come to its first act: imports take long on a busy machine."""
    monkeypatch.setattr(pool, "_begin", steps.begin_late)

    def jobs():
        yield "ada", lambda: b"a"
        raise KeyboardInterrupt

    begun = time.monotonic()
    with (
        pytest.raises(KeyboardInterrupt),
        pool.LocalPool(pool.Task(homework_of("00"), Limits()), 1) as workers,
    ):
        list(workers.run(jobs()))
    assert time.monotonic() - begun < 20  # begin_late takes 60


def test_ctrl_c_while_a_process_is_started_is_one_line(course, namespaces, tmp_path):
    """It reaches the whole group: the command, and a process that is not ready for it."""
    script = tmp_path / "slow" / "sitecustomize.py"
    script.parent.mkdir()
    script.write_text(
        "import os, sys, time\n"
        "if 'spawn_main' in ' '.join(sys.orig_argv):\n"
        f"    open({str(tmp_path / 'started')!r}, 'w').close()\n"
        "    time.sleep(2)\n"
    )
    places = [str(script.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    running = subprocess.Popen(
        command(course), env=os.environ | {"PYTHONPATH": os.pathsep.join(places)}, text=True,
        start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    for _ in range(600):
        if (tmp_path / "started").exists():
            break
        time.sleep(0.1)
    os.killpg(running.pid, signal.SIGINT)
    assert running.communicate(timeout=60)[1] == "lessonlib: interrupted\n"
    assert running.returncode == 130


def test_ctrl_c_that_another_thread_receives_comes_after_the_start():
    seen = []

    def start():
        with pool._what_a_process_inherits():
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # waits, as for this thread
            other = threading.Thread(target=receive)
            other.start()
            other.join()
            seen.append("whole")

    def receive():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        start()
    assert seen == ["whole"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_was_killed_leaves_no_process_and_goes_on(course, namespaces, number):
    for k in range(4):
        hand_in(course.root, f"s{k}", (course.root.parent / "up/ada.ipynb").read_bytes())
    running = psutil.Popen(command(course), start_new_session=True, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, preexec_fn=hang_up_as_usual)  # fmt: skip
    states = course.root / "reports/00"
    for _ in range(1200):
        done = [p for p in states.glob("[!.]*") if '"recorded": true' in p.read_text()]
        if done or running.poll() is not None:
            break
        time.sleep(0.05)
    started = running.children(recursive=True)
    running.send_signal(number)
    assert b"Traceback" not in running.communicate()[1]
    assert not psutil.wait_procs(started, timeout=20)[1]
    outcome = grade(course, "00", QUIET, course.root.parent / "up")
    assert outcome.graded_now < 7
    assert {r["total"] for r in rows_of(course.root, "00").values()} == {ALL}
    assert len(outcome.table) == 7


def hang_up_as_usual():
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
