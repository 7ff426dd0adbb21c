"""Answers to the exercises of lesson 02, written from the statements alone."""

import math

import numpy as np

from answers import right, wrong


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


@right("02.1", "np.maximum")
def layer(X, weight, bias):
    return np.maximum(X @ weight.T + bias, 0)


@right("02.1", "nested loops, a list of lists comes back")
def layer(X, weight, bias):
    result = []
    for x in X:
        row = []
        for w, b in zip(weight, bias):
            z = sum(wi * xi for wi, xi in zip(w, x)) + b
            row.append(max(0.0, z))
        result.append(row)
    return result


@right("02.1", "einsum in float32 and a mask")
def layer(X, weight, bias):
    X = np.asarray(X, dtype=np.float32)
    z = np.einsum("nd,hd->nh", X, np.asarray(weight, dtype=np.float32))
    z = z + np.asarray(bias, dtype=np.float32)
    z[z < 0] = 0
    return z


@wrong("02.1", "np.max in place of np.maximum", "np.max(z, 0) takes the largest value along axis 0 and leaves one row; np.maximum compares entry by entry.")
def layer(X, weight, bias):
    return np.max(X @ weight.T + bias, 0)


@wrong("02.1", "cut off before the bias is added", "The bias belongs to the sum; cut off below 0 at the very end.")
def layer(X, weight, bias):
    return np.maximum(X @ weight.T, 0) + bias


@wrong("02.1", "transposed result", "The result has shape (H, N); each example needs a row of its own, (N, H).")
def layer(X, weight, bias):
    return np.maximum(weight @ X.T + bias[:, None], 0)


@wrong("02.1", "weight not transposed", "weight has one row for each unit, so the product needs weight.T.")
def layer(X, weight, bias):
    z = X @ weight + bias
    return z * (z > 0)


@wrong("02.1", "cut off below 0 and above 1", "ReLU has no upper limit: values above 1 stay.")
def layer(X, weight, bias):
    return np.clip(X @ weight.T + bias, 0, 1)


@wrong("02.1", "answers in place of values, bias subtracted", "A ReLU unit gives the sum itself where it is above 0, not 1; and the bias is added.")
def layer(X, weight, bias):
    return (X @ weight.T - bias > 0).astype(float)


@right("02.2", "two products")
def collapse(W1, b1, W2, b2):
    return W2 @ W1, W2 @ b1 + b2


@right("02.2", "einsum in float32")
def collapse(W1, b1, W2, b2):
    W1, b1, W2, b2 = (np.asarray(a, dtype=np.float32) for a in (W1, b1, W2, b2))
    weight = np.einsum("ch,hd->cd", W2, W1)
    bias = np.einsum("ch,h->c", W2, b1) + b2
    return weight, bias


@right("02.2", "both layers run on zero and on the unit vectors")
def collapse(W1, b1, W2, b2):
    def both(x):
        return W2 @ (W1 @ x + b1) + b2

    D = W1.shape[1]
    bias = both(np.zeros(D))
    columns = [both(e) - bias for e in np.eye(D)]
    return np.stack(columns, axis=1), bias


@wrong("02.2", "b2 goes through the second weight too", "Only b1 passes through the second layer; b2 is added afterwards.")
def collapse(W1, b1, W2, b2):
    return W2 @ W1, W2 @ (b1 + b2)


@wrong("02.2", "weight transposed", "The weight comes out as (D, C); one row for each output, (C, D), is asked for.")
def collapse(W1, b1, W2, b2):
    return W1.T @ W2.T, W2 @ b1 + b2


@wrong("02.2", "order of the factors", "The first layer acts first, so its matrix stands on the right: W2 @ W1.")
def collapse(W1, b1, W2, b2):
    return W1 @ W2, W2 @ b1 + b2


@wrong("02.2", "b1 as a column", "A column (C, 1) plus a row (C,) becomes a table (C, C); keep the bias one-dimensional.")
def collapse(W1, b1, W2, b2):
    return W2 @ W1, W2 @ b1[:, None] + b2


@wrong("02.2", "second bias forgotten", "The bias of the second layer is missing: W2 @ b1 + b2.")
def collapse(W1, b1, W2, b2):
    weight = np.einsum("ch,hd->cd", W2, W1)
    bias = np.einsum("ch,h->c", W2, b1)
    return weight, bias


@wrong("02.2", "bias first, and cut off below 0", "The weight is to come first, and between the two linear layers nothing is cut off.")
def collapse(W1, b1, W2, b2):
    return W2 @ np.maximum(b1, 0) + b2, W2 @ W1


@right("02.3", "product rule, sigmoid by tanh")
def silu_slope(z):
    s = 0.5 * (1 + np.tanh(z / 2))
    return s + z * s * (1 - s)


@right("02.3", "one number at a time, np.vectorize")
def silu_slope(z):
    def one(v):
        s = (1 + math.tanh(v / 2)) / 2
        return s * (1 + v * (1 - s))

    return np.vectorize(one, otypes=[float])(z)


@right("02.3", "written with SiLU itself, exponent kept in range")
def silu_slope(z):
    s = 1 / (1 + np.exp(np.clip(-z, -500, 500)))
    silu = z * s
    return silu + s * (1 - silu)


@wrong("02.3", "derivatives multiplied", "The derivative of a product is not the product of the derivatives: s + z s (1 - s).")
def silu_slope(z):
    s = _sigmoid(z)
    return 1 * s * (1 - s)


@wrong("02.3", "first term of the product rule forgotten", "The term where z is differentiated, s(z), is missing.")
def silu_slope(z):
    s = _sigmoid(z)
    return z * s * (1 - s)


@wrong("02.3", "sigmoid's rule applied to SiLU", "y (1 - y) is the slope of the sigmoid y; SiLU has another one.")
def silu_slope(z):
    y = z * _sigmoid(z)
    return y * (1 - y)


@wrong("02.3", "sign in the exponent", "With exp(z) this is the sigmoid of -z; the sigmoid is 1 / (1 + exp(-z)).")
def silu_slope(z):
    s = 1 / (1 + np.exp(np.minimum(z, 500)))
    return s + z * s * (1 - s)


@wrong("02.3", "math.exp on an array", "math.exp takes one number; np.exp works on every entry.")
def silu_slope(z):
    s = 1 / (1 + math.exp(-z))
    return s + z * s * (1 - s)


@wrong("02.3", "minus in the product rule, s missing in the second term", "The two terms are added, and the second is z times s (1 - s).")
def silu_slope(z):
    s = _sigmoid(z)
    return s - z * (1 - s)


@right("02.4", "largest score of each row off, logarithm of the sum")
def cross_entropy(scores, target):
    shifted = scores - scores.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-logp[np.arange(len(target)), target].mean())


@right("02.4", "plain loops with math")
def cross_entropy(scores, target):
    total = 0.0
    for row, t in zip(scores, target):
        top = max(row)
        s = 0.0
        for z in row:
            s += math.exp(z - top)
        total += math.log(s) - (row[t] - top)
    return float(total / len(target))


@right("02.4", "score of the right class off, logaddexp")
def cross_entropy(scores, target):
    z = np.asarray(scores, dtype=float)
    chosen = np.take_along_axis(z, np.asarray(target)[:, None], axis=1)
    return float(np.mean(np.logaddexp.reduce(z - chosen, axis=1)))


@wrong("02.4", "softmax as in the formula", "exp of a large score overflows; take the largest score of the row off first.")
def cross_entropy(scores, target):
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(target)), target]).mean())


@wrong("02.4", "largest score of the whole table off", "A row far below the largest score of the table underflows to 0; each row needs its own maximum.")
def cross_entropy(scores, target):
    shifted = scores - scores.max()
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-logp[np.arange(len(target)), target].mean())


@wrong("02.4", "small number inside the logarithm", "With + 1e-12 no loss is ever above 27.6; a score 1000 below the largest must cost 1000.")
def cross_entropy(scores, target):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(target)), target] + 1e-12).mean())


@wrong("02.4", "all columns of the targets taken", "logp[:, target] takes every target for every row, an (N, N) table; pair each row with its own target.")
def cross_entropy(scores, target):
    shifted = scores - scores.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-logp[:, target].mean())


@wrong("02.4", "maximum taken off in the sum only", "The largest score was taken off inside the logarithm, so it has to be taken off the right class's score as well.")
def cross_entropy(scores, target):
    top = scores.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(scores - top).sum(axis=1))
    return float((log_sum - scores[np.arange(len(target)), target]).mean())


@wrong("02.4", "sum over the rows, logarithm of base 2", "The mean over the rows is asked for, with the natural logarithm.")
def cross_entropy(scores, target):
    shifted = scores - scores.max(axis=1, keepdims=True)
    chosen = shifted[np.arange(len(target)), target]
    bits = np.log2(np.exp(shifted).sum(axis=1)) - chosen / np.log(2)
    return float(bits.sum())


@right("02.5", "angles, cosine and sine stacked")
def fence(k, centre, radius):
    angle = 2 * np.pi * np.arange(k) / k
    weight = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return weight, -(weight @ centre) - radius


@right("02.5", "loop with math, lists come back")
def fence(k, centre, radius):
    weight, bias = [], []
    for j in range(k):
        a = 2 * math.pi * j / k
        wx, wy = math.cos(a), math.sin(a)
        weight.append([wx, wy])
        bias.append(-(wx * centre[0] + wy * centre[1] + radius))
    return weight, bias


@right("02.5", "complex numbers and the points of contact")
def fence(k, centre, radius):
    turn = np.exp(2j * np.pi * np.arange(k) / k)
    weight = np.c_[turn.real, turn.imag]
    contact = np.asarray(centre) + radius * weight
    return weight, -np.sum(weight * contact, axis=1)


@wrong("02.5", "centre added instead of subtracted", "The unit looks at x - centre, so weight @ centre is subtracted in the bias.")
def fence(k, centre, radius):
    angle = 2 * np.pi * np.arange(k) / k
    weight = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return weight, weight @ centre - radius


@wrong("02.5", "linspace with the end point", "linspace includes 2 pi, so the last unit repeats the first and the steps are 2 pi / (k - 1).")
def fence(k, centre, radius):
    angle = np.linspace(0, 2 * np.pi, k)
    weight = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return weight, -(weight @ centre) - radius


@wrong("02.5", "everything divided by the radius", "The same lines, but each row of weight has length 1 / radius instead of 1.")
def fence(k, centre, radius):
    angle = 2 * np.pi * np.arange(k) / k
    weight = np.stack([np.cos(angle), np.sin(angle)], axis=1) / radius
    return weight, -(weight @ centre) - 1


@wrong("02.5", "lit inside", "The signs are turned round: the units are lit inside the fence and dark outside.")
def fence(k, centre, radius):
    angle = 2 * np.pi * np.arange(k) / k
    weight = -np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return weight, radius - weight @ centre


@wrong("02.5", "distance of the centre from the origin in the bias", "How far the centre lies along each unit's own direction counts, weight @ centre, not its distance.")
def fence(k, centre, radius):
    angle = 2 * np.pi * np.arange(k) / k
    weight = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return weight, np.full(k, -radius - np.linalg.norm(centre))


@wrong("02.5", "stacked as (2, k), centre forgotten", "weight has one row for each unit, (k, 2), and the bias must know the centre.")
def fence(k, centre, radius):
    angle = 2 * np.pi * np.arange(k) / k
    weight = np.array([np.cos(angle), np.sin(angle)])
    return weight, -radius * np.ones(k)


@right("02.6", "last layer outside the loop")
def network(X, weights, biases):
    for weight, bias in zip(weights[:-1], biases[:-1]):
        X = np.maximum(X @ weight.T + bias, 0)
    return X @ weights[-1].T + biases[-1]


@right("02.6", "cut off before every layer but the first")
def network(X, weights, biases):
    for i, (weight, bias) in enumerate(zip(weights, biases)):
        if i > 0:
            X = np.maximum(X, 0)
        X = X @ weight.T + bias
    return X


@wrong("02.6", "ReLU moved in front of every layer", "Now the inputs of the network are cut off too; only hidden layers have a ReLU.")
def network(X, weights, biases):
    for weight, bias in zip(weights, biases):
        X = np.maximum(X, 0) @ weight.T + bias
    return X


@wrong("02.6", "ReLU only after the first layer", "With more than one hidden layer the others need their ReLU as well.")
def network(X, weights, biases):
    for i, (weight, bias) in enumerate(zip(weights, biases)):
        X = X @ weight.T + bias
        if i == 0 and len(weights) > 1:
            X = np.maximum(X, 0)
    return X


@wrong("02.6", "ReLU taken out", "Without any ReLU all layers together are one linear layer.")
def network(X, weights, biases):
    for weight, bias in zip(weights, biases):
        X = X @ weight.T + bias
    return X


@wrong("02.6", "cut off at -1", "The output is still cut off, now at -1, and so are the hidden units, which need 0.")
def network(X, weights, biases):
    for weight, bias in zip(weights, biases):
        X = np.maximum(X @ weight.T + bias, -1)
    return X
