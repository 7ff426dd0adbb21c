"""Answers to the exercises of lesson 04, written from the statements alone."""

import math

import numpy as np

from answers import right, wrong


@right("04.1", "as in the text")
def momentum_step(w, velocity, grad, lr, momentum):
    velocity = momentum * velocity + grad
    return w - lr * velocity, velocity


@right("04.1", "list comprehensions, lists come back")
def momentum_step(w, velocity, grad, lr, momentum):
    new_v = [momentum * u + g for u, g in zip(velocity, grad)]
    new_w = [a - lr * u for a, u in zip(w, new_v)]
    return new_w, new_v


@right("04.1", "in place on float32 copies")
def momentum_step(w, velocity, grad, lr, momentum):
    w = np.array(w, dtype=np.float32)
    velocity = np.array(velocity, dtype=np.float32)
    velocity *= momentum
    velocity += np.asarray(grad, dtype=np.float32)
    w -= lr * velocity
    return w, velocity


@wrong("04.1", "in place on the arguments", "*=, += and -= change the caller's arrays; the arguments should stay as they were.")
def momentum_step(w, velocity, grad, lr, momentum):
    velocity *= momentum
    velocity += grad
    w -= lr * velocity
    return w, velocity


@wrong("04.1", "step with the old velocity", "The weights must move by the new velocity, not by the one from before.")
def momentum_step(w, velocity, grad, lr, momentum):
    new_w = w - lr * velocity
    return new_w, momentum * velocity + grad


@wrong("04.1", "running mean of the gradients", "The gradient is added in full, without the factor 1 - momentum.")
def momentum_step(w, velocity, grad, lr, momentum):
    velocity = momentum * velocity + (1 - momentum) * grad
    return w - lr * velocity, velocity


@wrong("04.1", "rate and sign inside the velocity", "The text's velocity is momentum * u + g; the rate comes in only when w moves.")
def momentum_step(w, velocity, grad, lr, momentum):
    velocity = momentum * velocity - lr * grad
    return w + velocity, velocity


@wrong("04.1", "Nesterov's form", "This looks ahead as Nesterov does; plain momentum steps by the new velocity alone.")
def momentum_step(w, velocity, grad, lr, momentum):
    velocity = momentum * velocity + grad
    return w - lr * (grad + momentum * velocity), velocity


@wrong("04.1", "velocity returned first, step uphill", "The new w comes first, and the step is subtracted.")
def momentum_step(w, velocity, grad, lr, momentum):
    velocity = momentum * velocity + grad
    w = w + lr * velocity
    return velocity, w


@right("04.2", "constant columns found by largest equal to smallest")
def standardise(train, other):
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(train.max(axis=0) == train.min(axis=0), 1.0, spread)
    return (train - mean) / spread, (other - mean) / spread


@right("04.2", "column by column with loops, lists come back")
def standardise(train, other):
    N, D = len(train), len(train[0])
    new_train = [[0.0] * D for _ in range(N)]
    new_other = [[0.0] * D for _ in range(len(other))]
    for d in range(D):
        column = [float(row[d]) for row in train]
        mean = sum(column) / N
        if len(set(column)) == 1:
            spread = 1.0
        else:
            spread = math.sqrt(sum((v - mean) ** 2 for v in column) / N)
        for n in range(N):
            new_train[n][d] = (column[n] - mean) / spread
        for n in range(len(other)):
            new_other[n][d] = (other[n][d] - mean) / spread
    return new_train, new_other


@right("04.2", "root of the mean square after centring, mask from the first row")
def standardise(train, other):
    mean = np.mean(train, axis=0)
    centred = train - mean
    spread = np.sqrt(np.einsum("nd,nd->d", centred, centred) / len(train))
    spread[(train == train[0]).all(axis=0)] = 1
    return centred / spread, (other - mean) / spread


@wrong("04.2", "other scaled with its own mean and spread", "Both tables need the train's mean and spread, or equal values come out different.")
def standardise(train, other):
    def scale(t):
        spread = t.std(axis=0)
        return (t - t.mean(axis=0)) / np.where(np.ptp(t, axis=0) == 0, 1, spread)

    return scale(train), scale(other)


@wrong("04.2", "small number added to the spread", "In a column that never changes in train this divides other by 1e-8; it should be divided by 1.")
def standardise(train, other):
    mean, spread = train.mean(axis=0), train.std(axis=0) + 1e-8
    return (train - mean) / spread, (other - mean) / spread


@wrong("04.2", "every spread below 1 replaced by 1", "Only a spread of 0 is replaced; small spreads must be divided by as well.")
def standardise(train, other):
    mean = train.mean(axis=0)
    spread = np.maximum(train.std(axis=0), 1)
    return (train - mean) / spread, (other - mean) / spread


@wrong("04.2", "train scaled first, then its mean taken", "After the first line train has mean 0 and spread 1, so other is not scaled at all; keep the old mean.")
def standardise(train, other):
    constant = np.ptp(train, axis=0) == 0
    train = (train - train.mean(axis=0)) / np.where(constant, 1, train.std(axis=0))
    other = (other - train.mean(axis=0)) / np.where(constant, 1, train.std(axis=0))
    return train, other


@wrong("04.2", "variance in place of the spread", "Divide by the standard deviation, the root of the variance.")
def standardise(train, other):
    mean, spread = train.mean(axis=0), train.var(axis=0)
    spread[np.ptp(train, axis=0) == 0] = 1
    return (train - mean) / spread, (other - mean) / spread


@wrong("04.2", "one mean for the whole table, constant columns not handled", "Each column needs its own mean and spread (axis=0), and a spread of 0 must not divide.")
def standardise(train, other):
    mean = train.mean()
    spread = train.std(axis=0)
    return (train - mean) / spread, (other - mean) / spread


@right("04.3", "as in the text")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = alpha * average + (1 - alpha) * grad**2
    return w - lr * grad / (np.sqrt(average) + eps), average


@right("04.3", "in place on the arguments")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average *= alpha
    average += (1 - alpha) * grad * grad
    w -= lr * grad / (average**0.5 + eps)
    return w, average


@right("04.3", "mean moved towards the square, entry by entry")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    new_w = np.array(w, dtype=float)
    new_v = np.array(average, dtype=float)
    for i in np.ndindex(new_w.shape):
        new_v[i] += (1 - alpha) * (grad[i] ** 2 - new_v[i])
        new_w[i] -= lr * grad[i] / (math.sqrt(new_v[i]) + eps)
    return new_w, new_v


@wrong("04.3", "eps below the root", "eps is added after the root is taken: sqrt(v) + eps.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = alpha * average + (1 - alpha) * grad**2
    return w - lr * grad / np.sqrt(average + eps), average


@wrong("04.3", "step with the old average", "The step divides by the root of the new average; at the first step the old one is 0.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    w = w - lr * grad / (np.sqrt(average) + eps)
    average = alpha * average + (1 - alpha) * grad**2
    return w, average


@wrong("04.3", "alpha and 1 - alpha exchanged", "alpha, near 1, belongs to the old average.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = (1 - alpha) * average + alpha * grad**2
    return w - lr * grad / (np.sqrt(average) + eps), average


@wrong("04.3", "one average for all weights", "Everything works entry by entry: each weight has its own average, no mean over the entries.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = alpha * average + (1 - alpha) * np.mean(grad**2)
    return w - lr * grad / (np.sqrt(average) + eps), average


@wrong("04.3", "root forgotten", "The gradient is divided by the root of the average, not by the average.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = alpha * average + (1 - alpha) * grad**2
    return w - lr * grad / (average + eps), average


@wrong("04.3", "new square in full, root stored in the average", "The square takes the factor 1 - alpha, and what is kept is the mean of squares, not its root.")
def rmsprop_step(w, average, grad, lr, alpha, eps):
    average = np.sqrt(alpha * average + grad**2)
    return w - lr * grad / (average + eps), average


@right("04.4", "as in the text")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@right("04.4", "corrections moved into the rate and into eps, in place")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad**2
    c1, c2 = 1 - beta1**t, math.sqrt(1 - beta2**t)
    w -= (lr * c2 / c1) * m / (np.sqrt(v) + eps * c2)
    return w, m, v


@right("04.4", "float32 and np.power, a list comes back")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    w, m, v, grad = (np.asarray(a, dtype=np.float32) for a in (w, m, v, grad))
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (np.square(grad) - v)
    step = (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return [w - lr * step, m, v]


@wrong("04.4", "corrected m and v returned", "Keep the uncorrected m and v; otherwise the next step corrects them a second time.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m = m / (1 - beta1**t)
    v = v / (1 - beta2**t)
    return w - lr * m / (np.sqrt(v) + eps), m, v


@wrong("04.4", "t counted from 0", "t is 1 at the first step already, so the exponent is t, not t + 1.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1 ** (t + 1))
    v_hat = v / (1 - beta2 ** (t + 1))
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@wrong("04.4", "v from the square of m", "v is the mean of the squared gradients, not of the squared m.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * m**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@wrong("04.4", "v not corrected", "Both running means start at 0, so v needs its correction too.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(v) + eps), m, v


@wrong("04.4", "beta times t in the correction", "The correction is 1 - beta to the power t, not beta times t.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1 * t)
    v_hat = v / (1 - beta2 * t)
    return w - lr * m_hat / (np.sqrt(np.abs(v_hat)) + eps), m, v


@wrong("04.4", "gradient in the step, betas exchanged", "The step uses m, not the bare gradient; and beta1 belongs to m, beta2 to v.")
def adam_step(w, m, v, t, grad, lr, beta1, beta2, eps):
    m = beta2 * m + (1 - beta2) * grad
    v = beta1 * v + (1 - beta1) * grad**2
    v_hat = v / (1 - beta1**t)
    return w - lr * grad / (np.sqrt(v_hat) + eps), m, v


@right("04.5", "decay taken out of the gradient, a term of its own")
def adamw_step(w, m, v, t, grad, lr, decay):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step - lr * decay * w, m, v


@right("04.5", "weights shrunk first, as PyTorch does")
def adamw_step(w, m, v, t, grad, lr, decay):
    w = w * (1 - lr * decay)
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step, m, v


@wrong("04.5", "decay only taken out", "This is Adam without any decay; the term lr * decay * w is missing.")
def adamw_step(w, m, v, t, grad, lr, decay):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step, m, v


@wrong("04.5", "decay in both places", "The new term is right, but the decay is still in the gradient too.")
def adamw_step(w, m, v, t, grad, lr, decay):
    grad = grad + decay * w
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step - lr * decay * w, m, v


@wrong("04.5", "decay without the rate", "The shrinking is scaled by the learning rate as well: lr * decay * w.")
def adamw_step(w, m, v, t, grad, lr, decay):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step - decay * w, m, v


@wrong("04.5", "decay left in m, taken out of v", "The decay must not pass through m either: there it is still divided by the root of v.")
def adamw_step(w, m, v, t, grad, lr, decay):
    m = 0.9 * m + 0.1 * (grad + decay * w)
    v = 0.999 * v + 0.001 * grad**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step, m, v


@right("04.6", "permutation and slices")
def epoch_batches(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@right("04.6", "deck shuffled by hand, lists come back")
def epoch_batches(n, batch_size, rng):
    deck = list(range(n))
    for i in range(n - 1, 0, -1):
        j = int(rng.integers(0, i + 1))
        deck[i], deck[j] = deck[j], deck[i]
    batches = []
    for k, position in enumerate(deck):
        if k % batch_size == 0:
            batches.append([])
        batches[-1].append(position)
    return batches


@right("04.6", "argsort of random numbers, cut by a generator")
def epoch_batches(n, batch_size, rng):
    def cut(order):
        while len(order) > 0:
            yield order[:batch_size]
            order = order[batch_size:]

    return list(cut(np.argsort(rng.random(n))))


@wrong("04.6", "array_split", "array_split makes the parts about equal; the batches should have batch_size entries and only the last fewer.")
def epoch_batches(n, batch_size, rng):
    order = rng.permutation(n)
    return np.array_split(order, math.ceil(n / batch_size))


@wrong("04.6", "one round more than needed", "If batch_size divides n the last batch is empty.")
def epoch_batches(n, batch_size, rng):
    order = rng.permutation(n)
    batches = []
    for i in range(n // batch_size + 1):
        batches.append(order[i * batch_size : (i + 1) * batch_size])
    return batches


@wrong("04.6", "generator of its own with a fixed seed", "A new generator with the same seed gives the same order at every call; use rng.")
def epoch_batches(n, batch_size, rng):
    rng = np.random.default_rng(0)
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@wrong("04.6", "order of the batches drawn, not of the positions", "The same examples always come together; shuffle the positions first, then cut.")
def epoch_batches(n, batch_size, rng):
    order = np.arange(n)
    batches = [order[i : i + batch_size] for i in range(0, n, batch_size)]
    return [batches[k] for k in rng.permutation(len(batches))]


@wrong("04.6", "result of shuffle used", "rng.shuffle works in place and returns None, so the slice fails.")
def epoch_batches(n, batch_size, rng):
    order = rng.shuffle(np.arange(n))
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@wrong("04.6", "drawn with replacement, the short rest dropped", "Each position must come exactly once, and the last, shorter batch belongs to the epoch.")
def epoch_batches(n, batch_size, rng):
    return [rng.choice(n, batch_size) for _ in range(n // batch_size)]
