"""Answers to the exercises of lesson 08, written from the statements alone."""

import math

import numpy as np

from lessonlib import datasets
from answers import right, wrong


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


# 08.1


@right("08.1", "loop, lists come back")
def run_cell(g, i, f, o):
    memory, c, h = 0.0, [], []
    for t in range(len(g)):
        memory = f[t] * memory + i[t] * g[t]
        c.append(memory)
        h.append(o[t] * math.tanh(memory))
    return c, h


@right("08.1", "every memory as a sum over what was written")
def run_cell(g, i, f, o):
    L = len(g)
    c = [sum(i[s] * g[s] * np.prod(f[s + 1 : t + 1]) for s in range(t + 1)) for t in range(L)]
    c = np.array(c)
    return c, o * np.tanh(c)


@right("08.1", "float32, arrays filled")
def run_cell(g, i, f, o):
    new = (i * g).astype(np.float32)
    c = np.zeros(len(g), dtype=np.float32)
    for t in range(len(g)):
        c[t] = new[t] + (f[t] * c[t - 1] if t else 0)
    return c, o * np.tanh(c)


@wrong("08.1", "cumulative products and a division", "a forget gate of 0 makes this 0 / 0; walk from step to step")
def run_cell(g, i, f, o):
    kept = np.cumprod(f)
    c = kept * np.cumsum(i * g / kept)
    return c, o * np.tanh(c)


@wrong("08.1", "tanh inside the memory", "reading squashes, the memory itself is untouched")
def run_cell(g, i, f, o):
    c, h, memory = [], [], 0.0
    for t in range(len(g)):
        memory = np.tanh(f[t] * memory + i[t] * g[t])
        c.append(memory)
        h.append(o[t] * memory)
    return np.array(c), np.array(h)


@wrong("08.1", "forgets what it has just written", "the forget gate scales the old memory only, then the new is added")
def run_cell(g, i, f, o):
    c = np.zeros(len(g))
    memory = 0.0
    for t in range(len(g)):
        memory = f[t] * (memory + i[t] * g[t])
        c[t] = memory
    return c, o * np.tanh(c)


@wrong("08.1", "output gate inside the tanh", "h is o times tanh of c, not tanh of o times c")
def run_cell(g, i, f, o):
    c = np.zeros(len(g))
    memory = 0.0
    for t in range(len(g)):
        memory = f[t] * memory + i[t] * g[t]
        c[t] = memory
    return c, np.tanh(o * c)


@wrong("08.1", "reads the memory of the step before", "the output of a step reads the memory after this step's update")
def run_cell(g, i, f, o):
    c, h, memory = [], [], 0.0
    for t in range(len(g)):
        h.append(o[t] * np.tanh(memory))
        memory = f[t] * memory + i[t] * g[t]
        c.append(memory)
    return np.array(c), np.array(h)


@wrong("08.1", "old memory kept by 1 - i", "the forget gate f decides what is kept; only a GRU ties the two")
def run_cell(g, i, f, o):
    c = np.zeros(len(g))
    for t in range(len(g)):
        c[t] = (1 - i[t]) * (c[t - 1] if t > 0 else 0) + i[t] * g[t]
    return c, o * np.tanh(c)


@wrong("08.1", "first memory is g[0], results exchanged", "in the first step the input gate counts too, and c comes first")
def run_cell(g, i, f, o):
    c = np.array(g, dtype=float)
    for t in range(1, len(g)):
        c[t] = f[t] * c[t - 1] + i[t] * g[t]
    return o * np.tanh(c), c


# 08.2


@right("08.2", "one matrix for x and h, reshaped to four blocks")
def lstm_step(x, h, c, W, U, b):
    a = np.hstack([x, h]) @ np.hstack([W, U]).T + b
    a = a.reshape(len(x), 4, -1)
    i, f, o = (0.5 + 0.5 * np.tanh(a[:, k] / 2) for k in (0, 1, 3))
    c = f * c + i * np.tanh(a[:, 2])
    return o * np.tanh(c), c


@right("08.2", "gate by gate with slices of the weights")
def lstm_step(x, h, c, W, U, b):
    H = h.shape[1]

    def layer(k):
        rows = slice(k * H, (k + 1) * H)
        return x @ W[rows].T + h @ U[rows].T + b[rows]

    i, f, g, o = _sigmoid(layer(0)), _sigmoid(layer(1)), np.tanh(layer(2)), _sigmoid(layer(3))
    new_c = i * g + f * c
    return o * np.tanh(new_c), new_c


@right("08.2", "unit by unit")
def lstm_step(x, h, c, W, U, b):
    N, H = h.shape
    new_h, new_c = np.zeros((N, H)), np.zeros((N, H))
    for n in range(N):
        for j in range(H):
            i, f, g, o = (W[k] @ x[n] + U[k] @ h[n] + b[k] for k in range(j, 4 * H, H))
            new_c[n, j] = _sigmoid(f) * c[n, j] + _sigmoid(i) * np.tanh(g)
            new_h[n, j] = _sigmoid(o) * np.tanh(new_c[n, j])
    return new_h, new_c


@wrong("08.2", "blocks in the order i, f, o, g", "the third block is g, the fourth is o")
def lstm_step(x, h, c, W, U, b):
    i, f, o, g = np.split(x @ W.T + h @ U.T + b, 4, axis=1)
    new_c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(new_c), new_c


@wrong("08.2", "sigmoid over all four blocks first", "g is a tanh layer of its own; it gets no sigmoid")
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(_sigmoid(x @ W.T + h @ U.T + b), 4, axis=1)
    new_c = f * c + i * np.tanh(g)
    return o * np.tanh(new_c), new_c


@wrong("08.2", "old memory read", "h comes from the new c")
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, axis=1)
    h = _sigmoid(o) * np.tanh(c)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return h, c


@wrong("08.2", "every fourth row taken as a block", "blocks are H rows one after the other, not rows dealt in turn")
def lstm_step(x, h, c, W, U, b):
    a = x @ W.T + h @ U.T + b
    i, f, g, o = a[:, 0::4], a[:, 1::4], a[:, 2::4], a[:, 3::4]
    new_c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(new_c), new_c


@wrong("08.2", "split along the batch", "the blocks lie along the features: axis=1")
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4)
    new_c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(new_c), new_c


@wrong("08.2", "memory read without tanh, bias twice", "h = o tanh(c), and there is one b")
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split((x @ W.T + b) + (h @ U.T + b), 4, axis=1)
    new_c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * new_c, new_c


@wrong("08.2", "input and forget gate on the wrong partners", "f multiplies the old memory, i what is new")
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, axis=1)
    new_c = _sigmoid(i) * c + _sigmoid(f) * np.tanh(g)
    return _sigmoid(o) * np.tanh(new_c), new_c


@wrong("08.2", "memory returned first", "the new h comes first, then the new c")
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, axis=1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    h = _sigmoid(o) * np.tanh(c)
    return c, h


# 08.3


@right("08.3", "products of all later gates, by cumprod")
def memory_gradient(dc, i, f):
    reach = np.append(np.cumprod(f[::-1])[::-1], 1.0)
    return dc * i * reach[1:], dc * reach[0]


@right("08.3", "reversed loop, list turned at the end")
def memory_gradient(dc, i, f):
    dg = []
    for gate_in, keep in zip(reversed(i), reversed(f)):
        dg.append(gate_in * dc)
        dc = keep * dc
    return dg[::-1], dc


@right("08.3", "every step by itself, math.prod")
def memory_gradient(dc, i, f):
    L = len(i)
    dg = np.array([i[t] * dc * math.prod(f[t + 1 :]) for t in range(L)])
    return dg, dc * math.prod(f)


@wrong("08.3", "own forget gate passed before dg", "g is added after the forgetting: f_t lies below c_t, not above it")
def memory_gradient(dc, i, f):
    dg = np.zeros(len(i))
    for t in reversed(range(len(i))):
        dc = f[t] * dc
        dg[t] = i[t] * dc
    return dg, dc


@wrong("08.3", "total product divided by what came before", "with a gate of 0 this is 0 / 0; walk backwards instead")
def memory_gradient(dc, i, f):
    total = np.prod(f)
    later = total / np.cumprod(f)
    return i * dc * later, dc * total


@wrong("08.3", "walk from the first step", "the gradient is known at the last memory and goes back from there")
def memory_gradient(dc, i, f):
    dg = np.zeros(len(i))
    for t in range(len(i)):
        dg[t] = i[t] * dc
        dc = dc * f[t]
    return dg, dc


@wrong("08.3", "list not turned around", "the walk ends with step 0, so dg has to be reversed")
def memory_gradient(dc, i, f):
    dg = []
    for t in range(len(i) - 1, -1, -1):
        dg.append(i[t] * dc)
        dc *= f[t]
    return np.array(dg), dc


@wrong("08.3", "first forget gate left out", "the memory before step 0 is behind f[0] as well")
def memory_gradient(dc, i, f):
    dg = np.zeros(len(i))
    for t in range(len(i) - 1, 0, -1):
        dg[t] = i[t] * dc
        dc = f[t] * dc
    dg[0] = i[0] * dc
    return dg, dc


@wrong("08.3", "input gate carried along, dg from the updated gradient", "along the memory only f multiplies, i belongs to dg alone")
def memory_gradient(dc, i, f):
    dg = np.zeros(len(i))
    for t in reversed(range(len(i))):
        dc = f[t] * i[t] * dc
        dg[t] = dc
    return dg, dc


@wrong("08.3", "gate f[t - 1], which wraps around at step 0", "between c_t and c_(t-1) stands f_t, no other")
def memory_gradient(dc, i, f):
    dg = np.zeros(len(i))
    for t in reversed(range(len(i))):
        dg[t] = i[t] * dc
        dc = dc * f[t - 1]
    return dg, dc * f[0]


# 08.4


@right("08.4", "last line exchanged")
def gru_step(x, h, W, U, b, d):
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(z + q)
    n = np.tanh(n + r * s)
    return (1 - z) * n + z * h


@right("08.4", "from the candidate towards the old state")
def gru_step(x, h, W, U, b, d):
    H = h.shape[1]
    a, e = x @ W.T + b, h @ U.T + d
    gates = _sigmoid(a[:, : 2 * H] + e[:, : 2 * H])
    r, z = gates[:, :H], gates[:, H:]
    n = np.tanh(a[:, 2 * H :] + r * e[:, 2 * H :])
    return n + z * (h - n)


@wrong("08.4", "reset gate on the state before U", "in PyTorch's form r multiplies U h + d; and the last line is still the wrong way round")
def gru_step(x, h, W, U, b, d):
    H = h.shape[1]
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, _ = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(z + q)
    n = np.tanh(n + (r * h) @ U[2 * H :].T + d[2 * H :])
    return z * n + (1 - z) * h


@wrong("08.4", "order of the blocks changed", "the order r, z, n is right; what is wrong is who gets z")
def gru_step(x, h, W, U, b, d):
    z, r, n = np.split(x @ W.T + b, 3, axis=1)
    q, p, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(z + q)
    n = np.tanh(n + r * s)
    return z * n + (1 - z) * h


@wrong("08.4", "turned twice", "z was replaced by 1 - z and the last line exchanged as well, so nothing has changed")
def gru_step(x, h, W, U, b, d):
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), 1 - _sigmoid(z + q)
    n = np.tanh(n + r * s)
    return (1 - z) * n + z * h


@wrong("08.4", "half repaired: both get z", "what is not kept is replaced: the candidate gets 1 - z")
def gru_step(x, h, W, U, b, d):
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(z + q)
    n = np.tanh(n + r * s)
    return z * n + z * h


@wrong("08.4", "last line right, reset gate left out of the candidate", "r stays: it says how much of the old state the candidate sees")
def gru_step(x, h, W, U, b, d):
    r, z, n = np.split(x @ W.T + b, 3, axis=1)
    p, q, s = np.split(h @ U.T + d, 3, axis=1)
    r, z = _sigmoid(r + p), _sigmoid(z + q)
    n = np.tanh(n + s)
    return (1 - z) * n + z * h


# 08.5


@right("08.5", "counts up as long as the next one fits")
def widest(gates, inputs, budget):
    H = 0
    while gates * ((H + 1) * (H + 1 + inputs) + 2 * (H + 1)) <= budget:
        H += 1
    return H


@right("08.5", "quadratic formula in whole numbers")
def widest(gates, inputs, budget):
    m = inputs + 2
    return (math.isqrt(m * m + 4 * (budget // gates)) - m) // 2


@right("08.5", "bisection")
def widest(gates, inputs, budget):
    fits, too_many = 0, budget + 1
    while too_many - fits > 1:
        H = (fits + too_many) // 2
        if gates * H * (H + inputs + 2) <= budget:
            fits = H
        else:
            too_many = H
    return fits


@wrong("08.5", "one bias in every block", "there are two biases for every unit of a block")
def widest(gates, inputs, budget):
    H = 0
    while gates * ((H + 1) * (H + 1 + inputs) + (H + 1)) <= budget:
        H += 1
    return H


@wrong("08.5", "two numbers of bias a block", "a bias is a vector: two times H numbers a block")
def widest(gates, inputs, budget):
    H = 0
    while gates * ((H + 1) ** 2 + (H + 1) * inputs + 2) <= budget:
        H += 1
    return H


@wrong("08.5", "root rounded to the nearest", "rounding up goes over the budget: round down")
def widest(gates, inputs, budget):
    m = inputs + 2
    return round((-m + math.sqrt(m * m + 4 * budget / gates)) / 2)


@wrong("08.5", "the first that no longer fits", "asked is the last H within the budget")
def widest(gates, inputs, budget):
    H = 1
    while gates * H * (H + inputs + 2) <= budget:
        H += 1
    return H


@wrong("08.5", "exactly the budget refused", "within the budget means at most: a layer that uses all of it fits")
def widest(gates, inputs, budget):
    H = 0
    while gates * (H + 1) * (H + inputs + 3) < budget:
        H += 1
    return H


@wrong("08.5", "gates only on one part, at least one unit", "biases exist in every block as well, and a small budget allows no unit at all")
def widest(gates, inputs, budget):
    best = 1
    for H in range(1, budget + 1):
        if gates * H * (H + inputs) + 2 * H > budget:
            break
        best = H
    return best


@wrong("08.5", "search ends at 500", "the budget decides where to stop, not a fixed range")
def widest(gates, inputs, budget):
    return max(H for H in range(500) if gates * (H * H + H * inputs + 2 * H) <= budget)


@wrong("08.5", "square root of the share of a block", "the inputs and biases cost as well, not only the H x H of U")
def widest(gates, inputs, budget):
    return int(math.sqrt(budget / gates)) - 2


# 08.6


@right("08.6", "the walk in a loop, then what is left over")
def may_follow(text):
    if len(text) < 3:
        return ("B", "PT", "B")[len(text)]
    state, k = 0, 3
    while k < len(text) and state != 5:
        state = dict(datasets.REBER[state])[text[k]]
        k += 1
    if state != 5:
        return "".join(sorted(letter for letter, _ in datasets.REBER[state]))
    return ("E" + text[1] + "E")[len(text) - k]


@right("08.6", "one map for the whole form")
def may_follow(text):
    net = {"a": {"B": "b"}, "b": {}}
    for c in "TP":
        net["b"][c] = c
        net[c] = {"B": c + "0"}
        for state in range(5):
            net[f"{c}{state}"] = {a: f"{c}{to}" for a, to in datasets.REBER[state]}
        net[c + "5"] = {"E": c + "E"}
        net[c + "E"] = {c: "last"}
    net["last"] = {"E": "end"}
    here = "a"
    for letter in text:
        here = net[here][letter]
    return "".join(sorted(net[here]))


@right("08.6", "recursion over the rest of the text")
def may_follow(text):
    def walk(state, rest):
        if state == 5:
            return ["E", text[1], "E"][len(rest)]
        if not rest:
            return "".join(sorted(letter for letter, _ in datasets.REBER[state]))
        for letter, to in datasets.REBER[state]:
            if letter == rest[0]:
                return walk(to, rest[1:])

    if text in ("", "BT", "BP"):
        return "B"
    if text == "B":
        return "PT"
    return walk(0, text[3:])


def _walk(text):
    """State of the walk and how many letters stand behind it."""
    state = 0
    for k, letter in enumerate(text[3:]):
        if state == 5:
            return state, len(text) - 3 - k
        state = dict(datasets.REBER[state])[letter]
    return state, 0


@wrong("08.6", "second letter forgotten", "behind the E only the same letter as at the beginning may come, not both")
def may_follow(text):
    if len(text) < 3:
        return ("B", "PT", "B")[len(text)]
    state, behind = _walk(text)
    if state == 5:
        return ("E", "PT", "E")[behind]
    return "".join(sorted(a for a, _ in datasets.REBER[state]))


@wrong("08.6", "letters in the order of the map", "the alphabet decides the order: sort the letters")
def may_follow(text):
    if len(text) < 3:
        return ("B", "TP", "B")[len(text)]
    state, behind = _walk(text)
    if state == 5:
        return ("E", text[1], "E")[behind]
    return "".join(a for a, _ in datasets.REBER[state])


@wrong("08.6", "the last letter alone decides about the end", "a T or P at the end of the text may also belong to the walk")
def may_follow(text):
    if len(text) < 3:
        return ("B", "PT", "B")[len(text)]
    if text[-1] == "E":
        return text[1]
    if text[-1] == text[1] and len(text) > 4:
        return "E"
    state, _ = _walk(text)
    return "E" if state == 5 else "".join(sorted(a for a, _ in datasets.REBER[state]))


@wrong("08.6", "empty text not foreseen", "an empty beginning is allowed: text[-1] fails, and the answer is B")
def may_follow(text):
    if text[-1] == "B" and len(text) == 1:
        return "PT"
    if len(text) == 2:
        return "B"
    state, behind = _walk(text)
    if state == 5:
        return ("E", text[1], "E")[behind]
    return "".join(sorted(a for a, _ in datasets.REBER[state]))


@wrong("08.6", "the walk starts with the outer letter", "the T or P after the first B belongs to the frame, the walk starts after the second B")
def may_follow(text):
    if len(text) < 2:
        return ("B", "PT")[len(text)]
    state = 0
    for letter in text[1:].replace("B", ""):
        if state == 5:
            return text[1]
        state = dict(datasets.REBER[state]).get(letter, state)
    return "E" if state == 5 else "".join(sorted(a for a, _ in datasets.REBER[state]))


@wrong("08.6", "a list of letters, end letters exchanged", "one string is asked, and the letter at the end is the same as at the beginning, not the other")
def may_follow(text):
    if len(text) < 3:
        return [["B"], ["P", "T"], ["B"]][len(text)]
    state, behind = _walk(text)
    if state == 5:
        return [["E"], ["T"] if text[1] == "P" else ["P"], ["E"]][behind]
    return sorted(a for a, _ in datasets.REBER[state])


@wrong("08.6", "no E after the second T or P", "the form ends with E: after the repeated letter one more E follows")
def may_follow(text):
    if len(text) < 3:
        return ("B", "PT", "B")[len(text)]
    state, behind = _walk(text)
    if state == 5:
        return ("E", text[1], "")[behind]
    return "".join(sorted(a for a, _ in datasets.REBER[state]))


@wrong("08.6", "state 5 looked up in the map", "state 5 has no ways of its own: there the E follows")
def may_follow(text):
    if len(text) < 3:
        return ("B", "PT", "B")[len(text)]
    state = 0
    for letter in text[3:]:
        state = [to for a, to in datasets.REBER[state] if a == letter][0]
    return "".join(sorted(a for a, _ in datasets.REBER[state]))
