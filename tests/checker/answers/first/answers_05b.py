"""Answers to the exercises of lesson 05b, written from the statements alone."""

import numpy as np

from answers import right, wrong


# ---------------------------------------------------------------- 05b.1


@right("05b.1", "dealt like cards, plain lists made arrays at the end")
def k_fold(order, k):
    pairs = []
    for fold in range(k):
        train, test = [], []
        for i, row in enumerate(order):
            if i % k == fold:
                test.append(row)
            else:
                train.append(row)
        pairs.append((np.array(train, dtype=int), np.array(test, dtype=int)))
    return pairs


@right("05b.1", "mask over the positions")
def k_fold(order, k):
    order = np.asarray(order)
    fold = np.arange(len(order)) % k
    return [(order[fold != f], order[fold == f]) for f in range(k)]


def _folds(order, k):
    for start in range(k):
        test = order[start::k]
        yield np.setdiff1d(order, test), test


@right("05b.1", "generator with slices, training rows sorted by setdiff1d")
def k_fold(order, k):
    return list(_folds(np.asarray(order), k))


@wrong(
    "05b.1",
    "row number modulo k in place of its position",
    "Deal by position in order, not by the row's own number.",
)
def k_fold(order, k):
    return [(order[order % k != f], order[order % k == f]) for f in range(k)]


@wrong(
    "05b.1",
    "positions returned, not row numbers",
    "These are positions in order: look up order[...] to get row numbers.",
)
def k_fold(order, k):
    i = np.arange(len(order))
    pairs = []
    for f in range(k):
        pairs.append((i[i % k != f], i[i % k == f]))
    return pairs


@wrong(
    "05b.1",
    "rows left over by the division dropped",
    "If n is no multiple of k the last rows are never tested nor trained on.",
)
def k_fold(order, k):
    cards = order[: len(order) // k * k].reshape(-1, k)
    pairs = []
    for f in range(k):
        train = np.delete(cards, f, axis=1).ravel()
        pairs.append((train, cards[:, f]))
    return pairs


@wrong(
    "05b.1",
    "np.delete given row numbers, which it takes for positions",
    "np.delete wants positions: fold::k, not the row numbers found there.",
)
def k_fold(order, k):
    result = []
    for fold in range(k):
        test = order[fold::k]
        train = np.delete(order, test)
        result.append((train, test))
    return result


@wrong(
    "05b.1",
    "test rows stay in the training part",
    "The training part holds the test rows too: take them out.",
)
def k_fold(order, k):
    return [(order, order[f::k]) for f in range(k)]


@wrong(
    "05b.1",
    "contiguous blocks, and test before train",
    "Deal the rows in turns instead of cutting blocks, and put train first.",
)
def k_fold(order, k):
    blocks = np.array_split(order, k)
    pairs = []
    for f in range(k):
        rest = [b for j, b in enumerate(blocks) if j != f]
        pairs.append((blocks[f], np.concatenate(rest)))
    return pairs


# ---------------------------------------------------------------- 05b.2


@right("05b.2", "mean and spread of the training rows")
def scaled(train_X, test_X):
    mean, spread = train_X.mean(axis=0), train_X.std(axis=0)
    return (train_X - mean) / spread, (test_X - mean) / spread


@right("05b.2", "small guard beside the spread, loop over the parts, list back")
def scaled(train_X, test_X):
    mean = np.mean(train_X, axis=0)
    spread = np.sqrt(np.mean((train_X - mean) ** 2, axis=0)) + 1e-8
    return [(part - mean) / spread for part in (train_X, test_X)]


@wrong(
    "05b.2",
    "each part by its own mean and spread",
    "The test rows must be scaled with the training numbers, not with their own.",
)
def scaled(train_X, test_X):
    train = (train_X - train_X.mean(axis=0)) / train_X.std(axis=0)
    test = (test_X - test_X.mean(axis=0)) / test_X.std(axis=0)
    return train, test


@wrong(
    "05b.2",
    "half repaired: spread still of both parts",
    "The mean is mended, the spread still knows the test rows.",
)
def scaled(train_X, test_X):
    both = np.concatenate([train_X, test_X])
    mean, spread = train_X.mean(axis=0), both.std(axis=0)
    return (train_X - mean) / spread, (test_X - mean) / spread


@wrong(
    "05b.2",
    "ddof changed, the leak stays",
    "ddof is not the fault: mean and spread are still taken from both parts.",
)
def scaled(train_X, test_X):
    both = np.concatenate([train_X, test_X])
    mean, spread = both.mean(axis=0), both.std(axis=0, ddof=1)
    return (train_X - mean) / spread, (test_X - mean) / spread


@wrong(
    "05b.2",
    "mean and spread of the test rows",
    "That is the leak at its largest: take the numbers from train_X.",
)
def scaled(train_X, test_X):
    mean, spread = test_X.mean(axis=0), test_X.std(axis=0)
    return (train_X - mean) / spread, (test_X - mean) / spread


@wrong(
    "05b.2",
    "one mean for all columns, and the test part left unscaled",
    "Scale column by column (axis=0), and the test rows with the same numbers.",
)
def scaled(train_X, test_X):
    mean, spread = train_X.mean(), train_X.std()
    return (train_X - mean) / spread, test_X


# ---------------------------------------------------------------- 05b.3


@right("05b.3", "a copy for each shuffle, hits counted by hand")
def importance(answer, X, y, column, orders):
    def accuracy(rows):
        return sum(int(a == b) for a, b in zip(answer(rows), y)) / len(y)

    total = 0.0
    for order in orders:
        other = X.copy()
        for n in range(len(X)):
            other[n, column] = X[order[n], column]
        total += accuracy(other)
    return accuracy(X) - total / len(orders)


@right("05b.3", "np.where picks the column from the shuffled rows, mean of losses")
def importance(answer, X, y, column, orders):
    here = np.arange(X.shape[1]) == column
    before = np.mean(answer(X) == y)
    lost = [before - np.mean(answer(np.where(here, X[o], X)) == y) for o in orders]
    return float(np.mean(lost))


@right("05b.3", "in place on X, the column put back at the end")
def importance(answer, X, y, column, orders):
    old = X[:, column].copy()
    before, after = np.mean(answer(X) == y), 0.0
    for order in orders:
        X[:, column] = old[order]
        after += np.mean(answer(X) == y)
    X[:, column] = old
    return float(before - after / len(orders))


@wrong(
    "05b.3",
    "shuffles pile up in one copy",
    "The second order shuffles an already shuffled column: start from X each time.",
)
def importance(answer, X, y, column, orders):
    other, scores = X.copy(), []
    for order in orders:
        other[:, column] = other[order, column]
        scores.append(np.mean(answer(other) == y))
    return float(np.mean(answer(X) == y) - np.mean(scores))


@wrong(
    "05b.3",
    "column replaced by its mean",
    "The column is to be shuffled by the orders; you blank it out instead.",
)
def importance(answer, X, y, column, orders):
    base = np.mean(answer(X) == y)
    scores = []
    for _ in orders:
        other = X.copy()
        other[:, column] = X[:, column].mean()
        scores.append(np.mean(answer(other) == y))
    return float(base - np.mean(scores))


@wrong(
    "05b.3",
    "labels shuffled along with the column",
    "Only the column is shuffled: compare with y in its own order.",
)
def importance(answer, X, y, column, orders):
    base = (answer(X) == y).mean()
    scores = []
    for order in orders:
        other = X.copy()
        other[:, column] = X[order, column]
        scores.append((answer(other) == y[order]).mean())
    return float(base - np.mean(scores))


@wrong(
    "05b.3",
    "return inside the loop",
    "The function leaves after the first shuffle: average over all R of them.",
)
def importance(answer, X, y, column, orders):
    base = np.mean(answer(X) == y)
    total = 0
    for order in orders:
        other = X.copy()
        other[:, column] = X[order, column]
        total += np.mean(answer(other) == y)
        return float(base - total)


@wrong(
    "05b.3",
    "lost share of the accuracy, not the difference",
    "Accuracy lost is a difference; you return it as a share of the first accuracy.",
)
def importance(answer, X, y, column, orders):
    base = np.mean(answer(X) == y)
    after = []
    for order in orders:
        other = X.copy()
        other[:, column] = X[:, column][order]
        after.append(np.mean(answer(other) == y))
    return float(1 - np.mean(after) / base)


@wrong(
    "05b.3",
    "whole rows shuffled, and the sum in place of the mean",
    "Shuffle this column only, and divide by the number of orders.",
)
def importance(answer, X, y, column, orders):
    lost = 0.0
    for order in orders:
        lost += np.mean(answer(X) == y) - np.mean(answer(X[order]) == y)
    return float(lost)


# ---------------------------------------------------------------- 05b.4


@right("05b.4", "argsort of the believed probabilities, no logarithm")
def suspects(probabilities, labels, m):
    believed = probabilities[np.arange(len(labels)), labels]
    return np.argsort(believed, kind="stable")[:m]


@right("05b.4", "sorted with a key, made an array")
def suspects(probabilities, labels, m):
    rows = sorted(range(len(labels)), key=lambda n: probabilities[n][labels[n]])
    return np.array(rows[:m], dtype=int)


@right("05b.4", "m times the largest loss, with the logarithm of 0 let through")
def suspects(probabilities, labels, m):
    picked = np.take_along_axis(probabilities, labels[:, None], axis=1)[:, 0]
    with np.errstate(divide="ignore"):
        believed = np.log(picked)
    left, found = list(range(len(labels))), []
    for _ in range(m):
        worst = min(left, key=lambda n: believed[n])
        found.append(worst)
        left.remove(worst)
    return np.array(found, dtype=int)


@wrong(
    "05b.4",
    "the last m of argsort, smallest of them first",
    "The right rows, in rising order: turn them round, the largest loss comes first.",
)
def suspects(probabilities, labels, m):
    loss = -np.log(probabilities[np.arange(len(labels)), labels])
    return np.argsort(loss)[-m:]


@wrong(
    "05b.4",
    "distance to the most probable class",
    "The loss asks only for the given label's probability, not for the best one's.",
)
def suspects(probabilities, labels, m):
    n = np.arange(len(labels))
    margin = probabilities.max(axis=1) - probabilities[n, labels]
    return np.argsort(-margin)[:m]


@wrong(
    "05b.4",
    "only rows where the model answers another class",
    "A row whose label is the model's answer can have a large loss too, keep it.",
)
def suspects(probabilities, labels, m):
    rows = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    loss = -np.log(probabilities[rows, labels[rows]])
    return rows[np.argsort(-loss)][:m]


@wrong(
    "05b.4",
    "all columns taken for every row",
    "probabilities[:, labels] is N x N: pair each row with its own label.",
)
def suspects(probabilities, labels, m):
    loss = -np.log(probabilities[:, labels])
    return np.argsort(-loss, axis=0)[:m]


@wrong(
    "05b.4",
    "labels counted from 1",
    "The classes are 0 .. C-1, they already are column numbers.",
)
def suspects(probabilities, labels, m):
    loss = []
    for row, label in zip(probabilities, labels):
        loss.append(-np.log(row[label - 1]))
    return np.argsort(loss)[::-1][:m]


@wrong(
    "05b.4",
    "losses returned in place of rows, the smallest first",
    "Return row numbers (argsort) and begin with the largest loss.",
)
def suspects(probabilities, labels, m):
    loss = -np.log(probabilities[np.arange(len(labels)), labels])
    return np.sort(loss)[:m]
