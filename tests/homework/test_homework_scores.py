"""What may be had without work: never more than a quarter of an exercise's points."""

import importlib
import inspect
import pickle
from contextlib import suppress

import numpy as np
import pytest
from homework_cases.course import MARKS

from lessonlib import optim
from lessonlib.exercises.call import AskedToWrite, Outcome, call, forbid
from lessonlib.exercises.compare import leaves
from lessonlib.exercises.judge import agrees
from lessonlib.homework.sandbox.border import open_modules
from lessonlib.homework.submission.cases import Cases
from lessonlib.homework.submission.score import share
from lessonlib.lessons.registry import exercises_of, find, lessons
from lessonlib.nn import Parameter

pytestmark = MARKS
TASKS = [task for lesson in lessons() for task in exercises_of(lesson)]
SEEDS = (3, 11)
CONSTANTS = (None, 0, 1, -1, 2, 0.0, 0.5, True, False, "", "a", (), [], [0], {}, np.zeros(3),
             np.zeros((2, 2)), np.nan, (0, 0), (None, None))  # fmt: skip
OF_AN_ARGUMENT = {
    "negative": lambda a: -a, "positive": lambda a: a > 0, "absolute": np.abs, "length": len,
    "sum": np.sum, "mean": np.mean, "largest": np.max, "sorted": np.sort, "sign": np.sign,
    "zeros": lambda a: np.zeros(np.shape(a)), "ones": lambda a: np.ones(np.shape(a)),
    "half": lambda a: a / 2, "square": np.square, "transposed": np.transpose, "shape": np.shape,
    "first": lambda a: a[0], "last": lambda a: a[-1], "rows": lambda a: np.zeros(len(a)),
}  # fmt: skip


def points(cases, values):
    """The share of the points of an answer that returns these values."""
    outcomes = [Outcome(value=v) for v in values]
    count = len(cases.public)
    return share(cases, outcomes[:count], outcomes[count:], False)[0]


def filled(value, number):
    if isinstance(value, tuple | list):
        return type(value)(filled(v, number) for v in value)
    if isinstance(value, np.ndarray):
        return np.full(value.shape, number)
    if isinstance(value, dict):
        return {k: filled(v, number) for k, v in value.items()}
    return number if isinstance(value, int | float | np.generic) else ""


def tried(change, value):
    with suppress(Exception):
        return change(value)
    return None


def size(case):
    """All numbers of a case in one row."""
    return np.array(
        [float(v) for v in leaves(list(case)) if isinstance(v, int | float | np.number)]
    )


def nearest(cases):
    """The lesson's answer to the case with the most similar numbers."""
    rows = [size(c) for c in cases.every]
    found = []
    for row in rows:
        alike = [
            (np.nansum(np.abs(row - other)) if other.size == row.size else np.inf, k)
            for k, other in enumerate(rows[: len(cases.public)])
        ]
        found.append(cases.wants[min(alike)[1]])
    return found


def without_work(exercise, cases):
    """(name, values) of answers that take no work."""
    if not exercise.is_plain:
        yield from programs(exercise, cases)
        return
    every, width = cases.every, min(map(len, cases.every))
    for k, value in enumerate(CONSTANTS):
        yield f"constant {k}", [value] * len(every)
    for k in range(len(cases.public)):
        yield f"the answer to case {k}", [cases.wants[k]] * len(every)
    for number in (0, 1, -1, 0.5, 2, True, False):
        yield f"{number!r} in the right shape", [filled(w, number) for w in cases.wants]
    for k in range(width):
        yield f"argument {k}", [c[k] for c in every]
        for name, change in OF_AN_ARGUMENT.items():
            yield f"{name} of argument {k}", [tried(change, c[k]) for c in every]
        for n in range(width):
            yield f"arguments {k}, {n}", [(c[k], c[n]) for c in every]
    yield "all arguments", [tuple(c) for c in every]
    yield "the most similar case", nearest(cases)


def programs(exercise, cases):
    """The same for an exercise that calls its answer in a way of its own."""
    for n, value in enumerate(CONSTANTS):
        answer = lambda *any, value=value, **more: value  # noqa: E731
        yield f"constant {n}", returned(exercise, answer, cases)
    for k in range(3):
        yield f"argument {k}", returned(exercise, lambda *any, k=k: any[k], cases)
        for name, change in OF_AN_ARGUMENT.items() if k == 0 else ():
            answer = lambda *any, k=k, change=change: change(any[k])  # noqa: E731
            yield f"{name} of argument {k}", returned(exercise, answer, cases)


def returned(exercise, answer, cases):
    return [call(exercise.tried, answer, c, 5.0).value for c in cases.every]


def spoilt(exercise, cases):
    """The faulty code as handed out, made worse in one case or another."""
    if exercise.starter is None:
        return
    values = returned(exercise, exercise.starter, cases)
    yield "the bug", values
    for k in range(len(values)):
        yield f"the bug without case {k}", [None if n == k else v for n, v in enumerate(values)]


def looked_up(cases, values):
    """The published answers where there are some, else what another answer returns."""
    known = {pickle.dumps(c): w for c, w in zip(cases.public, cases.wants, strict=False)}
    pairs = zip(cases.every, values, strict=True)
    return [known.get(pickle.dumps(c), v) for c, v in pairs]


def generous(task):
    """The answers without work that earn more than a quarter."""
    exercise, found = find(task), {}
    for seed in SEEDS:
        cases = Cases.of(exercise, seed)
        for name, values in [*without_work(exercise, cases), *spoilt(exercise, cases)]:
            for kind, tries in (("", values), ("looked up, or ", looked_up(cases, values))):
                earned = points(cases, tries)
                if earned > 0.25:
                    found[kind + name] = earned
    return found


@pytest.mark.parametrize("task", TASKS)
def test_no_answer_without_work_earns_more_than_a_quarter(task):
    assert generous(task) == {}


@pytest.mark.parametrize("task", TASKS)
def test_what_is_right_in_half_of_the_new_cases_earns_a_fair_part(task):
    exercise = find(task)
    cases = Cases.of(exercise, 3)
    new = np.flatnonzero(cases.ease == 0)
    for kept in (new[::2], new[1::2]) if len(new) > 1 else ():
        values = [None] * len(cases.every)
        for k in {*np.flatnonzero(cases.shown), *kept}:
            values[k] = cases.wants[k]
        assert 0.2 < points(cases, values) < 0.8
    assert points(cases, cases.wants) == 1.0
    if exercise.starter is None:
        one = [*cases.wants[:-1], None]
        assert 0.3 < points(cases, one) < 1.0


# ---- twins of what is forbidden --------------------------------------------------------------


LESSONS_OWN = ("lessons", "widgets", "exercises", "learner", "plots")


def library_functions():
    """Every function of the library, private ones too, by its full name."""
    found = {}
    for name in open_modules():
        if name.split(".")[1:2] not in [[n] for n in LESSONS_OWN]:
            for thing in vars(importlib.import_module(name)).values():
                if inspect.isfunction(thing) and thing.__module__.startswith("lessonlib."):
                    found[f"{thing.__module__}.{thing.__qualname__}"] = thing
    return found


def is_right(cases, function, k):
    exercise = cases.exercise
    outcome = call(exercise.tried, function, cases.every[k], 5.0)
    return agrees(exercise, cases.every[k], outcome, cases.wants[k])


@pytest.mark.parametrize("lesson", lessons())
def test_no_function_of_the_library_is_the_answer(lesson, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # one that is handed a text may take it for a file's name
    functions, twins = library_functions(), []
    assert len(functions) > 200
    for exercise in exercises_of(lesson).values():
        cases = Cases.of(exercise, 3)
        asked = np.flatnonzero(cases.ease == cases.ease.min())[:3]
        with forbid(exercise.forbidden):
            for name, function in functions.items():
                if all(is_right(cases, function, k) for k in asked):
                    twins.append((exercise.id, name))
    assert twins == []


@pytest.mark.parametrize("name", ["Adam", "SGD", "RMSprop", "AdamW"])
def test_a_class_is_refused_without_its_init_too(name):
    made = getattr(optim, name)
    weight = Parameter(np.ones(2))
    ready = made([weight])
    with forbid([f"lessonlib.optim.{name}"]):
        for attempt in (
            lambda: made([weight]),
            lambda: made.__new__(made).step(),
            lambda: made.__new__(made).zero_grad(),
            lambda: made.step(object.__new__(made)),
            lambda: made.step(ready),
            lambda: ready.step(),
            lambda: type("Mine", (made,), {"__init__": lambda self: None})().step(),
        ):
            with pytest.raises(AskedToWrite):
                attempt()
    assert isinstance(made([weight]), made)  # and all is as before
    made([weight]).zero_grad()
    with forbid([f"lessonlib.optim.{name}"]):
        for other in (optim.Adam, optim.SGD, optim.RMSprop, optim.AdamW):
            if not issubclass(other, made):
                other([weight]).zero_grad()


# ---- a change of an argument -----------------------------------------------------------------


def spoil_a_little(values):
    values[0] *= 1 + 1e-12


CHANGES = {
    "a little": (np.array([1.0, 2.0]), spoil_a_little),
    "the last bits of float32": (np.ones(3, np.float32), lambda a: np.add(a, 1e-7, out=a)),
    "one entry is no number": (np.array([1.0, np.nan]), lambda a: a.fill(np.nan)),
    "another shape": (np.ones((2, 3)), lambda a: setattr(a, "shape", (3, 2))),
    "an array in a tuple": ((np.ones(2), 1), lambda t: spoil_a_little(t[0])),
    "an array in a list in a dict": ({"a": [np.ones(2)]}, lambda d: spoil_a_little(d["a"][0])),
    "the order of a dict": ({"a": 1, "b": 2}, lambda d: d.update(a=d.pop("a"))),
    "one more": ([1.0], lambda v: v.append(2.0)),
    "True where 1 was": ([1, 2], lambda v: v.__setitem__(0, True)),
    "an array where numbers were": ([[1.0, 2.0]], lambda v: v.__setitem__(0, np.array(v[0]))),
    "a set": ([{1, 2}], lambda v: v[0].add(3)),
}


@pytest.mark.parametrize(("given", "change"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_an_argument_is_seen(given, change):
    assert call(lambda f, *a: f(*a), lambda x, y: change(y), (1.0, given)).mutated == 1
    assert call(lambda f, *a: f(*a), lambda x, y: None, (1.0, given)).mutated is None


PURE = [task for task in TASKS if find(task).pure]


@pytest.mark.parametrize("task", PURE)
def test_where_the_statement_forbids_it_a_small_change_costs_the_points(task):
    exercise = find(task)
    cases = Cases.of(exercise, 3)

    def changes(*arguments):
        right = exercise.reference(*arguments)
        for value in leaves_that_change(arguments):
            value[...] = value * (1 + 1e-12) + 1e-300
        return right

    outcomes = [call(exercise.tried, changes, c, 5.0) for c in cases.every]
    assert not cases.passed(outcomes).any()


def leaves_that_change(arguments):
    for value in arguments:
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            yield value
        elif isinstance(value, list | tuple):
            yield from leaves_that_change(value)
