"""The scalar tape against torch, on single operations, random expressions, deep and wide graphs."""

import gc
import math
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from lessonlib.autograd import Value

numbers = st.floats(-3, 3).filter(lambda x: abs(x) > 1e-2)

BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
UNARY = {
    "-x": lambda a: -a,
    "x + 2": lambda a: a + 2,
    "2 + x": lambda a: 2 + a,
    "x - 2": lambda a: a - 2,
    "2 - x": lambda a: 2 - a,
    "x * 3": lambda a: a * 3,
    "3 * x": lambda a: 3 * a,
    "x / 4": lambda a: a / 4,
    "4 / x": lambda a: 4 / a,
    "x ** 2": lambda a: a**2,
    "x ** 3": lambda a: a**3,
    "x ** -1": lambda a: a**-1,
    "x ** 0": lambda a: a**0,
    "2 ** x": lambda a: 2**a,
    "exp": lambda a: a.exp(),
    "tanh": lambda a: a.tanh(),
    "relu": lambda a: a.relu(),
    "sigmoid": lambda a: a.sigmoid(),
}


def assert_like_torch(function, *points):
    ours = [Value(x) for x in points]
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in points]
    y, expected = function(*ours), function(*theirs)
    y.backward()
    expected.backward()
    assert y.data == pytest.approx(expected.item(), rel=1e-10, abs=1e-10)
    for a, b in zip(ours, theirs, strict=True):
        assert a.grad == pytest.approx(b.grad.item(), rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("name", BINARY)
@given(a=numbers, b=numbers)
def test_binary_operations(name, a, b):
    assert_like_torch(BINARY[name], a, b)
    assert_like_torch(lambda x: BINARY[name](x, x), a)  # both operands the same value


@pytest.mark.parametrize("name", UNARY)
@given(a=numbers)
def test_unary_operations(name, a):
    assert_like_torch(UNARY[name], a)


@given(a=st.floats(0.01, 5), b=numbers)
def test_operations_on_positive_numbers(a, b):
    assert_like_torch(lambda x: x.log(), a)
    assert_like_torch(lambda x: x**0.5, a)
    assert_like_torch(lambda x, y: x**y, a, b)


@given(st.data())
def test_random_expressions(data):
    """A random graph with shared values: each step applies an operation to values made before."""
    points = data.draw(st.lists(numbers, min_size=2, max_size=3))
    ours = [Value(x) for x in points]
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in points]
    leaves = list(zip(ours, theirs, strict=True))
    for _ in range(data.draw(st.integers(1, 12))):
        i = data.draw(st.integers(0, len(ours) - 1))
        if data.draw(st.booleans()):
            f = BINARY[data.draw(st.sampled_from(["+", "-", "*"]))]
            j = data.draw(st.integers(0, len(ours) - 1))
            a, b = f(ours[i], ours[j]), f(theirs[i], theirs[j])
        else:
            f = UNARY[data.draw(st.sampled_from(["-x", "x + 2", "tanh", "sigmoid", "relu"]))]
            a, b = f(ours[i]), f(theirs[i])
        assume(abs(a.data) < 1e6)
        ours.append(a)
        theirs.append(b)
    loss, expected = sum(ours, Value(0.0)), sum(theirs)
    loss.backward()
    expected.backward()
    for a, b in leaves:
        assert a.grad == pytest.approx(b.grad.item(), rel=1e-10, abs=1e-10)


def test_a_chain_of_100_000_operations():
    x = Value(0.5)
    y = x
    for _ in range(100_000):
        y = y + 1e-6
    (y * y).backward()
    assert x.grad == pytest.approx(2 * y.data)
    assert len(y.graph().nodes) == 100_001
    del y
    gc.collect()  # taking a deep chain apart must not recurse either


def test_one_value_used_100_000_times():
    x = Value(0.5)
    sum(x * i for i in range(100_000)).backward()
    assert x.grad == sum(range(100_000))


def test_gradients_add_up_over_calls_and_inner_ones_start_afresh():
    x = Value(3.0)
    square = x * x
    loss = square * 2.0
    loss.backward()
    loss.backward()
    assert x.grad == 2 * 12.0
    assert square.grad == 2.0
    other = square * 5.0  # a second loss over the same inner value
    x.grad = 0.0
    other.backward()
    assert x.grad == 30.0


def test_backward_on_an_input():
    x = Value(3.0)
    x.backward()
    assert x.grad == 1.0


def test_an_interrupt_does_not_spoil_the_next_call():
    class Interrupting(float):
        armed = True

        def __mul__(self, other):
            if self.armed:
                raise KeyboardInterrupt
            return float(self) * other

    x, slope = Value(2.0), Interrupting(3.0)
    inner = Value(6.0, "*", (x,), (slope,))
    loss = inner + inner * x
    with pytest.raises(KeyboardInterrupt):
        loss.backward()
    Interrupting.armed = False
    x.grad = 0.0
    loss.backward()
    assert x.grad == 3.0 * (1 + 2.0) + 6.0


@pytest.mark.parametrize("x", [-1000.0, 1000.0])
def test_extreme_inputs_do_not_overflow(x):
    for name in ("sigmoid", "tanh", "relu"):
        assert_like_torch(UNARY[name], x)
    assert Value(x).exp().data == (math.inf if x > 0 else 0.0)


EDGES = (0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 1e-300, 1e300, -1e300, 1e155, 700.0, -740.0,
         709.7827, 709.785, 710.0, -30.0, -40.0, math.inf, -math.inf, math.nan)  # fmt: skip


def assert_exactly_torchs(function, *points):
    """Value and slopes as torch has them in float64, where they are infinite or nan, too."""
    ours = [Value(x) for x in points]
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in points]
    y, expected = function(*ours), function(*theirs)
    y.backward()
    expected.backward()
    seen = [y.data, *(value.grad for value in ours)]
    wanted = [expected.item(), *(value.grad.item() for value in theirs)]
    np.testing.assert_allclose(seen, wanted, rtol=1e-9, atol=1e-307, err_msg=str(points))


def real(x, n):
    """Whether torch's x ** n is a real number; where it is none, the tape refuses in words."""
    return not (x < 0 and math.isfinite(n) and n != int(n))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("x", EDGES)
def test_the_edges_of_floating_point_are_torchs(x):
    for name in ("exp", "tanh", "relu", "sigmoid", "x / 4", "4 / x", "x * 3", "x ** 0"):
        assert_exactly_torchs(UNARY[name], x)
    if not x < 0:
        assert_exactly_torchs(lambda a: a.log(), x)
    for n in (0.5, -0.5, 1, -1, 2, -2, 3, -3, 1.5, 1000, -1000):
        roots_of_minus_zero = str(x) == "-0.0" and abs(n) == 0.5  # torch's rsqrt has its own sign
        if real(x, n) and not roots_of_minus_zero:
            assert_exactly_torchs(lambda a, n=n: a**n, x)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("b", [x for x in EDGES if math.isfinite(x)])
def test_two_values_at_the_edges_are_torchs(b):
    for a in filter(math.isfinite, EDGES):
        for function in BINARY.values():
            assert_exactly_torchs(function, a, b)
        if real(a, b):
            assert_exactly_torchs(lambda x, y: x**y, a, b)


def test_relu_at_zero_is_torchs():
    assert_like_torch(lambda a: a.relu(), 0.0)


def test_numpy_numbers_on_either_side():
    x = Value(2.0)
    for y in (np.float64(3.0) * x, x * np.float64(3.0), np.float32(3.0) * x):
        assert isinstance(y, Value)
        assert y.data == 6.0
        assert type(y.data) is float


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda x: Value("2"), TypeError, "Value needs a real number, got the string '2'"),
        (lambda x: Value(1j), TypeError, "Value needs a real number, got complex"),
        (lambda x: x + "2", TypeError, r"\+ needs a real number, got the string"),
        (lambda x: x * np.ones(3), TypeError, r"\* needs a real number, got ndarray"),
        (lambda x: x**None, TypeError, r"\*\* needs a real number, got NoneType"),
        (lambda x: (-x).log(), ValueError, "log needs a positive number, got -2.0"),
        (lambda x: (-x) ** 0.5, ValueError, r"-2.0 \*\* 0.5 is not a real number"),
        (lambda x: (-x) ** Value(0.5), ValueError, r"-2.0 \*\* 0.5 is not a real number"),
        (lambda x: x * 10**400, ValueError, r"\* needs a number below 1.8e308"),
    ],
)
def test_misuse_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make(Value(2.0))


def test_graph_has_every_value_once_parents_first():
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(1.0, "b")
    h = w * x + b
    loss = h * h
    loss.backward()
    graph = loss.graph()
    assert [node.op for node in graph.nodes] == ["", "", "*", "", "+", "*"]
    assert [node.name for node in graph.nodes] == ["w", "x", "v1", "b", "v2", "v3"]
    assert all(edge.parent < edge.child for edge in graph.edges)
    assert len(graph.edges) == 6  # h enters its square twice
    slopes = {(graph.nodes[e.parent].name, graph.nodes[e.child].name): e.slope for e in graph.edges}
    assert slopes[("w", "v1")] == 2.0
    assert slopes[("x", "v1")] == -3.0
    assert graph.nodes[0].grad == w.grad == -20.0
    assert [node.column for node in graph.nodes] == [0, 0, 1, 0, 2, 3]


def test_graph_text():
    a, b = Value(2.0, "a"), Value(4.0, "b")
    lines = str((3 - (a / b).tanh() ** 2 + 1).graph()).splitlines()
    made = [re.split(" += +", line)[1] for line in lines[2:]]
    assert made == ["a / b", "tanh(v1)", "v2 **2", "number - v3", "v4 + number"]


def test_graph_svg_is_wellformed_and_complete():
    a = Value(2.0, "<a&b>")
    loss = a * a + a.exp()
    loss.backward()
    graph = loss.graph()
    root = ElementTree.fromstring(graph.svg())
    svg = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{svg}line")) == len(graph.edges)
    assert len(root.findall(f"{svg}rect")) == len(graph.nodes) + 1  # and the background
    texts = [text.text for text in root.findall(f"{svg}text")]
    assert "<a&b>" in texts
    boxes = [(r.get("x"), r.get("y")) for r in root.findall(f"{svg}rect")[1:]]
    assert len(set(boxes)) == len(graph.nodes)  # no two in one place
    width, height = float(root.get("width")), float(root.get("height"))
    assert all(0 <= float(x) < width - 90 and 0 <= float(y) < height - 40 for x, y in boxes)
    assert graph._repr_svg_() == graph.svg()


def test_a_large_graph_is_refused_as_a_drawing():
    y = Value(1.0)
    for _ in range(200):
        y = y * 1.0
    with pytest.raises(ValueError, match="a drawing of 201 values shows nothing"):
        y.graph().svg()


def test_repr_and_float():
    assert repr(Value(2.0, "w")) == "Value(2, 'w', grad=0)"
    assert float(Value(2.5)) == 2.5
