"""Exercise 10b.3: find the bug in a logit lens that normalises over positions."""

from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake

A = np.ndarray  # short, so that a signature with five arrays is easy to read


def logit_lens(
    stream: np.ndarray, gain: np.ndarray, shift: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> np.ndarray:
    """Probabilities of the next token, read off the stream after any layer."""
    mean = stream.mean(axis=1, keepdims=True)  # each position by its own features
    var = stream.var(axis=1, keepdims=True)
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 3.0], [5.0, 4.0], [0.0, 2.0]]), np.array([1.0, 2.0]), np.zeros(2))
    out = (np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([0.0, 0.5, 0.0]))
    cases = [(*small, *out)]
    for length, d, v in ((4, 5, 3), (7, 6, 9)):
        norm = rng.uniform(0.5, 1.5, d), rng.normal(size=d)
        stream = rng.normal(rng.normal(size=(length, 1)), 3.0, (length, d))
        cases.append((stream, *norm, rng.normal(size=(v, d)), rng.normal(size=v)))
    stream, *rest = cases[1]
    level = stream.copy()
    level[1] = 2
    cases += [
        Case("where eps counts, since the stream is small", stream / 500, *rest),
        Case("where all features of a position are equal", level, *rest),
        Case("where there is one position only", stream[:1], *rest),
    ]
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _rows_share_1(value: Any, stream: A, gain: A, shift: A, weight: A, bias: A) -> bool:
    p = np.asarray(value)
    if p.shape != (len(stream), len(weight)) or not np.isfinite(p).all():
        return True
    return bool((p >= 0).all()) and np.allclose(p.sum(axis=1), 1, atol=1e-5)


def _last_moved(stream: A, gain: A, shift: A, weight: A, bias: A) -> tuple:
    last = stream[-1:, ::-1] * 2 + np.arange(stream.shape[1])
    return np.concatenate([stream[:-1], last]), gain, shift, weight, bias


def _apart(value: Any, other: Any, stream: A, *rest: A) -> bool:
    if np.shape(value)[:1] != (len(stream),) or not np.isfinite([value, other]).all():
        return True
    return np.allclose(value[:-1], other[:-1], atol=1e-5)


def _all_higher(stream: A, gain: A, shift: A, weight: A, bias: A) -> tuple:
    return stream + 3, gain, shift, weight, bias


def _same(value: Any, other: Any, *arguments: A) -> bool:
    return not np.isfinite([value, other]).all() or np.allclose(value, other, atol=1e-4)


# ---- what people write instead -------------------------------------------------------------------


def _softmax(scores: A, axis: int = 1) -> A:
    p = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return p / p.sum(axis=axis, keepdims=True)


def _normed(stream: A) -> A:
    mean, var = stream.mean(axis=1, keepdims=True), stream.var(axis=1, keepdims=True)
    return (stream - mean) / np.sqrt(var + 1e-5)


def _over_positions(stream: A, gain: A, shift: A, weight: A, bias: A) -> A:
    mean, var = stream.mean(axis=0), stream.var(axis=0)
    x = (stream - mean) / np.sqrt(var + 1e-5) * gain + shift
    scores = x @ weight.T + bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def _no_norm(stream: A, gain: A, shift: A, weight: A, bias: A) -> A:
    return _softmax(stream @ weight.T + bias)


def _whole_norm(stream: A, gain: A, shift: A, weight: A, bias: A) -> A:
    x = (stream - stream.mean()) / np.sqrt(stream.var() + 1e-5)
    return _softmax((x * gain + shift) @ weight.T + bias)


def _plain_norm(stream: A, gain: A, shift: A, weight: A, bias: A) -> A:
    return _softmax(_normed(stream) @ weight.T + bias)


def _eps_outside(stream: A, gain: A, shift: A, weight: A, bias: A) -> A:
    mean, spread = stream.mean(axis=1, keepdims=True), stream.std(axis=1, keepdims=True)
    return _softmax(((stream - mean) / (spread + 1e-5) * gain + shift) @ weight.T + bias)


def _gain_on_shift(stream: A, gain: A, shift: A, weight: A, bias: A) -> A:
    return _softmax((_normed(stream) + shift) * gain @ weight.T + bias)


def _softmax_down(stream: A, gain: A, shift: A, weight: A, bias: A) -> A:
    return _softmax((_normed(stream) * gain + shift) @ weight.T + bias, axis=0)


EXERCISE = Exercise(
    id="10b.3",
    title="Find the bug: the lens mixes positions",
    points=2,
    stars=2,
    minutes=10,
    reference=logit_lens,
    starter=_over_positions,
    cases=_cases,
    forbidden=("lessonlib.functional.layer_norm", "torch.nn.functional.layer_norm"),
    hints=(
        "Change one position of the stream by hand. Should the answer at another one change?",
        "LayerNorm takes mean and variance over the features of one position.",
        "axis=1, and keepdims=True so that the shapes fit.",
    ),
    parts={
        "stream.mean(axis=1, keepdims=True)": "the mean",
        "stream.var(axis=1, keepdims=True)": "the variance",
        "mean": "the mean",
        "var": "the variance",
        "var + 1e-05": "the variance",
        "1e-05": "the small number eps",
        "np.sqrt(var + 1e-05)": "the spread",
        "stream - mean": "the stream less its mean",
        "(stream - mean) / np.sqrt(var + 1e-05)": "the normalised stream",
        "(stream - mean) / np.sqrt(var + 1e-05) * gain": "the normalised stream",
        "x": "the normalised stream",
        "weight.T": "`weight`",
        "x @ weight.T": "the product with `weight`",
        "scores": "the array of scores",
        "x @ weight.T + bias": "the array of scores",
        "scores.max(axis=1, keepdims=True)": "the largest score of a row",
        "scores - scores.max(axis=1, keepdims=True)": "the array of scores",
        "p": "the array of exponentials",
        "np.exp(scores - scores.max(axis=1, keepdims=True))": "the array of exponentials",
        "p.sum(axis=1, keepdims=True)": "the sum of a row",
    },
    properties=(
        Property(
            "each row adds up to 1",
            _rows_share_1,
            "The rows do not add up to 1: each position has its own distribution over the "
            "vocabulary.",
        ),
        Property(
            "positions do not mix",
            _apart,
            "A change of the last position changes the answer at earlier ones: something is "
            "still taken over the positions.",
            _last_moved,
        ),
        Property(
            "the mean of a position is taken off",
            _same,
            "The same number added to the whole stream changes the answer. The norm takes the "
            "mean off, so it should not.",
            _all_higher,
        ),
    ),
    mistakes=(
        Mistake(
            "no norm",
            _no_norm,
            "The norm is gone. The output matrix was trained behind it: without the norm the "
            "scores have another size and another centre.",
        ),
        Mistake(
            "one mean for all",
            _whole_norm,
            "One mean and one variance for the whole array still mix the positions.",
        ),
        Mistake(
            "gain and shift forgotten",
            _plain_norm,
            "The positions are apart now, but gain and shift of the norm are missing.",
        ),
        Mistake(
            "eps outside the root",
            _eps_outside,
            "The positions are apart now, but 1e-5 is added to the standard deviation. It belongs "
            "to the variance, under the root.",
        ),
        Mistake(
            "the gain after the shift",
            _gain_on_shift,
            "The positions are apart now, but the gain multiplies the shift as well: it comes "
            "first, then the shift is added.",
        ),
        Mistake(
            "softmax over positions",
            _softmax_down,
            "The norm is right; the softmax now runs over the positions. Each row has to sum to 1.",
        ),
    ),
)
