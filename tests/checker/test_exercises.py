"""Every exercise: stub, reference, each known mistake; and what a learner's function may do."""

import importlib
import inspect
import sys
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import nbformat
import numpy as np
import pytest
from cells import Cells

from lessonlib import functional as F
from lessonlib import nn
from lessonlib.exercises import check, hint, judge, solution
from lessonlib.exercises.call import AskedToWrite, TimeUp, call, forbid, time_limit
from lessonlib.exercises.result import Result
from lessonlib.files import notebooks_folder
from lessonlib.functional import _fast
from lessonlib.lessons.registry import exercises_of, lessons, predictions_of

ALL = [e for lesson in lessons() for e in exercises_of(lesson).values()]
MISTAKES = [(e, m) for e in ALL for m in e.mistakes]


def _id(value):
    return getattr(value, "id", None) or getattr(value, "name", "").replace(" ", "-")


@pytest.mark.parametrize("exercise", ALL, ids=_id)
def test_stub_is_not_attempted(exercise):
    def stub(*arguments):
        raise NotImplementedError

    result = judge(exercise, exercise.starter or stub)
    assert result.status == "not attempted"
    assert result.score < 1


@pytest.mark.parametrize("exercise", [e for e in ALL if e.starter], ids=_id)
def test_the_page_s_own_bug_is_not_attempted_until_it_changes(exercise):
    lesson = exercise.id.split(".")[0]
    (path,) = notebooks_folder().glob(f"{lesson}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    (stub,) = [c.source for c in cells if c.id == f"ex-{exercise.id.replace('.', '-')}"]
    page = Cells()
    page.names |= vars(sys.modules[exercise.starter.__module__]) | {"__name__": "__main__"}
    for more, said in (
        ("", "The bug is still there"),
        ("    unused = 1\n", "The code has changed"),
    ):
        page.run(stub.replace("    # BEGIN YOUR CODE\n", f"    # BEGIN YOUR CODE\n{more}"))
        result = judge(exercise, page.names[exercise.name])
        assert result.message.startswith(said)


@pytest.mark.parametrize("exercise", ALL, ids=_id)
@pytest.mark.parametrize("seed", [20, 1, 2])
def test_reference_is_correct(exercise, seed):
    result = judge(exercise, exercise.reference, seed)
    assert result.status == "correct", result
    assert result.score == 1


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=_id)
def test_each_mistake_earns_its_own_message(exercise, mistake):
    result = judge(exercise, mistake.answer)
    assert result.status == "not yet"
    assert result.mistake == mistake.name
    assert result.message == mistake.message
    assert result.score < 1


@pytest.mark.parametrize("exercise", ALL, ids=_id)
def test_exercise_is_complete(exercise):
    assert len(exercise.hints) >= 2
    assert len(exercise.mistakes) >= 3
    assert len({m.name for m in exercise.mistakes}) == len(exercise.mistakes)
    assert len({m.message for m in exercise.mistakes}) == len(exercise.mistakes)
    assert 1 <= exercise.stars <= 3
    assert exercise.minutes > 0
    assert exercise.points > 0
    lesson = exercise.id.split(".")[0]
    assert exercise.id.startswith(f"{lesson}.")
    assert "return" in inspect.getsource(exercise.reference)


@pytest.mark.parametrize("exercise", ALL, ids=_id)
def test_cases_come_from_the_seed(exercise):
    def shapes(seed):
        return repr(exercise.cases(np.random.default_rng(seed)))

    assert shapes(3) == shapes(3)
    assert shapes(3) != shapes(4)


@pytest.mark.parametrize("lesson", lessons())
def test_predictions_have_one_right_choice_and_a_reason(lesson):
    for asked in predictions_of(lesson).values():
        assert 0 <= asked.right < len(asked.choices)
        assert len(set(asked.choices)) == len(asked.choices) >= 2
        assert len(asked.why) > 40


ACCURACY = exercises_of("00")["00.1"]


def _mutates(predicted, labels):
    agree = float(np.mean(predicted == labels))
    predicted[:] = 0
    return agree


def _endless(predicted, labels):
    while True:
        pass


def _endless_with_except(predicted, labels):
    while True:
        try:
            len(labels)
        except Exception:
            continue


def _deep(predicted, labels):
    return _deep(predicted, labels)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda predicted, labels: None, "return"),
        (lambda predicted, labels: 1 / 0, "ZeroDivisionError"),
        (lambda predicted: 1.0, "TypeError"),
        (lambda predicted, labels: "0.75", "a string"),
        (lambda predicted, labels: print, "a function"),
        (lambda predicted, labels: predicted, "`predicted` as it was given"),
        (lambda predicted, labels: (0.75,), "tuple"),
        (lambda predicted, labels: object(), "object"),
        (lambda predicted, labels: float("nan"), "NaN"),
        (lambda predicted, labels: exit(), "exit()"),
        (lambda predicted, labels: -float(np.mean(predicted == labels)), "opposite sign"),
        (_deep, "RecursionError"),
        (3, "without parentheses"),
        (None, "without parentheses"),
    ],
)
def test_whatever_an_answer_does_the_message_says_it(answer, words):
    result = judge(ACCURACY, answer)
    assert result.status == "not yet"
    assert words in repr(result)


@pytest.mark.parametrize("answer", [_endless, _endless_with_except])
def test_endless_loop_is_stopped(answer, monkeypatch):
    quick = type(ACCURACY)(**{**ACCURACY.__dict__, "seconds": 0.3})
    result = judge(quick, answer)
    assert result.status == "not yet"
    assert "stopped" in result.message


def test_what_waits_for_the_processor_is_given_time():
    """A large library is imported, or the machine is busy: seconds are the processor's."""
    assert call(lambda f: f(), lambda: time.sleep(0.4), (), seconds=0.3).error is None
    assert (
        type(call(lambda f: f(), lambda: time.sleep(2), (), seconds=0.3).error).__name__ == "TimeUp"
    )
    late = call(lambda f: f(), lambda: time.sleep(0.4), (), seconds=0.3, patience=1)
    assert type(late.error).__name__ == "TimeUp"


def test_endless_loop_is_stopped_away_from_the_main_thread():
    import threading

    outcomes = []
    worker = threading.Thread(
        target=lambda: outcomes.append(call(lambda f: f(1, 1), _endless, (), seconds=0.3))
    )
    worker.start()
    worker.join(10)
    assert type(outcomes[0].error).__name__ == "TimeUp"


def test_the_limit_is_not_lost_in_what_python_lets_nobody_leave_by_an_exception():
    """An exception in `__del__` is dropped with a warning, which pytest makes an error."""

    def wait(seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass

    class Slow:
        def __del__(self):
            wait(0.2)

    def answer(predicted, labels):
        while True:
            Slow()
            wait(0.05)

    start = time.monotonic()
    assert type(call(lambda f: f(1, 1), answer, (), seconds=0.1).error).__name__ == "TimeUp"
    assert time.monotonic() - start < 5


def test_the_limit_is_not_lost_in_a_callback_of_a_weak_reference():
    """Nor there; it rings while `WeakKeyDictionary` takes a key away, as page templates let it."""
    file = weakref.WeakKeyDictionary.__init__.__code__.co_filename
    space = {"time": time}
    source = (
        "def remove(key):\n    end = time.monotonic() + 0.2\n    while time.monotonic() < end: 0"
    )
    exec(compile(source, file, "exec"), space)

    class Key:
        pass

    def answer(predicted, labels):
        while True:
            key = Key()
            watched = weakref.ref(key, space["remove"])
            del key
            assert watched() is None
            for _ in range(10**6):
                pass

    assert type(call(lambda f: f(1, 1), answer, (), seconds=0.1).error).__name__ == "TimeUp"


def test_a_depth_that_an_answer_sets_is_not_kept():
    before = sys.getrecursionlimit()
    assert call(lambda f: f(), lambda: sys.setrecursionlimit(before + 500), ()).error is None
    assert sys.getrecursionlimit() == before


def test_output_of_an_answer_is_kept_but_bounded():
    def chatty(predicted, labels):
        for _ in range(100_000):
            print("look at this")
        return 0.5

    result = judge(ACCURACY, chatty)
    printed = dict(result.details)["it printed"]
    assert printed.startswith("look at this")
    assert len(printed) <= 200


def test_arguments_are_copies():
    seen = []

    def keeps(predicted, labels):
        seen.append(predicted)
        return 0.0

    judge(ACCURACY, keeps)
    judge(ACCURACY, keeps)
    assert seen[0] is not seen[len(seen) // 2]


def test_dtype_shape_and_factor_are_named():
    neuron = exercises_of("01")["01.1"]
    wrong = judge(neuron, lambda X, weight, bias: np.where(X @ weight + bias > 0, 1, -1)[:, None])
    assert "shape (3, 1) instead of (3,)" in repr(wrong)
    wrong = judge(neuron, lambda X, weight, bias: [1, -1, 1])  # a list is as good as an array
    assert "entry 1 is -1, expected 1" in repr(wrong)
    bound = exercises_of("01")["01.5"]
    wrong = judge(bound, lambda X, y, direction: 3 * bound.reference(X, y, direction))
    assert wrong.status == "not yet"


def test_hints_come_in_order_and_start_again(progress_file):
    tips = exercises_of("01")["01.1"].hints
    seen = [hint("01.1").body for _ in range(len(tips) + 1)]
    assert seen == [*tips, tips[0]]


def test_the_sentence_about_a_right_order_is_no_order():
    order = exercises_of("03")["03.3"]
    said = order.tried(order.reference, {"L": ("x",), "x": ()}, "L")
    assert judge(order, lambda parents, last: said).status == "not yet"


def test_solution_shows_the_reference():
    assert "def neuron" in repr(solution("01.1"))


@pytest.mark.parametrize("exercise", ALL, ids=_id)
def test_a_solution_can_be_pasted(exercise):
    """It is a definition that asks for no name that a page does not have."""
    text = solution(exercise.id).body
    exec(text, {"np": np, "nn": nn, "F": F})
    signature = text[: text.index(":\n")]
    assert ": " not in signature
    assert "->" not in signature


@pytest.mark.parametrize("name", ["99.1", "01.99", "01", 3, ""])
def test_unknown_exercise_names_what_there_is(name):
    with pytest.raises(KeyError, match=r"there is no|looks like"):
        check(name, lambda: None)


def test_validation_raises_and_grading_gives_points(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(ValueError, match="not yet"):
        check("00.1", lambda predicted, labels: 0.0)
    assert check("00.1", ACCURACY.reference)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert check("00.1", ACCURACY.reference) == 1
    half = check("01.1", lambda X, weight, bias: np.where(X @ weight > 0, 1, -1))
    assert 0 < half < 2


def test_forbidden_names_are_refused_while_grading(monkeypatch):
    from lessonlib.perceptron import classify

    assert check("01.1", classify).status == "correct"
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert check("01.1", lambda X, weight, bias: classify(X, weight, bias)) == 0
    monkeypatch.delenv("NBGRADER_EXECUTION")
    assert classify(np.ones((1, 1)), np.ones(1)).tolist() == [1]


@pytest.mark.parametrize("name", sorted(F.__all__))
def test_a_forbidden_function_is_refused_in_its_fast_form_too(name):
    """The layers of nn call fast forms; they are no way round an exercise that asks for one."""
    fast = getattr(_fast, name, None)
    with forbid([f"lessonlib.functional.{name}"]):
        for form in filter(callable, (getattr(F, name), fast)):
            with pytest.raises(AskedToWrite):
                form()


def test_a_layer_that_calls_a_fast_form_is_refused():
    loss, scores = nn.CrossEntropyLoss(), np.zeros((2, 3))
    with forbid(["lessonlib.functional.cross_entropy"]), pytest.raises(AskedToWrite):
        loss(scores, np.array([0, 1]))
    assert loss(scores, np.array([0, 1])) == pytest.approx(np.log(3))


def test_results_read_well_as_html():
    wrong = judge(ACCURACY, lambda predicted, labels: "<script>")
    page = wrong._repr_html_()
    assert "<script>" not in page
    assert "not yet" in page


def test_names_between_backticks_are_set_as_code():
    page = Result("1", "Title", "not yet", "`<b>` is no\n`tag`")._repr_html_()
    assert ">&lt;b&gt;</code>" in page
    assert ">tag</code>" in page
    assert "`" not in page


@pytest.mark.parametrize("thread", [False, True], ids=["signal", "thread"])
def test_an_import_is_not_cut_off(thread, tmp_path, monkeypatch):
    """A library whose import is cut off stays broken for as long as the kernel runs."""
    (tmp_path / "slow_to_import.py").write_text(
        "import time\nend = time.process_time() + 0.6\n"
        "while end > time.process_time(): 0\nready = 1"
    )
    (tmp_path / "never_imported.py").write_text("while True: pass")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("lessonlib.exercises.call.IMPORT_SECONDS", 2.0)

    def answer(name):
        module = importlib.import_module(name)
        while True:
            module.ready += 1

    def limited(name):
        with pytest.raises(TimeUp), time_limit(0.2):
            answer(name)

    for name in ("slow_to_import", "never_imported"):
        if thread:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(limited, name).result()
        else:
            limited(name)
    assert sys.modules["slow_to_import"].ready > 1  # it ended, and the answer had its own time
