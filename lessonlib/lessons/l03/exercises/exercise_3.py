"""Exercise 03.3: list what a value was computed from, each name after its parents."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property
from lessonlib.lessons.l03.exercises.shared import (
    DEEP,
    TOO_DEEP,
    TOO_OFTEN,
    EveryPath,
    asks_allowed,
)

Parents = dict[str, tuple[str, ...]]


def parents_first(parents: Parents, last: str) -> list[str]:
    """Everything `last` was computed from, each name once, each after its parents."""
    placed: dict[str, None] = {}  # a dictionary keeps the order of its keys
    stack = [(last, False)]
    while stack:  # a list instead of nested calls: the graph may be deep
        name, parents_done = stack.pop()
        if name in placed:
            continue
        if parents_done:
            placed[name] = None
        else:
            stack.append((name, True))  # come back when the parents are placed
            stack.extend((parent, False) for parent in parents[name])
    return list(placed)


# compared in place of what such answers return
ENDLESS = "a walk without an end, here stopped"
IN_ORDER = "every needed name once, parents first"


_DOUBLINGS = 40  # no walk along every path ends
_MOST = 12  # names of a wrong order that are written out


def _cases(rng: np.random.Generator) -> list[tuple]:
    """Graphs to read, two mirrored ones, one drawn, one too deep and one of too many paths.

    In a mirrored pair a walk that meets the names from the first parent on is wrong in one, and
    a walk from the last parent on in the other.
    """
    small: Parents = {"L": ("p", "t"), "p": ("w", "x"), "t": (), "w": (), "x": (), "unused": ("x",)}
    twice: Parents = {"L": ("a", "c"), "a": ("x",), "c": ("b",), "b": ("a",), "x": ()}
    mirrored: Parents = {"b": ("a",), "L": ("c", "a"), "c": ("b",), "a": ("x",), "x": ()}
    squared: Parents = {"L": ("e", "e"), "e": ("y", "t"), "y": ("w", "w"), "t": (), "w": ()}
    wide: Parents = {"L": ("s",), "s": ("u", "x", "v"), "u": ("x", "m"), "v": ("m",), "m": ("x",)}
    wide |= {"x": ()}
    names = [str(n) for n in rng.permutation(np.arange(10, 99))[:9]]
    drawn = {
        name: tuple(str(p) for p in rng.permutation(names[:k])[: rng.integers(1, 3)])
        for k, name in enumerate(names)
    }
    chain = {f"v{k}": (f"v{k - 1}",) if k else () for k in range(DEEP)}
    doubled: Parents = {"a0": (), "b0": ()}
    for k in range(1, _DOUBLINGS + 1):
        doubled |= {f"a{k}": (f"a{k - 1}", f"b{k - 1}"), f"b{k}": (f"b{k - 1}", f"a{k - 1}")}
    shuffled = {name: drawn[name] for name in rng.permutation(names).tolist()}
    return [
        (small, "L"),
        Case("where a value is used early and late", twice, "L"),
        Case("where a value is used early and late", mirrored, "L"),
        Case("where a value is used twice by the same one", squared, "L"),
        (wide, "L"),
        (wide, "x"),
        (shuffled, names[-1]),
        Case(f"on a chain of {DEEP:,} values", chain, f"v{DEEP - 1}"),
        Case(f"where 2^{_DOUBLINGS} paths lead to an input", doubled, f"a{_DOUBLINGS}"),
    ]


class _Counted(dict):
    """Parents by name; asked for more often than any walk needs that comes to an end, they stop it."""

    asked = 0

    def __getitem__(self, name: str) -> tuple[str, ...]:
        self.asked += 1
        if self.asked > asks_allowed(len(self)):
            raise EveryPath
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        known = name in self
        return self[name] if known else default


def _use(answer: Callable[..., Any], parents: Parents, last: str) -> Any:
    """The order that came back, as a list, or why none did."""
    try:
        order = answer(_Counted(parents), last)
    except RecursionError:
        return TOO_DEEP
    except EveryPath:
        return TOO_OFTEN if _many_paths(parents, last) else ENDLESS
    if isinstance(order, str):  # not one of the sentences that are compared
        return f"the text {order[:60]!r}"
    return list(order) if isinstance(order, Iterable) else order


def _read(order: Any, parents: Parents, last: str) -> Any:
    """Many orders are right; so what is compared is a sentence on the order that came back."""
    if isinstance(order, str) and order == IN_ORDER:
        return f"the text {order!r}"
    if not isinstance(order, list) or not all(isinstance(name, str) for name in order):
        return order
    fault = _described(order, parents, last)
    shown = ", ".join(order[:_MOST]) + ", ..." * (len(order) > _MOST)
    return f"{fault}: {shown or 'an empty list'}" if fault else IN_ORDER


def _many_paths(parents: Parents, last: str) -> bool:
    """Whether a walk along every path asks for parents more often than is allowed."""
    waiting = [last]
    for name in waiting:
        if len(waiting) > asks_allowed(len(parents)):
            return True
        waiting += parents[name]
    return False


def _described(order: list[str], parents: Parents, last: str) -> str:
    """What is wrong with an order, "" if nothing is."""
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
    return ""


def _needed(parents: Parents, last: str) -> dict[str, None]:
    """Everything `last` was computed from, found without the reference, which must not travel."""
    needed = {last: None}
    waiting = [last]
    for name in waiting:
        waiting += [parent for parent in parents[name] if parent not in needed]
        needed |= dict.fromkeys(parents[name])
    return needed


# ---- what every right answer has -----------------------------------------------------------------


def _never(words: str) -> Callable[..., bool]:
    """A property: the sentence on the order does not say this."""
    return lambda said, parents, last: not (isinstance(said, str) and words in said)


def _holds_last(said: Any, parents: Parents, last: str) -> bool:
    return not (isinstance(said, str) and said.startswith(f"{last} is missing"))


def _holds_all(said: Any, parents: Parents, last: str) -> bool:
    return not (isinstance(said, str) and " is missing:" in said) or not _holds_last(
        said, parents, last
    )


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


def _marked_early(parents: Parents, last: str) -> list[str]:
    """A name is marked when it is put on the list of things to do."""
    order, seen, stack = [], {last}, [(last, False)]
    while stack:
        name, parents_done = stack.pop()
        if parents_done:
            order.append(name)
            continue
        stack.append((name, True))
        for parent in parents[name]:
            if parent not in seen:
                seen.add(parent)
                stack.append((parent, False))
    return order


def _as_met(parents: Parents, last: str) -> list[str]:
    """Every name as a walk from the first parent on meets it first; turned round."""
    met: dict[str, None] = {}
    stack = [last]
    while stack:
        name = stack.pop()
        if name not in met:
            met[name] = None
            stack.extend(reversed(parents[name]))
    return list(met)[::-1]


def _as_met_from_the_last(parents: Parents, last: str) -> list[str]:
    """The same walk, from the last parent on."""
    return _as_met({name: own[::-1] for name, own in parents.items()}, last)


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
    read=_read,
    hints=(
        "Work from `last` towards the inputs. A name may be placed when all its parents are.",
        "Keep a list of things to do. Take a name from its end; if its parents are not placed, "
        "put the name back, and its parents on top of it.",
        "Nested calls end at a depth of 1,000 (3,000 in Jupyter). A list that you push to and "
        "pop from has no such limit.",
    ),
    properties=(
        Property(
            "only what is needed",
            _never(" does not depend on it"),
            "A name is listed that `last` was not computed from. Begin with `last` and follow the "
            "parents.",
        ),
        Property(
            "each name once",
            _never("a name is listed twice"),
            "A name is listed twice. A value that is used twice is placed once: remember what is "
            "placed already.",
        ),
        Property(
            "`last` is in the list",
            _holds_last,
            "`last` itself is missing. It belongs at the end of the list.",
        ),
        Property(
            "everything that is needed",
            _holds_all,
            "A name is missing that `last` was computed from, directly or through others.",
        ),
        Property(
            "each name after its parents",
            _never(" stands before "),
            "A name is placed before one of its parents. It may be placed only when all of its "
            "parents are, whichever path led to it first.",
        ),
        Property(
            "no nested calls",
            _never(TOO_DEEP),
            "The calls are nested too deep for Python on a long chain. Keep the names still to be "
            "done in a list of your own.",
        ),
        Property(
            "the walk ends",
            _never(ENDLESS),
            "The walk does not end, even on a small graph: the same names come back to be done "
            "again and again. What you take next has to bring you nearer to the end.",
        ),
        Property(
            "no name visited once for every path to it",
            _never(TOO_OFTEN),
            "Names are visited once for every path that leads to them, and the paths double with "
            "each layer: 2^40 of them would take years. A name that is placed, with all before "
            "it, need not be visited again.",
        ),
    ),
    parts={
        "placed": "the names that are placed",
        "list(placed)": "the list",
        "stack": "the list of things to do",
        "name": "the name",
        "parents_done": "whether the parents are placed",
        "name in placed": "the question whether a name is placed already",
        "if name in placed:\n    continue": "the question whether a name is placed already",
        "placed[name] = None": "the entry in the list",
        "stack.append((name, True))": "the second visit of a name, when its parents are placed",
        "stack.extend(((parent, False) for parent in parents[name]))": "the visit of the parents",
        "(parent, False)": "the visit of a parent",
        "parents[name]": "the parents of a name",
    },
    mistakes=(
        Mistake(
            "the loss first",
            _from_the_loss,
            "This is the order of the backward walk, from the loss to the inputs. Turn it round.",
        ),
        Mistake(
            "by levels",
            _by_levels,
            "The names are listed level by level from `last`, and turned round. A value that is "
            "used early and late has to come before both of its users; the level on which it is "
            "met first does not tell that.",
        ),
        Mistake(
            "marked too early",
            _marked_early,
            "A name is marked as soon as it is put on the list of things to do, before it is "
            "placed. A parent that still waits there then counts as done, and its user comes out "
            "first.",
        ),
        Mistake(
            "as the walk meets them",
            _as_met,
            "The names are listed as a walk from `last` meets them, and turned round. That places "
            "a value before its parent where the parent was met first on another path: place a "
            "name after all its parents are placed.",
        ),
        Mistake(
            "as the walk meets them, from the last parent on",
            _as_met_from_the_last,
            "The names are listed as a walk from `last` takes them from the list of things to do, "
            "and turned round. A parent that is taken early then comes after its later users: "
            "place a name only after all its parents.",
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
