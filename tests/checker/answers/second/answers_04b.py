"""Answers to the exercises of lesson 04b, written from the statements alone."""

import math

import numpy as np

from answers import right, wrong


@right("04b.1", "divided by the root of half the inputs, lists come back")
def he_weights(draws):
    root = math.sqrt(len(draws[0]) / 2)
    return [[float(v) / root for v in row] for row in draws]


@right("04b.1", "float32")
def he_weights(draws):
    spread = np.float32((2 / draws.shape[-1]) ** 0.5)
    return draws.astype(np.float32) * spread


@right("04b.1", "in place")
def he_weights(draws):
    _, fan_in = draws.shape
    draws *= np.sqrt(2.0) / np.sqrt(fan_in)
    return draws


@wrong("04b.1", "floor division under the root", "2 // fan_in is 0 for more than two inputs, and then all weights are 0.")
def he_weights(draws):
    return draws * np.sqrt(2 // draws.shape[1])


@wrong("04b.1", "root of 2 only", "The root belongs over the whole fraction: sqrt(2 / n), not sqrt(2) / n.")
def he_weights(draws):
    return draws * np.sqrt(2) / draws.shape[1]


@wrong("04b.1", "limit of the uniform form", "sqrt(6 / n) is the limit for a uniform draw; these draws are normal.")
def he_weights(draws):
    return draws * np.sqrt(6 / draws.shape[1])


@wrong("04b.1", "own draws", "Scale the draws you are given; with new ones the result is another each time.")
def he_weights(draws):
    return np.random.normal(0, np.sqrt(2 / draws.shape[1]), draws.shape)


@wrong("04b.1", "number of all weights as n", "n counts the inputs of one unit, the columns, not all entries of the matrix.")
def he_weights(draws):
    return draws * np.sqrt(2 / draws.size)


@wrong("04b.1", "draws standardised before scaling", "The draws have variance 1 as a distribution; only a constant factor is wanted.")
def he_weights(draws):
    z = (draws - draws.mean()) / draws.std()
    return z * np.sqrt(2 / draws.shape[1])


@wrong("04b.1", "inputs and outputs together, no root: two mistakes", "2 / (in + out) is Glorot's rule, and the factor is the root of the variance.")
def he_weights(draws):
    return draws * 2 / sum(draws.shape)


@right("04b.2", "one scale and one offset for each feature")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    centre, square = mean, var
    if training:
        centre, square = x.mean(axis=0), x.var(axis=0)
        mean = (1 - momentum) * mean + momentum * centre
        var = (1 - momentum) * var + momentum * x.var(axis=0, ddof=1)
    scale = gain / np.sqrt(square + eps)
    return x * scale + (shift - centre * scale), mean, var


@right("04b.2", "feature by feature with lists")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    columns, new_mean, new_var = [], [], []
    for c, column in enumerate(np.transpose(x)):
        m, v = float(mean[c]), float(var[c])
        new_mean.append(m)
        new_var.append(v)
        if training:
            n = len(column)
            m = sum(column) / n
            v = sum((value - m) ** 2 for value in column) / n
            new_mean[c] += momentum * (m - new_mean[c])
            new_var[c] += momentum * (v * n / (n - 1) - new_var[c])
        root = math.sqrt(v + eps)
        columns.append([gain[c] * (value - m) / root + shift[c] for value in column])
    return np.array(columns).T, np.array(new_mean), np.array(new_var)


@right("04b.2", "einsum for the sums, copies moved in place")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    mean, var = np.array(mean, dtype=float), np.array(var, dtype=float)
    if not training:
        return gain * (x - mean) / np.sqrt(var + eps) + shift, mean, var
    n = len(x)
    m = np.einsum("nc->c", x) / n
    centred = x - m
    total = np.einsum("nc,nc->c", centred, centred)
    mean += momentum * (m - mean)
    var += momentum * (total / (n - 1) - var)
    return gain * centred / np.sqrt(total / n + eps) + shift, mean, var


@wrong("04b.2", "running statistics updated first and then used in training", "In training the batch's own mean and variance normalise; the running ones are only moved.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    if training:
        mean = (1 - momentum) * mean + momentum * x.mean(axis=0)
        var = (1 - momentum) * var + momentum * x.var(axis=0, ddof=1)
    return gain * (x - mean) / np.sqrt(var + eps) + shift, mean, var


@wrong("04b.2", "n / (n - 1) on the whole running variance", "Only the batch's variance is made unbiased, before it enters the running one.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    m, v, n = mean, var, len(x)
    if training:
        m, v = x.mean(axis=0), x.var(axis=0)
        mean = (1 - momentum) * mean + momentum * m
        var = ((1 - momentum) * var + momentum * v) * n / (n - 1)
    return gain * (x - m) / np.sqrt(v + eps) + shift, mean, var


@wrong("04b.2", "shift inside the bracket with the gain", "First times gain, then plus shift; here the shift is multiplied as well.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    m, v = mean, var
    if training:
        m, v, n = x.mean(axis=0), x.var(axis=0), len(x)
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * n / (n - 1)
    return gain * ((x - m) / np.sqrt(v + eps) + shift), mean, var


@wrong("04b.2", "running statistics changed in place", "The arguments must stay as they were; *= and += change the caller's arrays.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    m, v = mean, var
    if training:
        m, v, n = x.mean(axis=0), x.var(axis=0), len(x)
        mean *= 1 - momentum
        mean += momentum * m
        var *= 1 - momentum
        var += momentum * v * n / (n - 1)
    return gain * (x - m) / np.sqrt(v + eps) + shift, mean, var


@wrong("04b.2", "n taken from the columns", "n is the number of examples in the batch, x.shape[0].")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    m, v = mean, var
    if training:
        n = x.shape[1]
        m, v = x.mean(axis=0), x.var(axis=0)
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * n / (n - 1 + 1e-8)
    return gain * (x - m) / np.sqrt(v + eps) + shift, mean, var


@wrong("04b.2", "the batch's variance around the running mean", "The batch's variance is measured from the batch's own mean.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    m, v = mean, var
    if training:
        n = len(x)
        m = x.mean(axis=0)
        mean = (1 - momentum) * mean + momentum * m
        v = np.mean((x - mean) ** 2, axis=0)
        var = (1 - momentum) * var + momentum * v * n / (n - 1)
    return gain * (x - m) / np.sqrt(v + eps) + shift, mean, var


@wrong("04b.2", "evaluation hands back y alone", "Three things come back in both modes; in evaluation mean and var are unchanged.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    if not training:
        return gain * (x - mean) / np.sqrt(var + eps) + shift
    m, v, n = x.mean(axis=0), x.var(axis=0), len(x)
    y = gain * (x - m) / np.sqrt(v + eps) + shift
    mean = (1 - momentum) * mean + momentum * m
    var = (1 - momentum) * var + momentum * v * n / (n - 1)
    return y, mean, var


@wrong("04b.2", "unbiased variance in y, biased in the running one: two mistakes", "It is the other way round: y divides by the batch's plain variance, the running one gets the unbiased.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    m, v = mean, var
    if training:
        m, v = x.mean(axis=0), x.var(axis=0, ddof=1)
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * x.var(axis=0)
    return gain * (x - m) / np.sqrt(v + eps) + shift, mean, var


@right("04b.3", "as two projections")
def norm_backward(dy, x_hat, sigma, gain):
    g = np.asarray(dy) * gain
    g_centred = g - np.mean(g, axis=0, keepdims=True)
    stretch = np.mean(g * x_hat, axis=0, keepdims=True)
    return (g_centred - stretch * x_hat) / sigma, np.sum(dy * x_hat, 0), np.sum(dy, 0)


@right("04b.3", "the whole Jacobian of a column")
def norm_backward(dy, x_hat, sigma, gain):
    n, c = dy.shape
    dx = np.empty((n, c))
    for k in range(c):
        h = x_hat[:, k]
        jacobian = (np.eye(n) - 1 / n - np.outer(h, h) / n) / sigma[k]
        dx[:, k] = jacobian.T @ (gain[k] * dy[:, k])
    return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


@wrong("04b.3", "spread path forgotten", "sigma depends on x: its path subtracts x_hat times mean(g x_hat).")
def norm_backward(dy, x_hat, sigma, gain):
    g = dy * gain
    return (g - g.mean(0)) / sigma, (dy * x_hat).sum(0), dy.sum(0)


@wrong("04b.3", "the mean of a product taken as the product of means", "mean(g x_hat) is not mean(g) times mean(x_hat), which is 0.")
def norm_backward(dy, x_hat, sigma, gain):
    g = dy * gain
    by_spread = x_hat * g.mean(axis=0) * x_hat.mean(axis=0)
    return (g - g.mean(axis=0) - by_spread) / sigma, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


@wrong("04b.3", "sums not divided by n", "The paths through mean and spread carry 1 / N.")
def norm_backward(dy, x_hat, sigma, gain):
    g = dy * gain
    dx = g - g.sum(axis=0) - x_hat * np.sum(g * x_hat, axis=0)
    return dx / sigma, np.sum(dy * x_hat, axis=0), dy.sum(axis=0)


@wrong("04b.3", "x_hat missing before the last mean", "Every example gets the same amount; it must be multiplied by its own x_hat.")
def norm_backward(dy, x_hat, sigma, gain):
    g = dy * gain
    dx = (g - g.mean(axis=0) - (g * x_hat).mean(axis=0)) / sigma
    return dx, np.sum(dy * x_hat, axis=0), dy.sum(axis=0)


@wrong("04b.3", "means for the gradients of the parameters", "gain and shift act on every example, so their gradients are sums.")
def norm_backward(dy, x_hat, sigma, gain):
    g = dy * gain
    dx = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / sigma
    return dx, np.mean(dy * x_hat, axis=0), np.mean(dy, axis=0)


@wrong("04b.3", "plus before the spread path", "A larger sigma makes every x_hat smaller: the sign is minus.")
def norm_backward(dy, x_hat, sigma, gain):
    g = dy * gain
    dx = (g - g.mean(axis=0) + x_hat * (g * x_hat).mean(axis=0)) / sigma
    return dx, np.sum(dy * x_hat, axis=0), dy.sum(axis=0)


@right("04b.4", "square of a cosine")
def rate(step, total, warmup, top):
    if step < warmup:
        return top * (step + 1) / warmup
    quarter = math.pi / 2 * (step - warmup) / (total - warmup)
    return top * math.cos(quarter) ** 2


@right("04b.4", "whole schedule in a list, one entry taken")
def rate(step, total, warmup, top):
    rest = total - warmup
    plan = [top * (k + 1) / warmup for k in range(warmup)]
    plan += [top / 2 * (1 + np.cos(np.pi * k / rest)) for k in range(rest)]
    plan.append(0.0)
    return plan[step]


@right("04b.4", "numpy, the line when there is one")
def rate(step, total, warmup, top):
    left = total - step
    if warmup > 0 and step + 1 <= warmup:
        return np.linspace(top / warmup, top, warmup)[step]
    return top * 0.5 * (1 - np.cos(np.pi * left / (total - warmup)))


@wrong("04b.4", "slope computed before asking for warm-up", "Without warm-up this divides by 0; divide only where step < warmup.")
def rate(step, total, warmup, top):
    slope = top / warmup
    if step < warmup:
        return slope * (step + 1)
    return top * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@wrong("04b.4", "a quarter of a cosine", "cos from 0 to pi/2 also goes from 1 to 0, but it is not half a wave: (1 + cos) / 2 up to pi.")
def rate(step, total, warmup, top):
    if step < warmup:
        return top * (step + 1) / warmup
    return top * math.cos(math.pi / 2 * (step - warmup) / (total - warmup))


@wrong("04b.4", "floor division for the progress", "// makes the progress 0 until the end, so the rate stays at the top.")
def rate(step, total, warmup, top):
    if step < warmup:
        return top * (step + 1) / warmup
    progress = (step - warmup) // (total - warmup)
    return top * (1 + math.cos(math.pi * progress)) / 2


@wrong("04b.4", "0 at the last step", "The cosine reaches 0 at step total, one after the last; divide by total - warmup.")
def rate(step, total, warmup, top):
    if step < warmup:
        return top * (step + 1) / warmup
    progress = (step - warmup) / max(total - 1 - warmup, 1)
    return top * (1 + math.cos(math.pi * progress)) / 2


@wrong("04b.4", "180 degrees", "math.cos takes radians; half a wave is pi, not 180.")
def rate(step, total, warmup, top):
    if step < warmup:
        return top * (step + 1) / warmup
    return top * (1 + math.cos(180 * (step - warmup) / (total - warmup))) / 2


@wrong("04b.4", "line and cosine multiplied", "First the line, then the cosine; here the cosine sinks during the warm-up already.")
def rate(step, total, warmup, top):
    line = min(1.0, (step + 1) / max(warmup, 1))
    return top * line * (1 + math.cos(math.pi * step / total)) / 2


@wrong("04b.4", "line from 0, step `warmup` still on it: two mistakes", "The line begins at top / warmup and ends at step warmup - 1; step warmup is the first of the cosine.")
def rate(step, total, warmup, top):
    if step <= warmup:
        return top * step / max(warmup, 1)
    return top * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@right("04b.5", "the changed settings alone, a smaller learning rate")
def prescribe(settings):
    return {"lr": 0.02, "bias": 0, "scale": 2**0.5}


@right("04b.5", "clipped, changed in place")
def prescribe(settings):
    settings.update(bias=0.0, scale=1.4, max_norm=0.1)
    return settings


@wrong("04b.5", "only the learning rate", "With weights of spread 4 / 8 the signal still grows from layer to layer, and no learning rate repairs that.")
def prescribe(settings):
    settings["lr"] = 0.01
    return settings


@wrong("04b.5", "biases and learning rate, the start left", "The signal still grows almost threefold in each layer.")
def prescribe(settings):
    new = settings.copy()
    new["bias"] = 0.0
    new["lr"] = 0.03
    return new


@wrong("04b.5", "scale and learning rate, the biases left", "With biases of -1 and weights of the right size whole layers are dead.")
def prescribe(settings):
    return {**settings, "scale": np.sqrt(2), "lr": 0.03}


@wrong("04b.5", "He's spread with the 64 counted twice", "`scale` is divided by the root of 64 already; with sqrt(2 / 64) the signal vanishes.")
def prescribe(settings):
    return {**settings, "scale": math.sqrt(2 / 64), "bias": 0.0, "lr": 0.03}


@wrong("04b.5", "a step that is far too short", "After ten epochs at this learning rate the loss is still near guessing.")
def prescribe(settings):
    return {**settings, "scale": math.sqrt(2), "bias": 0.0, "lr": 1e-5}


@wrong("04b.5", "a warm-up in place of a smaller rate", "At the end of the warm-up the learning rate is 1 again, and the run explodes.")
def prescribe(settings):
    return {**settings, "scale": math.sqrt(2), "bias": 0.0, "warmup": 80}


@wrong("04b.5", "everything made better at once", "Four settings are changed; three are allowed.")
def prescribe(settings):
    return {**settings, "scale": math.sqrt(2), "bias": 0.0, "lr": 0.03, "schedule": "cosine"}


@wrong("04b.5", "a name that is no setting", "The setting is called lr.")
def prescribe(settings):
    return {**settings, "scale": math.sqrt(2), "bias": 0.0, "learning_rate": 0.03}


@wrong("04b.5", "tanh in place of ReLU", "tanh does not explode, but with weights this large it saturates, and the loss stays high.")
def prescribe(settings):
    return {**settings, "activation": "tanh", "lr": 0.03}
