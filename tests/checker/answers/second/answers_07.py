"""Answers to the exercises of lesson 07, written from the statements alone."""

import math

import numpy as np

from lessonlib import functional as F
from answers import right, wrong

# 07.1


@right("07.1", "inputs first, for all steps at once; array filled")
def states(x, h0, W, U, b):
    a = x @ W.T + b
    out = np.zeros((len(x), len(h0)))
    h = h0
    for t in range(len(x)):
        h = np.tanh(a[t] + h @ U.T)
        out[t] = h
    return out


@right("07.1", "plain loops, lists come back")
def states(x, h0, W, U, b):
    out, h = [], list(h0)
    for row in x:
        new = []
        for j in range(len(h)):
            total = b[j]
            total += sum(w * value for w, value in zip(W[j], row))
            total += sum(u * old for u, old in zip(U[j], h))
            new.append(math.tanh(total))
        h = new
        out.append(h)
    return out


@right("07.1", "itertools.accumulate")
def states(x, h0, W, U, b):
    from itertools import accumulate

    steps = accumulate(x, lambda h, row: np.tanh(W @ row + U @ h + b), initial=h0)
    return np.array(list(steps)[1:])


@wrong("07.1", "state overwritten in place, the same array collected", "all rows of the list are one array; append a copy, and leave h0 alone")
def states(x, h0, W, U, b):
    h, out = h0, []
    for row in x:
        h[:] = np.tanh(W @ row + U @ h + b)
        out.append(h)
    return np.array(out)


@wrong("07.1", "state before each step", "asked is the state after each step: append it after the update")
def states(x, h0, W, U, b):
    h, out = h0, []
    for row in x:
        out.append(h)
        h = np.tanh(W @ row + U @ h + b)
    return np.array(out)


@wrong("07.1", "U not transposed", "h @ U is the transpose's product; U @ h is meant")
def states(x, h0, W, U, b):
    h, out = h0, []
    for t in range(len(x)):
        h = np.tanh(x[t] @ W.T + h @ U + b)
        out.append(h)
    return np.array(out)


@wrong("07.1", "all steps from h0", "step t needs the state of step t - 1, so it cannot be done at once")
def states(x, h0, W, U, b):
    return np.tanh(x @ W.T + U @ h0 + b)


@wrong("07.1", "carries what stands before the tanh", "the state is tanh of the sum; the sum itself is not passed on")
def states(x, h0, W, U, b):
    a, out = h0, []
    for row in x:
        a = W @ row + U @ a + b
        out.append(np.tanh(a))
    return np.array(out)


@wrong("07.1", "starts at zero, bias outside the tanh", "the first state is h0, and b belongs inside the tanh")
def states(x, h0, W, U, b):
    h, out = np.zeros_like(h0), []
    for row in x:
        h = np.tanh(W @ row + U @ h) + b
        out.append(h)
    return np.array(out)


@wrong("07.1", "units updated one after the other", "every unit reads the old state; yours reads units that are already new")
def states(x, h0, W, U, b):
    h, out = h0.astype(float), []
    for row in x:
        for j in range(len(h)):
            h[j] = np.tanh(W[j] @ row + U[j] @ h + b[j])
        out.append(h.copy())
    return np.array(out)


# 07.2


@right("07.2", "one walk back, outer products")
def backward(dh, x, h, h0, U):
    H, D = len(h0), x.shape[1]
    dW, dU, db, later = np.zeros((H, D)), np.zeros((H, H)), np.zeros(H), np.zeros(H)
    for t in range(len(x) - 1, -1, -1):
        da = (dh[t] + later) * (1 - h[t] ** 2)
        dW += np.outer(da, x[t])
        dU += np.outer(da, h[t - 1] if t > 0 else h0)
        db += da
        later = U.T @ da
    return dW, dU, db


@right("07.2", "in place on dh, three sums at the end")
def backward(dh, x, h, h0, U):
    for t in reversed(range(len(dh))):
        dh[t] *= 1 - h[t] ** 2
        if t:
            dh[t - 1] += dh[t] @ U
    old = np.vstack([h0, h[:-1]])
    return dh.T @ x, dh.T @ old, dh.sum(axis=0)


@right("07.2", "every answer walks back by itself")
def backward(dh, x, h, h0, U):
    H = len(h0)
    dW, dU, db = np.zeros((H, x.shape[1])), np.zeros((H, H)), np.zeros(H)
    for answer in range(len(x)):
        blame = dh[answer]
        for t in range(answer, -1, -1):
            da = blame * (1 - h[t]) * (1 + h[t])
            dW += da[:, None] * x[t]
            dU += da[:, None] * (h[t - 1] if t else h0)
            db += da
            blame = U.T @ da
    return [dW, dU, db]


@wrong("07.2", "index -1 at the first step", "h[t - 1] with t = 0 is the last state; before the first step stands h0")
def backward(dh, x, h, h0, U):
    dW, dU, db = np.zeros((len(h0), x.shape[1])), np.zeros_like(U), np.zeros(len(h0))
    later = np.zeros(len(h0))
    for t in reversed(range(len(x))):
        da = (dh[t] + later) * (1 - h[t] ** 2)
        dW += np.outer(da, x[t])
        dU += np.outer(da, h[t - 1])
        db += da
        later = U.T @ da
    return dW, dU, db


@wrong("07.2", "no blame from later steps", "each state is also blamed by the next one, through U")
def backward(dh, x, h, h0, U):
    da = dh * (1 - h**2)
    old = np.concatenate([h0[None], h[:-1]])
    return da.T @ x, da.T @ old, da.sum(axis=0)


@wrong("07.2", "U instead of its transpose on the way back", "forward U h, so backward it is U transposed times da")
def backward(dh, x, h, h0, U):
    old = np.concatenate([h0[None], h[:-1]])
    da = np.zeros(h.shape)
    later = 0
    for t in reversed(range(len(x))):
        da[t] = (dh[t] + later) * (1 - h[t] ** 2)
        later = U @ da[t]
    return da.T @ x, da.T @ old, da.sum(axis=0)


@wrong("07.2", "blame from later not through the tanh", "what arrives at h_t from both sides passes the slope together")
def backward(dh, x, h, h0, U):
    old = np.concatenate([h0[None], h[:-1]])
    da = np.zeros(h.shape)
    later = np.zeros(len(h0))
    for t in reversed(range(len(x))):
        da[t] = dh[t] * (1 - h[t] ** 2) + later
        later = da[t] @ U
    return da.T @ x, da.T @ old, da.sum(axis=0)


@wrong("07.2", "blame piles up over the steps", "U^T da already holds all that came from later; do not add it to the old carry")
def backward(dh, x, h, h0, U):
    dW, dU, db = np.zeros((len(h0), x.shape[1])), np.zeros((len(h0),) * 2), np.zeros(len(h0))
    later = np.zeros(len(h0))
    for t in reversed(range(len(x))):
        da = (dh[t] + later) * (1 - h[t] ** 2)
        dW += np.outer(da, x[t])
        dU += np.outer(da, h[t - 1] if t else h0)
        db += da
        later = later + U.T @ da
    return dW, dU, db


@wrong("07.2", "slope of the state before", "the slope belongs to the tanh that made h_t: 1 - h_t squared")
def backward(dh, x, h, h0, U):
    old = np.concatenate([h0[None], h[:-1]])
    da = np.zeros(h.shape)
    later = np.zeros(len(h0))
    for t in reversed(range(len(x))):
        da[t] = (dh[t] + later) * (1 - old[t] ** 2)
        later = U.T @ da[t]
    return da.T @ x, da.T @ old, da.sum(axis=0)


@wrong("07.2", "U meets the new state, outer products turned", "U multiplied the old state, and dW has one row for each unit: outer(da, x)")
def backward(dh, x, h, h0, U):
    dW, dU, db = np.zeros((x.shape[1], len(h0))), np.zeros(U.shape), np.zeros(len(h0))
    later = np.zeros(len(h0))
    for t in reversed(range(len(x))):
        da = (dh[t] + later) * (1 - h[t] ** 2)
        dW += np.outer(x[t], da)
        dU += np.outer(h[t], da)
        db += da
        later = U.T @ da
    return dW, dU, db


# 07.3


@right("07.3", "rows, then steps of one length")
def windows(ids, streams, length):
    n = len(ids) // streams
    rows = np.reshape(ids[: n * streams], (streams, n))
    out = []
    for s in range(0, n - length, length):
        out.append((rows[:, s : s + length], rows[:, s + 1 : s + length + 1]))
    return out


@right("07.3", "index arithmetic, no reshape")
def windows(ids, streams, length):
    n = len(ids) // streams
    begin = n * np.arange(streams)[:, None]
    ids = np.asarray(ids)
    return [
        (ids[begin + k * length + np.arange(length)], ids[begin + k * length + 1 + np.arange(length)])
        for k in range((n - 1) // length)
    ]


@right("07.3", "inputs and targets apart, generator made a list")
def windows(ids, streams, length):
    n = len(ids) // streams
    text = np.asarray(ids)[: n * streams].reshape(streams, n)
    x, y = text[:, :-1], text[:, 1:]

    def cut():
        start = 0
        while start + length <= n - 1:
            yield x[:, start : start + length], y[:, start : start + length]
            start += length

    return list(cut())


@wrong("07.3", "neighbouring characters dealt to different rows", "each row is one stretch of text; you deal the characters like cards")
def windows(ids, streams, length):
    n = len(ids) // streams
    rows = ids[: n * streams].reshape(n, streams).T
    return [
        (rows[:, s : s + length], rows[:, s + 1 : s + length + 1])
        for s in range(0, n - length, length)
    ]


@wrong("07.3", "targets by np.roll, rows joined at their ends", "the last target of a row is the row's first character; there is no next one, so that window is left out")
def windows(ids, streams, length):
    n = len(ids) // streams
    rows = ids[: n * streams].reshape(streams, n)
    after = np.roll(rows, -1, axis=1)
    count = n // length
    return [
        (rows[:, k * length : (k + 1) * length], after[:, k * length : (k + 1) * length])
        for k in range(count)
    ]


@wrong("07.3", "one character skipped between windows", "the next window begins where the inputs of this one end: step length, not length + 1")
def windows(ids, streams, length):
    n = len(ids) // streams
    rows = ids[: n * streams].reshape(streams, n)
    out, s = [], 0
    while s + length + 1 <= n:
        piece = rows[:, s : s + length + 1]
        out.append((piece[:, :-1], piece[:, 1:]))
        s += length + 1
    return out


@wrong("07.3", "cut to whole windows before the rows are made", "the rows are stretches of T // streams characters; windows are cut out of them afterwards")
def windows(ids, streams, length):
    count = len(ids) // (streams * length)
    rows = ids[: streams * count * length].reshape(streams, -1)
    return [
        (rows[:, s : s + length], rows[:, s + 1 : s + length + 1])
        for s in range(0, count * length - length, length)
    ]


@wrong("07.3", "the last whole window missing if it fits exactly", "a window that ends with the row's last character as its last target is whole: use <=")
def windows(ids, streams, length):
    n = len(ids) // streams
    rows = ids[: n * streams].reshape(streams, n)
    out, s = [], 0
    while s + length + 1 < n:
        out.append((rows[:, s : s + length], rows[:, s + 1 : s + length + 1]))
        s += length
    return out


@wrong("07.3", "short window kept at the end, targets not moved on", "what fills no whole window is left out, and targets stand one character later")
def windows(ids, streams, length):
    n = len(ids) // streams
    rows = ids[: n * streams].reshape(streams, n)
    return [(rows[:, s : s + length], rows[:, s : s + length]) for s in range(0, n, length)]


@wrong("07.3", "rows of a window follow one another in the text", "row n of a window must continue row n of the window before, not row n - 1 of the same window")
def windows(ids, streams, length):
    count = (len(ids) - 1) // (streams * length)
    x = ids[: count * streams * length].reshape(count, streams, length)
    y = ids[1 : count * streams * length + 1].reshape(count, streams, length)
    return list(zip(x, y))


# 07.4


@right("07.4", "the largest score taken off before dividing")
def with_temperature(scores, T):
    e = np.exp((scores - np.max(scores)) / T)
    return e / e.sum()


@right("07.4", "math.exp in a list")
def with_temperature(scores, T):
    top = max(scores)
    e = [math.exp((s - top) / T) for s in scores]
    total = sum(e)
    return [value / total for value in e]


@right("07.4", "the library's softmax")
def with_temperature(scores, T):
    p, _ = F.softmax(np.asarray(scores, dtype=float) / T)
    return p


@wrong("07.4", "softmax first, then a power", "with T = 0.001 every probability to the power 1000 is 0: divide the scores, before the softmax")
def with_temperature(scores, T):
    p = np.exp(scores - scores.max())
    p = p / p.sum()
    p = p ** (1 / T)
    return p / p.sum()


@wrong("07.4", "undivided maximum taken off", "after dividing by T the largest is max / T; taking off max alone still overflows")
def with_temperature(scores, T):
    e = np.exp(scores / T - scores.max())
    return e / e.sum()


@wrong("07.4", "clipped at 700", "clipping makes all large scores equal; subtract the maximum instead")
def with_temperature(scores, T):
    e = np.exp(np.clip(scores / T, -700, 700))
    return e / e.sum()


@wrong("07.4", "temperature divides the probabilities", "dividing after the softmax cancels when you scale to sum 1")
def with_temperature(scores, T):
    p = np.exp(scores - scores.max())
    p = p / p.sum() / T
    return p / p.sum()


@wrong("07.4", "small T taken as the argmax", "two scores that differ by less than T still share the probability, also at 0.001")
def with_temperature(scores, T):
    if T < 0.01:
        p = np.zeros(len(scores))
        p[np.argmax(scores)] = 1
        return p
    e = np.exp((scores - scores.max()) / T)
    return e / e.sum()


@wrong("07.4", "smallest taken off, multiplied by T", "scores are divided by T, and it is the largest that must become 0")
def with_temperature(scores, T):
    e = np.exp((scores - scores.min()) * T)
    return e / e.sum()


@wrong("07.4", "T held above 0.1", "T may be as small as 0.001 and must be used as it is")
def with_temperature(scores, T):
    z = scores / max(T, 0.1)
    e = np.exp(z - z.max())
    return e / e.sum()


# 07.5


@right("07.5", "state carried on")
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        scores, state = step(last, state)
        last = int(np.argmax(scores))
        out.append(last)
    return out


@right("07.5", "one list with the first character, cut off at the end")
def write_best(step, first, state, count):
    ids = [first]
    while len(ids) <= count:
        scores, state = step(ids[-1], state)
        best = max(range(len(scores)), key=lambda k: scores[k])
        ids.append(best)
    return ids[1:]


@wrong("07.5", "each character read twice", "step is called twice for the same character, so the state moves on twice")
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        _, state = step(last, state)
        scores, state = step(last, state)
        last = int(np.argmax(scores))
        out.append(last)
    return out


@wrong("07.5", "last character forbidden", "that hides the stammer; the state still is not carried on")
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        scores, _ = step(last, state)
        scores = np.array(scores, dtype=float)
        scores[last] = -np.inf
        last = int(np.argmax(scores))
        out.append(last)
    return out


@wrong("07.5", "best character drawn at random instead", "the largest score is asked; the wrong line is the one that throws the state away")
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        scores, _ = step(last, state)
        p = np.exp(scores - np.max(scores))
        last = int(np.random.choice(len(p), p=p / p.sum()))
        out.append(last)
    return out


@wrong("07.5", "state carried, but always the first character read", "step must read the character written last")
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        scores, state = step(first, state)
        last = int(np.argmax(scores))
        out.append(last)
    return out


@wrong("07.5", "new state kept under another name", "the next call still gets the old state; carry the new one on")
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        scores, new_state = step(last, state)
        last = int(np.argmax(scores))
        out.append(last)
    state = new_state
    return out


@wrong("07.5", "characters appended before they are chosen", "first belongs to the input, and the last character is lost")
def write_best(step, first, state, count):
    out, last = [], first
    for _ in range(count):
        out.append(last)
        scores, state = step(last, state)
        last = int(np.argmax(scores))
    return out
