"""The two exercises of lesson 03 on graphs, order and tape: answers, cases, wrong answers.

The name begins like those of the lessons' files, which grading never loads beside an answer.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Parents = dict[str, tuple[str, ...]]

# ---- the right answers ---------------------------------------------------------------------------


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


class Scalar:
    """A number that remembers what it was computed from, and how strongly it reacts to it."""

    def __init__(self, data: float, parents: tuple = (), slopes: tuple = ()) -> None:
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other: "Scalar") -> "Scalar":
        return Scalar(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: "Scalar") -> "Scalar":
        return Scalar(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self) -> "Scalar":
        """The bend: y = tanh x reacts with slope 1 - y²."""
        y = math.tanh(self.data)
        return Scalar(y, (self,), (1 - y * y,))

    def backward(self) -> None:
        """Fill grad of everything this number was computed from."""
        order, placed, stack = [], set(), [(self, False)]
        while stack:  # parents first, as in exercise 03.3
            node, parents_done = stack.pop()
            if parents_done:
                order.append(node)
            elif id(node) not in placed:
                placed.add(id(node))
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        self.grad = 1.0
        for node in reversed(order):  # users first: each grad is complete when it is handed on
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad


# ---- the cases, and how answers are tried --------------------------------------------------------

DEEP = 5000  # above the 1,000 nested calls of Python and the 3,000 of Jupyter
TOO_DEEP = "too many nested calls"
IN_ORDER = "every needed name once, parents first"


def order_cases(rng: np.random.Generator) -> list[tuple]:
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


def use_order(answer: Callable[..., Any], parents: Parents, last: str) -> Any:
    """Many orders are right; so what is compared is a sentence on the order that came back."""
    try:
        order = answer(parents, last)
    except RecursionError:
        return TOO_DEEP
    if not isinstance(order, list | tuple):
        return order
    place = {name: k for k, name in enumerate(order)}
    needed = {last: None}  # found without the reference: this function travels to the answer
    waiting = [last]
    for name in waiting:
        waiting += [parent for parent in parents[name] if parent not in needed]
        needed |= dict.fromkeys(parents[name])
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


def _chain(a: Any, b: Any) -> Any:
    for _ in range(DEEP):
        a = a + b
    return a


EXPRESSIONS: dict[str, Callable[..., Any]] = {
    "a * b": lambda a, b: a * b,
    "a * b + a": lambda a, b: a * b + a,
    "(a + b) * (a * b)": lambda a, b: (a + b) * (a * b),
    "tanh(a * b) * a + tanh(a)": lambda a, b: (a * b).tanh() * a + a.tanh(),
    "s * s, where s = a * b + b": lambda a, b: (lambda s: s * s)(a * b + b),
    "s * tanh(s), where s = a * b": lambda a, b: (lambda s: s * s.tanh())(a * b),
    f"a + b + b + ..., {DEEP} times b": _chain,
}


def scalar_cases(rng: np.random.Generator) -> list[tuple]:
    """Every expression, with drawn values of a and b."""
    small = [("a * b", [2.0, 3.0]), ("a * b + a", [2.0, 3.0])]
    drawn = [(name, rng.uniform(0.2, 1.2, 2).round(2).tolist()) for name in EXPRESSIONS]
    return [*small, *drawn]


def use_scalar(answer: Callable[..., Any], expression: str, values: list[float]) -> Any:
    """Compute the expression with the learner's class, go backward, report as plain numbers."""
    inputs = [answer(value) for value in values]
    loss = EXPRESSIONS[expression](*inputs)
    try:
        loss.backward()
    except RecursionError:
        return TOO_DEEP
    return {"value": loss.data, "gradients of a, b": [x.grad for x in inputs]}


# ---- what people write instead -------------------------------------------------------------------


def from_the_loss(parents: Parents, last: str) -> list[str]:
    """The right order, the wrong way round."""
    return parents_first(parents, last)[::-1]


def by_levels(parents: Parents, last: str) -> list[str]:
    """The first meeting of a walk from the loss decides; turned round."""
    found = {last: None}  # a dictionary keeps the order of its keys
    waiting = [last]
    for name in waiting:  # the list grows while it is walked
        waiting += [p for p in parents[name] if p not in found]
        found |= dict.fromkeys(parents[name])
    return list(found)[::-1]


def with_repeats(parents: Parents, last: str) -> list[str]:
    """Every use of a name lists it once more."""
    found = [last]
    for name in found:
        found += parents[name]
    return found[::-1]


def all_names(parents: Parents, last: str) -> list[str]:
    """Parents first, and also what the last value does not need."""
    goal = {**parents, "all": tuple(parents)}
    return parents_first(goal, "all")[:-1]


def nested_order(parents: Parents, last: str) -> list[str]:
    """Right, by calls within calls."""
    order: list[str] = []

    def place(name: str) -> None:
        for parent in parents[name]:
            place(parent)
        if name not in order:
            order.append(name)

    place(last)
    return order


def by_arrival(last: Scalar) -> list[Scalar]:
    """Everything below a node in the order in which a walk from the loss meets it first."""
    found = {id(last): last}
    waiting = [last]
    for node in waiting:
        new = {id(p): p for p in node.parents if id(p) not in found}
        found |= new
        waiting += new.values()
    return waiting


def by_path(last: Scalar) -> list[Scalar]:
    """Everything below a node, listed again for every path that leads to it."""
    met = [last]
    for node in met:
        met += node.parents
    return met


def _users_first(last: Scalar) -> list[Scalar]:
    nodes = {str(id(node)): node for node in by_arrival(last)}
    graph = {name: tuple(str(id(p)) for p in node.parents) for name, node in nodes.items()}
    return [nodes[name] for name in reversed(parents_first(graph, str(id(last))))]


class _Remade(Scalar):
    """Operations return the subclass, so that its own `backward` is called."""

    def _same_kind(self, made: Scalar) -> Scalar:
        return type(self)(made.data, made.parents, made.slopes)

    def __add__(self, other: Scalar) -> Scalar:
        return self._same_kind(super().__add__(other))

    def __mul__(self, other: Scalar) -> Scalar:
        return self._same_kind(super().__mul__(other))

    def tanh(self) -> Scalar:
        return self._same_kind(super().tanh())


def scalar_with(
    start: float = 1.0,
    rule: Callable[[float, float, float], float] = lambda old, slope, grad: old + slope * grad,
    order: Callable[[Scalar], list[Scalar]] = _users_first,
) -> type[Scalar]:
    """The class with another start, another rule, or another order of the walk."""

    class _Changed(_Remade):
        def backward(self) -> None:
            self.grad = start
            for node in order(self):
                for parent, slope in zip(node.parents, node.slopes, strict=True):
                    parent.grad = rule(parent.grad, slope, node.grad)

    return _Changed


class NestedScalar(_Remade):
    """Every path to the inputs is walked by calls within calls."""

    def backward(self, blame: float = 1.0) -> None:
        """Take the blame of one path and hand it on."""
        self.grad += blame
        for parent, slope in zip(self.parents, self.slopes, strict=True):
            parent.backward(blame * slope)
