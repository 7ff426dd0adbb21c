"""What is said of a wrong answer: true, in the learner's terms, in time, and whatever it does."""

import ast
import re
import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib.exercises.call import call, is_learners
from lessonlib.exercises.diagnosis import explain, search
from lessonlib.exercises.diagnosis.evidence import SECONDS, Budget
from lessonlib.exercises.diagnosis.explain import words_of
from lessonlib.exercises.diagnosis.program import program_in, program_of
from lessonlib.exercises.diagnosis.words import LOOK
from lessonlib.exercises.exercise import Case, Exercise, Mistake, Property
from lessonlib.exercises.judge import judge
from lessonlib.lessons.registry import exercises_of, lessons

ALL = [e for lesson in lessons() for e in exercises_of(lesson).values()]


# ---- an exercise of our own: each row of x divided by the largest of its absolute values ---------


def scaled(x, shift=0.0):
    """Each row divided by its largest absolute value, plus a shift."""
    largest = np.abs(x).max(axis=1, keepdims=True)
    return x / largest + shift


def _cases(rng):
    shapes = ((2, 3), (3, 2), (4, 4))
    return [
        (np.array([[1.0, -2.0, 4.0], [3.0, 1.0, -6.0]]), 0.5),
        *((rng.normal(size=shape), float(rng.normal())) for shape in shapes),
        Case("where a row has one entry", np.array([[2.0], [-4.0]]), 1.0),
    ]


SCALED = Exercise(
    id="99.1", title="Scaled rows", points=2, stars=1, minutes=5, reference=scaled, cases=_cases,
    hints=("One.", "Two."), parts={"largest": "the largest absolute value"},
)  # fmt: skip


def _no_abs(x, shift):
    return x / x.max(axis=1, keepdims=True) + shift


def _loops(x, shift):
    out = []
    for row in x:
        largest = 0
        for value in row[1:]:
            largest = max(largest, abs(value))
        out.append([value / max(largest, 1e-300) + shift for value in row])
    return np.array(out)


@pytest.mark.parametrize(
    ("answer", "how", "said"),
    [
        (_no_abs, "twin", "the absolute value of `x` is left out"),
        (lambda x, shift: scaled(x, 0), "arguments", "if `shift` were 0. So `shift` has no effect"),
        (lambda x, shift: scaled(x.T, shift).T, "twin", "the largest value .* another axis"),
        (lambda x, shift: -scaled(x, shift), "relation", "The result has the opposite sign"),
        (lambda x, s: len(x) * scaled(x, s), "relation", r"once too often by `x.shape\[0\]`"),
        (lambda x, shift: 2 * scaled(x, shift), "relation", "is 2 times what is expected"),
        (lambda x, shift: scaled(x, shift)[1:], "arguments", "if `x` lacked its first row"),
        (lambda x, shift: scaled(x, shift).sum(0), "relation", "The rows were added up into one"),
        (lambda x, shift: x, "relation", "is the argument `x` as it was given"),
        (_loops, "repair", r"line \d+, `for value in row\[1:\]:`; look at"),
        (lambda x, s: np.vstack([scaled(x, s)[:1], np.cos(x[1:])]), "place", "first row is right"),
    ],
)
def test_each_means_finds_its_kind(answer, how, said):
    result = judge(SCALED, answer)
    assert result.status == "not yet"
    assert result.how == how, result
    assert re.search(said, result.message), result.message
    assert result.finding


def test_a_label_tells_in_which_cases_it_is_wrong():
    result = judge(SCALED, lambda x, s: scaled(x, s) if x.shape[1] > 1 else np.sin(x))
    assert "It is right in all other cases; it is wrong where a row has one entry." in (
        result.message
    )


def test_the_smallest_case_that_shows_the_fault_is_shown():
    def wrong_if_large(x, shift):
        return scaled(x, shift) + (len(x) > 2) * np.cos(x)

    assert "shape (3, 2)" in dict(judge(SCALED, wrong_if_large).details)["called"]


def test_two_mistakes_are_found_together():
    def answer(x, shift):
        return x / x.sum(axis=1, keepdims=True) + shift

    result = judge(SCALED, answer)
    assert result.how == "twin"
    assert " and " in result.message


# ---- properties and known mistakes ---------------------------------------------------------------

BOUNDED = Property(
    "between -1 and 1", lambda y, x, s: np.abs(y - s).max() <= 1 + 1e-6, "Too large."
)
SAME = Property(
    "unchanged by a factor",
    lambda y, other, x, s: np.allclose(y, other),
    "Ten times x must give the same.",
    also=lambda x, s: (10 * x, s),
)


def _with(**changes):
    fields = {f: getattr(SCALED, f) for f in SCALED.__dataclass_fields__}
    return Exercise(**(fields | changes))


def test_a_property_that_fails_is_said_first():
    result = judge(_with(properties=(BOUNDED, SAME)), lambda x, shift: x * x * 7 + shift)
    assert result.how == "property"
    assert result.message.startswith("Too large. Ten times x must give the same.")


def test_a_known_mistake_has_the_word_and_the_property_a_row():
    known = Mistake("squares", lambda x, shift: x * x * 7 + shift, "Seven squares.")
    result = judge(_with(properties=(BOUNDED,), mistakes=(known,)), known.answer)
    assert (result.how, result.mistake, result.message) == ("known", "squares", "Seven squares.")
    assert ("does not hold", "between -1 and 1") in result.details


def test_a_mistake_that_fits_the_lessons_cases_alone_is_not_named():
    public = [c[0].tobytes() for c in _cases(np.random.default_rng(20))]

    def mistaken(x, shift):
        return scaled(x, shift) + (1 if x.tobytes() in public else 2)

    known = Mistake("one more", lambda x, shift: scaled(x, shift) + 1, "One too many.")
    assert judge(_with(mistakes=(known,)), mistaken).mistake is None
    assert judge(_with(mistakes=(known,)), lambda x, s: scaled(x, s) + 1).mistake == "one more"


@pytest.mark.parametrize("exercise", [e for e in ALL if e.properties], ids=lambda e: e.id)
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_right_answer_has_every_property_whatever_the_numbers(exercise, seed):
    for case in exercise.cases(np.random.default_rng(seed)):
        value = call(exercise.tried, exercise.reference, case).value
        for wanted in exercise.properties:
            values = [value]
            if wanted.also is not None:
                other = wanted.also(*case)
                values.append(call(exercise.tried, exercise.reference, other).value)
            assert wanted.holds(*values, *case), wanted.name


# ---- relations that say nothing are not said -----------------------------------------------------

ONE = Exercise(
    id="99.2", title="A sum", points=1, stars=1, minutes=5, reference=lambda x: float(np.sum(x)),
    cases=lambda rng: [(np.array([2.0]),), (np.array([1.0, 3.0]),), (rng.normal(size=4),)],
    hints=("One.", "Two."),
)  # fmt: skip


def test_no_factor_that_holds_in_one_case_only():
    assert "times what is expected" not in judge(ONE, lambda x: float(np.sum(x**2))).message


def test_no_factor_of_one():
    result = judge(SCALED, lambda x, shift: scaled(x, shift) * (1 + 1e-5))
    assert " 1 times" not in result.message
    assert result.status == "not yet"


def test_two_different_numbers_look_different():
    fault = dict(judge(SCALED, lambda x, s: scaled(x, s) + 1e-5).details)["first difference"]
    mine, right = re.search(r"is (\S+), expected (\S+)", fault).groups()
    assert mine != right


# ---- errors and numbers that are none ------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x, s: np.exp(x * 1e4), "exp overflows for large numbers"),
        (lambda x, s: x / (x - x), "something is divided by 0"),
        (lambda x, s: np.log(x - x), "the logarithm of 0 is taken"),
        (lambda x, s: np.log(np.exp(-1e4 - x * x)), "the logarithm of 0 is taken"),
        (lambda x, s: np.sqrt(x - 100), "the square root of a negative number"),
        (lambda x, s: np.full_like(x, np.array([]).mean()), "the mean of nothing is taken"),
        (lambda x, s: x @ x, "the inner sizes have to be equal"),
        (lambda x, s: np.ones(6) + np.ones(77), "do not fit together"),
        (lambda x, s: np.split(x, 7), "np.split cuts along axis 0"),
        (lambda x, s: x[99], "Position 99 is asked of"),
        (lambda x, s: 1 if x > 0 else 0, "one True or False is needed"),
        (lambda x, s: undefined_name, "There is no `undefined_name`"),  # noqa: F821
        (lambda x: x, "keep the line `def ...`"),
        (lambda x, s: [].sort()[0], "return None"),
    ],
)
def test_the_cause_is_said_in_words(answer, said):
    result = judge(SCALED, answer)
    assert said in result.message
    assert result.how


def test_the_line_is_the_learners_not_that_of_a_library():
    def answer(x, shift):
        return np.linalg.inv(np.zeros((2, 3)))

    line = dict(judge(SCALED, answer).details)["your line"]
    assert line.endswith("return np.linalg.inv(np.zeros((2, 3)))")
    assert re.match(r"line \d+: ", line)
    assert not is_learners(np.linalg.__file__)
    assert is_learners("/tmp/ipykernel_7/123.py")
    assert is_learners("<ipython-input-3-abc>")


def test_the_line_is_the_one_that_first_makes_no_number():
    def answer(x, shift):
        e = np.exp(-1e5 + 0 * x)  # rounds to 0, a finite number
        return e / e.sum()

    message = judge(SCALED, answer).message
    assert "something is divided by 0 (in `return e / e.sum()`)" in message


def test_only_the_dtype_is_wrong():
    double = np.array([1.0, 2.0, 4.0])
    kept = Exercise(
        id="99.2", title="halves", points=1, stars=1, minutes=1, hints=("Halve.",), strict=True,
        reference=lambda x: x / 2,
        cases=lambda rng: [(double,), Case("for float32", double.astype(np.float32))],
    )  # fmt: skip
    result = judge(kept, lambda x: x / np.array([2.0]))
    assert "the numbers are right, and their dtype is not" in result.message
    assert "it is wrong for float32" in result.message
    assert "the numbers" not in judge(kept, lambda x: x / np.array([3.0])).message
    right = judge(kept, lambda x: x * np.float32(0.5))
    assert (right.status, right.details) == ("correct", ())


def test_what_ends_nowhere_lacks_a_property_of_the_cases_that_it_answers():
    def answer(x, shift):
        while len(x) > 6:
            pass
        return -np.abs(x)

    positive = Property("positive", lambda found, *case: np.all(found >= 0), "It is negative.")
    slow = replace(
        SCALED,
        seconds=0.2,
        properties=(positive,),
        cases=lambda rng: [*SCALED.cases(rng)[:2], (np.ones((7, 3)), 0.0)],
    )
    message = judge(slow, answer).message
    assert "no answer after 0.2 seconds" in message
    assert message.endswith("It is negative.")


def test_something_kept_between_calls_is_said():
    def answer(x, shift, seen=[]):  # noqa: B006
        seen.append(1)
        return scaled(x, shift) + len(seen)

    assert "keeps something between calls" in judge(SCALED, answer).finding


# ---- whatever a notebook has done, `check` answers -----------------------------------------------


def test_errors_of_numpy_made_exceptions_change_nothing():
    with np.errstate(all="raise"):
        assert judge(SCALED, lambda x, s: scaled(x, s) + np.exp(-1e5) + 0 / np.float64(1))
        wrong = judge(SCALED, lambda x, s: x * 0 / (x * 0))
    assert "divided by 0" in wrong.message


def test_a_changed_library_is_no_expected_value(monkeypatch):
    monkeypatch.setattr(np, "abs", None)
    result = judge(SCALED, lambda x, s: x)
    assert "The checker's own answer could not be computed" in result.message
    assert "expected" not in dict(result.details)


class Odd:
    """Its text cannot be had."""

    def __repr__(self):
        raise KeyboardInterrupt

    __str__ = __repr__


@pytest.mark.parametrize(
    "value", [10**400, Odd(), float("inf"), {"a": Odd()}, [Odd()], 3 + 4j, np.array([Odd()]), b"x"]
)
def test_any_value_is_shown(value):
    result = judge(SCALED, lambda x, s: value)
    assert result.status == "not yet"
    assert len(repr(result)) < 2000


# ---- right answers in other forms ----------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        lambda y: y.tolist(),
        lambda y: tuple(map(tuple, y)),
        lambda y: (row for row in y),
        lambda y: [list(map(Fraction, row)) for row in y.tolist()],
        lambda y: [[Decimal(v) for v in row] for row in y.tolist()],
        lambda y: y.astype(np.float32),
        lambda y: y.astype(np.float32).astype(float),
        lambda y: y + 1e-7,
        lambda y: np.matrix(y),
        lambda y: y.astype(object),
    ],
)
def test_the_same_numbers_in_another_form_are_right(form):
    result = judge(SCALED, lambda x, s: form(scaled(x, s)))
    assert result.status == "correct", result
    assert all(label == "note" for label, _ in result.details)


def test_a_tensor_is_right_too():
    torch = pytest.importorskip("torch")
    assert judge(SCALED, lambda x, s: torch.tensor(scaled(x, s)))


def test_in_place_is_right_unless_the_statement_forbids_it():
    def answer(x, shift):
        x /= np.abs(x).max(axis=1, keepdims=True)
        x += shift
        return x

    assert "changed its argument `x`" in repr(judge(SCALED, answer))
    assert judge(SCALED, answer)
    assert "Nearly" in judge(_with(pure=True), answer).message


def test_rounded_numbers_are_not_taken_for_float32():
    for digits in (2, 3, 4):
        assert not judge(SCALED, lambda x, s, d=digits: np.round(scaled(x, s), d))


# ---- edits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", ALL, ids=lambda e: e.id)
def test_every_edit_can_be_said_and_taken_back(exercise):
    program = program_of(exercise.reference)
    before = ast.dump(program.tree)
    words = words_of(exercise, program)
    known = {*exercise.parts.values(), *words.arguments}
    for edit in program.edits():
        with edit:
            assert ast.dump(program.tree) != before, edit.text()
        phrase = words.twin([edit])
        assert phrase
        assert edit.kind in LOOK
        quoted = set(re.findall(r"`([^`]+)`", phrase))
        strangers = {q for q in quoted if q not in known and not q.isidentifier()}
        assert not strangers or any(s in p for s in strangers for p in known), phrase
    assert ast.dump(program.tree) == before


def test_what_writes_or_asks_is_not_run_again_and_again():
    for line in ('open("x")', "input()", "plt.show()", "os.remove(x)", "global counter"):
        assert not program_in(f"def f(x):\n    {line}\n    return x", "f").is_harmless()
    assert program_in("def f(x):\n    print(x)\n    return x", "f").is_harmless()


def test_helpers_of_the_cell_come_along():
    cell = "def g(x):\n    return x\ndef h(x):\n    return g(x)\ndef f(x):\n    return h(x)\n"
    names = [n.name for n in program_in(cell + "def other(x):\n    return x", "f").tree.body]
    assert sorted(names) == ["f", "g", "h"]


def test_an_answer_without_source_is_judged_too():
    space = {"np": np}
    exec("def scaled(x, shift):\n    return np.cos(x)", space)
    assert judge(SCALED, space["scaled"]).status == "not yet"


# ---- time ----------------------------------------------------------------------------------------


def _walks(x, shift):
    k = 0
    while k < len(x):
        k += 1
        for _ in range(300):
            x = x + 0.0
    return np.cos(x)


def test_the_search_ends_in_time_and_spares_what_never_ends():
    started = time.thread_time()
    result = judge(SCALED, _walks)
    assert time.thread_time() - started < SECONDS + 1.5
    assert result.status == "not yet"


def test_no_time_left_means_no_search(monkeypatch):
    evidence = []
    monkeypatch.setattr(explain, "_twin", lambda e: evidence.append(e))
    monkeypatch.setattr(Budget, "left", lambda self: -1.0)
    assert judge(SCALED, _no_abs).status == "not yet"
    assert evidence == []


def test_loops_that_cannot_be_stopped_are_not_tried(monkeypatch):
    loop = program_in("def f(x):\n    while x:\n        x -= 1", "f")
    straight = program_in("def f(x):\n    return x", "f")
    assert search.can_be_tried(loop)
    monkeypatch.setattr("sys.platform", "emscripten")
    assert not search.can_be_tried(loop)
    assert search.can_be_tried(straight)
