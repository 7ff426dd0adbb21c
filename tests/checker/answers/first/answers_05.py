"""Answers to the exercises of lesson 05, written from the statements alone."""

import math

import numpy as np

from lessonlib import datasets
from answers import right, wrong


# ---------------------------------------------------------------- 05.1


@right("05.1", "plain loops over columns, lists come back")
def split(X, order, n):
    train = [[float(v) for v in X[i]] for i in order[n:]]
    valid = [[float(v) for v in X[i]] for i in order[:n]]
    for d in range(len(train[0])):
        column = [row[d] for row in train]
        mean = sum(column) / len(column)
        spread = math.sqrt(sum((v - mean) ** 2 for v in column) / len(column))
        for row in train + valid:
            row[d] = (row[d] - mean) / spread
    return train, valid


@right("05.1", "vectorised, small guard beside the spread")
def split(X, order, n):
    valid, train = X[order[:n]], X[order[n:]]
    mu, sigma = train.mean(axis=0), train.std(axis=0)
    return (train - mu) / (sigma + 1e-8), (valid - mu) / (sigma + 1e-8)


@right("05.1", "np.split of the shuffled rows, spread from the mean square, generator")
def split(X, order, n):
    valid, train = np.split(np.take(X, order, axis=0), [n])
    middle = np.mean(train, axis=0, keepdims=True)
    spread = np.sqrt(np.mean((train - middle) ** 2, axis=0, keepdims=True))
    return tuple((part - middle) / spread for part in (train, valid))


@wrong(
    "05.1",
    "mean of the training rows, spread of all rows",
    "The standard deviation still sees the validation rows: take it from training.",
)
def split(X, order, n):
    train, valid = X[order[n:]], X[order[:n]]
    mean = train.mean(axis=0)
    std = X.std(axis=0)
    return (train - mean) / std, (valid - mean) / std


@wrong(
    "05.1",
    "spread measured again after the training rows were scaled",
    "When you scale validation, train.std is already 1: keep the first spread.",
)
def split(X, order, n):
    train = X[order[n:]]
    valid = X[order[:n]]
    mean = train.mean(axis=0)
    train = (train - mean) / train.std(axis=0)
    valid = (valid - mean) / train.std(axis=0)
    return train, valid


@wrong(
    "05.1",
    "rows cut without looking at order",
    "You cut the file as it lies: the shuffled order is never used.",
)
def split(X, order, n):
    valid = X[:n]
    train = X[n:]
    m, s = train.mean(axis=0), train.std(axis=0)
    return (train - m) / s, (valid - m) / s


@wrong(
    "05.1",
    "each part scaled by itself",
    "Validation must be scaled with the training numbers, not with its own.",
)
def split(X, order, n):
    parts = X[order[n:]], X[order[:n]]
    return tuple((p - p.mean(axis=0)) / p.std(axis=0) for p in parts)


@wrong(
    "05.1",
    "variance in place of the standard deviation",
    "You divide by the variance: take its square root.",
)
def split(X, order, n):
    train, valid = X[order[n:]], X[order[:n]]
    mean, spread = train.mean(axis=0), train.var(axis=0)
    return (train - mean) / spread, (valid - mean) / spread


@wrong(
    "05.1",
    "one mean for the whole table, and validation returned first",
    "Scale column by column (axis=0), and return the training rows first.",
)
def split(X, order, n):
    rows = X[order]
    valid, train = rows[:n], rows[n:]
    mean, std = train.mean(), train.std()
    return (valid - mean) / std, (train - mean) / std


# ---------------------------------------------------------------- 05.2


@right("05.2", "if and elif")
def diagnose(train, validation, goal):
    if train[-1] > goal:
        return "capacity"
    elif validation[-1] > goal:
        return "data"
    else:
        return "done"


@right("05.2", "nested conditional expression on the last points")
def diagnose(train, validation, goal):
    (*_, a), (*_, b) = train, validation
    return "capacity" if a > goal else "data" if b > goal else "done"


@right("05.2", "generator over pairs of name and error")
def diagnose(train, validation, goal):
    k = len(train) - 1
    errors = (("capacity", train[k]), ("data", validation[k]))
    return next((name for name, error in errors if error > goal), "done")


@wrong(
    "05.2",
    ">= in place of >",
    "An error that equals the goal is not above it: use > in both places.",
)
def diagnose(train, validation, goal):
    if train[-1] >= goal:
        return "capacity"
    if validation[-1] >= goal:
        return "data"
    return "done"


@wrong(
    "05.2",
    "validation asked before training",
    "Where both errors are too high the answer is capacity: ask training first.",
)
def diagnose(train, validation, goal):
    if validation[-1] > goal:
        return "data"
    if train[-1] > goal:
        return "capacity"
    return "done"


@wrong(
    "05.2",
    "the lowest error of each curve",
    "The lowest point may lie at a small size: read the curves at the largest size.",
)
def diagnose(train, validation, goal):
    if min(train) > goal:
        return "capacity"
    if min(validation) > goal:
        return "data"
    return "done"


@wrong(
    "05.2",
    "whole arrays compared in an if",
    "An array of several truths has no single truth: compare the last entry.",
)
def diagnose(train, validation, goal):
    if np.asarray(train) > goal:
        return "capacity"
    elif np.asarray(validation) > goal:
        return "data"
    return "done"


@wrong(
    "05.2",
    "gap between the curves compared with the goal",
    "The second question is the validation error itself, not its distance to training.",
)
def diagnose(train, validation, goal):
    gap = validation[-1] - train[-1]
    if train[-1] > goal:
        return "capacity"
    return "data" if gap > goal else "done"


@wrong(
    "05.2",
    "smallest size read, and data and capacity exchanged",
    "The largest size is the last entry, and a high training error means capacity.",
)
def diagnose(train, validation, goal):
    if train[0] > goal:
        return "data"
    if validation[0] > goal:
        return "capacity"
    return "done"


# ---------------------------------------------------------------- 05.3


@right("05.3", "plain loops, a list and a float")
def penalised_gradient(X, y, w, b, decay):
    N, D = len(X), len(w)
    dw, db = [decay * float(w[d]) for d in range(D)], 0.0
    for n in range(N):
        miss = b - y[n]
        for d in range(D):
            miss += X[n][d] * w[d]
        for d in range(D):
            dw[d] += miss * X[n][d] / N
        db += miss / N
    return dw, float(db)


@right("05.3", "bias as one more column of ones that gets no penalty")
def penalised_gradient(X, y, w, b, decay):
    A = np.column_stack([X, np.ones(len(X))])
    theta = np.append(w, b)
    g = A.T @ (A @ theta - y) / len(X)
    g[:-1] += decay * theta[:-1]
    return g[:-1], float(g[-1])


@right("05.3", "einsum, mean over the rows")
def penalised_gradient(X, y, w, b, decay):
    r = np.einsum("nd,d->n", X, w) + b - y
    dw = np.mean(np.einsum("n,nd->nd", r, X), axis=0) + decay * np.asarray(w)
    return dw, np.mean(r).item()


@wrong(
    "05.3",
    "penalty divided by N as well",
    "The penalty has no 1/N in the loss, so its gradient is decay * w in full.",
)
def penalised_gradient(X, y, w, b, decay):
    r = X @ w + b - y
    return (X.T @ r + decay * w) / len(X), float(r.mean())


@wrong(
    "05.3",
    "factor 2 from the square, the one half forgotten",
    "The 1/2 of the loss cancels the 2 of the square, in both terms.",
)
def penalised_gradient(X, y, w, b, decay):
    N = len(y)
    err = X @ w + b - y
    dw = 2 / N * X.T @ err + 2 * decay * w
    db = 2 / N * err.sum()
    return dw, float(db)


@wrong(
    "05.3",
    "divided by the number of columns",
    "N counts the rows, which are X.shape[0].",
)
def penalised_gradient(X, y, w, b, decay):
    N = X.shape[1]
    err = X @ w + b - y
    return X.T @ err / N + decay * w, float(err.sum() / N)


@wrong(
    "05.3",
    "the penalty itself added to the gradient",
    "decay/2 |w|^2 is the loss: its gradient is the vector decay * w.",
)
def penalised_gradient(X, y, w, b, decay):
    err = X @ w + b - y
    dw = X.T @ err / len(X) + decay / 2 * np.sum(w**2)
    return dw, float(err.mean())


@wrong(
    "05.3",
    "y as a column, so that the errors become N x N",
    "pred is (N,) and y[:, None] is (N, 1): their difference is a table of all pairs.",
)
def penalised_gradient(X, y, w, b, decay):
    pred = X @ w + b
    err = (pred - y[:, None]).mean(axis=0)
    dw = X.T @ err / len(X) + decay * w
    return dw, float(err.mean())


@wrong(
    "05.3",
    "bias punished, and its gradient summed and not averaged",
    "b has no penalty, and its gradient is the mean of the errors.",
)
def penalised_gradient(X, y, w, b, decay):
    err = X @ w + b - y
    dw = X.T @ err / len(X) + decay * w
    db = err.sum() + decay * b
    return dw, float(db)


# ---------------------------------------------------------------- 05.4


@right("05.4", "one loop with a counter")
def early_stop(losses, patience):
    best, lowest, waited, run = 0, math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        run += 1
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
        else:
            waited += 1
            if waited == patience:
                break
    return best, run


@right("05.4", "running minimum, no loop")
def early_stop(losses, patience):
    losses = np.asarray(losses, dtype=float)
    epochs = np.arange(len(losses))
    before = np.minimum.accumulate(losses)[:-1]
    new = np.concatenate([[True], losses[1:] < before])
    last = np.maximum.accumulate(np.where(new, epochs, 0))
    stop = np.flatnonzero(epochs - last >= patience)
    run = int(stop[0]) + 1 if stop.size else len(losses)
    return int(last[run - 1]), run


@right("05.4", "argmin of what has been seen, again after every epoch")
def early_stop(losses, patience):
    run = 1
    while run < len(losses):
        if run - 1 - int(np.argmin(losses[:run])) >= patience:
            break
        run += 1
    return int(np.argmin(losses[:run])), run


@wrong(
    "05.4",
    "each loss compared with the one before",
    "Worse than yesterday is not the question: compare with the lowest so far.",
)
def early_stop(losses, patience):
    best, waited = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[epoch - 1]:
            waited = 0
            if losses[epoch] < losses[best]:
                best = epoch
        else:
            waited += 1
        if waited == patience:
            return best, epoch + 1
    return best, len(losses)


@wrong(
    "05.4",
    "an equal loss counts as a new lowest",
    "A loss that equals the lowest is not a new lowest value: use <.",
)
def early_stop(losses, patience):
    best, wait = 0, 0
    for t in range(1, len(losses)):
        if losses[t] <= losses[best]:
            best, wait = t, 0
        else:
            wait += 1
            if wait >= patience:
                return best, t + 1
    return best, len(losses)


@wrong(
    "05.4",
    "the waiting counter is never set back",
    "Only epochs in a row count: set the counter to 0 at each new lowest.",
)
def early_stop(losses, patience):
    best, lowest, bad = 0, np.inf, 0
    for t, loss in enumerate(losses):
        if loss < lowest:
            best, lowest = t, loss
        else:
            bad += 1
        if bad == patience:
            return best, t + 1
    return best, len(losses)


@wrong(
    "05.4",
    "nothing returned where patience never ends",
    "If the losses are over before patience is, your function returns None.",
)
def early_stop(losses, patience):
    best, lowest, wait = 0, losses[0], 0
    for t, loss in enumerate(losses[1:], 1):
        if loss < lowest:
            best, lowest, wait = t, loss, 0
        else:
            wait += 1
            if wait == patience:
                return best, t + 1


@wrong(
    "05.4",
    "best epoch taken from all losses",
    "A loss after the stop was never measured: look for the lowest among those run.",
)
def early_stop(losses, patience):
    lowest, wait, run = float("inf"), 0, 0
    for loss in losses:
        run += 1
        if loss < lowest:
            lowest, wait = loss, 0
        else:
            wait += 1
        if wait == patience:
            break
    return int(np.argmin(losses)), run


@wrong(
    "05.4",
    "waits one epoch too long and returns the lowest loss",
    "Stop when the count reaches patience, and return the epoch and not its loss.",
)
def early_stop(losses, patience):
    lowest, wait, run = float("inf"), 0, 0
    for loss in losses:
        run += 1
        if loss < lowest:
            lowest, wait = loss, 0
        else:
            wait += 1
        if wait > patience:
            break
    return lowest, run


# ---------------------------------------------------------------- 05.5


@right("05.5", "two loops")
def dropout(x, p, drawn, training):
    out = np.zeros(x.shape)
    for n in range(x.shape[0]):
        for j in range(x.shape[1]):
            if not training:
                out[n, j] = x[n, j]
            elif drawn[n, j] >= p:
                out[n, j] = x[n, j] / (1 - p)
    return out


@right("05.5", "silenced in place on x, then the rest made larger")
def dropout(x, p, drawn, training):
    if training:
        x[drawn < p] = 0
        if p < 1:
            x = x / (1 - p)
    return x


@right("05.5", "other convention: the top share p of the range is silenced")
def dropout(x, p, drawn, training):
    if not training:
        return x.copy()
    keep = 1 - p
    return np.where(drawn < keep, x / keep, 0.0)


@wrong(
    "05.5",
    "divided by the share that happened to survive",
    "Divide by 1 - p, the expected share, not by the share kept in this draw.",
)
def dropout(x, p, drawn, training):
    if not training:
        return x
    mask = drawn >= p
    return x * mask / mask.mean()


@wrong(
    "05.5",
    "one row of the drawn numbers for the whole batch",
    "Every example silences its own units: use all of drawn, not its first row.",
)
def dropout(x, p, drawn, training):
    if not training:
        return x
    mask = drawn[0] >= p
    return np.where(mask, x / (1 - p), 0.0)


@wrong(
    "05.5",
    "scaled in evaluation too",
    "In evaluation all units work unscaled: return x as it came.",
)
def dropout(x, p, drawn, training):
    mask = np.ones_like(x)
    if training:
        mask = (drawn >= p).astype(float)
    return x * mask / (1 - p)


@wrong(
    "05.5",
    "the silenced units are the ones kept",
    "You keep a share p and silence 1 - p: turn the comparison around.",
)
def dropout(x, p, drawn, training):
    if training:
        kept = drawn < p
        return x * kept / (1 - p)
    return x


@wrong(
    "05.5",
    "training flag never used",
    "In evaluation nothing is silenced: look at training.",
)
def dropout(x, p, drawn, training):
    return np.where(drawn < p, 0, x / (1 - p))


@wrong(
    "05.5",
    "mask by rounding, and no scaling",
    "Rounding silences one half whatever p is, and the others need 1/(1-p).",
)
def dropout(x, p, drawn, training):
    if training:
        return x * np.round(drawn)
    return x


# ---------------------------------------------------------------- 05.6


@right("05.6", "two numbers drawn in the loop, images joined again")
def shifted(images, rng):
    moved = []
    for k in range(len(images)):
        right, down = rng.integers(-2, 3, 2)
        moved.append(datasets.shift(images[k : k + 1], right, down))
    return np.concatenate(moved)


@right("05.6", "all pairs drawn at once, one row for each image")
def shifted(images, rng):
    moves = rng.integers(-2, 3, (len(images), 2))
    out = np.empty_like(images)
    for k, (right, down) in enumerate(moves):
        out[k] = datasets.shift(images[k][None], right, down)[0]
    return out


@right("05.6", "two single draws for each image, written into images itself")
def shifted(images, rng):
    for k in range(len(images)):
        right = int(rng.integers(-2, 3))
        down = int(rng.integers(-2, 3))
        images[k] = datasets.shift(images[k : k + 1].copy(), right, down)[0]
    return images


@wrong(
    "05.6",
    "drawn for each image, but the whole batch is moved each time",
    "Inside the loop you move all images: every one gets the sum of all moves.",
)
def shifted(images, rng):
    for _ in range(len(images)):
        right, down = rng.integers(-2, 3, 2)
        images = datasets.shift(images, right, down)
    return images


@wrong(
    "05.6",
    "a loop over the images, but the draw stays above it",
    "All images still share one pair of numbers: draw inside the loop.",
)
def shifted(images, rng):
    right, down = rng.integers(-2, 3, 2)
    return np.concatenate(
        [datasets.shift(image[None], right, down) for image in images]
    )


@wrong(
    "05.6",
    "np.roll for each image",
    "np.roll brings what leaves on one side in again on the other.",
)
def shifted(images, rng):
    out = np.zeros_like(images)
    for k, image in enumerate(images):
        right, down = rng.integers(-2, 3, 2)
        out[k] = np.roll(image, (down, right), axis=(0, 1))
    return out


@wrong(
    "05.6",
    "upper end of integers taken as included",
    "rng.integers leaves its upper end out, so +2 never comes: write 3.",
)
def shifted(images, rng):
    out = images.copy()
    for k in range(len(images)):
        right, down = rng.integers(-2, 2, 2)
        out[k] = datasets.shift(images[k : k + 1], right, down)[0]
    return out


@wrong(
    "05.6",
    "one number for each image, used for both directions",
    "Each image needs two numbers; yours can only move along a diagonal.",
)
def shifted(images, rng):
    steps = rng.integers(-2, 3, len(images))
    pairs = zip(images, steps)
    return np.concatenate([datasets.shift(i[None], s, s) for i, s in pairs])
