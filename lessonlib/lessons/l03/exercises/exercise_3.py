"""Exercise 03.3: list what a value was computed from, each name after its parents."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l03.exercises.shared import DEEP, TOO_DEEP

Parents = dict[str, tuple[str, ...]]


def parents_first(parents: Parents, last: str) -> list[str]:
    """Everything `last` was computed from, each name once, each after its parents."""
    order: list[str] = []
    placed: set[str] = set()
    stack = [(last, False)]
    while stack:  # a list instead of nested calls: the graph may be deep
        name, parents_done = stack.pop()
        if name in placed:
            continue
        if parents_done:
            placed.add(name)
            order.append(name)
        else:
            stack.append((name, True))  # come back when the parents are placed
            stack.extend((parent, False) for parent in parents[name])
    return order


IN_ORDER = "every needed name once, parents first"


def _cases(rng: np.random.Generator) -> list[tuple]:
    """Two graphs that can be read, one drawn, one chain too deep for nested calls."""
    small: Parents = {"L": ("p", "t"), "p": ("w", "x"), "t": (), "w": (), "x": (), "unused": ("x",)}
    twice: Parents = {"L": ("a", "c"), "a": (), "c": ("b",), "b": ("a",)}
    names = [str(n) for n in rng.permutation(np.arange(10, 99))[:9]]
    drawn = {
        name: tuple(str(p) for p in rng.permutation(names[:k])[: rng.integers(1, 3)])
        for k, name in enumerate(names)
    }
    chain = {f"v{k}": (f"v{k - 1}",) if k else () for k in range(DEEP)}
    shuffled = {name: drawn[name] for name in rng.permutation(names).tolist()}
    return [(small, "L"), (twice, "L"), (shuffled, names[-1]), (chain, f"v{DEEP - 1}")]


def _use(answer: Callable[..., Any], parents: Parents, last: str) -> Any:
    """Many orders are right; so what is compared is a sentence on the order that came back."""
    try:
        order = answer(parents, last)
    except RecursionError:
        return TOO_DEEP
    return _described(order, parents, last) if isinstance(order, list | tuple) else order


def _described(order: list | tuple, parents: Parents, last: str) -> str:
    place = {name: k for k, name in enumerate(order)}
    needed = _needed(parents, last)
    for name in order:
        if name not in needed:
            return f"{name} is listed, {last} does not depend on it"
    if len(order) > len(place):
        return "a name is listed twice"
    for name in needed:
        if name not in place:
            return f"{name} is missing"
        for parent in parents[name]:
            if place.get(parent, -1) > place[name]:
                return f"{name} stands before {parent}, from which it is computed"
    return IN_ORDER


def _needed(parents: Parents, last: str) -> dict[str, None]:
    """Everything `last` was computed from, found without the reference, which must not travel."""
    needed = {last: None}
    waiting = [last]
    for name in waiting:
        waiting += [parent for parent in parents[name] if parent not in needed]
        needed |= dict.fromkeys(parents[name])
    return needed


# ---- what people write instead -------------------------------------------------------------------


def _from_the_loss(parents: Parents, last: str) -> list[str]:
    """The right order, the wrong way round."""
    return parents_first(parents, last)[::-1]


def _by_levels(parents: Parents, last: str) -> list[str]:
    """The first meeting of a walk from the loss decides; turned round."""
    found = {last: None}  # a dictionary keeps the order of its keys
    waiting = [last]
    for name in waiting:  # the list grows while it is walked
        waiting += [p for p in parents[name] if p not in found]
        found |= dict.fromkeys(parents[name])
    return list(found)[::-1]


def _with_repeats(parents: Parents, last: str) -> list[str]:
    """Every use of a name lists it once more."""
    found = [last]
    for name in found:
        found += parents[name]
    return found[::-1]


def _all_names(parents: Parents, last: str) -> list[str]:
    """Parents first, and also what the last value does not need."""
    goal = {**parents, "all": tuple(parents)}
    return parents_first(goal, "all")[:-1]


def _nested_order(parents: Parents, last: str) -> list[str]:
    """Right, by calls within calls."""
    order: list[str] = []

    def place(name: str) -> None:
        for parent in parents[name]:
            place(parent)
        if name not in order:
            order.append(name)

    place(last)
    return order


EXERCISE = Exercise(
    id="03.3",
    title="Parents first",
    points=3,
    stars=2,
    minutes=18,
    reference=parents_first,
    cases=_cases,
    use=_use,
    hints=(
        "Work from `last` towards the inputs. A name may be placed when all its parents are.",
        "Keep a list of things to do. Take a name from its end; if its parents are not placed, "
        "put the name back, and its parents on top of it.",
        "Nested calls end at a depth of 1,000 (3,000 in Jupyter). A list that you push to and "
        "pop from has no such limit.",
    ),
    mistakes=(
        Mistake(
            "the loss first",
            _from_the_loss,
            "This is the order of the backward walk, from the loss to the inputs. Turn it round.",
        ),
        Mistake(
            "by levels",
            _by_levels,
            "A name is placed by the first path that reaches it. A value that is used early and "
            "late must stand before both users: wait until all its users are known.",
        ),
        Mistake(
            "listed twice",
            _with_repeats,
            "A value that is used twice is listed twice. Remember what is placed already.",
        ),
        Mistake(
            "everything",
            _all_names,
            "The list holds names that the last value does not depend on. Start from `last` and "
            "follow the parents.",
        ),
        Mistake(
            "nested calls",
            _nested_order,
            f"Right for small graphs. On a chain of {DEEP:,} values the calls are nested too "
            "deep for Python. Keep the names still to be done in a list of your own.",
        ),
    ),
)
