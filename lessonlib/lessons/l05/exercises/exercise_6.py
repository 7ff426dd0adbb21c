"""Exercise 05.6: the capstone, a training with dropout, weight decay and early stopping."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def train(
    start: tuple,
    data: tuple,
    validation: tuple,
    drawn: np.ndarray,
    lr: float,
    decay: float,
    p: float,
    patience: int,
) -> tuple:
    """Gradient descent on x -> ReLU -> dropout -> scores, until patience runs out."""

    def minus_log(scores: np.ndarray, labels: np.ndarray) -> tuple:
        """Probabilities (N, K) and the mean cross-entropy."""
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        P = e / e.sum(axis=1, keepdims=True)
        return P, -np.log(P[np.arange(len(labels)), labels]).mean()

    X, y = data
    W1, b1, W2, b2 = (np.array(array) for array in start)  # copies: start stays as it is
    losses: list[float] = []
    best = 0
    for draw in drawn:
        z = X @ W1.T + b1
        mask = (draw >= p) / (1 - p)  # 0 where silenced
        h = np.maximum(z, 0) * mask
        P, _ = minus_log(h @ W2.T + b2, y)
        P[np.arange(len(y)), y] -= 1
        dscores = P / len(y)
        dz = (dscores @ W2) * mask * (z > 0)  # with W2 as it was in the forward pass
        W1 -= lr * (dz.T @ X + decay * W1)
        b1 -= lr * dz.sum(axis=0)  # biases do not decay
        W2 -= lr * (dscores.T @ h + decay * W2)
        b2 -= lr * dscores.sum(axis=0)

        scores = np.maximum(validation[0] @ W1.T + b1, 0) @ W2.T + b2  # all units at work
        losses.append(minus_log(scores, validation[1])[1])
        if losses[-1] < losses[best] or len(losses) == 1:
            best = len(losses) - 1
            kept = W1.copy(), b1.copy(), W2.copy(), b2.copy()
        if len(losses) - 1 - best >= patience:
            break
    return *kept, losses


def _problem(
    rng: np.random.Generator, sizes: tuple, steps: int, lr: float, decay: float, p: float, wait: int
) -> tuple:
    N, D, H, K = sizes
    start = (
        rng.normal(size=(H, D)),
        0.5 + 0.3 * rng.normal(size=H),
        rng.normal(size=(K, H)) / np.sqrt(H),
        0.3 * rng.normal(size=K),
    )
    X, V = rng.normal(size=(N, D)), rng.normal(size=(N + 2, D))
    labels = np.arange(N) % K, rng.integers(0, K, N + 2)
    drawn = rng.random((steps, N, H))
    return start, (X, labels[0]), (V, labels[1]), drawn, lr, decay, p, wait


def _by_hand(drawn: np.ndarray, lr: float, p: float, patience: int, far: float = 1.0) -> tuple:
    """Two hidden units and two classes; after a few steps the validation data get worse."""
    start = (
        np.array([[1.0, -1.0], [0.5, 2.0]]),
        np.array([0.5, 0.25]),
        np.array([[1.0, 0.0], [-1.0, 2.0]]),
        np.array([0.5, -0.5]),
    )
    data = np.array([[1.0, 0.5], [0.5, -1.0]]), np.array([0, 1])
    validation = far * np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([1, 1])
    return start, data, validation, drawn, lr, 0.0, p, patience


def _stops(rng: np.random.Generator, p: float, wait: int, *, later: bool) -> tuple:
    """A problem in which patience runs out, with the best step first or later."""
    while True:
        case = _problem(rng, (6, 3, 4, 3), 30, 0.6, 0.05, p, wait)
        losses = train(*case)[-1]
        best = int(np.argmin(losses))
        if len(losses) < 28 and (best > 0) == later and (not later or best > 2):
            return case


def _spoiled(rng: np.random.Generator) -> tuple:
    """A problem whose start answers all validation data, and which every step makes worse."""
    while True:
        start, data, (V, _), *rest = _problem(rng, (6, 3, 4, 3), 6, 0.6, 0.05, 0.2, 3)
        start = (start[0], start[1], 4 * start[2], start[3])
        case = (start, data, (V, _scores(start, V).argmax(axis=1)), *rest)
        losses = train(*case)[-1]
        if min(losses) > 3 * _loss(start, case[2]) and int(np.argmin(losses)) > 0:
            return case


def _cases(rng: np.random.Generator) -> list[tuple]:
    on_the_edge = np.array([[[0.5, 0.25], [0.75, 0.5]], [[0.25, 0.5], [0.5, 0.75]]])
    return [
        Case(
            "with a single step, without decay and dropout",
            *_by_hand(rng.random((1, 2, 2)), 0.5, 0.0, 3),
        ),
        Case("where draws are exactly p", *_by_hand(on_the_edge, 0.5, 0.5, 3)),
        Case("where the loss stays the same", *_by_hand(np.full((5, 2, 2), 0.5), 0.0, 0.0, 2)),
        Case("where patience is one step", *_by_hand(np.full((8, 2, 2), 0.5), 0.5, 0.0, 1)),
        Case(
            "where the right class is far behind",
            *_by_hand(np.full((2, 2, 2), 0.5), 0.1, 0.0, 3, far=10.0),
        ),
        Case("without decay and dropout", *_problem(rng, (5, 3, 4, 3), 4, 0.3, 0.0, 0.0, 100)),
        Case("without dropout", *_problem(rng, (5, 2, 4, 3), 5, 0.3, 0.2, 0.0, 100)),
        Case("without decay", *_problem(rng, (7, 3, 5, 2), 4, 0.2, 0.0, 0.4, 100)),
        Case("where patience runs out", *_stops(rng, 0.3, 3, later=True)),
        Case("where the first step is the best", *_stops(rng, 0.2, 2, later=False)),
        Case("where every step is worse than the start", *_spoiled(rng)),
        _problem(rng, (8, 4, 6, 4), 12, 0.3, 0.1, 0.5, 4),
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _scores(weights: Any, X: np.ndarray, mask: Any = 1.0) -> np.ndarray:
    W1, b1, W2, b2 = weights
    return (np.maximum(X @ W1.T + b1, 0) * mask) @ W2.T + b2


def _loss(weights: Any, data: tuple, mask: Any = 1.0) -> float:
    scores, labels = _scores(weights, data[0], mask), data[1]
    top = scores.max(axis=1)
    logs = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    return float(np.mean(logs - scores[np.arange(len(labels)), labels]))


def _has_shapes(got: Any, start: tuple, *rest: Any) -> bool:
    return len(got) == 5 and all(
        np.shape(a) == b.shape for a, b in zip(got[:4], start, strict=True)
    )


def _has_losses(got: Any, start: Any, data: Any, validation: Any, drawn: Any, *rest: Any) -> bool:
    return np.ndim(got[4]) == 1 and 1 <= len(got[4]) <= len(drawn)


def _is_lowest(got: Any, start: Any, data: Any, validation: Any, *rest: Any) -> bool:
    if not _has_shapes(got, start):
        return True
    mine = _loss([np.asarray(a, dtype=float) for a in got[:4]], validation)
    return bool(np.isclose(mine, np.min(got[4]), rtol=1e-3, atol=1e-5))


def _first_lowest(losses: Any) -> int:
    return int(np.argmin(np.asarray(losses)))


def _waits(got: Any, start: Any, data: Any, validation: Any, drawn: Any, *rest: Any) -> bool:
    waited = len(got[4]) - 1 - _first_lowest(got[4])
    return len(got[4]) == len(drawn) or waited >= rest[-1]


def _ends(got: Any, start: Any, data: Any, validation: Any, drawn: Any, *rest: Any) -> bool:
    return len(got[4]) - 1 - _first_lowest(got[4]) <= rest[-1]


def _plain_step(start: Any, data: Any, val: Any, drawn: Any, lr: float, *rest: Any) -> tuple:
    return start, data, val, drawn[:1], lr, 0.0, 0.0, 5


def _decayed_step(start: Any, data: Any, val: Any, drawn: Any, lr: float, *rest: Any) -> tuple:
    return start, data, val, drawn[:1], lr, 0.5, 0.0, 5


def _dropped_step(start: Any, data: Any, val: Any, drawn: Any, lr: float, *rest: Any) -> tuple:
    return start, data, val, drawn[:1], lr, 0.0, 0.5, 5


def _slopes(weights: tuple, data: tuple, mask: Any = 1.0) -> list[np.ndarray]:
    """The slopes of the loss for all four arrays, by differences."""
    slopes = []
    for k, array in enumerate(weights):
        slope = np.zeros_like(array, dtype=float)
        for place in np.ndindex(array.shape):
            two = []
            for step in (1e-6, -1e-6):
                moved = [a.astype(float) for a in weights]
                moved[k][place] += step
                two.append(_loss(moved, data, mask))
            slope[place] = (two[0] - two[1]) / 2e-6
        slopes.append(slope)
    return slopes


def _walks(moved: Any, start: Any, slopes: list, lr: float, which: tuple) -> bool:
    return all(
        np.allclose(np.asarray(moved[k]), start[k] - lr * slopes[k], rtol=1e-3, atol=2e-5)
        for k in which
    )


def _stays(one: Any, start: Any) -> bool:
    """Whether the start comes back as it was: that step says nothing of the slopes."""
    return all(np.array_equal(a, b) for a, b in zip(one[:4], start, strict=True))


def _follows_the_slopes(got: Any, one: Any, start: Any, data: Any, *rest: Any) -> bool:
    return _stays(one, start) or _walks(one, start, _slopes(start, data), rest[2], (0, 1, 2, 3))


def _decays_weights(got: Any, one: Any, start: Any, data: Any, *rest: Any) -> bool:
    lr, slopes = rest[2], _slopes(start, data)
    if not _walks(one, start, slopes, lr, (1, 3)):
        return True  # another property speaks of the biases
    pulled = [s + 0.5 * w for s, w in zip(slopes, start, strict=True)]
    return _walks(one, start, pulled, lr, (0, 2))


def _leaves_biases(got: Any, one: Any, start: Any, data: Any, *rest: Any) -> bool:
    lr, slopes = rest[2], _slopes(start, data)
    pulled = [s + 0.5 * w for s, w in zip(slopes, start, strict=True)]
    return lr == 0 or not _walks(one, start, pulled, lr, (0, 1, 2, 3))  # no lr, no decay


def _silences(got: Any, one: Any, start: Any, data: Any, *rest: Any) -> bool:
    mask = (rest[1][0] >= 0.5) * 2.0
    return _stays(one, start) or _walks(
        one, start, _slopes(start, data, mask), rest[2], (0, 1, 2, 3)
    )


# ---- what people write instead -------------------------------------------------------------------


def _made(mistake: str) -> Callable[..., tuple]:
    """The training with one thing done differently."""

    def answer(
        start: tuple, data: tuple, validation: tuple, drawn: Any, lr: float, decay: float, p: float,
        patience: int,
    ) -> tuple:  # fmt: skip
        weights = [np.array(array, dtype=float) for array in start]
        first, history, losses = _loss(weights, validation), [], []
        for draw in drawn:
            before = _loss(weights, validation)
            chosen = drawn[0] if mistake == "first draws in every step" else draw
            weights = _stepped(weights, data, chosen, lr, decay, p, mistake)
            history.append(weights)
            losses.append(_measured(weights, validation, data, before, p, mistake))
            seen = [first, *losses] if mistake == "start counts" else losses
            if _is_over(seen, patience, mistake):
                break
        if mistake == "start counts" and min(losses) >= first:
            return *map(np.array, start), losses
        best = len(losses) - 1 if mistake == "last weights" else _first_lowest(losses)
        if mistake == "compared with the loss before":
            best = max(k for k in range(len(losses)) if k == 0 or losses[k] < losses[k - 1])
        return *history[best], losses

    return answer


def _measured(
    weights: list, validation: tuple, data: tuple, before: float, p: float, mistake: str
) -> float:
    if mistake == "measured before the step":
        return before
    if mistake == "training loss":
        return _loss(weights, data)
    if mistake == "scaled in evaluation":
        return _loss(weights, validation, 1 - p)
    if mistake == "error rate":
        answers = _scores(weights, validation[0]).argmax(axis=1)
        return float(np.mean(answers != validation[1]))
    if mistake == "sum of losses":
        return _loss(weights, validation) * len(validation[1])
    return _loss(weights, validation)


def _is_over(losses: list, patience: int, mistake: str) -> bool:
    waited = len(losses) - 1 - _first_lowest(losses)
    if mistake == "never stops":
        return False
    if mistake == "one step more":
        return waited > patience
    if mistake == "one step less":
        return waited >= patience - 1 and len(losses) > 1
    if mistake in ("rises in a row", "compared with the loss before"):
        rises = [b >= a for a, b in pairwise(losses)][-patience:]
        return len(rises) == patience and all(rises)
    return waited >= patience


def _mask(draw: np.ndarray, p: float, mistake: str) -> np.ndarray:
    masks = {
        "not scaled": (draw >= p) * 1.0,
        "divided by p": (draw >= p) / (p or 1.0),
        "other units silenced": (draw < p) / (1 - p) if p else np.ones_like(draw),
        "other units silenced, all at 0": (draw < p) / (1 - p),
        "a draw of p is silenced": (draw > p) / (1 - p),
        "no dropout": np.ones_like(draw),
        "one mask for all": ((draw >= p) / (1 - p))[:1],
    }
    return masks.get(mistake, (draw >= p) / (1 - p))


def _stepped(
    weights: list, data: tuple, draw: Any, lr: float, decay: float, p: float, mistake: str
) -> list:
    W1, b1, W2, b2 = weights
    X, y = data
    decay = decay * {"twice the decay": 2, "half the decay": 0.5}.get(mistake, 1)
    z = X @ W1.T + b1
    mask = np.broadcast_to(_mask(draw, p, mistake), z.shape)
    h = np.maximum(z, 0) * mask
    scores = h @ W2.T + b2
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    targets = np.eye(len(b2))[y]
    if mistake == "1 off whole columns":
        targets = np.tile(targets.max(axis=0), (len(y), 1))
    dscores = e / e.sum(axis=1, keepdims=True) - targets
    dscores = dscores if mistake == "sum of gradients" else dscores / len(y)
    dW2 = dscores.T @ h + (0 if mistake == "no decay" else decay * W2)
    new_W2 = W2 - lr * dW2
    dh = dscores @ (new_W2 if mistake == "new W2 in the backward pass" else W2)
    dh = dh if mistake == "no mask in the backward pass" else dh * mask
    dz = dh if mistake == "no slope of ReLU" else dh * (z > 0)
    dW1 = dz.T @ X + (0 if mistake == "no decay" else decay * W1)
    db1, db2 = dz.sum(axis=0), dscores.sum(axis=0)
    if mistake == "biases decay":
        db1, db2 = db1 + decay * b1, db2 + decay * b2
    if mistake == "mean of bias gradients":
        db1, db2 = dz.mean(axis=0), dscores.mean(axis=0)
    new_W1 = W1 - lr * dW1
    if mistake == "decay without the learning rate":
        more = decay * (1 - lr)
        new_W1, new_W2 = new_W1 - more * W1, new_W2 - more * W2
    return [new_W1, b1 - lr * db1, new_W2, b2 - lr * db2]


EXERCISE = Exercise(
    id="05.6",
    title="Capstone: a training that knows when to stop",
    points=6,
    stars=3,
    minutes=60,
    reference=train,
    cases=_cases,
    pure=True,
    values=(("`W1`", "`b1`", "`W2`", "`b2`", "the validation losses"),),
    forbidden=("lessonlib.training.fit", "lessonlib.training.EarlyStopping"),
    parts={
        "X @ W1.T + b1": "the scores of the hidden units",
        "draw >= p": "which units work",
        "(draw >= p) / (1 - p)": "the mask of the dropout",
        "1 - p": "the share of the units that work",
        "mask": "the mask of the dropout",
        "np.maximum(z, 0) * mask": "the hidden units",
        "np.maximum(z, 0)": "the ReLU",
        "h @ W2.T + b2": "the ten scores",
        "P / len(y)": "the gradient of the scores",
        "dscores": "the gradient of the scores",
        "dscores @ W2": "the gradient of the hidden units",
        "(dscores @ W2) * mask * (z > 0)": "the gradient before the ReLU",
        "z > 0": "the slope of the ReLU",
        "dz.T @ X": "the gradient of `W1`",
        "dscores.T @ h": "the gradient of `W2`",
        "dz.T @ X + decay * W1": "the change of `W1`",
        "dscores.T @ h + decay * W2": "the change of `W2`",
        "decay * W1": "the decay of `W1`",
        "decay * W2": "the decay of `W2`",
        "dz.sum(axis=0)": "the gradient of `b1`",
        "dscores.sum(axis=0)": "the gradient of `b2`",
        "losses[-1] < losses[best]": "whether this is a new lowest loss",
        "len(losses) - 1 - best": "the steps since the lowest loss",
        "len(losses) - 1 - best >= patience": "whether patience has run out",
        "(W1.copy(), b1.copy(), W2.copy(), b2.copy())": "the copies that are kept",
        "np.array(array)": "the copy of the start",
    },
    hints=(
        "Work in this order: one step without dropout and decay (the backward pass of lesson 03 "
        "for two layers), then the mask, then the decay, then the validation loss, patience last.",
        "The mask (drawn >= p) / (1 - p) multiplies the hidden units in the forward pass and their "
        "gradient in the backward pass. Compute all gradients before you change the first array.",
        "Keep copies of all four arrays whenever the validation loss is strictly lower than "
        "before: W1.copy(), not W1. Stop when `patience` steps have passed since.",
    ),
    properties=(
        Property(
            "five values",
            _has_shapes,
            "Five values have to come back: W1, b1, W2, b2 in the shapes of `start`, then the "
            "validation losses.",
        ),
        Property(
            "one loss for each step",
            _has_losses,
            "The losses have to be a list with one number for each step that was made: at least "
            "one, and no more than there are draws.",
        ),
        Property(
            "a step goes down the slope",
            _follows_the_slopes,
            "One step without decay and dropout does not move each array by -lr times the slope of "
            "the mean cross-entropy on the training data, which was measured by small differences.",
            also=_plain_step,
        ),
        Property(
            "biases do not decay",
            _leaves_biases,
            "The biases decay as well. Only W1 and W2 do.",
            also=_decayed_step,
        ),
        Property(
            "weights decay",
            _decays_weights,
            "Without dropout, one step with a decay of 0.5 has to take lr * 0.5 of each weight off "
            "W1 and W2, besides the step down the slope. Yours does not.",
            also=_decayed_step,
        ),
        Property(
            "a step with dropout goes down the slope of the thinned network",
            _silences,
            "One step with p = 0.5 does not follow the slope of the loss of the network that was "
            "thinned out by this step's draws, with the working units twice as large. If your step "
            "without dropout is right, look at which units work, at their factor, and at the "
            "hidden units in the forward pass and their gradient in the backward pass.",
            also=_dropped_step,
        ),
        Property(
            "weights and losses belong together",
            _is_lowest,
            "The mean cross-entropy that the returned weights have on the validation data, with "
            "all units at work, is not the lowest number of your list. Either these are not the "
            "weights of the best step (are they copies?), or the list holds other numbers.",
        ),
        Property(
            "it ends in time",
            _ends,
            "It makes too many steps: `patience` steps without a lower validation loss end it.",
        ),
        Property(
            "it waits long enough",
            _waits,
            "It ends too early: by the losses in your list there have not been `patience` steps "
            "since the lowest.",
        ),
    ),
    mistakes=(
        Mistake(
            "last weights",
            _made("last weights"),
            "These are the last weights, not those of the lowest validation loss. If you kept the "
            "arrays at the best step: W1 -= ... changes a kept array too, so keep copies.",
        ),
        Mistake(
            "biases decay",
            _made("biases decay"),
            "The biases decay as well. Only W1 and W2 do.",
        ),
        Mistake("no decay", _made("no decay"), "The weights do not decay: decay is not used."),
        Mistake(
            "decay without the learning rate",
            _made("decay without the learning rate"),
            "The decay is not multiplied by the learning rate: each step takes lr * decay of a "
            "weight off.",
        ),
        Mistake("no dropout", _made("no dropout"), "No unit is silenced: p is not used."),
        Mistake(
            "not scaled",
            _made("not scaled"),
            "The working units keep their size. In evaluation all units work, so here they have to "
            "be 1 / (1 - p) times as large.",
        ),
        Mistake(
            "divided by p",
            _made("divided by p"),
            "The working units are divided by p. It is the share that works, 1 - p.",
        ),
        Mistake(
            "other units silenced",
            _made("other units silenced"),
            "The other units are silenced: a unit is silent where its draw is below p.",
        ),
        Mistake(
            "one mask for all",
            _made("one mask for all"),
            "All examples lose the same units. Each has its own row of draws.",
        ),
        Mistake(
            "no mask in the backward pass",
            _made("no mask in the backward pass"),
            "The mask is missing in the backward pass: a unit that was silent gets a gradient.",
        ),
        Mistake(
            "no slope of ReLU",
            _made("no slope of ReLU"),
            "The slope of the ReLU is missing in the backward pass: no gradient passes where its "
            "score was not above 0.",
        ),
        Mistake(
            "new W2 in the backward pass",
            _made("new W2 in the backward pass"),
            "W2 has already been changed when the gradient goes back through it. Compute all "
            "gradients first, then change the arrays.",
        ),
        Mistake(
            "sum of gradients",
            _made("sum of gradients"),
            "The gradient is the sum over the examples. The loss is their mean: divide by their "
            "number.",
        ),
        Mistake(
            "mean of bias gradients",
            _made("mean of bias gradients"),
            "The gradients of the biases are divided by the number of examples twice.",
        ),
        Mistake(
            "measured before the step",
            _made("measured before the step"),
            "Each loss is measured before its step. Measure it after the step, with the new weights.",
        ),
        Mistake(
            "training loss",
            _made("training loss"),
            "The losses are those of the training data. What is listed, and decides, is the loss "
            "on the validation data.",
        ),
        Mistake(
            "scaled in evaluation",
            _made("scaled in evaluation"),
            "For the validation loss the hidden units are multiplied by 1 - p. They were made "
            "larger in training, so in evaluation they stay as they are.",
        ),
        Mistake(
            "sum of losses",
            _made("sum of losses"),
            "The validation losses are sums over the examples. Asked are means.",
        ),
        Mistake(
            "never stops",
            _made("never stops"),
            "It makes all steps: patience is not used to stop.",
        ),
        Mistake(
            "one step more",
            _made("one step more"),
            "It makes one step too many: after `patience` steps without a lower loss it is over.",
        ),
        Mistake(
            "one step less",
            _made("one step less"),
            "It ends one step too early: `patience` steps without a lower loss have to go by.",
        ),
        Mistake(
            "rises in a row",
            _made("rises in a row"),
            "Patience counts steps that are worse than the step before. It counts the steps since "
            "the lowest loss, also when the loss falls a little from a bad value.",
        ),
        Mistake(
            "compared with the loss before",
            _made("compared with the loss before"),
            "Each loss is compared with the one before. A step is the best only if its loss is "
            "below the lowest so far.",
        ),
        Mistake(
            "first draws in every step",
            _made("first draws in every step"),
            "Every step silences the same units as the first one. `drawn` has a table for each.",
        ),
        Mistake(
            "other units silenced, all at 0",
            _made("other units silenced, all at 0"),
            "The wrong units are kept: a unit is silent where its draw is below p, and works "
            "elsewhere. With p = 0 all of them work.",
        ),
        Mistake(
            "a draw of p is silenced",
            _made("a draw of p is silenced"),
            "A unit whose draw is exactly p is silenced too. Asked are those below p.",
        ),
        Mistake(
            "1 off whole columns",
            _made("1 off whole columns"),
            "The 1 is taken off whole columns of the probabilities, as P[:, y] -= 1 does. Each "
            "example has one label: P[np.arange(N), y].",
        ),
        Mistake(
            "start counts",
            _made("start counts"),
            "Where no step is better than the start, the weights of the start come back. Asked are "
            "those of the best step.",
        ),
        Mistake(
            "error rate",
            _made("error rate"),
            "The list holds the share of wrong answers. Asked is the mean cross-entropy.",
        ),
        Mistake(
            "twice the decay",
            _made("twice the decay"),
            "The decay counts twice: each step takes lr * decay of a weight off.",
        ),
        Mistake(
            "half the decay",
            _made("half the decay"),
            "The decay counts half: each step takes lr * decay of a weight off.",
        ),
    ),
)
