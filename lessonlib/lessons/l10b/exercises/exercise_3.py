"""Exercise 10b.3: find the bug in a logit lens that normalises over positions."""

import numpy as np

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
    return cases


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
            "softmax over positions",
            _softmax_down,
            "The norm is right; the softmax now runs over the positions. Each row has to sum to 1.",
        ),
    ),
)
