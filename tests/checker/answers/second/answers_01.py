"""Answers to the exercises of lesson 01, written from the statements alone."""

import math
from functools import reduce

import numpy as np

from answers import right, wrong


@right("01.1", "plain loops, a list comes back")
def neuron(X, weight, bias):
    answers = []
    for row in X:
        z = 0
        for x_k, w_k in zip(row, weight):
            z += x_k * w_k
        answers.append(1 if z + bias > 0 else -1)
    return answers


@right("01.1", "einsum, compared with minus the bias, True and False turned into numbers")
def neuron(X, weight, bias):
    return 2 * (np.einsum("nd,d->n", X, weight) > -bias) - 1


@right("01.1", "Heaviside step with 0 at 0")
def neuron(X, weight, bias):
    lit = np.heaviside(np.dot(X, weight) + bias, 0)
    return 2 * lit - 1


@wrong("01.1", "copysign", "copysign gives +1 for a score of 0; 0 is not above 0, so the answer there is -1.")
def neuron(X, weight, bias):
    return np.copysign(1, X @ weight + bias)


@wrong("01.1", "bias inside the sum over the inputs", "The bias is added once to the score, not once for each of the D inputs.")
def neuron(X, weight, bias):
    z = np.sum(X * weight + bias, axis=1)
    return np.where(z > 0, 1, -1)


@wrong("01.1", "weight as a column, shape (N, 1)", "The result should have shape (N,); with weight as a column you get (N, 1).")
def neuron(X, weight, bias):
    z = X @ weight.reshape(-1, 1) + bias
    return np.where(z > 0, 1, -1)


@wrong("01.1", "score rounded down to a whole number first", "A score of 0.4 is above 0, but int makes it 0.")
def neuron(X, weight, bias):
    z = (X @ weight + bias).astype(int)
    return np.where(z > 0, 1, -1)


@wrong("01.1", "bias taken over to the other side without its sign", "z > 0 means X @ weight > -bias, the sign turns.")
def neuron(X, weight, bias):
    return np.where(X @ weight > bias, 1, -1)


@wrong("01.1", "weight @ X, the wrong way round", "(D,) @ (N, D) does not fit; each row of X is multiplied by weight, so X comes first.")
def neuron(X, weight, bias):
    z = weight @ X + bias
    return np.where(z > 0, 1, -1)


@wrong("01.1", "wrong axis and 0 counted as +1: two mistakes", "Sum along each row (axis 1), and answer -1 where the score is exactly 0.")
def neuron(X, weight, bias):
    z = (X * weight).sum(axis=0) + bias
    return np.where(z < 0, -1, 1)


@right("01.2", "early return for a right point, a list for the new weights")
def update(weight, bias, x, y):
    z = sum(w_k * x_k for w_k, x_k in zip(weight, x)) + bias
    if z * y > 0:
        return weight, bias
    return [w_k + y * x_k for w_k, x_k in zip(weight, x)], bias + y


@right("01.2", "no branch: the step is multiplied by 0 or 1")
def update(weight, bias, x, y):
    step = y * int(y * (np.dot(weight, x) + bias) <= 0)
    return weight + step * x, bias + step


@right("01.2", "one vector with the bias at its end")
def update(weight, bias, x, y):
    v = np.append(weight, bias)
    point = np.append(x, 1.0)
    if not y * (v @ point) > 0:
        v = v + y * point
    return v[:-1], v[-1]


@wrong("01.2", "answer compared with the label", "A score of 0 is a mistake for both classes; here a point of class -1 with score 0 passes as right.")
def update(weight, bias, x, y):
    answer = 1 if weight @ x + bias > 0 else -1
    if answer != y:
        weight = weight + y * x
        bias = bias + y
    return weight, bias


@wrong("01.2", "bias forgotten when looking for a mistake", "The score is weight @ x + bias; without the bias other points count as mistakes.")
def update(weight, bias, x, y):
    if y * (weight @ x) <= 0:
        return weight + y * x, bias + y
    return weight, bias


@wrong("01.2", "repeated until the point is right", "One visit is one step, even if the point is still wrong afterwards.")
def update(weight, bias, x, y):
    while y * (weight @ x + bias) <= 0:
        weight = weight + y * x
        bias = bias + y
    return weight, bias


@wrong("01.2", "step of label minus answer", "y minus the answer is 2 or -2 on a mistake, so the step is twice Rosenblatt's.")
def update(weight, bias, x, y):
    z = weight @ x + bias
    if y * z <= 0:
        answer = -y
        weight = weight + (y - answer) * x
        bias = bias + (y - answer)
    return weight, bias


@wrong("01.2", "weight and bias packed into one array", "Return two things, weight and bias, not one array of D + 1 numbers.")
def update(weight, bias, x, y):
    if y * (weight @ x + bias) <= 0:
        weight, bias = weight + y * x, bias + y
    return np.append(weight, bias)


@wrong("01.2", "the point without its label", "For class -1 the point has to be subtracted; multiply it by y.")
def update(weight, bias, x, y):
    if y * (weight @ x + bias) <= 0:
        return weight + x, bias + y
    return weight, bias


@wrong("01.2", "score 0 passes, and the bias moves by 1: two mistakes", "A score of 0 is a mistake too, and the bias moves by y, down for class -1.")
def update(weight, bias, x, y):
    if y * (weight @ x + bias) < 0:
        weight = weight + y * x
        bias = bias + 1
    return weight, bias


@right("01.3", "rows with a 1 at the end, bias inside the vector")
def one_pass(weight, bias, X, y):
    Z = np.c_[X, np.ones(len(X))]
    v, mistakes = np.append(weight, bias).astype(float), 0
    for row, label in zip(Z, y):
        if label * (v @ row) <= 0:
            v += label * row
            mistakes += 1
    return v[:-1], v[-1], mistakes


@right("01.3", "lists and indices")
def one_pass(weight, bias, X, y):
    w, b, mistakes = list(weight), bias, 0
    for n in range(len(X)):
        z = b
        for k in range(len(w)):
            z += w[k] * X[n][k]
        if z * y[n] <= 0:
            mistakes += 1
            b += y[n]
            for k in range(len(w)):
                w[k] += y[n] * X[n][k]
    return w, b, mistakes


@right("01.3", "reduce over the points")
def one_pass(weight, bias, X, y):
    def visit(state, point):
        w, b, count = state
        x, label = point
        miss = int(label * (w @ x + b) <= 0)
        return w + miss * label * x, b + miss * label, count + miss

    return reduce(visit, zip(X, y), (weight, bias, 0))


@wrong("01.3", "all scores computed before the loop", "The line moves on the way; each score must come from the line as it is at that visit.")
def one_pass(weight, bias, X, y):
    scores = X @ weight + bias
    mistakes = 0
    for x, label, z in zip(X, y, scores):
        if label * z <= 0:
            weight = weight + label * x
            bias = bias + label
            mistakes += 1
    return weight, bias, mistakes


@wrong("01.3", "return indented into the loop", "The return stands inside the loop, so only the first point is visited.")
def one_pass(weight, bias, X, y):
    mistakes = 0
    for x, label in zip(X, y):
        if label * (weight @ x + bias) <= 0:
            weight = weight + label * x
            bias = bias + label
            mistakes += 1
        return weight, bias, mistakes


@wrong("01.3", "mistakes counted with the last line", "Count the mistakes made on the way, not those the final line would make.")
def one_pass(weight, bias, X, y):
    for x, label in zip(X, y):
        if label * (weight @ x + bias) <= 0:
            weight = weight + label * x
            bias = bias + label
    mistakes = int(np.sum(y * (X @ weight + bias) <= 0))
    return weight, bias, mistakes


@wrong("01.3", "bias plus the whole y", "bias + y adds all the labels and makes an array; use the label of this point.")
def one_pass(weight, bias, X, y):
    mistakes = 0
    for i in range(len(X)):
        if y[i] * (weight @ X[i] + bias) <= 0:
            weight = weight + y[i] * X[i]
            bias = bias + y
            mistakes += 1
    return weight, bias, mistakes


@wrong("01.3", "repeated until a pass is clean", "One pass visits every point once; you go on until there are no mistakes.")
def one_pass(weight, bias, X, y):
    mistakes = 0
    for _ in range(100):
        before = mistakes
        for x, label in zip(X, y):
            if label * (weight @ x + bias) <= 0:
                weight, bias = weight + label * x, bias + label
                mistakes += 1
        if mistakes == before:
            break
    return weight, bias, mistakes


@wrong("01.3", "the last row is left out", "range(len(X) - 1) ends one too early; the last point is never visited.")
def one_pass(weight, bias, X, y):
    mistakes = 0
    for i in range(len(X) - 1):
        if y[i] * (weight @ X[i] + bias) <= 0:
            weight, bias = weight + y[i] * X[i], bias + y[i]
            mistakes += 1
    return weight, bias, mistakes


@wrong("01.3", "from the last row to the first, and the bias never moves: two mistakes", "Visit the rows in order, and move the bias by the label with every step of the weights.")
def one_pass(weight, bias, X, y):
    mistakes = 0
    for x, label in zip(X[::-1], y[::-1]):
        if label * (weight @ x + bias) <= 0:
            weight = weight + label * x
            mistakes += 1
    return weight, bias, mistakes


@right("01.4", "running mean, moved a k-th of the way at visit k")
def averaged(X, y, passes):
    line = np.zeros(X.shape[1] + 1)
    mean = np.zeros_like(line)
    k = 0
    for _ in range(passes):
        for x, label in zip(X, y):
            point = np.append(x, 1.0)
            if label * (line @ point) <= 0:
                line = line + label * point
            k += 1
            mean = mean + (line - mean) / k
    return mean[:-1], mean[-1]


@right("01.4", "each step weighted by the number of visits it survives")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    u, c = np.zeros(X.shape[1]), 0.0
    visits = passes * len(X)
    for t in range(visits):
        x, label = X[t % len(X)], y[t % len(X)]
        if label * (w @ x + b) <= 0:
            w, b = w + label * x, b + label
            u, c = u + t * label * x, c + t * label
    return w - u / visits, b - c / visits


@right("01.4", "all lines in a list, np.mean at the end")
def averaged(X, y, passes):
    w, b, lines = [0.0] * len(X[0]), 0.0, []
    for x, label in list(zip(X, y)) * passes:
        if label * (sum(p * q for p, q in zip(w, x)) + b) <= 0:
            w = [p + label * q for p, q in zip(w, x)]
            b += label
        lines.append([*w, b])
    *weight, bias = np.mean(lines, axis=0)
    return weight, bias


@wrong("01.4", "the list keeps one array that is changed in place", "Every entry of the list is the same array, so the mean is just the last line; append a copy.")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    ws, bs = [], []
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w += label * x
                b += label
            ws.append(w)
            bs.append(b)
    return np.mean(ws, axis=0), np.mean(bs)


@wrong("01.4", "the counting trick with visits from 1", "A step at visit t, counted from 1, survives T - t + 1 visits; this is the mean before each visit.")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    u, c = np.zeros(X.shape[1]), 0.0
    t = 1
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w, b = w + label * x, b + label
                u, c = u + t * label * x, c + t * label
            t += 1
    T = passes * len(X)
    return w - u / T, b - c / T


@wrong("01.4", "mean over the mistakes only", "A line counts once for each visit it survives, also where nothing changes.")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    w_sum, b_sum, n = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w, b = w + label * x, b + label
                w_sum, b_sum, n = w_sum + w, b_sum + b, n + 1
    return w_sum / max(n, 1), b_sum / max(n, 1)


@wrong("01.4", "the line is taken once at the end of each pass", "The mean runs over all visits, passes times N of them, not over the passes.")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    lines = []
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w, b = w + label * x, b + label
        lines.append(np.append(w, b))
    mean = np.mean(lines, axis=0)
    return mean[:-1], mean[-1]


@wrong("01.4", "the line starts anew in each pass", "The line is set to zero once at the beginning, not at the start of every pass.")
def averaged(X, y, passes):
    w_sum, b_sum = np.zeros(X.shape[1]), 0.0
    for _ in range(passes):
        w, b = np.zeros(X.shape[1]), 0.0
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w, b = w + label * x, b + label
            w_sum = w_sum + w
            b_sum = b_sum + b
    return w_sum / (passes * len(X)), b_sum / (passes * len(X))


@wrong("01.4", "mistakes judged by the averaged line", "The mean is only taken along; whether a point is a mistake is decided by the current line.")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    w_sum, b_sum = np.zeros(X.shape[1]), 0.0
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (w_sum @ x + b_sum) <= 0:
                w, b = w + label * x, b + label
            w_sum, b_sum = w_sum + w, b_sum + b
    n = passes * len(X)
    return w_sum / n, b_sum / n


@wrong("01.4", "taken before the visit, last bias returned: two mistakes", "Add the line after the visit, and average the bias just as the weights.")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    w_sum = np.zeros(X.shape[1])
    for _ in range(passes):
        for x, label in zip(X, y):
            w_sum = w_sum + w
            if label * (w @ x + b) <= 0:
                w, b = w + label * x, b + label
    return w_sum / (passes * len(X)), b


@right("01.5", "everything squared, no root at all")
def bound(X, y, direction):
    R2 = np.einsum("nd,nd->n", X, X).max()
    margin2 = np.min(y * (X @ direction)) ** 2 / (direction @ direction)
    return float(R2 / margin2)


@right("01.5", "loops and math.hypot")
def bound(X, y, direction):
    length = math.hypot(*direction)
    R = max(math.hypot(*x) for x in X)
    gamma = math.inf
    for x, label in zip(X, y):
        distance = label * sum(p * q for p, q in zip(x, direction)) / length
        if distance < gamma:
            gamma = distance
    return float((R / gamma) ** 2)


@right("01.5", "distances without the labels, since all points are on their side")
def bound(X, y, direction):
    unit = direction / np.linalg.norm(direction)
    gamma = np.sort(np.abs(X @ unit))[0]
    R = np.sqrt(np.max(np.sum(np.square(X), axis=1)))
    return float(np.square(R / gamma))


@wrong("01.5", "length of the whole table as R", "np.linalg.norm without an axis takes all points together; R is the longest single row.")
def bound(X, y, direction):
    u = direction / np.linalg.norm(direction)
    R = np.linalg.norm(X)
    gamma = np.min(y * (X @ u))
    return float((R / gamma) ** 2)


@wrong("01.5", "longest projection as R", "R is the length of the longest point, not how far it reaches along the direction.")
def bound(X, y, direction):
    u = direction / np.linalg.norm(direction)
    d = y * (X @ u)
    return float((d.max() / d.min()) ** 2)


@wrong("01.5", "the points are brought to length 1 as well", "Only the direction is made a unit vector; the points keep their length, or R is counted twice.")
def bound(X, y, direction):
    lengths = np.linalg.norm(X, axis=1)
    u = direction / np.linalg.norm(direction)
    gamma = np.min(y * (X @ u) / lengths)
    return float((lengths.max() / gamma) ** 2)


@wrong("01.5", "labels left out of the margin", "Without y the smallest value is the farthest point of class -1, and the square hides its sign.")
def bound(X, y, direction):
    u = direction / np.linalg.norm(direction)
    gamma = (X @ u).min()
    return float((np.linalg.norm(X, axis=1).max() / gamma) ** 2)


@wrong("01.5", "direction divided by its squared length", "The length is the root of direction @ direction; without it the result depends on how long the direction is.")
def bound(X, y, direction):
    u = direction / (direction @ direction)
    R = np.linalg.norm(X, axis=1).max()
    gamma = np.min(y * (X @ u))
    return float((R / gamma) ** 2)


@wrong("01.5", "direction divided by its largest entry", "Dividing by the largest entry does not give length 1; use the Euclidean length.")
def bound(X, y, direction):
    u = direction / np.abs(direction).max()
    R = np.linalg.norm(X, axis=1).max()
    gamma = np.min(y * (X @ u))
    return float((R / gamma) ** 2)


@wrong("01.5", "mean distance as margin, no square: two mistakes", "The margin is the smallest distance, and the bound is the square of R / gamma.")
def bound(X, y, direction):
    u = direction / np.linalg.norm(direction)
    R = np.linalg.norm(X, axis=1).max()
    gamma = np.mean(y * (X @ u))
    return float(R / gamma)


@right("01.6", "argmax of the scores themselves")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return scores.argmax(axis=1)


@right("01.6", "row by row with max and a key, a list comes back")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return [max(range(len(row)), key=row.__getitem__) for row in scores]


@wrong("01.6", "0 counted as lit", "Several units may be above 0, and argmax then takes the first; compare the scores, not their signs.")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return (scores >= 0).argmax(axis=1)


@wrong("01.6", "negative scores cut to 0, then argmax", "Better, but where all scores are below 0 the highest of them must win and here class 0 does.")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return np.maximum(scores, 0).argmax(axis=1)


@wrong("01.6", "above the mean of the row instead of above 0", "Another threshold has the same fault: several units pass and the first one is taken.")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return (scores > scores.mean(axis=1, keepdims=True)).argmax(axis=1)


@wrong("01.6", "equal to the maximum of the whole table", "The maximum must be taken row by row; only one row holds the maximum of all.")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return (scores == scores.max()).argmax(axis=1)


@wrong("01.6", "axis changed, threshold kept", "The axis was right, one answer for each row; the threshold is what loses the highest score.")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return (scores > 0).argmax(axis=0)


@right("01.7", "all units at once, totals added up after every example")
def averaged_reader(examples, inputs, classes):
    V = np.zeros((classes, inputs + 1))
    total = np.zeros_like(V)
    T = 0
    for x, label in examples:
        point = np.append(x, 1.0)
        sign = 2 * (np.arange(classes) == label) - 1
        wrong = sign * (V @ point) <= 0
        V = V + np.outer(sign * wrong, point)
        total += V
        T += 1
    return total[:, :-1] / T, total[:, -1] / T


@right("01.7", "lists and plain loops, each step weighted at the end by how long it lasted")
def averaged_reader(examples, inputs, classes):
    W = [[0.0] * inputs for _ in range(classes)]
    b = [0.0] * classes
    steps = []
    n = 0
    for x, label in examples:
        for c in range(classes):
            s = 1 if label == c else -1
            if s * (sum(w_k * x_k for w_k, x_k in zip(W[c], x)) + b[c]) <= 0:
                W[c] = [w_k + s * x_k for w_k, x_k in zip(W[c], x)]
                b[c] += s
                steps.append((n, c, s, x))
        n += 1
    mean_W, mean_b = np.zeros((classes, inputs)), np.zeros(classes)
    for t, c, s, x in steps:
        mean_W[c] += (n - t) / n * s * np.array(x)
        mean_b[c] += (n - t) / n * s
    return mean_W, mean_b


@right("01.7", "enumerate, the counter's array next to the last line, the mean by a running formula")
def averaged_reader(examples, inputs, classes):
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    M, m = np.zeros((classes, inputs)), np.zeros(classes)
    for t, (x, label) in enumerate(examples, start=1):
        signs = -np.ones(classes)
        signs[label] = 1
        step = np.where(signs * (W @ x + b) > 0, 0, signs)
        W, b = W + np.outer(step, x), b + step
        M, m = M + (W - M) / t, m + (b - m) / t
    return M, m


@wrong("01.7", "the last lines", "Return the means over all examples, not W and b as they are at the end.")
def averaged_reader(examples, inputs, classes):
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    for x, label in examples:
        for c in range(classes):
            s = 1 if c == label else -1
            if s * (W[c] @ x + b[c]) <= 0:
                W[c] += s * x
                b[c] += s
    return W, b


@wrong("01.7", "counter raised before the visit", "The counter must say how many examples lie before the step; it starts at 0 and grows after the visit.")
def averaged_reader(examples, inputs, classes):
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    U, u = np.zeros((classes, inputs)), np.zeros(classes)
    t = 0
    for x, label in examples:
        t += 1
        for c in range(classes):
            s = 1 if c == label else -1
            if s * (W[c] @ x + b[c]) <= 0:
                W[c] += s * x
                b[c] += s
                U[c] += t * s * x
                u[c] += t * s
    return W - U / t, b - u / t


@wrong("01.7", "counter inside the loop over the classes", "Count an example once, not once for each class.")
def averaged_reader(examples, inputs, classes):
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    U, u = np.zeros((classes, inputs)), np.zeros(classes)
    t = 0
    for x, label in examples:
        for c in range(classes):
            s = 1 if c == label else -1
            if s * (W[c] @ x + b[c]) <= 0:
                W[c] += s * x
                b[c] += s
                U[c] += t * s * x
                u[c] += t * s
            t += 1
    return W - U / t, b - u / t


@wrong("01.7", "the same list of lines, changed in place", "All the kept lines are one array; keep copies, or add up.")
def averaged_reader(examples, inputs, classes):
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    kept_W, kept_b = [], []
    for x, label in examples:
        for c in range(classes):
            s = 1 if c == label else -1
            if s * (W[c] @ x + b[c]) <= 0:
                W[c] += s * x
                b[c] += s
        kept_W.append(W)
        kept_b.append(b)
    return np.mean(kept_W, axis=0), np.mean(kept_b, axis=0)


@wrong("01.7", "the bias's late steps without the counter", "Multiply the step of the bias by the counter too.")
def averaged_reader(examples, inputs, classes):
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    U, u = np.zeros((classes, inputs)), np.zeros(classes)
    t = 0
    for x, label in examples:
        for c in range(classes):
            s = 1 if c == label else -1
            if s * (W[c] @ x + b[c]) <= 0:
                W[c] += s * x
                b[c] += s
                U[c] += t * s * x
                u[c] += s
        t += 1
    return W - U / t, b - u / t


@wrong("01.7", "learns only when the winning class is wrong, and only two units", "Each unit decides for itself; do not look at which unit has the highest score.")
def averaged_reader(examples, inputs, classes):
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    U, u = np.zeros((classes, inputs)), np.zeros(classes)
    t = 0
    for x, label in examples:
        found = np.argmax(W @ x + b)
        if found != label:
            for c, s in ((label, 1), (found, -1)):
                W[c] += s * x
                b[c] += s
                U[c] += t * s * x
                u[c] += t * s
        t += 1
    return W - U / t, b - u / t


@wrong("01.7", "the examples walked through twice", "The examples come once; the second loop finds nothing.")
def averaged_reader(examples, inputs, classes):
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    T = sum(1 for _ in examples)
    for t, (x, label) in enumerate(examples):
        for c in range(classes):
            s = 1 if c == label else -1
            if s * (W[c] @ x + b[c]) <= 0:
                W[c] += (T - t) / T * s * x
                b[c] += (T - t) / T * s
    return W, b


@wrong("01.7", "weighted steps used for the scores as well", "The scores need the line as it is; the weights (T - t) / T are for the mean alone. And a stream has no length.")
def averaged_reader(examples, inputs, classes):
    examples = list(examples)
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    T = len(examples)
    for t, (x, label) in enumerate(examples):
        for c in range(classes):
            s = 1 if c == label else -1
            if s * (W[c] @ x + b[c]) <= 0:
                W[c] += (T - t) / T * s * x
                b[c] += (T - t) / T * s
    return W, b
