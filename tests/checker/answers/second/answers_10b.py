"""Answers to the exercises of lesson 10b, written from the statements alone."""

import numpy as np

from answers import right, wrong

# 10b.1


@right("10b.1", "latest place of each token in a dict")
def induction_score(weights, tokens):
    latest, found = {}, []
    for i, token in enumerate(tokens):
        token = int(token)
        if token in latest:
            found.append(weights[i, latest[token] + 1])
        latest[token] = i
    return float(np.mean(found)) if found else 0.0


@right("10b.1", "table of equal pairs, last True of each row")
def induction_score(weights, tokens):
    tokens = np.asarray(tokens)
    same = np.tril(tokens[:, None] == tokens[None, :], -1)
    rows = np.flatnonzero(same.any(axis=1))
    if rows.size == 0:
        return 0.0
    latest = len(tokens) - 1 - same[rows][:, ::-1].argmax(axis=1)
    return float(weights[rows, latest + 1].mean())


@right("10b.1", "generator that searches backwards")
def induction_score(weights, tokens):
    def parts():
        for i in range(len(tokens)):
            for j in range(i - 1, -1, -1):
                if tokens[j] == tokens[i]:
                    yield float(weights[i][j + 1])
                    break

    values = list(parts())
    return sum(values) / max(len(values), 1)


@wrong("10b.1", "first earlier copy", "asked is the latest earlier place; list.index gives the first")
def induction_score(weights, tokens):
    seen, total, count = [], 0.0, 0
    for i, token in enumerate(tokens):
        if token in seen:
            total += weights[i, seen.index(token) + 1]
            count += 1
        seen.append(token)
    return total / count if count else 0.0


@wrong("10b.1", "weight on the copy itself", "an induction head looks at the token after the copy: j + 1")
def induction_score(weights, tokens):
    latest, found = {}, []
    for i, token in enumerate(tokens):
        if int(token) in latest:
            found.append(weights[i, latest[int(token)]])
        latest[int(token)] = i
    return float(np.mean(found)) if found else 0.0


@wrong("10b.1", "neighbours not looked at", "j may be i - 1: then the place after it is i itself")
def induction_score(weights, tokens):
    found = []
    for i in range(len(tokens)):
        for j in reversed(range(i - 1)):
            if tokens[j] == tokens[i]:
                found.append(weights[i, j + 1])
                break
    return float(np.mean(found)) if found else 0.0


@wrong("10b.1", "all earlier copies added", "only the latest copy counts")
def induction_score(weights, tokens):
    found = []
    for i in range(len(tokens)):
        places = [j for j in range(i) if tokens[j] == tokens[i]]
        if places:
            found.append(sum(weights[i, j + 1] for j in places))
    return float(np.mean(found)) if found else 0.0


@wrong("10b.1", "no case without a repeat", "without any repeat the mean of nothing is nan; return 0.0")
def induction_score(weights, tokens):
    latest, found = {}, []
    for i, token in enumerate(tokens):
        if int(token) in latest:
            found.append(weights[i, latest[int(token)] + 1])
        latest[int(token)] = i
    return float(np.mean(found))


@wrong("10b.1", "rows and columns exchanged, mean over all positions", "row i is what position i attends to, and only positions with a copy are counted")
def induction_score(weights, tokens):
    latest, total = {}, 0.0
    for i, token in enumerate(tokens):
        if int(token) in latest:
            total += weights[latest[int(token)] + 1, i]
        latest[int(token)] = i
    return float(total / len(tokens))


@wrong("10b.1", "place noted before it is looked up", "every position then finds itself; note the place after looking")
def induction_score(weights, tokens):
    latest, found = {}, []
    for i, token in enumerate(tokens):
        latest[int(token)] = i
        j = latest[int(token)]
        if j + 1 < len(tokens):
            found.append(weights[i, j + 1])
    return float(np.mean(found)) if found else 0.0


# 10b.2


@right("10b.2", "columns of a copy set to 0")
def without_head(weight, head, heads):
    n = len(weight) // heads
    new = weight.copy()
    new[:, head * n : (head + 1) * n] = 0
    return new


@right("10b.2", "a row of zeros and ones multiplied")
def without_head(weight, head, heads):
    keep = np.repeat(np.arange(heads) != head, weight.shape[1] // heads)
    return weight * keep


@right("10b.2", "an axis for the heads, lists come back")
def without_head(weight, head, heads):
    blocks = np.array(weight).reshape(len(weight), heads, -1)
    blocks[:, head] = 0
    return blocks.reshape(weight.shape).tolist()


@wrong("10b.2", "rows set to 0", "y = joined @ weight.T: what a head sends meets columns of weight")
def without_head(weight, head, heads):
    new = weight.copy()
    n = len(weight) // heads
    new[head * n : (head + 1) * n] = 0
    return new


@wrong("10b.2", "a view instead of a copy", "weight[:] is a view of an array, so the original is silenced too: use copy()")
def without_head(weight, head, heads):
    new = weight[:]
    n = len(weight) // heads
    new[:, head * n : (head + 1) * n] = 0
    return new


@wrong("10b.2", "every heads-th column", "the heads' results lie side by side in blocks, not dealt in turn")
def without_head(weight, head, heads):
    new = weight.copy()
    new[:, head::heads] = 0
    return new


@wrong("10b.2", "heads counted from 1", "head 0 is the first: its columns begin at 0")
def without_head(weight, head, heads):
    n = weight.shape[1] // heads
    new = weight.copy()
    new[:, (head - 1) * n : head * n] = 0
    return new


@wrong("10b.2", "all the other heads silenced", "this keeps only the head that should be silent")
def without_head(weight, head, heads):
    n = weight.shape[1] // heads
    new = np.zeros_like(weight)
    new[:, head * n : (head + 1) * n] = weight[:, head * n : (head + 1) * n]
    return new


@wrong("10b.2", "columns deleted", "the matrix keeps its shape; the columns become 0")
def without_head(weight, head, heads):
    n = weight.shape[1] // heads
    return np.delete(weight, np.s_[head * n : (head + 1) * n], axis=1)


@wrong("10b.2", "width of the block is heads, start is head", "a block has d / heads columns and starts at head times that")
def without_head(weight, head, heads):
    new = weight.copy()
    new[:, head : head + heads] = 0
    return new


# 10b.3


@right("10b.3", "mean and variance of each position")
def logit_lens(stream, gain, shift, weight, bias):
    mean, var = stream.mean(axis=1, keepdims=True), stream.var(axis=1, keepdims=True)
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@right("10b.3", "position by position")
def logit_lens(stream, gain, shift, weight, bias):
    rows = []
    for h in stream:
        x = (h - h.mean()) / np.sqrt(h.var() + 1e-5) * gain + shift
        scores = weight @ x + bias
        p = np.exp(scores - scores.max())
        rows.append(p / p.sum())
    return np.array(rows)


@wrong("10b.3", "only the mean repaired", "the variance, too, belongs to one position")
def logit_lens(stream, gain, shift, weight, bias):
    mean, var = stream.mean(axis=1, keepdims=True), stream.var(axis=0)
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@wrong("10b.3", "axis changed, keepdims forgotten", "(L,) does not fit (L, d): keep the axis")
def logit_lens(stream, gain, shift, weight, bias):
    mean, var = stream.mean(axis=1), stream.var(axis=1)
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@wrong("10b.3", "one mean for everything", "a LayerNorm takes mean and variance of each position by itself")
def logit_lens(stream, gain, shift, weight, bias):
    mean, var = stream.mean(), stream.var()
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@wrong("10b.3", "softmax turned instead", "the softmax was right: each position shares out 1 over the vocabulary")
def logit_lens(stream, gain, shift, weight, bias):
    mean, var = stream.mean(axis=0), stream.var(axis=0)
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=0))
    return p / p.sum(axis=0)


@wrong("10b.3", "axis right, gain and shift taken out", "the final LayerNorm's gain and shift belong to it")
def logit_lens(stream, gain, shift, weight, bias):
    mean, var = stream.mean(axis=1, keepdims=True), stream.var(axis=1, keepdims=True)
    x = (stream - mean) / np.sqrt(var + 1e-5)
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@wrong("10b.3", "norm left out altogether", "the last layers read the normalised stream; without the norm the scores are another thing")
def logit_lens(stream, gain, shift, weight, bias):
    scores = (stream * gain + shift) @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


# 10b.4


@right("10b.4", "two loops with halves")
def auc(known, unknown):
    score = 0.0
    for a in known:
        for b in unknown:
            if a > b:
                score += 1
            elif a == b:
                score += 0.5
    return score / (len(known) * len(unknown))


@right("10b.4", "sorted, searched from both sides")
def auc(known, unknown):
    rising = np.sort(unknown)
    below = np.searchsorted(rising, known, side="left")
    up_to = np.searchsorted(rising, known, side="right")
    return float((below + up_to).sum() / (2 * len(known) * len(unknown)))


@right("10b.4", "ranks with means for ties (Mann and Whitney)")
def auc(known, unknown):
    everything = np.concatenate([known, unknown])
    ranks = [np.sum(everything < a) + (np.sum(everything == a) + 1) / 2 for a in known]
    M, K = len(known), len(unknown)
    return float((sum(ranks) - M * (M + 1) / 2) / (M * K))


@wrong("10b.4", "ranks by argsort, ties broken by chance", "equal confidences need the same rank, otherwise a tie counts 0 or 1")
def auc(known, unknown):
    everything = np.concatenate([known, unknown])
    ranks = np.empty(len(everything))
    ranks[np.argsort(everything, kind="stable")] = np.arange(1, len(everything) + 1)
    M, K = len(known), len(unknown)
    return float((ranks[:M].sum() - M * (M + 1) / 2) / (M * K))


@wrong("10b.4", "nearly equal counted as a tie", "only equal numbers are a tie; confidences near 1 differ by very little and still differ")
def auc(known, unknown):
    a, b = np.asarray(known)[:, None], np.asarray(unknown)[None]
    tie = np.isclose(a, b, atol=1e-3)
    return float(np.where(tie, 0.5, a > b).mean())


@wrong("10b.4", "ties left out of the count", "a tie is one of the M x K pairs and counts half")
def auc(known, unknown):
    wins = sum(a > b for a in known for b in unknown)
    losses = sum(a < b for a in known for b in unknown)
    return float(wins / (wins + losses))


@wrong("10b.4", "turned around if below one half", "below 0.5 is a result too: here the unknown ones are surer")
def auc(known, unknown):
    d = np.subtract.outer(known, unknown)
    share = np.mean((d > 0) + 0.5 * (d == 0))
    return float(max(share, 1 - share))


@wrong("10b.4", "compared pair by pair in order", "every known fact meets every unknown one, M x K pairs, not only those at the same place")
def auc(known, unknown):
    pairs = list(zip(known, unknown))
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs)


@wrong("10b.4", "half of the ties by whole-number division, divided by M", "// 2 makes the half of one tie 0, and there are M x K pairs")
def auc(known, unknown):
    higher = np.sum(np.asarray(known)[:, None] > unknown)
    ties = np.sum(np.asarray(known)[:, None] == unknown)
    return float((higher + ties // 2) / len(known))


@wrong("10b.4", "ties counted whole", "a tie counts half, not as a win")
def auc(known, unknown):
    return float(np.mean([np.mean(a >= np.asarray(unknown)) for a in known]))


@wrong("10b.4", "accuracy at the middle threshold", "no threshold is needed: compare every known with every unknown fact")
def auc(known, unknown):
    border = (np.mean(known) + np.mean(unknown)) / 2
    return float((np.mean(known > border) + np.mean(unknown <= border)) / 2)
