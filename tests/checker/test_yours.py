"""`yours`: which answer it hands out, what is kept in my/own/, and how much a slow answer does."""

import functools
import math
import os
import subprocess
import sys
import textwrap
import threading
import types
from collections.abc import Callable
from unittest import mock

import numpy as np
import pytest
from cells import Cells
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import affordable, check, yours
from lessonlib.learner import own, source
from lessonlib.learner import yours as module
from lessonlib.lessons.registry import exercises_of, find, lessons

SETUP = "import numpy as np\nfrom math import tanh\n\nEPS = 0.0\nx, W = np.zeros(9999), object()\n"
STEP = "def step(x_t, h, W, U, b):\n    return np.tanh(W @ x_t + U @ h + b + EPS)\n"
STATES = textwrap.dedent("""
    def states(x, h0, W, U, b):
        # BEGIN YOUR CODE
        h, rows = h0, []  # my own words
        for x_t in x:
            h = step(x_t, h, W, U, b)
            rows.append(h)
        return np.array(rows)
        # END YOUR CODE
""")
RIGHT = "def accuracy(predicted, labels):\n    return (predicted == labels).mean()\n"
COUNTS = "def accuracy(predicted, labels):\n    return (predicted == labels).sum()\n"
CALL = np.ones((2, 3)), np.zeros(2), np.ones((2, 3)), np.ones((2, 2)), np.zeros(2)


@pytest.fixture
def file(progress_file):
    """Where the answers of lesson 00 are kept."""
    return progress_file.parent / "own" / "lesson_00.py"


@pytest.fixture
def said(capsys):
    """What `yours` gives and the line that it prints."""

    def ask(exercise):
        capsys.readouterr()
        answer = yours(exercise)
        return answer, capsys.readouterr().out

    return ask


def accept(code=RIGHT, exercise="00.1", name="accuracy"):
    result = check(exercise, Cells("import numpy as np", code).names[name])
    assert result, result
    return result


def new_kernel():
    """Forget what only a kernel knows."""
    own._kernel.clear()
    own._waiting.clear()
    module._trusted.clear()


def earlier(file):
    return sorted((file.parent / "earlier").glob("*"))


# ---- which answer it is ----------------------------------------------------------------------


def test_the_reference_as_long_as_there_is_none(file, said):
    reference = find("00.1").reference
    line = "00.1 accuracy: the reference (check has not accepted an answer of yours yet)\n"
    assert said("00.1") == (reference, line)
    check("00.1", Cells(COUNTS).names["accuracy"])
    assert said("00.1") == (reference, line)
    assert not file.exists()


def test_an_accepted_answer_is_used_in_this_kernel_and_in_the_next(file, said):
    assert accept().details == ()
    for _ in range(2):
        answer, line = said("00.1")
        assert line == "00.1 accuracy: yours\n"
        assert answer.__code__.co_filename == str(file)
        assert answer(np.array([1, 2]), np.array([1, 3])) == 0.5
        new_kernel()


def test_a_later_wrong_answer_replaces_nothing_and_check_says_so(file, said):
    accept()
    before = file.read_bytes()
    result = check("00.1", Cells(COUNTS).names["accuracy"])
    kept = ("kept", 'the accepted answer stays in use: yours("00.1")')
    assert result.details[-1] == kept
    assert said("00.1")[0](np.array([1, 2]), np.array([1, 3])) == 0.5
    assert file.read_bytes() == before
    new_kernel()  # the next day the cell is as it was handed out
    stub = Cells("def accuracy(predicted, labels):\n    raise NotImplementedError\n")
    assert check("00.1", stub.names["accuracy"]).details == (kept,)


def test_what_a_notebook_does_later_does_not_change_the_accepted_answer(file, said):
    cells = Cells(SETUP, STEP, STATES)
    assert check("07.1", cells.names["states"])
    cells.run("def step(*arguments):\n    return 0\nEPS = 7.0")
    answer, _ = said("07.1")
    assert np.allclose(answer(*CALL), find("07.1").reference(*CALL))


def test_the_reference_itself_is_not_kept_as_an_answer(file, said):
    assert check("00.1", said("00.1")[0])
    assert "the reference" in said("00.1")[1]
    accept()
    before = file.read_bytes()
    assert check("00.1", said("00.1")[0]).details == ()
    assert (file.read_bytes(), earlier(file)) == (before, [])


def test_an_answer_that_only_asks_for_yours_is_refused(file):
    answer = Cells("from lessonlib import yours\ndef f(*a):\n    return yours('00.1')(*a)").names
    assert "asks you to write" in check("00.1", answer["f"]).message
    accept()
    assert not check("00.1", answer["f"])


def test_an_unknown_exercise_names_those_there_are():
    with pytest.raises(KeyError, match=r"there is no exercise '00\.9'; this lesson has 00\.1"):
        yours("00.9")


# ---- what the file holds ---------------------------------------------------------------------


def test_the_file_reads_well_and_holds_what_the_answer_needs(file):
    cells = Cells(SETUP, STEP, STATES)
    assert check("07.1", cells.names["states"]).details == ()
    text = file.with_name("lesson_07.py").read_text()
    assert text == (
        '"""Answers to lesson 07 that `check` accepted: `yours` hands them out again."""\n\n\n'
        "# ==== 07.1 states\nimport numpy as np\n\nEPS = 0.0\n\n\n"
        + STEP
        + "\n\n"
        + "".join(line for line in STATES[1:].splitlines(True) if "YOUR CODE" not in line)
        + "# ==== end of 07.1\n"
    )


def test_another_kernel_imports_the_file_and_yours_finds_it(file):
    accept()
    program = "from own.lesson_00 import accuracy\nfrom lessonlib import yours\nyours('00.1')"
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(file.parents[1]), *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, cwd=file.parent
    )
    assert (done.stderr, done.stdout) == ("", "00.1 accuracy: yours\n")


def test_the_same_answer_again_writes_nothing(file):
    accept()
    before = file.stat().st_mtime_ns
    accept()
    assert file.stat().st_mtime_ns == before
    assert earlier(file) == []


def test_a_changed_answer_and_an_edited_file_leave_a_copy(file, said):
    accept()
    first = file.read_text()
    accept(RIGHT.replace("(predicted == labels).mean()", "np.mean(predicted == labels)"))
    second = file.read_text()
    assert "np.mean" in second
    assert [path.read_text() for path in earlier(file)] == [first]
    edited = second.replace("np.mean(", "1.0 * np.mean(") + "\n\nMINE = 1\n"
    file.write_text(edited)
    assert "1.0" in file.read_text()
    assert said("00.1")[1] == "00.1 accuracy: yours\n"
    accept()
    assert edited in [path.read_text() for path in earlier(file)]
    assert file.read_text() == first + "\n\nMINE = 1\n"
    accept(RIGHT.replace("(predicted == labels).mean()", "np.mean(predicted == labels)"))
    count = len(earlier(file))
    accept()
    accept(RIGHT.replace("(predicted == labels).mean()", "np.mean(predicted == labels)"))
    assert len(earlier(file)) == count + 1, "a copy is made once of what it holds"


@given(st.lists(st.text("ab =#.0\n", max_size=30), min_size=3, max_size=3))
def test_all_around_a_block_stays_as_it_is(parts):
    before, between, after = (part + "\n" for part in parts)
    one, two, new = (
        f"# ==== 00.{k} f\nf = {v}\n# ==== end of 00.{k}\n" for k, v in ((1, 1), (2, 2), (1, 3))
    )
    text = before + one + between + two + after
    file = own.file_of("00.1")
    assert own._with_blocks(text, file, {"00.1": new}) == before + new + between + two + after
    lines = own.alone(text, "00.2").splitlines()
    where = (before + one + between).count("\n")
    assert lines[where : where + 3] == two.splitlines()
    assert not own.has_block(own.alone(text, "00.2"), "00.1")


def test_a_block_whose_end_is_lost_takes_no_other_with_it(file):
    accept()
    broken = file.read_text().replace("# ==== end of 00.1\n", "")
    other = "# ==== 00.2 g\ng = 1\n# ==== end of 00.2\n"
    file.write_text(broken + other)
    accept()
    accept(RIGHT.replace("predicted == labels", "labels == predicted"))
    assert other in file.read_text()


def test_two_meanings_of_one_name_in_a_lesson_are_told(file, said):
    cells = Cells("import numpy as np\nEPS = 0.0", STEP, STATES)
    assert check("07.1", cells.names["states"])
    block = "# ==== 07.2 backward\nEPS = 1.0\n# ==== end of 07.2\n"
    lesson = file.with_name("lesson_07.py")
    lesson.write_text(lesson.read_text() + block)
    (detail,) = check("07.1", cells.names["states"]).details
    assert "has another `EPS`, with 07.2" in detail[1]
    assert said("07.1")[1] == "07.1 states: yours\n"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace("def ", "deff "), "lesson_00.py does not work: SyntaxError"),
        (lambda text: text.replace("accuracy(", "share("), "it defines no `accuracy`"),
        (lambda text: text.replace("mean()", "sum()"), "lesson_00.py no longer passes the check"),
        (lambda text: text.replace("def ", "1 / 0\n\ndef "), "ZeroDivisionError"),
        (lambda text: text.replace("def ", "exit()\n\ndef "), "SystemExit"),
        (lambda text: "", "check has not accepted"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_not_used(file, said, change, why):
    accept()
    file.write_text(change(file.read_text()))
    _, line = said("00.1")
    if why != "check has not accepted":
        assert line.startswith("00.1 accuracy: yours, in this kernel only (")
        assert why in line
    new_kernel()
    answer, line = said("00.1")
    assert answer is find("00.1").reference
    assert why in line


def test_a_learner_may_tidy_the_file(file, said):
    """A helper that was moved out of its block, to the end of the module, is found there."""
    lesson = file.with_name("lesson_07.py")
    assert check("07.1", Cells(SETUP, STEP, STATES).names["states"])
    lesson.write_text(lesson.read_text().replace(STEP, "") + "\n\n" + STEP)
    new_kernel()
    assert said("07.1")[1] == "07.1 states: yours\n"


def test_a_file_that_is_no_text_stops_nothing_and_is_not_overwritten(file, said):
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe\x00")
    result = accept()
    assert "in this kernel only" in result.details[0][1]
    assert said("00.1")[1].startswith("00.1 accuracy: yours, in this kernel only (")
    assert file.read_bytes() == b"\xff\xfe\x00"
    new_kernel()
    assert "cannot be read" in said("00.1")[1]


def test_where_the_folder_cannot_be_written_it_is_for_this_kernel_only(file, said, monkeypatch):
    file.parent.write_text("a file is in the way")
    (detail,) = accept().details
    assert detail[0] == "kept"
    assert "in this kernel only: " in detail[1]
    assert "own/lesson_00.py cannot be written" in detail[1]
    answer, line = said("00.1")
    assert answer(np.array([1, 2]), np.array([1, 3])) == 0.5
    assert line.startswith("00.1 accuracy: yours, in this kernel only (")
    file.parent.unlink()
    assert accept().details == ()
    assert said("00.1")[1] == "00.1 accuracy: yours\n"


def test_where_the_answers_are(tmp_path, monkeypatch):
    """In the checkout's my/; with an installed package next to the notebook, or in its my/."""
    monkeypatch.delenv("LESSONLIB_OWN")
    assert own.file_of("04b.1").parts[-3:] == ("my", "own", "lesson_04b.py")
    monkeypatch.setattr("lessonlib.files.notebooks_folder", lambda: tmp_path / "_notebooks")
    (tmp_path / "my").mkdir()
    for place in (tmp_path, tmp_path / "my"):
        monkeypatch.chdir(place)
        assert own.file_of("00.1") == tmp_path / "my/own/lesson_00.py"


# ---- kinds of answers ------------------------------------------------------------------------

SCALAR = """
class Node:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes, self.grad = data, parents, slopes, 0.0


class Scalar(Node):
    def __add__(self, other):
        return Scalar(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Scalar(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self):
        y = math.tanh(self.data)
        return Scalar(y, (self,), (1 - y * y,))

    def backward(self):
        order, placed, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in placed:
                placed.add(node)
                stack += [(node, True), *((p, False) for p in node.parents)]
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad += slope * node.grad
"""


def test_a_class_is_kept_and_works_in_the_next_kernel(file, said):
    cells = Cells("import math", SCALAR)
    assert check("03.4", cells.names["Scalar"]).details == ()
    new_kernel()
    scalar, line = said("03.4")
    assert line == "03.4 Scalar: yours\n"
    a = scalar(3.0)
    (a * a).backward()
    assert a.grad == 6.0
    assert check("03.4", scalar).details == ()
    assert earlier(file) == []


def unfindable():
    space = {}
    exec("def accuracy(p, l):\n    return (p == l).mean()", space)
    return space["accuracy"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (unfindable(), "its source was not found"),
        (lambda p, y: (p == y).mean(), "its source was not found"),
        (functools.partial(lambda how, p, y: how(p == y), np.mean), "its source was not found"),
        (mock.Mock(side_effect=lambda p, y: (p == y).mean()), "its source was not found"),
        (
            Cells("how = {1: len}", "def f(p, l):\n    return (p == l).sum() / how[1](p)").names[
                "f"
            ],
            "it uses `how`, which is no plain value and no function of a cell",
        ),
    ],
)
def test_an_answer_without_source_works_in_this_kernel(file, said, answer, why):
    assert check("00.1", answer).details == (("kept", f"in this kernel only: {why}"),)
    found, line = said("00.1")
    assert found is answer
    assert line == f"00.1 accuracy: yours, in this kernel only ({why})\n"
    assert not file.exists()
    accept()
    assert said("00.1")[1] == "00.1 accuracy: yours\n"


def test_the_newest_accepted_answer_counts_even_without_a_source(file, said):
    accept()
    answer = unfindable()
    assert check("00.1", answer)
    assert said("00.1")[0] is answer


@pytest.mark.parametrize("exercise", [e for n in lessons() for e in exercises_of(n)])
def test_every_reference_can_be_written_down(exercise, monkeypatch):
    """As a learner would: its definition with what it needs, run in an empty namespace."""
    monkeypatch.setattr(source, "import_line", _only_libraries)
    task = find(exercise)
    space = {"__name__": "own.lesson"}
    exec(compile(source.source_of(task.name, task.reference), "<own>", "exec"), space)
    assert own.judged(task, space[task.name])


def _only_libraries(name, value, whole=source.import_line):
    if isinstance(value, types.GenericAlias | type(Callable[[int], int])):  # of an annotation
        return f"{name} = object"
    line = whole(name, value)
    return "" if ".exercises" in line and not hasattr(value, "__path__") else line


def test_only_names_from_outside_are_needed():
    code = """
def f(x, y=START):
    total = [x for x in range(3)]
    def g():
        return total + OFFSET
    class A(Base):
        rows = ROWS
    return np.exp(g()) if x else sorted(y)
"""
    needed = {"START", "range", "OFFSET", "Base", "ROWS", "np", "sorted"}
    assert source.outer_names(code) == needed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "n = 3"),
        ((1.5, "a"), "n = (1.5, 'a')"),
        (np.float64(0.5), "n = 0.5"),
        (np.array([[1, 0]]), 'import numpy as np\n\nn = np.array([[1, 0]], dtype="int64")'),
        (math.pi, "n = 3.141592653589793"),
        (np.tanh, "from numpy import tanh as n"),
        (np.linalg, "import numpy.linalg as n"),
        (np.ndarray, "from numpy import ndarray as n"),
    ],
)
def test_values_that_can_be_written_down(value, text):
    assert source.source_of("n", value) == text + "\n"


@pytest.mark.parametrize("value", [math.nan, np.zeros(999), [0] * 999, object(), np.array([None])])
def test_values_that_cannot_be_written_down(value):
    with pytest.raises(source.NoSource):
        source.source_of("n", value)


# ---- the form that pages rely on -------------------------------------------------------------

IN_PLACE = """
def update(weight, bias, x, y):
    if y * (weight @ x + bias) <= 0:
        weight += y * x
        bias += y
    return [weight, np.array(bias)]
"""


def test_what_a_page_gets_has_the_form_of_the_reference(file, said):
    as_list = STATES.replace("np.array(rows)", "(list(row) for row in rows)")
    assert check("07.1", Cells(SETUP, STEP, as_list).names["states"])
    value = said("07.1")[0](*CALL)
    assert isinstance(value, np.ndarray)
    assert value.shape == (2, 2)


def test_what_a_page_passes_stays_as_it_is(file, said):
    answer = Cells("import numpy as np", IN_PLACE).names["update"]
    assert check("01.2", answer)
    weight = np.zeros(2)
    new, bias = said("01.2")[0](weight, 0.0, np.ones(2), y=1)
    assert (weight.tolist(), new.tolist(), f"{bias:.1f}") == ([0, 0], [1, 1], "1.0")


# ---- where nothing is kept -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"), [("LESSONLIB_OUTPUT", "static"), ("LESSONLIB_PROGRESS", "off")]
)
def test_pages_are_made_with_the_reference(file, said, monkeypatch, name, value):
    accept()
    before = file.read_bytes()
    monkeypatch.setenv(name, value)
    accept(RIGHT.replace("predicted == labels", "labels == predicted"))
    answer, line = said("00.1")
    assert answer is find("00.1").reference
    assert "the reference" in line
    assert file.read_bytes() == before


@pytest.mark.parametrize("mode", ["validate", "autograde"])
def test_while_homework_is_graded_nothing_is_handed_out(file, said, monkeypatch, mode):
    accept()
    before = file.read_bytes()
    monkeypatch.setenv("NBGRADER_EXECUTION", mode)
    answer, line = said("00.1")
    assert line == ""
    with pytest.raises(RuntimeError, match=r'yours\("00\.1"\) gives nothing while homework'):
        answer(1, 2)
    check(
        "00.1", Cells(RIGHT.replace("predicted == labels", "labels == predicted")).names["accuracy"]
    )
    assert file.read_bytes() == before
    assert affordable(lambda n: pytest.fail("it was run"), (3, 1, 2)) == 1


def test_a_browser_has_neither_threads_nor_processes(file, said, monkeypatch):
    def no(*arguments, **options):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no)
    monkeypatch.delattr("os.fork", raising=False)
    monkeypatch.delattr("signal.setitimer", raising=False)
    accept()
    new_kernel()
    assert said("00.1")[1] == "00.1 accuracy: yours\n"


# ---- slow answers ----------------------------------------------------------------------------


class Machine:
    """A machine whose clock moves only while it works: seconds = each * size ** power."""

    def __init__(self):
        self.now, self.tried = 0.0, []

    def clock(self):
        return self.now

    def run(self, each, power):
        def work(size):
            self.tried.append(size)
            self.now += each * size**power

        return work


@pytest.fixture
def machine(progress_file, monkeypatch):
    made = Machine()
    monkeypatch.setattr(module.time, "perf_counter", made.clock)
    return made


@given(each=st.floats(1e-9, 10.0), power=st.sampled_from([1, 1.5, 2, 3]))
def test_the_size_fits_and_trying_costs_little(each, power):
    machine, sizes = Machine(), (10, 30, 100, 300, 1000)
    with (
        mock.patch.dict(os.environ, {"LESSONLIB_PROGRESS": "somewhere"}),
        mock.patch.object(module.time, "perf_counter", machine.clock),
    ):
        size = affordable(machine.run(each, power), sizes)
    fits = [s for s in sizes if each * s**power <= 2.0] or [10]
    assert size <= fits[-1]
    assert machine.tried[0] == 10
    assert sum(each * s**power for s in machine.tried[1:]) <= 2.0
    if power >= 2:
        assert size == fits[-1], "it takes no smaller size than it must"


def test_one_line_says_so_only_if_it_is_not_the_largest(machine, capsys):
    assert affordable(machine.run(1e-9, 1), (100, 1000)) == 1000
    assert capsys.readouterr().out == ""
    assert affordable(machine.run(0.1, 1), (1600, 4, 40)) == 4
    assert capsys.readouterr().out == (
        "Size 4 in place of 1600: with this answer, that would take about 1067 minutes.\n"
    )
    assert affordable(machine.run(100, 1), [7], seconds=1) == 7


def test_a_slow_first_call_does_not_make_large_sizes_look_cheap(machine):
    work = machine.run(0.004, 1)

    def warming_up(size):
        machine.now += 0.1 * (not machine.tried)
        work(size)

    assert affordable(warming_up, (10, 20, 1000)) == 20
    assert machine.tried == [10, 20]


def test_where_pages_are_made_nothing_is_timed(machine, monkeypatch):
    monkeypatch.setenv("LESSONLIB_OUTPUT", "static")
    assert affordable(machine.run(100.0, 1), (1, 2, 3)) == 3
    assert machine.tried == []


@pytest.mark.parametrize("sizes", [(), (0, 1), (-1,)])
def test_sizes_are_above_zero(sizes):
    with pytest.raises(ValueError, match="affordable: sizes"):
        affordable(lambda n: None, sizes)
