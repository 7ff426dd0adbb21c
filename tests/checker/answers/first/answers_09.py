"""Answers to the exercises of lesson 09, written from the statements alone."""

import math

import numpy as np

from lessonlib import functional as F
from answers import right, wrong


def _softmax(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# 09.1


@right("09.1", "plain loops, lists come back")
def additive_attention(query, keys, U, W, v):
    asked = [sum(u * q for u, q in zip(row, query)) for row in U]
    e = []
    for key in keys:
        score = 0.0
        for n in range(len(v)):
            offered = sum(w * k for w, k in zip(W[n], key))
            score += v[n] * math.tanh(asked[n] + offered)
        e.append(score)
    top = max(e)
    e = [math.exp(s - top) for s in e]
    weights = [a / sum(e) for a in e]
    context = [
        sum(a * key[j] for a, key in zip(weights, keys)) for j in range(len(keys[0]))
    ]
    return weights, context


@right("09.1", "all keys at once, softmax of the library")
def additive_attention(query, keys, U, W, v):
    scores = np.tanh(query @ U.T + keys @ W.T) @ v
    weights, _ = F.softmax(scores)
    return weights, weights @ keys


@right("09.1", "einsum in float32, a small guard in the sum")
def additive_attention(query, keys, U, W, v):
    query, keys, U, W, v = (
        np.asarray(a, dtype=np.float32) for a in (query, keys, U, W, v)
    )
    mixed = np.tanh(np.einsum("uk,sk->su", W, keys) + U.dot(query)[None, :])
    scores = np.einsum("u,su->s", v, mixed)
    e = np.exp(scores - scores.max())
    weights = e / (e.sum() + 1e-8)
    return weights, np.einsum("s,sk->k", weights, keys)


@wrong(
    "09.1",
    "the square of the example kept",
    "the learned form has no square around tanh",
)
def additive_attention(query, keys, U, W, v):
    scores = np.tanh(query @ U.T + keys @ W.T) ** 2 @ v
    weights = _softmax(scores)
    return weights, weights @ keys


@wrong(
    "09.1",
    "tanh around the whole score",
    "v comes after the tanh: v . tanh(...), not tanh(v . ...)",
)
def additive_attention(query, keys, U, W, v):
    scores = np.array([np.tanh(v @ (U @ query + W @ k)) for k in keys])
    weights = _softmax(scores)
    return weights, weights @ keys


@wrong(
    "09.1",
    "the projected keys are mixed",
    "the context is a mixture of the keys themselves, not of W k",
)
def additive_attention(query, keys, U, W, v):
    projected = keys @ W.T
    weights = _softmax(np.tanh(projected + U @ query) @ v)
    return weights, weights @ projected


@wrong(
    "09.1",
    "W not transposed",
    "keys are rows here, so it takes keys @ W.T; the shapes do not fit",
)
def additive_attention(query, keys, U, W, v):
    scores = np.tanh(U @ query + keys @ W) @ v
    weights = _softmax(scores)
    return weights, weights @ keys


@wrong(
    "09.1",
    "sigmoid in place of the softmax",
    "the weights have to share out 1 among the keys, so a softmax is needed",
)
def additive_attention(query, keys, U, W, v):
    scores = np.tanh(U @ query + keys @ W.T) @ v
    weights = 1 / (1 + np.exp(-scores))
    return weights, weights @ keys


@wrong(
    "09.1",
    "context mixed before the weights are divided by their sum",
    "divide first; the context here is too large by the sum of exponentials",
)
def additive_attention(query, keys, U, W, v):
    scores = []
    for k in keys:
        scores.append(v @ np.tanh(U @ query + W @ k))
    weights = np.exp(scores)
    context = weights @ keys
    return weights / weights.sum(), context


@wrong(
    "09.1",
    "softmax over the units before the sum, context first",
    "soften one score a key, not each unit, and return the weights first",
)
def additive_attention(query, keys, U, W, v):
    mixed = _softmax(np.tanh(U @ query + keys @ W.T))
    weights = mixed @ v
    return weights @ keys, weights


# 09.2


@right("09.2", "two products and a stable softmax")
def dot_product_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) @ V


@right("09.2", "query by query with lists")
def dot_product_attention(Q, K, V):
    out = []
    for q in Q:
        scores = [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in K]
        top = max(scores)
        e = [math.exp(s - top) for s in scores]
        total = math.fsum(e)
        row = [0.0] * len(V[0])
        for w, value in zip(e, V):
            for j, number in enumerate(value):
                row[j] += w / total * number
        out.append(row)
    return out


@right("09.2", "logarithm of the weights by logaddexp, einsum")
def dot_product_attention(Q, K, V):
    d = Q.shape[-1]
    scores = np.einsum("ld,sd->ls", Q, K) * d**-0.5
    log_weights = scores - np.logaddexp.reduce(scores, axis=1)[:, None]
    return np.einsum("ls,sf->lf", np.exp(log_weights), V)


@right("09.2", "queries scaled before the product, softmax of the library")
def dot_product_attention(Q, K, V):
    weights, _ = F.softmax((Q / np.sqrt(K.shape[1])) @ K.T)
    return np.stack([w @ V for w in weights])


@wrong(
    "09.2",
    "exponential of the raw scores",
    "scores of 10,000 overflow; subtract the largest of each row first",
)
def dot_product_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    e = np.exp(scores)
    return e / e.sum(axis=1, keepdims=True) @ V


@wrong(
    "09.2",
    "largest score of the whole matrix subtracted",
    "a row far below the largest of all becomes 0 / 0; take each row's own largest",
)
def dot_product_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    e = np.exp(scores - scores.max())
    return e / e.sum(axis=1, keepdims=True) @ V


@wrong(
    "09.2",
    "softmax along the queries",
    "each query shares out weight 1 among the keys, so axis 1",
)
def dot_product_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    e = np.exp(scores - scores.max(axis=0))
    return (e / e.sum(axis=0)) @ V


@wrong(
    "09.2",
    "root of the number of keys",
    "d is the number of features of a query, not the number of keys",
)
def dot_product_attention(Q, K, V):
    return _softmax(Q @ K.T / np.sqrt(len(K))) @ V


@wrong(
    "09.2",
    "scaled after the softmax",
    "the scores are divided, not the weights, whose sum must stay 1",
)
def dot_product_attention(Q, K, V):
    return _softmax(Q @ K.T) / np.sqrt(Q.shape[1]) @ V


@wrong(
    "09.2",
    "scores clipped against the overflow",
    "clipping makes all large scores equal; subtract the largest in place of it",
)
def dot_product_attention(Q, K, V):
    scores = np.clip(Q @ K.T / np.sqrt(Q.shape[1]), -500, 500)
    e = np.exp(scores)
    return e / e.sum(axis=1, keepdims=True) @ V


@wrong(
    "09.2",
    "divided by d, and the keys mixed",
    "divide by the square root of d, and mix the values",
)
def dot_product_attention(Q, K, V):
    return _softmax(Q @ K.T / Q.shape[1]) @ K


# 09.3


@right("09.3", "masks joined, minus infinity before the softmax")
def masked_weights(scores, lengths, causal):
    N, L, _ = scores.shape
    seen = np.arange(L) < np.asarray(lengths)[:, None]
    seen = np.repeat(seen[:, None, :], L, axis=1)
    if causal:
        seen = seen & np.tri(L, dtype=bool)
    return _softmax(np.where(seen, scores, -np.inf))


@right("09.3", "row by row, what may be seen is a beginning")
def masked_weights(scores, lengths, causal):
    out = np.zeros(np.shape(scores))
    for n, sentence in enumerate(scores):
        for i, row in enumerate(sentence):
            stop = int(lengths[n])
            if causal:
                stop = min(stop, i + 1)
            e = np.exp(row[:stop] - max(row[:stop]))
            out[n, i, :stop] = e / e.sum()
    return out


@right("09.3", "scores of hidden keys overwritten in place by a very low number")
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    for n in range(len(scores)):
        scores[n, :, lengths[n] :] = -1e30
    if causal:
        rows, columns = np.triu_indices(L, 1)
        scores[:, rows, columns] = -1e30
    scores -= scores.max(axis=2, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=2, keepdims=True)
    return scores


@wrong(
    "09.3",
    "weights of hidden keys set to 0 after the softmax",
    "then the rows no longer sum to 1; hide the scores before the softmax",
)
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    weights = _softmax(scores)
    weights = weights * (np.arange(L) < np.asarray(lengths)[:, None])[:, None]
    if causal:
        weights = np.tril(weights)
    return weights


@wrong(
    "09.3",
    "scores multiplied by the mask",
    "a score of 0 still gets weight; hidden keys need minus infinity",
)
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    seen = (np.arange(L) < np.asarray(lengths)[:, None])[:, None, :] * np.ones((L, 1))
    if causal:
        seen = seen * np.tri(L)
    return _softmax(scores * seen)


@wrong(
    "09.3",
    "the causal mask hides the past",
    "row i sees columns up to i, the lower triangle",
)
def masked_weights(scores, lengths, causal):
    scores = np.array(scores, dtype=float)
    L = scores.shape[1]
    for n in range(len(scores)):
        scores[n, :, lengths[n] :] = -1e9
    if causal:
        scores[:, np.tril(np.ones((L, L), bool), -1)] = -1e9
    return _softmax(scores)


@wrong(
    "09.3",
    "rows of padded queries blanked as well",
    "queries that are padding are answered like the others",
)
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    real = np.arange(L) < np.asarray(lengths)[:, None]
    seen = np.repeat(real[:, None, :], L, axis=1)
    if causal:
        seen &= np.tri(L, dtype=bool)
    return _softmax(np.where(seen, scores, -np.inf)) * real[:, :, None]


@wrong(
    "09.3",
    "padding hidden along the queries",
    "lengths hide keys, the columns; here whole rows are minus infinity",
)
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    real = np.arange(L) < np.asarray(lengths)[:, None]
    seen = np.repeat(real[:, :, None], L, axis=2)
    if causal:
        seen = seen & np.tri(L, dtype=bool)
    return _softmax(np.where(seen, scores, -np.inf))


@wrong(
    "09.3",
    "one padded word too many is seen",
    "with lengths n the real words are 0 .. n - 1",
)
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    seen = (np.arange(L) <= np.asarray(lengths)[:, None])[:, None, :]
    if causal:
        seen = seen & np.tri(L, dtype=bool)
    return _softmax(np.where(seen, scores, -np.inf))


@wrong(
    "09.3",
    "a query may not see itself",
    "only keys after the query are hidden; the first row has nothing left here",
)
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    seen = (np.arange(L) < np.asarray(lengths)[:, None])[:, None, :]
    if causal:
        seen = seen & np.tri(L, k=-1, dtype=bool)
    return _softmax(np.where(seen, scores, -np.inf))


@wrong(
    "09.3",
    "always causal, and the softmax over the queries",
    "look at the flag, and let each row share out 1 among its columns",
)
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    seen = (np.arange(L) < np.asarray(lengths)[:, None])[:, None, :]
    seen = seen & np.tri(L, dtype=bool)
    e = np.where(seen, np.exp(scores - scores.max()), 0)
    return e / (e.sum(axis=1, keepdims=True) + 1e-12)


# 09.4, find the bug


@right("09.4", "features cut first, then the axes exchanged")
def split_heads(x, heads):
    N, L, E = x.shape
    return x.reshape(N, L, heads, E // heads).swapaxes(1, 2)


@right("09.4", "blocks of columns stacked")
def split_heads(x, heads):
    return np.stack(np.split(x, heads, axis=2), axis=1)


@right("09.4", "head by head into an empty array")
def split_heads(x, heads):
    N, L, E = x.shape
    d = E // heads
    out = np.empty((N, heads, L, d), x.dtype)
    for h in range(heads):
        out[:, h] = x[:, :, h * d : (h + 1) * d]
    return out


@wrong(
    "09.4",
    "features cut, axes not exchanged",
    "the heads have to stand before the words: swap axes 1 and 2",
)
def split_heads(x, heads):
    N, L, E = x.shape
    return x.reshape(N, L, heads, E // heads)


@wrong(
    "09.4",
    "every heads-th feature goes to a head",
    "head 0 has the first features in a row, not each second or third",
)
def split_heads(x, heads):
    N, L, E = x.shape
    return x.reshape(N, L, E // heads, heads).transpose(0, 3, 1, 2)


@wrong(
    "09.4",
    "words and features exchanged before the reshape only",
    "reshape after the exchange mixes words and features again",
)
def split_heads(x, heads):
    N, L, E = x.shape
    return x.swapaxes(1, 2).reshape(N, heads, L, E // heads)


@wrong(
    "09.4",
    "the last two axes exchanged in place of the first two",
    "the cut still runs through the words; cut the features, then swap axes 1 and 2",
)
def split_heads(x, heads):
    N, L, E = x.shape
    return x.reshape(N, heads, E // heads, L).swapaxes(2, 3)


@wrong(
    "09.4",
    "heads before the batch",
    "the batch stays in front: (N, heads, L, E // heads)",
)
def split_heads(x, heads):
    N, L, E = x.shape
    return x.reshape(N, L, heads, E // heads).transpose(2, 0, 1, 3)


# 09.5


@right("09.5", "short form of the softmax gradient")
def attention_backward(dY, weights, V):
    dV = weights.T @ dY
    dweights = dY @ V.T
    inner = (dweights * weights).sum(axis=1, keepdims=True)
    return weights * (dweights - inner), dV


@right("09.5", "Jacobian of each row")
def attention_backward(dY, weights, V):
    rows = []
    for p, dy in zip(weights, dY):
        jacobian = np.diag(p) - np.outer(p, p)
        rows.append(jacobian @ (V @ dy))
    dV = sum(np.outer(p, dy) for p, dy in zip(weights, dY))
    return np.array(rows), dV


@right("09.5", "inner product through the output, einsum, in float32")
def attention_backward(dY, weights, V):
    dY, weights, V = (a.astype(np.float32) for a in (dY, weights, V))
    Y = weights @ V
    dP = np.einsum("lf,sf->ls", dY, V)
    dS = weights * (dP - np.einsum("lf,lf->l", dY, Y)[:, None])
    return [dS, np.einsum("ls,lf->sf", weights, dY)]


@right("09.5", "plain loops over queries and keys")
def attention_backward(dY, weights, V):
    L, S = weights.shape
    dS, dV = np.zeros((L, S)), np.zeros(V.shape)
    for q in range(L):
        dp = [float(dY[q] @ V[s]) for s in range(S)]
        mean = sum(weights[q, s] * dp[s] for s in range(S))
        for s in range(S):
            dS[q, s] = weights[q, s] * (dp[s] - mean)
            dV[s] += weights[q, s] * dY[q]
    return dS, dV


@wrong(
    "09.5",
    "stopped at the gradient of the weights",
    "go back through the softmax as well, asked are the scores",
)
def attention_backward(dY, weights, V):
    return dY @ V.T, weights.T @ dY


@wrong(
    "09.5",
    "softmax treated entry by entry, p (1 - p)",
    "each score moves all weights of its row, the other terms are missing",
)
def attention_backward(dY, weights, V):
    dP = dY @ V.T
    return dP * weights * (1 - weights), weights.T @ dY


@wrong(
    "09.5",
    "sum over the queries",
    "the softmax runs along a row, so the sum is over axis 1",
)
def attention_backward(dY, weights, V):
    dP = dY @ V.T
    inner = (dP * weights).sum(axis=0, keepdims=True)
    return weights * (dP - inner), weights.T @ dY


@wrong(
    "09.5",
    "weights missing in the inner sum",
    "subtract the mean weighted by p, not the plain mean",
)
def attention_backward(dY, weights, V):
    dP = dY @ V.T
    dS = weights * (dP - dP.mean(axis=1, keepdims=True))
    return dS, weights.T @ dY


@wrong(
    "09.5",
    "weights not transposed for dV",
    "a value collects from all queries: weights.T @ dY",
)
def attention_backward(dY, weights, V):
    dP = dY @ V.T
    dS = weights * (dP - (dP * weights).sum(axis=1, keepdims=True))
    return dS, weights @ dY


@wrong(
    "09.5",
    "keepdims forgotten",
    "the sums have to stand as a column, one a row; as they are they broadcast wrongly",
)
def attention_backward(dY, weights, V):
    dV = np.einsum("ls,lf->sf", weights, dY)
    dP = np.einsum("lf,sf->ls", dY, V)
    dS = weights * (dP - np.sum(dP * weights, axis=1))
    return dS, dV


@wrong(
    "09.5",
    "root of the features divided out, results exchanged",
    "the scores S enter the softmax as they are, and dscores comes first",
)
def attention_backward(dY, weights, V):
    dP = dY @ V.T / np.sqrt(V.shape[1])
    dS = weights * (dP - (dP * weights).sum(axis=1, keepdims=True))
    return weights.T @ dY, dS
