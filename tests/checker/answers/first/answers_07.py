"""Answers to the exercises of lesson 07, written from the statements alone."""

import math
from itertools import accumulate

import numpy as np

from answers import right, wrong


# ---------------------------------------------------------------- 07.1


@right("07.1", "plain loops with math.tanh, lists come back")
def states(x, h0, W, U, b):
    h, out = [float(v) for v in h0], []
    for row in x:
        new = []
        for j in range(len(h)):
            total = b[j]
            for d in range(len(row)):
                total += W[j][d] * row[d]
            for k in range(len(h)):
                total += U[j][k] * h[k]
            new.append(math.tanh(total))
        h = new
        out.append(h)
    return out


@right("07.1", "inputs of all steps in one product, float32")
def states(x, h0, W, U, b):
    x, h, W, U, b = (np.asarray(v, dtype=np.float32) for v in (x, h0, W, U, b))
    out = x @ W.T + b
    for t in range(len(out)):
        h = out[t] = np.tanh(out[t] + U @ h)
    return out


@right("07.1", "itertools.accumulate over the inputs")
def states(x, h0, W, U, b):
    def step(h, x_t):
        return np.tanh(np.einsum("hd,d->h", W, x_t) + np.einsum("hk,k->h", U, h) + b)

    return np.array(list(accumulate(x, step, initial=h0))[1:])


@wrong(
    "07.1",
    "one array changed in place and stored L times",
    "h[:] = ... changes the array that is already in the list: all rows become equal.",
)
def states(x, h0, W, U, b):
    h = np.array(h0, dtype=float)
    out = []
    for x_t in x:
        h[:] = np.tanh(W @ x_t + U @ h + b)
        out.append(h)
    return np.array(out)


@wrong(
    "07.1",
    "state noted before the step",
    "Store the state after the step: your rows begin with h0 and lack the last one.",
)
def states(x, h0, W, U, b):
    h, out = h0, []
    for t in range(len(x)):
        out.append(h)
        h = np.tanh(W @ x[t] + U @ h + b)
    return np.array(out)


@wrong(
    "07.1",
    "h @ U, which is U transposed",
    "h @ U sums over the rows of U: the rule is U @ h.",
)
def states(x, h0, W, U, b):
    h, out = h0, np.zeros((len(x), len(h0)))
    for t in range(len(x)):
        h = np.tanh(x[t] @ W.T + h @ U + b)
        out[t] = h
    return out


@wrong(
    "07.1",
    "x @ W without the transpose",
    "W is (H, D): x @ W does not fit, write x @ W.T or W @ x_t.",
)
def states(x, h0, W, U, b):
    inputs = x @ W + b
    h, out = h0, []
    for a in inputs:
        h = np.tanh(a + U @ h)
        out.append(h)
    return np.stack(out)


@wrong(
    "07.1",
    "starts from zeros, h0 never read",
    "The first step starts from h0, which need not be 0.",
)
def states(x, h0, W, U, b):
    h, out = np.zeros(len(b)), []
    for x_t in x:
        h = np.tanh(W @ x_t + U @ h + b)
        out.append(h)
    return np.array(out)


@wrong(
    "07.1",
    "bias outside the tanh, and the recurrent part always from h0",
    "b belongs inside the tanh, and U meets the newest state.",
)
def states(x, h0, W, U, b):
    return np.array([np.tanh(W @ x_t + U @ h0) + b for x_t in x])


# ---------------------------------------------------------------- 07.2


@right("07.2", "plain loops and lists")
def backward(dh, x, h, h0, U):
    L, H, D = len(h), len(h0), len(x[0])
    dW = [[0.0] * D for _ in range(H)]
    dU = [[0.0] * H for _ in range(H)]
    db, later = [0.0] * H, [0.0] * H
    for t in reversed(range(L)):
        old = h[t - 1] if t > 0 else h0
        da = [(dh[t][j] + later[j]) * (1 - h[t][j] ** 2) for j in range(H)]
        for j in range(H):
            db[j] += da[j]
            for d in range(D):
                dW[j][d] += da[j] * x[t][d]
            for k in range(H):
                dU[j][k] += da[j] * old[k]
        later = [sum(U[j][k] * da[j] for j in range(H)) for k in range(H)]
    return dW, dU, db


@right("07.2", "all da first, then three products")
def backward(dh, x, h, h0, U):
    da = np.zeros(h.shape)
    carry = np.zeros(len(h0))
    for t in range(len(h) - 1, -1, -1):
        da[t] = (dh[t] + carry) * (1 - h[t] ** 2)
        carry = U.T @ da[t]
    before = np.vstack([h0, h[:-1]])
    return da.T @ x, np.einsum("tj,tk->jk", da, before), da.sum(axis=0)


@right("07.2", "blame handed on inside dh itself")
def backward(dh, x, h, h0, U):
    dW = np.zeros((len(h0), x.shape[1]))
    dU, db = np.zeros(U.shape), np.zeros(len(h0))
    for t in range(len(h))[::-1]:
        da = dh[t] * (1 - h[t]) * (1 + h[t])
        dW += np.outer(da, x[t])
        db += da
        if t:
            dU += np.outer(da, h[t - 1])
            dh[t - 1] += da @ U
        else:
            dU += np.outer(da, h0)
    return dW, dU, db


@wrong(
    "07.2",
    "h[t - 1] at the first step, which is the last state",
    "At t = 0 h[t - 1] is h[-1], the last state: the old state there is h0.",
)
def backward(dh, x, h, h0, U):
    dW, dU = np.zeros((len(h0), x.shape[1])), np.zeros_like(U)
    db, later = np.zeros(len(h0)), np.zeros(len(h0))
    for t in reversed(range(len(h))):
        da = (dh[t] + later) * (1 - h[t] ** 2)
        dW += np.outer(da, x[t])
        dU += np.outer(da, h[t - 1])
        db += da
        later = U.T @ da
    return dW, dU, db


@wrong(
    "07.2",
    "tanh taken once more in the slope",
    "h already is the tanh: the slope is 1 - h**2.",
)
def backward(dh, x, h, h0, U):
    da, later = np.zeros(h.shape), 0.0
    for t in reversed(range(len(h))):
        da[t] = (dh[t] + later) * (1 - np.tanh(h[t]) ** 2)
        later = U.T @ da[t]
    old = np.vstack([h0[None], h[:-1]])
    return da.T @ x, da.T @ old, da.sum(axis=0)


@wrong(
    "07.2",
    "blame handed on before it passed the tanh",
    "What goes to the old state is U.T @ da, after the slope of the tanh.",
)
def backward(dh, x, h, h0, U):
    da, later = np.zeros(h.shape), 0.0
    for t in reversed(range(len(h))):
        g = dh[t] + later
        da[t] = g * (1 - h[t] ** 2)
        later = U.T @ g
    old = np.vstack([h0[None], h[:-1]])
    return da.T @ x, da.T @ old, da.sum(axis=0)


@wrong(
    "07.2",
    "blame from later steps added up again and again",
    "da at t already holds what came from later: write later = U.T @ da, not +=.",
)
def backward(dh, x, h, h0, U):
    dW, dU = np.zeros((len(h0), x.shape[1])), np.zeros(U.shape)
    db, later = np.zeros(len(h0)), np.zeros(len(h0))
    for t in range(len(h) - 1, -1, -1):
        old = h0 if t == 0 else h[t - 1]
        da = (dh[t] + later) * (1 - h[t] ** 2)
        dW += np.outer(da, x[t])
        dU += np.outer(da, old)
        db += da
        later += U.T @ da
    return dW, dU, db


@wrong(
    "07.2",
    "blame carried back by U, not by its transpose",
    "Forward h went through U, so blame comes back through U.T.",
)
def backward(dh, x, h, h0, U):
    dW, dU = np.zeros((len(h0), x.shape[1])), np.zeros(U.shape)
    db, later = np.zeros(len(h0)), np.zeros(len(h0))
    for t in range(len(h) - 1, -1, -1):
        old = h0 if t == 0 else h[t - 1]
        da = (dh[t] + later) * (1 - h[t] ** 2)
        dW += np.outer(da, x[t])
        dU += np.outer(da, old)
        db += da
        later = U @ da
    return dW, dU, db


@wrong(
    "07.2",
    "no blame from later steps, and the mean over the steps",
    "A state is also to blame for later ones, and a shared weight's gradients add up.",
)
def backward(dh, x, h, h0, U):
    da = dh * (1 - h**2)
    old = np.concatenate([h0[None], h[:-1]])
    L = len(h)
    return da.T @ x / L, da.T @ old / L, da.mean(axis=0)


# ---------------------------------------------------------------- 07.3


@right("07.3", "table of streams, slices in a loop")
def windows(ids, streams, length):
    table = np.asarray(ids)[: len(ids) // streams * streams].reshape(streams, -1)
    out = []
    for at in range(0, table.shape[1] - length, length):
        now = table[:, at : at + length]
        out.append((now, table[:, at + 1 : at + 1 + length]))
    return out


@right("07.3", "plain lists throughout")
def windows(ids, streams, length):
    per = len(ids) // streams
    rows = [[int(i) for i in ids[n * per : (n + 1) * per]] for n in range(streams)]
    pairs, at = [], 0
    while at + length < per:
        inputs = [row[at : at + length] for row in rows]
        targets = [row[at + 1 : at + length + 1] for row in rows]
        pairs.append((inputs, targets))
        at += length
    return pairs


def _cut(table, first, count, length):
    part = table[:, first : first + count * length]
    return np.split(part, count, axis=1) if count else []


@right("07.3", "inputs and targets cut apart as a whole, then zipped")
def windows(ids, streams, length):
    per = len(ids) // streams
    table = np.stack([ids[n * per : (n + 1) * per] for n in range(streams)])
    count = max(per - 1, 0) // length
    return list(zip(_cut(table, 0, count, length), _cut(table, 1, count, length)))


@wrong(
    "07.3",
    "text dealt into windows row after row",
    "Row n must go on in row n of the next window: cut long streams first.",
)
def windows(ids, streams, length):
    count = (len(ids) - 1) // (streams * length)
    out = []
    for k in range(count):
        at = k * streams * length
        inputs = ids[at : at + streams * length].reshape(streams, length)
        targets = ids[at + 1 : at + 1 + streams * length].reshape(streams, length)
        out.append((inputs, targets))
    return out


@wrong(
    "07.3",
    "characters dealt to the streams in turns",
    "Each row is one stretch of text: reshape to (streams, -1) and do not transpose.",
)
def windows(ids, streams, length):
    n = len(ids) // streams * streams
    table = ids[:n].reshape(-1, streams).T
    return [
        (table[:, t : t + length], table[:, t + 1 : t + length + 1])
        for t in range(0, table.shape[1] - length, length)
    ]


@wrong(
    "07.3",
    "one window too many, whose targets are too short",
    "The last target needs one more character: stop while at + length < columns.",
)
def windows(ids, streams, length):
    table = ids[: len(ids) // streams * streams].reshape(streams, -1)
    out = []
    for at in range(0, table.shape[1], length):
        out.append((table[:, at : at + length], table[:, at + 1 : at + length + 1]))
    return out


@wrong(
    "07.3",
    "targets rolled within the window",
    "The last target is the next window's first character, not this window's first.",
)
def windows(ids, streams, length):
    table = ids[: len(ids) // streams * streams].reshape(streams, -1)
    out = []
    for at in range(0, table.shape[1] - length, length):
        inputs = table[:, at : at + length]
        out.append((inputs, np.roll(inputs, -1, axis=1)))
    return out


@wrong(
    "07.3",
    "steps of length + 1, one character of each window never read",
    "Windows start every length characters, else one input is lost between them.",
)
def windows(ids, streams, length):
    table = ids[: len(ids) // streams * streams].reshape(streams, -1)
    out = []
    for at in range(0, table.shape[1] - length, length + 1):
        piece = table[:, at : at + length + 1]
        out.append((piece[:, :-1], piece[:, 1:]))
    return out


@wrong(
    "07.3",
    "windows that overlap, and targets in front of the inputs",
    "Move on by length characters, and return the inputs first.",
)
def windows(ids, streams, length):
    table = ids[: len(ids) // streams * streams].reshape(streams, -1)
    out = []
    for at in range(table.shape[1] - length):
        out.append((table[:, at + 1 : at + length + 1], table[:, at : at + length]))
    return out


# ---------------------------------------------------------------- 07.4


@right("07.4", "largest score taken away, then divided by T")
def with_temperature(scores, T):
    e = np.exp((scores - np.max(scores)) / T)
    return e / e.sum()


@right("07.4", "list comprehension with math.exp, a list comes back")
def with_temperature(scores, T):
    top = max(scores)
    weights = [math.exp((float(s) - float(top)) / T) for s in scores]
    total = math.fsum(weights)
    return [w / total for w in weights]


@right("07.4", "through the logarithm of the sum")
def with_temperature(scores, T):
    z = np.asarray(scores, dtype=float) / T
    z -= z.max()
    return np.exp(z - np.log(np.exp(z).sum()))


@wrong(
    "07.4",
    "largest score taken away after the division by T",
    "After dividing by T the largest is max / T: take the maximum of scores / T.",
)
def with_temperature(scores, T):
    z = scores / T - np.max(scores)
    e = np.exp(z)
    return e / e.sum()


@wrong(
    "07.4",
    "mean taken away in place of the maximum",
    "Above the mean the exponent is still positive and overflows at small T.",
)
def with_temperature(scores, T):
    e = np.exp((scores - np.mean(scores)) / T)
    return e / np.sum(e)


@wrong(
    "07.4",
    "softmax first, then the power 1 / T",
    "At T = 0.001 each power of a probability is 0, and 0 / 0 is nan.",
)
def with_temperature(scores, T):
    e = np.exp(scores - np.max(scores))
    p = e / e.sum()
    p = p ** (1 / T)
    return p / p.sum()


@wrong(
    "07.4",
    "exponents clipped at 700",
    "Clipping makes all scores above the limit equal: subtract the maximum instead.",
)
def with_temperature(scores, T):
    z = np.clip(scores / T, -700, 700)
    e = np.exp(z)
    return e / e.sum()


@wrong(
    "07.4",
    "probabilities divided by T, then normalised",
    "T cancels there: it has to divide the scores before the exponential.",
)
def with_temperature(scores, T):
    e = np.exp(scores - np.max(scores))
    p = e / e.sum() / T
    return p / p.sum()


@wrong(
    "07.4",
    "multiplied by T, and divided by the largest, not by the sum",
    "T divides the scores, and probabilities are divided by their sum.",
)
def with_temperature(scores, T):
    e = np.exp(T * (scores - np.max(scores)))
    return e / e.max()


# ---------------------------------------------------------------- 07.5


@right("07.5", "state carried on")
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        scores, state = step(last, state)
        last = int(np.argmax(scores))
        out.append(last)
    return out


def _writing(step, last, state):
    while True:
        scores, state = step(last, state)
        last = int(np.argmax(scores))
        yield last


@right("07.5", "generator that keeps the state")
def write_best(step, first, state, count):
    return [i for _, i in zip(range(count), _writing(step, first, state))]


@wrong(
    "07.5",
    "new state kept under a name that nobody reads",
    "The next step still gets the old state: write scores, state = ...",
)
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        scores, new_state = step(last, state)
        last = int(np.argmax(scores))
        out.append(last)
    return out


@wrong(
    "07.5",
    "second step with the new character, just for the state",
    "That reads each character twice: take scores and state from one call.",
)
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        scores, _ = step(last, state)
        last = int(np.argmax(scores))
        _, state = step(last, state)
        out.append(last)
    return out


@wrong(
    "07.5",
    "state mended, but each character is noted before it is chosen",
    "The list must not hold first, and the last choice is missing.",
)
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        out.append(last)
        scores, state = step(last, state)
        last = int(np.argmax(scores))
    return out


@wrong(
    "07.5",
    "a repeated character avoided by taking the second best",
    "The fault is the state that is dropped; the choice of the best was right.",
)
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        scores, _ = step(last, state)
        order = np.argsort(scores)[::-1]
        last = int(order[1]) if order[0] == last else int(order[0])
        out.append(last)
    return out


@wrong(
    "07.5",
    "state mended, but every step reads first",
    "The state goes on now, but the model must read its own last character.",
)
def write_best(step, first, state, count):
    out = []
    for _ in range(count):
        scores, state = step(first, state)
        out.append(int(np.argmax(scores)))
    return out
