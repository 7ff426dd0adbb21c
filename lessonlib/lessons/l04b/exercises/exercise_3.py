"""Exercise 04b.3: the backward pass of batch norm, on its three paths, with gain and shift."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property

A = np.ndarray  # short, so that a signature with four arguments is easy to read
Answer = tuple[A, A, A]


def norm_backward(
    dy: np.ndarray, x_hat: np.ndarray, sigma: np.ndarray, gain: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients for x, gain and shift of y = gain * (x - mean) / sigma + shift."""
    g = gain * dy  # (N, C), what arrives at x_hat
    by_mean = g.mean(axis=0)  # (C,), every example moves the mean
    by_spread = x_hat * (g * x_hat).mean(axis=0)  # (N, C), and the spread
    dx = (g - by_mean - by_spread) / sigma
    return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


def _parts(x: np.ndarray, eps: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Normalised x and sigma."""
    sigma = np.sqrt(x.var(axis=0) + eps)
    return (x - x.mean(axis=0)) / sigma, sigma


def _cases(rng: np.random.Generator) -> list[tuple]:
    column = np.array([[1.0], [3.0], [5.0], [7.0]])
    first = np.array([[1.0], [0.0], [0.0], [0.0]])
    small = _parts(column)
    cases: list[tuple] = [
        Case("where gain is 1", first, *small, np.ones(1)),
        Case("where every example has the same gradient", np.ones((4, 1)), *small, np.ones(1)),
    ]
    for n, c, eps in ((6, 3, 0.0), (20, 5, 0.5), (4, 4, 2.0)):
        x_hat, sigma = _parts(rng.normal(1.0, rng.uniform(0.5, 3, c), (n, c)), eps)
        cases.append((rng.normal(0.5, 1, (n, c)), x_hat, sigma, rng.normal(1, 0.5, c)))
    alone = _parts(rng.normal(size=(1, 3)), 0.3)
    single = Case("where there is a single example", rng.normal(size=(1, 3)), *alone, np.ones(3))
    return [*cases, single]


# ---- what every right answer has -----------------------------------------------------------------


def _fit(got: Any, dy: A, x_hat: A, sigma: A, gain: A) -> bool:
    three = isinstance(got, tuple | list) and len(got) == 3
    return three and [np.shape(part) for part in got] == [dy.shape, gain.shape, gain.shape]


def _has_shapes(got: Any, dy: A, x_hat: A, sigma: A, gain: A) -> bool:
    return _fit(got, dy, x_hat, sigma, gain)


def _sums_to_0(got: Any, dy: A, x_hat: A, sigma: A, gain: A) -> bool:
    if not _fit(got, dy, x_hat, sigma, gain):
        return True
    return np.allclose(np.sum(got[0], axis=0), 0, atol=1e-4 * (1 + np.abs(got[0]).max()))


def _has_no_part_along(got: Any, dy: A, x_hat: A, sigma: A, gain: A) -> bool:
    if not _fit(got, dy, x_hat, sigma, gain):
        return True
    if not np.allclose(np.mean(x_hat**2, axis=0), 1, atol=1e-6):  # eps lets a part remain
        return True
    along = np.sum(np.asarray(got[0]) * x_hat, axis=0)
    return np.allclose(along, 0, atol=1e-4 * (1 + np.abs(got[0]).max()))


def _twice(dy: A, x_hat: A, sigma: A, gain: A) -> tuple:
    return 2 * dy, x_hat, sigma, gain


def _is_twice(got: Any, other: Any, dy: A, x_hat: A, sigma: A, gain: A) -> bool:
    return not _fit(got, dy, x_hat, sigma, gain) or all(
        np.allclose(2 * np.asarray(a), b, rtol=1e-4, atol=1e-5)
        for a, b in zip(got, other, strict=True)
    )


def _wider(dy: A, x_hat: A, sigma: A, gain: A) -> tuple:
    return dy, x_hat, 2 * sigma, gain


def _is_half(got: Any, other: Any, dy: A, x_hat: A, sigma: A, gain: A) -> bool:
    if not _fit(got, dy, x_hat, sigma, gain):
        return True
    return np.allclose(got[0], 2 * np.asarray(other[0]), rtol=1e-4, atol=1e-5)


def _other_columns(dy: A, x_hat: A, sigma: A, gain: A) -> tuple:
    return np.concatenate([dy[:, :1], 3 * dy[:, 1:] + 1], axis=1), x_hat, sigma, gain


def _columns_are_apart(got: Any, other: Any, dy: A, x_hat: A, sigma: A, gain: A) -> bool:
    if not _fit(got, dy, x_hat, sigma, gain):
        return True
    first, second = (np.asarray(part[0])[:, 0] for part in (got, other))
    return np.allclose(first, second, rtol=1e-4, atol=1e-5)


def _adds_shift(got: Any, dy: A, x_hat: A, sigma: A, gain: A) -> bool:
    if not _fit(got, dy, x_hat, sigma, gain):
        return True
    return np.allclose(got[2], dy.sum(axis=0), rtol=1e-4, atol=1e-5)


# ---- what people write instead -------------------------------------------------------------------


def _with(dx: A, dy: A, x_hat: A) -> Answer:
    return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


def _three(g: A, mean: A, spread: A, sigma: A) -> A:
    return (g - mean - spread) / sigma


def _no_spread(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    g = gain * dy
    return _with((g - g.mean(axis=0)) / sigma, dy, x_hat)


def _no_mean(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    g = gain * dy
    return _with((g - x_hat * (g * x_hat).mean(axis=0)) / sigma, dy, x_hat)


def _straight(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    return _with(gain * dy / sigma, dy, x_hat)


def _no_gain(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    return norm_backward(dy, x_hat, sigma, np.ones_like(gain))


def _no_sigma(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    return norm_backward(dy, x_hat, np.ones_like(sigma), gain)


def _plus(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    g = gain * dy
    return _with(_three(g, g.mean(axis=0), -x_hat * (g * x_hat).mean(axis=0), sigma), dy, x_hat)


def _spread_alike(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    g = gain * dy
    return _with(_three(g, g.mean(axis=0), (g * x_hat).mean(axis=0), sigma), dy, x_hat)


def _each_its_own(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    g = gain * dy
    return _with(_three(g, g.mean(axis=0), g * x_hat**2, sigma), dy, x_hat)


def _sums(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    g = gain * dy
    return _with(_three(g, g.sum(axis=0), x_hat * (g * x_hat).sum(axis=0), sigma), dy, x_hat)


def _over_features(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    g = gain * dy
    spread = x_hat * (g * x_hat).mean(axis=1, keepdims=True)
    return _with(_three(g, g.mean(axis=1, keepdims=True), spread, sigma), dy, x_hat)


def _spread_twice_divided(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    g = gain * dy
    spread = x_hat * (g * x_hat).mean(axis=0) / sigma
    return _with(_three(g, g.mean(axis=0), spread, sigma), dy, x_hat)


def _parameter_means(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    dx, by_gain, by_shift = norm_backward(dy, x_hat, sigma, gain)
    return dx, by_gain / len(dy), by_shift / len(dy)


def _gain_as_shift(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    dx, _, by_shift = norm_backward(dy, x_hat, sigma, gain)
    return dx, by_shift, by_shift


def _gain_from_g(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    dx, _, _ = norm_backward(dy, x_hat, sigma, gain)
    g = gain * dy
    return dx, (g * x_hat).sum(axis=0), g.sum(axis=0)


def _exchanged(dy: A, x_hat: A, sigma: A, gain: A) -> Answer:
    dx, by_gain, by_shift = norm_backward(dy, x_hat, sigma, gain)
    return dx, by_shift, by_gain


EXERCISE = Exercise(
    id="04b.3",
    title="Batch norm, backward",
    points=3,
    stars=3,
    minutes=25,
    reference=norm_backward,
    cases=_cases,
    pure=True,
    values=(("`dx`", "the gradient of the gain", "the gradient of the shift"),),
    parts={
        "gain * dy": "the gradient that arrives at `x_hat`",
        "g": "the gradient that arrives at `x_hat`",
        "dy": "`dy`",
        "x_hat": "`x_hat`",
        "sigma": "`sigma`",
        "g.mean(axis=0)": "what comes back through the mean",
        "by_mean": "what comes back through the mean",
        "g * x_hat": "the product of gradient and `x_hat`",
        "(g * x_hat).mean(axis=0)": "the mean of gradient times `x_hat`",
        "x_hat * (g * x_hat).mean(axis=0)": "what comes back through the spread",
        "by_spread": "what comes back through the spread",
        "g - by_mean": "the first two paths",
        "g - by_mean - by_spread": "the three paths together",
        "(g - by_mean - by_spread) / sigma": "the three paths, divided by sigma",
        "dy * x_hat": "the product of `dy` and `x_hat`",
        "(dy * x_hat).sum(axis=0)": "the gradient of the gain",
        "dy.sum(axis=0)": "the gradient of the shift",
    },
    forbidden=("lessonlib.functional.batch_norm_backward", "torch.autograd.grad"),
    hints=(
        "First go from dy to what arrives at x_hat. The two gradients of the parameters need no "
        "path at all: y = gain * x_hat + shift.",
        "If x_i grows by 1, sigma grows by x_hat_i / N. If sigma grows by 1, x_hat_j changes by "
        "-x_hat_j / sigma. Multiply, weigh with g_j, and add up over j.",
        "The sum over j, divided by N, is a mean over the batch: of g times x_hat. It is the same "
        "for all examples; the factor x_hat_i in front of it is not.",
    ),
    properties=(
        Property(
            "shapes",
            _has_shapes,
            "Wanted are dx in the shape of dy, and one number for each feature for the gain and "
            "for the shift.",
        ),
        Property(
            "a column is for itself",
            _columns_are_apart,
            "dx of a column changes with the gradients of the other columns. Mean and spread belong "
            "to one column alone.",
            also=_other_columns,
        ),
        Property(
            "the sum over the batch is 0",
            _sums_to_0,
            "dx does not add up to 0 over the batch. It has to: if all inputs of a column grow "
            "by the same amount, no output changes.",
        ),
        Property(
            "nothing along x_hat",
            _has_no_part_along,
            "dx has a part along x_hat, although stretching a column changes no output (here eps "
            "is 0). Look at the path through the spread.",
        ),
        Property(
            "twice the gradient, twice the answer",
            _is_twice,
            "If dy is doubled, all three gradients have to double.",
            also=_twice,
        ),
        Property(
            "twice sigma, half of dx",
            _is_half,
            "With sigma twice as large and all else the same, dx has to be half as large: all "
            "three paths are divided by sigma once.",
            also=_wider,
        ),
        Property(
            "the shift's gradient is a sum",
            _adds_shift,
            "The shift is added to every example of a column, so its gradient is the sum of that "
            "column of dy.",
        ),
    ),
    mistakes=(
        Mistake(
            "no path through the spread",
            _no_spread,
            "dx lacks the path through the spread: nothing comes back along it. What is there, "
            "the straight path and the one through the mean, is right.",
        ),
        Mistake(
            "no path through the mean",
            _no_mean,
            "dx lacks the path through the mean: nothing comes back along it. The other two paths "
            "are right.",
        ),
        Mistake(
            "straight on alone",
            _straight,
            "dx has only the straight path. An input also moves the mean and the spread of its "
            "column, and through them every output.",
        ),
        Mistake(
            "gain forgotten",
            _no_gain,
            "What arrives at x_hat is gain * dy. Here dx is made from dy alone.",
        ),
        Mistake("sigma forgotten", _no_sigma, "dx is not divided by sigma."),
        Mistake(
            "spread with the wrong sign",
            _plus,
            "The path through the spread has the wrong sign: a larger sigma makes every x_hat "
            "smaller in size.",
        ),
        Mistake(
            "spread the same for all",
            _spread_alike,
            "The path through the spread gives every example the same amount here. An input moves "
            "the spread in proportion to its own x_hat.",
        ),
        Mistake(
            "spread without the others",
            _each_its_own,
            "On the path through the spread, each example feels only its own gradient here. The "
            "spread belongs to the whole column, so the gradients of all its examples come back: "
            "their mean, weighted with x_hat.",
        ),
        Mistake(
            "sums for means",
            _sums,
            "The two paths through the batch are N times too large: mean and spread divide by N.",
        ),
        Mistake(
            "over the features",
            _over_features,
            "The paths through mean and spread go over the features of an example here, axis=1. Batch "
            "norm takes them over the examples of a column.",
        ),
        Mistake(
            "spread divided twice",
            _spread_twice_divided,
            "The path through the spread is divided by sigma twice.",
        ),
        Mistake(
            "parameters get means",
            _parameter_means,
            "dx is right. The gradients of gain and shift are means here; they are sums over the "
            "batch, as for any weight that every example uses.",
        ),
        Mistake(
            "gain like shift",
            _gain_as_shift,
            "dx and the shift's gradient are right. The gain multiplies x_hat, so x_hat belongs "
            "into its gradient.",
        ),
        Mistake(
            "parameters from g",
            _gain_from_g,
            "dx is right. The gradients of gain and shift are made from gain * dy here; that is "
            "what arrives at x_hat. At gain and shift dy itself arrives.",
        ),
        Mistake(
            "gain and shift exchanged",
            _exchanged,
            "dx is right. The gradients of gain and shift are exchanged.",
        ),
    ),
)
