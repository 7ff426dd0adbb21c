"""Exercise 01.1: answer +1 or -1 with one unit, for every row of inputs."""

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property
from lessonlib.lessons.l01.exercises.shared import points


def neuron(X: np.ndarray, weight: np.ndarray, bias: float) -> np.ndarray:
    """Answer +1 where the weighted sum plus the bias is above 0, and -1 elsewhere."""
    z = X @ weight + bias  # (N,) one score for each row
    return np.where(z > 0, 1, -1)  # a score of exactly 0 is not above 0


def _cases(rng: np.random.Generator) -> list[tuple]:
    zero = Case(
        "where a score is exactly 0",
        np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0]]),
        np.array([1.0, -1.0]),
        0.0,
    )
    biased = (np.array([[-1.0, 0.0], [3.0, 1.0], [-2.0, 3.0]]), np.array([1.0, -1.0]), 2.0)
    near = Case(
        "where a score lies between -1 and 1",
        np.array([[0.5, 0.25], [-0.5, 0.25], [0.25, 1.5], [0.0625, 0.1875], [0.0625, 0.0625]]),
        np.array([1.0, 0.5]),
        -0.125,
    )
    drawn = [
        (
            points(rng, n, d)[0],
            rng.permutation([-2.0, -1.0, 1.0, 2.0, 3.0])[:d],
            float(rng.choice((-2, -1, 1, 2))),
        )
        for n, d in ((8, 2), (5, 5), (30, 3), (1, 5))
    ]
    column = (np.array([[-2.0], [0.5], [3.0]]), np.array([-1.0]), 1.0)
    return [zero, biased, near, column, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _sign(X: np.ndarray, weight: np.ndarray, bias: float) -> np.ndarray:
    return np.sign(X @ weight + bias).astype(int)


def _whole_scores(X: np.ndarray, weight: np.ndarray, bias: float) -> np.ndarray:
    return np.where((X @ weight + bias).astype(int) > 0, 1, -1)


EXERCISE = Exercise(
    id="01.1",
    title="One unit",
    points=2,
    stars=1,
    minutes=8,
    reference=neuron,
    cases=_cases,
    forbidden=("lessonlib.perceptron.classify",),
    hints=(
        "First the scores: one number for each row of X. X @ weight gives (N,).",
        "np.where(condition, a, b) takes a where the condition is true and b elsewhere.",
        "np.sign answers 0 for a score of 0. The unit has two answers only.",
    ),
    properties=(
        Property(
            "only -1 and +1 as answers",
            lambda answers, X, weight, bias: np.isin(np.asarray(answers), (-1, 1)).all(),
            "The unit has two answers, -1 and +1, and no others; another number came back.",
        ),
        Property(
            "a very large bias decides",
            lambda answers, more, X, weight, bias: np.all(np.asarray(more) > 0),
            "With a bias of 1,000,000 every answer has to be +1, and here it is not. Is the bias "
            "added to the weighted sum?",
            also=lambda X, weight, bias: (X, weight, 1e6),
        ),
        Property(
            "only the side of 0 counts",
            lambda answers, grown, X, weight, bias: np.array_equal(answers, grown),
            "With weights and bias 100 times as large every score stays on its side of 0, so the "
            "answers must stay; here they change. Is the score compared with 0, and with all its "
            "digits?",
            also=lambda X, weight, bias: (X, 100 * weight, 100 * bias),
        ),
        Property(
            "each row is answered by itself",
            lambda answers, turned, X, weight, bias: np.array_equal(answers, turned[::-1]),
            "In another order of the rows a row gets another answer. Each row has a score of its "
            "own.",
            also=lambda X, weight, bias: (X[::-1], weight, bias),
        ),
    ),
    parts={
        "z": "the score",
        "X @ weight + bias": "the score",
        "X @ weight": "the weighted sum",
        "z > 0": "the question whether the score is above 0",
        "np.where(z > 0, 1, -1)": "the threshold",
        "-1": "the answer -1",
    },
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
            "labels 0 and 1, and zero counts as positive",
            lambda X, weight, bias: (X @ weight + bias >= 0).astype(int),
            "These are the labels 0 and 1; the two classes of this lesson are -1 and +1. And a "
            "score of exactly 0 is not above 0.",
        ),
        Mistake(
            "no bias",
            lambda X, weight, bias: np.where(X @ weight > 0, 1, -1),
            "The bias is missing. Without it every line goes through the origin.",
        ),
        Mistake(
            "bias on the other side",
            lambda X, weight, bias: np.where(X @ weight > bias, 1, -1),
            "The bias is taken off the weighted sum, or the sum is compared with it. It is added "
            "to the sum, and that is compared with 0.",
        ),
        Mistake(
            "bias once for each input",
            lambda X, weight, bias: np.where((X * weight + bias).sum(axis=1) > 0, 1, -1),
            "The bias is added to each product, so it counts once for each input. Add it once, to "
            "the sum.",
        ),
        Mistake(
            "bias added to the inputs",
            lambda X, weight, bias: np.where((X + bias) @ weight > 0, 1, -1),
            "The bias is added to every input, so it is multiplied by the weights. Add it once, to "
            "the weighted sum.",
        ),
        Mistake(
            "zero counts as positive",
            lambda X, weight, bias: np.where(X @ weight + bias >= 0, 1, -1),
            "A score of exactly 0 is answered with +1 here. Only scores above 0 are.",
        ),
        Mistake(
            "classes exchanged",
            lambda X, weight, bias: np.where(X @ weight + bias > 0, -1, 1),
            "The two classes are exchanged: +1 belongs to scores above 0.",
        ),
        Mistake(
            "scores cut to whole numbers",
            _whole_scores,
            "A score between 0 and 1 is answered with -1: it is cut to a whole number before it "
            "is compared with 0. Compare the score as it is.",
        ),
        Mistake(
            "compared with 1",
            lambda X, weight, bias: np.where(X @ weight + bias > 1, 1, -1),
            "The score is compared with 1. A unit is on when its score is above 0.",
        ),
        Mistake(
            "scores instead of labels",
            lambda X, weight, bias: X @ weight + bias,
            "These are the scores. One step is missing: the threshold.",
        ),
        Mistake(
            "only the negative scores replaced",
            lambda X, weight, bias: np.where(X @ weight + bias > 0, X @ weight + bias, -1),
            "Scores above 0 come back as they are. They have to become +1.",
        ),
    ),
)
