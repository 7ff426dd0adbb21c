"""Answers to the exercises of lesson 04b, written from the statements alone."""

import math

import numpy as np

from answers import right, wrong


@right("04b.1", "root of 2 over fan_in")
def he_weights(draws):
    return draws * np.sqrt(2 / draws.shape[1])


@right("04b.1", "row by row, lists come back")
def he_weights(draws):
    scale = math.sqrt(2.0 / len(draws[0]))
    return [[scale * d for d in row] for row in draws]


@right("04b.1", "float32, divided by the root of half of fan_in")
def he_weights(draws):
    fan_out, fan_in = draws.shape
    return draws.astype(np.float32) / np.float32(math.sqrt(fan_in / 2))


@wrong("04b.1", "fan_out in place of fan_in", "Each unit adds up fan_in products, the number of columns; shape[0] is fan_out.")
def he_weights(draws):
    return draws * np.sqrt(2 / draws.shape[0])


@wrong("04b.1", "variance used as factor", "2 / n is the variance; the draws are multiplied by its root.")
def he_weights(draws):
    return draws * (2 / draws.shape[1])


@wrong("04b.1", "2 outside the root", "The 2 belongs under the root: sqrt(2 / n), not 2 / sqrt(n).")
def he_weights(draws):
    return 2 * draws / np.sqrt(draws.shape[1])


@wrong("04b.1", "number of all weights", "size counts every weight of the layer; n is the number of inputs of one unit.")
def he_weights(draws):
    return draws * np.sqrt(2 / draws.size)


@wrong("04b.1", "integer division under the root", "2 // n is 0 for more than two inputs, so all weights become 0.")
def he_weights(draws):
    fan_in = draws.shape[1]
    return draws * np.sqrt(2 // fan_in)


@wrong("04b.1", "Glorot's rule, and its root forgotten", "2 / (n_in + n_out) is Glorot's variance; He's is 2 / n_in, and its root is the factor.")
def he_weights(draws):
    fan_out, fan_in = draws.shape
    return draws * 2 / (fan_in + fan_out)


@right("04b.2", "two branches")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    if training:
        n = len(x)
        m, v = x.mean(axis=0), x.var(axis=0)
        y = gain * (x - m) / np.sqrt(v + eps) + shift
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * n / (n - 1)
        return y, mean, var
    return gain * (x - mean) / np.sqrt(var + eps) + shift, mean, var


@right("04b.2", "column by column with loops, lists come back")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    N, C = x.shape
    y = [[0.0] * C for _ in range(N)]
    new_mean, new_var = list(mean), list(var)
    for c in range(C):
        m, v = mean[c], var[c]
        if training:
            m = sum(x[:, c]) / N
            squares = sum((value - m) ** 2 for value in x[:, c])
            v = squares / N
            new_mean[c] = (1 - momentum) * mean[c] + momentum * m
            new_var[c] = (1 - momentum) * var[c] + momentum * squares / (N - 1)
        for n in range(N):
            y[n][c] = gain[c] * (x[n, c] - m) / math.sqrt(v + eps) + shift[c]
    return y, new_mean, new_var


@right("04b.2", "einsum, slope and offset of one line per feature, copies moved in place")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    mean, var = np.array(mean, dtype=float), np.array(var, dtype=float)
    m, v = mean.copy(), var.copy()
    if training:
        m = np.einsum("nc->c", x) / x.shape[0]
        d = x - m
        v = np.einsum("nc,nc->c", d, d) / x.shape[0]
        mean += momentum * (m - mean)
        var += momentum * (x.var(axis=0, ddof=1) - var)
    scale = gain / np.sqrt(v + eps)
    return (x - m) * scale + shift, mean, var


@wrong("04b.2", "running variance from the biased one", "For the running variance the batch's is first multiplied by n / (n - 1).")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    if training:
        m, v = x.mean(axis=0), x.var(axis=0)
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v
    else:
        m, v = mean, var
    return gain * (x - m) / np.sqrt(v + eps) + shift, mean, var


@wrong("04b.2", "unbiased variance for the result as well", "y uses the batch's own variance, divided by n; only the running one is made unbiased.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    if training:
        m, v = x.mean(axis=0), x.var(axis=0, ddof=1)
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v
    else:
        m, v = mean, var
    return gain * (x - m) / np.sqrt(v + eps) + shift, mean, var


@wrong("04b.2", "running statistics moved first and used for the result", "In training y is made with the batch's statistics, not with the running ones just moved.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    if training:
        mean = (1 - momentum) * mean + momentum * x.mean(axis=0)
        var = (1 - momentum) * var + momentum * x.var(axis=0, ddof=1)
    return gain * (x - mean) / np.sqrt(var + eps) + shift, mean, var


@wrong("04b.2", "running statistics changed in place", "*= and += change the caller's mean and var; the arguments should stay as they were.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    m, v = mean, var
    if training:
        n = len(x)
        m, v = x.mean(axis=0), x.var(axis=0)
        mean *= 1 - momentum
        mean += momentum * m
        var *= 1 - momentum
        var += momentum * v * n / (n - 1)
    return gain * (x - m) / np.sqrt(v + eps) + shift, mean, var


@wrong("04b.2", "batch's statistics in evaluation too", "With training=False the running mean and var are to be used for y.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    n = len(x)
    m, v = x.mean(axis=0), x.var(axis=0)
    y = gain * (x - m) / np.sqrt(v + eps) + shift
    if training:
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * n / (n - 1)
    return y, mean, var


@wrong("04b.2", "momentum on the old value, eps outside the root", "Here momentum is the share of the new batch, and eps is added to the variance before the root.")
def batch_norm(x, gain, shift, mean, var, training, momentum, eps):
    if not training:
        return gain * (x - mean) / (np.sqrt(var) + eps) + shift, mean, var
    n = len(x)
    m, v = x.mean(axis=0), x.var(axis=0)
    y = gain * (x - m) / (np.sqrt(v) + eps) + shift
    mean = momentum * mean + (1 - momentum) * m
    var = momentum * var + (1 - momentum) * v * n / (n - 1)
    return y, mean, var


@right("04b.3", "column by column with loops, lists come back")
def norm_backward(dy, x_hat, sigma, gain):
    n, c = dy.shape
    dx = [[0.0] * c for _ in range(n)]
    by_gain, by_shift = [0.0] * c, [0.0] * c
    for k in range(c):
        g = [gain[k] * dy[i, k] for i in range(n)]
        m = sum(g) / n
        s = sum(g[i] * x_hat[i, k] for i in range(n)) / n
        for i in range(n):
            dx[i][k] = (g[i] - m - x_hat[i, k] * s) / sigma[k]
        by_gain[k] = sum(dy[i, k] * x_hat[i, k] for i in range(n))
        by_shift[k] = sum(dy[:, k])
    return dx, by_gain, by_shift


@right("04b.3", "from the parameters' gradients, over n at the end")
def norm_backward(dy, x_hat, sigma, gain):
    n = len(dy)
    dgain = np.einsum("nc,nc->c", dy, x_hat)
    dshift = dy.sum(0)
    return gain / (n * sigma) * (n * dy - dshift - x_hat * dgain), dgain, dshift


@wrong("04b.3", "the mean treated as a constant", "The mean of the column depends on x too, so mean(g) must be subtracted.")
def norm_backward(dy, x_hat, sigma, gain):
    g = gain * dy
    dx = g / sigma - x_hat / sigma * (g * x_hat).mean(axis=0)
    return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


@wrong("04b.3", "mean and spread treated as constants", "Only the direct path is there; mean and sigma depend on x as well.")
def norm_backward(dy, x_hat, sigma, gain):
    return dy * gain / sigma, np.sum(dy * x_hat, axis=0), np.sum(dy, axis=0)


@wrong("04b.3", "gain left out of dx", "The gradient at x_hat is gain * dy, not dy.")
def norm_backward(dy, x_hat, sigma, gain):
    dx = (dy - dy.mean(0) - x_hat * (dy * x_hat).mean(0)) / sigma
    return dx, (dy * x_hat).sum(0), dy.sum(0)


@wrong("04b.3", "means over the features", "Mean and spread belong to a column, so the means run over the examples, axis 0.")
def norm_backward(dy, x_hat, sigma, gain):
    g = gain * dy
    m = g.mean(axis=1, keepdims=True)
    s = (g * x_hat).mean(axis=1, keepdims=True)
    return (g - m - x_hat * s) / sigma, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


@wrong("04b.3", "gradient of the gain without x_hat", "The gain multiplies x_hat: its gradient is the sum of dy * x_hat.")
def norm_backward(dy, x_hat, sigma, gain):
    g = gain * dy
    dx = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / sigma
    return dx, dy.sum(axis=0), dy.sum(axis=0)


@wrong("04b.3", "dy multiplied in place", "The formula is right, but *= changes the caller's dy.")
def norm_backward(dy, x_hat, sigma, gain):
    shift = dy.sum(axis=0)
    by_gain = (dy * x_hat).sum(axis=0)
    dy *= gain
    return (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)) / sigma, by_gain, shift


@right("04b.4", "if for the warm-up, then the cosine")
def rate(step, total, warmup, top):
    if step < warmup:
        return top * (step + 1) / warmup
    return top * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@right("04b.4", "whole plan as a list, one entry picked")
def rate(step, total, warmup, top):
    plan = [top * (k + 1) / warmup for k in range(warmup)]
    rest = total - warmup
    plan += [top * 0.5 * (1 + np.cos(np.pi * k / rest)) for k in range(rest)]
    plan.append(0.0)
    return plan[step]


@right("04b.4", "square of the cosine of half the angle")
def rate(step, total, warmup, top):
    done = step - warmup
    if done >= 0:
        return top * np.cos(np.pi / 2 * done / (total - warmup)) ** 2
    return top * (1 + (done + 1) / warmup)


@wrong("04b.4", "line begins at 0", "At step 0 the rate is top / warmup, so the line is (step + 1) / warmup.")
def rate(step, total, warmup, top):
    if step < warmup:
        return top * step / warmup
    return top * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@wrong("04b.4", "minimum with the warm-up line, warm-up 0 forgotten", "With warmup = 0 this divides by zero; ask first whether the warm-up is still going on.")
def rate(step, total, warmup, top):
    line = (step + 1) / warmup
    if line <= 1:
        return top * line
    return top * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@wrong("04b.4", "cosine reaches 0 one step early", "The cosine is 0 at step `total`, one step after the last; do not subtract 1 from its length.")
def rate(step, total, warmup, top):
    if step < warmup:
        return top * (step + 1) / warmup
    length = max(total - warmup - 1, 1)
    return top * (1 + math.cos(math.pi * (step - warmup) / length)) / 2


@wrong("04b.4", "cosine over the whole length", "The cosine must begin at the end of the warm-up; counted from step 0 it is below top there.")
def rate(step, total, warmup, top):
    if step < warmup:
        return top * (step + 1) / warmup
    return top * (1 + math.cos(math.pi * step / total)) / 2


@wrong("04b.4", "one step too many in the warm-up", "Step `warmup` belongs to the cosine; on the line it gets more than top.")
def rate(step, total, warmup, top):
    if step <= warmup and warmup > 0:
        return top * (step + 1) / warmup
    return top * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@wrong("04b.4", "integer division on the line, whole cosine", "// makes the line 0 until its last step, and only half a cosine is asked for: pi, not 2 pi.")
def rate(step, total, warmup, top):
    if step < warmup:
        return top * ((step + 1) // warmup)
    progress = (step - warmup) / (total - warmup)
    return top * (1 + math.cos(2 * math.pi * progress)) / 2
