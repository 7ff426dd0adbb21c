"""Answers to the exercises of lesson 05, written from the statements alone."""

from itertools import count

import numpy as np

from answers import right, wrong


@right("05.1", "put in order first, then np.split")
def split(X, order, n):
    validation, train = np.split(np.take(X, order, axis=0), [n])
    mean, spread = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / spread, (validation - mean) / spread


@right("05.1", "loops over rows and columns, lists come back")
def split(X, order, n):
    train = [[float(v) for v in X[i]] for i in order[n:]]
    validation = [[float(v) for v in X[i]] for i in order[:n]]
    for d in range(len(X[0])):
        column = [row[d] for row in train]
        mean = sum(column) / len(column)
        spread = (sum((v - mean) ** 2 for v in column) / len(column)) ** 0.5
        for row in train + validation:
            row[d] = (row[d] - mean) / spread
    return train, validation


@right("05.1", "whole table scaled by the training rows, small guard, then cut")
def split(X, order, n):
    chosen = X[order]
    centred = chosen - chosen[n:].mean(axis=0)
    spread = np.sqrt(np.mean(centred[n:] ** 2, axis=0))
    scaled = centred / (spread + 1e-12)
    return scaled[n:], scaled[:n]


@wrong("05.1", "order used as a condition", "order holds row numbers; order < n picks the places where small numbers stand, not the first n rows of the order.")
def split(X, order, n):
    train, validation = X[order >= n], X[order < n]
    mean, spread = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / spread, (validation - mean) / spread


@wrong("05.1", "one mean and spread for the whole table", "Scale column by column; give mean and std axis=0.")
def split(X, order, n):
    train, validation = X[order[n:]], X[order[:n]]
    mean, spread = train.mean(), train.std()
    return (train - mean) / spread, (validation - mean) / spread


@wrong("05.1", "mean of the training rows, spread of all rows", "The spread leaks as well as the mean: take both from the training rows.")
def split(X, order, n):
    train, validation = X[order[n:]], X[order[:n]]
    mean, spread = train.mean(axis=0), X.std(axis=0)
    return (train - mean) / spread, (validation - mean) / spread


@wrong("05.1", "train scaled before its mean is used again", "After scaling, the mean of train is 0 and its spread 1, so validation stays unscaled.")
def split(X, order, n):
    train, validation = X[order[n:]], X[order[:n]]
    train = (train - train.mean(axis=0)) / train.std(axis=0)
    validation = (validation - train.mean(axis=0)) / train.std(axis=0)
    return train, validation


@wrong("05.1", "the last n for validation", "The first n of the order are for validation, not the last.")
def split(X, order, n):
    cut = len(X) - n
    train, validation = X[order[:cut]], X[order[cut:]]
    mean, spread = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / spread, (validation - mean) / spread


@wrong("05.1", "order applied to the columns", "X[:, order] picks columns; the order numbers rows.")
def split(X, order, n):
    X = X[:, order]
    train, validation = X[n:], X[:n]
    mean, spread = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / spread, (validation - mean) / spread


@wrong("05.1", "order not used, validation returned first: two mistakes", "Rows go by the shuffled order, and the training rows are returned first.")
def split(X, order, n):
    train, validation = X[n:], X[:n]
    mean, spread = train.mean(axis=0), train.std(axis=0)
    return (validation - mean) / spread, (train - mean) / spread


@right("05.3", "bias as a weight that is not punished")
def penalised_gradient(X, y, w, b, decay):
    Z = np.column_stack([X, np.ones(len(X))])
    v = np.append(w, b)
    punished = decay * v
    punished[-1] = 0
    g = Z.T @ (Z @ v - y) / len(y) + punished
    return g[:-1], float(g[-1])


@right("05.3", "example by example with plain numbers")
def penalised_gradient(X, y, w, b, decay):
    N, D = len(X), len(w)
    dw, db = [decay * w[d] for d in range(D)], 0.0
    for n in range(N):
        error = b - y[n] + sum(X[n][d] * w[d] for d in range(D))
        db += error / N
        for d in range(D):
            dw[d] += error * X[n][d] / N
    return dw, float(db)


@right("05.3", "multiplied out: X.T @ X and means")
def penalised_gradient(X, y, w, b, decay):
    N = X.shape[0]
    A = X.T @ X / N + decay * np.eye(X.shape[1])
    middle = X.mean(axis=0)
    dw = A @ w + b * middle - np.einsum("nd,n->d", X, y) / N
    return dw, float(middle @ w + b - np.mean(y))


@wrong("05.3", "the penalty itself added", "The gradient needs the slope of the penalty, lambda times w, not its value.")
def penalised_gradient(X, y, w, b, decay):
    error = X @ w + b - y
    return X.T @ error / len(y) + decay / 2 * np.sum(w**2), float(error.mean())


@wrong("05.3", "sign of the weights", "That is the slope of the absolute value; the square has the slope lambda times w.")
def penalised_gradient(X, y, w, b, decay):
    error = X @ w + b - y
    return X.T @ error / len(y) + decay * np.sign(w), float(error.mean())


@wrong("05.3", "divided by the number of columns", "The mean runs over the N examples, not over the D inputs.")
def penalised_gradient(X, y, w, b, decay):
    N = X.shape[1]
    error = X @ w + b - y
    return X.T @ error / N + decay * w, float(error.sum() / N)


@wrong("05.3", "penalty inside the mean", "Only the data term is divided by N; the penalty stands outside the sum.")
def penalised_gradient(X, y, w, b, decay):
    error = X @ w + b - y
    dw = (X.T @ error + decay * w) / len(y)
    return dw, float(error.mean())


@wrong("05.3", "errors as db, not summed", "db is one number, the mean of the errors; this is one for each example.")
def penalised_gradient(X, y, w, b, decay):
    error = X @ w + b - y
    return X.T @ error / len(y) + decay * w, error / len(y)


@wrong("05.3", "w shrunk by the length", "Divided by the length of w this is the slope of |w|; the penalty is its square.")
def penalised_gradient(X, y, w, b, decay):
    error = X @ w + b - y
    pull = decay * w / (np.linalg.norm(w) + 1e-12)
    return X.T @ error / len(y) + pull, float(error.mean())


@wrong("05.3", "bias left out of the error, half kept: two mistakes", "The error is X @ w + b - y, and the half cancels the 2 of the square.")
def penalised_gradient(X, y, w, b, decay):
    error = X @ w - y
    dw = X.T @ error / (2 * len(y)) + decay * w
    return dw, float(error.mean() / 2)


@right("05.4", "argmin of the losses so far, after each epoch")
def early_stop(losses, patience):
    for run in count(1):
        best = int(np.argmin(losses[:run]))
        if run - 1 - best >= patience or run == len(losses):
            return best, run


@right("05.4", "vectorised: place of the last new lowest value")
def early_stop(losses, patience):
    losses = np.asarray(losses, dtype=float)
    epochs = np.arange(len(losses))
    before = np.minimum.accumulate(np.r_[np.inf, losses])[:-1]
    last_new = np.maximum.accumulate(np.where(losses < before, epochs, 0))
    stops = np.flatnonzero(epochs - last_new >= patience)
    end = stops[0] if len(stops) else len(losses) - 1
    return int(last_new[end]), int(end + 1)


@right("05.4", "counter that goes back to 0")
def early_stop(losses, patience):
    lowest, best, waited, run = float("inf"), 0, 0, 0
    for loss in losses:
        if loss < lowest:
            lowest, best, waited = loss, run, 0
        else:
            waited += 1
        run += 1
        if waited >= patience:
            break
    return best, run


@wrong("05.4", "compared with the epoch before", "A new lowest value is lower than all before it, not just lower than the last one.")
def early_stop(losses, patience):
    best, waited = 0, 0
    for k in range(1, len(losses)):
        if losses[k] < losses[k - 1]:
            waited = 0
            if losses[k] < losses[best]:
                best = k
        else:
            waited += 1
            if waited == patience:
                return best, k + 1
    return best, len(losses)


@wrong("05.4", "counter never goes back to 0", "The epochs without a new lowest value must come in a row; set the counter back at each new one.")
def early_stop(losses, patience):
    best, waited = 0, 0
    for k in range(1, len(losses)):
        if losses[k] < losses[best]:
            best = k
        else:
            waited += 1
            if waited >= patience:
                return best, k + 1
    return best, len(losses)


@wrong("05.4", "best of all losses, those never seen included", "The run has ended before; the lowest loss must be one of those it has seen.")
def early_stop(losses, patience):
    lowest, waited, run = np.inf, 0, 0
    for loss in losses:
        run += 1
        if loss < lowest:
            lowest, waited = loss, 0
        else:
            waited += 1
        if waited >= patience:
            break
    return int(np.argmin(losses)), run


@wrong("05.4", "no return where patience lasts", "If patience never ends the loop runs out and None comes back; return best and all epochs.")
def early_stop(losses, patience):
    best, waited = 0, 0
    for k, loss in enumerate(losses):
        if k == 0 or loss < losses[best]:
            best, waited = k, 0
        else:
            waited += 1
        if waited >= patience:
            return best, k + 1


@wrong("05.4", "lowest value starts at 0", "No loss is below 0, so no epoch ever counts as better; start at infinity or at the first loss.")
def early_stop(losses, patience):
    lowest, best, waited, run = 0, 0, 0, 0
    for k, loss in enumerate(losses):
        run = k + 1
        if loss < lowest:
            lowest, best, waited = loss, k, 0
        else:
            waited += 1
        if waited >= patience:
            break
    return best, run


@wrong("05.4", "equal loss counted as new lowest", "A loss equal to the lowest is no new lowest value, so the waiting goes on.")
def early_stop(losses, patience):
    best, run = 0, 0
    for k in range(len(losses)):
        run = k + 1
        if losses[k] <= losses[best]:
            best = k
        if k - best >= patience:
            break
    return best, run


@wrong("05.4", "one epoch too patient, index returned as the number run: two mistakes", "Stop when patience epochs have gone by, not one more, and k + 1 epochs have run by then.")
def early_stop(losses, patience):
    best, k = 0, 0
    for k in range(len(losses)):
        if losses[k] < losses[best]:
            best = k
        if k - best > patience:
            break
    return best, k


@right("05.5", "only the kept entries are written")
def dropout(x, p, drawn, training):
    if not training:
        return x
    y = np.zeros(x.shape)
    kept = drawn >= p
    y[kept] = x[kept] / (1 - p)
    return y


@right("05.5", "kept where the draw is below 1 - p, an equally good convention")
def dropout(x, p, drawn, training):
    if training:
        return x * (drawn < 1 - p) / max(1 - p, 1e-12)
    return x.copy()


@right("05.5", "nested lists")
def dropout(x, p, drawn, training):
    if not training:
        return [list(row) for row in x]
    result = []
    for row, numbers in zip(x, drawn):
        result.append([0.0 if u < p else v / (1 - p) for v, u in zip(row, numbers)])
    return result


@wrong("05.5", "one row of draws for the whole batch", "Each example has its own draws; with drawn[0] the same units are silent in all of them.")
def dropout(x, p, drawn, training):
    if not training:
        return x
    return x * (drawn[0] >= p) / (1 - p)


@wrong("05.5", "scaled by the share that really stayed", "The factor is 1 / (1 - p), fixed; the share kept changes from draw to draw.")
def dropout(x, p, drawn, training):
    if not training:
        return x
    kept = drawn >= p
    return x * kept / max(kept.mean(), 1e-12)


@wrong("05.5", "x / 1 - p without brackets", "x / 1 - p is x minus p; write x / (1 - p).")
def dropout(x, p, drawn, training):
    if not training:
        return x
    return np.where(drawn >= p, x / 1 - p, 0)


@wrong("05.5", "draws rounded to 0 and 1", "Rounding silences half of the units whatever p is; compare the draws with p.")
def dropout(x, p, drawn, training):
    if not training:
        return x
    return x * np.round(drawn) / (1 - p)


@wrong("05.5", "draws of its own", "The random numbers are given; with new ones the result changes from call to call.")
def dropout(x, p, drawn, training):
    if not training:
        return x
    mask = np.random.rand(*x.shape) >= p
    return x * mask / (1 - p)


@wrong("05.5", "scaled in evaluation as well", "In evaluation all units work and nothing is scaled.")
def dropout(x, p, drawn, training):
    if training:
        x = np.where(drawn >= p, x, 0)
    return x / (1 - p)


@wrong("05.5", "share p kept, evaluation times p: two mistakes", "p is the share silenced, not kept, and the scaling by 1 / (1 - p) belongs into training.")
def dropout(x, p, drawn, training):
    if training:
        return x * (drawn < p)
    return x * p


@right("05.2", "einsum of the centred fits")
def bias_variance(fits, truth):
    R, n = fits.shape
    away = fits - fits.mean(axis=0, keepdims=True)
    centre = fits.mean(axis=0)
    return np.dot(centre - truth, centre - truth) / n, np.einsum("rn,rn->", away, away) / (R * n)


@right("05.2", "mean of squares minus square of the mean")
def bias_variance(fits, truth):
    mean = np.average(fits, axis=0)
    return [np.mean((truth - mean) ** 2), np.mean(np.mean(fits**2, axis=0) - mean**2)]


@wrong("05.2", "bias without its square", "The bias is to be squared at each place.")
def bias_variance(fits, truth):
    return np.mean(np.abs(fits.mean(axis=0) - truth)), fits.var(axis=0).mean()


@wrong("05.2", "standard deviation returned", "The variance is the square of the standard deviation.")
def bias_variance(fits, truth):
    return np.mean((fits.mean(axis=0) - truth) ** 2), fits.std(axis=0).mean()


@wrong("05.2", "sample variance", "Divide by R, not by R - 1.")
def bias_variance(fits, truth):
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.mean((fits.mean(axis=0) - truth) ** 2), fits.var(axis=0, ddof=1).mean()


@wrong("05.2", "returned per place", "Average over the places.")
def bias_variance(fits, truth):
    return (fits.mean(axis=0) - truth) ** 2, fits.var(axis=0)


def _loss(w, X, y):
    s = np.maximum(X @ w[0].T + w[1], 0) @ w[2].T + w[3]
    return np.mean(np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), y])


def _step(w, X, y, mask, lr, decay, N):
    z = X @ w[0].T + w[1]
    h = np.where(z > 0, z, 0) * mask
    e = np.exp(h @ w[2].T + w[3])
    g = (e / e.sum(axis=1, keepdims=True) - (y[:, None] == np.arange(len(w[3])))) / N
    back = (g @ w[2]) * mask * (z > 0)
    slopes = back.T @ X + decay * w[0], back.sum(0), g.T @ h + decay * w[2], g.sum(0)
    return [a - lr * s for a, s in zip(w, slopes)]


@right("05.6", "helper functions, best pair by min")
def train(start, data, validation, drawn, lr, decay, p, patience):
    w, tried = list(start), []
    for u in drawn:
        w = _step(w, *data, (u >= p) / (1 - p), lr, decay, len(data[1]))
        tried.append((_loss(w, *validation), len(tried), w))
        if len(tried) - 1 - min(tried)[1] >= patience:
            break
    return (*min(tried)[2], np.array([loss for loss, _, _ in tried]))


@wrong("05.6", "weights of the last step", "Return the weights of the lowest validation loss, not the last ones.")
def train(start, data, validation, drawn, lr, decay, p, patience):
    w, losses = list(start), []
    for u in drawn:
        w = _step(w, *data, (u >= p) / (1 - p), lr, decay, len(data[1]))
        losses.append(_loss(w, *validation))
        if len(losses) - 1 - np.argmin(losses) >= patience:
            break
    return (*w, losses)


@wrong("05.6", "working units not made larger", "Divide the mask by 1 - p.")
def train(start, data, validation, drawn, lr, decay, p, patience):
    w, tried = list(start), []
    for u in drawn:
        w = _step(w, *data, (u >= p) * 1.0, lr, decay, len(data[1]))
        tried.append((_loss(w, *validation), len(tried), w))
        if len(tried) - 1 - min(tried)[1] >= patience:
            break
    return (*min(tried)[2], [loss for loss, _, _ in tried])


@wrong("05.6", "sum over the examples", "The gradient is that of the mean: divide by the number of examples.")
def train(start, data, validation, drawn, lr, decay, p, patience):
    w, tried = list(start), []
    for u in drawn:
        w = _step(w, *data, (u >= p) / (1 - p), lr, decay, 1)
        tried.append((_loss(w, *validation), len(tried), w))
        if len(tried) - 1 - min(tried)[1] >= patience:
            break
    return (*min(tried)[2], [loss for loss, _, _ in tried])


@wrong("05.6", "the start is measured, too", "losses has one entry for each step: the start is not one.")
def train(start, data, validation, drawn, lr, decay, p, patience):
    w, tried = list(start), [(_loss(start, *validation), 0, list(start))]
    for u in drawn:
        w = _step(w, *data, (u >= p) / (1 - p), lr, decay, len(data[1]))
        tried.append((_loss(w, *validation), len(tried), w))
        if len(tried) - 1 - min(tried)[1] >= patience:
            break
    return (*min(tried)[2], [loss for loss, _, _ in tried])


@wrong("05.6", "stops one step too late", "Stop when patience steps have passed, not one more.")
def train(start, data, validation, drawn, lr, decay, p, patience):
    w, tried = list(start), []
    for u in drawn:
        w = _step(w, *data, (u >= p) / (1 - p), lr, decay, len(data[1]))
        tried.append((_loss(w, *validation), len(tried), w))
        if len(tried) - 1 - min(tried)[1] > patience:
            break
    return (*min(tried)[2], [loss for loss, _, _ in tried])


@wrong("05.6", "only W1 decays", "W2 decays as well.")
def train(start, data, validation, drawn, lr, decay, p, patience):
    w, tried = list(start), []
    for u in drawn:
        old = w
        w = _step(w, *data, (u >= p) / (1 - p), lr, decay, len(data[1]))
        w[2] = w[2] + lr * decay * old[2]
        tried.append((_loss(w, *validation), len(tried), w))
        if len(tried) - 1 - min(tried)[1] >= patience:
            break
    return (*min(tried)[2], [loss for loss, _, _ in tried])
