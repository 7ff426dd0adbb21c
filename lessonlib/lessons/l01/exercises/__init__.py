"""Lesson 01, the perceptron: from one unit to ten, each exercise with one worked step less."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

# ---- the right answers ---------------------------------------------------------------------------


def neuron(X: np.ndarray, weight: np.ndarray, bias: float) -> np.ndarray:
    """Answer +1 where the weighted sum plus the bias is above 0, and -1 elsewhere."""
    z = X @ weight + bias  # (N,) one score for each row
    return np.where(z > 0, 1, -1)  # a score of exactly 0 is not above 0


def update(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple[np.ndarray, float]:
    """One visit of Rosenblatt's rule: change the line only if it gets the point wrong."""
    wrong = y * (weight @ x + bias) <= 0  # a score of 0 counts as wrong
    if wrong:
        weight = weight + y * x  # a new array: the caller's weight stays as it was
        bias = bias + y
    return weight, bias


def one_pass(
    weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, float, int]:
    """Visit every point once, in order; return the line and the number of mistakes on the way."""
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label * (weight @ x + bias) <= 0:  # judged by the line of this moment
            weight, bias = weight + label * x, bias + label
            mistakes += 1
    return weight, bias, mistakes


def averaged(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    """The mean of the line over all visits, whether the visit changed it or not."""
    weight, bias = np.zeros(X.shape[1]), 0.0
    total, total_bias, visits = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(passes):
        for x, label in zip(X, y, strict=True):
            if label * (weight @ x + bias) <= 0:
                weight, bias = weight + label * x, bias + label
            total, total_bias = total + weight, total_bias + bias  # a line that survives counts
            visits += 1
    return total / visits, total_bias / visits


def bound(X: np.ndarray, y: np.ndarray, direction: np.ndarray) -> float:
    """Novikoff's bound (R / gamma)^2 for a direction that separates the points."""
    unit = direction / np.linalg.norm(direction)  # a margin is a length: use a unit vector
    gamma = np.min(y * (X @ unit))  # the point nearest to the plane decides
    radius = np.max(np.linalg.norm(X, axis=1))  # the longest point
    return float((radius / gamma) ** 2)


def which_digit(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The class whose perceptron has the highest score, for every row of X."""
    scores = X @ W.T + b  # (N, classes)
    return scores.argmax(axis=1)  # the highest score wins, even if all are negative


# ---- the cases -----------------------------------------------------------------------------------


def _points(rng: np.random.Generator, n: int, dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole-number points (so that scores of exactly 0 occur) with labels of both signs."""
    X = rng.integers(-3, 4, (n, dim)).astype(float)
    y = np.where(np.arange(n) % 2 == 0, 1, -1)
    return X, rng.permutation(y)


def _neuron_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0]]), np.array([1.0, -1.0]), 0.0)
    biased = (np.array([[0.0, 0.0], [3.0, 1.0]]), np.array([1.0, -1.0]), 2.0)
    drawn = [
        (_points(rng, n, d)[0], rng.integers(-2, 3, d).astype(float), float(rng.integers(-2, 3)))
        for n, d in ((8, 2), (30, 3), (1, 5))
    ]
    return [small, biased, *drawn]


def _update_cases(rng: np.random.Generator) -> list[tuple]:
    wrong = (np.array([1.0, 0.0]), 0.0, np.array([2.0, 1.0]), -1)
    right = (np.array([1.0, 0.0]), 0.0, np.array([2.0, 1.0]), 1)
    start = (np.zeros(2), 0.0, np.array([1.0, -2.0]), -1)  # a score of exactly 0
    by_bias = (np.array([1.0, 1.0]), -5.0, np.array([2.0, 1.0]), 1)
    drawn = [
        (w, float(rng.integers(-2, 3)), x, int(rng.choice((-1, 1))))
        for w, x in zip(rng.integers(-3, 4, (6, 4)) * 1.0, rng.normal(size=(6, 4)), strict=True)
    ]
    return [wrong, right, start, by_bias, *drawn]


def _pass_cases(rng: np.random.Generator) -> list[tuple]:
    small = (
        np.zeros(2),
        0.0,
        np.array([[2.0, 1.0], [1.0, 3.0], [-1.0, 1.0]]),
        np.array([1, 1, -1]),
    )
    drawn = [(np.zeros(d), 0.0, *_points(rng, n, d)) for n, d in ((6, 2), (25, 3))]
    warm = (np.array([1.0, -1.0]), 1.0, *_points(rng, 12, 2))
    return [small, *drawn, warm]


def _averaged_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[2.0, 1.0], [-1.0, 1.0]]), np.array([1, -1]), 1)
    return [small, *((*_points(rng, n, d), p) for n, d, p in ((5, 2, 2), (20, 3, 3), (12, 4, 5)))]


def _bound_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[3.0, 4.0], [0.0, -2.0]]), np.array([1, -1]), np.array([0.0, 2.0]))
    cases = [small]
    for n, d in ((10, 3), (40, 5)):
        u = rng.normal(size=d)
        X = rng.normal(size=(n, d))
        y = np.where(X @ u > 0, 1, -1)
        cases.append((X + 0.2 * y[:, None] * u, y, 3 * u))
    return cases


def _digit_cases(rng: np.random.Generator) -> list[tuple]:
    scores = np.array([[-3.0, -1.0, -2.0], [1.0, 4.0, 2.0], [0.5, -1.0, 0.2]])
    small = (scores, np.eye(3), np.zeros(3))  # with W = I the inputs are the scores
    drawn = [
        (rng.normal(size=(n, d)), rng.normal(size=(c, d)), 2 * rng.normal(size=c))
        for n, d, c in ((6, 4, 3), (50, 8, 10))
    ]
    return [small, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _sign(X: np.ndarray, weight: np.ndarray, bias: float) -> np.ndarray:
    return np.sign(X @ weight + bias).astype(int)


def _update_always(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return weight + y * x, bias + y


def _update_if(
    weight: np.ndarray, bias: float, x: np.ndarray, y: int, *, wrong: bool, step: float
) -> tuple:
    return (weight + step * x, bias + step) if wrong else (weight, bias)


def _update_strict(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return _update_if(weight, bias, x, y, wrong=y * (weight @ x + bias) < 0, step=y)


def _update_no_label(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return _update_if(weight, bias, x, y, wrong=y * (weight @ x + bias) <= 0, step=1)


def _update_away(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    return _update_if(weight, bias, x, y, wrong=y * (weight @ x + bias) <= 0, step=-y)


def _update_double(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    answer = 1 if weight @ x + bias > 0 else -1
    return weight + (y - answer) * x, bias + (y - answer)


def _update_no_bias(weight: np.ndarray, bias: float, x: np.ndarray, y: int) -> tuple:
    wrong = y * (weight @ x + bias) <= 0
    return (weight + y * x if wrong else weight), bias


def _pass_batch(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    wrong = y * (X @ weight + bias) <= 0
    return weight + y[wrong] @ X[wrong], bias + float(y[wrong].sum()), int(wrong.sum())


def _pass_count_after(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    weight, bias, _ = one_pass(weight, bias, X, y)
    return weight, bias, int(np.sum(y * (X @ weight + bias) <= 0))


def _pass_count_right(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    weight, bias, wrong = one_pass(weight, bias, X, y)
    return weight, bias, len(X) - wrong


def _pass_no_bias(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    mistakes = 0
    for x, label in zip(X, y, strict=True):
        if label * (x @ weight + bias) <= 0:
            weight, mistakes = weight + label * x, mistakes + 1
    return weight, bias, mistakes


def _pass_first_only(weight: np.ndarray, bias: float, X: np.ndarray, y: np.ndarray) -> tuple:
    for k in range(len(X)):
        if y[k] * (weight @ X[k] + bias) <= 0:
            return weight + y[k] * X[k], bias + y[k], 1
    return weight, bias, 0


def _last_line(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    weight, bias = np.zeros(X.shape[1]), 0.0
    for _ in range(passes):
        weight, bias, _ = one_pass(weight, bias, X, y)
    return weight, bias


def _mean_of_passes(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    lines = [_last_line(X, y, p + 1) for p in range(passes)]
    return np.mean([w for w, _ in lines], axis=0), float(np.mean([b for _, b in lines]))


def _mean_of_mistakes(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    weight, bias, kept = np.zeros(X.shape[1]), 0.0, []
    for _ in range(passes):
        for x, label in zip(X, y, strict=True):
            if label * (weight @ x + bias) <= 0:
                weight, bias = weight + label * x, bias + label
                kept.append((weight, bias))
    return np.mean([w for w, _ in kept], axis=0), float(np.mean([b for _, b in kept]))


def _last_bias(X: np.ndarray, y: np.ndarray, passes: int) -> tuple[np.ndarray, float]:
    return averaged(X, y, passes)[0], _last_line(X, y, passes)[1]


def _bound_of(gamma: float, X: np.ndarray) -> float:
    return float((np.max(np.linalg.norm(X, axis=1)) / gamma) ** 2)


def _first_positive(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    scores = X @ W.T + b
    return (scores > 0).argmax(axis=1)


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="01.1",
        title="One unit",
        points=2,
        stars=1,
        minutes=8,
        reference=neuron,
        cases=_neuron_cases,
        forbidden=("lessonlib.perceptron.classify",),
        hints=(
            "First the scores: one number for each row of X. X @ weight gives (N,).",
            "np.where(condition, a, b) takes a where the condition is true and b elsewhere.",
            "np.sign answers 0 for a score of 0. The unit has two answers only.",
        ),
        mistakes=(
            Mistake(
                "sign of zero",
                _sign,
                "np.sign(0) is 0, which is neither class. A score of 0 is not above 0: answer -1.",
            ),
            Mistake(
                "labels 0 and 1",
                lambda X, weight, bias: (X @ weight + bias > 0).astype(int),
                "These are the labels 0 and 1. In this lesson the two classes are -1 and +1: "
                "the rule of the next exercise multiplies by them.",
            ),
            Mistake(
                "no bias",
                lambda X, weight, bias: np.where(X @ weight > 0, 1, -1),
                "The bias is missing. Without it every line goes through the origin.",
            ),
            Mistake(
                "bias on the other side",
                lambda X, weight, bias: np.where(X @ weight > bias, 1, -1),
                "The weighted sum is compared with the bias. The bias is added to the sum, and that "
                "is compared with 0.",
            ),
            Mistake(
                "zero counts as positive",
                lambda X, weight, bias: np.where(X @ weight + bias >= 0, 1, -1),
                "A score of exactly 0 is answered with +1 here. Only scores above 0 are.",
            ),
            Mistake(
                "scores instead of labels",
                lambda X, weight, bias: X @ weight + bias,
                "These are the scores. One step is missing: the threshold.",
            ),
        ),
    ),
    Exercise(
        id="01.2",
        title="Rosenblatt's rule",
        points=2,
        stars=1,
        minutes=10,
        reference=update,
        cases=_update_cases,
        hints=(
            "y * score is positive when the point is on its own side, negative when it is not.",
            "At the start all weights are 0, so every score is 0. If 0 counted as right, "
            "learning would never begin.",
            "On a mistake: weight + y * x and bias + y. Otherwise return what came in.",
        ),
        mistakes=(
            Mistake(
                "updates correct points",
                _update_always,
                "The line changes although the point is on the right side. Only mistakes teach.",
            ),
            Mistake(
                "zero counts as right",
                _update_strict,
                "A score of exactly 0 must count as a mistake. With all weights 0 every score is "
                "0, and with < instead of <= learning never begins.",
            ),
            Mistake(
                "forgets the bias",
                _update_no_bias,
                "The weights move, the bias does not. It is the weight of a constant input 1, "
                "so it changes by y.",
            ),
            Mistake(
                "forgets the label",
                _update_no_label,
                "x is added whatever its label. A point of class -1 must push the other way: y * x.",
            ),
            Mistake(
                "pushes away",
                _update_away,
                "The step goes the wrong way: after it the point is further on the wrong side.",
            ),
            Mistake(
                "adds twice",
                _update_double,
                "label - answer is 2 or -2 when the labels are -1 and +1, so this step is twice "
                "as long (and a score of 0 with label -1 is not seen as a mistake).",
            ),
        ),
    ),
    Exercise(
        id="01.3",
        title="One pass",
        points=3,
        stars=2,
        minutes=12,
        reference=one_pass,
        cases=_pass_cases,
        hints=(
            "Loop over the points in order. Each is judged by the line as it is at that moment.",
            "Count a mistake where you make the update; do not count again afterwards.",
        ),
        mistakes=(
            Mistake(
                "all at once",
                _pass_batch,
                "All points are judged by the line from before the pass. The rule changes the line "
                "at once, so the next point meets the new one.",
            ),
            Mistake(
                "counts after the pass",
                _pass_count_after,
                "The line is right. The count is taken with the final line; count on the way.",
            ),
            Mistake(
                "counts right answers",
                _pass_count_right,
                "The line is right. The third value counts the points that were right.",
            ),
            Mistake(
                "bias stays",
                _pass_no_bias,
                "Only the weights move. The bias takes part in every update: bias + label.",
            ),
            Mistake(
                "returns too early",
                _pass_first_only,
                "The pass ends at the first mistake. Is the `return` inside the loop?",
            ),
        ),
    ),
    Exercise(
        id="01.4",
        title="The averaged perceptron",
        points=3,
        stars=2,
        minutes=15,
        reference=averaged,
        cases=_averaged_cases,
        forbidden=("lessonlib.perceptron.fit",),
        hints=(
            "Keep a running total of the weights, and one of the bias. Start all at 0.",
            "Add the current line to the totals after every visit, mistake or not: "
            "a line that survives many points deserves more weight.",
            "At the end divide by the number of visits, passes * len(X).",
        ),
        mistakes=(
            Mistake(
                "last line",
                _last_line,
                "This is the last line, not the mean of all lines on the way.",
            ),
            Mistake(
                "averages after mistakes only",
                _mean_of_mistakes,
                "Only the lines right after a mistake are averaged. A line that survives ten "
                "visits has to count ten times.",
            ),
            Mistake(
                "averages once a pass",
                _mean_of_passes,
                "One line a pass is averaged. Add to the total after every visit.",
            ),
            Mistake(
                "bias not averaged",
                _last_bias,
                "The weights are averaged, the bias is the last one. Both belong to the line.",
            ),
        ),
    ),
    Exercise(
        id="01.5",
        title="Novikoff's bound",
        points=3,
        stars=3,
        minutes=15,
        reference=bound,
        cases=_bound_cases,
        forbidden=("lessonlib.perceptron.mistake_bound",),
        hints=(
            "gamma is a distance. u . x is a distance from the plane only if |u| = 1.",
            "y * (u . x) is positive for every point. The nearest point decides: take the minimum.",
            "R is the length of the longest point: np.linalg.norm(X, axis=1).max().",
        ),
        mistakes=(
            Mistake(
                "direction not a unit vector",
                lambda X, y, direction: _bound_of(np.min(y * (X @ direction)), X),
                "The direction has a length of its own. Divide by it: twice the vector is the same "
                "plane, and the margin must not double.",
            ),
            Mistake(
                "mean margin",
                lambda X, y, direction: _bound_of(
                    np.mean(y * (X @ direction)) / np.linalg.norm(direction), X
                ),
                "gamma is the mean distance here. It is the smallest one.",
            ),
            Mistake(
                "not squared",
                lambda X, y, direction: float(bound(X, y, direction) ** 0.5),
                "This is R / gamma. The bound is its square.",
            ),
            Mistake(
                "labels forgotten",
                lambda X, y, direction: _bound_of(
                    np.min(X @ direction) / np.linalg.norm(direction), X
                ),
                "The labels are missing: points of class -1 lie on the negative side, where "
                "u . x is negative. y * (u . x) is the distance.",
            ),
        ),
    ),
    Exercise(
        id="01.6",
        title="Find the bug: ten perceptrons, one answer",
        points=2,
        stars=2,
        minutes=8,
        reference=which_digit,
        starter=_first_positive,
        cases=_digit_cases,
        hints=(
            "Take one image for which all ten scores are negative. What does the function answer?",
            "argmax of an array of True and False is the position of the first True.",
        ),
        mistakes=(
            Mistake(
                "wrong axis",
                lambda X, W, b: (X @ W.T + b).argmax(axis=0),
                "This gives the best image for each class. Asked is the best class for each image.",
            ),
            Mistake(
                "no bias",
                lambda X, W, b: (X @ W.T).argmax(axis=1),
                "The bug is gone, and so is the bias: each perceptron has its own.",
            ),
            Mistake(
                "lowest score",
                lambda X, W, b: (X @ W.T + b).argmin(axis=1),
                "This takes the lowest score. The class that is most certain has the highest.",
            ),
        ),
    ),
]
