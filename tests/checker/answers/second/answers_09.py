"""Answers to the exercises of lesson 09, written from the statements alone."""

import math

import numpy as np

from lessonlib import functional as F
from answers import right, wrong


def _softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


# 09.1


@right("09.1", "key by key, softmax by hand")
def additive_attention(query, keys, U, W, v):
    asked = U @ query
    scores = [float(v @ np.tanh(asked + W @ key)) for key in keys]
    top = max(scores)
    e = [math.exp(s - top) for s in scores]
    weights = [value / sum(e) for value in e]
    context = sum(a * key for a, key in zip(weights, keys))
    return weights, context


@right("09.1", "all keys at once, the library's softmax")
def additive_attention(query, keys, U, W, v):
    weights, _ = F.softmax(np.tanh(query @ U.T + keys @ W.T) @ v)
    return weights, weights @ keys


@right("09.1", "einsum")
def additive_attention(query, keys, U, W, v):
    a = np.einsum("uq,q->u", U, query) + np.einsum("uk,sk->su", W, keys)
    s = np.einsum("u,su->s", v, np.tanh(a))
    w = np.exp(s - np.logaddexp.reduce(s))
    return w, np.einsum("s,sk->k", w, keys)


@wrong("09.1", "square kept from the example", "the learned form has no square")
def additive_attention(query, keys, U, W, v):
    w = _softmax(np.tanh(query @ U.T + keys @ W.T) ** 2 @ v)
    return w, w @ keys


@wrong("09.1", "W keys mixed", "the keys themselves are mixed, not what W made of them")
def additive_attention(query, keys, U, W, v):
    k = keys @ W.T
    w = _softmax(np.tanh(U @ query + k) @ v)
    return w, w @ k


@wrong("09.1", "v inside the tanh", "v weighs the units after the tanh")
def additive_attention(query, keys, U, W, v):
    w = _softmax(np.tanh((U @ query + keys @ W.T) @ v))
    return w, w @ keys


@wrong("09.1", "tanh of each part", "one tanh over the sum, not the sum of two")
def additive_attention(query, keys, U, W, v):
    w = _softmax((np.tanh(U @ query) + np.tanh(keys @ W.T)) @ v)
    return w, w @ keys


@wrong("09.1", "only the best key handed over", "the context is the weighted mean of all keys")
def additive_attention(query, keys, U, W, v):
    w = _softmax(np.tanh(U @ query + keys @ W.T) @ v)
    return w, keys[w.argmax()]


@wrong("09.1", "scores divided by their sum, results exchanged", "soften with the exponential, scores may be negative; and the weights come first")
def additive_attention(query, keys, U, W, v):
    s = np.tanh(U @ query + keys @ W.T) @ v
    w = s / s.sum()
    return w @ keys, w


@wrong("09.1", "W not transposed", "keys (S, K) meet W (units, K) by keys @ W.T")
def additive_attention(query, keys, U, W, v):
    w = _softmax(np.tanh(query @ U + keys @ W) @ v)
    return w, w @ keys


# 09.2


@right("09.2", "query by query with math.exp")
def dot_product_attention(Q, K, V):
    out = []
    for q in Q:
        scores = [float(q @ k) / math.sqrt(len(q)) for k in K]
        e = [math.exp(s - max(scores)) for s in scores]
        out.append(sum(a * value for a, value in zip(e, V)) / sum(e))
    return np.array(out)


@right("09.2", "log of the sum taken off")
def dot_product_attention(Q, K, V):
    s = np.einsum("ld,sd->ls", Q, K) / Q.shape[-1] ** 0.5
    p = np.exp(s - np.logaddexp.reduce(s, axis=1, keepdims=True))
    return np.einsum("ls,sf->lf", p, V)


@right("09.2", "divided by the sum after mixing")
def dot_product_attention(Q, K, V):
    s = (Q / np.sqrt(K.shape[1])) @ K.T
    e = np.exp(s - s.max(axis=1)[:, None])
    return (e @ V) / e.sum(axis=1)[:, None]


@wrong("09.2", "one maximum for the whole matrix", "a row far below the largest score becomes 0 / 0; every row needs its own maximum")
def dot_product_attention(Q, K, V):
    s = Q @ K.T / np.sqrt(Q.shape[1])
    e = np.exp(s - s.max())
    return e / e.sum(axis=1, keepdims=True) @ V


@wrong("09.2", "root of the number of keys", "d is the number of features of a query, not the number of keys")
def dot_product_attention(Q, K, V):
    return _softmax(Q @ K.T / np.sqrt(len(K))) @ V


@wrong("09.2", "root of the features of the values", "d belongs to Q and K; V may have another number of features")
def dot_product_attention(Q, K, V):
    return _softmax(Q @ K.T / np.sqrt(V.shape[1])) @ V


@wrong("09.2", "scaled after the softmax", "the scores are divided, before the softmax")
def dot_product_attention(Q, K, V):
    return _softmax(Q @ K.T) / np.sqrt(Q.shape[1]) @ V


@wrong("09.2", "softmax down the columns", "each query shares out weight 1 over the keys: axis 1")
def dot_product_attention(Q, K, V):
    s = Q @ K.T / np.sqrt(Q.shape[1])
    return _softmax(s, axis=0) @ V


@wrong("09.2", "cosine instead of the product", "the lengths of queries and keys count; only the root of d is divided out")
def dot_product_attention(Q, K, V):
    q = Q / (np.linalg.norm(Q, axis=1, keepdims=True) + 1e-8)
    k = K / (np.linalg.norm(K, axis=1, keepdims=True) + 1e-8)
    return _softmax(q @ k.T / np.sqrt(Q.shape[1])) @ V


@wrong("09.2", "clipped at 50, divided by d", "clipping makes large scores equal, and the scale is the root of d")
def dot_product_attention(Q, K, V):
    s = np.clip(Q @ K.T / Q.shape[1], -50, 50)
    e = np.exp(s)
    return e / e.sum(axis=1, keepdims=True) @ V


# 09.3


@right("09.3", "only the seen part of each row")
def masked_weights(scores, lengths, causal):
    N, L, _ = scores.shape
    out = np.zeros((N, L, L))
    for n in range(N):
        for i in range(L):
            seen = min(lengths[n], i + 1) if causal else lengths[n]
            e = np.exp(scores[n, i, :seen] - scores[n, i, :seen].max())
            out[n, i, :seen] = e / e.sum()
    return out


@right("09.3", "minus infinity on a copy")
def masked_weights(scores, lengths, causal):
    s = scores.astype(float)
    L = s.shape[-1]
    for row, length in zip(s, lengths):
        row[:, length:] = -np.inf
        if causal:
            row[np.triu_indices(L, 1)] = -np.inf
    return _softmax(s)


@right("09.3", "one table of seen pairs, a huge negative number")
def masked_weights(scores, lengths, causal):
    place = np.arange(scores.shape[2])
    seen = place[None, None, :] < np.asarray(lengths)[:, None, None]
    if causal:
        seen = seen & (place[None, None, :] <= place[None, :, None])
    e = np.where(seen, scores, -1e30)
    e = np.exp(e - e.max(axis=2, keepdims=True)) * seen
    return e / e.sum(axis=2, keepdims=True)


@wrong("09.3", "causal mask in place of the other", "padding stays hidden when causal is True: both masks hold together")
def masked_weights(scores, lengths, causal):
    N, L, _ = scores.shape
    if causal:
        seen = np.broadcast_to(np.tri(L, dtype=bool), scores.shape)
    else:
        seen = np.arange(L) < np.asarray(lengths)[:, None, None]
    return _softmax(np.where(seen, scores, -np.inf))


@wrong("09.3", "rows of padding set to 0", "queries that are padding are answered like the others; only columns are hidden")
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    real = np.arange(L) < np.asarray(lengths)[:, None]
    seen = real[:, None, :] & (np.tri(L, dtype=bool) if causal else True)
    return _softmax(np.where(seen, scores, -np.inf)) * real[:, :, None]


@wrong("09.3", "masked after the softmax", "rows no longer sum to 1: hide before the softmax")
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    p = _softmax(scores)
    p = p * (np.arange(L) < np.asarray(lengths)[:, None, None])
    return p * np.tri(L) if causal else p


@wrong("09.3", "own place hidden too", "only keys that come after the query are hidden; the first query would see nothing")
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    seen = np.arange(L) < np.asarray(lengths)[:, None, None]
    if causal:
        seen = seen & np.tri(L, k=-1, dtype=bool)
    e = np.exp(np.where(seen, scores, -np.inf))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("09.3", "scores times the mask", "a hidden score of 0 still gets weight e to the 0; it must be minus infinity")
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    seen = (np.arange(L) < np.asarray(lengths)[:, None, None]).astype(float)
    if causal:
        seen = seen * np.tri(L)
    return _softmax(scores * seen)


@wrong("09.3", "queries masked instead of keys, upper triangle", "columns answer and are hidden; and a query sees the keys before it, the lower triangle")
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    hidden = np.zeros(scores.shape, dtype=bool)
    for n, length in enumerate(lengths):
        hidden[n, length:, :] = True
    if causal:
        hidden |= np.tri(L, k=-1, dtype=bool)
    return _softmax(np.where(hidden, -1e9, scores))


@wrong("09.3", "one word too many seen", "a sentence of n words has places 0 to n - 1: use <")
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    seen = np.arange(L) <= np.asarray(lengths)[:, None, None]
    if causal:
        seen = seen & np.tri(L, dtype=bool)
    return _softmax(np.where(seen, scores, -np.inf))


@wrong("09.3", "lengths laid along the queries", "lengths has one number for each sentence and needs two more axes")
def masked_weights(scores, lengths, causal):
    L = scores.shape[1]
    seen = np.arange(L) < np.asarray(lengths)[:, None]
    if causal:
        seen = seen & np.tri(L, dtype=bool)
    return _softmax(np.where(seen, scores, -np.inf))


# 09.4


@right("09.4", "words before heads, then exchanged")
def split_heads(x, heads):
    N, L, E = x.shape
    return x.reshape(N, L, heads, E // heads).swapaxes(1, 2)


@right("09.4", "blocks cut out and stacked")
def split_heads(x, heads):
    return np.stack(np.split(x, heads, axis=2), axis=1)


@right("09.4", "head by head with slices")
def split_heads(x, heads):
    size = x.shape[2] // heads
    y = np.empty((x.shape[0], heads, x.shape[1], size), x.dtype)
    for k in range(heads):
        y[:, k] = x[:, :, k * size : (k + 1) * size]
    return y


@wrong("09.4", "features dealt to the heads in turn", "head 0 has the first features, not every heads-th one")
def split_heads(x, heads):
    N, L, E = x.shape
    return x.reshape(N, L, E // heads, heads).transpose(0, 3, 1, 2)


@wrong("09.4", "transposed first, then reshaped as before", "after the exchange a row is a feature; the last two axes are still in the wrong order")
def split_heads(x, heads):
    N, L, E = x.shape
    return x.transpose(0, 2, 1).reshape(N, heads, L, E // heads)


@wrong("09.4", "reshaped right, not exchanged", "the heads must come before the words")
def split_heads(x, heads):
    N, L, E = x.shape
    return x.reshape(N, L, heads, E // heads)


@wrong("09.4", "two reshapes in a row", "two reshapes are one: the axes must be exchanged in between")
def split_heads(x, heads):
    N, L, E = x.shape
    y = x.reshape(N, L, heads, E // heads)
    return y.reshape(N, heads, L, E // heads)


@wrong("09.4", "words and features of a head exchanged", "the last axis holds the features of a head, the one before it the words")
def split_heads(x, heads):
    N, L, E = x.shape
    return x.reshape(N, L, heads, E // heads).transpose(0, 2, 3, 1)


# 09.5


@right("09.5", "row by row with the Jacobian of the softmax")
def attention_backward(dY, weights, V):
    dscores = []
    for dy, p in zip(dY, weights):
        jacobian = np.diag(p) - np.outer(p, p)
        dscores.append(jacobian @ (V @ dy))
    return np.array(dscores), weights.T @ dY


@right("09.5", "einsum, the mean of each row taken off")
def attention_backward(dY, weights, V):
    dP = np.einsum("lf,sf->ls", dY, V)
    mean = np.einsum("ls,ls->l", weights, dP)
    return weights * (dP - mean[:, None]), np.einsum("ls,lf->sf", weights, dY)


@right("09.5", "values minus the output, a list comes back")
def attention_backward(dY, weights, V):
    Y = weights @ V
    dscores = np.zeros(weights.shape)
    dV = np.zeros(V.shape)
    for i in range(len(weights)):
        for s in range(len(V)):
            dscores[i, s] = weights[i, s] * np.dot(dY[i], V[s] - Y[i])
            dV[s] += weights[i, s] * dY[i]
    return [dscores, dV]


@wrong("09.5", "slope p (1 - p) as for a sigmoid", "raising one score lowers the other weights, too: the softmax has a full Jacobian")
def attention_backward(dY, weights, V):
    dP = dY @ V.T
    return dP * weights * (1 - weights), weights.T @ dY


@wrong("09.5", "plain mean taken off", "the mean is weighted by the weights")
def attention_backward(dY, weights, V):
    dP = dY @ V.T
    return weights * (dP - dP.mean(axis=1, keepdims=True)), weights.T @ dY


@wrong("09.5", "sum over the queries", "each row is a softmax of its own: sum over the keys, axis 1")
def attention_backward(dY, weights, V):
    dP = dY @ V.T
    inner = (dP * weights).sum(axis=0, keepdims=True)
    return weights * (dP - inner), weights.T @ dY


@wrong("09.5", "weights missing in front", "p times (dP minus the mean): the factor p is missing")
def attention_backward(dY, weights, V):
    dP = dY @ V.T
    return dP - (dP * weights).sum(axis=1, keepdims=True), weights.T @ dY


@wrong("09.5", "gradient of the weights, softmax not passed", "dP is the gradient of the weights; go back through the softmax as well")
def attention_backward(dY, weights, V):
    return dY @ V.T, weights.T @ dY


@wrong("09.5", "weights not transposed for V, results exchanged", "value s collects from all queries: weights.T @ dY, and dscores comes first")
def attention_backward(dY, weights, V):
    dP = dY @ V.T
    dscores = weights * (dP - (dP * weights).sum(axis=1, keepdims=True))
    return weights @ dY, dscores


@wrong("09.5", "divided by the root of d", "S are the scores after scaling; the root is not part of this step")
def attention_backward(dY, weights, V):
    dP = dY @ V.T
    dscores = weights * (dP - (dP * weights).sum(axis=1, keepdims=True))
    return dscores / np.sqrt(V.shape[1]), weights.T @ dY


@wrong("09.5", "softmax taken of the weights again", "weights already are the softmax of the scores")
def attention_backward(dY, weights, V):
    p = _softmax(weights)
    dP = dY @ V.T
    return p * (dP - (dP * p).sum(axis=1, keepdims=True)), p.T @ dY
