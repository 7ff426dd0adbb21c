"""Answers to the exercises of lesson 05, written from the statements alone."""

import math

import numpy as np

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


@wrong(
    "05.5",
    "silenced in place on x, then the rest made larger",
    "The values are right, but x belongs to the caller: work on a copy.",
)
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


# ---------------------------------------------------------------- 05.2


@right("05.2", "loops over places")
def bias_variance(fits, truth):
    R, n = len(fits), len(truth)
    bias2 = variance = 0.0
    for place in range(n):
        here = [fits[k][place] for k in range(R)]
        middle = sum(here) / R
        bias2 += (middle - truth[place]) ** 2 / n
        variance += sum((value - middle) ** 2 for value in here) / R / n
    return bias2, variance


@right("05.2", "var of NumPy, an array comes back")
def bias_variance(fits, truth):
    return np.array([np.square(np.mean(fits, 0) - truth).mean(), np.var(fits, axis=0).mean()])


@right("05.2", "variance as what is left of the error")
def bias_variance(fits, truth):
    bias2 = ((fits.sum(axis=0) / len(fits) - truth) ** 2).mean()
    return bias2, ((fits - truth) ** 2).mean() - bias2


@wrong("05.2", "mean over the places first", "The mean of the fits is taken along the wrong axis: axis=0 gives one number a place.")
def bias_variance(fits, truth):
    mean = fits.mean(axis=1)
    return np.mean((mean - truth.mean()) ** 2), np.mean((fits - mean[:, None]) ** 2)


@wrong("05.2", "one bias for all places", "Square the bias at each place before the mean over the places.")
def bias_variance(fits, truth):
    return (fits.mean() - truth.mean()) ** 2, fits.var(axis=0).mean()


@wrong("05.2", "variance of all numbers", "Numbers of different places are compared: axis=0 is missing.")
def bias_variance(fits, truth):
    return np.mean((fits.mean(axis=0) - truth) ** 2), np.var(fits)


@wrong("05.2", "error in place of the bias", "Take the mean of the fits before the square.")
def bias_variance(fits, truth):
    return np.mean((fits - truth) ** 2), np.mean(fits.var(axis=0))


@wrong("05.2", "variance summed over the fits", "The sum over the fits is not divided by R.")
def bias_variance(fits, truth):
    centre = fits.mean(axis=0)
    return np.mean((centre - truth) ** 2), np.mean(np.sum((fits - centre) ** 2, axis=0))


@wrong("05.2", "distance not squared", "The variance needs squares of the distances, not their size.")
def bias_variance(fits, truth):
    centre = fits.mean(axis=0)
    return np.mean((centre - truth) ** 2), np.mean(np.abs(fits - centre))


# ---------------------------------------------------------------- 05.6


def _softmax(scores):
    e = np.exp(scores - scores.max(axis=1)[:, None])
    return e / e.sum(axis=1)[:, None]


@right("05.6", "new arrays in each step, counter for patience")
def train(start, data, validation, drawn, lr, decay, p, patience):
    W1, b1, W2, b2 = start
    X, y = data
    V, v = validation
    Y = np.eye(len(b2))[y]
    lowest, kept, waited, losses = float("inf"), None, 0, []
    for t in range(len(drawn)):
        z = X @ W1.T + b1
        m = np.where(drawn[t] < p, 0.0, 1 / (1 - p))
        h = np.maximum(z, 0) * m
        d = (_softmax(h @ W2.T + b2) - Y) / len(X)
        dz = np.where(z > 0, d @ W2 * m, 0.0)
        W1, b1, W2, b2 = (
            W1 - lr * (dz.T @ X + decay * W1),
            b1 - lr * dz.sum(0),
            W2 - lr * (d.T @ h + decay * W2),
            b2 - lr * d.sum(0),
        )
        P = _softmax(np.maximum(V @ W1.T + b1, 0) @ W2.T + b2)
        loss = -np.mean(np.log(P[range(len(v)), v]))
        losses.append(loss)
        waited += 1
        if loss < lowest:
            lowest, kept, waited = loss, (W1, b1, W2, b2), 0
        if waited == patience:
            break
    return (*kept, losses)


@right("05.6", "shrink first, history of all weights, list comes back")
def train(start, data, validation, drawn, lr, decay, p, patience):
    w = [a.copy() for a in start]
    X, y = data
    history, losses = [], []
    for u in drawn:
        active = X @ w[0].T + w[1] > 0
        keep = active * (u >= p) / (1 - p)
        h = (X @ w[0].T + w[1]) * keep
        s = h @ w[2].T + w[3]
        g = np.exp(s - np.logaddexp.reduce(s, axis=1, keepdims=True))
        g[np.arange(len(y)), y] -= 1
        g /= len(y)
        back = g @ w[2] * keep
        for k in (0, 2):
            w[k] *= 1 - lr * decay
        for k, slope in enumerate((back.T @ X, back.sum(0), g.T @ h, g.sum(0))):
            w[k] -= lr * slope
        s = np.clip(validation[0] @ w[0].T + w[1], 0, None) @ w[2].T + w[3]
        chosen = s[np.arange(len(s)), validation[1]]
        losses.append(float(np.mean(np.logaddexp.reduce(s, axis=1) - chosen)))
        history.append([a.copy() for a in w])
        if len(losses) - 1 - int(np.argmin(losses)) >= patience:
            break
    return history[int(np.argmin(losses))] + [losses]


def _trained(start, data, validation, drawn, lr, decay, p, patience, fault):
    W1, b1, W2, b2 = (np.array(a) for a in start)
    (X, y), (V, v) = data, validation
    lowest, waited, losses, kept = np.inf, 0, [], None
    for u in drawn:
        z = X @ W1.T + b1
        m = (u >= p) / (1 - p)
        h = np.maximum(z, 0) * (m if fault != "nothing silent" else 1)
        d = (_softmax(h @ W2.T + b2) - np.eye(len(b2))[y]) / len(X)
        dz = d @ W2 * (z > 0)
        if fault not in ("mask forward only", "nothing silent"):
            dz = dz * m
        W1 -= lr * (dz.T @ X + decay * W1)
        W2 -= lr * (d.T @ h + decay * W2)
        b1 -= lr * (dz.sum(0) + (decay * b1 if fault == "all arrays decay" else 0))
        b2 -= lr * (d.sum(0) + (decay * b2 if fault == "all arrays decay" else 0))
        seen = np.maximum(V @ W1.T + b1, 0)
        if fault == "silent in validation":
            seen = seen * np.resize(m, seen.shape)
        P = _softmax(seen @ W2.T + b2)
        losses.append(-np.mean(np.log(P[range(len(v)), v])))
        waited += 1
        if losses[-1] < lowest:
            kept = (W1, b1, W2, b2)  # names, not copies
            if fault != "no copies":
                kept = tuple(a.copy() for a in kept)
            lowest = losses[-1]
            waited = 0 if fault != "patience not given back" else waited
        if waited == patience:
            break
    return (*kept, losses)


@wrong("05.6", "arrays are kept without a copy", "kept holds the same arrays, which the next step changes: copy them.")
def train(*arguments):
    return _trained(*arguments, "no copies")


@wrong("05.6", "mask in the forward pass alone", "A silenced unit must get no gradient: the mask belongs in the backward pass, too.")
def train(*arguments):
    return _trained(*arguments, "mask forward only")


@wrong("05.6", "all four arrays decay", "The biases do not decay.")
def train(*arguments):
    return _trained(*arguments, "all arrays decay")


@wrong("05.6", "units are silenced in validation", "In validation all units work.")
def train(*arguments):
    return _trained(*arguments, "silent in validation")


@wrong("05.6", "patience is not given back", "A new lowest loss sets the counter back to 0.")
def train(*arguments):
    return _trained(*arguments, "patience not given back")


@wrong("05.6", "dropout forgotten", "drawn and p are not used: no unit is silenced.")
def train(*arguments):
    return _trained(*arguments, "nothing silent")
