"""Answers to the exercises of lesson 05b, written from the statements alone."""

from math import comb

import numpy as np

from answers import right, wrong


@right("05b.1", "XOR of the two lists, the middle taken away")
def compare(a, b):
    apart = np.logical_xor(a, b)
    n, k = int(apart.sum()), int((a & apart).sum())
    far = min(k, n - k)
    tail = sum(comb(n, i) for i in range(far + 1)) / 2**n
    return np.mean(a) - np.mean(b), np.sqrt(n) / len(a), 1.0 if 2 * k == n else 2 * tail


@wrong("05b.1", "gap the wrong way round", "the first minus the second")
def compare(a, b):
    x, y = int((a & ~b).sum()), int((b & ~a).sum())
    n = x + y
    tail = sum(comb(n, k) for k in range(max(x, y), n + 1)) / 2**n
    return (y - x) / len(a), np.sqrt(n) / len(a), min(1.0, 2 * tail)


@wrong("05b.1", "divided by the rows that differ", "by all rows")
def compare(a, b):
    x, y = int((a & ~b).sum()), int((b & ~a).sum())
    n = max(x + y, 1)
    tail = sum(comb(x + y, k) for k in range(max(x, y), x + y + 1)) / 2 ** (x + y)
    return (x - y) / n, np.sqrt(n) / n, min(1.0, 2 * tail)


@right("05b.2", "np.ix_, the choice from the training rows")
def crossed(X, y, folds, choose, answer):
    right = np.empty(len(y), dtype=bool)
    for rows, new in folds:
        keep = choose(X[rows], y[rows])
        right[new] = answer(X[np.ix_(rows, keep)], y[rows], X[np.ix_(new, keep)]) == y[new]
    return right


@wrong("05b.2", "in the order of the folds", "each verdict belongs to its row")
def crossed(X, y, folds, choose, answer):
    right = []
    for rows, new in folds:
        keep = choose(X[rows], y[rows])
        right.extend(answer(X[rows][:, keep], y[rows], X[new][:, keep]) == y[new])
    return np.array(right)


@right("05b.3", "running sums, argmax for each column")
def best_split(X, r):
    found = []
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j], kind="stable")
        x, s = X[order, j], r[order].cumsum()
        k = np.arange(1, len(r))
        gain = s[:-1] ** 2 / k + (s[-1] - s[:-1]) ** 2 / (len(r) - k)
        for i in np.flatnonzero(x[1:] > x[:-1]):
            m = i + 1
            means = s[i] / m, (s[-1] - s[i]) / (len(r) - m)
            found.append((gain[i], j, (x[i] + x[i + 1]) / 2, *means))
    return max(found)[1:] if found else None


@wrong("05b.3", "only the first column", "search all columns")
def best_split(X, r):
    best = None
    values = np.unique(X[:, 0])
    for t in (values[1:] + values[:-1]) / 2:
        low = X[:, 0] <= t
        gain = low.sum() * (~low).sum() * (r[low].mean() - r[~low].mean()) ** 2
        if best is None or gain > best[0]:
            best = gain, 0, t, r[low].mean(), r[~low].mean()
    return best and best[1:]


@right("05b.4", "a function that gives values for both tables")
def boost(X, y, new_X, split, rounds, lr, depth):
    def tree(A, r, B, d):
        q = split(A, r) if d else None
        if q is None:
            return np.full(len(A), np.mean(r)), np.full(len(B), np.mean(r))
        a, b = A[:, q[0]] > q[1], B[:, q[0]] > q[1]
        u, v = np.zeros(len(A)), np.zeros(len(B))
        u[a], v[b] = tree(A[a], r[a], B[b], d - 1)
        u[~a], v[~b] = tree(A[~a], r[~a], B[~b], d - 1)
        return u, v

    F = np.ones(len(X)) * np.log(y.sum() / (len(y) - y.sum()))
    G = np.ones(len(new_X)) * F[0]
    scores = np.zeros((rounds + 1, len(new_X)))
    scores[0] = G
    for t in range(1, rounds + 1):
        u, v = tree(X, y - np.exp(F) / (1 + np.exp(F)), new_X, depth)
        F, G = F + lr * u, G + lr * v
        scores[t] = G
    return scores


@wrong(
    "05b.4",
    "the rows below use a strict comparison and depth counts one too far",
    "depth 1 is one question",
)
def boost(X, y, new_X, split, rounds, lr, depth):
    def tree(A, r, B, d):
        q = split(A, r) if d >= 0 else None
        if q is None:
            return np.full(len(A), np.mean(r)), np.full(len(B), np.mean(r))
        a, b = A[:, q[0]] <= q[1], B[:, q[0]] <= q[1]
        u, v = np.zeros(len(A)), np.zeros(len(B))
        u[a], v[b] = tree(A[a], r[a], B[b], d - 1)
        u[~a], v[~b] = tree(A[~a], r[~a], B[~b], d - 1)
        return u, v

    F = np.ones(len(X)) * np.log(y.mean() / (1 - y.mean()))
    G = np.ones(len(new_X)) * F[0]
    scores = [G]
    for _ in range(rounds):
        u, v = tree(X, y - 1 / (1 + np.exp(-F)), new_X, depth)
        F, G = F + lr * u, G + lr * v
        scores.append(G)
    return np.array(scores)


@wrong("05b.4", "no learning rate", "each tree is added with lr times its value")
def boost(X, y, new_X, split, rounds, lr, depth):
    def tree(A, r, B, d):
        q = split(A, r) if d else None
        if q is None:
            return np.full(len(A), np.mean(r)), np.full(len(B), np.mean(r))
        a, b = A[:, q[0]] <= q[1], B[:, q[0]] <= q[1]
        u, v = np.zeros(len(A)), np.zeros(len(B))
        u[a], v[b] = tree(A[a], r[a], B[b], d - 1)
        u[~a], v[~b] = tree(A[~a], r[~a], B[~b], d - 1)
        return u, v

    F = np.ones(len(X)) * np.log(y.mean() / (1 - y.mean()))
    G = np.ones(len(new_X)) * F[0]
    scores = [G]
    for _ in range(rounds):
        u, v = tree(X, y - 1 / (1 + np.exp(-F)), new_X, depth)
        F, G = F + u, G + v
        scores.append(G)
    return np.array(scores)
