"""Answers to the exercises of lesson 05b, written from the statements alone."""

from math import comb

import numpy as np

from answers import right, wrong

# ---------------------------------------------------------------- 05b.1


@right("05b.1", "loops over the rows, the tail from both ends")
def compare(a, b):
    first = second = 0
    for x, y in zip(a, b):
        if x and not y:
            first += 1
        if y and not x:
            second += 1
    n = first + second
    p = 0
    for k in range(n + 1):
        if abs(k - n / 2) >= abs(first - n / 2):
            p += comb(n, k)
    return (first - second) / len(a), n**0.5 / len(a), p / 2**n


@right("05b.1", "differences of numbers, all sequences of tosses by Pascal's triangle")
def compare(a, b):
    d = a.astype(float) - b.astype(float)
    row = [1]
    for _ in range(int(np.abs(d).sum())):
        row = [x + y for x, y in zip([0, *row], [*row, 0])]
    more = int(max((d > 0).sum(), (d < 0).sum()))
    p = 2 * sum(row[more:]) / sum(row)
    return [d.mean(), np.sqrt((d**2).sum()) / len(d), min(p, 1.0)]


@wrong("05b.1", "two separate standard errors", "only rows on which the two differ count")
def compare(a, b):
    p, q, n = a.mean(), b.mean(), int((a != b).sum())
    more = max(int((a & ~b).sum()), int((b & ~a).sum()))
    tail = sum(comb(n, k) for k in range(more, n + 1)) / 2**n
    return p - q, np.sqrt(p * (1 - p) / len(a) + q * (1 - q) / len(a)), min(1, 2 * tail)


@wrong("05b.1", "one side only", "as far apart to either side")
def compare(a, b):
    x, y = int((a & ~b).sum()), int((b & ~a).sum())
    n = x + y
    tail = sum(comb(n, k) for k in range(max(x, y), n + 1)) / 2**n
    return (x - y) / len(a), np.sqrt(n) / len(a), tail


@wrong("05b.1", "doubled without a limit", "p is at most 1")
def compare(a, b):
    x, y = int((a & ~b).sum()), int((b & ~a).sum())
    n = x + y
    tail = sum(comb(n, k) for k in range(max(x, y), n + 1)) / 2**n
    return (x - y) / len(a), np.sqrt(n) / len(a), 2 * tail


@wrong("05b.1", "chance of exactly this split", "at least as far, not exactly as far")
def compare(a, b):
    x, y = int((a & ~b).sum()), int((b & ~a).sum())
    n = x + y
    return (x - y) / len(a), np.sqrt(n) / len(a), min(1.0, 2 * comb(n, x) / 2**n)


@wrong("05b.1", "root of the share", "the root of the count is divided by N")
def compare(a, b):
    x, y = int((a & ~b).sum()), int((b & ~a).sum())
    n = x + y
    tail = sum(comb(n, k) for k in range(max(x, y), n + 1)) / 2**n
    return (x - y) / len(a), np.sqrt(n / len(a)), min(1.0, 2 * tail)


# ---------------------------------------------------------------- 05b.2


@right("05b.2", "the choice inside the loop")
def crossed(X, y, folds, choose, answer):
    right = np.zeros(len(y), dtype=bool)
    for rows, new in folds:
        keep = choose(X[rows], y[rows])
        right[new] = answer(X[rows][:, keep], y[rows], X[new][:, keep]) == y[new]
    return right


@right("05b.2", "the parts named, a list comes back")
def crossed(X, y, folds, choose, answer):
    right = [False] * len(y)
    for rows, new in folds:
        A, a, B = X[rows], y[rows], X[new]
        keep = choose(A, a)
        for row, said in zip(new, answer(A[:, keep], a, B[:, keep])):
            right[row] = bool(said == y[row])
    return right


@wrong("05b.2", "inside the loop, still on all rows", "the choice still sees the test rows")
def crossed(X, y, folds, choose, answer):
    right = np.zeros(len(y), dtype=bool)
    for rows, new in folds:
        keep = choose(X, y)
        right[new] = answer(X[rows][:, keep], y[rows], X[new][:, keep]) == y[new]
    return right


@wrong("05b.2", "chosen on the test rows", "the choice sees just what it may not see")
def crossed(X, y, folds, choose, answer):
    right = np.zeros(len(y), dtype=bool)
    for rows, new in folds:
        keep = choose(X[new], y[new])
        right[new] = answer(X[rows][:, keep], y[rows], X[new][:, keep]) == y[new]
    return right


@wrong("05b.2", "the choice left out", "columns have to be chosen in each fold")
def crossed(X, y, folds, choose, answer):
    right = np.zeros(len(y), dtype=bool)
    for rows, new in folds:
        right[new] = answer(X[rows], y[rows], X[new]) == y[new]
    return right


@wrong("05b.2", "chosen in the first fold only", "each fold needs its own choice")
def crossed(X, y, folds, choose, answer):
    right, keep = np.zeros(len(y), dtype=bool), None
    for rows, new in folds:
        if keep is None:
            keep = choose(X[rows], y[rows])
        right[new] = answer(X[rows][:, keep], y[rows], X[new][:, keep]) == y[new]
    return right


@wrong("05b.2", "learnt from all rows", "the model is given the test rows")
def crossed(X, y, folds, choose, answer):
    right = np.zeros(len(y), dtype=bool)
    for rows, new in folds:
        keep = choose(X[rows], y[rows])
        right[new] = answer(X[:, keep], y, X[new][:, keep]) == y[new]
    return right


# ---------------------------------------------------------------- 05b.3


@right("05b.3", "masks and the squared error of both sides")
def best_split(X, r):
    best, least = None, np.inf
    for j in range(X.shape[1]):
        values = np.unique(X[:, j])
        for low, high in zip(values[:-1], values[1:]):
            t = (low + high) / 2
            one, two = r[X[:, j] <= t], r[X[:, j] > t]
            error = ((one - one.mean()) ** 2).sum() + ((two - two.mean()) ** 2).sum()
            if error < least:
                least, best = error, (j, t, one.mean(), two.mean())
    return best


@right("05b.3", "all candidates, then the maximum by gain")
def best_split(X, r):
    candidates = []
    for j, column in enumerate(X.T):
        values = sorted(set(column.tolist()))
        for t in [(a + b) / 2 for a, b in zip(values, values[1:])]:
            low = column <= t
            k, n = low.sum(), len(r)
            gain = k * (n - k) / n * (r[low].mean() - r[~low].mean()) ** 2
            candidates.append((gain, j, t, r[low].mean(), r[~low].mean()))
    return list(max(candidates)[1:]) if candidates else None


def _search(X, r, score, place=lambda low, high: (low + high) / 2):
    best, most = None, -np.inf
    for j in range(X.shape[1]):
        values = np.unique(X[:, j])
        for low, high in zip(values[:-1], values[1:]):
            one, two = r[X[:, j] <= low], r[X[:, j] > low]
            if score(one, two) > most:
                most, best = score(one, two), (j, place(low, high), one.mean(), two.mean())
    return best


def _true_gain(one, two):
    k, m = len(one), len(two)
    return k * m / (k + m) * (one.mean() - two.mean()) ** 2


@wrong("05b.3", "widest gap of the means", "the numbers of rows count too")
def best_split(X, r):
    return _search(X, r, lambda one, two: abs(one.mean() - two.mean()))


@wrong("05b.3", "variances added without weights", "weigh each side by its rows")
def best_split(X, r):
    return _search(X, r, lambda one, two: -(one.var() + two.var()))


@wrong("05b.3", "threshold at the value itself", "halfway to the next value")
def best_split(X, r):
    return _search(X, r, _true_gain, lambda low, high: low)


@wrong("05b.3", "means in the wrong order", "below first")
def best_split(X, r):
    found = _search(X, r, _true_gain)
    return found and (found[0], found[1], found[3], found[2])


@wrong(
    "05b.3", "neighbouring rows, also where their values are equal", "equal values stay together"
)
def best_split(X, r):
    best, most = None, -1.0
    for j in range(X.shape[1]):
        order = np.argsort(X[:, j], kind="stable")
        for k in range(1, len(r)):
            one, two = r[order[:k]], r[order[k:]]
            if _true_gain(one, two) > most:
                t = (X[order[k - 1], j] + X[order[k], j]) / 2
                most, best = _true_gain(one, two), (j, t, one.mean(), two.mean())
    return best


@wrong("05b.3", "best starts again in each column", "keep the best over all columns")
def best_split(X, r):
    best = None
    for j in range(X.shape[1]):
        here = _search(X[:, j : j + 1], r, _true_gain)
        if here is not None:
            best = (j, *here[1:])
    return best


@wrong("05b.3", "stops where nothing changes", "None has to come back there")
def best_split(X, r):
    column, threshold, one, two = _search(X, r, _true_gain)
    return column, threshold, one, two


# ---------------------------------------------------------------- 05b.4


@right("05b.4", "both tables joined, a recursive tree on row numbers")
def boost(X, y, new_X, split, rounds, lr, depth):
    n, both = len(X), np.concatenate([X, new_X])
    F = np.full(len(both), np.log(y.mean() / (1 - y.mean())))
    out = [F[n:].copy()]

    def grow(rows, r, d, values):
        old = rows[rows < n]
        question = split(X[old], r[old]) if d else None
        if question is None:
            values[rows] = r[old].mean()
            return
        low = both[rows, question[0]] <= question[1]
        grow(rows[low], r, d - 1, values)
        grow(rows[~low], r, d - 1, values)

    for _ in range(rounds):
        r = y - 1 / (1 + np.exp(-F[:n]))
        values = np.zeros(len(both))
        grow(np.arange(len(both)), r, depth, values)
        F += lr * values
        out.append(F[n:].copy())
    return np.stack(out)


def _grow(X, r, split, d):
    question = split(X, r) if d > 0 else None
    if question is None:
        return float(r.mean())
    j, t = question[:2]
    low = X[:, j] <= t
    return j, t, _grow(X[low], r[low], split, d - 1), _grow(X[~low], r[~low], split, d - 1)


def _value(tree, row):
    while isinstance(tree, tuple):
        j, t, yes, no = tree
        tree = yes if row[j] <= t else no
    return tree


def _boost(X, y, new_X, split, rounds, lr, depth, start=None, residual=None):
    s = y.mean()
    start = np.log(s / (1 - s)) if start is None else start
    F, G = np.full(len(X), start), np.full(len(new_X), start)
    out = [G]
    for _ in range(rounds):
        r = y - 1 / (1 + np.exp(-F)) if residual is None else residual(y, F)
        tree = _grow(X, r, split, depth)
        F = F + lr * np.array([_value(tree, row) for row in X])
        G = G + lr * np.array([_value(tree, row) for row in new_X])
        out.append(G)
    return np.array(out)


@right("05b.4", "trees as tuples, walked by each row")
def boost(X, y, new_X, split, rounds, lr, depth):
    return _boost(X, y, new_X, split, rounds, lr, depth)


@wrong("05b.4", "scores start at 0", "the start is the log odds of the ones")
def boost(X, y, new_X, split, rounds, lr, depth):
    return _boost(X, y, new_X, split, rounds, lr, depth, start=0.0)


@wrong("05b.4", "residual of the scores", "y minus the probability")
def boost(X, y, new_X, split, rounds, lr, depth):
    return _boost(X, y, new_X, split, rounds, lr, depth, residual=lambda y, F: y - F)


@wrong("05b.4", "p minus y", "the step goes against the slope")
def boost(X, y, new_X, split, rounds, lr, depth):
    away = lambda y, F: 1 / (1 + np.exp(-F)) - y
    return _boost(X, y, new_X, split, rounds, lr, depth, residual=away)


@wrong("05b.4", "only the last scores", "all rounds are wanted")
def boost(X, y, new_X, split, rounds, lr, depth):
    return _boost(X, y, new_X, split, rounds, lr, depth)[-1]


@wrong("05b.4", "stumps at any depth", "the depth has no effect")
def boost(X, y, new_X, split, rounds, lr, depth):
    return _boost(X, y, new_X, split, rounds, lr, min(depth, 1))


@wrong("05b.4", "training scores never move", "the residuals stay those of the start")
def boost(X, y, new_X, split, rounds, lr, depth):
    s = y.mean()
    F, G = np.full(len(X), np.log(s / (1 - s))), np.full(len(new_X), np.log(s / (1 - s)))
    out = [G]
    for _ in range(rounds):
        tree = _grow(X, y - 1 / (1 + np.exp(-F)), split, depth)
        G = G + lr * np.array([_value(tree, row) for row in new_X])
        out.append(G)
    return np.array(out)
