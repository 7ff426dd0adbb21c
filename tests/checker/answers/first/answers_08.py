"""Answers to the exercises of lesson 08, written from the statements alone."""

import math
from itertools import accumulate, count

import numpy as np

from lessonlib import datasets
from answers import right, wrong


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


# 08.1


@right("08.1", "plain loop, lists come back")
def run_cell(g, i, f, o):
    c = 0.0
    cs, hs = [], []
    for t in range(len(g)):
        c = f[t] * c + i[t] * g[t]
        cs.append(c)
        hs.append(o[t] * math.tanh(c))
    return cs, hs


@right("08.1", "accumulate over zipped gates, output vectorised")
def run_cell(g, i, f, o):
    steps = zip(f, np.asarray(i) * np.asarray(g))
    memory = accumulate(steps, lambda c, s: s[0] * c + s[1], initial=0.0)
    c = np.array(list(memory)[1:])
    return c, np.asarray(o) * np.tanh(c)


@right("08.1", "written out as a sum of products, in float32")
def run_cell(g, i, f, o):
    g, i, f, o = (np.asarray(a, dtype=np.float32) for a in (g, i, f, o))
    L = len(g)
    c = np.zeros(L, dtype=np.float32)
    for t in range(L):
        for k in range(t + 1):
            c[t] += i[k] * g[k] * np.prod(f[k + 1 : t + 1])
    return c, o * np.tanh(c)


@wrong(
    "08.1",
    "input and forget gate exchanged",
    "f keeps the old memory and i lets the new in, not the other way round",
)
def run_cell(g, i, f, o):
    c, cs, hs = 0.0, [], []
    for t in range(len(g)):
        c = i[t] * c + f[t] * g[t]
        cs.append(c)
        hs.append(o[t] * np.tanh(c))
    return np.array(cs), np.array(hs)


@wrong(
    "08.1",
    "tanh around the output gate as well",
    "the gate stands outside of the tanh: o * tanh(c), not tanh(o * c)",
)
def run_cell(g, i, f, o):
    c = np.zeros(len(g))
    last = 0
    for t in range(len(g)):
        last = f[t] * last + i[t] * g[t]
        c[t] = last
    return c, np.tanh(o * c)


@wrong(
    "08.1",
    "the squashed memory is carried on",
    "reading squashes a copy; the memory itself must stay untouched",
)
def run_cell(g, i, f, o):
    c = 0.0
    memory, out = [], []
    for gt, it, ft, ot in zip(g, i, f, o):
        c = np.tanh(ft * c + it * gt)
        memory.append(c)
        out.append(ot * c)
    return np.array(memory), np.array(out)


@wrong(
    "08.1",
    "memory stored before the update",
    "c[t] is the memory after step t, here everything is one step late",
)
def run_cell(g, i, f, o):
    L = len(g)
    c, h = np.zeros(L), np.zeros(L)
    now = 0.0
    for t in range(L):
        c[t] = now
        h[t] = o[t] * np.tanh(now)
        now = f[t] * now + i[t] * g[t]
    return c, h


@wrong(
    "08.1",
    "the same array appended in every step, no copy",
    "all entries of the list are one array, so all show the last memory",
)
def run_cell(g, i, f, o):
    c = np.zeros(1)
    cs, hs = [], []
    for t in range(len(g)):
        c *= f[t]
        c += i[t] * g[t]
        cs.append(c)
        hs.append(o[t] * np.tanh(c))
    return np.array(cs)[:, 0], np.array(hs)[:, 0]


@wrong(
    "08.1",
    "starts with g[0] in the memory",
    "the memory is 0 before the first step, and the input gate counts there too",
)
def run_cell(g, i, f, o):
    c = np.zeros(len(g))
    c[0] = g[0]
    for t in range(1, len(g)):
        c[t] = f[t] * c[t - 1] + i[t] * g[t]
    return c, o * np.tanh(c)


@wrong(
    "08.1",
    "the output fed back in place of the memory, and results exchanged",
    "what is kept is c, not h, and c comes back first",
)
def run_cell(g, i, f, o):
    h, cs, hs = 0.0, [], []
    for t in range(len(g)):
        c = f[t] * h + i[t] * g[t]
        h = o[t] * np.tanh(c)
        cs.append(c)
        hs.append(h)
    return np.array(hs), np.array(cs)


# 08.2


@right("08.2", "one product, split in four")
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, axis=1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


@right("08.2", "loops over the batch and the cells, float32")
def lstm_step(x, h, c, W, U, b):
    x, h, c, W, U, b = (np.asarray(a, np.float32) for a in (x, h, c, W, U, b))
    N, H = h.shape
    new_h, new_c = np.zeros_like(h), np.zeros_like(c)
    for n in range(N):
        for k in range(H):
            i, f, g, o = (
                W[m * H + k] @ x[n] + U[m * H + k] @ h[n] + b[m * H + k]
                for m in range(4)
            )
            new_c[n, k] = _sigmoid(f) * c[n, k] + _sigmoid(i) * np.tanh(g)
            new_h[n, k] = _sigmoid(o) * np.tanh(new_c[n, k])
    return new_h, new_c


@right("08.2", "einsum on blocks, memory changed in place, a list comes back")
def lstm_step(x, h, c, W, U, b):
    H = h.shape[1]
    a = np.einsum("nd,khd->knh", x, W.reshape(4, H, -1))
    a = a + np.einsum("nj,khj->knh", h, U.reshape(4, H, H)) + b.reshape(4, 1, H)
    i, f, o = (0.5 * (1 + np.tanh(a[k] / 2)) for k in (0, 1, 3))
    c *= f
    c += i * np.tanh(a[2])
    return [o * np.tanh(c), c]


@wrong(
    "08.2",
    "blocks taken in the order i, f, o, g",
    "the third block is g and the fourth is o",
)
def lstm_step(x, h, c, W, U, b):
    H = h.shape[1]
    a = x @ W.T + h @ U.T + b
    i, f, o = (_sigmoid(a[:, k * H : (k + 1) * H]) for k in range(3))
    g = np.tanh(a[:, 3 * H :])
    c = f * c + i * g
    return o * np.tanh(c), c


@wrong(
    "08.2",
    "output read from the old memory",
    "h must be read from the new memory, so update c first",
)
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, axis=1)
    new_h = _sigmoid(o) * np.tanh(c)
    new_c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return new_h, new_c


@wrong(
    "08.2",
    "sigmoid over all four blocks",
    "g is what could be written and goes through tanh, it is no gate",
)
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(_sigmoid(x @ W.T + h @ U.T + b), 4, axis=1)
    c = f * c + i * g
    return o * np.tanh(c), c


@wrong(
    "08.2",
    "cells and gates interleaved by the reshape",
    "the blocks lie one after the other: reshape to (N, 4, H), not (N, H, 4)",
)
def lstm_step(x, h, c, W, U, b):
    N, H = h.shape
    a = (x @ W.T + h @ U.T + b).reshape(N, H, 4)
    i, f, g, o = a[:, :, 0], a[:, :, 1], a[:, :, 2], a[:, :, 3]
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


@wrong(
    "08.2",
    "W and U not transposed",
    "rows of W are units, so it takes x @ W.T; here the shapes do not fit",
)
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W + h @ U + b, 4, axis=1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


@wrong(
    "08.2",
    "written to the memory after reading it",
    "the new entry i * g has to be in c before the output is read",
)
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, axis=1)
    c = _sigmoid(f) * c
    h = _sigmoid(o) * np.tanh(c)
    c = c + _sigmoid(i) * np.tanh(g)
    return h, c


@wrong(
    "08.2",
    "no tanh on the memory, and c returned first",
    "the output is o * tanh(c), and h comes before c",
)
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, axis=1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    h = _sigmoid(o) * c
    return c, h


@wrong(
    "08.2",
    "bias only on the gates",
    "all four blocks have a bias, g too",
)
def lstm_step(x, h, c, W, U, b):
    H = h.shape[1]
    a = x @ W.T + h @ U.T
    i = _sigmoid(a[:, :H] + b[:H])
    f = _sigmoid(a[:, H : 2 * H] + b[H : 2 * H])
    g = np.tanh(a[:, 2 * H : 3 * H])
    o = _sigmoid(a[:, 3 * H :] + b[3 * H :])
    c = f * c + i * g
    return o * np.tanh(c), c


# 08.3


@right("08.3", "loop backwards over an empty array")
def memory_gradient(dc, i, f):
    L = len(i)
    dg = np.zeros(L)
    for t in range(L - 1, -1, -1):
        dg[t] = i[t] * dc
        dc = f[t] * dc
    return dg, dc


@right("08.3", "product of the later forget gates by cumprod")
def memory_gradient(dc, i, f):
    carried = dc * np.append(np.cumprod(f[::-1])[::-1], 1.0)
    return i * carried[1:], carried[0]


@right("08.3", "recursion from the last step, a list comes back")
def memory_gradient(dc, i, f):
    def back(dc, t):
        if t < 0:
            return [], dc
        earlier, first = back(dc * f[t], t - 1)
        return earlier + [dc * i[t]], first

    return back(dc, len(i) - 1)


@wrong(
    "08.3",
    "collected backwards and not turned round",
    "dg[0] must belong to step 0, your list begins with the last step",
)
def memory_gradient(dc, i, f):
    dg = []
    for it, ft in zip(reversed(i), reversed(f)):
        dg.append(it * dc)
        dc = dc * ft
    return np.array(dg), dc


@wrong(
    "08.3",
    "forget gate applied before dg",
    "dg_t uses the gradient of c_t itself; f_t comes in only on the way to t-1",
)
def memory_gradient(dc, i, f):
    dg = np.zeros(len(i))
    for t in reversed(range(len(i))):
        dc = dc * f[t]
        dg[t] = i[t] * dc
    return dg, dc


@wrong(
    "08.3",
    "walks forward in time",
    "dc belongs to the last memory, so the walk begins at the end",
)
def memory_gradient(dc, i, f):
    dg = np.zeros(len(i))
    for t in range(len(i)):
        dg[t] = i[t] * dc
        dc *= f[t]
    return dg, dc


@wrong(
    "08.3",
    "last factor f[0] missing",
    "asked is the gradient before step 0, one forget gate further back",
)
def memory_gradient(dc, i, f):
    L = len(i)
    d = np.zeros(L)
    d[-1] = dc
    for t in range(L - 2, -1, -1):
        d[t] = f[t + 1] * d[t + 1]
    return i * d, d[0]


@wrong(
    "08.3",
    "product of the later gates found by a division",
    "a shut forget gate (0) makes 0 / 0 of this; multiply from the back instead",
)
def memory_gradient(dc, i, f):
    whole = np.prod(f)
    later = whole / np.cumprod(f)
    return i * later * dc, whole * dc


@wrong(
    "08.3",
    "the input gate carries the gradient back",
    "along the memory the factor is f, and i leads to g",
)
def memory_gradient(dc, i, f):
    dg = np.zeros(len(i))
    for t in range(len(i))[::-1]:
        dg[t] = f[t] * dc
        dc = i[t] * dc
    return dg, dc


@wrong(
    "08.3",
    "gates of the step before, wrapping round at 0, and a sum for the carry",
    "the step from t to t-1 uses f[t], and it replaces dc, it is not added",
)
def memory_gradient(dc, i, f):
    dg = np.zeros(len(i))
    for t in range(len(i) - 1, -1, -1):
        dg[t] = i[t] * dc
        dc += f[t - 1] * dc
    return dg, dc


# 08.4, find the bug


@right("08.4", "the two factors exchanged in the last line")
def gru_step(x, h, W, U, b, d):
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(z + q)
    n = np.tanh(n + r * s)
    return (1 - z) * n + z * h


@right("08.4", "written as a step from n to h")
def gru_step(x, h, W, U, b, d):
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(z + q)
    n = np.tanh(n + r * s)
    return n + z * (h - n)


@right("08.4", "the sign turned inside of the sigmoid")
def gru_step(x, h, W, U, b, d):
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(-(z + q))
    n = np.tanh(n + r * s)
    return z * n + (1 - z) * h


@wrong(
    "08.4",
    "blocks r and z exchanged, last line left as it is",
    "the order r, z, n was right; the last line gives z to the wrong part",
)
def gru_step(x, h, W, U, b, d):
    z, r, n = np.split(x @ W.T + b, 3, axis=1)
    q, p, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(z + q)
    n = np.tanh(n + r * s)
    return z * n + (1 - z) * h


@wrong(
    "08.4",
    "half repaired: z on the old state, but also on the candidate",
    "the candidate gets 1 - z, so that both parts share out 1",
)
def gru_step(x, h, W, U, b, d):
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(z + q)
    n = np.tanh(n + r * s)
    return z * n + z * h


@wrong(
    "08.4",
    "repaired, and the reset gate put on h before the product",
    "the reset gate acts on U h + d, after the product; only the last line was wrong",
)
def gru_step(x, h, W, U, b, d):
    H = h.shape[1]
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, _ = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(z + q)
    n = np.tanh(n + (r * h) @ U[2 * H :].T + d[2 * H :])
    return (1 - z) * n + z * h


@wrong(
    "08.4",
    "z turned round twice",
    "1 - z in both places cancels, z = 1 still throws the old state away",
)
def gru_step(x, h, W, U, b, d):
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), 1 - _sigmoid(z + q)
    n = np.tanh(n + r * s)
    return (1 - z) * n + z * h


@wrong(
    "08.4",
    "the gate of the candidate changed in place of the last line",
    "r was used correctly; it is z that keeps the wrong thing",
)
def gru_step(x, h, W, U, b, d):
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(z + q)
    n = np.tanh(n + (1 - r) * s)
    return z * n + (1 - z) * h


# 08.5


@right("08.5", "count up until it no longer fits")
def widest(gates, inputs, budget):
    H = 0
    while gates * (H + 1) * (inputs + H + 1 + 2) <= budget:
        H += 1
    return H


@right("08.5", "quadratic equation in integers")
def widest(gates, inputs, budget):
    a = inputs + 2
    return (math.isqrt(a * a + 4 * (budget // gates)) - a) // 2


@right("08.5", "bisection between 0 and the budget")
def widest(gates, inputs, budget):
    low, high = 0, budget + 1
    while high - low > 1:
        middle = (low + high) // 2
        if gates * middle * (inputs + middle + 2) <= budget:
            low = middle
        else:
            high = middle
    return low


@wrong(
    "08.5",
    "one bias in every block",
    "there are two biases in every block: D + H + 2 numbers a unit",
)
def widest(gates, inputs, budget):
    H = 0
    while gates * (H + 1) * (inputs + H + 2) <= budget:
        H += 1
    return H


@wrong(
    "08.5",
    "returns the first width that is too large",
    "the loop stops when it no longer fits, so the answer is one less",
)
def widest(gates, inputs, budget):
    H = 0
    while gates * H * (inputs + H + 2) <= budget:
        H += 1
    return H


@wrong(
    "08.5",
    "strictly below the budget",
    "a layer that uses exactly the whole budget is within it",
)
def widest(gates, inputs, budget):
    return max(
        (
            H
            for H in range(math.isqrt(budget) + 1)
            if gates * H * (inputs + H + 2) < budget
        ),
        default=0,
    )


@wrong(
    "08.5",
    "root of the equation rounded to the nearest",
    "rounding up goes over the budget, it must be rounded down",
)
def widest(gates, inputs, budget):
    a = inputs + 2
    return round((-a + math.sqrt(a * a + 4 * budget / gates)) / 2)


@wrong(
    "08.5",
    "recurrent weights forgotten",
    "each block also reads the H old outputs, so H appears squared",
)
def widest(gates, inputs, budget):
    return budget // (gates * (inputs + 2))


@wrong(
    "08.5",
    "two biases for the whole layer, not a block",
    "the two biases of each unit stand in every block, so they too times gates",
)
def widest(gates, inputs, budget):
    for H in count(1):
        if gates * H * (inputs + H) + 2 * H > budget:
            return H - 1


@wrong(
    "08.5",
    "number of blocks forgotten, and a unit granted even if none fits",
    "multiply by the number of blocks, and 0 is possible when nothing fits",
)
def widest(gates, inputs, budget):
    H = 1
    while (H + 1) * (inputs + H + 3) <= budget:
        H += 1
    return H


# 08.6


@right("08.6", "walk through the table, then count what is left")
def may_follow(text):
    if len(text) < 3:
        return ("B", "PT", "B")[len(text)]
    rest = list(text[3:])
    state = 0
    while rest and state != 5:
        state = dict(datasets.REBER[state])[rest.pop(0)]
    if state != 5:
        return "".join(sorted(a for a, _ in datasets.REBER[state]))
    return ("E", text[1], "E")[len(rest)]


@right("08.6", "recursion over the rest of the string")
def may_follow(text):
    def after(state, rest):
        if state == 5:
            return ("E" + text[1] + "E")[len(rest)]
        if rest == "":
            return "".join(sorted(letter for letter, _ in datasets.REBER[state]))
        for letter, new in datasets.REBER[state]:
            if letter == rest[0]:
                return after(new, rest[1:])

    if text == "":
        return "B"
    if text == "B":
        return "PT"
    if len(text) == 2:
        return "B"
    return after(0, text[3:])


@right("08.6", "one larger automaton, built from the table")
def may_follow(text):
    ways = {"start": {"B": "kind"}, "kind": {"T": "T", "P": "P"}}
    for kind in "TP":
        ways[kind] = {"B": (kind, 0)}
        for state, letters in datasets.REBER.items():
            ways[kind, state] = {a: (kind, new) for a, new in letters}
        ways[kind, 5] = {"E": kind + "?"}
        ways[kind + "?"] = {kind: "last"}
    ways["last"] = {"E": "end"}
    now = "start"
    for letter in text:
        now = ways[now][letter]
    return "".join(sorted(ways[now]))


@wrong(
    "08.6",
    "last but one letter not remembered",
    "at the end only the letter that stood second may come, not either",
)
def may_follow(text):
    if len(text) < 3:
        return ["B", "PT", "B"][len(text)]
    state, k = 0, 3
    while k < len(text) and state != 5:
        state = dict(datasets.REBER[state])[text[k]]
        k += 1
    if state != 5:
        return "".join(sorted(a for a, _ in datasets.REBER[state]))
    return ["E", "PT", "E"][len(text) - k]


@wrong(
    "08.6",
    "walk begins at the B before it",
    "the walk through the table begins after the third letter",
)
def may_follow(text):
    if len(text) < 2:
        return ["B", "PT"][len(text)]
    state = 0
    for k, letter in enumerate(text[2:]):
        if state == 5:
            return ["E", text[1], "E"][len(text) - 2 - k]
        state = dict(datasets.REBER[state])[letter]
    if state == 5:
        return "E"
    return "".join(sorted(a for a, _ in datasets.REBER[state]))


@wrong(
    "08.6",
    "the empty string not thought of",
    "an empty beginning is possible, and only B may follow; text[0] fails there",
)
def may_follow(text):
    assert text[0] == "B"
    if len(text) == 1:
        return "PT"
    if len(text) == 2:
        return "B"
    state, tail = 0, "E" + text[1] + "E"
    for letter in text[3:]:
        if state == 5:
            tail = tail[1:]
        else:
            state = dict(datasets.REBER[state])[letter]
    if state == 5:
        return tail[0]
    return "".join(sorted(a for a, _ in datasets.REBER[state]))


@wrong(
    "08.6",
    "judged by the last letter alone",
    "the same letter leads to several states; follow the walk from its start",
)
def may_follow(text):
    if len(text) < 3:
        return ["B", "PT", "B"][len(text)]
    if len(text) == 3:
        return "PT"
    if text[-1] == "E":
        return text[1]
    if text[-2] == "E":
        return "E"
    found = set()
    for ways in datasets.REBER.values():
        for letter, new in ways:
            if letter == text[-1]:
                found |= {a for a, _ in datasets.REBER.get(new, [("E", 6)])}
    return "".join(sorted(found))


@wrong(
    "08.6",
    "final E forgotten and the letters T, P in the wrong order",
    "the form ends with one more E, and letters come in alphabetical order",
)
def may_follow(text):
    if len(text) < 3:
        return ["B", "TP", "B"][len(text)]
    state, over = 0, ""
    for letter in text[3:]:
        if state == 5:
            over += letter
        else:
            state = dict(datasets.REBER[state])[letter]
    if state != 5:
        return "".join(sorted(a for a, _ in datasets.REBER[state]))
    return text[1] if over == "E" else "" if over else "E"


@wrong(
    "08.6",
    "the E after the walk left out",
    "between the walk and the second T or P stands an E",
)
def may_follow(text):
    if len(text) < 3:
        return ["B", "PT", "B"][len(text)]
    state = 0
    for letter in text[3:]:
        if state == 5:
            return "E"
        state = dict(datasets.REBER[state])[letter]
    if state == 5:
        return text[1]
    return "".join(sorted(a for a, _ in datasets.REBER[state]))


@wrong(
    "08.6",
    "a list of letters comes back",
    "the letters are asked as one string, join them",
)
def may_follow(text):
    if len(text) < 3:
        return [["B"], ["P", "T"], ["B"]][len(text)]
    state, tail = 0, ["E", text[1], "E"]
    for letter in text[3:]:
        if state == 5:
            tail.pop(0)
        else:
            state = dict(datasets.REBER[state])[letter]
    if state == 5:
        return [tail[0]]
    return sorted(a for a, _ in datasets.REBER[state])
