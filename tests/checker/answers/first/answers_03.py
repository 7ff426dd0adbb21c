"""Answers to the exercises of lesson 03, written from the statements alone."""

import math
import sys
from collections import defaultdict, deque

import numpy as np

from answers import right, wrong


class _Given:
    """What the notebook gives of the class; the answers add backward."""

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return type(self)(
            self.data * other.data, (self, other), (other.data, self.data)
        )

    def tanh(self):
        y = math.tanh(self.data)
        return type(self)(y, (self,), (1 - y * y,))


def _parents_first(last):
    """The numbers that last was computed from, parents before users, without recursion."""
    order, seen, todo = [], set(), [(last, False)]
    while todo:
        number, ready = todo.pop()
        if ready:
            order.append(number)
        elif number not in seen:
            seen.add(number)
            todo.append((number, True))
            for p in number.parents:
                todo.append((p, False))
    return order


@right("03.1", "one if for each operation")
def local_slopes(op, a, b):
    if op == "+":
        return 1.0, 1.0
    if op == "-":
        return 1.0, -1.0
    if op == "*":
        return float(b), float(a)
    return 1.0 / b, -a / b**2


@right("03.1", "dictionary of functions, a list comes back")
def local_slopes(op, a, b):
    table = {
        "+": lambda: [1.0, 1.0],
        "-": lambda: [1.0, -1.0],
        "*": lambda: [float(b), float(a)],
        "/": lambda: [b**-1.0, -a * b**-2.0],
    }
    return table[op]()


@right("03.1", "match, quotient by way of the result")
def local_slopes(op, a, b):
    match op:
        case "+" | "-":
            slopes = (1, 1 if op == "+" else -1)
        case "*":
            slopes = (b, a)
        case "/":
            q = a / b
            slopes = (1 / b, -q / b)
    return float(slopes[0]), float(slopes[1])


@wrong("03.1", "each factor's slope is itself", "The slope of a * b for a is the other factor, b.")
def local_slopes(op, a, b):
    if op == "+":
        return 1.0, 1.0
    if op == "-":
        return 1.0, -1.0
    if op == "*":
        return float(a), float(b)
    return 1 / b, -a / b**2


@wrong("03.1", "a left out in the quotient", "a / b reacts to b with -a / b**2; the factor a is missing.")
def local_slopes(op, a, b):
    if op == "+":
        return 1.0, 1.0
    if op == "-":
        return 1.0, -1.0
    if op == "*":
        return float(b), float(a)
    return 1 / b, -1 / b**2


@wrong("03.1", "integer division", "// rounds down: with b = 2 the slope for a is 0.5, not 0.")
def local_slopes(op, a, b):
    table = {"+": (1, 1), "-": (1, -1), "*": (b, a), "/": (1 // b, -a // b**2)}
    return table[op]


@wrong("03.1", "differences with a step of 1", "A step of 1 is not very small: for the quotient the result is not the slope.")
def local_slopes(op, a, b):
    def f(a, b):
        if op == "+":
            return a + b
        if op == "-":
            return a - b
        if op == "*":
            return a * b
        return a / b

    h = 1.0
    return (f(a + h, b) - f(a, b)) / h, (f(a, b + h) - f(a, b)) / h


@wrong("03.1", "difference treated like the sum", "If b grows, a - b falls: the slope for b is -1.")
def local_slopes(op, a, b):
    if op in "+-":
        return 1.0, 1.0
    if op == "*":
        return float(b), float(a)
    return 1.0 / b, -a / (b * b)


@wrong("03.1", "sign of the quotient and square forgotten", "The slope of a / b for b is -a / b**2: negative for positive a, with the square of b.")
def local_slopes(op, a, b):
    if op == "+":
        slopes = (1, 1)
    elif op == "-":
        slopes = (1, -1)
    elif op == "*":
        slopes = (b, a)
    else:
        slopes = (1 / b, a / b)
    return tuple(float(s) for s in slopes)


@right("03.2", "get with 0, then add")
def gradients(steps):
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad[parent] = grad.get(parent, 0.0) + slope * grad[child]
    return grad


@right("03.2", "defaultdict")
def gradients(steps):
    grad = defaultdict(float)
    grad[steps[0][0]] = 1.0
    for child, parent, slope in steps:
        grad[parent] += slope * grad[child]
    return dict(grad)


@wrong("03.2", "+= without a first value", "The first += to a new name raises a KeyError; a new name has to begin at 0.")
def gradients(steps):
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad[parent] += slope * grad[child]
    return grad


@wrong("03.2", "first path kept", "setdefault keeps the first path instead of the last; over all paths the parts are added.")
def gradients(steps):
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad.setdefault(parent, slope * grad[child])
    return grad


@wrong("03.2", "sum begins at 1", "Only the loss begins at 1; every other gradient begins at 0.")
def gradients(steps):
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad[parent] = grad.get(parent, 1.0) + slope * grad[child]
    return grad


@wrong("03.2", "paths added, but the child's gradient dropped", "Adding is right, but along the path the slope must be multiplied with the child's gradient.")
def gradients(steps):
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad[parent] = grad.get(parent, 0.0) + slope
    return grad


@right("03.3", "list of things to do, with a mark for the second visit")
def parents_first(parents, last):
    order, seen = [], set()
    todo = [(last, False)]
    while todo:
        name, ready = todo.pop()
        if ready:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            todo.append((name, True))
            for p in parents.get(name, ()):
                if p not in seen:
                    todo.append((p, False))
    return order


@right("03.3", "recursion with a raised limit")
def parents_first(parents, last):
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(old + 2 * len(parents) + 1000)
    order, seen = [], set()

    def visit(name):
        if name in seen:
            return
        seen.add(name)
        for p in parents.get(name, ()):
            visit(p)
        order.append(name)

    try:
        visit(last)
    finally:
        sys.setrecursionlimit(old)
    return order


@right("03.3", "needed names first, then a name as soon as its parents are done")
def parents_first(parents, last):
    needed, todo = {last}, [last]
    while todo:
        for p in parents.get(todo.pop(), ()):
            if p not in needed:
                needed.add(p)
                todo.append(p)

    users = {name: [] for name in needed}
    missing = {}
    for name in needed:
        own = set(parents.get(name, ()))
        missing[name] = len(own)
        for p in own:
            users[p].append(name)

    ready = deque(name for name in needed if missing[name] == 0)
    order = []
    while ready:
        name = ready.popleft()
        order.append(name)
        for user in users[name]:
            missing[user] -= 1
            if missing[user] == 0:
                ready.append(user)
    return order


@wrong("03.3", "plain recursion", "The calls nest as deep as the chain, and Python stops at about 1,000; keep a list of things to do.")
def parents_first(parents, last):
    order, seen = [], set()

    def visit(name):
        if name in seen:
            return
        seen.add(name)
        for p in parents[name]:
            visit(p)
        order.append(name)

    visit(last)
    return order


@wrong("03.3", "breadth first from the end, then reversed", "A name met early may be a parent of one met later; the reversed breadth-first order puts the user first.")
def parents_first(parents, last):
    found, queue = [last], deque([last])
    while queue:
        for p in parents[queue.popleft()]:
            if p not in found:
                found.append(p)
                queue.append(p)
    return found[::-1]


@wrong("03.3", "marked as seen when put on the list", "Marked too early: a parent that waits on the list counts as done, and its user comes out first.")
def parents_first(parents, last):
    order, seen, todo = [], {last}, [(last, False)]
    while todo:
        name, ready = todo.pop()
        if ready:
            order.append(name)
            continue
        todo.append((name, True))
        for p in parents[name]:
            if p not in seen:
                seen.add(p)
                todo.append((p, False))
    return order


@wrong("03.3", "all names of the dict sorted, needed or not", "Only what `last` was computed from belongs in the list.")
def parents_first(parents, last):
    order, seen = [], set()
    for start in parents:
        todo = [(start, False)]
        while todo:
            name, ready = todo.pop()
            if ready:
                order.append(name)
            elif name not in seen:
                seen.add(name)
                todo.append((name, True))
                todo.extend((p, False) for p in parents[name])
    return order


@wrong("03.3", "needed names sorted by their number of parents", "How many parents a name has says nothing about the order; a name with two may be a parent of one with one.")
def parents_first(parents, last):
    needed, todo = {last}, [last]
    while todo:
        for p in parents[todo.pop()]:
            if p not in needed:
                needed.add(p)
                todo.append(p)
    return sorted(needed, key=lambda name: len(parents[name]))


@wrong("03.3", "users first, and last itself left out", "The list must be turned round, and `last` belongs to it.")
def parents_first(parents, last):
    order, seen, todo = [], set(), [(last, False)]
    while todo:
        name, ready = todo.pop()
        if ready:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            todo.append((name, True))
            for p in parents[name]:
                todo.append((p, False))
    order.remove(last)
    return order[::-1]


@right("03.4", "order by a list of things to do, then back to front")
class Scalar(_Given):
    def backward(self):
        order, seen = [], set()
        todo = [(self, False)]
        while todo:
            number, ready = todo.pop()
            if ready:
                order.append(number)
            elif number not in seen:
                seen.add(number)
                todo.append((number, True))
                for p in number.parents:
                    todo.append((p, False))
        self.grad = 1.0
        for number in reversed(order):
            for p, slope in zip(number.parents, number.slopes):
                p.grad += slope * number.grad


@right("03.4", "counts the users, hands on when all have reported")
class Scalar(_Given):
    def backward(self):
        users, todo, seen = defaultdict(int), [self], {id(self)}
        while todo:
            for p in todo.pop().parents:
                users[id(p)] += 1
                if id(p) not in seen:
                    seen.add(id(p))
                    todo.append(p)
        self.grad = 1.0
        ready = [self]
        while ready:
            number = ready.pop()
            for p, slope in zip(number.parents, number.slopes):
                p.grad += slope * number.grad
                users[id(p)] -= 1
                if users[id(p)] == 0:
                    ready.append(p)


@right("03.4", "iterators on a stack, amounts in a dict, written to grad at the end")
class Scalar(_Given):
    def backward(self):
        order, seen = [], {self}
        stack = [(self, iter(self.parents))]
        while stack:
            number, rest = stack[-1]
            for p in rest:
                if p not in seen:
                    seen.add(p)
                    stack.append((p, iter(p.parents)))
                    break
            else:
                order.append(number)
                stack.pop()
        amount = {number: 0.0 for number in order}
        amount[self] = 1.0
        for number in order[::-1]:
            for p, slope in zip(number.parents, number.slopes):
                amount[p] += slope * amount[number]
        for number in order:
            number.grad += amount[number]


@wrong("03.4", "the start is missing", "The gradient of the last number for itself is 1; without it every gradient stays 0.")
class Scalar(_Given):
    def backward(self):
        for number in reversed(_parents_first(self)):
            for p, slope in zip(number.parents, number.slopes):
                p.grad += slope * number.grad


@wrong("03.4", "gradient set instead of added", "A number used twice gets a part from each user; the parts are added, not overwritten.")
class Scalar(_Given):
    def backward(self):
        self.grad = 1.0
        for number in reversed(_parents_first(self)):
            for p, slope in zip(number.parents, number.slopes):
                p.grad = slope * number.grad


@wrong("03.4", "breadth first, each number once", "A number hands its gradient on before all its users have added their part.")
class Scalar(_Given):
    def backward(self):
        self.grad = 1.0
        queue, seen = deque([self]), {self}
        while queue:
            number = queue.popleft()
            for p, slope in zip(number.parents, number.slopes):
                p.grad += slope * number.grad
                if p not in seen:
                    seen.add(p)
                    queue.append(p)


@wrong("03.4", "recursive order", "The order is right, but the calls nest as deep as the graph and fail on a long chain.")
class Scalar(_Given):
    def backward(self):
        order, seen = [], set()

        def visit(number):
            if number not in seen:
                seen.add(number)
                for p in number.parents:
                    visit(p)
                order.append(number)

        visit(self)
        self.grad = 1.0
        for number in reversed(order):
            for p, slope in zip(number.parents, number.slopes):
                p.grad += slope * number.grad


@wrong("03.4", "every path walked by nested calls", "It visits each path instead of each number, so the time doubles with each sum, and deep graphs fail.")
class Scalar(_Given):
    def backward(self):
        def blame(number, amount):
            number.grad += amount
            for p, slope in zip(number.parents, number.slopes):
                blame(p, slope * amount)

        blame(self, 1.0)


@wrong("03.4", "parents first instead of last, data in place of slopes", "Users must come before the numbers they use, and each step multiplies with the local slope.")
class Scalar(_Given):
    def backward(self):
        self.grad = 1.0
        for number in _parents_first(self):
            for p in number.parents:
                p.grad += p.data * number.grad


@right("03.5", "copies of all arrays, entry by entry")
def gradient_check(loss, arrays, gradients, nudge):
    result = []
    for k in range(len(arrays)):
        c = np.zeros_like(arrays[k])
        for i in np.ndindex(c.shape):
            higher = [a.copy() for a in arrays]
            lower = [a.copy() for a in arrays]
            higher[k][i] = higher[k][i] + nudge
            lower[k][i] = lower[k][i] - nudge
            c[i] = (loss(*higher) - loss(*lower)) / (2 * nudge)
        below = np.linalg.norm(gradients[k]) + np.linalg.norm(c)
        if below == 0:
            result.append(0.0)
        else:
            result.append(np.linalg.norm(gradients[k] - c) / below)
    return result


@right("03.5", "in place, and put back")
def gradient_check(loss, arrays, gradients, nudge):
    out = []
    for array, g in zip(arrays, gradients):
        slopes = []
        for i in np.ndindex(array.shape):
            kept = array[i]
            array[i] = kept + nudge
            up = loss(*arrays)
            array[i] = kept - nudge
            down = loss(*arrays)
            array[i] = kept
            slopes.append((up - down) / 2 / nudge)
        c = np.array(slopes).reshape(g.shape)
        length = lambda a: np.sqrt(np.sum(a * a))
        total = length(g) + length(c)
        out.append(length(g - c) / total if total > 0 else 0)
    return np.array(out)


@right("03.5", "an array of zeros with one entry set, added")
def gradient_check(loss, arrays, gradients, nudge):
    def moved(k, e):
        return [a + e if j == k else a for j, a in enumerate(arrays)]

    errors = []
    for k, g in enumerate(gradients):
        c = np.empty(g.size)
        for j in range(g.size):
            e = np.zeros(g.size)
            e[j] = nudge
            e = e.reshape(g.shape)
            c[j] = (loss(*moved(k, e)) - loss(*moved(k, -e))) / (2 * nudge)
        size = np.linalg.norm(g.ravel()) + np.linalg.norm(c)
        errors.append(0.0 if size == 0 else np.linalg.norm(g.ravel() - c) / size)
    return errors


@wrong("03.5", "one-sided difference", "The loss as it is stands in for the loss below; that is not the central difference.")
def gradient_check(loss, arrays, gradients, nudge):
    now = loss(*arrays)
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in np.ndindex(g.shape):
            up = [a.copy() for a in arrays]
            up[k][i] += nudge
            c[i] = (loss(*up) - now) / nudge
        size = np.linalg.norm(g) + np.linalg.norm(c)
        errors.append(np.linalg.norm(g - c) / size if size else 0.0)
    return errors


@wrong("03.5", "no test for 0 / 0", "Where both are 0 the sum of the lengths is 0 and nan comes back; the error is 0 there.")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in np.ndindex(g.shape):
            up, down = [a.copy() for a in arrays], [a.copy() for a in arrays]
            up[k][i] += nudge
            down[k][i] -= nudge
            c[i] = (loss(*up) - loss(*down)) / (2 * nudge)
        errors.append(np.linalg.norm(g - c) / (np.linalg.norm(g) + np.linalg.norm(c)))
    return errors


@wrong("03.5", "divided by one nudge", "From below to above are two nudges.")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in np.ndindex(g.shape):
            up, down = [a.copy() for a in arrays], [a.copy() for a in arrays]
            up[k][i] += nudge
            down[k][i] -= nudge
            c[i] = (loss(*up) - loss(*down)) / nudge
        size = np.linalg.norm(g) + np.linalg.norm(c)
        errors.append(np.linalg.norm(g - c) / size if size else 0.0)
    return errors


@wrong("03.5", "copies made with list() alone", "list(arrays) copies the list, not the arrays; the nudges stay in them and undo each other.")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in np.ndindex(g.shape):
            up, down = list(arrays), list(arrays)
            up[k][i] += nudge
            down[k][i] -= nudge
            c[i] = (loss(*up) - loss(*down)) / (2 * nudge)
        size = np.linalg.norm(g) + np.linalg.norm(c)
        errors.append(np.linalg.norm(g - c) / size if size else 0.0)
    return errors


@wrong("03.5", "divided by the gradient's length", "The sum of the two lengths belongs below the line, not one of them.")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in np.ndindex(g.shape):
            up, down = [a.copy() for a in arrays], [a.copy() for a in arrays]
            up[k][i] += nudge
            down[k][i] -= nudge
            c[i] = (loss(*up) - loss(*down)) / (2 * nudge)
        size = np.linalg.norm(g)
        errors.append(np.linalg.norm(g - c) / size if size else 0.0)
    return errors


@wrong("03.5", "rows moved in place of entries", "Enumerating an array gives rows; a whole row of a matrix is moved at once.")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in range(len(g)):
            up, down = [a.copy() for a in arrays], [a.copy() for a in arrays]
            up[k][i] += nudge
            down[k][i] -= nudge
            c[i] = (loss(*up) - loss(*down)) / (2 * nudge)
        size = np.linalg.norm(g) + np.linalg.norm(c)
        errors.append(np.linalg.norm(g - c) / size if size else 0.0)
    return errors


@right("03.6", "two products and a sum")
def linear_backward(dy, x, weight):
    return dy @ weight, dy.T @ x, dy.sum(axis=0)


@right("03.6", "loops over examples and outputs")
def linear_backward(dy, x, weight):
    dx = np.zeros(x.shape)
    dweight = np.zeros(weight.shape)
    dbias = np.zeros(weight.shape[0])
    for n in range(x.shape[0]):
        for j in range(weight.shape[0]):
            dx[n] += dy[n, j] * weight[j]
            dweight[j] += dy[n, j] * x[n]
            dbias[j] += dy[n, j]
    return dx, dweight, dbias


@right("03.6", "einsum in float32")
def linear_backward(dy, x, weight):
    dy, x, weight = (np.asarray(a, dtype=np.float32) for a in (dy, x, weight))
    dx = np.einsum("no,oi->ni", dy, weight)
    dweight = np.einsum("no,ni->oi", dy, x)
    dbias = np.einsum("no->o", dy)
    return [dx, dweight, dbias]


@wrong("03.6", "gradient of the weight transposed", "dweight has the shape of weight, (out, in): dy.T @ x.")
def linear_backward(dy, x, weight):
    return dy @ weight, x.T @ dy, dy.sum(axis=0)


@wrong("03.6", "means over the examples", "The division by N belongs to the loss; here the parts of the examples are added.")
def linear_backward(dy, x, weight):
    N = len(x)
    return dy @ weight, dy.T @ x / N, dy.mean(axis=0)


@wrong("03.6", "bias summed over the outputs", "axis=1 gives one number for each example; the bias needs one for each output.")
def linear_backward(dy, x, weight):
    return dy @ weight, dy.T @ x, dy.sum(axis=1)


@wrong("03.6", "weight transposed on the way back as well", "Forward uses weight.T, so backward uses weight itself: dy @ weight.")
def linear_backward(dy, x, weight):
    return dy @ weight.T, dy.T @ x, dy.sum(axis=0)


@wrong("03.6", "dbias with one row kept", "keepdims leaves the shape (1, out); dbias has the shape of the bias, (out,).")
def linear_backward(dy, x, weight):
    return dy @ weight, dy.T @ x, dy.sum(axis=0, keepdims=True)


@wrong("03.6", "weight first, and the bias gets ones", "The order is dx, dweight, dbias, and dbias is the sum of dy over the examples.")
def linear_backward(dy, x, weight):
    dweight = dy.T @ x
    dx = dy @ weight
    return dweight, dx, np.ones(weight.shape[0])
