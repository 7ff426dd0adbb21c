"""Sentences of lesson 03 that its own outputs do not show (see claims.md)."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import datasets
from lessonlib import functional as F
from lessonlib.autograd import Value
from lessonlib.lessons.l03.exercises.exercise_1 import local_slopes
from lessonlib.lessons.l03.exercises.exercise_2 import gradients
from lessonlib.lessons.l03.exercises.exercise_3 import parents_first
from lessonlib.lessons.l03.exercises.exercise_4 import Scalar
from lessonlib.lessons.l03.exercises.exercise_5 import gradient_check
from lessonlib.lessons.l03.exercises.exercise_7 import classifier

# ---- value and all partial derivatives in at most 4 n + 1 - m operations -------------------------

SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul}


@st.composite
def formulas(draw):
    """Inputs, and operations on any two numbers before them; the last one is the result."""
    inputs = draw(st.integers(1, 4))
    names = [f"x{k}" for k in range(inputs)]
    made = {}
    for k in range(draw(st.integers(1, 14))):
        pick = st.sampled_from(names)
        made[f"v{k}"] = (draw(st.sampled_from("+-*")), draw(pick), draw(pick))
        names.append(f"v{k}")
    values = draw(st.lists(st.integers(-3, 3), min_size=inputs, max_size=inputs))
    return made, dict(zip(names, map(float, values), strict=False))


def counted(made, values):
    """Gradients of the last number, and the operations that values and gradients took."""
    last = list(made)[-1]
    values, operations = dict(values), 0
    for name, (sign, a, b) in made.items():
        values[name] = SIGNS[sign](values[a], values[b])
        operations += 1
    grad = {last: 1.0}
    parents = {name: (a, b) for name, (_, a, b) in made.items()}
    parents |= {name: () for name in values if name not in made}
    for name in parents_first(parents, last)[::-1]:
        for parent, slope in zip(
            parents[name], _slopes(made, values, name) if name in made else (), strict=True
        ):
            part = slope * grad[name]
            operations += 1
            if parent in grad:
                grad[parent] += part
                operations += 1
            else:
                grad[parent] = part
    return grad, operations


def _slopes(made, values, name):
    sign, a, b = made[name]
    return local_slopes(sign, values[a], values[b])


def used(made, values):
    """The inputs and the operations that the last number depends on."""
    last = list(made)[-1]
    parents = {name: (a, b) for name, (_, a, b) in made.items()}
    needed = parents_first(parents | dict.fromkeys(values, ()), last)
    return {n: made[n] for n in made if n in needed}, {n: values[n] for n in values if n in needed}


@given(formulas())
def test_a_formula_takes_four_operations_for_each_plus_one_minus_the_inputs(formula):
    made, values = used(*formula)
    grad, operations = counted(made, values)
    assert operations == 4 * len(made) + 1 - len(values) <= 4 * len(made)
    tape = {name: Value(number) for name, number in values.items()}
    for name, (sign, a, b) in made.items():
        tape[name] = SIGNS[sign](tape[a], tape[b])
    tape[list(made)[-1]].backward()
    assert all(np.isclose(grad.get(name, 0.0), tape[name].grad) for name in values)


# ---- topological orders --------------------------------------------------------------------------


def test_the_wrong_order_of_the_drawing_hands_on_too_little():
    """L = s tanh(s), s = a b: with t walked after s, s has not got its part when it hands on."""
    a, b = 0.7, 1.3
    s = a * b
    t = np.tanh(s)
    edges = {"L": [("s", t), ("t", s)], "t": [("s", 1 - t * t)], "s": [("a", b), ("b", a)]}
    right = gradients([(n, p, slope) for n in "Lts" for p, slope in edges[n]])
    late = {"L": 1.0}
    for n in "Lst":  # from the right: L, s, t, a, b
        for p, slope in edges[n]:
            late[p] = late.get(p, 0.0) + slope * late[n]
    assert late["s"] == pytest.approx(right["s"])
    assert late["a"] < 0.8 * right["a"]
    exact = (t + s * (1 - t * t)) * b
    assert right["a"] == pytest.approx(exact)


def test_the_table_of_things_to_do_gives_the_order_of_the_page():
    parents = {"L": ("s", "t"), "t": ("s",), "s": ("a", "b"), "a": (), "b": ()}
    assert parents_first(parents, "L") == ["b", "a", "s", "t", "L"]


def test_the_order_in_which_numbers_were_made_is_a_topological_order():
    """Read backwards, without a search, it gives the gradients of `backward`."""
    r = np.random.default_rng(0)
    made = [Scalar(v) for v in r.normal(size=3)]
    for _ in range(20):
        a, b = (made[k] for k in r.integers(0, len(made), 2))
        made.append(a * b if r.random() < 0.5 else a + b)
    made[-1].backward()
    by_search = [number.grad for number in made]
    for number in made:
        number.grad = 0.0
    made[-1].grad = 1.0
    for number in reversed(made):
        for parent, slope in zip(number.parents, number.slopes, strict=True):
            parent.grad += slope * number.grad
    assert np.allclose([number.grad for number in made], by_search)


# ---- the tape that solves XOR, and starts from which it does not ---------------------------------


def xor_end(seed):
    p = [Scalar(v) for v in np.random.default_rng(seed).normal(size=9)]
    for _ in range(201):
        total = Scalar(0.0)
        for point, label in zip(*datasets.xor(), strict=True):
            x1, x2 = Scalar(float(point[0])), Scalar(float(point[1]))
            h1 = (p[0] * x1 + p[1] * x2 + p[2]).tanh()
            h2 = (p[3] * x1 + p[4] * x2 + p[5]).tanh()
            error = p[6] * h1 + p[7] * h2 + p[8] + Scalar(-float(label))
            total = total + error * error
        for number in p:
            number.grad = 0.0
        total.backward()
        for number in p:
            number.data -= 0.1 * number.grad
    return total.data


def xor_losses(seed, steps, zeroed=True):
    """The losses of the same training by hand, with matrices."""
    X, labels = (np.asarray(part, dtype=float) for part in datasets.xor())
    p, summed, losses = np.random.default_rng(seed).normal(size=9), np.zeros(9), []
    for _ in range(steps + 1):
        W, v = p[[0, 1, 3, 4]].reshape(2, 2), p[6:8]
        H = np.tanh(X @ W.T + p[[2, 5]])
        error = H @ v + p[8] - labels
        losses.append(error @ error)
        dZ = 2 * error[:, None] * v * (1 - H * H)
        dW, db = dZ.T @ X, dZ.sum(axis=0)
        found = np.r_[dW[0], db[0], dW[1], db[1], H.T @ (2 * error), 2 * error.sum()]
        summed = found if zeroed else summed + found
        p = p - 0.1 * summed
    return losses


def test_start_0_solves_xor_and_of_20_starts_8_are_above_2_and_7_stay_there():
    assert xor_end(0) == pytest.approx(xor_losses(0, 200)[-1], rel=1e-6)
    ends = [xor_losses(seed, 1000) for seed in range(20)]
    assert ends[0][200] < 1e-3
    slow = [losses[1000] for losses in ends if losses[200] > 2]
    assert len(slow) == 8
    assert sum(end > 2 for end in slow) == 7


def test_without_zeros_none_of_20_starts_has_solved_xor():
    assert min(xor_losses(seed, 200, zeroed=False)[-1] for seed in range(20)) > 2


def test_the_slopes_that_pytorch_takes_at_a_kink():
    torch = pytest.importorskip("torch")
    for function, slope in ((torch.relu, 0.0), (lambda z: torch.maximum(z, 0 * z.detach()), 0.5)):
        z = torch.tensor(0.0, requires_grad=True)
        function(z).backward()
        assert z.grad == slope


# ---- derivations ---------------------------------------------------------------------------------


@given(st.floats(-8, 8))
def test_tanh_is_a_stretched_sigmoid_and_both_slopes_come_from_the_result(z):
    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    assert np.tanh(z) == pytest.approx(2 * sigmoid(2 * z) - 1, abs=1e-12)
    h = 1e-6
    s, y = sigmoid(z), np.tanh(z)
    assert (sigmoid(z + h) - sigmoid(z - h)) / (2 * h) == pytest.approx(s * (1 - s), abs=1e-8)
    assert (np.tanh(z + h) - np.tanh(z - h)) / (2 * h) == pytest.approx(1 - y * y, abs=1e-8)


@given(st.integers(0, 5_000))
def test_softmax_and_cross_entropy_hand_back_p_minus_y_which_sums_to_0(seed):
    r = np.random.default_rng(seed)
    s, t = r.normal(0, 3, (1, 5)), r.integers(0, 5, 1)
    p = np.exp(s) / np.exp(s).sum()
    found = F.cross_entropy_backward(1.0, F.cross_entropy(s, t)[1])
    assert np.allclose(found, p - np.eye(5)[t])
    assert np.isclose(found.sum(), 0)


def test_the_capstone_is_what_the_library_finds_by_layers():
    r = np.random.default_rng(0)
    X, labels = r.normal(size=(9, 4)), r.integers(0, 3, 9)
    net = [r.normal(size=shape) for shape in ((5, 4), (5,), (3, 5), (3,))]
    z, first = F.linear(X, net[0], net[1])
    h, bend = F.tanh(z)
    s, second = F.linear(h, net[2], net[3])
    loss, cache = F.cross_entropy(s, labels)
    dh, dW2, db2 = F.linear_backward(F.cross_entropy_backward(1.0, cache), second)
    _, dW1, db1 = F.linear_backward(F.tanh_backward(dh, bend), first)
    for ours, theirs in zip(classifier(X, labels, *net), (loss, dW1, db1, dW2, db2), strict=True):
        assert np.allclose(ours, theirs, rtol=0, atol=1e-12)


def careless(X, labels, W1, b1, W2, b2):
    """The gradients, with the slope of tanh forgotten."""
    loss, _, _, dW2, db2 = classifier(X, labels, W1, b1, W2, b2)
    s = np.tanh(X @ W1.T + b1) @ W2.T + b2
    dZ = F.cross_entropy_backward(1.0, F.cross_entropy(s, labels)[1]) @ W2
    return loss, dZ.T @ X, dZ.sum(axis=0), dW2, db2


@pytest.mark.parametrize("scale", [1.0, 1e-4])
def test_a_relative_check_finds_a_small_gradient_that_is_wrong(scale):
    """An absolute error is below 1e-5 where the weights above are tiny."""
    r = np.random.default_rng(0)
    X, labels = r.normal(size=(20, 5)), r.integers(0, 3, 20)
    net = [r.normal(size=shape) for shape in ((7, 5), (7,), (3, 7), (3,))]
    net[2] *= scale

    def loss(*arrays):
        return classifier(X, labels, *arrays)[0]

    right = classifier(X, labels, *net)[1:]
    wrong = careless(X, labels, *net)[1:]
    assert max(gradient_check(loss, net, right, 1e-4)) < 1e-5
    errors = gradient_check(loss, net, wrong, 1e-4)
    assert min(errors[:2]) > 0.1
    assert max(errors[2:]) < 1e-5
    if scale < 1:
        assert max(np.abs(a - b).max() for a, b in zip(right, wrong, strict=True)) < 1e-4


def test_a_gradient_check_refuses_the_slope_at_a_kink():
    def loss(x):
        return float(np.maximum(x, 0.0).sum())

    assert gradient_check(loss, [np.zeros(1)], [np.zeros(1)], 1e-5) == [1.0]


# ---- the other claims ----------------------------------------------------------------------------


def test_the_answers_to_the_orders_of_growth_of_the_differences():
    """One-sided differences err as h, central ones as h squared, where rounding is small."""
    r = np.random.default_rng(1)
    X, labels = r.normal(size=(20, 5)), r.integers(0, 3, 20)
    net = [r.normal(size=shape) for shape in ((7, 5), (7,), (3, 7), (3,))]
    exact = classifier(X, labels, *net)[1][0, 0]

    def loss(move):
        W1 = net[0].copy()
        W1[0, 0] += move
        return classifier(X, labels, W1, *net[1:])[0]

    one = [abs((loss(h) - loss(0)) / h - exact) for h in (1e-2, 1e-3)]
    two = [abs((loss(h) - loss(-h)) / (2 * h) - exact) for h in (1e-2, 1e-3)]
    assert one[0] / one[1] == pytest.approx(10, rel=0.2)
    assert two[0] / two[1] == pytest.approx(100, rel=0.2)
