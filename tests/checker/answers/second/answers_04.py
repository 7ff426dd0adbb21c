"""Answers to the exercises of lesson 04, written from the statements alone."""

import math

import numpy as np

from answers import right, wrong


@right("04.1", "entry by entry with np.ndindex")
def momentum_step(w, velocity, grad, lr, momentum):
    new_w, new_velocity = np.zeros(w.shape), np.zeros(w.shape)
    for place in np.ndindex(w.shape):
        new_velocity[place] = momentum * velocity[place] + grad[place]
        new_w[place] = w[place] - lr * new_velocity[place]
    return new_w, new_velocity


@right("04.1", "in place, but on a copy; a list comes back")
def momentum_step(w, velocity, grad, lr, momentum):
    u = np.array(velocity, dtype=float)
    u *= momentum
    u += grad
    return [w - lr * u, u]


@right("04.1", "step written out in two parts")
def momentum_step(w, velocity, grad, lr, momentum):
    kept = np.multiply(momentum, velocity)
    new_w = w - lr * kept - lr * grad
    return new_w, np.add(kept, grad)


@wrong("04.1", "momentum on the gradient instead of the velocity", "The old velocity is damped by the momentum; the gradient enters whole.")
def momentum_step(w, velocity, grad, lr, momentum):
    u = velocity + momentum * grad
    return w - lr * u, u


@wrong("04.1", "momentum on the weights", "Nothing damps the weights; momentum multiplies the old velocity only.")
def momentum_step(w, velocity, grad, lr, momentum):
    u = momentum * velocity + grad
    return momentum * w - lr * u, u


@wrong("04.1", "Nesterov's step", "This looks ahead with g + mu u; the plain form steps along u itself.")
def momentum_step(w, velocity, grad, lr, momentum):
    u = momentum * velocity + grad
    return w - lr * (grad + momentum * u), u


@wrong("04.1", "learning rate and minus sign inside the velocity", "Here the velocity adds up plain gradients; the rate comes in when the weights move.")
def momentum_step(w, velocity, grad, lr, momentum):
    u = momentum * velocity - lr * grad
    return w + u, u


@wrong("04.1", "velocity changed in place", "u is only another name for velocity, so the argument changes; copy it or write a new array.")
def momentum_step(w, velocity, grad, lr, momentum):
    u = velocity
    u *= momentum
    u += grad
    return w - lr * u, u


@wrong("04.1", "old velocity returned", "The next step needs the new velocity; give that back with the weights.")
def momentum_step(w, velocity, grad, lr, momentum):
    new_w = w - lr * (momentum * velocity + grad)
    return new_w, velocity


@wrong("04.1", "running mean, and w changed in place: two mistakes", "The gradient is added whole, without 1 - mu, and the arguments must stay as they were.")
def momentum_step(w, velocity, grad, lr, momentum):
    u = momentum * velocity + (1 - momentum) * grad
    w -= lr * u
    return w, u


@right("04.2", "constant columns found by comparing with the first row")
def standardise(train, other):
    mean = np.mean(train, axis=0)
    spread = np.std(train, axis=0)
    constant = (train == train[0]).all(axis=0)
    spread = np.where(constant, 1.0, spread)
    return (train - mean) / spread, (other - mean) / spread


@right("04.2", "column by column, Python lists")
def standardise(train, other):
    new_train = [[0.0] * len(train[0]) for _ in train]
    new_other = [[0.0] * len(train[0]) for _ in other]
    for d in range(len(train[0])):
        column = [float(row[d]) for row in train]
        mean = math.fsum(column) / len(column)
        spread = math.sqrt(math.fsum((v - mean) ** 2 for v in column) / len(column))
        if max(column) == min(column):
            spread = 1.0
        for table, new in ((train, new_train), (other, new_other)):
            for n, row in enumerate(table):
                new[n][d] = (float(row[d]) - mean) / spread
    return new_train, new_other


@right("04.2", "both tables stacked, scaled at once and cut again")
def standardise(train, other):
    centre = train.mean(axis=0)
    variance = np.einsum("nd,nd->d", train - centre, train - centre) / len(train)
    variance[np.ptp(train, axis=0) == 0] = 1
    both = (np.concatenate([train, other]) - centre) / np.sqrt(variance)
    return both[: len(train)], both[len(train) :]


@wrong("04.2", "1e-8 added to the spread", "A column without spread is divided by 1; with 1e-8 another value in the other table becomes huge.")
def standardise(train, other):
    mean, spread = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / (spread + 1e-8), (other - mean) / (spread + 1e-8)


@wrong("04.2", "spread never below 1", "maximum with 1 leaves every column with a spread below 1 as it is, not only those without any.")
def standardise(train, other):
    mean, spread = train.mean(axis=0), np.maximum(train.std(axis=0), 1)
    return (train - mean) / spread, (other - mean) / spread


@wrong("04.2", "one mean and one spread for the whole table", "Each column has its own mean and spread; take them along axis 0.")
def standardise(train, other):
    mean, spread = train.mean(), train.std()
    if spread == 0:
        spread = 1
    return (train - mean) / spread, (other - mean) / spread


@wrong("04.2", "train overwritten before its mean is used for the other table", "After scaling, train has mean 0 and spread 1, so the other table is left as it was; keep both numbers first.")
def standardise(train, other):
    spread = train.std(axis=0)
    train = (train - train.mean(axis=0)) / np.where(spread > 0, spread, 1)
    spread = train.std(axis=0)
    other = (other - train.mean(axis=0)) / np.where(spread > 0, spread, 1)
    return train, other


@wrong("04.2", "constant columns left out", "Both tables keep all their columns; one without spread is divided by 1.")
def standardise(train, other):
    kept = train.std(axis=0) > 0
    train, other = train[:, kept], other[:, kept]
    mean, spread = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / spread, (other - mean) / spread


@wrong("04.2", "0 / 0 repaired afterwards", "nan becomes 0, but in the other table a number over 0 becomes a huge one; set the spread to 1 first.")
def standardise(train, other):
    mean, spread = train.mean(axis=0), train.std(axis=0)
    with np.errstate(all="ignore"):
        return np.nan_to_num((train - mean) / spread), np.nan_to_num((other - mean) / spread)


@wrong("04.2", "variance, and each table by its own mean: two mistakes", "Divide by the standard deviation, and use the mean of train for both tables.")
def standardise(train, other):
    var = train.var(axis=0)
    var = np.where(var == 0, 1, var)
    return (train - train.mean(axis=0)) / var, (other - other.mean(axis=0)) / var


@right("04.3", "in place on w and average")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average *= alpha
    average += (1 - alpha) * grad * grad
    w -= lr * grad / (np.sqrt(average) + eps)
    return w, average


@right("04.3", "average moved towards the square")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    new_average = average + (1 - alpha) * (np.square(grad) - average)
    return w - lr * (grad / (eps + new_average**0.5)), new_average


@right("04.3", "root by hypot")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    root = np.hypot(math.sqrt(alpha) * np.sqrt(average), math.sqrt(1 - alpha) * grad)
    return w - lr * grad / (root + eps), root**2


@wrong("04.3", "root returned as the average", "What is kept is the mean of the squares; its root is taken anew in each step.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    root = np.sqrt(alpha * average + (1 - alpha) * grad**2)
    return w - lr * grad / (root + eps), root


@wrong("04.3", "one mean square over all weights", "The mean runs over the steps, entry by entry, not over the weights.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = alpha * average + (1 - alpha) * np.mean(grad**2)
    return w - lr * grad / (np.sqrt(average) + eps), average


@wrong("04.3", "brackets forgotten around root plus eps", "Without brackets eps is added to the weights and the divisor can be 0.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = alpha * average + (1 - alpha) * grad**2
    return w - lr * grad / np.sqrt(average) + eps, average


@wrong("04.3", "brackets forgotten around 1 - alpha", "(1 - alpha) needs brackets; this adds 1 and takes alpha times the square off.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = alpha * average + 1 - alpha * grad**2
    return w - lr * grad / (np.sqrt(np.abs(average)) + eps), average


@wrong("04.3", "mean of absolute gradients", "RMSProp averages squares and takes the root; a mean of absolute values is another number.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = alpha * average + (1 - alpha) * np.abs(grad)
    return w - lr * grad / (average + eps), average


@wrong("04.3", "start corrected as in Adam", "Plain RMSProp has no correction; that idea comes with Adam.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = alpha * average + (1 - alpha) * grad**2
    return w - lr * grad / (np.sqrt(average / (1 - alpha)) + eps), average


@wrong("04.3", "alpha on the new square, eps inside the root: two mistakes", "alpha keeps the old mean and 1 - alpha takes the new square; eps is added after the root.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = (1 - alpha) * average + alpha * grad**2
    return w - lr * grad / np.sqrt(average + eps), average


@right("04.4", "corrections gathered into the rate, eps scaled along")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    root = math.sqrt(1 - beta2**t)
    return w - lr * root / (1 - beta1**t) * m / (np.sqrt(v) + eps * root), m, v


@right("04.4", "in place on w, m and v")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m += (1 - beta1) * (grad - m)
    v += (1 - beta2) * (grad * grad - v)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w -= lr * m_hat / (v_hat**0.5 + eps)
    return w, m, v


@right("04.4", "number by number, put back into shape")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    rows = []
    for w_k, m_k, v_k, g in zip(w.flat, m.flat, v.flat, grad.flat):
        m_k = beta1 * m_k + (1 - beta1) * g
        v_k = beta2 * v_k + (1 - beta2) * g * g
        top, bottom = m_k / (1 - beta1**t), math.sqrt(v_k / (1 - beta2**t))
        rows.append((w_k - lr * top / (bottom + eps), m_k, v_k))
    return tuple(np.array(column).reshape(w.shape) for column in zip(*rows))


@wrong("04.4", "root taken before the correction of v", "v is corrected first and then the root is taken; here 1 - beta2**t stays outside the root.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    root = np.sqrt(v) / (1 - beta2**t)
    return w - lr * m_hat / (root + eps), m, v


@wrong("04.4", "beta times t in place of beta to the power t", "The old parts shrink by beta at every step, so it is a power; beta * t agrees at t = 1 only.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1 * t), v / (1 - beta2 * t)
    return w - lr * m_hat / (np.sqrt(np.abs(v_hat)) + eps), m, v


@wrong("04.4", "v from the squares of m", "v is the running mean of squared gradients, not of the squared mean.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * m**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@wrong("04.4", "the step follows the gradient, not m", "The numerator is the corrected m; with grad there the momentum is lost.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2**t)
    return w - lr * grad / (np.sqrt(v_hat) + eps), m, v


@wrong("04.4", "^ as a power", "In Python ^ is not a power and fails for floats; write **.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1 ^ t)
    v_hat = v / (1 - beta2 ^ t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@wrong("04.4", "corrected with t + 1", "t is 1 at the first step already, so the power is t.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1 ** (t + 1))
    v_hat = v / (1 - beta2 ** (t + 1))
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@wrong("04.4", "betas exchanged, corrected m handed back: two mistakes", "beta1 belongs to m and beta2 to v, and the m to keep is the uncorrected one.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta2 * m + (1 - beta2) * grad
    v = beta1 * v + (1 - beta1) * grad**2
    m = m / (1 - beta2**t)
    v_hat = v / (1 - beta1**t)
    return w - lr * m / (np.sqrt(v_hat) + eps), m, v


@right("04.5", "weights shrunk by a factor, as PyTorch does")
def adamw_step(w, m, v, t, grad, lr, decay):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w * (1 - lr * decay) - lr * step, m, v


@right("04.5", "decay added to the finished step")
def adamw_step(w, m, v, t, grad, lr, decay):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    step = step + decay * w
    return w - lr * step, m, v


@wrong("04.5", "shrunk after the step", "The decay is taken of the old weights; here the step itself is shrunk along with them.")
def adamw_step(w, m, v, t, grad, lr, decay):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    w = w - lr * step
    return w - lr * decay * w, m, v


@wrong("04.5", "decay kept out of v only", "The decay must stay out of m as well; through m it is still divided by the root of v.")
def adamw_step(w, m, v, t, grad, lr, decay):
    m = 0.9 * m + 0.1 * (grad + decay * w)
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step, m, v


@wrong("04.5", "decay added outside and left inside", "Half repaired: the first line still mixes decay into the gradient, so it acts twice.")
def adamw_step(w, m, v, t, grad, lr, decay):
    grad = grad + decay * w
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step - lr * decay * w, m, v


@wrong("04.5", "decay without the rate", "The share taken off is the rate times decay, not decay itself.")
def adamw_step(w, m, v, t, grad, lr, decay):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step - decay * w, m, v


@wrong("04.5", "line deleted and nothing put in its place", "Now it is Adam without any decay; the term lr * decay * w has to come back in the last line.")
def adamw_step(w, m, v, t, grad, lr, decay):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step, m, v


@right("04.6", "np.split at every batch_size-th place")
def epoch_batches(n, batch_size, rng):
    order = rng.permutation(n)
    return np.split(order, range(batch_size, n, batch_size))


@right("04.6", "order by sorting random numbers")
def epoch_batches(n, batch_size, rng):
    order = np.argsort(rng.random(n))
    return [order[k : k + batch_size] for k in range(0, n, batch_size)]


@right("04.6", "shuffled in place, eaten from the front by a generator")
def epoch_batches(n, batch_size, rng):
    def cut(rest):
        while len(rest):
            yield rest[:batch_size]
            rest = rest[batch_size:]

    places = np.arange(n)
    rng.shuffle(places)
    return list(cut(places))


@wrong("04.6", "a new order for each batch", "Draw the order once; with a new one for each batch some positions come twice and others never.")
def epoch_batches(n, batch_size, rng):
    return [rng.permutation(n)[k : k + batch_size] for k in range(0, n, batch_size)]


@wrong("04.6", "array_split into n // batch_size parts", "array_split makes parts of nearly equal length; they should have batch_size entries, only the last fewer.")
def epoch_batches(n, batch_size, rng):
    return np.array_split(rng.permutation(n), max(n // batch_size, 1))


@wrong("04.6", "result of rng.shuffle used", "shuffle works in place and returns None; use permutation, or shuffle a named array.")
def epoch_batches(n, batch_size, rng):
    order = rng.shuffle(np.arange(n))
    return [order[k : k + batch_size] for k in range(0, n, batch_size)]


@wrong("04.6", "last batch filled up from the front", "Then some positions come twice in one epoch; the last batch may simply be shorter.")
def epoch_batches(n, batch_size, rng):
    count = -(-n // batch_size)
    order = np.resize(rng.permutation(n), count * batch_size)
    return list(order.reshape(count, batch_size))


@wrong("04.6", "batches shuffled, not positions", "Neighbours stay together in every epoch; shuffle the positions before cutting.")
def epoch_batches(n, batch_size, rng):
    batches = [np.arange(n)[k : k + batch_size] for k in range(0, n, batch_size)]
    return [batches[k] for k in rng.permutation(len(batches))]


@wrong("04.6", "reshape into rows", "reshape works only if batch_size divides n; the last batch may be shorter.")
def epoch_batches(n, batch_size, rng):
    return list(rng.permutation(n).reshape(-1, batch_size))


@wrong("04.6", "positions from 1, incomplete batch lost: two mistakes", "Positions run from 0 to n - 1, and the rest makes a last, shorter batch.")
def epoch_batches(n, batch_size, rng):
    order = rng.permutation(np.arange(1, n + 1))
    return [np.array(batch) for batch in zip(*[iter(order)] * batch_size)]
