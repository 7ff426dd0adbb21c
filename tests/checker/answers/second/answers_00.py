"""Answers to the exercises of lesson 00, written from the statements alone."""

import numpy as np

from answers import right, wrong


@right("00.1", "generator over pairs, summed")
def accuracy(predicted, labels):
    return sum(1 for p, t in zip(predicted, labels) if p == t) / len(labels)


@right("00.1", "one minus the share of differences that are not zero")
def accuracy(predicted, labels):
    misses = np.count_nonzero(predicted - labels)
    return 1 - misses / labels.size


@right("00.1", "where to 1 and 0 in float32, then the mean")
def accuracy(predicted, labels):
    hits = np.where(np.equal(predicted, labels), 1, 0).astype(np.float32)
    return hits.mean()


@wrong(
    "00.1",
    "isin: the prediction occurs anywhere among the labels",
    "Compare each prediction with its own label, not with all labels.",
)
def accuracy(predicted, labels):
    return np.isin(predicted, labels).mean()


@wrong(
    "00.1",
    "every prediction against every label by broadcasting",
    "The extra axis makes an N by N table; the pairs you want are only its diagonal.",
)
def accuracy(predicted, labels):
    return np.mean(predicted[:, None] == labels)


@wrong(
    "00.1",
    "floor division of the count",
    "// throws the fraction away, so all but a perfect score becomes 0.",
)
def accuracy(predicted, labels):
    return np.sum(predicted == labels) // len(labels)


@wrong("00.1", "all or nothing", "all() asks whether every answer is right; the share is the mean.")
def accuracy(predicted, labels):
    if (predicted == labels).all():
        return 1.0
    return 0.0


@wrong(
    "00.1",
    "the loop starts at the second example",
    "Indices begin at 0; the first pair is never compared.",
)
def accuracy(predicted, labels):
    hits = 0
    for i in range(1, len(labels)):
        if predicted[i] == labels[i]:
            hits += 1
    return hits / len(labels)


@wrong(
    "00.1",
    "the overlap of the two sets of classes",
    "A set forgets how often and where a class was said; count the positions that agree.",
)
def accuracy(predicted, labels):
    said, true = set(predicted.tolist()), set(labels.tolist())
    return len(said & true) / len(said | true)


@wrong(
    "00.1",
    "error in per cent: two mistakes",
    "This is the share of wrong answers, and times 100: the statement wants right ones, between 0 and 1.",
)
def accuracy(predicted, labels):
    return 100 * np.mean(predicted != labels)
