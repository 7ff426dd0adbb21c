"""Lesson 04b, deep and stable: starting scale, batch norm, a clip with a bug, a schedule."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

A = np.ndarray
Answer = tuple[A, A, A]

# ---- the right answers ---------------------------------------------------------------------------


def he_weights(draws: np.ndarray) -> np.ndarray:
    """Scale standard normal numbers (fan_out, fan_in) so that ReLU keeps the size of the signal."""
    fan_in = draws.shape[1]  # every output adds up fan_in products
    return draws * np.sqrt(2 / fan_in)  # variance 2 / fan_in: the 2 makes up for ReLU's half


def batch_norm(
    x: np.ndarray,
    gain: np.ndarray,
    shift: np.ndarray,
    mean: np.ndarray,
    var: np.ndarray,
    training: bool,
    momentum: float,
    eps: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normalise each column, and let the running statistics follow while training."""
    used_mean, used_var = mean, var  # in evaluation nothing depends on the batch
    if training:
        n = len(x)
        used_mean, used_var = x.mean(axis=0), x.var(axis=0)  # (C,), divided by n
        mean = (1 - momentum) * mean + momentum * used_mean
        var = (1 - momentum) * var + momentum * used_var * n / (n - 1)  # unbiased, for later
    y = (x - used_mean) / np.sqrt(used_var + eps) * gain + shift
    return y, mean, var


def rate(step: int, total: int, warmup: int, top: float) -> float:
    """Up a straight line for `warmup` steps, then down half a cosine to 0 at step `total`."""
    if step < warmup:
        return top * (step + 1) / warmup  # the first step already moves, the last one is at the top
    done = (step - warmup) / (total - warmup)  # 0 right after the warm-up, 1 at the end
    return float(top * (1 + np.cos(np.pi * done)) / 2)


def clip(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    """Shorten all gradients by one factor so that their common norm is at most max_norm."""
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))  # one length for all arrays together
    factor = min(1.0, max_norm / norm)  # never above 1: a short gradient stays as it is
    return [g * factor for g in gradients]


# ---- the cases -----------------------------------------------------------------------------------


def _he_cases(rng: np.random.Generator) -> list[tuple]:
    return [(rng.normal(size=shape),) for shape in ((2, 3), (4, 8), (50, 20), (16, 16))]


def _norm_cases(rng: np.random.Generator) -> list[tuple]:
    small = np.array([[1.0, 10.0], [3.0, 30.0], [5.0, 20.0], [7.0, 40.0]])
    plain = (np.ones(2), np.zeros(2), np.zeros(2), np.ones(2))
    cases = [(small, *plain, True, 0.1, 0.01), (small, *plain, False, 0.1, 0.01)]
    for n, c, momentum in ((6, 3, 0.1), (20, 5, 0.3)):
        x = rng.normal(2.0, 3.0, (n, c))
        kept = (rng.normal(1, 0.2, c), rng.normal(size=c), rng.normal(size=c), rng.uniform(1, 4, c))
        cases += [(x, *kept, training, momentum, 0.1) for training in (True, False)]
    return cases


def _rate_cases(rng: np.random.Generator) -> list[tuple]:
    fixed = [(t, 10, 4, 1.0) for t in (0, 1, 3, 4, 7, 9)]
    drawn = [(int(rng.integers(0, 100)), 100, 20, float(rng.uniform(0.01, 1))) for _ in range(6)]
    return [*fixed, (0, 8, 0, 0.5), *drawn]


def _clip_cases(rng: np.random.Generator) -> list[tuple]:
    small = ([np.array([3.0, 0.0]), np.array([[4.0]])], 1.0)
    short = ([np.array([0.3, 0.0]), np.array([[0.4]])], 1.0)
    drawn = [
        ([rng.normal(size=(4, 3)), rng.normal(size=4), 5 * rng.normal(size=(2, 4))], limit)
        for limit in (0.5, 3.0, 100.0)
    ]
    return [small, short, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _normalise(x: np.ndarray, mean: np.ndarray, var: np.ndarray, eps: float) -> np.ndarray:
    return (x - mean) / np.sqrt(var + eps)


def _norm_axis(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    _, *kept = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    y = _normalise(x, x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True), eps)
    return (y * gain + shift if training else _normalise(x, mean, var, eps) * gain + shift, *kept)


def _norm_unbiased(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    y, *kept = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    if training:
        y = _normalise(x, x.mean(axis=0), x.var(axis=0, ddof=1), eps) * gain + shift
    return (y, *kept)


def _norm_eps_outside(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    _, *kept = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    m, v = (x.mean(axis=0), x.var(axis=0)) if training else (mean, var)
    return ((x - m) / (np.sqrt(v) + eps) * gain + shift, *kept)


def _norm_running(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    _, *kept = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    return (_normalise(x, mean, var, eps) * gain + shift, *kept)


def _norm_batch_always(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    y, *_ = batch_norm(x, gain, shift, mean, var, True, momentum, eps)
    _, *kept = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    return (y, *kept)


def _norm_reversed(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    return batch_norm(x, gain, shift, mean, var, training, 1 - momentum, eps)


def _norm_biased_running(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    y, new_mean, new_var = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    if training:
        new_var = (1 - momentum) * var + momentum * x.var(axis=0)
    return y, new_mean, new_var


def _norm_never_updated(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    return batch_norm(x, gain, shift, mean, var, training, momentum, eps)[0], mean, var


def _cosine(done: float, top: float) -> float:
    return float(top * (1 + np.cos(np.pi * done)) / 2)


def _rate_from_zero(step: int, total: int, warmup: int, top: float) -> float:
    return top * step / warmup if step < warmup else rate(step, total, warmup, top)


def _rate_cosine_from_start(step: int, total: int, warmup: int, top: float) -> float:
    return rate(step, total, warmup, top) if step < warmup else _cosine(step / total, top)


def _rate_twice(step: int, total: int, warmup: int, top: float) -> float:
    return rate(step, total, warmup, top) * (1 if step < warmup else 2)


def _rate_whole_wave(step: int, total: int, warmup: int, top: float) -> float:
    done = 2 * (step - warmup) / (total - warmup)
    return rate(step, total, warmup, top) if step < warmup else _cosine(done, top)


def _rate_line(step: int, total: int, warmup: int, top: float) -> float:
    down = top * (total - step) / (total - warmup)
    return rate(step, total, warmup, top) if step < warmup else down


def _rate_no_warmup(step: int, total: int, warmup: int, top: float) -> float:
    return _cosine(step / total, top)


def _clip_always(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * max_norm / norm for g in gradients]


def _clip_each(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    return [g * min(1.0, max_norm / np.linalg.norm(g)) for g in gradients]


def _clip_values(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    return [np.clip(g, -max_norm, max_norm) for g in gradients]


def _clip_no_root(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    square = sum(np.sum(g**2) for g in gradients)
    return [g * min(1.0, max_norm / square) for g in gradients]


def _clip_sum_of_norms(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    total = sum(np.linalg.norm(g) for g in gradients)
    return [g * min(1.0, max_norm / total) for g in gradients]


def _clip_enlarges(gradients: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * max(1.0, max_norm / norm) for g in gradients]


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="04b.1",
        title="A start for ReLU",
        points=2,
        stars=1,
        minutes=8,
        reference=he_weights,
        cases=_he_cases,
        forbidden=("lessonlib.init.kaiming_normal_", "torch.nn.init.kaiming_normal_"),
        hints=(
            "The numbers have variance 1. Times a factor c they have variance c squared.",
            "The weight is (fan_out, fan_in): which axis does one output add up over?",
            "Wanted is the variance 2 / fan_in, so the factor is its root.",
        ),
        mistakes=(
            Mistake(
                "fan_out",
                lambda draws: draws * np.sqrt(2 / draws.shape[0]),
                "This takes the number of outputs. One output adds up as many products as there "
                "are inputs: shape[1].",
            ),
            Mistake(
                "no root",
                lambda draws: draws * (2 / draws.shape[1]),
                "2 / fan_in is the variance. The factor on the numbers is the standard deviation, "
                "its root.",
            ),
            Mistake(
                "no factor for ReLU",
                lambda draws: draws * np.sqrt(1 / draws.shape[1]),
                "The variance is 1 / fan_in here: right for a linear layer. ReLU sets half of the "
                "values to 0, and a factor 2 makes up for it.",
            ),
            Mistake(
                "Glorot",
                lambda draws: draws * np.sqrt(2 / sum(draws.shape)),
                "This is Glorot's variance, 2 / (fan_in + fan_out), made for tanh.",
            ),
        ),
    ),
    Exercise(
        id="04b.2",
        title="Batch norm, forward",
        points=4,
        stars=3,
        minutes=20,
        reference=batch_norm,
        cases=_norm_cases,
        forbidden=("lessonlib.functional.batch_norm", "torch.nn.functional.batch_norm"),
        hints=(
            "Two decisions hang on `training`: which mean and variance normalise, and whether the "
            "running ones move.",
            "x.mean(axis=0) and x.var(axis=0) have one number for each column; x.var divides by n.",
            "The running variance moves towards the unbiased one: x.var(axis=0) * n / (n - 1).",
        ),
        mistakes=(
            Mistake(
                "wrong axis",
                _norm_axis,
                "Each example is normalised over its features: that is layer norm. Batch norm takes "
                "each column over the examples, axis=0.",
            ),
            Mistake(
                "unbiased in the normalisation",
                _norm_unbiased,
                "The batch is divided by its unbiased spread (n - 1). Inside the batch it is n; only "
                "the running variance, kept for other data, is unbiased.",
            ),
            Mistake(
                "eps outside the root",
                _norm_eps_outside,
                "eps is added to the spread. It belongs to the variance, inside the root.",
            ),
            Mistake(
                "running statistics in training",
                _norm_running,
                "In training the running statistics normalise here. They are for evaluation; the "
                "batch is normalised by its own mean and variance.",
            ),
            Mistake(
                "batch statistics in evaluation",
                _norm_batch_always,
                "In evaluation the batch still normalises itself, so an answer depends on which "
                "other examples happen to be asked with it.",
            ),
            Mistake(
                "momentum reversed",
                _norm_reversed,
                "The running statistics nearly jump to each new batch. momentum is the share of the "
                "new batch, 1 - momentum that of the old value.",
            ),
            Mistake(
                "biased running variance",
                _norm_biased_running,
                "y is right. The running variance takes the batch's variance as it is; the lesson "
                "(as PyTorch) takes the unbiased one, times n / (n - 1).",
            ),
            Mistake(
                "running statistics never move",
                _norm_never_updated,
                "y is right. The running mean and variance come back as they went in, also in "
                "training.",
            ),
        ),
    ),
    Exercise(
        id="04b.3",
        title="Find the bug: clipping",
        points=2,
        stars=2,
        minutes=8,
        reference=clip,
        starter=_clip_always,
        cases=_clip_cases,
        forbidden=("lessonlib.optim.clip_grad_norm_", "torch.nn.utils.clip_grad_norm_"),
        hints=(
            "Try two gradients: one of length 5 and one of length 0.5, max_norm 1.",
            "Near a minimum gradients become short, and the steps should too.",
        ),
        mistakes=(
            Mistake(
                "each array by itself",
                _clip_each,
                "Each array is clipped by itself. That changes the direction of the step: layers "
                "with long gradients lose, the others do not. One factor for all.",
            ),
            Mistake(
                "clips values",
                _clip_values,
                "Single entries are cut off. That turns the gradient; scaling by a common factor "
                "keeps its direction.",
            ),
            Mistake(
                "no root",
                _clip_no_root,
                "The sum of squares is the square of the norm. The root is missing.",
            ),
            Mistake(
                "adds the norms",
                _clip_sum_of_norms,
                "The norms of the arrays are added. Lengths at right angles add in squares: take "
                "the root of the sum of all squares.",
            ),
            Mistake(
                "lengthens only",
                _clip_enlarges,
                "The factor is at least 1, so short gradients grow and long ones stay. It should "
                "be at most 1.",
            ),
        ),
    ),
    Exercise(
        id="04b.4",
        title="Warm-up and cosine",
        points=3,
        stars=2,
        minutes=12,
        reference=rate,
        cases=_rate_cases,
        forbidden=(
            "lessonlib.optim.lr_scheduler.CosineAnnealingLR",
            "torch.optim.lr_scheduler.CosineAnnealingLR",
        ),
        hints=(
            "Steps count from 0. Before `warmup` the rate is top * (step + 1) / warmup.",
            "After it, let done go from 0 (at step = warmup) to 1 (at step = total).",
            "(1 + cos(pi * done)) / 2 falls from 1 to 0.",
        ),
        mistakes=(
            Mistake(
                "starts at 0",
                _rate_from_zero,
                "The first step has the rate 0, so it is lost. Use (step + 1) / warmup: "
                "the last step of the warm-up then reaches the top.",
            ),
            Mistake(
                "cosine from the first step",
                _rate_cosine_from_start,
                "The cosine runs from step 0, so the rate jumps down where the warm-up ends. It "
                "begins there: (step - warmup) / (total - warmup).",
            ),
            Mistake(
                "no warm-up",
                _rate_no_warmup,
                "This is the cosine alone, from the top at the first step.",
            ),
            Mistake(
                "not halved",
                _rate_twice,
                "1 + cos goes from 2 to 0, so after the warm-up the rate is twice as high. Divide "
                "by 2.",
            ),
            Mistake(
                "a whole wave",
                _rate_whole_wave,
                "The rate falls to 0 halfway and rises again. Half a wave is wanted: cos(pi * done).",
            ),
            Mistake(
                "a straight line down",
                _rate_line,
                "After the warm-up the rate falls along a straight line. A cosine stays high at "
                "first and comes in gently.",
            ),
        ),
    ),
]
