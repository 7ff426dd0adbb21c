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


# 07.6


@right("07.6", "Karpathy's way: stream by stream, lists of vectors, np.add.at")
def train(start, pieces, lr, limit, steps):
    P = [np.array(a, dtype=float) for a in start]
    m, v = [a * 0 for a in P], [a * 0 for a in P]
    losses, t = [], 0
    while t < steps:
        h = np.zeros((len(pieces[0][0]), len(P[1])))
        for x, y in pieces:
            if t == steps:
                break
            t += 1
            W, U, b, R, c = P
            G = [a * 0 for a in P]
            B, L = np.shape(x)
            total = 0.0
            for n in range(B):
                hs, ps = [h[n]], []
                for k in range(L):
                    hs.append(np.tanh(W[:, x[n][k]] + U @ hs[-1] + b))
                    e = np.exp(R @ hs[-1] + c)
                    ps.append(e / e.sum())
                    total -= np.log(ps[-1][y[n][k]])
                later = np.zeros(len(U))
                for k in range(L - 1, -1, -1):
                    ds = ps[k].copy()
                    ds[y[n][k]] -= 1
                    ds /= B * L
                    G[3] += np.outer(ds, hs[k + 1])
                    G[4] += ds
                    da = (R.T @ ds + later) * (1 - hs[k + 1] ** 2)
                    G[0][:, x[n][k]] += da
                    G[1] += np.outer(da, hs[k])
                    G[2] += da
                    later = U.T @ da
                h[n] = hs[-1]
            losses.append(total / (B * L))
            size = math.sqrt(sum((g * g).sum() for g in G))
            if size > limit:
                G = [g * limit / size for g in G]
            for k in range(5):
                m[k] = 0.9 * m[k] + 0.1 * G[k]
                v[k] = 0.999 * v[k] + 0.001 * G[k] ** 2
                P[k] = P[k] - lr * (m[k] / (1 - 0.9**t)) / (np.sqrt(v[k] / (1 - 0.999**t)) + 1e-8)
    return *P, losses


@right("07.6", "one-hot inputs, one flat vector of all parameters, in float32")
def train(start, pieces, lr, limit, steps):
    shapes = [np.shape(a) for a in start]
    cuts = np.cumsum([np.prod(s, dtype=int) for s in shapes])[:-1]
    flat = np.concatenate([np.ravel(a) for a in start]).astype(np.float64)
    m, v, losses, h = np.zeros_like(flat), np.zeros_like(flat), [], None
    for t in range(1, steps + 1):
        W, U, b, R, c = (p.reshape(s) for p, s in zip(np.split(flat, cuts), shapes))
        x, y = pieces[(t - 1) % len(pieces)]
        if (t - 1) % len(pieces) == 0:
            h = np.zeros((len(x), len(b)))
        X, Y = np.eye(len(c))[x], np.eye(len(c))[y]
        hs = [h]
        for k in range(x.shape[1]):
            hs.append(np.tanh(X[:, k] @ W.T + hs[-1] @ U.T + b))
        h = hs[-1]
        H, old = np.stack(hs[1:], 1), np.stack(hs[:-1], 1)
        s = H @ R.T + c
        logp = s - np.logaddexp.reduce(s, axis=2, keepdims=True)
        losses.append(-(logp * Y).sum() / y.size)
        d = (np.exp(logp) - Y) / y.size
        da, back = np.zeros_like(H), 0
        for k in range(x.shape[1] - 1, -1, -1):
            da[:, k] = (d[:, k] @ R + back) * (1 - H[:, k] ** 2)
            back = da[:, k] @ U
        two = [(0, 1), (0, 1)]
        G = (np.tensordot(da, X, two), np.tensordot(da, old, two), da.sum((0, 1)),
             np.tensordot(d, H, two), d.sum((0, 1)))
        g = np.concatenate([np.ravel(part) for part in G])
        g = g * min(1, limit / np.linalg.norm(g))
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        flat = flat - lr * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return *(p.reshape(s) for p, s in zip(np.split(flat, cuts), shapes)), losses


def _own(start, pieces, lr, limit, steps, *, bits=False, eps_inside=False, carry_last=False,
         dense_c=True, beta=(0.9, 0.999), begin_each=None, softmax_axis=-1, skip_first=False,
         clip_after=False, drop_b=False, keep_state_grad=False, double_R=False):
    P = [np.array(a, dtype=float) for a in start]
    m, v = [a * 0 for a in P], [a * 0 for a in P]
    losses, h = [], None
    for step in range(steps):
        x, y = pieces[step % len(pieces)]
        W, U, b, R, c = P
        if step % len(pieces) == 0:
            h = np.zeros((len(x), len(U)))
        hs = [h]
        for k in range(x.shape[1]):
            hs.append(np.tanh(W[:, x[:, k]].T + hs[-1] @ U.T + b))
        h = hs[-2] if carry_last else hs[-1]
        H = np.array(hs)
        s = H[1:] @ R.T + (c if dense_c else 0)
        p = np.exp(s)
        p /= p.sum(axis=softmax_axis, keepdims=True)
        Y = np.eye(len(c))[y.T]
        losses.append(float(-np.log((p * Y).sum(-1)).mean() / (np.log(2) if bits else 1)))
        d = (p - Y) / y.size
        da, back = np.zeros_like(H[1:]), 0
        for k in reversed(range(x.shape[1])):
            da[k] = (d[k] @ R + back) * (1 - H[k + 1] ** 2)
            back = (back if keep_state_grad else 0) + da[k] @ U
        G = [np.einsum("lbh,lbv->hv", da, np.eye(len(c))[x.T]), np.einsum("lbh,lbk->hk", da, H[:-1]),
             da.sum((0, 1)) * (not drop_b), np.einsum("lbv,lbh->vh", d, H[1:]), d.sum((0, 1))]
        if double_R:
            G[3] = np.einsum("lbv,lbh->vh", d, H[:-1])
        size = np.sqrt(sum((g**2).sum() for g in G))
        if not clip_after:
            G = [g * min(1, limit / size) for g in G]
        t = step + 1
        moves = []
        for k, g in enumerate(G):
            m[k] = beta[0] * m[k] + (1 - beta[0]) * g
            v[k] = beta[1] * v[k] + (1 - beta[1]) * g**2
            root = np.sqrt(v[k] / (1 - beta[1]**t) + (1e-8 if eps_inside else 0)) + 1e-8
            moves.append(lr * m[k] / (1 - beta[0]**t) / root)
        if clip_after:
            size = np.sqrt(sum((g**2).sum() for g in moves))
            moves = [g * min(1, limit / size) for g in moves]
        P = [q - move for q, move in zip(P, moves)]
    return *P, losses


@wrong("07.6", "losses in bits", "the losses are asked in nats")
def train(start, pieces, lr, limit, steps):
    return _own(start, pieces, lr, limit, steps, bits=True)


@wrong("07.6", "the state before the last step is carried", "the next window begins with the state after the last symbol")
def train(start, pieces, lr, limit, steps):
    return _own(start, pieces, lr, limit, steps, carry_last=True)


@wrong("07.6", "0.99 in place of 0.999", "the mean of squares keeps 0.999 of its value")
def train(start, pieces, lr, limit, steps):
    return _own(start, pieces, lr, limit, steps, beta=(0.9, 0.99))


@wrong("07.6", "softmax over the streams", "the probabilities of the symbols sum to 1 at each place")
def train(start, pieces, lr, limit, steps):
    return _own(start, pieces, lr, limit, steps, softmax_axis=1)


@wrong("07.6", "c left out of the scores", "the scores have a bias c")
def train(start, pieces, lr, limit, steps):
    return _own(start, pieces, lr, limit, steps, dense_c=False)


@wrong("07.6", "steps clipped after Adam", "clip the gradient, before Adam sees it")
def train(start, pieces, lr, limit, steps):
    return _own(start, pieces, lr, limit, steps, clip_after=True)


@wrong("07.6", "b never learns", "b has a gradient too, the sum of da")
def train(start, pieces, lr, limit, steps):
    return _own(start, pieces, lr, limit, steps, drop_b=True)


@wrong("07.6", "what comes back piles up", "U^T da holds all that came from later")
def train(start, pieces, lr, limit, steps):
    return _own(start, pieces, lr, limit, steps, keep_state_grad=True)


@wrong("07.6", "R's gradient with the states before", "the scores are made of the state after the symbol")
def train(start, pieces, lr, limit, steps):
    return _own(start, pieces, lr, limit, steps, double_R=True)


@wrong("07.6", "weights of the start changed in place", "start must stay as it is")
def train(start, pieces, lr, limit, steps):
    new = _own(start, pieces, lr, limit, steps)
    for old, one in zip(start, new):
        old[:] = one
    return new


@wrong("07.6", "learns from the first window only", "each step takes the next window")
def train(start, pieces, lr, limit, steps):
    return _own(start, pieces[:1], lr, limit, steps)


@wrong("07.6", "losses forgotten", "six values come back")
def train(start, pieces, lr, limit, steps):
    return _own(start, pieces, lr, limit, steps)[:5]


@wrong("07.6", "targets taken as inputs", "the inputs are the first of the two")
def train(start, pieces, lr, limit, steps):
    return _own(start, [(y, x) for x, y in pieces], lr, limit, steps)
