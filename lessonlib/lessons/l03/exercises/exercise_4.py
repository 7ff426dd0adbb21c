"""Exercise 03.4: write `backward` of a number that remembers what it was computed from."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property
from lessonlib.lessons.l03.exercises.exercise_3 import parents_first
from lessonlib.lessons.l03.exercises.shared import (
    DEEP,
    TOO_DEEP,
    TOO_OFTEN,
    EveryPath,
    asks_allowed,
)


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
        """Add, to the grad of each number it came from, the slope of this number for it."""
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


def _chain(a: Any, b: Any) -> tuple:
    first = a = a + b
    for _ in range(DEEP - 1):
        a = a + b
    return a, first


def _with_s(rest: Callable[[Any, Any], Any], s: Any, a: Any) -> tuple:
    return rest(s, a), s


def _plus(s: Any, a: Any) -> Any:
    return s + a


_DOUBLINGS = 30  # no walk along every path ends
_DOUBLED = f"s + s, {_DOUBLINGS} times from s = a + b on"


def _doubled(a: Any, b: Any) -> tuple:
    first = s = a + b
    for _ in range(_DOUBLINGS if hasattr(s, "backward") else 0):  # a list would double in length
        s = s + s
    return s, first


# the inputs are not new: an earlier result has left gradients in them
_AGAIN = "a + b, after the backward of a * b"
_SAME = "where an operation uses the same number twice"
_WAITS = "where s has to wait for both of its users"

# name -> (what is special, the result and a number on the way, from a and b)
EXPRESSIONS: dict[str, tuple[str, Callable[..., tuple]]] = {
    "a + b": ("", lambda a, b: (a + b, None)),
    "a * b": ("", lambda a, b: (a * b, None)),
    "tanh(s), where s = a + b": ("", lambda a, b: _with_s(lambda s, a: s.tanh(), a + b, a)),
    "a * b + a": ("where a number is used twice", lambda a, b: _with_s(_plus, a * b, a)),
    "a * a + b": (_SAME, lambda a, b: _with_s(_plus, a * a, b)),
    "(a + b) * (a * b)": (
        "where a number is used twice",
        lambda a, b: _with_s(lambda s, p: s * p, a + b, a * b),
    ),
    "tanh(a * b) * a + tanh(a)": (
        "where a number is used twice",
        lambda a, b: _with_s(lambda s, a: s.tanh() * a + a.tanh(), a * b, a),
    ),
    "s * s, where s = a * b + b": (
        _SAME,
        lambda a, b: _with_s(lambda s, a: s * s, a * b + b, a),
    ),
    "s * tanh(s), where s = a * b": (
        f"in s * tanh(s), {_WAITS}",
        lambda a, b: _with_s(lambda s, a: s * s.tanh(), a * b, a),
    ),
    "tanh(s) * s, where s = a * b": (
        f"in tanh(s) * s, {_WAITS}",
        lambda a, b: _with_s(lambda s, a: s.tanh() * s, a * b, a),
    ),
    f"a + b + b + ..., {DEEP} times b": (f"on a chain of {DEEP:,} sums", _chain),
    _AGAIN: ("where a and b hold gradients of an earlier result", lambda a, b: (a + b, None)),
    _DOUBLED: (f"where 2^{_DOUBLINGS} paths lead to an input", _doubled),
}


def _cases(rng: np.random.Generator) -> list[tuple]:
    """Every expression, with drawn values of a and b; the short ones with whole numbers as well."""
    whole = [_case(name, [2.0, 3.0]) for name in ("a + b", "a * b", "a * b + a")]
    drawn = [_case(name, rng.uniform(0.2, 1.2, 2).round(2).tolist()) for name in EXPRESSIONS]
    same = Case("where different numbers have the same value", "(a + b) * (a * b)", [2.0, 2.0])
    return [*whole, same, *drawn]


def _case(name: str, values: list[float]) -> tuple:
    about = EXPRESSIONS[name][0]
    return Case(about, name, values) if about else (name, values)


class _Counted(tuple):
    """Parents that stop a walk which asks for them more often than one that comes to an end."""

    asked: list[int]  # the questions so far, and how many are allowed: the same list for all

    def _ask(self) -> None:
        self.asked[0] += 1
        if self.asked[0] > self.asked[1]:
            raise EveryPath

    def __iter__(self) -> Iterator[Any]:
        self._ask()
        return super().__iter__()

    def __getitem__(self, place: Any) -> Any:
        self._ask()
        return super().__getitem__(place)


def _count(last: Any) -> None:
    """Let the numbers below the last one count how often they are asked for their parents."""
    found = {id(last): last}
    waiting = [last]
    for node in waiting:
        new = {id(p): p for p in getattr(node, "parents", ()) if id(p) not in found}
        found |= new
        waiting += new.values()
    asked = [0, asks_allowed(len(waiting))]
    for node in waiting:
        if type(getattr(node, "parents", None)) is tuple:
            node.parents = _Counted(node.parents)
            node.parents.asked = asked


def _use(answer: Callable[..., Any], expression: str, values: list[float]) -> Any:
    """Compute the expression with the learner's class, go backward, report as plain numbers."""
    inputs = [answer(value) for value in values]
    loss, on_the_way = EXPRESSIONS[expression][1](*inputs)
    if expression == _DOUBLED:
        _count(loss)
    try:
        if expression == _AGAIN:
            (inputs[0] * inputs[1]).backward()
        loss.backward()
    except RecursionError:
        return TOO_DEEP
    except EveryPath:
        return TOO_OFTEN
    found = {"value": loss.data, "gradients of a, b": [x.grad for x in inputs]}
    return found if on_the_way is None else found | {"gradient of s": on_the_way.grad}


def _called(expression: str, values: list[float]) -> str:
    return f"a, b = Scalar({values[0]}), Scalar({values[1]}); the backward of {expression}"


# ---- what every right answer has -----------------------------------------------------------------


def _gradients(found: Any) -> list[float]:
    return found["gradients of a, b"]


def _something_arrives(found: Any, expression: str, values: list[float]) -> bool:
    return any(g != 0 for g in _gradients(found))


def _sum_hands_on_1(found: Any, expression: str, values: list[float]) -> bool:
    return expression != "a + b" or np.allclose(_gradients(found), 1)


def _product_hands_on_slopes(found: Any, expression: str, values: list[float]) -> bool:
    return expression != "a * b" or np.allclose(_gradients(found), values[::-1])


def _reaches_the_middle(found: Any, expression: str, values: list[float]) -> bool:
    return "gradient of s" not in found or found["gradient of s"] != 0


def _hands_on_all(found: Any, expression: str, values: list[float]) -> bool:
    """Whether a and b got all of the gradient that s = a * b has at the end."""
    if "tanh(s)" not in expression or "a * b" not in expression:
        return True
    (da, db), (a, b), ds = _gradients(found), values, found["gradient of s"]
    by_slopes = np.isclose(a * da, b * db) and da != 0
    return not by_slopes or bool(np.isclose(da, b * ds))


def _adds_to_what_is_there(found: Any, expression: str, values: list[float]) -> bool:
    """Whether the slopes of a * b are still in the gradients after the backward of a + b."""
    return expression != _AGAIN or not np.allclose(_gradients(found), 1)


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


def _by_walk(last: Scalar) -> list[Scalar]:
    """The order in which a walk takes the numbers from a list of things to do, its end first."""
    met: dict[int, Scalar] = {}
    stack = [last]
    while stack:
        node = stack.pop()
        if id(node) not in met:
            met[id(node)] = node
            stack.extend(node.parents)
    return list(met.values())


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

    def backward(self, part: float = 1.0) -> None:
        """Take the part of one path and hand it on."""
        self.grad += part
        for parent, slope in zip(self.parents, self.slopes, strict=True):
            parent.backward(part * slope)


class _NestedOrder(_Remade):
    """The right order, found by calls within calls."""

    def backward(self) -> None:
        """Place every number after its parents, then hand on from the end."""
        order: dict[int, Scalar] = {}

        def place(node: Scalar) -> None:
            for parent in node.parents:
                if id(parent) not in order:
                    place(parent)
            order[id(node)] = node

        place(self)
        self.grad = 1.0
        for node in reversed(order.values()):
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad


class _PathByPath(_Remade):
    """Every path to the inputs is walked, with a list of things to do."""

    def backward(self) -> None:
        """Take the part of each path and hand it on."""
        waiting = [(self, 1.0)]
        while waiting:
            node, part = waiting.pop()
            node.grad += part
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                waiting.append((parent, slope * part))


class _Emptied(_Remade):
    """Every gradient is set to 0 before the walk."""

    def backward(self) -> None:
        """Forget what was there, then go back as usual."""
        order = _users_first(self)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in order:
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad


class _OneStep(_Remade):
    """Only what the last operation used gets a gradient."""

    def backward(self) -> None:
        """Hand on to the parents, and no further."""
        self.grad = 1.0
        for parent, slope in zip(self.parents, self.slopes, strict=True):
            parent.grad += slope


EXERCISE = Exercise(
    id="03.4",
    title="The tape",
    points=4,
    stars=3,
    minutes=20,
    reference=Scalar,
    cases=_cases,
    use=_use,
    called=_called,
    forbidden=("lessonlib.autograd.Value.backward",),
    hints=(
        "First the order: everything below self, parents first (exercise 03.3), with the "
        "numbers themselves in place of names.",
        "self.grad = 1.0; then walk the order from its end. For each parent and slope: add "
        "slope * node.grad to the parent's grad.",
        "Use id(node), or the node itself, to remember what is placed.",
    ),
    properties=(
        Property(
            "something arrives",
            _something_arrives,
            "No gradient arrives at a and b: both are 0. Where does the walk begin, and with which "
            "gradient?",
        ),
        Property(
            "a sum hands on 1",
            _sum_hands_on_1,
            "In a + b both gradients are 1: the result's own gradient of 1, times the slopes of a "
            "sum. Here they are not.",
        ),
        Property(
            "a product hands on its slopes",
            _product_hands_on_slopes,
            "In a * b each gradient has to be the slope that the product keeps for that number; "
            "here it is not.",
        ),
        Property(
            "numbers on the way get a gradient too",
            _reaches_the_middle,
            "A number on the way, such as s, gets no gradient. Everything that the result came "
            "from has to get one, not only a and b.",
        ),
        Property(
            "all of a gradient is handed on, once",
            _hands_on_all,
            "At the end s has another gradient than the one that it has handed on to a and b. A "
            "number hands on once, after all of its users have added their part.",
        ),
        Property(
            "adds to what is there",
            _adds_to_what_is_there,
            "After the backward of a * b and then of a + b, a and b have the slopes of the second "
            "result alone. `backward` adds to the gradients that are there: whoever wants a fresh "
            "start sets them to 0 before.",
        ),
        Property(
            "no nested calls",
            lambda found, expression, values: found != TOO_DEEP,
            "The calls are nested too deep for Python on a long chain. Make a list of the numbers "
            "in order first.",
        ),
        Property(
            "no number visited once for every path to it",
            lambda found, expression, values: found != TOO_OFTEN,
            "Numbers are visited once for every path that leads to them, and each s + s doubles "
            f"the paths: after {_DOUBLINGS} of them there are 2^{_DOUBLINGS}, and a walk along all "
            "takes far too long. Each number should hand on once, after all its users.",
        ),
    ),
    parts={
        "slope * node.grad": "what comes over this edge",
        "slope": "the slope of the edge",
        "node.grad": "the gradient of the number that hands on",
        "parent.grad += slope * node.grad": "the gradient of the parent",
        "self.grad = 1.0": "the gradient of the result",
        "reversed(order)": "the order of the walk",
        "order": "the order of the walk",
        "order.append(node)": "the entry in the order",
        "placed.add(id(node))": "the mark that a number is placed",
        "stack.append((node, True))": "the second visit of a number, when its parents are placed",
        "stack.extend(((parent, False) for parent in node.parents))": "the visit of the parents",
        "parents_done": "whether the parents are placed",
        "id(node) not in placed": "the question whether a number is placed already",
        "node.slopes": "the slopes of the edges",
        "node.parents": "the parents",
        "parent": "the parent",
        "node": "the number that hands on",
    },
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
            "slopes alone",
            _scalar_with(rule=lambda old, slope, grad: old + slope),
            "Every number hands on the slope alone. Along a path slopes are multiplied: the slope "
            "times the gradient of the number that hands on.",
        ),
        Mistake(
            "set to 0 first",
            _Emptied,
            "Right for a first result. A second one made from the same numbers loses what the "
            "first has left in them: `backward` adds to the gradients that are there.",
        ),
        Mistake(
            "one step",
            _OneStep,
            "Only the parents of the result get a gradient. Either the walk ends there, or it goes "
            "from the inputs to the result: then all others hand on while their own gradient is "
            "still 0.",
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
            "too early, last parents first",
            _scalar_with(order=_by_walk),
            "The numbers hand on as they are taken from the list of things to do. A number that "
            "has a second user further down in that list hands on before that user has added its "
            "part.",
        ),
        Mistake(
            "too often",
            _scalar_with(order=_by_path),
            "A number that is used twice hands on its gradient twice, the first part a second "
            "time with it. Each number hands on once, after all its users.",
        ),
        Mistake(
            "every path, by nested calls",
            _NestedScalar,
            f"Right for small graphs. In a chain of {DEEP:,} operations the calls are nested "
            "too deep for Python, and where values are used twice again and again the paths are "
            "too many. Make a list of the numbers in order first; each then hands on once.",
        ),
        Mistake(
            "nested calls",
            _NestedOrder,
            f"Right for small graphs. In a chain of {DEEP:,} operations the calls are nested "
            "too deep for Python. Find the order with a list of things to do.",
        ),
        Mistake(
            "every path",
            _PathByPath,
            "Right where paths are few. Every path is walked by itself, and each value that is "
            "used twice doubles their number. Wait until all users of a number have added their "
            "part; then it hands on once.",
        ),
    ),
)
