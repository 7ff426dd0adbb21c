"""What is in the process that runs a student's code, and what is not: the answers never are."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from homework_cases.course import MARKS

import lessonlib
from lessonlib.homework.limits import Limits
from lessonlib.homework.sandbox import border
from lessonlib.homework.sandbox.session import GraderProblem, PreforkClient, Session, pack_calls
from lessonlib.lessons.registry import exercises_of, find, lessons

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = MARKS
PACKAGE = Path(lessonlib.__file__).parent


def printed(client, source):
    """What a cell prints in a student's process."""
    cell = {"index": 0, "source": source, "seconds": 20.0, "given": False}
    seen = Session(client, Limits(grace=0.5)).run([cell], find("00.1"), b"")
    assert seen.cells[0]["error"] == [], seen.cells[0]
    return seen.cells[0]["out"]


@pytest.fixture(scope="module")
def client(namespaces):
    made = PreforkClient(["numpy", "lessonlib.explorers"], [], False)
    yield made
    made.close()


def test_nothing_of_the_answers_is_even_asked_for():
    """Every import that the prepared process tries is noted by the interpreter itself."""
    program = """
import sys
asked = set()
sys.addaudithook(lambda event, given: asked.add(given[0]) if event == "import" else None)
from lessonlib.homework.sandbox import border, prefork
prefork.preload(["numpy", "lessonlib.explorers"])
print([name for name in asked if border.holds_answers(name)], len(asked) > 500)
print([name for name in sys.modules if border.holds_answers(name)])
print([name for name in sys.modules if name.endswith((".predictions", ".scoreboard"))])
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[] True", "[]", "['lessonlib.scoreboard']"]


def test_the_border_is_not_closed_too_late(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    assert exercises_of("01")  # now they are here
    with pytest.raises(RuntimeError, match="has been imported"):
        border.close()


def test_every_module_is_on_one_side_of_the_border():
    files = {p for p in PACKAGE.rglob("*.py") if p.parts[-1] != "__main__.py"}
    names = {
        ".".join(["lessonlib", *p.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(
            ".__init__"
        )
        for p in files
    }
    hidden = {name for name in names if border.holds_answers(name)}
    shown = set(border.open_modules())
    assert shown < names
    assert not hidden & shown
    assert {f"lessonlib.lessons.l{n}.exercises" for n in lessons()} <= hidden
    for task in [task for n in lessons() for task in exercises_of(n).values()]:
        functions = [task.reference, task.cases, *(m.answer for m in task.mistakes)]
        assert all(border.holds_answers(function.__module__) for function in functions), task.id


@pytest.mark.parametrize("lesson", lessons())
def test_a_call_carries_no_answer(lesson):
    """A reference that goes along is refused; the calls themselves hold none of the lesson's."""
    tasks = exercises_of(lesson).values()
    for task in tasks:
        raw = pack_calls(task, [[]], 1.0)
        for other in tasks:
            assert not hasattr(other.reference, "__code__") or (
                other.reference.__code__.co_code not in raw
            ), (task.id, other.id)
    leaky = next(iter(tasks))
    with pytest.raises(GraderProblem, match="would travel"):
        pack_calls(leaky, [[(leaky.reference,)]], 1.0)


@pytest.mark.parametrize(
    "ways",
    [
        "from lessonlib import check, hint, predict, progress, solution",
        "from lessonlib.exercises import check, hint, judge, predict, progress, solution",
        "from lessonlib.exercises import *",
        "from lessonlib.learner.check import *; from lessonlib.learner.predict import predict\n"
        "from lessonlib.learner.progress import progress; from lessonlib.learner.check import hint",
        "import lessonlib as here\ncheck, hint, predict = here.check, here.hint, here.predict\n"
        "progress, solution = here.progress, here.solution",
    ],
)
def test_the_lessons_helpers_are_quiet_however_they_are_imported(client, ways):
    calls = "check('00.1', len), hint('00.1'), predict('00.a'), progress(), solution('00.1')"
    said = printed(client, f"{ways}\nfor thing in ({calls}):\n    print(thing, bool(thing))")
    assert said.splitlines() == ["not available while homework is graded False"] * 5


def test_yours_hands_out_nothing_in_the_room(client):
    """Neither a reference nor a stored answer, whatever the code does to the environment."""
    source = """
import os
from lessonlib import affordable, yours
print(affordable(print, (3, 1)))
for setting in ("autograde", ""):
    os.environ.update(NBGRADER_EXECUTION=setting, LESSONLIB_PROGRESS="/tmp/progress.json")
    try:
        yours("01.1")(1, 2)
    except Exception as error:
        print(error)
"""
    said = printed(client, source).splitlines()
    assert said[0] == "1"
    assert said[1].startswith('yours("01.1") gives nothing while homework is graded')
    assert "there is no exercise '01.1'" in said[2]  # there is no file of any


def test_a_lessons_own_tools_work_in_the_room(client):
    source = """
from lessonlib import datasets
from lessonlib.explorers import PerceptronExplorer
from lessonlib.scoreboard import scoreboard
import lessonlib.explorers as explorers
PerceptronExplorer(seed=1)
print(datasets.load("digits", split="test")[0].shape, len(scoreboard("01.scoreboard").rows) > 0)
"""
    assert printed(client, source) == "(540, 64) True\n"


HUNT = """
import os
found = sorted(
    os.path.join(folder, name)
    for top, *_ in os.walk("/") if top.endswith("/lessonlib") and not top.startswith("/proc")
    for folder, _, files in os.walk(top) for name in files
)
print([name for name in found if "/_data/" not in name])
"""


def test_no_file_of_the_package_is_in_the_room(client):
    assert printed(client, HUNT) == "[]\n"


@pytest.mark.slow
def test_an_installed_package_is_emptied_but_for_its_data(tmp_path, namespaces):
    """As a wheel is installed: the package, answers and data in it, among the other packages."""
    packages = tmp_path / "site-packages"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, packages / "lessonlib", ignore=ignore)
    shutil.copytree(PACKAGE.parent / "data", packages / "lessonlib/_data")
    source = HUNT + "from lessonlib import datasets\nprint(len(datasets.load('digits')[0]) > 0)\n"
    program = f"""
import json, sys
sys.path.insert(0, {str(packages)!r})
import lessonlib
from lessonlib.homework.sandbox.session import PreforkClient, Session
from lessonlib.homework.limits import Limits
from lessonlib.lessons.registry import find
client = PreforkClient(["numpy"], [], False)
cell = {{"index": 0, "source": {source!r}, "seconds": 20.0, "given": False}}
seen = Session(client, Limits()).run([cell], find("00.1"), b"")
client.close()
print(json.dumps([lessonlib.__file__, seen.cells[0]]))
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    place, cell = json.loads(done.stdout)
    assert place.startswith(str(packages))
    assert cell["error"] == []
    assert cell["out"] == "[]\nTrue\n"


def test_each_break_in_leads_somewhere_where_there_is_no_border():
    """So that the cases in `dishonest` fail for the border's sake, not for a slip in their code."""
    program = """
import json, sys
import numpy as np
from lessonlib.homework.release import release_of, solved
from lessonlib.lessons.registry import find, predictions_of
from homework_cases import dishonest
from homework_cases.edit import cell_of
from homework_cases.sample import lesson_notebook
predictions_of("01")
use, nb = find("01.1").cases, solved(release_of(lesson_notebook("01"), "01", {}))
for case in dishonest.CASES:
    if case.says is dishonest.WALL:
        source = cell_of(case.make(json.loads(json.dumps(nb))), "01.1")["source"]
        before, space = list(sys.meta_path), {"np": np}
        exec(source, space)
        space["neuron"](np.ones((2, 2)), np.ones(2), 0.0)
        sys.meta_path[:] = before
        print(case.name)
"""
    support = str(Path(__file__).parents[1] / "support")
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {support!r})\n{program}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 7
