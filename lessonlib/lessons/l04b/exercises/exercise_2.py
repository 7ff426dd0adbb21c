"""Exercise 04b.2: the forward pass of batch norm, with its running statistics."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property

A = np.ndarray  # short, so that a signature with eight arguments is easy to read
Answer = tuple[A, A, A]


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


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = np.array([[1.0, 10.0], [3.0, 30.0], [5.0, 20.0], [7.0, 40.0]])
    plain = (np.ones(2), np.zeros(2), np.zeros(2), np.ones(2))
    cases: list[tuple] = [
        Case("in training", small, *plain, True, 0.1, 0.01),
        Case("in evaluation", small, *plain, False, 0.1, 0.01),
    ]
    for n, c, momentum, eps in ((6, 3, 0.1, 0.1), (20, 5, 0.3, 1.0), (2, 2, 0.6, 0.5)):
        x = rng.normal(2.0, 3.0, (n, c))
        kept = (rng.normal(1, 0.2, c), rng.normal(size=c), rng.normal(size=c), rng.uniform(1, 4, c))
        cases.append(Case("in training", x, *kept, True, momentum, eps))
        cases.append(Case("in evaluation", x, *kept, False, momentum, eps))
    single = Case("in evaluation of a single row", x[:1], *kept, False, 0.3, 0.1)
    return [*cases, single]


# ---- what every right answer has -----------------------------------------------------------------


def _are_three(got: Any, x: A, gain: A, *rest: Any) -> bool:
    three = isinstance(got, tuple | list) and len(got) == 3
    return three and [np.shape(part) for part in got] == [x.shape, gain.shape, gain.shape]


def _kept_in_evaluation(
    got: Any, x: A, gain: A, shift: A, mean: A, var: A, training: bool, *rest: float
) -> bool:
    kept = not _are_three(got, x, gain) or (np.allclose(got[1], mean) and np.allclose(got[2], var))
    return training or kept


def _first_row(x: A, gain: A, shift: A, mean: A, var: A, training: bool, *rest: float) -> tuple:
    return (x if training else x[:1]), gain, shift, mean, var, training, *rest


def _rows_are_apart(
    got: Any, first: Any, x: A, gain: A, shift: A, mean: A, var: A, training: bool, *rest: float
) -> bool:
    if training or not _are_three(got, x, gain):
        return True
    return np.allclose(np.asarray(got[0])[:1], first[0], rtol=1e-4, atol=1e-5)


def _is_centred(
    got: Any, x: A, gain: A, shift: A, mean: A, var: A, training: bool, *rest: float
) -> bool:
    if not training or not _are_three(got, x, gain):
        return True
    return np.allclose(np.mean(got[0], axis=0), shift, atol=1e-4)


def _has_variance(
    got: Any, x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> bool:
    if not training or not _are_three(got, x, gain):
        return True
    wanted = x.var(axis=0) / (x.var(axis=0) + eps)
    return np.allclose(np.var(np.asarray(got[0]), axis=0), gain**2 * wanted, rtol=1e-4)


def _other_columns(x: A, gain: A, shift: A, mean: A, var: A, training: bool, *rest: float) -> tuple:
    others = np.concatenate([x[:, :1], 3 * x[:, 1:] + 1], axis=1)
    return others, gain, shift, mean, var, training, *rest


def _columns_are_apart(got: Any, other: Any, x: A, gain: A, *rest: Any) -> bool:
    if not _are_three(got, x, gain):
        return True
    first, second = (np.asarray(part[0])[:, 0] for part in (got, other))
    return np.allclose(first, second, rtol=1e-4, atol=1e-5)


def _momentum_1(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> tuple:
    return x, gain, shift, mean, var, training, 1.0, eps


def _takes_the_batch(
    got: Any, full: Any, x: A, gain: A, shift: A, mean: A, var: A, training: bool, *rest: float
) -> bool:
    if not training or not _are_three(got, x, gain):
        return True
    return np.allclose(full[1], x.mean(axis=0), rtol=1e-4, atol=1e-5)


# ---- what people write instead -------------------------------------------------------------------


def _normalise(x: np.ndarray, mean: np.ndarray, var: np.ndarray, eps: float) -> np.ndarray:
    return (x - mean) / np.sqrt(var + eps)


def _norm_axis(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    _, new_mean, new_var = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    y = _normalise(x, mean, var, eps)
    if training:
        y = _normalise(x, x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True), eps)
    return y * gain + shift, new_mean, new_var


def _norm_unbiased(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    y, new_mean, new_var = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    if training:
        y = _normalise(x, x.mean(axis=0), x.var(axis=0, ddof=1), eps) * gain + shift
    return y, new_mean, new_var


def _norm_eps_outside(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    _, new_mean, new_var = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    m, v = (x.mean(axis=0), x.var(axis=0)) if training else (mean, var)
    return (x - m) / (np.sqrt(v) + eps) * gain + shift, new_mean, new_var


def _norm_running(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    _, new_mean, new_var = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    return _normalise(x, mean, var, eps) * gain + shift, new_mean, new_var


def _norm_moved(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    _, new_mean, new_var = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    return _normalise(x, new_mean, new_var, eps) * gain + shift, new_mean, new_var


def _norm_batch_always(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    y = _normalise(x, x.mean(axis=0), x.var(axis=0), eps) * gain + shift
    _, new_mean, new_var = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    return y, new_mean, new_var


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


def _norm_own_statistics(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    y, _, _ = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    return (y, x.mean(axis=0), x.var(axis=0)) if training else (y, mean, var)


def _norm_exchanged(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    y, new_mean, new_var = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    return y, new_var, new_mean


def _norm_bare_in_evaluation(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    y, new_mean, new_var = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    return (y if training else _normalise(x, mean, var, eps)), new_mean, new_var


def _norm_mean_alone_divided(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    _, new_mean, new_var = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    m, v = (x.mean(axis=0), x.var(axis=0)) if training else (mean, var)
    return gain * x - m / np.sqrt(v + eps) + shift, new_mean, new_var


def _norm_no_brackets(
    x: A, gain: A, shift: A, mean: A, var: A, training: bool, momentum: float, eps: float
) -> Answer:
    y, new_mean, new_var = batch_norm(x, gain, shift, mean, var, training, momentum, eps)
    if training:
        new_var = (1 - momentum) * var + momentum * x.var(axis=0) - 1
    return y, new_mean, new_var


EXERCISE = Exercise(
    id="04b.2",
    title="Batch norm, forward",
    points=4,
    stars=3,
    minutes=20,
    reference=batch_norm,
    cases=_cases,
    pure=True,
    values=(("`y`", "the running mean", "the running variance"),),
    parts={
        "x.mean(axis=0)": "the batch's mean",
        "x.var(axis=0)": "the batch's variance",
        "used_mean": "the mean that normalises",
        "used_var": "the variance that normalises",
        "n": "the number of rows",
        "n - 1": "the n - 1 of the unbiased variance",
        "n / (n - 1)": "the factor n / (n - 1)",
        "momentum * used_var * n": "what the batch's variance adds",
        "momentum * used_var * n / (n - 1)": "what the batch's variance adds",
        "momentum * used_mean": "what the batch's mean adds",
        "1 - momentum": "the factor 1 - momentum",
        "(1 - momentum) * mean": "what is left of the old running mean",
        "(1 - momentum) * var": "what is left of the old running variance",
        "(1 - momentum) * mean + momentum * used_mean": "the new running mean",
        "(1 - momentum) * var + momentum * used_var * n / (n - 1)": "the new running variance",
        "mean = (1 - momentum) * mean + momentum * used_mean": "the running mean moves",
        "var = (1 - momentum) * var + momentum * used_var * n / (n - 1)": (
            "the running variance moves"
        ),
        "used_mean, used_var = (x.mean(axis=0), x.var(axis=0))": (
            "in training the batch's own statistics normalise"
        ),
        "used_mean, used_var = (mean, var)": "the running statistics normalise",
        "used_var + eps": "the variance with eps",
        "np.sqrt(used_var + eps)": "the root of variance and eps",
        "x - used_mean": "the centred x",
        "(x - used_mean) / np.sqrt(used_var + eps)": "the normalised x",
        "(x - used_mean) / np.sqrt(used_var + eps) * gain": "the normalised x times `gain`",
        "training": "`training`",
    },
    forbidden=("lessonlib.functional.batch_norm", "torch.nn.functional.batch_norm"),
    hints=(
        "Two decisions hang on `training`: which mean and variance normalise, and whether the "
        "running ones move.",
        "x.mean(axis=0) and x.var(axis=0) have one number for each column; x.var divides by n.",
        "The running variance moves towards the unbiased one: x.var(axis=0) * n / (n - 1).",
    ),
    properties=(
        Property(
            "three values",
            _are_three,
            "Wanted are three values: y in the shape of x, and the running mean and variance, one "
            "number for each column.",
        ),
        Property(
            "running statistics rest in evaluation",
            _kept_in_evaluation,
            "In evaluation the running mean and variance have to come back as they went in.",
        ),
        Property(
            "in evaluation a row is for itself",
            _rows_are_apart,
            "In evaluation the result of a row changes with the other rows: the batch must have "
            "no say in it.",
            also=_first_row,
        ),
        Property(
            "a column is for itself",
            _columns_are_apart,
            "A column of y changes with the other columns of x. Each column has a mean and a "
            "variance of its own.",
            also=_other_columns,
        ),
        Property(
            "the batch is centred",
            _is_centred,
            "In training each column of y has to have the mean `shift` over the batch. Yours does "
            "not.",
        ),
        Property(
            "the batch has its variance",
            _has_variance,
            "In training the variance of a column of y over the batch is not what it should be: a "
            "little below the square of `gain`, because eps is added to the batch's variance "
            "(divided by n) before the root.",
        ),
        Property(
            "momentum is the share of the new batch",
            _takes_the_batch,
            "momentum is the share of the new batch: with momentum 1 the new running mean has to "
            "be the batch's mean.",
            also=_momentum_1,
        ),
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
            "moved running statistics in training",
            _norm_moved,
            "In training the running statistics are moved first and then normalise the batch. "
            "They are for evaluation; the batch is normalised by its own mean and variance.",
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
            "The two shares of the running statistics are exchanged: momentum is the share of the "
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
        Mistake(
            "the batch's own statistics come back",
            _norm_own_statistics,
            "y is right. In training the batch's own mean and variance come back. Wanted are the "
            "running ones, moved towards them by the share `momentum`.",
        ),
        Mistake(
            "mean and variance exchanged",
            _norm_exchanged,
            "y is right. The running variance comes back where the running mean belongs, and the mean "
            "where the variance belongs.",
        ),
        Mistake(
            "no gain and shift in evaluation",
            _norm_bare_in_evaluation,
            "In evaluation `gain` and `shift` are left out. They belong to y in both modes.",
        ),
        Mistake(
            "only the mean is divided",
            _norm_mean_alone_divided,
            "x - mean is divided as a whole by the spread, and then comes `gain`. Here a bracket is "
            "missing: the division reaches the mean alone.",
        ),
        Mistake(
            "n / n - 1",
            _norm_no_brackets,
            "The running variance is 1 less than with the batch's variance as it is, as if n / n - 1 "
            "had no brackets. Wanted is n / (n - 1).",
        ),
    ),
)
