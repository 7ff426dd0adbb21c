"""Exercise 07.6: the capstone, a character model that trains, with everything written out."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property

Weights = list[np.ndarray]


def train(start: tuple, pieces: list, lr: float, limit: float, steps: int) -> tuple:
    """Truncated backpropagation through time with clipping and Adam."""
    W, U, b, R, c = weights = [np.array(array) for array in start]  # copies: start stays as it is
    means = [np.zeros_like(array) for array in weights]
    squares = [np.zeros_like(array) for array in weights]
    losses: list[float] = []
    for step in range(steps):
        x, y = (ids.T for ids in pieces[step % len(pieces)])  # (L, B): time first
        if step % len(pieces) == 0:
            state = np.zeros((x.shape[1], len(U)), W.dtype)  # the text begins (again)
        h = [state]
        for ids in x:
            h.append(np.tanh(W[:, ids].T + h[-1] @ U.T + b))
        state, H = h[-1], np.array(h)  # H (L + 1, B, H), the state before the window first
        scores = H[1:] @ R.T + c
        P = np.exp(scores - scores.max(axis=2, keepdims=True))
        P /= P.sum(axis=2, keepdims=True)
        came = np.eye(len(c), dtype=W.dtype)
        losses.append(float(-np.log((P * came[y]).sum(axis=2)).mean()))

        dscores = (P - came[y]) / y.size
        da, later = np.zeros_like(H[1:]), np.zeros_like(state)
        for t in reversed(range(len(x))):
            da[t] = (dscores[t] @ R + later) * (1 - H[t + 1] ** 2)
            later = da[t] @ U
        gradients = (
            np.einsum("tbh,tbv->hv", da, came[x], optimize=True),
            np.einsum("tbh,tbk->hk", da, H[:-1], optimize=True),
            da.sum(axis=(0, 1)),
            np.einsum("tbv,tbh->vh", dscores, H[1:], optimize=True),
            dscores.sum(axis=(0, 1)),
        )
        length = np.sqrt(sum(np.sum(g**2) for g in gradients))
        factor = min(1.0, limit / length)  # one factor for all five
        for w, g, m, s in zip(weights, gradients, means, squares, strict=True):
            m += 0.1 * (factor * g - m)
            s += 0.001 * ((factor * g) ** 2 - s)
            m_hat, s_hat = m / (1 - 0.9 ** (step + 1)), s / (1 - 0.999 ** (step + 1))
            w -= lr * m_hat / (np.sqrt(s_hat) + 1e-8)
    return W, U, b, R, c, losses


def _problem(
    rng: np.random.Generator, sizes: tuple, count: int, lr: float, limit: float, steps: int
) -> tuple:
    """Sizes (V, H, B, L), `count` windows of one pass."""
    V, H, B, L = sizes
    start = (
        rng.normal(size=(H, V)),
        0.8 * rng.normal(size=(H, H)),
        0.5 * rng.normal(size=H),
        rng.normal(size=(V, H)),
        0.5 * rng.normal(size=V),
    )
    rows = rng.integers(0, V, (B, count * L + 1))
    rows[:, 0] = rows[:, 1]  # a symbol twice in a window: its two gradients add up
    pieces = [(rows[:, at : at + L], rows[:, at + 1 : at + L + 1]) for at in range(0, count * L, L)]
    return start, pieces, lr, limit, steps


def _half_clipped(rng: np.random.Generator) -> tuple:
    """A problem in which some gradients are longer than the limit and some are not."""
    start, pieces, lr, _, steps = _problem(rng, (4, 3, 2, 3), 3, 0.05, np.inf, 6)
    lengths = [
        np.sqrt(sum(np.sum(g**2) for g in _gradients(start, x, y, np.zeros((2, 3)))[0]))
        for x, y in pieces
    ]
    return start, pieces, lr, float(np.median(lengths)), steps


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [
        Case("with a single step", *_problem(rng, (3, 2, 1, 2), 1, 0.1, 100.0, 1)),
        Case("within one pass", *_problem(rng, (4, 3, 2, 3), 4, 0.05, 100.0, 4)),
        Case("where the text begins again", *_problem(rng, (4, 3, 2, 2), 2, 0.05, 100.0, 5)),
        Case("where some gradients are too long", *_half_clipped(rng)),
        Case("where every gradient is too long", *_problem(rng, (5, 4, 3, 3), 2, 0.02, 0.05, 4)),
        _problem(rng, (6, 5, 2, 4), 3, 0.1, 1.0, 8),
    ]


# ---- the model once more, for the properties and the mistakes ------------------------------------


def _forward(weights: Any, x: np.ndarray, state: np.ndarray) -> tuple:
    """States (L + 1, B, H) and probabilities (L, B, V) of one window x (B, L)."""
    W, U, b, R, c = weights
    h = [state]
    for ids in x.T:
        h.append(np.tanh(W[:, ids].T + h[-1] @ U.T + b))
    H = np.array(h)
    scores = H[1:] @ R.T + c
    P = np.exp(scores - scores.max(axis=2, keepdims=True))
    return H, P / P.sum(axis=2, keepdims=True)


def _loss(weights: Any, x: np.ndarray, y: np.ndarray, state: np.ndarray) -> tuple:
    """Mean cross-entropy of one window, and the state after it."""
    H, P = _forward(weights, x, state)
    right = np.take_along_axis(P, y.T[:, :, None], axis=2)
    return float(-np.log(right).mean()), H[-1]


def _gradients(
    weights: Any, x: np.ndarray, y: np.ndarray, state: np.ndarray, mistake: str = ""
) -> tuple:
    """Gradients of one window, the state after it, its loss."""
    _, U, _, R, _ = weights
    H, P = _forward(weights, x, state)
    loss, _ = _loss(weights, x, y, state)
    came = np.eye(len(R))
    dscores = P - came[y.T]
    if mistake == "sum over the answers":
        loss = loss * y.size
    else:
        dscores = dscores / (len(x) if mistake == "mean over the streams" else y.size)
    da, later = np.zeros_like(H[1:]), np.zeros_like(state)
    for t in reversed(range(len(da))):
        slope = 1 - H[t] ** 2 if mistake == "slope of the state before" else 1 - H[t + 1] ** 2
        slope = 1.0 if mistake == "no slope" else slope
        da[t] = (dscores[t] @ R + later) * slope
        later = da[t] @ (U.T if mistake == "U from the other side" else U)
        later = 0 * later if mistake == "no way through time" else later
    old = H[1:] if mistake == "U meets the new state" else H[:-1]
    dW = np.einsum("tbh,tbv->hv", da, came[x.T])
    if mistake in ("W's columns overwritten", "W's columns once a step"):
        dW = np.zeros_like(dW)
        for k, ids in enumerate(x.T):
            sum_so_far = 0 if mistake == "W's columns overwritten" else dW[:, ids]
            dW[:, ids] = sum_so_far + da[k].T
    return (
        dW,
        np.einsum("tbh,tbk->hk", da, old),
        da.sum(axis=(0, 1)),
        np.einsum("tbv,tbh->vh", dscores, H[1:]),
        dscores.sum(axis=(0, 1)),
    ), H[-1], loss  # fmt: skip


# ---- what every right answer has -----------------------------------------------------------------


def _has_shapes(got: Any, start: tuple, *rest: Any) -> bool:
    return len(got) == 6 and all(
        np.shape(a) == b.shape for a, b in zip(got[:5], start, strict=True)
    )


def _has_losses(got: Any, start: Any, pieces: Any, lr: float, limit: float, steps: int) -> bool:
    return np.shape(got[5]) == (steps,)


def _first_loss(got: Any, start: Any, pieces: Any, *rest: Any) -> bool:
    x, y = pieces[0]
    loss, _ = _loss(start, x, y, np.zeros((len(x), len(start[1]))))
    return bool(np.isclose(got[5][0], loss, rtol=1e-3))


def _resting(start: Any, pieces: Any, lr: float, limit: float, steps: int) -> tuple:
    return start, pieces, 0.0, limit, len(pieces) + 2


def _rests(got: Any, still: Any, start: Any, *rest: Any) -> bool:
    pairs = zip(still[:5], start, strict=True)
    return all(np.allclose(a, b, rtol=1e-4, atol=1e-6) for a, b in pairs)


def _carries(got: Any, still: Any, start: Any, pieces: Any, *rest: Any) -> bool:
    state = np.zeros((len(pieces[0][0]), len(start[1])))
    x, y = pieces[0]
    first, _ = _loss(start, x, y, state)
    if not _rests(got, still, start) or not np.isclose(still[5][0], first, rtol=1e-3):
        return True
    for (x, y), noted in zip(pieces, still[5], strict=False):
        loss, state = _loss(start, x, y, state)
        if not np.isclose(noted, loss, rtol=1e-3):
            return False
    return True


def _begins_again(got: Any, still: Any, start: Any, pieces: Any, *rest: Any) -> bool:
    if not _carries(got, still, start, pieces):
        return True
    return bool(np.isclose(still[5][len(pieces)], still[5][0], rtol=1e-3))


def _one_step(start: Any, pieces: Any, lr: float, limit: float, steps: int) -> tuple:
    return start, pieces, 0.01, 1e6, 1


def _moved_by(one: Any, start: Any, pieces: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each array where it moved to, and where Adam's first step leads, without a limit."""
    x, y = pieces[0]
    gradients, _, _ = _gradients(start, x, y, np.zeros((len(x), len(start[1]))))
    return [
        (np.asarray(new, float), old - 0.01 * g / (np.abs(g) + 1e-8))
        for new, old, g in zip(one[:5], start, gradients, strict=True)
    ]


def _steps_down(got: Any, one: Any, start: Any, pieces: Any, *rest: Any) -> bool:
    return all(
        np.allclose(new, wanted, rtol=1e-3, atol=2e-5)
        for new, wanted in _moved_by(one, start, pieces)
    )


# ---- what people write instead -------------------------------------------------------------------


def _made(mistake: str) -> Callable[..., tuple]:
    """The training with one thing done differently."""

    def answer(start: tuple, pieces: list, lr: float, limit: float, steps: int) -> tuple:
        weights = [np.array(array, dtype=float) for array in start]
        means, squares = ([np.zeros_like(w) for w in weights] for _ in range(2))
        losses: list[float] = []
        state = np.zeros((len(pieces[0][0]), len(weights[1])))
        for step in range(steps):
            x, y = pieces[step % len(pieces)]
            begins = step % len(pieces) == 0 and mistake != "never begins again"
            state = 0 * state if begins or mistake == "state not carried" else state
            gradients, state, loss = _gradients(weights, x, y, state, mistake)
            losses.append(loss)
            clipped = _clipped(gradients, limit, mistake)
            t = step + 1
            if step % len(pieces) == 0 and mistake in ("means begun again", "Adam begun again"):
                means, squares = ([np.zeros_like(w) for w in weights] for _ in range(2))
            if mistake in ("steps counted again", "Adam begun again"):
                t = step % len(pieces) + 1
            for k, g in enumerate(clipped):
                means[k] = 0.9 * means[k] + 0.1 * g
                squares[k] = 0.999 * squares[k] + 0.001 * g**2
            moves = _moves(clipped, means, squares, lr, t, mistake)
            weights = [w - move for w, move in zip(weights, moves, strict=True)]
        return *weights, losses

    return answer


def _clipped(gradients: tuple, limit: float, mistake: str) -> list[np.ndarray]:
    lengths = [np.sqrt(np.sum(g**2)) for g in gradients]
    if mistake == "each array clipped by itself":
        return [g * min(1.0, limit / n) for g, n in zip(gradients, lengths, strict=True)]
    if mistake == "each entry clipped":
        return [np.clip(g, -limit, limit) for g in gradients]
    length = np.sqrt(sum(n**2 for n in lengths))
    factor = min(1.0, limit / length)
    if mistake == "not clipped":
        factor = 1.0
    if mistake == "always scaled to the limit":
        factor = limit / length
    return [factor * g for g in gradients]


def _moves(
    gradients: list, means: list, squares: list, lr: float, t: int, mistake: str
) -> list[np.ndarray]:
    if mistake == "plain gradient descent":
        return [lr * g for g in gradients]
    corrections = (1.0, 1.0) if mistake == "no correction" else (1 - 0.9**t, 1 - 0.999**t)
    if mistake == "corrected one step late":
        corrections = 1 - 0.9 ** (t + 1), 1 - 0.999 ** (t + 1)
    if mistake == "epsilon in the root":
        return [
            lr * m / corrections[0] / np.sqrt(s / corrections[1] + 1e-8)
            for m, s in zip(means, squares, strict=True)
        ]
    return [
        lr * m / corrections[0] / (np.sqrt(s / corrections[1]) + 1e-8)
        for m, s in zip(means, squares, strict=True)
    ]


def _mistake(name: str, message: str) -> Mistake:
    return Mistake(name, _made(name), message)


EXERCISE = Exercise(
    id="07.6",
    title="Capstone: a character model of your own",
    points=6,
    stars=3,
    minutes=75,
    reference=train,
    cases=_cases,
    pure=True,
    values=(("`W`", "`U`", "`b`", "`R`", "`c`", "the losses"),),
    forbidden=(
        "lessonlib.functional.rnn",
        "lessonlib.functional.rnn_backward",
        "lessonlib.models.CharacterRNN",
        "torch.nn.RNN.forward",
        "torch.autograd.backward",
    ),
    parts={
        "W[:, ids].T": "the columns of `W` that the symbols choose",
        "h[-1] @ U.T": "the part of the state before",
        "W[:, ids].T + h[-1] @ U.T + b": "the sum before the tanh",
        "H[1:] @ R.T + c": "the scores",
        "H[1:]": "the states after each step",
        "H[:-1]": "the states before each step",
        "P - came[y]": "the probabilities minus what came",
        "(P - came[y]) / y.size": "the gradient of the scores",
        "y.size": "the number of answers in the window",
        "dscores[t] @ R": "what a state gets from its own answer",
        "dscores[t] @ R + later": "what arrives at the state",
        "1 - H[t + 1] ** 2": "the slope of the tanh",
        "da[t] @ U": "what goes back through `U`",
        "later": "what comes back from the later step",
        "da.sum(axis=(0, 1))": "the gradient of `b`",
        "dscores.sum(axis=(0, 1))": "the gradient of `c`",
        "limit / length": "how much too long the gradient is",
        "min(1.0, limit / length)": "the factor of the clipping",
        "factor * g": "the clipped gradient",
        "m / (1 - 0.9 ** (step + 1))": "the corrected mean",
        "s / (1 - 0.999 ** (step + 1))": "the corrected mean of squares",
        "step % len(pieces) == 0": "whether the text begins",
        "step % len(pieces)": "the window of the step",
        "np.array(array)": "the copy of the start",
    },
    hints=(
        "Write it in this order, and check after each: one forward pass and its loss (one step "
        "with lr = 0), the carried state (several steps with lr = 0), the gradients, the clipping, "
        "Adam.",
        "The gradient of the scores is (probabilities minus one-hot targets) / (B * L). The rest of "
        "the backward pass is exercise 07.2 with a stream for each row: what arrives at h_t is "
        "dscores[t] @ R plus da[t + 1] @ U.",
        "A symbol that occurs twice in a window gets the sum of both gradients in its column of W: "
        "use a product with the one-hot inputs, or np.add.at. One factor for all five gradients, "
        "limit / length where the common length is above the limit. Adam counts its steps from 1.",
    ),
    properties=(
        Property(
            "six values",
            _has_shapes,
            "Six values have to come back: W, U, b, R, c in the shapes of `start`, then the losses.",
        ),
        Property(
            "one loss for each step",
            _has_losses,
            "The losses have to be a list with one number for each of the `steps` windows.",
        ),
        Property(
            "the first loss",
            _first_loss,
            "The first loss is wrong already. It is the mean of -ln p(target) over all streams and "
            "places of the first window, in nats, with the weights of `start` and the state 0.",
        ),
        Property(
            "a learning rate of 0",
            _rests,
            "With lr = 0 the weights have to stay those of `start`. Yours do not.",
            also=_resting,
        ),
        Property(
            "the state is carried",
            _carries,
            "With lr = 0, where nothing changes but the window, a later loss of the same pass is "
            "wrong: each window has to begin with the state after the window before.",
            also=_resting,
        ),
        Property(
            "the text begins again",
            _begins_again,
            "With lr = 0 the first window costs something else when it comes again. After the last "
            "window the text begins again: with its first window and with the state 0.",
            also=_resting,
        ),
        Property(
            "a first step down",
            _steps_down,
            "One step without a limit on the gradient goes wrong. Adam's first step moves every "
            "weight by lr against the sign of its gradient, which was measured here; yours moves "
            "some weight in another way.",
            also=_one_step,
        ),
    ),
    mistakes=(
        _mistake(
            "state not carried",
            "Every window begins with the state 0. Only the gradient is cut between windows; the "
            "state goes on.",
        ),
        _mistake(
            "never begins again",
            "After the last window the text begins again, but your state goes on from the end of "
            "the text. It has to be 0 there.",
        ),
        _mistake(
            "no way through time",
            "Nothing comes back from the later steps. What arrives at a state is what its own "
            "answer sends, plus what the next step sends back through U.",
        ),
        _mistake(
            "U from the other side",
            "In the backward pass U is multiplied from the wrong side: forward U h, so backward it "
            "is U transposed times da, in rows da @ U.",
        ),
        _mistake(
            "U meets the new state",
            "The gradient of U uses the states after each step. U multiplied the states before.",
        ),
        _mistake(
            "no slope", "What arrives at a state has to pass the slope of the tanh, 1 - h squared."
        ),
        _mistake(
            "slope of the state before",
            "The slope of a step's tanh is made of the state that the step produced, and not of "
            "the state before.",
        ),
        _mistake(
            "W's columns overwritten",
            "Where a symbol occurs several times in a window, its column of the gradient of W keeps "
            "only the last of its contributions. They add up: dW[:, ids] += ... does not do that "
            "for repeated ids; np.add.at does, or a product with the one-hot inputs.",
        ),
        _mistake(
            "W's columns once a step",
            "Where several streams read the same symbol in one step, its column of the gradient of "
            "W gets only one of their contributions. dW[:, ids] += ... counts repeated ids once; "
            "np.add.at adds them all, as does a product with the one-hot inputs.",
        ),
        _mistake(
            "sum over the answers",
            "Losses and gradients are sums over the answers of a window. Asked is the mean over "
            "all streams and places.",
        ),
        _mistake(
            "mean over the streams",
            "The gradient is divided by the number of streams only. The mean goes over all B * L "
            "answers of the window.",
        ),
        _mistake(
            "not clipped", "A gradient that is longer than the limit is not shortened."
        ),
        _mistake(
            "always scaled to the limit",
            "Every gradient is scaled to the length `limit`. One that is shorter stays as it is.",
        ),
        _mistake(
            "each array clipped by itself",
            "Each of the five gradients is clipped by its own length. Their common length counts: "
            "the root of the sum of all squares. One factor for all keeps the direction.",
        ),
        _mistake(
            "each entry clipped",
            "Each entry is cut off at the limit, which changes the direction. Scale all gradients "
            "by one factor, where their common length is above the limit.",
        ),
        _mistake(
            "no correction",
            "Adam's two means begin at 0 and are not corrected for it. Divide by 1 - 0.9^t and "
            "1 - 0.999^t, with t = 1 in the first step.",
        ),
        _mistake(
            "corrected one step late",
            "Adam's corrections count the steps from 2. In the first step t is 1.",
        ),
        _mistake(
            "means begun again",
            "Adam's two means begin at 0 again in every pass. With the text only the state begins "
            "again; Adam goes on.",
        ),
        _mistake(
            "steps counted again",
            "Adam's corrections count the steps from 1 again in every pass. Only the state begins "
            "again with the text; Adam's count of steps goes on.",
        ),
        _mistake(
            "Adam begun again",
            "Adam begins again from the start in every pass, its means and its count of steps. With "
            "the text only the state begins again; Adam goes on.",
        ),
        _mistake(
            "epsilon in the root",
            "The 1e-8 of Adam is added under the root. It is added to the root.",
        ),
        _mistake(
            "plain gradient descent",
            "These are steps of plain gradient descent. Asked is Adam: the corrected mean of the "
            "gradients, divided by the root of the corrected mean of their squares.",
        ),
    ),
)  # fmt: skip
