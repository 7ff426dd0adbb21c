"""Answers to the exercises of lesson 01, written from the statements alone."""

import math

import numpy as np

from answers import right, wrong


@right("01.1", "np.where")
def neuron(X, weight, bias):
    return np.where(X @ weight + bias > 0, 1, -1)


@right("01.1", "plain loops, a list comes back")
def neuron(X, weight, bias):
    answers = []
    for row in X:
        z = 0.0
        for w, x in zip(weight, row):
            z += w * x
        z += bias
        if z > 0:
            answers.append(1)
        else:
            answers.append(-1)
    return answers


@right("01.1", "einsum and arithmetic on True and False")
def neuron(X, weight, bias):
    z = np.einsum("nd,d->n", X, weight) + bias
    return 2 * (z > 0).astype(int) - 1


@wrong("01.1", "np.sign", "np.sign answers 0 where the score is exactly 0; the answer there is -1.")
def neuron(X, weight, bias):
    return np.sign(X @ weight + bias)


@wrong("01.1", "bias added to each product", "The bias is added once for each row, not once for each input.")
def neuron(X, weight, bias):
    return np.where((X * weight + bias).sum(axis=1) > 0, 1, -1)


@wrong("01.1", "column (N, 1) returned", "The result has shape (N, 1), but an array (N,) is asked for.")
def neuron(X, weight, bias):
    z = X @ weight.reshape(-1, 1) + bias
    return np.where(z > 0, 1, -1)


@wrong("01.1", "only the negative scores replaced", "Scores above 0 are returned as they are; they must become +1.")
def neuron(X, weight, bias):
    z = X @ weight + bias
    z[z <= 0] = -1
    return z


@wrong("01.1", "score cut to a whole number first", "astype(int) turns a score of 0.5 into 0, so small positive scores are answered with -1.")
def neuron(X, weight, bias):
    z = (X @ weight + bias).astype(int)
    return np.where(z > 0, 1, -1)


@wrong("01.1", "0 and 1 as answers, and a score of 0 is lit", "The answers are -1 and +1, and a score of exactly 0 is not above 0.")
def neuron(X, weight, bias):
    return (X @ weight + bias >= 0).astype(int)


@right("01.2", "the rule as written")
def update(weight, bias, x, y):
    if y * (weight @ x + bias) <= 0:
        weight = weight + y * x
        bias = bias + y
    return weight, bias


@right("01.2", "cases for both labels, a list comes back")
def update(weight, bias, x, y):
    z = sum(w * v for w, v in zip(weight, x)) + bias
    if (y == 1 and z <= 0) or (y == -1 and z >= 0):
        return [w + y * v for w, v in zip(weight, x)], bias + y
    return weight, bias


@right("01.2", "no if, the mistake is a factor of 0 or 1")
def update(weight, bias, x, y):
    mistake = int(y * (np.dot(x, weight) + bias) <= 0)
    return weight + mistake * y * x, bias + mistake * y


@wrong("01.2", "mistake found by comparing answer and label", "With label -1 and a score of 0 the answer -1 looks right, but a score of 0 counts as a mistake.")
def update(weight, bias, x, y):
    answer = 1 if weight @ x + bias > 0 else -1
    if answer != y:
        weight = weight + y * x
        bias = bias + y
    return weight, bias


@wrong("01.2", "step of y - answer", "y minus the answer is +2 or -2, so the step is twice as long as it should be.")
def update(weight, bias, x, y):
    answer = 1 if weight @ x + bias > 0 else -1
    weight = weight + (y - answer) * x
    bias = bias + (y - answer)
    return weight, bias


@wrong("01.2", "tested again before the bias moves", "Test once: after the weight has moved the second test sees another score and the bias often stays.")
def update(weight, bias, x, y):
    if y * (weight @ x + bias) <= 0:
        weight = weight + y * x
    if y * (weight @ x + bias) <= 0:
        bias = bias + y
    return weight, bias


@wrong("01.2", "return only inside the if", "When the point is right the function returns None; it must return the old weight and bias.")
def update(weight, bias, x, y):
    if y * (weight @ x + bias) <= 0:
        weight = weight + y * x
        bias = bias + y
        return weight, bias


@wrong("01.2", "bias left out of the score", "The bias belongs to the score that decides whether the point is a mistake.")
def update(weight, bias, x, y):
    if y * (weight @ x) <= 0:
        return weight + y * x, bias + y
    return weight, bias


@wrong("01.2", "below 0 only, and the bias always grows by 1", "A score of 0 is a mistake too, and the bias moves by y, not by 1.")
def update(weight, bias, x, y):
    if y * (weight @ x + bias) < 0:
        weight = weight + y * x
        bias = bias + 1
    return weight, bias


@right("01.3", "loop over pairs")
def one_pass(weight, bias, X, y):
    mistakes = 0
    for x, label in zip(X, y):
        if label * (weight @ x + bias) <= 0:
            weight = weight + label * x
            bias = bias + label
            mistakes += 1
    return weight, bias, mistakes


@right("01.3", "in place on the weight")
def one_pass(weight, bias, X, y):
    mistakes = 0
    for i in range(len(X)):
        if y[i] * (np.dot(weight, X[i]) + bias) <= 0:
            weight += y[i] * X[i]
            bias += y[i]
            mistakes += 1
    return weight, bias, mistakes


@right("01.3", "bias as one more weight, list of the visits that were mistakes")
def one_pass(weight, bias, X, y):
    A = np.hstack([X, np.ones((len(X), 1))])
    line = np.append(weight, bias)
    wrong_ones = []
    for n in range(len(A)):
        if np.sum(line * A[n]) * y[n] <= 0:
            wrong_ones.append(n)
            line = line + y[n] * A[n]
    return line[:-1], line[-1], len(wrong_ones)


@wrong("01.3", "mistakes counted at the end", "The mistakes are to be counted on the way; this counts those of the final line.")
def one_pass(weight, bias, X, y):
    for x, label in zip(X, y):
        if label * (weight @ x + bias) <= 0:
            weight = weight + label * x
            bias = bias + label
    mistakes = int(np.sum(y * (X @ weight + bias) <= 0))
    return weight, bias, mistakes


@wrong("01.3", "all points tested with the old line, one step for all", "Each visit must use the line as the visits before have left it, not the line from before the pass.")
def one_pass(weight, bias, X, y):
    missed = y * (X @ weight + bias) <= 0
    weight = weight + (y[missed][:, None] * X[missed]).sum(axis=0)
    bias = bias + y[missed].sum()
    return weight, bias, int(missed.sum())


@wrong("01.3", "stays at a point until it is right", "Every point is visited once: one step for a mistake, even if it is still wrong afterwards.")
def one_pass(weight, bias, X, y):
    mistakes = 0
    for x, label in zip(X, y):
        while label * (weight @ x + bias) <= 0:
            weight = weight + label * x
            bias = bias + label
            mistakes += 1
    return weight, bias, mistakes


@wrong("01.3", "stops at the first mistake", "The break ends the pass after the first mistake; the other points are never visited.")
def one_pass(weight, bias, X, y):
    mistakes = 0
    for x, label in zip(X, y):
        if label * (weight @ x + bias) <= 0:
            weight = weight + label * x
            bias = bias + label
            mistakes += 1
            break
    return weight, bias, mistakes


@wrong("01.3", "starts at zero", "The pass must start from the weight and bias that are given, not from zero.")
def one_pass(weight, bias, X, y):
    weight, bias, mistakes = np.zeros(X.shape[1]), 0.0, 0
    for x, label in zip(X, y):
        if label * (weight @ x + bias) <= 0:
            weight = weight + label * x
            bias = bias + label
            mistakes += 1
    return weight, bias, mistakes


@wrong("01.3", "last row skipped and the right ones counted", "The loop ends one row early, and the counter counts the points that were right.")
def one_pass(weight, bias, X, y):
    count = 0
    for i in range(len(X) - 1):
        if y[i] * (weight @ X[i] + bias) <= 0:
            weight = weight + y[i] * X[i]
            bias = bias + y[i]
        else:
            count += 1
    return weight, bias, count


@right("01.4", "running sums")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    w_sum, b_sum = np.zeros(X.shape[1]), 0.0
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w = w + label * x
                b = b + label
            w_sum = w_sum + w
            b_sum = b_sum + b
    visits = passes * len(X)
    return w_sum / visits, b_sum / visits


@right("01.4", "generator of all lines, then the mean")
def averaged(X, y, passes):
    def lines():
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(passes):
            for n in range(len(X)):
                if y[n] * (np.dot(w, X[n]) + b) <= 0:
                    w, b = w + y[n] * X[n], b + y[n]
                yield np.append(w, b)

    mean = np.mean(list(lines()), axis=0)
    return list(mean[:-1]), mean[-1]


@right("01.4", "last line minus the updates weighted by their time")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    late_w, late_b = np.zeros(X.shape[1]), 0.0
    before = 0
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w += label * x
                b += label
                late_w += before * label * x
                late_b += before * label
            before += 1
    return w - late_w / before, b - late_b / before


@wrong("01.4", "the same array appended every time", "w += changes the one array that stands in the list many times, so the mean is the last line; append a copy.")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    all_w, all_b = [], []
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w += label * x
                b += label
            all_w.append(w)
            all_b.append(b)
    return np.mean(all_w, axis=0), np.mean(all_b)


@wrong("01.4", "line added before the visit", "The line is to be taken after each visit; here the start counts and the last line does not.")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    w_sum, b_sum = np.zeros(X.shape[1]), 0.0
    for _ in range(passes):
        for x, label in zip(X, y):
            w_sum = w_sum + w
            b_sum = b_sum + b
            if label * (w @ x + b) <= 0:
                w = w + label * x
                b = b + label
    return w_sum / (passes * len(X)), b_sum / (passes * len(X))


@wrong("01.4", "mean over the updates only", "A line counts once for every visit it survives, not once for every change.")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    all_w, all_b = [], []
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w = w + label * x
                b = b + label
                all_w.append(w)
                all_b.append(b)
    return np.mean(all_w, axis=0), np.mean(all_b)


@wrong("01.4", "counter starts at 1", "With the counter at 1 the zero line from before the first visit is part of the mean, over one visit too many.")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    u, beta = np.zeros(X.shape[1]), 0.0
    c = 1
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w = w + label * x
                b = b + label
                u = u + c * label * x
                beta = beta + c * label
            c += 1
    return w - u / c, b - beta / c


@wrong("01.4", "mean over the ends of the passes", "The mean runs over all visits; this takes one line a pass.")
def averaged(X, y, passes):
    w, b = np.zeros(X.shape[1]), 0.0
    w_sum, b_sum = np.zeros(X.shape[1]), 0.0
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w = w + label * x
                b = b + label
        w_sum = w_sum + w
        b_sum = b_sum + b
    return w_sum / passes, b_sum / passes


@wrong("01.4", "line set back to zero in every pass, bias not averaged", "The line must carry over from pass to pass, and the bias needs a mean as well.")
def averaged(X, y, passes):
    total = np.zeros(X.shape[1])
    for _ in range(passes):
        w, b = np.zeros(X.shape[1]), 0.0
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w = w + label * x
                b = b + label
            total = total + w
    return total / (passes * len(X)), b


@right("01.5", "unit vector and norms")
def bound(X, y, direction):
    u = direction / np.linalg.norm(direction)
    gamma = np.min(y * (X @ u))
    R = np.max(np.linalg.norm(X, axis=1))
    return float((R / gamma) ** 2)


@right("01.5", "plain loops with math")
def bound(X, y, direction):
    length = math.sqrt(sum(d * d for d in direction))
    R, gamma = 0.0, math.inf
    for row, label in zip(X, y):
        R = max(R, math.sqrt(sum(v * v for v in row)))
        distance = label * sum(v * d for v, d in zip(row, direction)) / length
        gamma = min(gamma, distance)
    return float((R / gamma) ** 2)


@right("01.5", "squares only, absolute scores since the direction separates")
def bound(X, y, direction):
    R2 = np.einsum("nd,nd->n", X, X).max()
    scores = np.abs(X @ direction)
    return float(R2 * (direction @ direction) / scores.min() ** 2)


@wrong("01.5", "norm of the whole table", "Without axis=1 norm() takes all points together; R is the length of the longest single point.")
def bound(X, y, direction):
    u = direction / np.linalg.norm(direction)
    gamma = np.min(y * (X @ u))
    return float((np.linalg.norm(X) / gamma) ** 2)


@wrong("01.5", "R and gamma from the same point", "R comes from the longest point and gamma from the nearest one; the largest quotient of single points is smaller.")
def bound(X, y, direction):
    u = direction / np.linalg.norm(direction)
    quotients = np.linalg.norm(X, axis=1) / (y * (X @ u))
    return float(np.max(quotients) ** 2)


@wrong("01.5", "direction not brought to length 1", "The margin is a distance, so divide the scores by the length of the direction.")
def bound(X, y, direction):
    gamma = np.min(y * (X @ direction))
    R = np.max(np.linalg.norm(X, axis=1))
    return float((R / gamma) ** 2)


@wrong("01.5", "labels left out", "Without y the smallest score is the most negative one: that point is far away, not near.")
def bound(X, y, direction):
    u = direction / np.linalg.norm(direction)
    gamma = np.min(X @ u)
    R = np.max(np.linalg.norm(X, axis=1))
    return float((R / gamma) ** 2)


@wrong("01.5", "rounded down to a whole number", "The bound itself is asked for, as a float; it is not rounded down.")
def bound(X, y, direction):
    u = direction / np.linalg.norm(direction)
    gamma = np.min(y * (X @ u))
    R = np.max(np.linalg.norm(X, axis=1))
    return int((R / gamma) ** 2)


@wrong("01.5", "direction divided by the sum of its entries, square forgotten", "The length is the root of the sum of squares, and the quotient must be squared.")
def bound(X, y, direction):
    u = direction / np.sum(np.abs(direction))
    gamma = np.min(y * (X @ u))
    R = np.max(np.sqrt(np.sum(X**2, axis=1)))
    return float(R / gamma)


@right("01.6", "argmax of the scores")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return scores.argmax(axis=1)


@right("01.6", "max with a key for every row")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return np.array([max(range(len(s)), key=lambda c: s[c]) for s in scores])


@wrong("01.6", "at least 0 in place of above 0", "The scores are still turned into True and False, so of two units above 0 the first wins.")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return (scores >= 0).argmax(axis=1)


@wrong("01.6", "scores cut off at 0", "If all scores are below 0 everything becomes 0 and class 0 wins; take argmax of the scores themselves.")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return np.where(scores > 0, scores, 0).argmax(axis=1)


@wrong("01.6", "the highest score itself returned", "max gives the score; the class is its position, argmax.")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return scores.max(axis=1)


@wrong("01.6", "absolute scores", "A strongly negative score speaks against a class; its absolute value must not win.")
def which_digit(X, W, b):
    scores = X @ W.T + b
    return np.abs(scores).argmax(axis=1)
