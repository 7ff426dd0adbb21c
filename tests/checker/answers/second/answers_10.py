"""Answers to the exercises of lesson 10, written from the statements alone."""

import math

import numpy as np

from lessonlib import functional as F
from answers import right, wrong

# 10.1


@right("10.1", "the list is shortened in place")
def encode(word, merges):
    tokens = list(word)
    for left, right_one in merges:
        i = 0
        while i < len(tokens) - 1:
            if tokens[i] == left and tokens[i + 1] == right_one:
                tokens[i : i + 2] = [left + right_one]
            i += 1
    return tokens


@right("10.1", "grown token by token, the last one looked at")
def encode(word, merges):
    tokens = list(word)
    for a, b in merges:
        new = []
        for token in tokens:
            if new and new[-1] == a and token == b:
                new[-1] = a + b
            else:
                new.append(token)
        tokens = new
    return tokens


@right("10.1", "recursion over the word, folded over the merges")
def encode(word, merges):
    from functools import reduce

    def join(tokens, pair):
        if len(tokens) < 2:
            return tokens
        if (tokens[0], tokens[1]) == tuple(pair):
            return [tokens[0] + tokens[1]] + join(tokens[2:], pair)
        return tokens[:1] + join(tokens[1:], pair)

    return reduce(join, merges, [*word])


@wrong("10.1", "string replace on a text with spaces", "replace also joins the tail of one token with the head of the next: compare whole tokens")
def encode(word, merges):
    text = " ".join(word)
    for left, r in merges:
        text = text.replace(left + " " + r, left + r)
    return text.split(" ") if word else []


@wrong("10.1", "from right to left", "three equal characters show it: the merge goes left to right")
def encode(word, merges):
    tokens = list(word)
    for left, r in merges:
        i = len(tokens) - 2
        while i >= 0:
            if tokens[i : i + 2] == [left, r]:
                tokens[i : i + 2] = [left + r]
                i -= 1
            i -= 1
    return tokens


@wrong("10.1", "each merge once", "a merge is applied wherever it fits, not only at the first place")
def encode(word, merges):
    tokens = list(word)
    for left, r in merges:
        for i in range(len(tokens) - 1):
            if tokens[i] == left and tokens[i + 1] == r:
                tokens[i : i + 2] = [left + r]
                break
    return tokens


@wrong("10.1", "longest known token first", "the order of the merges decides, not the longest piece that happens to be known")
def encode(word, merges):
    known = {left + r for left, r in merges} | set(word)
    out, i = [], 0
    while i < len(word):
        j = len(word)
        while word[i:j] not in known:
            j -= 1
        out.append(word[i:j])
        i = j
    return out


@wrong("10.1", "joined texts compared", "the pair must be the very two tokens; another pair can have the same join")
def encode(word, merges):
    tokens = list(word)
    for left, r in merges:
        i = 0
        while i < len(tokens) - 1:
            if tokens[i] + tokens[i + 1] == left + r:
                tokens[i : i + 2] = [left + r]
            i += 1
    return tokens


@wrong("10.1", "length fixed before the list shrinks", "the list gets shorter inside the loop, so the index runs out of it")
def encode(word, merges):
    tokens = list(word)
    for left, r in merges:
        for i in range(len(tokens) - 1):
            if tokens[i] == left and tokens[i + 1] == r:
                tokens[i] = left + r
                del tokens[i + 1]
    return tokens


@wrong("10.1", "last token lost, newest merge first", "the last token has no partner but must be kept, and the merges go in the order learned")
def encode(word, merges):
    tokens = list(word)
    for left, r in reversed(merges):
        new, i = [], 0
        while i < len(tokens) - 1:
            if (tokens[i], tokens[i + 1]) == (left, r):
                new.append(left + r)
                i += 2
            else:
                new.append(tokens[i])
                i += 1
        tokens = new
    return tokens


# 10.2


@right("10.2", "in place on x")
def block(x, norm_1, attention, norm_2, mlp):
    x += attention(norm_1(x))
    x += mlp(norm_2(x))
    return x


@right("10.2", "a loop over the two parts")
def block(x, norm_1, attention, norm_2, mlp):
    for norm, part in ((norm_1, attention), (norm_2, mlp)):
        x = x + part(norm(x))
    return x


@right("10.2", "one helper, nested calls")
def block(x, norm_1, attention, norm_2, mlp):
    def noted(page, write, norm):
        return np.add(page, write(norm(page)))

    return noted(noted(x, attention, norm_1), mlp, norm_2)


@wrong("10.2", "normed copy added to", "the answer is added to x itself, not to its normalised copy")
def block(x, norm_1, attention, norm_2, mlp):
    z = norm_1(x)
    x = z + attention(z)
    z = norm_2(x)
    return z + mlp(z)


@wrong("10.2", "both parts side by side", "the MLP reads what attention has already added")
def block(x, norm_1, attention, norm_2, mlp):
    return x + attention(norm_1(x)) + mlp(norm_2(x))


@wrong("10.2", "second sum starts from the old x", "the notepad goes on: add to the x that holds attention's answer")
def block(x, norm_1, attention, norm_2, mlp):
    a = x + attention(norm_1(x))
    return x + mlp(norm_2(a))


@wrong("10.2", "norm after the sum", "each part reads a normalised copy; the stream itself is not normalised")
def block(x, norm_1, attention, norm_2, mlp):
    x = norm_1(x + attention(x))
    return norm_2(x + mlp(x))


@wrong("10.2", "norm of the answer", "the norm stands before the part, not behind it")
def block(x, norm_1, attention, norm_2, mlp):
    x = x + norm_1(attention(x))
    return x + norm_2(mlp(x))


@wrong("10.2", "MLP first, with the norms exchanged", "attention comes first and reads norm_1, the MLP reads norm_2")
def block(x, norm_1, attention, norm_2, mlp):
    x = x + mlp(norm_1(x))
    return x + attention(norm_2(x))


@wrong("10.2", "MLP reads attention's answer only", "norm_2 gets the whole stream, not just what attention wrote")
def block(x, norm_1, attention, norm_2, mlp):
    a = attention(norm_1(x))
    return x + a + mlp(norm_2(a))


# 10.3


@right("10.3", "minus infinity added before the softmax")
def causal_attention(q, k, v):
    future = np.triu(np.full((len(q), len(q)), -np.inf), 1)
    scores = q @ k.T / np.sqrt(q.shape[1]) + future
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v


@right("10.3", "position by position over what may be seen")
def causal_attention(q, k, v):
    out = []
    for i in range(len(q)):
        scores = k[: i + 1] @ q[i] / np.sqrt(q.shape[1])
        e = np.exp(scores - scores.max())
        out.append(e @ v[: i + 1] / e.sum())
    return np.array(out)


@wrong("10.3", "hidden scores set to 0", "a score of 0 still gets a weight; minus infinity gets none")
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores = np.where(np.tri(len(q), dtype=bool), scores, 0)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v


@wrong("10.3", "mask moved before the softmax, own place hidden", "a position may take its own value, too")
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores = np.where(np.tri(len(q), k=-1, dtype=bool), scores, -1e9)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v


@wrong("10.3", "scaled again down the columns", "each row must sum to 1 over what it sees, not each column")
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = np.where(np.tri(len(q), dtype=bool), weights, 0)
    weights = weights / weights.sum(axis=0, keepdims=True)
    return weights @ v


@wrong("10.3", "the scale changed instead", "dividing by the root of E is right; the weights are masked after they were shared out")
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(v.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    weights = np.where(np.tri(len(q), dtype=bool), weights, 0)
    return weights @ v


@wrong("10.3", "lost weight given to the own place", "the weight of the future must be shared out over all that is seen, in proportion")
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    weights = np.tril(weights)
    weights = weights + np.diag(1 - weights.sum(axis=1))
    return weights @ v


@wrong("10.3", "triangle turned", "now each position sees the future and not the past")
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores = np.where(np.tri(len(q), dtype=bool).T, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v


# 10.4


@right("10.4", "row by row, math.log2")
def bits_per_character(logits, ids, characters):
    bits = 0.0
    for row, target in zip(logits[:-1], ids[1:]):
        top = float(max(row))
        total = sum(math.exp(float(z) - top) for z in row)
        bits += math.log2(total) - (float(row[target]) - top) / math.log(2)
    return bits / characters


@right("10.4", "the library's log-softmax")
def bits_per_character(logits, ids, characters):
    logp, _ = F.log_softmax(logits)
    nats = -sum(logp[l, ids[l + 1]] for l in range(len(ids) - 1))
    return float(nats / np.log(2) / characters)


@right("10.4", "logaddexp2 in bits from the start")
def bits_per_character(logits, ids, characters):
    z = np.asarray(logits, dtype=float)[:-1] / np.log(2)
    picked = np.take_along_axis(z, np.asarray(ids)[1:, None], axis=1)[:, 0]
    return float(np.sum(np.logaddexp2.reduce(z, axis=1) - picked) / characters)


@wrong("10.4", "small guard inside the log", "1e-12 caps a token at 40 bits; with logits of 1000 it may cost far more")
def bits_per_character(logits, ids, characters):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    picked = p[np.arange(len(ids) - 1), ids[1:]]
    return float(-np.log2(picked + 1e-12).sum() / characters)


@wrong("10.4", "softmax to the base 2", "the model's probabilities come from e; only the answer is counted in bits")
def bits_per_character(logits, ids, characters):
    z = np.asarray(logits, dtype=float)[:-1]
    picked = z[np.arange(len(z)), ids[1:]]
    return float(np.sum(np.logaddexp2.reduce(z, axis=1) - picked) / characters)


@wrong("10.4", "ids rolled around", "the last row predicts nothing that is known; ids[0] does not follow it")
def bits_per_character(logits, ids, characters):
    logp = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    picked = logp[np.arange(len(ids)), np.roll(ids, -1)]
    return float(-picked.sum() / np.log(2) / characters)


@wrong("10.4", "mean per token, then divided", "the bits are summed and divided once, by the characters")
def bits_per_character(logits, ids, characters):
    logp = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    picked = logp[np.arange(len(ids) - 1), ids[1:]]
    return float(-picked.mean() / np.log(2) / characters)


@wrong("10.4", "row and token of the same place", "row l has read ids[l]; it predicts ids[l + 1]")
def bits_per_character(logits, ids, characters):
    logp = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    picked = logp[np.arange(1, len(ids)), ids[1:]]
    return float(-picked.sum() / np.log(2) / characters)


@wrong("10.4", "nothing taken off before exp, answer in nats", "subtract the maximum before exp, and divide by ln 2 for bits")
def bits_per_character(logits, ids, characters):
    nats = 0.0
    for l in range(len(ids) - 1):
        nats += np.log(np.exp(logits[l]).sum()) - logits[l, ids[l + 1]]
    return float(nats / characters)


@wrong("10.4", "nats times ln 2", "bits are nats divided by ln 2; there are more bits than nats")
def bits_per_character(logits, ids, characters):
    logp = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    nats = -logp[np.arange(len(ids) - 1), ids[1:]].sum()
    return float(nats * np.log(2) / characters)


# 10.5


@right("10.5", "taken one by one until the share is reached")
def nucleus(p, share):
    kept = [0.0] * len(p)
    total = 0.0
    for token in sorted(range(len(p)), key=lambda t: -p[t]):
        if total >= share:
            break
        kept[token] = p[token]
        total += p[token]
    return [value / total for value in kept]


@right("10.5", "sorted, cumsum and searchsorted")
def nucleus(p, share):
    order = np.argsort(-p, kind="stable")
    count = np.searchsorted(np.cumsum(p[order]), share) + 1
    out = np.zeros(len(p))
    out[order[:count]] = p[order[:count]]
    return out / out.sum()


@right("10.5", "kept if those before have not reached the share")
def nucleus(p, share):
    order = np.argsort(p)[::-1]
    before = np.concatenate([[0.0], np.cumsum(p[order])[:-1]])
    mask = np.empty(len(p), dtype=bool)
    mask[order] = before < share
    return np.where(mask, p, 0) / p[mask].sum()


@wrong("10.5", "argmax on the cumulative sum", "with share 1 rounding may leave the sum below it: argmax of all False is 0, and one token is kept")
def nucleus(p, share):
    order = np.argsort(-p)
    count = np.argmax(np.cumsum(p[order]) >= share) + 1
    out = np.zeros(len(p))
    out[order[:count]] = p[order[:count]]
    return out / out.sum()


@wrong("10.5", "all that are as probable as the last one", "among equal ones only as many as needed are kept: the fewest")
def nucleus(p, share):
    falling = np.sort(p)[::-1]
    count = np.searchsorted(np.cumsum(falling), share)
    smallest = falling[min(count, len(p) - 1)]
    out = np.where(p >= smallest, p, 0)
    return out / out.sum()


@wrong("10.5", "more than the share wanted", "if the sum reaches the share exactly it is enough: no further token")
def nucleus(p, share):
    order = np.argsort(-p)
    count = np.searchsorted(np.cumsum(p[order]), share, side="right") + 1
    out = np.zeros(len(p))
    out[order[:count]] = p[order[:count]]
    return out / out.sum()


@wrong("10.5", "the token that reaches the share left out", "the tokens kept must together reach the share")
def nucleus(p, share):
    order = np.argsort(-p)
    keep = np.cumsum(p[order]) <= share
    keep[0] = True
    out = np.zeros(len(p))
    out[order[keep]] = p[order[keep]]
    return out / out.sum()


@wrong("10.5", "divided by the share", "divide by what the kept ones really sum to; that is mostly more than the share")
def nucleus(p, share):
    order = np.argsort(-p)
    count = np.searchsorted(np.cumsum(p[order]), share) + 1
    out = np.zeros(len(p))
    out[order[:count]] = p[order[:count]]
    return out / share


@wrong("10.5", "put back by the order instead of its inverse", "sorted[order] sorts once more; out[order] = sorted puts back")
def nucleus(p, share):
    order = np.argsort(-p)
    falling = p[order]
    count = np.searchsorted(np.cumsum(falling), share) + 1
    falling[count:] = 0
    return falling[order] / falling.sum()


@wrong("10.5", "least probable first, not scaled", "keep the most probable ones, and scale them to sum 1")
def nucleus(p, share):
    out, total = np.zeros(len(p)), 0.0
    for t in np.argsort(p):
        out[t] = p[t]
        total += p[t]
        if total >= share:
            break
    return out


@wrong("10.5", "a share of the largest probability", "that is a threshold relative to the best token; top-p adds up")
def nucleus(p, share):
    out = np.where(p >= (1 - share) * p.max(), p, 0)
    return out / out.sum()


# 10.6


@right("10.6", "append, then arrays from the list")
def attend(q, k, v, cache):
    cache.append((k, v))
    keys, values = map(np.array, zip(*cache))
    scores = keys @ q / np.sqrt(len(q))
    e = np.exp(scores - scores.max())
    return e / e.sum() @ values


@right("10.6", "a sum over the cache with math.exp")
def attend(q, k, v, cache):
    cache += [(k, v)]
    scores = [float(np.dot(key, q)) / math.sqrt(len(q)) for key, _ in cache]
    e = [math.exp(s - max(scores)) for s in scores]
    return sum(a * value for a, (_, value) in zip(e, cache)) / sum(e)


@right("10.6", "attention first over old and new, cache longer at the end")
def attend(q, k, v, cache):
    keys = np.stack([*(old for old, _ in cache), k])
    values = np.stack([*(old for _, old in cache), v])
    p, _ = F.softmax(keys @ q / np.sqrt(q.size))
    cache.append((np.array(k), np.array(v)))
    return p @ values


@wrong("10.6", "a new list under the old name", "cache = cache + ... makes another list, the caller's stays as it was: append")
def attend(q, k, v, cache):
    cache = cache + [(k, v)]
    keys = np.array([a for a, _ in cache])
    values = np.array([b for _, b in cache])
    s = keys @ q / np.sqrt(len(q))
    e = np.exp(s - s.max())
    return e / e.sum() @ values


@wrong("10.6", "own token added after the attention", "the new token attends to itself as well: append first")
def attend(q, k, v, cache):
    out = np.array(v, dtype=float)
    if cache:
        keys = np.array([a for a, _ in cache])
        values = np.array([b for _, b in cache])
        s = keys @ q / np.sqrt(len(q))
        e = np.exp(s - s.max())
        out = e / e.sum() @ values
    cache.append((k, v))
    return out


@wrong("10.6", "key and value as two entries", "one token is one pair: append((k, v)), not two entries")
def attend(q, k, v, cache):
    keys = np.array([a for a, _ in cache] + [k])
    values = np.array([b for _, b in cache] + [v])
    cache.extend([k, v])
    s = keys @ q / np.sqrt(len(q))
    e = np.exp(s - s.max())
    return e / e.sum() @ values


@wrong("10.6", "root of the number of tokens", "the scores are divided by the root of E, however long the cache is")
def attend(q, k, v, cache):
    cache.append((k, v))
    keys = np.array([a for a, _ in cache])
    values = np.array([b for _, b in cache])
    s = keys @ q / np.sqrt(len(cache))
    e = np.exp(s - s.max())
    return e / e.sum() @ values


@wrong("10.6", "oldest token thrown out after four", "all tokens so far are attended to, and none leaves the cache")
def attend(q, k, v, cache):
    cache.append((k, v))
    if len(cache) > 4:
        cache.pop(0)
    keys = np.array([a for a, _ in cache])
    values = np.array([b for _, b in cache])
    s = keys @ q / np.sqrt(len(q))
    e = np.exp(s - s.max())
    return e / e.sum() @ values


@wrong("10.6", "query stored in place of the key", "later tokens ask for this token's key; the query is used once and forgotten")
def attend(q, k, v, cache):
    keys = np.array([a for a, _ in cache] + [k])
    values = np.array([b for _, b in cache] + [v])
    cache.append((q, v))
    s = keys @ q / np.sqrt(len(q))
    e = np.exp(s - s.max())
    return e / e.sum() @ values


@wrong("10.6", "keys mixed, pair stored the wrong way round", "what is mixed are the values, and the cache holds (k, v)")
def attend(q, k, v, cache):
    cache.append((v, k))
    values = np.array([a for a, _ in cache])
    keys = np.array([b for _, b in cache])
    s = keys @ q / np.sqrt(len(q))
    e = np.exp(s - s.max())
    return e / e.sum() @ keys
