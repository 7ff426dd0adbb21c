"""`lessonlib assign --gradescope`: the archive builds, grades and answers as Gradescope says.

The folders are those of Gradescope's autograder specifications; only the programs that install are
stubs. The form of results.json is checked key by key against the same page.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from homework_cases.course import MARKS, homework_of
from homework_cases.edit import answer
from homework_cases.elsewhere import PYTHON, gradescope

from lessonlib import cli
from lessonlib.homework.autograder.gradescope import archive, results
from lessonlib.homework.autograder.once import Single
from lessonlib.homework.cohort.reports import GRADED
from lessonlib.homework.model import Graded, Report
from lessonlib.homework.release import solved

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = [*MARKS, pytest.mark.exhaustive]
VISIBLE = ("hidden", "after_due_date", "after_published", "visible")
FORMATS = ("text", "html", "simple_format", "md", "ansi")
NUMBER = (int, float)
OF_ALL = {"score": NUMBER, "execution_time": NUMBER, "output": str, "output_format": FORMATS,
          "visibility": VISIBLE, "stdout_visibility": VISIBLE, "extra_data": dict,
          "tests": list}  # fmt: skip
OF_A_TEST = {"score": NUMBER, "max_score": NUMBER, "status": ("passed", "failed"), "name": str,
             "number": str, "output": str, "output_format": FORMATS, "tags": list,
             "visibility": VISIBLE, "extra_data": dict}  # fmt: skip
ZERO = "A score of exactly 0 must count as a mistake"
WRONG = """
def update(weight, bias, x, y):
    if y * (weight @ x + bias) < 0:
        return weight + y * x, bias + y
    return weight, bias
"""


def check(tree, known):
    """Every key is documented and of its kind."""
    for name, value in tree.items():
        kind = known[name]
        if isinstance(kind, tuple) and isinstance(kind[0], str):
            assert value in kind, name
        else:
            assert isinstance(value, kind), name


def documented(tree):
    """Assert that a results.json is what Gradescope reads. Returns its tests by number."""
    check(tree, OF_ALL)
    assert "score" in tree or tree["tests"], "a score is wanted at the top or in each test"
    for test in tree["tests"]:
        check(test, OF_A_TEST)
        assert "score" in test
        assert 0 <= test["score"] <= test["max_score"]
    return {test["number"]: test for test in tree["tests"]}


@pytest.fixture(scope="module")
def homework():
    return homework_of("01", seed=11)


@pytest.fixture(scope="module")
def machine(homework, tmp_path_factory):
    """Gradescope's folders, with the image built by setup.sh."""
    root, env, log = gradescope(tmp_path_factory.mktemp("gradescope"), archive(homework))
    done = subprocess.run(["bash", str(root / "source/setup.sh")], env=env, capture_output=True,
                          text=True, cwd="/")  # fmt: skip
    assert done.returncode == 0, done.stderr
    return root, env, log.read_text().splitlines(), done.stdout


def run(machine, files, prefix=()):
    """A submission, graded. Returns (results.json or None, the process)."""
    root, env = machine[:2]
    for name in ("submission", "results"):
        shutil.rmtree(root / name)
        (root / name).mkdir()
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (root / "submission" / name).write_text(text)
    command = [*prefix, str(root / "run_autograder")]
    done = subprocess.run(command, env=env, cwd=root, capture_output=True, text=True)
    made = root / "results/results.json"
    return (json.loads(made.read_text()) if made.exists() else None), done


def test_the_image_is_built_from_the_versions_of_here_and_tested(machine, homework):
    calls, said = machine[2:]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert calls == [
        "apt-get update",
        "apt-get install -y python3 python3-venv",
        "python3 -m venv .uv",
        "python -m pip install uv",
        f"uv venv --python {version} .venv",
        "uv pip install --python .venv/bin/python -r requirements.txt -c constraints.txt",
    ]
    assert f"{homework.name}: 20 of 20 points" in said


def test_an_image_whose_reference_fails_is_not_built(homework, tmp_path):
    """A package that is not there, say: here the set-up cell asks for one."""
    tree = homework.notebook()
    next(c for c in tree["cells"] if c["id"] == "setup")["source"] = "import nowhere_at_all as np"
    broken = homework_of("01", seed=11, release=json.dumps(tree))
    root, env, _ = gradescope(tmp_path, archive(broken))
    command = ["bash", str(root / "source/setup.sh")]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert "the reference solution does not get full marks here: 01." in done.stderr


def test_points_and_the_teaching_feedback_of_each_exercise(machine, homework, namespaces):
    right = solved(homework.notebook())
    tree, done = run(machine, {"work (1).ipynb": answer("01.2", WRONG)(right), "notes.txt": "x"})
    tests = documented(tree)
    assert list(tests) == list(homework.points)
    assert {n: t["max_score"] for n, t in tests.items()} == homework.points
    assert 0 < tests["01.2"]["score"] < 2
    assert tests["01.2"]["output"].startswith(ZERO)
    assert "first difference: " in tests["01.2"]["output"]
    assert [n for n, t in tests.items() if t["status"] == "failed"] == ["01.2"]
    assert tree["stdout_visibility"] == "hidden"
    assert tree["extra_data"]["closed_room"] is True
    assert "Graded by hand, not in these points: 01.w1" in tree["output"]
    assert "WARNING" not in done.stdout


def test_a_closed_room_shows_nothing_of_the_grader(machine, homework, namespaces):
    """What a submission would like to read: the seed, the reference, the files, the results."""
    root = machine[0]
    look = f"""
def neuron(X, weight, bias):
    import os
    there = [os.path.join(f, n) for f, _, names in os.walk({str(root)!r}) for n in names]
    bad = [p for p in there if "/_data/" not in p and "/.venv/" not in p]
    assert not bad, bad
    return (X @ weight + bias >= 0) * 2.0 - 1.0
"""
    tree, _ = run(machine, {"a.ipynb": answer("01.1", look)(solved(homework.notebook()))})
    assert "AssertionError" not in documented(tree)["01.1"]["output"]
    spied = look.replace("assert not bad, bad", "assert there == 0, there[:1]")
    tree, _ = run(machine, {"a.ipynb": answer("01.1", spied)(solved(homework.notebook()))})
    assert "AssertionError" in documented(tree)["01.1"]["output"], "the look is noticed"


def test_what_cannot_be_graded_is_said_in_words(machine, homework):
    cut = json.dumps(solved(homework.notebook()))[:-300]
    for files, words in (({"a.ipynb": cut}, "cut off"), ({}, "no file"), ({"a.txt": "x"}, "")):
        tree, done = run(machine, files)
        assert done.returncode == 0, done.stderr
        assert documented(tree) == {}
        assert tree["score"] == 0
        assert "Not graded: " in tree["output"]
        assert words in tree["output"]
        assert "Hand in again" in tree["output"]


def test_where_the_container_allows_no_closed_room_it_grades_and_says_so(machine, homework):
    """Really: within a namespace in which no other may be made, as in Docker by default."""
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0"'
    prefix = ["unshare", "-r", "sh", "-c", forbid]
    if subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("this system allows no namespace in which namespaces are forbidden")
    tree, done = run(
        machine, {"a.ipynb": answer("01.2", WRONG)(solved(homework.notebook()))}, prefix
    )
    assert documented(tree)["01.2"]["output"].startswith(ZERO)
    assert tree["extra_data"]["closed_room"] is False
    assert "WARNING: this container does not allow" in done.stdout
    assert "WARNING" not in json.dumps(tree), "students need not be told where the door is"


def test_a_grader_that_cannot_work_writes_no_score(machine):
    """Gradescope then shows that the autograder failed, and the instructor sees why."""
    root = machine[0]
    kept = (root / "source/homework.json").read_bytes()
    (root / "source/homework.json").write_text("{}")
    try:
        tree, done = run(machine, {"a.ipynb": "{}"})
    finally:
        (root / "source/homework.json").write_bytes(kept)
    assert tree is None
    assert done.returncode == 1
    assert "not a homework file" in done.stderr


def test_an_exercise_without_points_is_no_test(homework):
    graded = [Graded("01.1", "t", 0.0, 0.0, "not yet", ""), Graded("01.2", "u", 1.0, 2.0, "", "")]
    tree = results(Single(homework, Report(GRADED, exercises=graded), True))
    assert list(documented(tree)) == ["01.2"]


def test_what_a_student_wrote_is_plain_text(homework):
    graded = Graded("01.1", "t", 0.0, 2.0, "not yet", "<b>\x1b[31m", [["came back", "</pre>\x07"]])
    tree = results(Single(homework, Report(GRADED, exercises=[graded]), True))
    (test,) = documented(tree).values()
    assert test["output_format"] == "text"
    assert test["output"] == "<b>?[31m\ncame back: </pre>?"


def test_the_command_writes_the_same_archive_again(material, tmp_path, empty_gradebook, capsys):
    course = tmp_path / "course"
    course.mkdir()
    shutil.copyfile(empty_gradebook, course / "gradebook.db")
    command = ["assign", "00", "--course", str(course), "--gradescope", "--lessons-folder",
               str(material / "lessons")]  # fmt: skip
    assert cli.main(command) == 0
    said = capsys.readouterr().out
    path = course / "gradescope/00_sample/autograder.zip"
    assert f"for Gradescope: {path}" in said
    assert "no closed room" in said
    first = path.read_bytes()
    assert cli.main(command) == 0
    assert path.read_bytes() == first
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        held = json.loads(packed.read("homework.json"))
    assert names[:2] == ["setup.sh", "run_autograder"], "in the root of the archive"
    assert len(first) < 10 * 2**20
    assert held["seed"] == json.loads((course / "homework/00.json").read_text())["seed"]


@pytest.mark.network
@pytest.mark.skipif(os.name == "nt", reason="a bash script")
def test_everything_that_it_installs_is_enough(homework, tmp_path):
    """The requirements into an environment that has nothing else."""
    root, env, _ = gradescope(tmp_path, archive(homework))
    source = root / "source"
    uv = shutil.which("uv", path=os.path.dirname(sys.executable)) or shutil.which("uv")
    if uv is None:
        pytest.skip("no uv here")
    subprocess.run([uv, "venv", "--python", sys.executable, str(source / ".venv")], check=True)
    install = [uv, "pip", "install", "--python", str(source / ".venv/bin/python")]
    install += ["-r", str(source / "requirements.txt"), "-c", str(source / "constraints.txt")]
    if subprocess.run(install).returncode:
        pytest.skip("the packages cannot be fetched here")
    packages = source / ".venv/lib" / PYTHON / "site-packages"
    (packages / "neural-sparks.pth").write_text(f"{source}\n")
    tree, done = run((root, env), {"a.ipynb": solved(homework.notebook())})
    assert tree is not None, done.stderr
    assert sum(t["score"] for t in documented(tree).values()) == 20
