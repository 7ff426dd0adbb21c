"""Answers to the exercises of lesson 05b, written from the statements alone."""

import numpy as np

from answers import right, wrong

# 05b.1


@right("05b.1", "positions modulo k, boolean masks")
def k_fold(order, k):
    fold = np.arange(len(order)) % k
    return [(order[fold != f], order[fold == f]) for f in range(k)]


@right("05b.1", "every k-th card by a slice, the rest by np.delete")
def k_fold(order, k):
    pairs = []
    for f in range(k):
        places = np.arange(f, len(order), k)
        pairs.append((np.delete(order, places), order[places]))
    return pairs


@right("05b.1", "dealt into lists one by one, the training rows fold after fold")
def k_fold(order, k):
    hands = [[] for _ in range(k)]
    for i, row in enumerate(order):
        hands[i % k].append(int(row))
    pairs = []
    for f in range(k):
        rest = [row for g in range(k) if g != f for row in hands[g]]
        pairs.append((np.array(rest, dtype=int), np.array(hands[f], dtype=int)))
    return pairs


@wrong("05b.1", "consecutive blocks by array_split", "the rows are dealt like cards; you cut the deck into blocks")
def k_fold(order, k):
    pairs = []
    for test in np.array_split(order, k):
        pairs.append((order[~np.isin(order, test)], test))
    return pairs


@wrong("05b.1", "fold from the row number", "the position in order decides the fold, not the row number that stands there")
def k_fold(order, k):
    return [(order[order % k != f], order[order % k == f]) for f in range(k)]


@wrong("05b.1", "training part only from the folds before", "training uses all other folds, also the ones that come later")
def k_fold(order, k):
    pairs, seen = [], order[:0]
    for f in range(k):
        test = order[f::k]
        pairs.append((seen, test))
        seen = np.concatenate([seen, test])
    return pairs


@wrong("05b.1", "rows that do not fill a round dropped", "if n is no multiple of k the last cards are still dealt, to the first folds")
def k_fold(order, k):
    table = order[: len(order) // k * k].reshape(-1, k)
    return [(np.delete(table, f, axis=1).ravel(), table[:, f]) for f in range(k)]


@wrong("05b.1", "pair turned around", "the training rows come first in each pair")
def k_fold(order, k):
    out = []
    for f in range(k):
        test = np.array([row for i, row in enumerate(order) if i % k == f], dtype=int)
        train = np.array([row for i, row in enumerate(order) if i % k != f], dtype=int)
        out.append((test, train))
    return out


@wrong("05b.1", "positions returned, and counted from 1", "return the row numbers found at the positions, and count the positions from 0")
def k_fold(order, k):
    place = np.arange(1, len(order) + 1)
    return [(np.where(place % k != f)[0], np.where(place % k == f)[0]) for f in range(k)]


# 05b.2


@right("05b.2", "mean and spread of the training part")
def scaled(train_X, test_X):
    mean, spread = train_X.mean(axis=0), train_X.std(axis=0)
    return (train_X - mean) / spread, (test_X - mean) / spread


@right("05b.2", "by hand, with a small guard, tuple from a generator")
def scaled(train_X, test_X):
    mean = np.sum(train_X, axis=0) / len(train_X)
    spread = np.sqrt(np.sum((train_X - mean) ** 2, axis=0) / len(train_X)) + 1e-8
    return tuple((part - mean) / spread for part in (train_X, test_X))


@right("05b.2", "StandardScaler fitted on the training part")
def scaled(train_X, test_X):
    from sklearn.preprocessing import StandardScaler

    scale = StandardScaler().fit(train_X)
    return scale.transform(train_X), scale.transform(test_X)


@wrong("05b.2", "each part by its own numbers", "the test part must be scaled with the training part's mean and spread")
def scaled(train_X, test_X):
    return tuple((part - part.mean(axis=0)) / part.std(axis=0) for part in (train_X, test_X))


@wrong("05b.2", "only the mean repaired", "the spread still looks at the test rows")
def scaled(train_X, test_X):
    both = np.concatenate([train_X, test_X])
    mean, spread = train_X.mean(axis=0), both.std(axis=0)
    return (train_X - mean) / spread, (test_X - mean) / spread


@wrong("05b.2", "test rows scaled with both, training rows alone", "both parts go through the same transformation, the one of the training rows")
def scaled(train_X, test_X):
    both = np.concatenate([train_X, test_X])
    m, s = both.mean(axis=0), both.std(axis=0)
    return (train_X - train_X.mean(axis=0)) / train_X.std(axis=0), (test_X - m) / s


@wrong("05b.2", "one mean for the whole table", "every column needs its own mean and spread, so axis=0 stays")
def scaled(train_X, test_X):
    mean, spread = train_X.mean(), train_X.std()
    return (train_X - mean) / spread, (test_X - mean) / spread


@wrong("05b.2", "training part to 0 .. 1", "asked are mean 0 and spread 1, not minimum 0 and maximum 1")
def scaled(train_X, test_X):
    low, high = train_X.min(axis=0), train_X.max(axis=0)
    return (train_X - low) / (high - low), (test_X - low) / (high - low)


@wrong("05b.2", "divided by the variance", "the spread is the standard deviation, not its square")
def scaled(train_X, test_X):
    mean, spread = train_X.mean(axis=0), train_X.var(axis=0)
    return (train_X - mean) / spread, (test_X - mean) / spread


# 05b.3


@right("05b.3", "a copy for every shuffle")
def importance(answer, X, y, column, orders):
    clean = np.mean(answer(X) == y)
    shuffled = []
    for order in orders:
        Z = X.copy()
        Z[:, column] = X[order, column]
        shuffled.append(np.mean(answer(Z) == y))
    return float(clean - np.mean(shuffled))


@right("05b.3", "in place on X, put back at the end")
def importance(answer, X, y, column, orders):
    kept = X[:, column].copy()
    before = (answer(X) == y).mean()
    lost = 0.0
    for order in orders:
        X[:, column] = kept[order]
        lost += before - (answer(X) == y).mean()
    X[:, column] = kept
    return float(lost / len(orders))


@right("05b.3", "np.where picks the column from the shuffled rows")
def importance(answer, X, y, column, orders):
    chosen = np.arange(X.shape[1]) == column

    def accuracy(rows):
        return sum(a == b for a, b in zip(answer(rows), y)) / len(y)

    after = [accuracy(np.where(chosen, X[order], X)) for order in orders]
    return float(accuracy(X) - sum(after) / len(after))


@wrong("05b.3", "whole rows shuffled", "shuffle that column only; you move all columns of a row together")
def importance(answer, X, y, column, orders):
    clean = np.mean(answer(X) == y)
    return clean - np.mean([np.mean(answer(X[order]) == y) for order in orders])


@wrong("05b.3", "labels shuffled along", "the labels stay where they are, otherwise nothing but the other columns is mixed up")
def importance(answer, X, y, column, orders):
    clean = np.mean(answer(X) == y)
    after = []
    for order in orders:
        Z = X.copy()
        Z[:, column] = X[order, column]
        after.append(np.mean(answer(Z) == y[order]))
    return float(clean - np.mean(after))


@wrong("05b.3", "no copy: shuffles pile up and X stays changed", "Z is the same array as X, so each shuffle starts from the one before and X is spoiled")
def importance(answer, X, y, column, orders):
    clean = np.mean(answer(X) == y)
    after = []
    for order in orders:
        Z = X
        Z[:, column] = Z[order, column]
        after.append(np.mean(answer(Z) == y))
    return float(clean - np.mean(after))


@wrong("05b.3", "share lost instead of the difference", "asked is clean minus shuffled, not that divided by the clean accuracy")
def importance(answer, X, y, column, orders):
    clean = np.mean(answer(X) == y)
    total = 0
    for order in orders:
        Z = X.copy()
        Z[:, column] = X[order, column]
        total += np.mean(answer(Z) == y)
    return float((clean - total / len(orders)) / clean)


@wrong("05b.3", "column replaced by its mean", "the column is to be shuffled by the given orders, not made constant")
def importance(answer, X, y, column, orders):
    Z = X.copy()
    Z[:, column] = X[:, column].mean()
    return float(np.mean(answer(X) == y) - np.mean(answer(Z) == y))


@wrong("05b.3", "return inside the loop, sign turned", "the loop ends after the first order, and a loss of accuracy should come out positive")
def importance(answer, X, y, column, orders):
    clean = np.mean(answer(X) == y)
    lost = []
    for order in orders:
        Z = X.copy()
        Z[:, column] = X[order, column]
        lost.append(np.mean(answer(Z) == y) - clean)
        return float(np.mean(lost))


@wrong("05b.3", "orders read by columns", "each line of orders is one shuffle; you take the columns, which have R numbers")
def importance(answer, X, y, column, orders):
    clean = np.mean(answer(X) == y)
    after = []
    for order in orders.T:
        Z = X.copy()
        Z[:, column] = X[order, column]
        after.append(np.mean(answer(Z) == y))
    return float(clean - np.mean(after))


# 05b.4


@right("05b.4", "smallest probability of the given label first")
def suspects(probabilities, labels, m):
    given = probabilities[np.arange(len(labels)), labels]
    return np.argsort(given, kind="stable")[:m]


@right("05b.4", "sorted with a key, a list comes back")
def suspects(probabilities, labels, m):
    rows = sorted(range(len(labels)), key=lambda n: probabilities[n][labels[n]])
    return rows[:m]


@right("05b.4", "one-hot, then m times the smallest")
def suspects(probabilities, labels, m):
    hot = np.eye(probabilities.shape[1])[labels]
    given = (probabilities * hot).sum(axis=1)
    found = []
    for _ in range(m):
        n = int(given.argmin())
        found.append(n)
        given[n] = np.inf
    return np.array(found, dtype=int)


@wrong("05b.4", "largest loss last", "the m rows are right, but the largest loss should come first")
def suspects(probabilities, labels, m):
    loss = -np.log(probabilities[np.arange(len(labels)), labels])
    return np.argsort(loss)[-m:]


@wrong("05b.4", "argpartition, unsorted", "argpartition finds the m rows but does not put them in order")
def suspects(probabilities, labels, m):
    given = probabilities[np.arange(len(labels)), labels]
    return np.argpartition(given, m - 1)[:m]


@wrong("05b.4", "largest entropy", "entropy finds cases of doubt; the given label does not enter at all")
def suspects(probabilities, labels, m):
    entropy = -(probabilities * np.log(probabilities + 1e-12)).sum(axis=1)
    return np.argsort(-entropy)[:m]


@wrong("05b.4", "margin to the best class", "the loss depends on the given label's probability alone, not on the distance to the winner")
def suspects(probabilities, labels, m):
    given = np.take_along_axis(probabilities, labels[:, None], axis=1)[:, 0]
    return np.argsort(given - probabilities.max(axis=1))[:m]


@wrong("05b.4", "only rows whose answer differs, surest first", "rank by the probability of the given label; a row may be suspect without being misclassified, and m rows are asked")
def suspects(probabilities, labels, m):
    answer = probabilities.argmax(axis=1)
    rows = np.flatnonzero(answer != labels)
    return rows[np.argsort(-probabilities[rows].max(axis=1))][:m]


@wrong("05b.4", "cross-entropy of all classes, binary", "the loss of a row is -log of one probability; the other classes do not add terms of their own")
def suspects(probabilities, labels, m):
    hot = np.eye(probabilities.shape[1])[labels]
    p = np.clip(probabilities, 1e-12, 1 - 1e-12)
    loss = -(hot * np.log(p) + (1 - hot) * np.log(1 - p)).sum(axis=1)
    return np.argsort(-loss)[:m]


@wrong("05b.4", "losses in place of row numbers", "the rows are asked, not their losses")
def suspects(probabilities, labels, m):
    loss = -np.log(probabilities[np.arange(len(labels)), labels])
    return np.sort(loss)[::-1][:m]
