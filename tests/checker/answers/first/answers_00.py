"""Answers to the exercises of lesson 00, written from the statements alone."""

import numpy as np

from answers import right, wrong


@right("00.1", "mean of the comparison")
def accuracy(predicted, labels):
    return np.mean(predicted == labels)


@right("00.1", "plain loop with a counter")
def accuracy(predicted, labels):
    hits = 0
    for p, t in zip(predicted, labels):
        if p == t:
            hits += 1
    return hits / len(labels)


@right("00.1", "one minus the share of differences, in float32")
def accuracy(predicted, labels):
    missed = np.count_nonzero(predicted != labels)
    return np.float32(1) - np.float32(missed) / np.float32(predicted.size)


@wrong("00.1", "percent", "The share is multiplied by 100; the result should lie between 0 and 1.")
def accuracy(predicted, labels):
    return 100 * np.mean(predicted == labels)


@wrong("00.1", "integer division", "// cuts the fraction off, so everything below a perfect score becomes 0.")
def accuracy(predicted, labels):
    return np.sum(predicted == labels) // len(labels)


@wrong("00.1", "tests whether the prediction occurs anywhere in the labels", "Compare each prediction with the label at the same place, not with all labels.")
def accuracy(predicted, labels):
    hits = sum(1 for p in predicted if p in labels)
    return hits / len(labels)


@wrong("00.1", "hits of class 0 are not counted", "count_nonzero on the labels themselves loses the right answers whose label is 0.")
def accuracy(predicted, labels):
    return np.count_nonzero(labels[predicted == labels]) / len(labels)


@wrong("00.1", "one minus the mean distance of the class numbers", "How far apart two class numbers are means nothing; only equal or not equal counts.")
def accuracy(predicted, labels):
    return 1 - np.mean(np.abs(predicted - labels))


@wrong("00.1", "counts the errors and divides by the number of classes", "These are the wrong answers instead of the right ones, and the divisor should be the number of predictions.")
def accuracy(predicted, labels):
    errors = 0
    for p, t in zip(predicted, labels):
        if p != t:
            errors += 1
    return errors / len(np.unique(labels))
