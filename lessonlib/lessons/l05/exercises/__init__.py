"""Lesson 05, generalisation: splitting, shrinking, stopping, silencing, reading curves."""

import numpy as np

from lessonlib import datasets
from lessonlib.exercises.judge import Exercise, Mistake

# ---- the right answers ---------------------------------------------------------------------------


def split(X: np.ndarray, order: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows in a given order: the first n for validation, the others for training."""
    validation, train = X[order[:n]], X[order[n:]]  # no row in both
    mean, spread = train.mean(axis=0), train.std(axis=0)  # what training alone can know
    return (train - mean) / spread, (validation - mean) / spread


def penalised_gradient(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    """Gradients of  mean((X w + b - y)^2) / 2 + decay / 2 * |w|^2  for w and b."""
    error = X @ w + b - y  # (N,)
    dw = X.T @ error / len(X) + decay * w  # the penalty pulls each weight towards 0
    db = error.mean()  # the bias is not punished
    return dw, float(db)


def early_stop(losses: np.ndarray, patience: int) -> tuple[int, int]:
    """The best epoch, and how many epochs were run until patience was at its end."""
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch  # patience starts anew
        if epoch - best >= patience:
            return best, epoch + 1
    return best, len(losses)  # it never ran out


def dropout(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    """Silence the entries with drawn < p and scale the others; in evaluation change nothing."""
    if not training:
        return x
    return np.where(drawn >= p, x / (1 - p), 0.0)  # on average each entry keeps its size


def diagnose(train: np.ndarray, validation: np.ndarray, goal: float) -> str:
    """What to change, from the errors at growing numbers of examples."""
    if train[-1] > goal:
        return "capacity"  # it cannot even fit what it has seen
    if validation[-1] > goal:
        return "data"  # it fits what it has seen, and new examples not yet
    return "done"


def shifted(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move every image by its own -2 .. 2 pixels to the right and down."""
    moved = np.empty_like(images)
    for k in range(len(images)):
        right, down = rng.integers(-2, 3, 2)  # inside the loop: one draw for each image
        moved[k] = datasets.shift(images[k : k + 1], right, down)[0]
    return moved


# ---- the cases -----------------------------------------------------------------------------------


def _split_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0], [2.0], [3.0], [6.0]]), np.array([3, 0, 2, 1]), 2)
    drawn = [
        (rng.normal(2, 3, (n, d)), rng.permutation(n), k) for n, d, k in ((10, 2, 3), (40, 5, 8))
    ]
    return [small, *drawn]


def _gradient_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0], [3.0]]), np.array([1.0, 1.0]), np.array([2.0]), 1.0, 0.5)
    none = (np.array([[1.0], [3.0]]), np.array([1.0, 1.0]), np.array([2.0]), 1.0, 0.0)
    drawn = [
        (rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=d), b, decay)
        for n, d, b, decay in ((5, 3, -1.5, 0.1), (20, 4, 0.7, 3.0))
    ]
    return [small, none, *drawn]


def _stop_cases(rng: np.random.Generator) -> list[tuple]:
    rows = (
        ([5.0, 3.0, 4.0, 2.0, 3.0, 4.0, 1.0], 2),  # a rise, then the best that counts
        ([5.0, 4.0, 3.0, 2.0], 2),  # never runs out
        ([3.0, 2.0, 2.5, 2.4, 2.3, 2.2, 2.1], 3),  # falls, and is still no new best
        ([1.0, 1.0, 1.0, 0.5], 2),  # equal is not better
        ([2.0, 1.0, 3.0, 0.5, 3.0, 3.0], 1),
    )
    drawn = [(rng.random(30) + np.linspace(1, 0, 30), 4) for _ in range(3)]
    return [*((np.array(losses), patience) for losses, patience in rows), *drawn]


def _dropout_cases(rng: np.random.Generator) -> list[tuple]:
    drawn = np.array([[0.1, 0.9, 0.6], [0.8, 0.2, 0.7]])
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    cases = [(x, 0.5, drawn, True), (x, 0.5, drawn, False)]
    for shape, p, training in (((4, 5), 0.25, True), ((6, 3), 0.8, True), ((2, 2), 0.25, False)):
        cases.append((rng.normal(size=shape), p, rng.random(shape), training))
    return cases


def _curve_cases(rng: np.random.Generator) -> list[tuple]:
    rows = (
        ([0.30, 0.32, 0.33], [0.60, 0.40, 0.34], 0.1),
        ([0.00, 0.01, 0.02], [0.50, 0.40, 0.30], 0.1),
        ([0.01, 0.03, 0.04], [0.40, 0.12, 0.06], 0.1),
        ([0.05, 0.20, 0.25], [0.60, 0.50, 0.45], 0.1),
        ([0.20, 0.12, 0.05], [0.50, 0.30, 0.08], 0.1),
        ([0.08, 0.09, 0.09], [0.35, 0.22, 0.16], 0.1),
    )
    cases = [(np.array(a), np.array(b), goal) for a, b, goal in rows]
    train = np.sort(rng.random(5)) * 0.2
    return [*cases, (train, train[::-1] + 0.3, 0.25)]


def _shift_cases(rng: np.random.Generator) -> list[tuple]:
    small = np.zeros((3, 5, 5))
    small[:, 2, 2] = 1.0
    drawn = [(rng.random(shape), int(rng.integers(1000))) for shape in ((6, 8, 8), (1, 6, 7))]
    return [(small, 5), *drawn]  # use() makes a Generator of the seed


# ---- what people write instead -------------------------------------------------------------------


def _scaled(train: np.ndarray, validation: np.ndarray, known: np.ndarray) -> tuple:
    mean, spread = known.mean(axis=0), known.std(axis=0)
    return (train - mean) / spread, (validation - mean) / spread


def _own_scale(X: np.ndarray, order: np.ndarray, n: int) -> tuple:
    parts = X[order[n:]], X[order[:n]]
    return tuple((part - part.mean(axis=0)) / part.std(axis=0) for part in parts)


def _classic_dropout(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    return np.where(drawn >= p, x, 0.0) if training else x * (1 - p)


def _row_dropout(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    return np.where(drawn[0] >= p, x / (1 - p), 0.0) if training else x


def _inverted_dropout(x: np.ndarray, p: float, drawn: np.ndarray, training: bool) -> np.ndarray:
    return np.where(drawn < p, x / (1 - p), 0.0) if training else x


def _gradient_without(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    return penalised_gradient(X, y, w, b, 0.0)


def _gradient_with_bias(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    dw, db = penalised_gradient(X, y, w, b, decay)
    return dw, db + decay * b


def _gradient_of_square(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    return penalised_gradient(X, y, w, b, 2 * decay)


def _gradient_size(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    dw, db = penalised_gradient(X, y, w, b, 0.0)
    return dw + decay / 2 * np.sum(w**2), db


def _gradient_sum(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, decay: float
) -> tuple[np.ndarray, float]:
    error = X @ w + b - y
    return X.T @ error + decay * w, float(error.sum())


def _first_rise(losses: np.ndarray, patience: int) -> tuple[int, int]:
    for epoch in range(1, len(losses)):
        if losses[epoch] > losses[epoch - 1]:
            return epoch - 1, epoch + 1
    return len(losses) - 1, len(losses)


def _last_epoch(losses: np.ndarray, patience: int) -> tuple[int, int]:
    run = early_stop(losses, patience)[1]
    return run - 1, run


def _rises_in_a_row(losses: np.ndarray, patience: int) -> tuple[int, int]:
    waited = 0
    for epoch in range(1, len(losses)):
        waited = waited + 1 if losses[epoch] >= losses[epoch - 1] else 0
        if waited == patience:
            return int(np.argmin(losses[: epoch + 1])), epoch + 1
    return int(np.argmin(losses)), len(losses)


def _never_reset(losses: np.ndarray, patience: int) -> tuple[int, int]:
    best, waited = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            waited += 1
        if waited == patience:
            return best, epoch + 1
    return best, len(losses)


def _sees_the_future(losses: np.ndarray, patience: int) -> tuple[int, int]:
    return int(np.argmin(losses)), len(losses)


def _all_alike(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    right, down = rng.integers(-2, 3, 2)
    return datasets.shift(images, right, down)


def _positive_moves(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    moves = [np.abs(rng.integers(-2, 3, 2)) for _ in images]
    return np.stack([datasets.shift(x[None], *m)[0] for x, m in zip(images, moves, strict=True)])


def _one_axis(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    moves = [rng.integers(-2, 3, 2)[0] for _ in images]
    return np.stack([datasets.shift(x[None], m)[0] for x, m in zip(images, moves, strict=True)])


def _swapped(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    moves = [rng.integers(-2, 3, 2) for _ in images]
    return np.stack(
        [datasets.shift(x[None], m[1], m[0])[0] for x, m in zip(images, moves, strict=True)]
    )


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="05.1",
        title="Split without a leak",
        points=2,
        stars=1,
        minutes=10,
        reference=split,
        cases=_split_cases,
        hints=(
            "order[:n] are the row numbers of the validation part, order[n:] those of training.",
            "The mean and the standard deviation come from the training rows alone, axis=0.",
            "The validation rows are scaled with the same two vectors.",
        ),
        mistakes=(
            Mistake(
                "parts overlap",
                lambda X, order, n: _scaled(X[order], X[order[:n]], X[order]),
                "The validation rows are in the training part too. What was trained on cannot "
                "tell how well new examples are answered.",
            ),
            Mistake(
                "not shuffled",
                lambda X, order, n: _scaled(X[n:], X[:n], X[n:]),
                "The rows are taken as they lie. If the file is sorted by class, validation gets "
                "other classes than training: use `order`.",
            ),
            Mistake(
                "statistics of all data",
                lambda X, order, n: _scaled(X[order[n:]], X[order[:n]], X),
                "Mean and spread are those of all rows, so the validation rows have told training "
                "something about themselves. Take them from the training rows.",
            ),
            Mistake(
                "each part by its own statistics",
                _own_scale,
                "Each part has its own mean and spread. The same pixel value then means "
                "different things in both: use those of training for both.",
            ),
            Mistake(
                "parts exchanged",
                lambda X, order, n: split(X, order, n)[::-1],
                "The two parts come back in the other order: training first, then validation.",
            ),
        ),
    ),
    Exercise(
        id="05.2",
        title="Read the learning curves",
        points=2,
        stars=1,
        minutes=8,
        reference=diagnose,
        cases=_curve_cases,
        hints=(
            "Look at the largest number of examples: the last entries.",
            "A training error above the goal cannot be mended by more examples: they only make "
            "it harder to fit.",
            "Ask about training first, then about validation.",
        ),
        mistakes=(
            Mistake(
                "validation first",
                lambda train, validation, goal: (
                    "data" if validation[-1] > goal else "capacity" if train[-1] > goal else "done"
                ),
                "A high validation error is answered with more data even where the training error "
                "is too high. Such a network cannot fit what it has: ask about training first.",
            ),
            Mistake(
                "satisfied by training",
                lambda train, validation, goal: "capacity" if train[-1] > goal else "done",
                "A low training error is taken as success. It says nothing about new examples.",
            ),
            Mistake(
                "reads the first entries",
                lambda train, validation, goal: diagnose(train[:1], validation[:1], goal),
                "These are the errors at the smallest number of examples. Read the last entries.",
            ),
            Mistake(
                "any gap means data",
                lambda train, validation, goal: (
                    "data"
                    if validation[-1] - train[-1] > goal / 2
                    else diagnose(train, train, goal)
                ),
                "Only the gap between the curves is read. It counts only once the training error "
                "is low enough, and what matters then is the validation error against the goal.",
            ),
        ),
    ),
    Exercise(
        id="05.3",
        title="The gradient with a penalty",
        points=3,
        stars=2,
        minutes=12,
        reference=penalised_gradient,
        cases=_gradient_cases,
        hints=(
            "Without the penalty: error = X @ w + b - y, then X.T @ error / N and error.mean().",
            "The derivative of decay / 2 * w_k^2 with respect to w_k is decay * w_k.",
            "The penalty does not contain b, so the gradient of b does not change.",
        ),
        mistakes=(
            Mistake(
                "no penalty",
                _gradient_without,
                "This is the gradient of the error alone. The penalty adds decay * w to dw.",
            ),
            Mistake(
                "bias punished",
                _gradient_with_bias,
                "The bias is pulled to 0 as well. The penalty holds |w|^2 only: the bias moves the "
                "whole answer up or down and makes nothing wigglier.",
            ),
            Mistake(
                "twice the penalty",
                _gradient_of_square,
                "The penalty counts twice. It is decay / 2 * |w|^2, and the derivative of w^2 / 2 "
                "is w.",
            ),
            Mistake(
                "the penalty itself",
                _gradient_size,
                "One number, the penalty itself, is added to every entry. Its gradient is "
                "a vector: decay * w.",
            ),
            Mistake(
                "sum instead of mean",
                _gradient_sum,
                "The errors are summed over the examples. The loss is their mean, so that decay "
                "means the same for 10 and for 10,000 examples.",
            ),
        ),
    ),
    Exercise(
        id="05.4",
        title="Early stopping",
        points=3,
        stars=2,
        minutes=15,
        reference=early_stop,
        cases=_stop_cases,
        hints=(
            "Remember the epoch of the lowest loss so far. A new lowest one starts patience anew.",
            "Stop in the epoch in which `epoch - best` reaches `patience`.",
            "Epochs count from 0, so after epoch e there have been e + 1. "
            "Only what has been seen may decide.",
        ),
        mistakes=(
            Mistake(
                "stops at the first rise",
                _first_rise,
                "It stops when the loss rises for the first time. Validation losses jump about: "
                "patience is there to wait whether it falls again.",
            ),
            Mistake(
                "returns the last epoch",
                _last_epoch,
                "It stops at the right time and returns the last epoch. Its weights have been "
                "getting worse for `patience` epochs: return the best.",
            ),
            Mistake(
                "compares with the epoch before",
                _rises_in_a_row,
                "Patience counts epochs that are worse than the one before. It counts epochs "
                "without a new best, also when the loss falls a little from a bad value.",
            ),
            Mistake(
                "patience never starts anew",
                _never_reset,
                "Every epoch without a new best uses up patience for ever. A new best gives all "
                "of it back.",
            ),
            Mistake(
                "one epoch more",
                lambda losses, patience: early_stop(losses, patience + 1),
                "One epoch too many is run: after `patience` epochs without a new best it is over.",
            ),
            Mistake(
                "knows the future",
                _sees_the_future,
                "It looks at all the losses and takes the lowest. At the time of the decision the "
                "later ones have not been computed.",
            ),
        ),
    ),
    Exercise(
        id="05.5",
        title="Dropout",
        points=3,
        stars=3,
        minutes=15,
        reference=dropout,
        cases=_dropout_cases,
        forbidden=("lessonlib.functional.dropout", "torch.nn.functional.dropout"),
        hints=(
            "drawn has the shape of x, with numbers spread evenly over 0 .. 1: drawn < p "
            "happens with probability p.",
            "A unit that is kept with probability 1 - p has to be 1 / (1 - p) times as large, so "
            "that its average stays.",
            "In evaluation x comes back as it is.",
        ),
        mistakes=(
            Mistake(
                "not rescaled",
                lambda x, p, drawn, training: np.where(drawn >= p, x, 0.0) if training else x,
                "The silenced units are 0, the others kept their size. On average the next layer "
                "then gets (1 - p) times what it will get in evaluation: divide by 1 - p.",
            ),
            Mistake(
                "active in evaluation",
                lambda x, p, drawn, training: dropout(x, p, drawn, True),
                "Units are silenced in evaluation too. The same image would get another answer "
                "each time.",
            ),
            Mistake(
                "one mask for the batch",
                _row_dropout,
                "All rows lose the same units. Each example draws its own: drawn has one number "
                "for every entry.",
            ),
            Mistake(
                "keeps with probability p",
                _inverted_dropout,
                "The wrong ones are kept. p is the share that is silenced, as in PyTorch.",
            ),
            Mistake(
                "scales in evaluation",
                _classic_dropout,
                "This is the form of 2014: full size in training, times 1 - p in evaluation. Right "
                "on average, but asked is the form that leaves evaluation alone.",
            ),
        ),
    ),
    Exercise(
        id="05.6",
        title="Find the bug: all images move alike",
        points=2,
        stars=2,
        minutes=8,
        reference=shifted,
        starter=_all_alike,
        cases=_shift_cases,
        use=lambda answer, images, seed: answer(images, np.random.default_rng(seed)),
        hints=(
            "How often does the function draw random numbers for a batch of 64 images?",
            "One move for each image: draw inside a loop. images[k : k + 1] keeps three axes.",
        ),
        mistakes=(
            Mistake(
                "only to the right and down",
                _positive_moves,
                "Each image moves by itself, but never to the left or up.",
            ),
            Mistake(
                "only to the right",
                _one_axis,
                "The second number of each draw is not used: no image moves up or down.",
            ),
            Mistake(
                "right and down exchanged",
                _swapped,
                "The bug is gone. The first number of a draw is the move to the right, the "
                "second the move down; here they are exchanged.",
            ),
        ),
    ),
]
