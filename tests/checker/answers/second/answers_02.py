"""Answers to the exercises of lesson 02, written from the statements alone."""

import cmath
import math

import numpy as np

from answers import right, wrong


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


def _angles(k):
    return 2 * np.pi * np.arange(k) / k


@right("02.1", "nested lists come back")
def layer(X, weight, bias):
    rows = []
    for x in X:
        row = []
        for w, b in zip(weight, bias):
            z = sum(p * q for p, q in zip(w, x)) + b
            row.append(z if z > 0 else 0.0)
        rows.append(row)
    return rows


@right("02.1", "half of z plus its absolute value")
def layer(X, weight, bias):
    z = np.einsum("nd,hd->nh", X, weight) + bias
    return (z + np.abs(z)) / 2


@right("02.1", "float32, negative entries overwritten")
def layer(X, weight, bias):
    z = np.dot(np.float32(X), np.float32(weight).T) + np.float32(bias)
    z[z < 0] = 0
    return z


@wrong("02.1", "np.max in place of np.maximum", "np.max(z, 0) takes the largest of each column; np.maximum compares entry by entry with 0.")
def layer(X, weight, bias):
    return np.max(X @ weight.T + bias, 0)


@wrong("02.1", "units in the rows of the result", "The result is (N, H), one row an example; this is its transpose.")
def layer(X, weight, bias):
    return np.maximum(weight @ X.T + bias[:, None], 0)


@wrong("02.1", "reshape in place of a transpose", "reshape makes the shapes fit but mixes the weights of different units; transpose.")
def layer(X, weight, bias):
    H, D = weight.shape
    return np.maximum(X @ weight.reshape(D, H) + bias, 0)


@wrong("02.1", "absolute value", "Cut off below 0 means 0 there, not the mirrored value.")
def layer(X, weight, bias):
    return np.abs(X @ weight.T + bias)


@wrong("02.1", "bias subtracted, as a threshold", "The bias is added to the weighted sum, as in lesson 01.")
def layer(X, weight, bias):
    return np.maximum(X @ weight.T - bias, 0)


@wrong("02.1", "a little slope kept below 0", "That is leaky ReLU; a ReLU unit gives exactly 0 below 0.")
def layer(X, weight, bias):
    z = X @ weight.T + bias
    return np.where(z > 0, z, 0.01 * z)


@wrong("02.1", "True and False in place of the values, no bias: two mistakes", "Above 0 a ReLU keeps the value itself, and the bias belongs into the sum.")
def layer(X, weight, bias):
    return (X @ weight.T > 0).astype(float)


@right("02.2", "asked, not derived: the two layers at 0 and at the unit vectors")
def collapse(W1, b1, W2, b2):
    def both(x):
        return W2 @ (W1 @ x + b1) + b2

    D = W1.shape[1]
    bias = both(np.zeros(D))
    weight = np.stack([both(e) - bias for e in np.eye(D)], axis=1)
    return weight, bias


@right("02.2", "layers as matrices with an extra row for the bias")
def collapse(W1, b1, W2, b2):
    H, D = W1.shape
    first = np.zeros((H + 1, D + 1))
    first[:H, :D], first[:H, D], first[H, D] = W1, b1, 1
    second = np.c_[W2, b2]
    both = second @ first
    return both[:, :-1], both[:, -1]


@right("02.2", "three loops and lists")
def collapse(W1, b1, W2, b2):
    weight, bias = [], []
    for c in range(len(W2)):
        row = [0.0] * len(W1[0])
        total = b2[c]
        for h in range(len(W1)):
            total += W2[c][h] * b1[h]
            for d in range(len(row)):
                row[d] += W2[c][h] * W1[h][d]
        weight.append(row)
        bias.append(total)
    return weight, bias


@wrong("02.2", "first bias cut off below 0", "There is no ReLU between these layers; negative entries of b1 count too.")
def collapse(W1, b1, W2, b2):
    return W2 @ W1, W2 @ np.maximum(b1, 0) + b2


@wrong("02.2", "W2 * b1 summed over everything", "Sum over the hidden units only; each output has its own sum.")
def collapse(W1, b1, W2, b2):
    return W2 @ W1, (W2 * b1).sum() + b2


@wrong("02.2", "weight transposed", "weight is (C, D), one row an output; this is (D, C).")
def collapse(W1, b1, W2, b2):
    return W1.T @ W2.T, W2 @ b1 + b2


@wrong("02.2", "bias first", "The numbers are right, but weight is to be returned first.")
def collapse(W1, b1, W2, b2):
    return W2 @ b1 + b2, W2 @ W1


@wrong("02.2", "the two biases added", "b1 passes through the second layer, so W2 multiplies it; their shapes (H,) and (C,) do not even fit.")
def collapse(W1, b1, W2, b2):
    return W2 @ W1, b1 + b2


@wrong("02.2", "second bias sent through the second layer too", "b2 is added after W2 has acted; only b1 is multiplied by W2.")
def collapse(W1, b1, W2, b2):
    bias = W2 @ b1 + W2 @ (W2.T @ b2)
    return W2 @ W1, bias


@wrong("02.2", "mean over the hidden units, b1 dropped: two mistakes", "The product sums over the hidden units without dividing, and W2 @ b1 belongs to the bias.")
def collapse(W1, b1, W2, b2):
    H = len(W1)
    return W2 @ W1 / H, b2


@right("02.3", "sigmoid by tanh, s taken out of the bracket")
def silu_slope(z):
    s = 0.5 * (1 + np.tanh(np.asarray(z) / 2))
    return s * (1 + z * (1 - s))


@right("02.3", "written with the value: y + s (1 - y)")
def silu_slope(z):
    s = np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float)))
    y = z * s
    return y + s * (1 - y)


@right("02.3", "entry by entry with math, made into an array function by vectorize")
def silu_slope(z):
    def slope(v):
        e = math.exp(-abs(v))
        s = 1 / (1 + e) if v >= 0 else e / (1 + e)
        return s + v * s * (1 - s)

    return np.vectorize(slope, otypes=[float])(z)


@wrong("02.3", "the value of SiLU where the sigmoid belongs", "s'(z) is s (1 - s) with the sigmoid s; you put z s into it.")
def silu_slope(z):
    s = _sigmoid(z)
    y = z * s
    return s + y * (1 - y)


@wrong("02.3", "bracket lost when taking s out", "s + z s (1 - s) is s (1 + z (1 - s)); here z is not multiplied by (1 - s).")
def silu_slope(z):
    s = _sigmoid(z)
    return s * (1 + z - s)


@wrong("02.3", "tanh's slope 1 - s squared", "1 - y**2 is the slope of tanh; that of the sigmoid is s (1 - s).")
def silu_slope(z):
    s = _sigmoid(z)
    return s + z * (1 - s**2)


@wrong("02.3", "np.gradient over the neighbours", "This measures differences between neighbouring entries; each entry has its own exact slope.")
def silu_slope(z):
    return np.gradient(z * _sigmoid(z), z, axis=-1)


@wrong("02.3", "only the second half of the product rule", "The product rule has two terms; s(z) times the slope of z, which is 1, is missing.")
def silu_slope(z):
    s = _sigmoid(z)
    return z * s * (1 - s)


@wrong("02.3", "minus sign of the exponent left out", "1 / (1 + exp(z)) is the sigmoid of -z.")
def silu_slope(z):
    s = 1 / (1 + np.exp(np.minimum(z, 700)))
    return s + z * s * (1 - s)


@wrong("02.3", "minus in the product rule, and summed up: two mistakes", "The two terms are added, and every entry keeps its own slope.")
def silu_slope(z):
    s = _sigmoid(z)
    return np.sum(s - z * s * (1 - s))


@right("02.4", "logaddexp.reduce")
def cross_entropy(scores, target):
    total = np.logaddexp.reduce(scores, axis=1)
    given = scores[np.arange(len(target)), target]
    return float(np.mean(total - given))


@right("02.4", "row by row with math")
def cross_entropy(scores, target):
    losses = []
    for row, t in zip(scores, target):
        top = max(row)
        s = math.fsum(math.exp(z - top) for z in row)
        losses.append(top - row[t] + math.log(s))
    return float(sum(losses) / len(losses))


@right("02.4", "log softmax times one-hot, small guard inside the log of the sum")
def cross_entropy(scores, target):
    z = scores - scores.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True) + 1e-12)
    one_hot = np.eye(scores.shape[1])[target]
    return float(-np.einsum("nc,nc->", one_hot, log_p) / len(scores))


@wrong("02.4", "stable softmax, but log(p + 1e-9)", "p underflows to 0 for large differences and the guard caps the loss at 20.7; take the log of the sum instead.")
def cross_entropy(scores, target):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(target)), target] + 1e-9).mean())


@wrong("02.4", "largest score of the whole table taken off", "A row far below that maximum underflows to a sum of 0; take off each row's own maximum.")
def cross_entropy(scores, target):
    z = scores - scores.max()
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(target)), target].mean())


@wrong("02.4", "scores[:, target] in place of pairs", "scores[:, target] is an N by N table; take one entry a row with np.arange(N).")
def cross_entropy(scores, target):
    z = scores - scores.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[:, target].mean())


@wrong("02.4", "maximum taken off in the sum only", "The maximum was taken off inside the sum but not off the right score; add it back to the log.")
def cross_entropy(scores, target):
    m = scores.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(scores - m).sum(axis=1))
    return float(np.mean(log_sum - scores[np.arange(len(target)), target]))


@wrong("02.4", "maximum without keepdims", "scores.max(axis=1) has shape (N,) and is laid along the columns; keep the axis.")
def cross_entropy(scores, target):
    z = scores - scores.max(axis=1)
    log_p = z - np.log(np.exp(z).sum(axis=1))
    return float(-log_p[np.arange(len(target)), target].mean())


@wrong("02.4", "scores clipped to -50 .. 50", "Clipping changes the loss; two scores of 60 and 90 would count as equal.")
def cross_entropy(scores, target):
    z = np.clip(scores, -50, 50)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(target)), target].mean())


@wrong("02.4", "mean of the row taken off, log2: two mistakes", "Only the maximum makes the exponentials safe, and the log is the natural one.")
def cross_entropy(scores, target):
    z = scores - scores.mean(axis=1, keepdims=True)
    log_p = np.log2(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(target)), target].mean())


@right("02.5", "complex numbers on the unit circle")
def fence(k, centre, radius):
    u = np.array([cmath.rect(1.0, 2 * cmath.pi * j / k) for j in range(k)])
    weight = np.column_stack([u.real, u.imag])
    return weight, -(weight @ np.asarray(centre)) - radius


@right("02.5", "each line goes through the point where it touches")
def fence(k, centre, radius):
    angle = np.linspace(0, 2 * np.pi, k, endpoint=False)
    weight = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    touching = np.asarray(centre) + radius * weight
    return weight, -np.einsum("kd,kd->k", weight, touching)


@right("02.5", "loop and lists")
def fence(k, centre, radius):
    weight, bias = [], []
    for j in range(k):
        c, s = math.cos(2 * math.pi * j / k), math.sin(2 * math.pi * j / k)
        weight.append([c, s])
        bias.append(-(c * centre[0] + s * centre[1] + radius))
    return weight, bias


@wrong("02.5", "divided by the radius", "It is the same fence, but the rows of weight must have length 1, not 1 / radius.")
def fence(k, centre, radius):
    a = _angles(k)
    u = np.c_[np.cos(a), np.sin(a)]
    weight = u / radius
    return weight, -weight @ centre - 1


@wrong("02.5", "corners on the circle", "The lines touch the circle; here its corners lie on it and the lines cut through.")
def fence(k, centre, radius):
    a = _angles(k)
    weight = np.c_[np.cos(a), np.sin(a)]
    return weight, -weight @ centre - radius * np.cos(np.pi / k)


@wrong("02.5", "distance of the centre added for all lines", "How far the centre lies along a line's direction differs from line to line: weight @ centre.")
def fence(k, centre, radius):
    a = _angles(k)
    weight = np.c_[np.cos(a), np.sin(a)]
    return weight, np.full(k, -(radius + np.linalg.norm(centre)))


@wrong("02.5", "angles in degrees", "np.cos wants radians; a full turn is 2 pi, not 360.")
def fence(k, centre, radius):
    a = 360 * np.arange(k) / k
    weight = np.c_[np.cos(a), np.sin(a)]
    return weight, -weight @ centre - radius


@wrong("02.5", "units lit inside", "All signs are turned: the units should be dark inside and lit outside.")
def fence(k, centre, radius):
    a = _angles(k)
    weight = -np.c_[np.cos(a), np.sin(a)]
    return weight, radius - weight @ centre


@wrong("02.5", "centre taken off the directions", "The centre moves the lines, so it belongs into the bias; the directions stay of length 1.")
def fence(k, centre, radius):
    a = _angles(k)
    weight = np.c_[np.cos(a), np.sin(a)] - centre
    return weight, np.full(k, -float(radius))


@wrong("02.5", "last angle equals the first, sign of the centre: two mistakes", "linspace includes the end, so one direction comes twice, and the centre enters with a minus.")
def fence(k, centre, radius):
    a = np.linspace(0, 2 * np.pi, k)
    weight = np.c_[np.cos(a), np.sin(a)]
    return weight, weight @ centre - radius


@right("02.6", "all but the last, then the last without the cut")
def network(X, weights, biases):
    *hidden, (last, shift) = zip(weights, biases)
    for weight, bias in hidden:
        X = np.maximum(X @ weight.T + bias, 0)
    return X @ last.T + shift


@right("02.6", "cut before every layer but the first")
def network(X, weights, biases):
    for k in range(len(weights)):
        if k > 0:
            X = np.where(X > 0, X, 0)
        X = X @ weights[k].T + biases[k]
    return X


@wrong("02.6", "no cut where a layer has one unit", "It mends XOR only; a last layer may have several outputs and a hidden one a single unit.")
def network(X, weights, biases):
    for weight, bias in zip(weights, biases):
        X = X @ weight.T + bias
        if len(weight) > 1:
            X = np.maximum(X, 0)
    return X


@wrong("02.6", "counts rows of X in place of layers", "len(X) is the number of examples; the last layer is number len(weights) - 1.")
def network(X, weights, biases):
    for k, (weight, bias) in enumerate(zip(weights, biases)):
        X = X @ weight.T + bias
        if k < len(X) - 1:
            X = np.maximum(X, 0)
    return X


@wrong("02.6", "leaky cut everywhere", "Now answers below 0 are possible, but the hidden layers are no ReLU any more and the scores are still bent.")
def network(X, weights, biases):
    for weight, bias in zip(weights, biases):
        z = X @ weight.T + bias
        X = np.maximum(z, 0.1 * z)
    return X


@wrong("02.6", "no cut in the first layer", "The cut must be missing in the last layer, not in the first.")
def network(X, weights, biases):
    for k, (weight, bias) in enumerate(zip(weights, biases)):
        X = X @ weight.T + bias
        if k > 0:
            X = np.maximum(X, 0)
    return X


@wrong("02.6", "stops before the last layer", "Without the last layer you return the hidden values, not the scores.")
def network(X, weights, biases):
    for weight, bias in zip(weights[:-1], biases[:-1]):
        X = np.maximum(X @ weight.T + bias, 0)
    return X


def _loss_02(scores, target):
    top = scores.max(axis=1, keepdims=True)
    logs = scores - top - np.log(np.exp(scores - top).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(target)), target].mean()


@right("02.7", "one flat list of parameters, loops over rows and columns")
class Network:
    def __init__(self, weights, biases):
        self.weights = [np.array(w, dtype=float) for w in weights]
        self.biases = [np.array(b, dtype=float) for b in biases]

    def scores(self, X):
        last = len(self.weights) - 1
        for k in range(last + 1):
            X = X @ self.weights[k].T + self.biases[k]
            if k < last:
                X = X * (X > 0)
        return X

    def loss(self, X, target):
        return _loss_02(self.scores(X), target)

    def slope(self, array, place, X, target):
        old = array[place]
        array[place] = old + 1e-5
        high = self.loss(X, target)
        array[place] = old - 1e-5
        low = self.loss(X, target)
        array[place] = old
        return (high - low) / (2 * 1e-5)

    def gradients(self, X, target):
        dW, db = [], []
        for w, b in zip(self.weights, self.biases):
            dW.append([[self.slope(w, (i, j), X, target) for j in range(w.shape[1])] for i in range(len(w))])
            db.append([self.slope(b, i, X, target) for i in range(len(b))])
        return dW, db

    def train(self, X, target, lr, steps):
        losses = []
        while len(losses) < steps:
            losses.append(self.loss(X, target))
            dW, db = self.gradients(X, target)
            self.weights = [w - lr * np.array(g) for w, g in zip(self.weights, dW)]
            self.biases = [b - lr * np.array(g) for b, g in zip(self.biases, db)]
        return losses


@right("02.7", "exact slopes by the chain rule, new arrays in every step")
class Network:
    def __init__(self, weights, biases):
        self.weights = [w.copy() for w in weights]
        self.biases = [b.copy() for b in biases]

    def layers(self, X):
        seen = [X]
        for w, b in zip(self.weights[:-1], self.biases[:-1]):
            seen.append(np.clip(seen[-1] @ w.T + b, 0, None))
        return seen

    def scores(self, X):
        return self.layers(X)[-1] @ self.weights[-1].T + self.biases[-1]

    def loss(self, X, target):
        z = self.scores(X)
        return float(np.mean(np.logaddexp.reduce(z, axis=1) - z[range(len(z)), target]))

    def gradients(self, X, target):
        seen = self.layers(X)
        z = self.scores(X)
        d = np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])
        d[range(len(z)), target] -= 1
        d /= len(z)
        dW, db = [], []
        for k in reversed(range(len(self.weights))):
            dW.insert(0, d.T @ seen[k])
            db.insert(0, d.sum(axis=0))
            d = d @ self.weights[k] * (seen[k] > 0)
        return dW, db

    def train(self, X, target, lr, steps):
        def step():
            before = self.loss(X, target)
            dW, db = self.gradients(X, target)
            for k in range(len(self.weights)):
                self.weights[k] = self.weights[k] - lr * dW[k]
                self.biases[k] = self.biases[k] - lr * db[k]
            return before

        return [step() for _ in range(steps)]


class _Good02:
    """A right network, for the wrong ones below to spoil."""

    def __init__(self, weights, biases):
        self.weights = [np.array(w, dtype=float) for w in weights]
        self.biases = [np.array(b, dtype=float) for b in biases]

    def scores(self, X):
        for w, b in zip(self.weights[:-1], self.biases[:-1]):
            X = np.maximum(X @ w.T + b, 0)
        return X @ self.weights[-1].T + self.biases[-1]

    def loss(self, X, target):
        return _loss_02(self.scores(X), target)

    def gradients(self, X, target):
        out = []
        for a in [*self.weights, *self.biases]:
            g = np.zeros(a.shape)
            for i in np.ndindex(a.shape):
                old = a[i]
                a[i] = old + 1e-5
                up = self.loss(X, target)
                a[i] = old - 1e-5
                g[i] = (up - self.loss(X, target)) / 2e-5
                a[i] = old
            out.append(g)
        return out[: len(self.weights)], out[len(self.weights) :]

    def train(self, X, target, lr, steps):
        losses = []
        for _ in range(steps):
            losses.append(self.loss(X, target))
            dW, db = self.gradients(X, target)
            for a, g in zip([*self.weights, *self.biases], [*dW, *db]):
                a -= lr * g
        return losses


@wrong("02.7", "every weight moves as soon as its slope is measured", "Measure all slopes first; here later slopes are those of weights that have moved already.")
class Network(_Good02):
    def train(self, X, target, lr, steps):
        losses = []
        for _ in range(steps):
            losses.append(self.loss(X, target))
            for k in range(len(self.weights)):
                self.weights[k] -= lr * self.gradients(X, target)[0][k]
                self.biases[k] -= lr * self.gradients(X, target)[1][k]
        return losses


@wrong("02.7", "slope from one side, with the loss at the weight itself", "Nudge up and down; the one-sided slope is less accurate.")
class Network(_Good02):
    def gradients(self, X, target):
        here, out = self.loss(X, target), []
        for a in [*self.weights, *self.biases]:
            g = np.zeros(a.shape)
            for i in np.ndindex(a.shape):
                a[i] += 1e-5
                g[i] = (self.loss(X, target) - here) / 1e-5
                a[i] -= 1e-5
            out.append(g)
        return out[: len(self.weights)], out[len(self.weights) :]


@wrong("02.7", "the biases are forgotten in gradients", "The biases have slopes too; here they stay 0.")
class Network(_Good02):
    def gradients(self, X, target):
        dW, db = super().gradients(X, target)
        return dW, [0 * g for g in db]


@wrong("02.7", "the lists of the caller are kept and changed", "Keep copies: the caller's weights must stay as they are.")
class Network(_Good02):
    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases


@wrong("02.7", "tanh in place of ReLU", "The hidden layers have a ReLU.")
class Network(_Good02):
    def scores(self, X):
        for w, b in zip(self.weights[:-1], self.biases[:-1]):
            X = np.tanh(X @ w.T + b)
        return X @ self.weights[-1].T + self.biases[-1]


@wrong("02.7", "the losses after the steps", "The losses asked for are those before each step.")
class Network(_Good02):
    def train(self, X, target, lr, steps):
        losses = []
        for _ in range(steps):
            dW, db = self.gradients(X, target)
            for a, g in zip([*self.weights, *self.biases], [*dW, *db]):
                a -= lr * g
            losses.append(self.loss(X, target))
        return losses


@wrong("02.7", "a ReLU on the scores and a summed loss: two mistakes", "The last layer has no ReLU, and the loss is the mean over the points.")
class Network(_Good02):
    def scores(self, X):
        return np.maximum(super().scores(X), 0)

    def loss(self, X, target):
        return _loss_02(self.scores(X), target) * len(X)


@wrong("02.7", "softmax, then log of p + 1e-12", "The small number inside the logarithm caps the loss.")
class Network(_Good02):
    def loss(self, X, target):
        z = self.scores(X)
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        return float(-np.log(p[np.arange(len(p)), target] + 1e-12).mean())


@wrong("02.7", "train returns the network's scores", "A list is asked for, with the loss before each step.")
class Network(_Good02):
    def train(self, X, target, lr, steps):
        super().train(X, target, lr, steps)
        return self.scores(X)
