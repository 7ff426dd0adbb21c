"""Answers to the exercises of lesson 03, written from the statements alone."""

import math
from collections import Counter, defaultdict, deque
from graphlib import TopologicalSorter

import numpy as np

from answers import right, wrong


@right("03.1", "match statement")
def local_slopes(op, a, b):
    match op:
        case "+":
            return 1.0, 1.0
        case "-":
            return 1.0, -1.0
        case "*":
            return float(b), float(a)
        case "/":
            return 1 / b, -(a / b) / b


@right("03.1", "dict of functions, a list comes back")
def local_slopes(op, a, b):
    slopes = {
        "+": lambda: [1.0, 1.0],
        "-": lambda: [1.0, -1.0],
        "*": lambda: [float(b), float(a)],
        "/": lambda: [1.0 / b, -a / (b * b)],
    }
    return slopes[op]()


@right("03.1", "quotient seen as a product with b to the power -1")
def local_slopes(op, a, b):
    a, b = float(a), float(b)
    if op in "+-":
        return 1.0, 1.0 if op == "+" else -1.0
    if op == "*":
        return b, a
    inverse = b**-1
    return inverse, a * -(b**-2)


@wrong("03.1", "the sign x for the product", "The operation is called \"*\"; with \"x\" no branch fits and None comes back.")
def local_slopes(op, a, b):
    if op == "+":
        return 1.0, 1.0
    elif op == "-":
        return 1.0, -1.0
    elif op == "x":
        return b, a
    elif op == "/":
        return 1 / b, -a / b**2


@wrong("03.1", "floor division", "1 // b drops the fraction; slopes are real numbers.")
def local_slopes(op, a, b):
    if op == "+":
        return 1.0, 1.0
    if op == "-":
        return 1.0, -1.0
    if op == "*":
        return float(b), float(a)
    return float(1 // b), float(-a // b**2)


@wrong("03.1", "sizes of the slopes without sign", "How strongly includes the direction: a larger b makes a - b smaller, so its slope is -1.")
def local_slopes(op, a, b):
    if op in ("+", "-"):
        return 1.0, 1.0
    if op == "*":
        return abs(b), abs(a)
    return abs(1 / b), abs(a / b**2)


@wrong("03.1", "nudges of 0.1", "A nudge of 0.1 is not small; for the quotient the curve bends on the way. Write the formula.")
def local_slopes(op, a, b):
    def f(a, b):
        if op == "+":
            return a + b
        if op == "-":
            return a - b
        if op == "*":
            return a * b
        return a / b

    h = 0.1
    return (f(a + h, b) - f(a, b)) / h, (f(a, b + h) - f(a, b)) / h


@wrong("03.1", "-a / b * b without brackets", "-a / b * b is -a; the divisor b * b needs brackets.")
def local_slopes(op, a, b):
    if op == "+":
        return 1.0, 1.0
    if op == "-":
        return 1.0, -1.0
    if op == "*":
        return float(b), float(a)
    return 1 / b, -a / b * b


@wrong("03.1", "quotient the other way round", "These are the slopes of b / a; the result is a / b.")
def local_slopes(op, a, b):
    if op == "+":
        return 1.0, 1.0
    if op == "-":
        return 1.0, -1.0
    if op == "*":
        return float(b), float(a)
    return -b / (a * a + 1e-12), 1 / (a + 1e-12)


@wrong("03.1", "operands in the wrong order, a forgotten in the quotient: two mistakes", "The first slope is that for a, and in a / b the slope for b is -a / b**2, not -1 / b**2.")
def local_slopes(op, a, b):
    if op == "+":
        return 1.0, 1.0
    if op == "-":
        return -1.0, 1.0
    if op == "*":
        return float(a), float(b)
    return -1 / b**2, 1 / b


@right("03.2", "defaultdict, parts added")
def gradients(steps):
    grad = defaultdict(float)
    grad[steps[0][0]] = 1.0
    for child, parent, slope in steps:
        grad[parent] += slope * grad[child]
    return dict(grad)


@right("03.2", "setdefault, then add")
def gradients(steps):
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad.setdefault(parent, 0.0)
        grad[parent] = grad[parent] + slope * grad[child]
    return grad


@wrong("03.2", "the first part is kept", "A number used twice gets the sum of both parts; here the second is thrown away instead of the first.")
def gradients(steps):
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        if parent not in grad:
            grad[parent] = slope * grad[child]
    return grad


@wrong("03.2", "parts multiplied", "Multiply along a path, add over the paths.")
def gradients(steps):
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad[parent] = grad.get(parent, 1.0) * slope * grad[child]
    return grad


@wrong("03.2", "sum begins at 1", "Every number but the loss begins at 0; with 1 all gradients are one too large.")
def gradients(steps):
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad[parent] = grad.get(parent, 1.0) + slope * grad[child]
    return grad


@wrong("03.2", "+= on a name that is not there yet", "At its first visit the name is not in the dict, so += raises KeyError; begin at 0.")
def gradients(steps):
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad[parent] += slope * grad[child]
    return grad


@wrong("03.2", "the child's gradient left out of the sum", "Each part is the slope times the child's gradient.")
def gradients(steps):
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad[parent] = grad.get(parent, 0.0) + slope
    return grad


@right("03.3", "graphlib from the standard library, on the needed part")
def parents_first(parents, last):
    needed, todo = {}, [last]
    while todo:
        name = todo.pop()
        if name not in needed:
            needed[name] = parents.get(name, ())
            todo.extend(needed[name])
    return list(TopologicalSorter(needed).static_order())


@right("03.3", "a stack with a mark for the second visit")
def parents_first(parents, last):
    order, done, stack = [], set(), [(last, False)]
    while stack:
        name, ready = stack.pop()
        if name in done:
            continue
        if ready:
            done.add(name)
            order.append(name)
        else:
            stack.append((name, True))
            stack += [(p, False) for p in parents.get(name, ())]
    return order


@right("03.3", "users counted, then walked from the end and turned round")
def parents_first(parents, last):
    users, seen, queue = Counter(), {last}, deque([last])
    while queue:
        for p in parents.get(queue.popleft(), ()):
            users[p] += 1
            if p not in seen:
                seen.add(p)
                queue.append(p)
    backwards, free = [], [last]
    while free:
        name = free.pop()
        backwards.append(name)
        for p in parents.get(name, ()):
            users[p] -= 1
            if users[p] == 0:
                free.append(p)
    return backwards[::-1]


@wrong("03.3", "level by level from the end, turned round", "A name may be a parent both of a near and of a far one; the level where it is met first is not late enough.")
def parents_first(parents, last):
    order, queue = [last], deque([last])
    while queue:
        for p in parents.get(queue.popleft(), ()):
            if p not in order:
                order.append(p)
                queue.append(p)
    return order[::-1]


@wrong("03.3", "marked as seen when put on the stack", "Marked when pushed, a parent that waits deeper in the stack is taken as done, and its user comes before it.")
def parents_first(parents, last):
    order, seen, stack = [], {last}, [(last, False)]
    while stack:
        name, ready = stack.pop()
        if ready:
            order.append(name)
            continue
        stack.append((name, True))
        for p in parents.get(name, ()):
            if p not in seen:
                seen.add(p)
                stack.append((p, False))
    return order


@wrong("03.3", "no test when a name is taken off the stack", "A name may lie on the stack twice; test again when you take it off, or it is listed twice.")
def parents_first(parents, last):
    order, done, stack = [], set(), [(last, False)]
    while stack:
        name, ready = stack.pop()
        if ready:
            order.append(name)
            done.add(name)
        else:
            stack.append((name, True))
            for p in parents.get(name, ()):
                if p not in done:
                    stack.append((p, False))
    return order


@wrong("03.3", "the whole dict sorted", "Only what `last` was computed from belongs into the list, not every name of the dict.")
def parents_first(parents, last):
    return list(TopologicalSorter(parents).static_order())


@wrong("03.3", "nested generator", "yield from nests one call for each link of a chain; 5,000 are too deep for Python.")
def parents_first(parents, last):
    seen = set()

    def walk(name):
        if name in seen:
            return
        seen.add(name)
        for p in parents.get(name, ()):
            yield from walk(p)
        yield name

    return list(walk(last))


@wrong("03.3", "names without parents are skipped", "Names with an empty tuple are needed as well; they come first of all.")
def parents_first(parents, last):
    order, done, stack = [], set(), [last]
    while stack:
        name = stack[-1]
        missing = [p for p in parents[name] if parents[p] and p not in done]
        if missing:
            stack.append(missing[0])
            continue
        stack.pop()
        if name not in done:
            done.add(name)
            order.append(name)
    return order


@wrong("03.3", "users first, and `last` left out: two mistakes", "The list begins with the names that have no parents and ends with `last` itself.")
def parents_first(parents, last):
    order, done, stack = [], set(), [(last, False)]
    while stack:
        name, ready = stack.pop()
        if name in done:
            continue
        if ready:
            done.add(name)
            order.append(name)
        else:
            stack.append((name, True))
            stack += [(p, False) for p in parents.get(name, ())]
    return order[:-1][::-1]


@right("03.4", "users counted first; a number hands on when all of them have reported")
class Scalar:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        return type(self)(self.data * other.data, (self, other), slopes)

    def tanh(self):
        y = math.tanh(self.data)
        return type(self)(y, (self,), (1 - y * y,))

    def backward(self):
        users, todo, seen = Counter(), [self], {self}
        while todo:
            for parent in todo.pop().parents:
                users[parent] += 1
                if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        self.grad = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad += slope * node.grad
                users[parent] -= 1
                if users[parent] == 0:
                    ready.append(parent)


@right("03.4", "sorted by graphlib, totals in a dict and added at the end")
class Scalar:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        return type(self)(self.data * other.data, (self, other), slopes)

    def tanh(self):
        y = math.tanh(self.data)
        return type(self)(y, (self,), (1 - y * y,))

    def backward(self):
        graph, todo = {}, [self]
        while todo:
            node = todo.pop()
            if node not in graph:
                graph[node] = node.parents
                todo.extend(node.parents)
        total = dict.fromkeys(graph, 0.0)
        total[self] = 1.0
        for node in reversed(list(TopologicalSorter(graph).static_order())):
            for parent, slope in zip(node.parents, node.slopes):
                total[parent] += slope * total[node]
        for node, value in total.items():
            node.grad += value


@right("03.4", "depth first with a stack, ids in a set")
class Scalar:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        return type(self)(self.data * other.data, (self, other), slopes)

    def tanh(self):
        y = math.tanh(self.data)
        return type(self)(y, (self,), (1 - y * y,))

    def backward(self):
        order, done, stack = [], set(), [(self, False)]
        while stack:
            node, ready = stack.pop()
            if id(node) in done:
                continue
            if ready:
                done.add(id(node))
                order.append(node)
                continue
            stack.append((node, True))
            for parent in node.parents:
                stack.append((parent, False))
        self.grad = 1.0
        while order:
            node = order.pop()
            for k in range(len(node.parents)):
                node.parents[k].grad += node.grad * node.slopes[k]


@wrong("03.4", "level by level with a visited set", "A number met on a short path hands its gradient on before the longer path has added its part.")
class Scalar:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        return type(self)(self.data * other.data, (self, other), slopes)

    def tanh(self):
        y = math.tanh(self.data)
        return type(self)(y, (self,), (1 - y * y,))

    def backward(self):
        self.grad = 1.0
        queue, seen = deque([self]), {self}
        while queue:
            node = queue.popleft()
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad += slope * node.grad
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)


@wrong("03.4", "starts with the value of the result", "The result reacts to itself with slope 1, whatever its value is.")
class Scalar:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        return type(self)(self.data * other.data, (self, other), slopes)

    def tanh(self):
        y = math.tanh(self.data)
        return type(self)(y, (self,), (1 - y * y,))

    def backward(self):
        order, done, stack = [], set(), [(self, False)]
        while stack:
            node, ready = stack.pop()
            if node in done:
                continue
            if ready:
                done.add(node)
                order.append(node)
            else:
                stack.append((node, True))
                stack += [(parent, False) for parent in node.parents]
        self.grad = self.data
        for node in reversed(order):
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad += slope * node.grad


@wrong("03.4", "numbers with equal values are taken for the same one", "Two numbers may have the same value; remember the objects, not their data.")
class Scalar:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        return type(self)(self.data * other.data, (self, other), slopes)

    def tanh(self):
        y = math.tanh(self.data)
        return type(self)(y, (self,), (1 - y * y,))

    def backward(self):
        order, done, stack = [], set(), [(self, False)]
        while stack:
            node, ready = stack.pop()
            if node.data in done:
                continue
            if ready:
                done.add(node.data)
                order.append(node)
            else:
                stack.append((node, True))
                stack += [(parent, False) for parent in node.parents]
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad += slope * node.grad


@wrong("03.4", "slopes in a dict by parent", "In x * x the same parent stands twice; a dict keeps only one of its slopes.")
class Scalar:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        return type(self)(self.data * other.data, (self, other), slopes)

    def tanh(self):
        y = math.tanh(self.data)
        return type(self)(y, (self,), (1 - y * y,))

    def backward(self):
        order, done, stack = [], set(), [(self, False)]
        while stack:
            node, ready = stack.pop()
            if node in done:
                continue
            if ready:
                done.add(node)
                order.append(node)
            else:
                stack.append((node, True))
                stack += [(parent, False) for parent in node.parents]
        self.grad = 1.0
        for node in reversed(order):
            slopes = dict(zip(node.parents, node.slopes))
            for parent in slopes:
                parent.grad += slopes[parent] * node.grad


@wrong("03.4", "only the parents, not their parents", "The walk must go on to everything the result was computed from, not stop after one step.")
class Scalar:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        return type(self)(self.data * other.data, (self, other), slopes)

    def tanh(self):
        y = math.tanh(self.data)
        return type(self)(y, (self,), (1 - y * y,))

    def backward(self):
        self.grad = 1.0
        for parent, slope in zip(self.parents, self.slopes):
            parent.grad += slope * self.grad


@wrong("03.4", "walked from the inputs to the result", "The list has parents first; the gradient runs from the result back, so turn it round.")
class Scalar:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        return type(self)(self.data * other.data, (self, other), slopes)

    def tanh(self):
        y = math.tanh(self.data)
        return type(self)(y, (self,), (1 - y * y,))

    def backward(self):
        order, done, stack = [], set(), [(self, False)]
        while stack:
            node, ready = stack.pop()
            if node in done:
                continue
            if ready:
                done.add(node)
                order.append(node)
            else:
                stack.append((node, True))
                stack += [(parent, False) for parent in node.parents]
        self.grad = 1.0
        for node in order:
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad += slope * node.grad


@wrong("03.4", "no start value and = in place of +=: two mistakes", "The result begins with gradient 1, and the parts of all paths are added up.")
class Scalar:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        return type(self)(self.data * other.data, (self, other), slopes)

    def tanh(self):
        y = math.tanh(self.data)
        return type(self)(y, (self,), (1 - y * y,))

    def backward(self):
        order, done, stack = [], set(), [(self, False)]
        while stack:
            node, ready = stack.pop()
            if node in done:
                continue
            if ready:
                done.add(node)
                order.append(node)
            else:
                stack.append((node, True))
                stack += [(parent, False) for parent in node.parents]
        for node in reversed(order):
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad = slope * node.grad


@right("03.5", "a helper for the length, and the zero tested first")
def gradient_check(loss, arrays, gradients, nudge):
    def length(a):
        return float((np.asarray(a) ** 2).sum()) ** 0.5

    def slope(k, where):
        values = []
        for sign in (+1, -1):
            work = [np.array(a) for a in arrays]
            work[k][where] += sign * nudge
            values.append(loss(*work))
        return (values[0] - values[1]) / (2 * nudge)

    answer = []
    for k, g in enumerate(gradients):
        c = np.array([slope(k, where) for where in np.ndindex(*g.shape)]).reshape(g.shape)
        if length(g) == 0 and length(c) == 0:
            answer.append(0.0)
        else:
            answer.append(length(g - c) / (length(g) + length(c)))
    return tuple(answer)


@right("03.5", "nditer over the array, in place")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k in range(len(arrays)):
        measured = np.zeros_like(gradients[k])
        it = np.nditer(arrays[k], flags=["multi_index"])
        while not it.finished:
            i = it.multi_index
            old = arrays[k][i]
            arrays[k][i] = old + nudge
            a = loss(*arrays)
            arrays[k][i] = old - nudge
            b = loss(*arrays)
            arrays[k][i] = old
            measured[i] = (a - b) / (2 * nudge)
            it.iternext()
        top = np.linalg.norm(gradients[k] - measured)
        bottom = np.linalg.norm(gradients[k]) + np.linalg.norm(measured)
        errors.append(top / bottom if bottom != 0 else 0.0)
    return errors


@right("03.5", "the identity matrix as nudges")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, (w, g) in enumerate(zip(arrays, gradients)):
        before, after = arrays[:k], arrays[k + 1 :]
        c = []
        for e in nudge * np.eye(w.size):
            e = e.reshape(w.shape)
            c.append((loss(*before, w + e, *after) - loss(*before, w - e, *after)) / (2 * nudge))
        c = np.reshape(c, w.shape)
        size = np.linalg.norm(g) + np.linalg.norm(c)
        errors.append(np.linalg.norm(g - c) / max(size, 1e-300))
    return errors


@wrong("03.5", "entries left lowered", "The entry is never put back, so all later slopes are measured elsewhere.")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in np.ndindex(g.shape):
            arrays[k][i] += nudge
            up = loss(*arrays)
            arrays[k][i] -= 2 * nudge
            down = loss(*arrays)
            c[i] = (up - down) / (2 * nudge)
        size = np.linalg.norm(g) + np.linalg.norm(c)
        errors.append(np.linalg.norm(g - c) / size if size else 0.0)
    return errors


@wrong("03.5", "largest absolute difference", "The error is not relative: it has the unit of the loss.")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in np.ndindex(g.shape):
            up, down = [a.copy() for a in arrays], [a.copy() for a in arrays]
            up[k][i] += nudge
            down[k][i] -= nudge
            c[i] = (loss(*up) - loss(*down)) / (2 * nudge)
        errors.append(np.max(np.abs(g - c)))
    return errors


@wrong("03.5", "1e-8 added below the line", "A small gradient vanishes next to 1e-8; test for 0 instead.")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in np.ndindex(g.shape):
            up, down = [a.copy() for a in arrays], [a.copy() for a in arrays]
            up[k][i] += nudge
            down[k][i] -= nudge
            c[i] = (loss(*up) - loss(*down)) / (2 * nudge)
        errors.append(np.linalg.norm(g - c) / (np.linalg.norm(g) + np.linalg.norm(c) + 1e-8))
    return errors


@wrong("03.5", "the arrays handed over as one list", "The loss takes the arrays one by one: loss(*arrays).")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in np.ndindex(g.shape):
            up, down = [a.copy() for a in arrays], [a.copy() for a in arrays]
            up[k][i] += nudge
            down[k][i] -= nudge
            c[i] = (loss(up) - loss(down)) / (2 * nudge)
        size = np.linalg.norm(g) + np.linalg.norm(c)
        errors.append(np.linalg.norm(g - c) / size if size else 0.0)
    return errors


@wrong("03.5", "the larger length below", "Below the line is the sum of the two lengths, not the larger one.")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in np.ndindex(g.shape):
            up, down = [a.copy() for a in arrays], [a.copy() for a in arrays]
            up[k][i] += nudge
            down[k][i] -= nudge
            c[i] = (loss(*up) - loss(*down)) / (2 * nudge)
        size = max(np.linalg.norm(g), np.linalg.norm(c))
        errors.append(np.linalg.norm(g - c) / size if size else 0.0)
    return errors


@wrong("03.5", "np.linalg.norm of a matrix along its rows, then the first", "The length is over all entries; here only the first row counts.")
def gradient_check(loss, arrays, gradients, nudge):
    errors = []
    for k, g in enumerate(gradients):
        c = np.zeros(g.shape)
        for i in np.ndindex(g.shape):
            up, down = [a.copy() for a in arrays], [a.copy() for a in arrays]
            up[k][i] += nudge
            down[k][i] -= nudge
            c[i] = (loss(*up) - loss(*down)) / (2 * nudge)
        g2, c2 = np.atleast_2d(g)[0], np.atleast_2d(c)[0]
        size = np.linalg.norm(g2) + np.linalg.norm(c2)
        errors.append(np.linalg.norm(g2 - c2) / size if size else 0.0)
    return errors


@right("03.6", "einsum three times")
def linear_backward(dy, x, weight):
    dx = np.einsum("no,oi->ni", dy, weight)
    dweight = np.einsum("no,ni->oi", dy, x)
    return dx, dweight, np.einsum("no->o", dy)


@right("03.6", "bias as the weight of an input that is always 1")
def linear_backward(dy, x, weight):
    with_one = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    both = dy.T @ with_one
    return dy @ weight, both[:, :-1], both[:, -1]


@right("03.6", "tensordot, transposed products, a list comes back")
def linear_backward(dy, x, weight):
    dx = (weight.T @ dy.T).T
    dweight = np.tensordot(dy, x, axes=(0, 0))
    dbias = np.ones(dy.shape[0]) @ dy
    return [dx, dweight, dbias]


@wrong("03.6", "outer product of the sums", "The sum of products is not the product of sums; multiply within each example, then add up.")
def linear_backward(dy, x, weight):
    return dy @ weight, np.outer(dy.sum(axis=0), x.sum(axis=0)), dy.sum(axis=0)


@wrong("03.6", "dx multiplied by x", "The local slope of y for x is the weight alone; x itself does not enter dx.")
def linear_backward(dy, x, weight):
    return dy @ weight * x, dy.T @ x, dy.sum(axis=0)


@wrong("03.6", "slope of the bias in place of its gradient", "1 is the local slope; times dy and summed over the examples it becomes the gradient.")
def linear_backward(dy, x, weight):
    return dy @ weight, dy.T @ x, np.ones(dy.shape[1])


@wrong("03.6", "mean of dy for the bias", "Add up over the examples; a mean belongs to the loss, if it has one, and is in dy already.")
def linear_backward(dy, x, weight):
    return dy @ weight, dy.T @ x, dy.mean(axis=0)


@wrong("03.6", "bias summed over the outputs", "axis=1 gives one number an example; dbias has one an output.")
def linear_backward(dy, x, weight):
    return dy @ weight, dy.T @ x, dy.sum(axis=1)


@wrong("03.6", "weight transposed as in the forward pass", "Forward used weight.T; on the way back (N, out) meets (out, in), so weight stays as it is.")
def linear_backward(dy, x, weight):
    return dy @ weight.T, dy.T @ x, dy.sum(axis=0)


@wrong("03.6", "dweight as (in, out), dbias as (1, out): two mistakes", "Each gradient has the shape of its array: (out, in) and (out,).")
def linear_backward(dy, x, weight):
    dweight = x.T @ dy
    dbias = dy.sum(axis=0, keepdims=True)
    return dy @ weight, dweight, dbias


@right("03.7", "plain loops over examples, units and classes")
def classifier(X, labels, W1, b1, W2, b2):
    n, d = X.shape
    k, c = len(b1), len(b2)
    loss = 0.0
    dW1, db1 = np.zeros_like(W1), np.zeros_like(b1)
    dW2, db2 = np.zeros_like(W2), np.zeros_like(b2)
    for x, t in zip(X, labels):
        h = [math.tanh(sum(W1[j, i] * x[i] for i in range(d)) + b1[j]) for j in range(k)]
        s = [sum(W2[o, j] * h[j] for j in range(k)) + b2[o] for o in range(c)]
        top = max(s)
        total = sum(math.exp(v - top) for v in s)
        loss += (top + math.log(total) - s[t]) / n
        ds = [(math.exp(v - top) / total - (o == t)) / n for o, v in enumerate(s)]
        for o in range(c):
            db2[o] += ds[o]
            for j in range(k):
                dW2[o, j] += ds[o] * h[j]
        for j in range(k):
            dz = sum(ds[o] * W2[o, j] for o in range(c)) * (1 - h[j] ** 2)
            db1[j] += dz
            for i in range(d):
                dW1[j, i] += dz * x[i]
    return loss, dW1, db1, dW2, db2


@right("03.7", "one-hot, logaddexp, einsum, a list comes back")
def classifier(X, labels, W1, b1, W2, b2):
    N = len(X)
    h = np.tanh(np.einsum("ni,hi->nh", X, W1) + b1)
    s = np.einsum("nh,ch->nc", h, W2) + b2
    logp = s - np.logaddexp.reduce(s, axis=1)[:, None]
    Y = np.eye(len(b2), dtype=X.dtype)[labels]
    loss = -(Y * logp).sum() / N
    ds = (np.exp(logp) - Y) / N
    dz = np.einsum("nc,ch->nh", ds, W2) / np.cosh(X @ W1.T + b1) ** 2
    return [
        loss,
        np.einsum("nh,ni->hi", dz, X),
        dz.sum(0),
        np.einsum("nc,nh->ch", ds, h),
        ds.sum(0),
    ]


@wrong(
    "03.7",
    "one-hot rows of float64",
    "np.eye makes float64, so float32 arrays get float64 gradients; the dtype is to be kept.",
)
def classifier(X, labels, W1, b1, W2, b2):
    N = len(X)
    h = np.tanh(np.einsum("ni,hi->nh", X, W1) + b1)
    s = np.einsum("nh,ch->nc", h, W2) + b2
    logp = s - np.logaddexp.reduce(s, axis=1)[:, None]
    Y = np.eye(len(b2))[labels]
    loss = -(Y * logp).sum() / N
    ds = (np.exp(logp) - Y) / N
    dz = np.einsum("nc,ch->nh", ds, W2) / np.cosh(X @ W1.T + b1) ** 2
    return [
        loss,
        np.einsum("nh,ni->hi", dz, X),
        dz.sum(0),
        np.einsum("nc,nh->ch", ds, h),
        ds.sum(0),
    ]


@right("03.7", "helpers of its own, sums first, all divided at the end")
def classifier(X, labels, W1, b1, W2, b2):
    def layer_back(dy, x, weight):
        return dy @ weight, dy.T @ x, dy.sum(axis=0)

    a = np.tanh(np.dot(X, W1.T) + b1)
    s = np.dot(a, W2.T) + b2
    m = np.max(s, axis=1)
    e = np.exp(s - m[:, None])
    Z = np.sum(e, axis=1)
    losses = [np.log(Z[i]) + m[i] - s[i][labels[i]] for i in range(len(X))]
    delta = e / Z[:, None]
    for i, t in enumerate(labels):
        delta[i][t] -= 1.0
    da, dW2, db2 = layer_back(delta, a, W2)
    _, dW1, db1 = layer_back(da * (1 - a * a), X, W1)
    return tuple(v / len(X) for v in (sum(losses), dW1, db1, dW2, db2))


@wrong(
    "03.7",
    "no slope of tanh on the way back",
    "What comes back to the hidden values has to be multiplied by 1 - h**2 before it goes to the first layer.",
)
def classifier(X, labels, W1, b1, W2, b2):
    N = len(X)
    h = np.tanh(X @ W1.T + b1)
    s = h @ W2.T + b2
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(s).sum(axis=1)) - s[np.arange(N), labels])
    ds = p.copy()
    ds[np.arange(N), labels] -= 1
    ds /= N
    dh = ds @ W2
    return loss, dh.T @ X, dh.sum(axis=0), ds.T @ h, ds.sum(axis=0)


@wrong(
    "03.7",
    "the gradients not divided by N",
    "The loss is a mean, so dscores has to be divided by N.",
)
def classifier(X, labels, W1, b1, W2, b2):
    rows = np.arange(len(X))
    h = np.tanh(X @ W1.T + b1)
    s = h @ W2.T + b2
    s = s - s.max(axis=1, keepdims=True)
    e = np.exp(s)
    loss = np.mean(np.log(e.sum(axis=1)) - s[rows, labels])
    ds = e / e.sum(axis=1, keepdims=True)
    ds[rows, labels] -= 1
    dz = ds @ W2 * (1 - h**2)
    return loss, dz.T @ X, dz.sum(axis=0), ds.T @ h, ds.sum(axis=0)


@wrong(
    "03.7",
    "exp of the scores as they are",
    "e to the power 1000 overflows; take the largest score of each row off first.",
)
def classifier(X, labels, W1, b1, W2, b2):
    rows = np.arange(len(X))
    h = np.tanh(X @ W1.T + b1)
    e = np.exp(h @ W2.T + b2)
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    p /= len(X)
    dz = p @ W2 * (1 - h**2)
    return loss, dz.T @ X, dz.sum(axis=0), p.T @ h, p.sum(axis=0)


@wrong(
    "03.7",
    "the largest of all scores taken off",
    "Take off the largest score of each row: with the largest of all, another row underflows to log 0.",
)
def classifier(X, labels, W1, b1, W2, b2):
    rows = np.arange(len(X))
    h = np.tanh(X @ W1.T + b1)
    s = h @ W2.T + b2
    s = s - np.max(s)
    e = np.exp(s)
    loss = np.mean(np.log(e.sum(axis=1)) - s[rows, labels])
    ds = e / e.sum(axis=1, keepdims=True)
    ds[rows, labels] -= 1
    ds /= len(X)
    dz = ds @ W2 * (1 - h**2)
    return loss, dz.T @ X, dz.sum(axis=0), ds.T @ h, ds.sum(axis=0)


@wrong(
    "03.7",
    "the label's 1 taken off in whole columns",
    "p[:, labels] -= 1 changes whole columns; take 1 off at (row, label) only.",
)
def classifier(X, labels, W1, b1, W2, b2):
    rows = np.arange(len(X))
    h = np.tanh(X @ W1.T + b1)
    s = h @ W2.T + b2
    s = s - s.max(axis=1, keepdims=True)
    e = np.exp(s)
    loss = np.mean(np.log(e.sum(axis=1)) - s[rows, labels])
    ds = e / e.sum(axis=1, keepdims=True)
    ds[:, labels] -= 1
    ds /= len(X)
    dz = ds @ W2 * (1 - h**2)
    return loss, dz.T @ X, dz.sum(axis=0), ds.T @ h, ds.sum(axis=0)


@wrong(
    "03.7",
    "the slope of tanh at z",
    "The slope is 1 - tanh(z)**2: use the hidden values, not the scores before the tanh.",
)
def classifier(X, labels, W1, b1, W2, b2):
    rows = np.arange(len(X))
    z = X @ W1.T + b1
    h = np.tanh(z)
    s = h @ W2.T + b2
    s = s - s.max(axis=1, keepdims=True)
    e = np.exp(s)
    loss = np.mean(np.log(e.sum(axis=1)) - s[rows, labels])
    ds = e / e.sum(axis=1, keepdims=True)
    ds[rows, labels] -= 1
    ds /= len(X)
    dz = ds @ W2 * (1 - z**2)
    return loss, dz.T @ X, dz.sum(axis=0), ds.T @ h, ds.sum(axis=0)


@wrong("03.7", "the second layer's gradients come first", "The order is loss, dW1, db1, dW2, db2.")
def classifier(X, labels, W1, b1, W2, b2):
    rows = np.arange(len(X))
    h = np.tanh(X @ W1.T + b1)
    s = h @ W2.T + b2
    s = s - s.max(axis=1, keepdims=True)
    e = np.exp(s)
    loss = np.mean(np.log(e.sum(axis=1)) - s[rows, labels])
    ds = e / e.sum(axis=1, keepdims=True)
    ds[rows, labels] -= 1
    ds /= len(X)
    dz = ds @ W2 * (1 - h**2)
    return loss, ds.T @ h, ds.sum(axis=0), dz.T @ X, dz.sum(axis=0)


@wrong("03.7", "the mean of log p without the minus", "The loss is minus the mean of log p.")
def classifier(X, labels, W1, b1, W2, b2):
    rows = np.arange(len(X))
    h = np.tanh(X @ W1.T + b1)
    s = h @ W2.T + b2
    s = s - s.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    loss = logp[rows, labels].mean()
    ds = np.exp(logp)
    ds[rows, labels] -= 1
    ds /= len(X)
    dz = ds @ W2 * (1 - h**2)
    return loss, dz.T @ X, dz.sum(axis=0), ds.T @ h, ds.sum(axis=0)


@wrong(
    "03.7",
    "divided twice: dscores by N, then means",
    "dscores is divided by N; the biases' gradients are then sums over the rows, not means.",
)
def classifier(X, labels, W1, b1, W2, b2):
    N = len(X)
    rows = np.arange(N)
    h = np.tanh(X @ W1.T + b1)
    s = h @ W2.T + b2
    s = s - s.max(axis=1, keepdims=True)
    e = np.exp(s)
    loss = np.mean(np.log(e.sum(axis=1)) - s[rows, labels])
    ds = e / e.sum(axis=1, keepdims=True)
    ds[rows, labels] -= 1
    ds /= N
    dz = ds @ W2 * (1 - h**2)
    return loss, dz.T @ X / N, dz.mean(axis=0), ds.T @ h / N, ds.mean(axis=0)


@wrong(
    "03.7",
    "the updated weights used for the way back",
    "Gradients are computed with the weights of the forward pass; nothing is changed inside.",
)
def classifier(X, labels, W1, b1, W2, b2):
    rows = np.arange(len(X))
    h = np.tanh(X @ W1.T + b1)
    s = h @ W2.T + b2
    s = s - s.max(axis=1, keepdims=True)
    e = np.exp(s)
    loss = np.mean(np.log(e.sum(axis=1)) - s[rows, labels])
    ds = e / e.sum(axis=1, keepdims=True)
    ds[rows, labels] -= 1
    ds /= len(X)
    dW2 = ds.T @ h
    W2 = W2 - 0.1 * dW2
    dz = ds @ W2 * (1 - h**2)
    return loss, dz.T @ X, dz.sum(axis=0), dW2, ds.sum(axis=0)
