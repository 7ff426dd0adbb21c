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


@wrong("00.1", "isin: the prediction occurs anywhere among the labels", "Compare each prediction with its own label, not with all labels.")
def accuracy(predicted, labels):
    return np.isin(predicted, labels).mean()


@wrong("00.1", "every prediction against every label by broadcasting", "The extra axis makes an N by N table; the pairs you want are only its diagonal.")
def accuracy(predicted, labels):
    return np.mean(predicted[:, None] == labels)


@wrong("00.1", "floor division of the count", "// throws the fraction away, so all but a perfect score becomes 0.")
def accuracy(predicted, labels):
    return np.sum(predicted == labels) // len(labels)


@wrong("00.1", "all or nothing", "all() asks whether every answer is right; the share is the mean.")
def accuracy(predicted, labels):
    if (predicted == labels).all():
        return 1.0
    return 0.0


@wrong("00.1", "the loop starts at the second example", "Indices begin at 0; the first pair is never compared.")
def accuracy(predicted, labels):
    hits = 0
    for i in range(1, len(labels)):
        if predicted[i] == labels[i]:
            hits += 1
    return hits / len(labels)


@wrong("00.1", "the overlap of the two sets of classes", "A set forgets how often and where a class was said; count the positions that agree.")
def accuracy(predicted, labels):
    said, true = set(predicted.tolist()), set(labels.tolist())
    return len(said & true) / len(said | true)


@wrong("00.1", "error in per cent: two mistakes", "This is the share of wrong answers, and times 100: the statement wants right ones, between 0 and 1.")
def accuracy(predicted, labels):
    return 100 * np.mean(predicted != labels)


@right("00.2", "one image after the other, plain loops and counters")
def looks_like_seven(images):
    def mean(image, rows, columns):
        total = 0.0
        for r in rows:
            for c in columns:
                total += float(image[r][c])
        return total / (len(rows) * len(columns))

    answers = []
    for image in images:
        ok = mean(image, [0, 1], [2, 3, 4, 5]) > 0.5
        for r in range(2, 8):
            if max(image[r][2:6]) < 0.5:
                ok = False
        if mean(image, [2, 3], [0, 1, 2]) >= 0.25:
            ok = False
        for columns in ([0, 1, 2], [5, 6, 7]):
            if mean(image, [5, 6, 7], columns) >= 0.25:
                ok = False
        answers.append(ok)
    return answers


@right("00.2", "any and all, negative slices, the product of the conditions")
def looks_like_seven(images):
    stroke = (images[:, 2:, 2:6] >= 0.5).any(axis=2).all(axis=1)
    bar = images[:, :2, 2:6].reshape(len(images), -1).mean(1) > 0.5
    empty = [images[:, 2:4, :3], images[:, -3:, :3], images[:, -3:, -3:]]
    answer = bar * stroke
    for zone in empty:
        answer = answer * (zone.reshape(len(images), -1).mean(1) < 0.25)
    return answer


@right("00.2", "sums of whole sixteenths, 1 and 0 as the answer")
def looks_like_seven(images):
    grey = np.rint(16 * np.asarray(images)).astype(int)
    ok = np.einsum("nrc->n", grey[:, 0:2, 2:6]) > 64
    ok &= np.all(np.max(grey[:, 2:8, 2:6], axis=-1) >= 8, axis=-1)
    ok &= grey[:, 2:4, 0:3].sum((1, 2)) < 24
    ok &= grey[:, 5:8, 0:3].sum((1, 2)) < 36
    ok &= grey[:, 5:8, 5:8].sum((1, 2)) < 36
    return ok.astype(np.int8)


@wrong("00.2", "and between arrays", "Join arrays of True and False with &; `and` asks a whole array for one answer.")
def looks_like_seven(images):
    bar = images[:, 0:2, 2:6].mean(axis=(1, 2)) > 0.5
    stroke = images[:, 2:8, 2:6].max(axis=2).min(axis=1) >= 0.5
    left = images[:, 2:4, 0:3].mean(axis=(1, 2)) < 0.25
    return bar and stroke and left


@wrong("00.2", "slices as in the sentences, 5:7 for rows 5 to 7", "The end of a slice does not belong to it.")
def looks_like_seven(images):
    bar = images[:, 0:1, 2:5].mean(axis=(1, 2)) > 0.5
    stroke = images[:, 2:7, 2:5].max(axis=2).min(axis=1) >= 0.5
    a = images[:, 2:3, 0:2].mean(axis=(1, 2)) < 0.25
    b = images[:, 5:7, 0:2].mean(axis=(1, 2)) < 0.25
    c = images[:, 5:7, 5:7].mean(axis=(1, 2)) < 0.25
    return bar & stroke & a & b & c


@wrong("00.2", "only one slice ends too early", "The lower left has three columns, 0, 1 and 2.")
def looks_like_seven(images):
    bar = images[:, 0:2, 2:6].mean(axis=(1, 2)) > 0.5
    stroke = images[:, 2:8, 2:6].max(axis=2).min(axis=1) >= 0.5
    a = images[:, 2:4, 0:3].mean(axis=(1, 2)) < 0.25
    b = images[:, 5:8, 0:2].mean(axis=(1, 2)) < 0.25
    c = images[:, 5:8, 5:8].mean(axis=(1, 2)) < 0.25
    return bar & stroke & a & b & c


@wrong("00.2", "one dark pixel in the whole stroke", "Every row from 2 to 7 needs its dark pixel.")
def looks_like_seven(images):
    bar = images[:, 0:2, 2:6].mean(axis=(1, 2)) > 0.5
    stroke = images[:, 2:8, 2:6].max(axis=(1, 2)) >= 0.5
    a = images[:, 2:4, 0:3].mean(axis=(1, 2)) < 0.25
    b = images[:, 5:8, 0:3].mean(axis=(1, 2)) < 0.25
    c = images[:, 5:8, 5:8].mean(axis=(1, 2)) < 0.25
    return bar & stroke & a & b & c


@wrong("00.2", "the sentence about the middle left forgotten", "There are five sentences; the middle left has to be empty too.")
def looks_like_seven(images):
    bar = images[:, 0:2, 2:6].mean(axis=(1, 2)) > 0.5
    stroke = images[:, 2:8, 2:6].max(axis=2).min(axis=1) >= 0.5
    b = images[:, 5:8, 0:3].mean(axis=(1, 2)) < 0.25
    c = images[:, 5:8, 5:8].mean(axis=(1, 2)) < 0.25
    return bar & stroke & b & c


@wrong("00.2", "means over all images at once", "Leave the images apart: mean(axis=(1, 2)).")
def looks_like_seven(images):
    bar = images[:, 0:2, 2:6].mean() > 0.5
    stroke = images[:, 2:8, 2:6].max(axis=2).min() >= 0.5
    a = images[:, 2:4, 0:3].mean() < 0.25
    b = images[:, 5:8, 0:3].mean() < 0.25
    c = images[:, 5:8, 5:8].mean() < 0.25
    return bar & stroke & a & b & c


@wrong("00.2", "one threshold for everything: two mistakes", "The empty zones are below 0.25, and the lower right has columns 5 to 7.")
def looks_like_seven(images):
    bar = images[:, 0:2, 2:6].mean(axis=(1, 2)) > 0.5
    stroke = images[:, 2:8, 2:6].max(axis=2).min(axis=1) >= 0.5
    a = images[:, 2:4, 0:3].mean(axis=(1, 2)) < 0.5
    b = images[:, 5:8, 0:3].mean(axis=(1, 2)) < 0.5
    c = images[:, 5:8, 6:8].mean(axis=(1, 2)) < 0.5
    return bar & stroke & a & b & c


@wrong("00.2", "the largest pixel of the empty zones instead of their mean", "The mean of the zone has to be below 0.25, not every pixel.")
def looks_like_seven(images):
    bar = images[:, 0:2, 2:6].mean(axis=(1, 2)) > 0.5
    stroke = images[:, 2:8, 2:6].max(axis=2).min(axis=1) >= 0.5
    a = images[:, 2:4, 0:3].max(axis=(1, 2)) < 0.25
    b = images[:, 5:8, 0:3].max(axis=(1, 2)) < 0.25
    c = images[:, 5:8, 5:8].max(axis=(1, 2)) < 0.25
    return bar & stroke & a & b & c


@wrong("00.2", "the numbers of the images that fit", "Return True or False for every image, not the positions of the fitting ones.")
def looks_like_seven(images):
    found = []
    for k, image in enumerate(images):
        if (
            image[0:2, 2:6].mean() > 0.5
            and image[2:8, 2:6].max(axis=1).min() >= 0.5
            and image[2:4, 0:3].mean() < 0.25
            and image[5:8, 0:3].mean() < 0.25
            and image[5:8, 5:8].mean() < 0.25
        ):
            found.append(k)
    return found


@right("00.3", "a dictionary of averages and a loop over the new images, a list comes back")
def nearest_average(images, labels, new):
    averages = {}
    for label in set(labels.tolist()):
        rows = [image for image, t in zip(images, labels) if t == label]
        averages[label] = sum(rows) / len(rows)
    answers = []
    for image in new:
        best, best_distance = None, float("inf")
        for label, average in averages.items():
            distance = sum((a - b) ** 2 for a, b in zip(image, average))
            if distance < best_distance:
                best, best_distance = label, distance
        answers.append(best)
    return answers


@right("00.3", "the square multiplied out, one-hot labels, the norm of the new image left away")
def nearest_average(images, labels, new):
    classes, which = np.unique(labels, return_inverse=True)
    onehot = np.eye(len(classes))[which]
    averages = onehot.T @ images / onehot.sum(axis=0)[:, None]
    score = new @ averages.T - 0.5 * (averages**2).sum(axis=1)
    return classes[score.argmax(axis=1)]


@right("00.3", "norms, sorted labels, a generator")
def nearest_average(images, labels, new):
    found = sorted(set(labels))
    means = np.array([np.mean(images[np.asarray(labels) == k], axis=0) for k in found])
    return np.array([found[int(np.argmin(np.linalg.norm(means - row, axis=1)))] for row in new])


@wrong("00.3", "argmin taken for the label", "argmin is a position among the averages; look up the label there.")
def nearest_average(images, labels, new):
    classes = np.unique(labels)
    averages = np.stack([images[labels == c].mean(axis=0) for c in classes])
    return ((new[:, None] - averages) ** 2).sum(axis=2).argmin(axis=1)


@wrong("00.3", "ten digits, whether they occur or not", "A digit without examples has no average.")
def nearest_average(images, labels, new):
    averages = np.stack([images[labels == d].mean(axis=0) for d in range(10)])
    return ((new[:, None] - averages) ** 2).sum(axis=2).argmin(axis=1)


@wrong("00.3", "the nearest training image", "Average the examples of each class before you compare.")
def nearest_average(images, labels, new):
    answers = []
    for row in new:
        answers.append(labels[np.argmin(np.sum((images - row) ** 2, axis=1))])
    return np.array(answers)


@wrong("00.3", "the mean over the pixels", "axis=0 averages the examples; axis=1 mixes the pixels of each.")
def nearest_average(images, labels, new):
    classes = np.unique(labels)
    averages = np.array([images[labels == c].mean() for c in classes])
    distance = (new.mean(axis=1)[:, None] - averages) ** 2
    return classes[distance.argmin(axis=1)]


@wrong("00.3", "absolute differences", "Square the differences; the nearest average can be another one without.")
def nearest_average(images, labels, new):
    classes = np.unique(labels)
    averages = np.stack([images[labels == c].mean(axis=0) for c in classes])
    return classes[np.abs(new[:, None] - averages).sum(axis=2).argmin(axis=1)]


@wrong("00.3", "a running mean that forgets", "(old + new) / 2 gives the last examples more weight than the first.")
def nearest_average(images, labels, new):
    averages = {}
    for image, label in zip(images, labels):
        averages[label] = image if label not in averages else (averages[label] + image) / 2
    known = list(averages)
    table = np.stack([averages[k] for k in known])
    return np.array([known[((table - row) ** 2).sum(axis=1).argmin()] for row in new])


@wrong("00.3", "the square of the sum", "Square each difference before you add up.")
def nearest_average(images, labels, new):
    classes = np.unique(labels)
    averages = np.stack([images[labels == c].mean(axis=0) for c in classes])
    return classes[((new[:, None] - averages).sum(axis=2) ** 2).argmin(axis=1)]


@wrong("00.3", "classes in the order in which they come, averages in that of the numbers", "The averages and the labels must have the same order.")
def nearest_average(images, labels, new):
    seen = list(dict.fromkeys(labels.tolist()))
    averages = np.stack([images[labels == c].mean(axis=0) for c in sorted(seen)])
    nearest = ((new[:, None] - averages) ** 2).sum(axis=2).argmin(axis=1)
    return np.array([seen[k] for k in nearest])


@wrong("00.3", "the averages change while reading", "A new image has no label to learn from; leave the averages as they are.")
def nearest_average(images, labels, new):
    classes = np.unique(labels)
    averages = np.stack([images[labels == c].mean(axis=0) for c in classes])
    answers = []
    for row in new:
        k = ((averages - row) ** 2).sum(axis=1).argmin()
        answers.append(classes[k])
        averages[k] = (averages[k] + row) / 2
    return np.array(answers)
