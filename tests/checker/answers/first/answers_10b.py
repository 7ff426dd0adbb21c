"""Answers to the exercises of lesson 10b, written from the statements alone."""

import numpy as np

from lessonlib import functional as F
from answers import right, wrong


# 10b.1


@right("10b.1", "dictionary of the latest places")
def induction_score(weights, tokens):
    last, found = {}, []
    for i, token in enumerate(tokens):
        if token in last:
            found.append(weights[i][last[token] + 1])
        last[token] = i
    return sum(found) / len(found) if found else 0.0


@right("10b.1", "comparison of all pairs, latest place by argmax from the right")
def induction_score(weights, tokens):
    tokens = np.asarray(tokens)
    L = len(tokens)
    same = (tokens[:, None] == tokens) & np.tri(L, k=-1, dtype=bool)
    counts = np.flatnonzero(same.any(axis=1))
    if len(counts) == 0:
        return 0.0
    j = L - 1 - same[counts, ::-1].argmax(axis=1)
    return float(weights[counts, j + 1].mean())


@right("10b.1", "generator that searches backwards, float32")
def induction_score(weights, tokens):
    weights = np.asarray(weights, dtype=np.float32)

    def contributions():
        for i in range(len(tokens)):
            for j in range(i - 1, -1, -1):
                if tokens[j] == tokens[i]:
                    yield weights[i, j + 1]
                    break

    values = list(contributions())
    return float(np.mean(values)) if values else 0.0


@wrong(
    "10b.1",
    "the earliest copy in place of the latest",
    "of several earlier places the latest counts",
)
def induction_score(weights, tokens):
    tokens = list(tokens)
    found = []
    for i in range(len(tokens)):
        j = tokens.index(tokens[i])
        if j < i:
            found.append(weights[i, j + 1])
    return float(np.mean(found)) if found else 0.0


@wrong(
    "10b.1",
    "weight on the copy itself",
    "asked is the token after the copy, j + 1",
)
def induction_score(weights, tokens):
    last, found = {}, []
    for i, token in enumerate(tokens):
        if token in last:
            found.append(weights[i, last[token]])
        last[token] = i
    return float(np.mean(found)) if found else 0.0


@wrong(
    "10b.1",
    "a copy at place 0 taken for none",
    "place 0 is false in an if; ask whether the token was found at all",
)
def induction_score(weights, tokens):
    last, found = {}, []
    for i, token in enumerate(tokens):
        j = last.get(token)
        if j:
            found.append(weights[i, j + 1])
        last[token] = i
    return float(np.mean(found)) if found else 0.0


@wrong(
    "10b.1",
    "divided by the length",
    "the mean is over the positions that count, not over all",
)
def induction_score(weights, tokens):
    L = len(tokens)
    total = 0.0
    for i in range(L):
        earlier = np.flatnonzero(tokens[:i] == tokens[i])
        if len(earlier):
            total += weights[i, earlier[-1] + 1]
    return total / L


@wrong(
    "10b.1",
    "no case without any copy",
    "if no position counts the mean is of nothing; 0.0 was asked",
)
def induction_score(weights, tokens):
    found = []
    for i in range(len(tokens)):
        earlier = [j for j in range(i) if tokens[j] == tokens[i]]
        if earlier:
            found.append(weights[i, max(earlier) + 1])
    return sum(found) / len(found)


@wrong(
    "10b.1",
    "row and column exchanged",
    "row i is what position i attends to: weights[i, j + 1]",
)
def induction_score(weights, tokens):
    found = []
    for i in range(len(tokens)):
        for j in reversed(range(i)):
            if tokens[j] == tokens[i]:
                found.append(weights[j + 1, i])
                break
    return float(np.mean(found)) if found else 0.0


@wrong(
    "10b.1",
    "every earlier copy counts",
    "each position contributes once, with the latest copy",
)
def induction_score(weights, tokens):
    found = [
        weights[i, j + 1]
        for i in range(len(tokens))
        for j in range(i)
        if tokens[i] == tokens[j]
    ]
    return float(np.mean(found)) if found else 0.0


@wrong(
    "10b.1",
    "place noted before it is looked up, and the token before the copy",
    "look up first, else each token finds itself, and the place wanted is j + 1",
)
def induction_score(weights, tokens):
    last, found = {}, []
    for i, token in enumerate(tokens):
        last[token] = i
        if token in last:
            found.append(weights[i, last[token] - 1])
    return float(np.mean(found)) if found else 0.0


# 10b.2


@right("10b.2", "copy, a block of columns to 0")
def without_head(weight, head, heads):
    size = weight.shape[1] // heads
    changed = weight.copy()
    changed[:, head * size : (head + 1) * size] = 0
    return changed


@right("10b.2", "multiplied by a mask of columns")
def without_head(weight, head, heads):
    d = len(weight)
    owner = np.arange(d) // (d // heads)
    return weight * (owner != head)


@right("10b.2", "row by row, lists come back")
def without_head(weight, head, heads):
    size = len(weight) // heads
    first = head * size
    out = []
    for row in weight:
        row = [float(a) for a in row]
        row[first : first + size] = [0.0] * size
        out.append(row)
    return out


@right("10b.2", "product with a diagonal matrix")
def without_head(weight, head, heads):
    on = np.ones((heads, weight.shape[0] // heads))
    on[head] = 0
    return weight @ np.diag(on.ravel())


@wrong(
    "10b.2",
    "rows in place of columns",
    "y = joined @ weight.T: the numbers of a head meet the columns of weight",
)
def without_head(weight, head, heads):
    size = weight.shape[0] // heads
    changed = weight.copy()
    changed[head * size : (head + 1) * size] = 0
    return changed


@wrong(
    "10b.2",
    "no copy",
    "the argument itself is changed; a changed copy was asked",
)
def without_head(weight, head, heads):
    size = weight.shape[1] // heads
    weight[:, head * size : (head + 1) * size] = 0
    return weight


@wrong(
    "10b.2",
    "size of a head taken for the number of heads",
    "a head has d / heads numbers, not `heads` of them",
)
def without_head(weight, head, heads):
    changed = np.array(weight)
    changed[:, head * heads : (head + 1) * heads] = 0
    return changed


@wrong(
    "10b.2",
    "every heads-th column",
    "the results lie side by side, so a head owns columns in a row",
)
def without_head(weight, head, heads):
    changed = weight.copy()
    changed[:, head::heads] = 0
    return changed


@wrong(
    "10b.2",
    "slice with a float",
    "d / heads is a float and cannot cut, use //",
)
def without_head(weight, head, heads):
    size = weight.shape[1] / heads
    changed = weight.copy()
    changed[:, head * size : (head + 1) * size] = 0
    return changed


@wrong(
    "10b.2",
    "only this head left",
    "the head itself is to be silenced, the others stay",
)
def without_head(weight, head, heads):
    size = weight.shape[1] // heads
    changed = np.zeros_like(weight)
    part = slice(head * size, (head + 1) * size)
    changed[:, part] = weight[:, part]
    return changed


@wrong(
    "10b.2",
    "columns deleted",
    "the matrix keeps its shape (d, d), the columns become 0",
)
def without_head(weight, head, heads):
    size = weight.shape[1] // heads
    return np.delete(weight, range(head * size, (head + 1) * size), axis=1)


@wrong(
    "10b.2",
    "heads counted from 1, in a view",
    "heads count from 0, and a slice is no copy",
)
def without_head(weight, head, heads):
    size = weight.shape[1] // heads
    changed = weight[:]
    changed[:, (head - 1) * size : head * size] = 0
    return changed


# 10b.3, find the bug


@right("10b.3", "mean and variance of each position")
def logit_lens(stream, gain, shift, weight, bias):
    mean = stream.mean(axis=1, keepdims=True)
    var = stream.var(axis=1, keepdims=True)
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@right("10b.3", "position by position")
def logit_lens(stream, gain, shift, weight, bias):
    rows = []
    for s in stream:
        x = (s - s.mean()) / np.sqrt(s.var() + 1e-5) * gain + shift
        scores = weight @ x + bias
        p = np.exp(scores - scores.max())
        rows.append(p / p.sum())
    return np.array(rows)


@right("10b.3", "transposed stream, softmax of the library")
def logit_lens(stream, gain, shift, weight, bias):
    s = stream.T
    mean, var = s.mean(axis=0), s.var(axis=0)
    x = ((s - mean) / np.sqrt(var + 1e-5)).T * gain + shift
    return F.softmax(x @ weight.T + bias)[0]


@wrong(
    "10b.3",
    "axis repaired, keepdims forgotten",
    "mean and variance need a column of their own, else they do not fit the rows",
)
def logit_lens(stream, gain, shift, weight, bias):
    mean, var = stream.mean(axis=1), stream.var(axis=1)
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@wrong(
    "10b.3",
    "only the mean repaired",
    "the variance is still taken over the positions",
)
def logit_lens(stream, gain, shift, weight, bias):
    mean, var = stream.mean(axis=1, keepdims=True), stream.var(axis=0)
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@wrong(
    "10b.3",
    "one mean and variance of the whole stream",
    "each position has its own mean and variance over its d numbers",
)
def logit_lens(stream, gain, shift, weight, bias):
    mean, var = stream.mean(), stream.var()
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@wrong(
    "10b.3",
    "axes of the softmax changed in place of the norm's",
    "the softmax over the vocabulary was right; look at the axis of the norm",
)
def logit_lens(stream, gain, shift, weight, bias):
    mean, var = stream.mean(axis=0), stream.var(axis=0)
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=0, keepdims=True))
    return p / p.sum(axis=0, keepdims=True)


@wrong(
    "10b.3",
    "axis repaired, but the root taken out",
    "LayerNorm divides by the square root of the variance, not by the variance",
)
def logit_lens(stream, gain, shift, weight, bias):
    mean = stream.mean(axis=1, keepdims=True)
    var = stream.var(axis=1, keepdims=True)
    x = (stream - mean) / (var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@wrong(
    "10b.3",
    "axis repaired, gain applied after the shift",
    "first times gain, then plus shift; that line was right",
)
def logit_lens(stream, gain, shift, weight, bias):
    mean = stream.mean(axis=-1, keepdims=True)
    var = stream.var(axis=-1, keepdims=True)
    x = ((stream - mean) / np.sqrt(var + 1e-5) + shift) * gain
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


# 10b.4


@right("10b.4", "two loops")
def auc(known, unknown):
    wins = 0.0
    for a in known:
        for b in unknown:
            if a > b:
                wins += 1
            elif a == b:
                wins += 0.5
    return wins / (len(known) * len(unknown))


@right("10b.4", "all pairs by broadcasting, sign")
def auc(known, unknown):
    signs = np.sign(np.subtract.outer(known, unknown))
    return float((signs.mean() + 1) / 2)


@right("10b.4", "searchsorted, no table of pairs")
def auc(known, unknown):
    ordered = np.sort(unknown)
    below = np.searchsorted(ordered, known, side="left")
    upto = np.searchsorted(ordered, known, side="right")
    return np.sum(below + upto) / (2 * len(known) * len(unknown))


@wrong(
    "10b.4",
    "ties count nothing",
    "a tie counts half",
)
def auc(known, unknown):
    return float(np.mean(np.asarray(known)[:, None] > np.asarray(unknown)))


@wrong(
    "10b.4",
    "ties count in full",
    "a tie counts half, with >= it counts one",
)
def auc(known, unknown):
    wins = sum(a >= b for a in known for b in unknown)
    return wins / (len(known) * len(unknown))


@wrong(
    "10b.4",
    "pairs by zip",
    "each known fact meets every unknown one, M x K pairs",
)
def auc(known, unknown):
    pairs = list(zip(known, unknown))
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs)


@wrong(
    "10b.4",
    "integer division at the end",
    "// cuts the share down to 0 or 1",
)
def auc(known, unknown):
    twice = 0
    for a in known:
        for b in unknown:
            twice += 2 if a > b else 1 if a == b else 0
    return float(twice // (2 * len(known) * len(unknown)))


@wrong(
    "10b.4",
    "unknown above known counted",
    "a win is a known fact with the higher confidence",
)
def auc(known, unknown):
    known, unknown = np.asarray(known)[:, None], np.asarray(unknown)[None]
    return float(np.mean(known < unknown) + 0.5 * np.mean(known == unknown))


@wrong(
    "10b.4",
    "ranks by argsort, ties broken by their order",
    "equal values need the mean of their ranks",
)
def auc(known, unknown):
    M, K = len(known), len(unknown)
    both = np.concatenate([known, unknown])
    ranks = np.empty(M + K)
    ranks[np.argsort(both, kind="stable")] = np.arange(1, M + K + 1)
    return float((ranks[:M].sum() - M * (M + 1) / 2) / (M * K))


@wrong(
    "10b.4",
    "compared with the mean of the unknown",
    "compare with every unknown fact, not with their mean",
)
def auc(known, unknown):
    known = np.asarray(known)
    middle = np.mean(unknown)
    return float(np.mean(known > middle) + 0.5 * np.mean(known == middle))


@wrong(
    "10b.4",
    "arrays subtracted as they are, ties forgotten",
    "one needs a new axis to meet all pairs, and ties count half",
)
def auc(known, unknown):
    return float(np.mean((np.asarray(known) - np.asarray(unknown)) > 0))
