"""Exercise 03.4: write `backward` of a number that remembers what it was computed from."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l03.exercises.exercise_3 import parents_first
from lessonlib.lessons.l03.exercises.shared import DEEP, TOO_DEEP


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


def _cases(rng: np.random.Generator) -> list[tuple]:
    """Every expression, with drawn values of a and b."""
    small = [("a * b", [2.0, 3.0]), ("a * b + a", [2.0, 3.0])]
    drawn = [(name, rng.uniform(0.2, 1.2, 2).round(2).tolist()) for name in EXPRESSIONS]
    return [*small, *drawn]


def _use(answer: Callable[..., Any], expression: str, values: list[float]) -> Any:
    """Compute the expression with the learner's class, go backward, report as plain numbers."""
    inputs = [answer(value) for value in values]
    loss = EXPRESSIONS[expression](*inputs)
    try:
        loss.backward()
    except RecursionError:
        return TOO_DEEP
    return {"value": loss.data, "gradients of a, b": [x.grad for x in inputs]}


# ---- what people write instead -------------------------------------------------------------------


def _by_arrival(last: Scalar) -> list[Scalar]:
    """Everything below a node in the order in which a walk from the loss meets it first."""
    found = {id(last): last}
    waiting = [last]
    for node in waiting:
        new = {id(p): p for p in node.parents if id(p) not in found}
        found |= new
        waiting += new.values()
    return waiting


def _by_path(last: Scalar) -> list[Scalar]:
    """Everything below a node, listed again for every path that leads to it."""
    met = [last]
    for node in met:
        met += node.parents
    return met


def _users_first(last: Scalar) -> list[Scalar]:
    nodes = {str(id(node)): node for node in _by_arrival(last)}
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


def _scalar_with(
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


class _NestedScalar(_Remade):
    """Every path to the inputs is walked by calls within calls."""

    def backward(self, blame: float = 1.0) -> None:
        """Take the blame of one path and hand it on."""
        self.grad += blame
        for parent, slope in zip(self.parents, self.slopes, strict=True):
            parent.backward(blame * slope)


EXERCISE = Exercise(
    id="03.4",
    title="The tape",
    points=4,
    stars=3,
    minutes=20,
    reference=Scalar,
    cases=_cases,
    use=_use,
    forbidden=("lessonlib.autograd.Value.backward",),
    hints=(
        "First the order: everything below self, parents first (exercise 03.3), with the "
        "numbers themselves in place of names.",
        "self.grad = 1.0; then walk the order from its end. For each parent and slope: add "
        "slope * node.grad to the parent's grad.",
        "Use id(node), or the node itself, to remember what is placed.",
    ),
    mistakes=(
        Mistake(
            "overwrites",
            _scalar_with(rule=lambda old, slope, grad: slope * grad),
            "A number that is used twice keeps only its last term. Use += for the gradients.",
        ),
        Mistake(
            "no start",
            _scalar_with(start=0.0),
            "All gradients are 0. The loss reacts to itself with slope 1: self.grad = 1.0.",
        ),
        Mistake(
            "without slopes",
            _scalar_with(rule=lambda old, slope, grad: old + grad),
            "The gradient is handed on unchanged. Multiply it by the slope of the edge.",
        ),
        Mistake(
            "too early",
            _scalar_with(order=_by_arrival),
            "A number hands its gradient on before all its users have added theirs. Walk in "
            "topological order, from the loss back.",
        ),
        Mistake(
            "too often",
            _scalar_with(order=_by_path),
            "A number that is used twice hands on its gradient twice, the first part a second "
            "time with it. Each number hands on once, after all its users.",
        ),
        Mistake(
            "nested calls",
            _NestedScalar,
            f"Right for small graphs. In a chain of {DEEP:,} operations the calls are nested "
            "too deep for Python. Make a list of the numbers in order first.",
        ),
    ),
)
