"""Answers to the exercises of lesson 10, written from the statements alone."""

import heapq
import math
import re
from functools import reduce
from itertools import pairwise

import numpy as np

from lessonlib import functional as F
from answers import right, wrong


def _softmax(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# 10.1


@right("10.1", "a new list for each merge")
def encode(word, merges):
    tokens = list(word)
    for left, right in merges:
        new, k = [], 0
        while k < len(tokens):
            if tokens[k : k + 2] == [left, right]:
                new.append(left + right)
                k += 2
            else:
                new.append(tokens[k])
                k += 1
        tokens = new
    return tokens


@right("10.1", "slices replaced in place")
def encode(word, merges):
    tokens = [letter for letter in word]
    for left, right in merges:
        k = 0
        while k < len(tokens) - 1:
            if tokens[k] == left and tokens[k + 1] == right:
                tokens[k : k + 2] = [left + right]
            k += 1
    return tokens


@right("10.1", "regular expression over pieces with a separator")
def encode(word, merges):
    if not word:
        return []
    text = "\0".join(word)
    for left, right in merges:
        pair = re.escape(left + "\0" + right)
        joined = left + right
        text = re.sub(rf"(?<![^\0]){pair}(?![^\0])", lambda m: joined, text)
    return text.split("\0")


@right("10.1", "recursion along the tokens with a generator")
def encode(word, merges):
    def joined(tokens, pair):
        tokens = iter(tokens)
        held = next(tokens, None)
        while held is not None:
            after = next(tokens, None)
            if (held, after) == pair:
                yield held + after
                held = next(tokens, None)
            else:
                yield held
                held = after

    return list(reduce(lambda t, m: list(joined(t, tuple(m))), merges, list(word)))


@wrong(
    "10.1",
    "each merge applied to its first place only",
    "a merge is applied wherever it fits, not once",
)
def encode(word, merges):
    tokens = list(word)
    for left, right in merges:
        for k, pair in enumerate(pairwise(tokens)):
            if pair == (left, right):
                tokens = tokens[:k] + [left + right] + tokens[k + 2 :]
                break
    return tokens


@wrong(
    "10.1",
    "position decides, not the order of the merges",
    "the merges are applied in the order learned, one after the other",
)
def encode(word, merges):
    known = {tuple(m) for m in merges}
    tokens = list(word)
    k = 0
    while k < len(tokens) - 1:
        if (tokens[k], tokens[k + 1]) in known:
            tokens[k : k + 2] = [tokens[k] + tokens[k + 1]]
            k = 0
        else:
            k += 1
    return tokens


@wrong(
    "10.1",
    "longest token of the list first",
    "a longer token is reached only by the merges in their order",
)
def encode(word, merges):
    known = {left + right for left, right in merges}
    tokens, k = [], 0
    while k < len(word):
        for end in range(len(word), k, -1):
            if word[k:end] in known or end == k + 1:
                tokens.append(word[k:end])
                k = end
                break
    return tokens


@wrong(
    "10.1",
    "does not skip the second token of a pair",
    "after a merge go on two places, else the right part stands twice",
)
def encode(word, merges):
    tokens = list(word)
    for left, right in merges:
        new = []
        for k in range(len(tokens)):
            if tokens[k : k + 2] == [left, right]:
                new.append(left + right)
            else:
                new.append(tokens[k])
        tokens = new
    return tokens


@wrong(
    "10.1",
    "last token lost",
    "the last token has no right neighbour but still belongs to the word",
)
def encode(word, merges):
    tokens = list(word)
    for left, right in merges:
        new, k = [], 0
        while k < len(tokens) - 1:
            if tokens[k] == left and tokens[k + 1] == right:
                new.append(left + right)
                k += 2
            else:
                new.append(tokens[k])
                k += 1
        tokens = new
    return tokens


@wrong(
    "10.1",
    "blanks between the pieces and str.replace",
    "the pair also matches the end and the beginning of longer tokens",
)
def encode(word, merges):
    text = " ".join(word)
    for left, right in merges:
        text = text.replace(left + " " + right, left + right)
    return text.split()


@wrong(
    "10.1",
    "merges from the last to the first",
    "the order in which they were learned is the order of use",
)
def encode(word, merges):
    tokens = list(word)
    for left, right in merges[::-1]:
        k = 0
        while k + 1 < len(tokens):
            if tokens[k] == left and tokens[k + 1] == right:
                tokens[k : k + 2] = [left + right]
            k += 1
    return tokens


@wrong(
    "10.1",
    "goes through the word from the right, and reads past the end",
    "go from left to right, and stop at the last pair",
)
def encode(word, merges):
    tokens = list(word)
    for left, right in merges:
        k = len(tokens) - 1
        while k >= 0:
            if tokens[k] == left and tokens[k + 1] == right:
                tokens[k : k + 2] = [left + right]
            k -= 1
    return tokens


# 10.2


@right("10.2", "two lines as in the text")
def block(x, norm_1, attention, norm_2, mlp):
    x = x + attention(norm_1(x))
    return x + mlp(norm_2(x))


@right("10.2", "loop over the two parts, added in place to a copy")
def block(x, norm_1, attention, norm_2, mlp):
    y = np.array(x, dtype=float)
    for norm, part in ((norm_1, attention), (norm_2, mlp)):
        y += part(norm(y))
    return y


@right("10.2", "named pieces summed at the end")
def block(x, norm_1, attention, norm_2, mlp):
    fetched = attention(norm_1(x))
    middle = np.add(x, fetched)
    worked = mlp(norm_2(middle))
    return np.sum([x, fetched, worked], axis=0)


@wrong(
    "10.2",
    "norm after the addition",
    "the norm stands before each part, x itself is not normalised",
)
def block(x, norm_1, attention, norm_2, mlp):
    x = norm_1(x + attention(x))
    return norm_2(x + mlp(x))


@wrong(
    "10.2",
    "both parts read the old x",
    "the MLP reads what attention has already written",
)
def block(x, norm_1, attention, norm_2, mlp):
    return x + attention(norm_1(x)) + mlp(norm_2(x))


@wrong(
    "10.2",
    "second answer added to the x of the beginning",
    "add the MLP's answer to x after the attention, else that is lost",
)
def block(x, norm_1, attention, norm_2, mlp):
    h = x + attention(norm_1(x))
    y = x + mlp(norm_2(h))
    return y


@wrong(
    "10.2",
    "answer added to the normalised copy",
    "the answer is added to x itself, not to its normalised copy",
)
def block(x, norm_1, attention, norm_2, mlp):
    n = norm_1(x)
    h = n + attention(n)
    n = norm_2(h)
    return n + mlp(n)


@wrong(
    "10.2",
    "residual only around the attention",
    "both parts add to what was there, the MLP too",
)
def block(x, norm_1, attention, norm_2, mlp):
    h = x + attention(norm_1(x))
    return mlp(norm_2(h))


@wrong(
    "10.2",
    "norm and part in the wrong order",
    "first normalise, then attend: attention(norm_1(x))",
)
def block(x, norm_1, attention, norm_2, mlp):
    x = x + norm_1(attention(x))
    x = x + norm_2(mlp(x))
    return x


@wrong(
    "10.2",
    "first norm used twice, MLP before the attention",
    "attention comes first, and each part has its own norm",
)
def block(x, norm_1, attention, norm_2, mlp):
    x = x + mlp(norm_1(x))
    return x + attention(norm_1(x))


# 10.3, find the bug


@right("10.3", "scores of the future minus infinity before the softmax")
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores = np.where(np.tri(len(q), dtype=bool), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v


@right("10.3", "each position with its own past only")
def causal_attention(q, k, v):
    out = []
    for t in range(len(q)):
        scores = k[: t + 1] @ q[t] / math.sqrt(len(q[t]))
        out.append(_softmax(scores) @ v[: t + 1])
    return np.array(out)


@right("10.3", "a large negative number above the diagonal, softmax of the library")
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores[np.triu_indices(len(q), 1)] = -1e9
    weights, _ = F.softmax(scores)
    return np.einsum("ij,jf->if", weights, v)


@wrong(
    "10.3",
    "future scores set to 0 before the softmax",
    "a score of 0 still gets weight exp(0); it has to be minus infinity",
)
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores = np.where(np.tri(len(q), dtype=bool), scores, 0)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v


@wrong(
    "10.3",
    "shared out again, but by the column sums",
    "each row has to sum to 1, so divide by the sums along axis 1",
)
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = np.where(np.tri(len(q), dtype=bool), weights, 0)
    weights = weights / weights.sum(axis=0, keepdims=True)
    return weights @ v


@wrong(
    "10.3",
    "mask moved to the right place, but it hides the past",
    "np.tri is the part that may be seen; transposed it shows the future",
)
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores = np.where(np.tri(len(q), dtype=bool).T, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v


@wrong(
    "10.3",
    "position itself hidden too",
    "up to its own includes its own; the first row has nothing left here",
)
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores = np.where(np.tri(len(q), k=-1, dtype=bool), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v


@wrong(
    "10.3",
    "rows scaled by how many positions they see",
    "the lost weight depends on the scores; divide by the sum of what is left",
)
def causal_attention(q, k, v):
    L = len(q)
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    weights = np.where(np.tri(L, dtype=bool), weights, 0)
    return (weights * L / np.arange(1, L + 1)[:, None]) @ v


@wrong(
    "10.3",
    "the scale changed to the number of positions, mask left where it was",
    "the scale was right; the mask comes too late, after the softmax",
)
def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(len(q))
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    weights = np.where(np.tri(len(q), dtype=bool), weights, 0)
    return weights @ v


# 10.4


@right("10.4", "stable log-softmax, then the chosen entries")
def bits_per_character(logits, ids, characters):
    scores = logits[:-1] - logits[:-1].max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    chosen = log_p[np.arange(len(scores)), ids[1:]]
    return float(-chosen.sum() / np.log(2) / characters)


@right("10.4", "loop with math, each row against the next token")
def bits_per_character(logits, ids, characters):
    bits = 0.0
    for row, token in zip(logits, ids[1:]):
        row = [float(a) for a in row]
        top = max(row)
        total = math.fsum(math.exp(a - top) for a in row)
        bits += math.log2(total) - (row[token] - top) / math.log(2)
    return bits / characters


@right("10.4", "powers of two all the way, logaddexp2")
def bits_per_character(logits, ids, characters):
    scores = np.asarray(logits, dtype=float)[:-1] / np.log(2)
    wanted = np.asarray(ids)[1:, None]
    own = np.take_along_axis(scores, wanted, axis=1)[:, 0]
    return np.sum(np.logaddexp2.reduce(scores, axis=1) - own) / characters


@wrong(
    "10.4",
    "softmax without subtracting, then log2",
    "logits of 1000 overflow; stay with logarithms and subtract the largest",
)
def bits_per_character(logits, ids, characters):
    e = np.exp(logits[:-1])
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log2(p[np.arange(len(p)), ids[1:]]).sum() / characters


@wrong(
    "10.4",
    "probabilities guarded by a small number",
    "the guard caps the cost of a token at 40 bits, large logits cost far more",
)
def bits_per_character(logits, ids, characters):
    p = _softmax(logits[:-1])
    p = p[np.arange(len(p)), ids[1:]]
    return -np.sum(np.log2(p + 1e-12)) / characters


@wrong(
    "10.4",
    "natural logarithm",
    "bits are logarithms of base 2, divide by ln 2",
)
def bits_per_character(logits, ids, characters):
    scores = logits[:-1]
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return -sum(row[t] for row, t in zip(log_p, ids[1:])) / characters


@wrong(
    "10.4",
    "each row compared with the token that was just read",
    "row l predicts ids[l + 1], not ids[l]",
)
def bits_per_character(logits, ids, characters):
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    chosen = log_p[np.arange(len(ids)), ids][1:]
    return -chosen.sum() / np.log(2) / characters


@wrong(
    "10.4",
    "mean over the tokens first",
    "the sum of the bits is divided by the characters, not the mean",
)
def bits_per_character(logits, ids, characters):
    scores = logits[:-1]
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    chosen = log_p[np.arange(len(scores)), ids[1:]]
    return -np.mean(chosen / np.log(2)) / characters


@wrong(
    "10.4",
    "only the sum taken in base 2, the score left in nats",
    "both parts of the logarithm have to be changed to base 2",
)
def bits_per_character(logits, ids, characters):
    bits = 0
    for n in range(len(ids) - 1):
        row = logits[n] - logits[n].max()
        bits -= row[ids[n + 1]] - np.log2(np.exp(row).sum())
    return bits / characters


@wrong(
    "10.4",
    "shifted the other way, and divided by the number of tokens",
    "row l belongs with ids[l + 1], and the divisor is the characters",
)
def bits_per_character(logits, ids, characters):
    scores = logits[1:]
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    chosen = log_p[np.arange(len(scores)), ids[:-1]]
    return -chosen.sum() / np.log(2) / len(chosen)


@wrong(
    "10.4",
    "the last row predicts the first token again",
    "nothing follows the last token, so its row is left out",
)
def bits_per_character(logits, ids, characters):
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    wanted = np.roll(ids, -1)
    return -log_p[np.arange(len(ids)), wanted].sum() / np.log(2) / characters


# 10.5


@right("10.5", "loop from the most probable until the share is reached")
def nucleus(p, share):
    order = sorted(range(len(p)), key=lambda t: -p[t])
    kept, total = [0.0] * len(p), 0.0
    for t in order:
        kept[t] = float(p[t])
        total += p[t]
        if total >= share - 1e-12:
            break
    return [a / total for a in kept]


@right("10.5", "cumsum and searchsorted")
def nucleus(p, share):
    order = np.argsort(-p, kind="stable")
    k = np.searchsorted(np.cumsum(p[order]), share) + 1
    out = np.zeros(len(p))
    out[order[:k]] = p[order[:k]]
    return out / out.sum()


@right("10.5", "sum before each token, small guard in the division")
def nucleus(p, share):
    order = np.argsort(p)[::-1]
    before = np.concatenate([[0.0], np.cumsum(p[order])[:-1]])
    keep = np.zeros(len(p), dtype=bool)
    keep[order] = before < share
    kept = np.where(keep, p, 0)
    return kept / (kept.sum() + 1e-12)


@right("10.5", "heap")
def nucleus(p, share):
    heap = [(-a, t) for t, a in enumerate(p)]
    heapq.heapify(heap)
    out, total = np.zeros(len(p)), 0.0
    while heap and total < share:
        a, t = heapq.heappop(heap)
        out[t] = -a
        total -= a
    return out / total


@wrong(
    "10.5",
    "keeps only what stays within the share",
    "the token that reaches the share is kept too; else possibly none is",
)
def nucleus(p, share):
    order = np.argsort(-p)
    kept = order[np.cumsum(p[order]) <= share]
    out = np.zeros(len(p))
    out[kept] = p[kept]
    return out / out.sum()


@wrong(
    "10.5",
    "all tokens as probable as the last one kept",
    "with equal probabilities this keeps more than the fewest",
)
def nucleus(p, share):
    ordered = np.sort(p)[::-1]
    k = min(np.searchsorted(np.cumsum(ordered), share), len(p) - 1)
    kept = np.where(p >= ordered[k], p, 0)
    return kept / kept.sum()


@wrong(
    "10.5",
    "not scaled to sum 1",
    "the kept ones have to be divided by their sum",
)
def nucleus(p, share):
    order = np.argsort(-p)
    k = np.searchsorted(np.cumsum(p[order]), share) + 1
    out = np.zeros_like(p)
    out[order[:k]] = p[order[:k]]
    return out


@wrong(
    "10.5",
    "result in the order of the probabilities",
    "each kept token stays at its own place",
)
def nucleus(p, share):
    ordered = np.sort(p)[::-1]
    k = np.searchsorted(np.cumsum(ordered), share) + 1
    ordered[k:] = 0
    return ordered / ordered.sum()


@wrong(
    "10.5",
    "sorted upwards",
    "begin with the most probable tokens, not with the least",
)
def nucleus(p, share):
    order = np.argsort(p)
    k = np.searchsorted(np.cumsum(p[order]), share) + 1
    out = np.zeros(len(p))
    out[order[:k]] = p[order[:k]]
    return out / out.sum()


@wrong(
    "10.5",
    "argmax for the first place that reaches the share",
    "if rounding keeps the sum below a share of 1, argmax says 0 and one token is left",
)
def nucleus(p, share):
    order = np.argsort(-p)
    k = np.argmax(np.cumsum(p[order]) >= share) + 1
    out = np.zeros(len(p))
    out[order[:k]] = p[order[:k]]
    return out / out.sum()


@wrong(
    "10.5",
    "one token more after the share is reached",
    "stop as soon as the share is reached, the next token is one too many",
)
def nucleus(p, share):
    out = np.zeros(len(p))
    total = 0
    for t in sorted(range(len(p)), key=lambda t: p[t], reverse=True):
        out[t] = p[t]
        if total >= share:
            break
        total += p[t]
    return out / out.sum()


@wrong(
    "10.5",
    "share taken as a share of the number of tokens, divided by the share",
    "the share is of the probability, and the divisor is the sum of what is kept",
)
def nucleus(p, share):
    k = int(np.ceil(share * len(p)))
    out = np.zeros(len(p))
    order = np.argsort(-p)[:k]
    out[order] = p[order]
    return out / share


# 10.6


@right("10.6", "append, stack, soften")
def attend(q, k, v, cache):
    cache.append((k, v))
    keys = np.array([a for a, _ in cache])
    values = np.array([b for _, b in cache])
    return _softmax(keys @ q / np.sqrt(len(q))) @ values


@right("10.6", "loops, a list comes back")
def attend(q, k, v, cache):
    cache += [(k, v)]
    E = len(q)
    scores = [sum(a * b for a, b in zip(key, q)) / math.sqrt(E) for key, _ in cache]
    e = [math.exp(s - max(scores)) for s in scores]
    out = [0.0] * E
    for w, (_, value) in zip(e, cache):
        for n in range(E):
            out[n] += w / sum(e) * value[n]
    return out


@right("10.6", "zip and einsum in float32, softmax of the library")
def attend(q, k, v, cache):
    cache.append((np.copy(k), np.copy(v)))
    keys, values = (np.stack(part).astype(np.float32) for part in zip(*cache))
    q = np.asarray(q, dtype=np.float32)
    weights, _ = F.softmax(np.einsum("te,e->t", keys, q) / np.float32(len(q) ** 0.5))
    return np.einsum("t,te->e", weights, values)


@wrong(
    "10.6",
    "a new list in place of the longer cache",
    "this makes a new list; the caller's cache stays as short as it was",
)
def attend(q, k, v, cache):
    cache = cache + [(k, v)]
    keys = np.array([pair[0] for pair in cache])
    values = np.array([pair[1] for pair in cache])
    return _softmax(keys @ q / np.sqrt(len(q))) @ values


@wrong(
    "10.6",
    "cache made longer only after the answer",
    "the new token attends to itself too, so put it in first",
)
def attend(q, k, v, cache):
    keys = np.array([pair[0] for pair in cache])
    values = np.array([pair[1] for pair in cache])
    y = _softmax(keys @ q / np.sqrt(len(q))) @ values
    cache.append((k, v))
    return y


@wrong(
    "10.6",
    "value and key exchanged in the cache",
    "the pairs are (k, v); the old ones are in that order",
)
def attend(q, k, v, cache):
    cache.append((v, k))
    keys, values = (np.stack(part) for part in zip(*cache))
    return _softmax(keys @ q / np.sqrt(len(q))) @ values


@wrong(
    "10.6",
    "root of the number of tokens",
    "E is the number of features, not how many tokens the cache holds",
)
def attend(q, k, v, cache):
    cache.append((k, v))
    keys, values = (np.stack(part) for part in zip(*cache))
    scores = keys @ q / np.sqrt(len(keys))
    return _softmax(scores) @ values


@wrong(
    "10.6",
    "key and value added as two entries",
    "extend adds two entries; one pair has to be appended",
)
def attend(q, k, v, cache):
    keys = np.array([pair[0] for pair in cache] + [k])
    values = np.array([pair[1] for pair in cache] + [v])
    cache.extend((k, v))
    return _softmax(keys @ q / np.sqrt(len(q))) @ values


@wrong(
    "10.6",
    "keys transposed in the product",
    "keys is (tokens, E), so keys @ q; transposed the shapes do not fit",
)
def attend(q, k, v, cache):
    cache.append((k, v))
    keys = np.stack([a for a, b in cache])
    values = np.stack([b for a, b in cache])
    weights = _softmax(keys.T @ q / np.sqrt(len(q)))
    return weights @ values


@wrong(
    "10.6",
    "query stored in place of the key, scale forgotten",
    "what later tokens look at is the key, and the scores are divided by sqrt(E)",
)
def attend(q, k, v, cache):
    cache.append((q, v))
    keys, values = map(np.array, zip(*cache))
    return _softmax(keys @ q) @ values


@wrong(
    "10.6",
    "the old values do not enter, only their keys",
    "the weights mix all values in the cache, not the new one alone",
)
def attend(q, k, v, cache):
    cache.append((k, v))
    keys = np.array([pair[0] for pair in cache])
    weights = _softmax(keys @ q / np.sqrt(len(q)))
    return sum(w * v for w in weights)
