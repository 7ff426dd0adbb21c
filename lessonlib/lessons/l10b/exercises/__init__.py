"""Lesson 10b, inside a transformer: a head's score, an ablation, a lens with a bug, confidence."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake

# ---- the right answers ---------------------------------------------------------------------------


def induction_score(weights: np.ndarray, tokens: np.ndarray) -> float:
    """How much weight goes to the token after the latest earlier copy, on average."""
    seen = []
    for i in range(len(tokens)):
        earlier = np.flatnonzero(tokens[:i] == tokens[i])
        if len(earlier) > 0:  # only then there is something to look up
            seen.append(weights[i, earlier[-1] + 1])
    return float(np.mean(seen)) if seen else 0.0


def without_head(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    """The output matrix with one head's columns at 0."""
    size = weight.shape[1] // heads  # numbers that each head contributes
    changed = weight.copy()
    changed[:, head * size : (head + 1) * size] = 0  # columns: what comes in from this head
    return changed


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


def auc(known: np.ndarray, unknown: np.ndarray) -> float:
    """The share of pairs in which the known fact has the higher confidence."""
    higher = known[:, None] > unknown  # (M, K): every known one against every unknown one
    equal = known[:, None] == unknown
    return float((higher + equal / 2).mean())


# ---- the cases -----------------------------------------------------------------------------------


def _attention(rng: np.random.Generator, length: int) -> np.ndarray:
    weights = np.tril(rng.random((length, length)) + 0.05)
    return weights / weights.sum(axis=1, keepdims=True)


def _score_cases(rng: np.random.Generator) -> list[tuple]:
    small = np.array([[1.0, 0, 0, 0], [0.5, 0.5, 0, 0], [0.2, 0.7, 0.1, 0], [0.1, 0.2, 0.3, 0.4]])
    cases = [
        (small, np.array([5, 8, 5, 8])),
        (small, np.array([1, 2, 3, 4])),  # no copy at all
        (_attention(rng, 6), np.array([7, 1, 7, 2, 7, 7])),  # several copies: the latest counts
    ]
    return [*cases, *((_attention(rng, n), rng.integers(0, 4, n)) for n in (9, 14))]


def _head_cases(rng: np.random.Generator) -> list[tuple]:
    small = np.arange(1.0, 17.0).reshape(4, 4)
    cases = [(small, 0, 2), (small, 1, 2)]
    for d, heads in ((6, 3), (12, 3), (8, 4)):
        cases.append((rng.normal(size=(d, d)), int(rng.integers(0, heads)), heads))
    return cases


def _lens_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 3.0], [5.0, 4.0], [0.0, 2.0]]), np.array([1.0, 2.0]), np.zeros(2))
    out = (np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([0.0, 0.5, 0.0]))
    cases = [(*small, *out)]
    for length, d, v in ((4, 5, 3), (7, 6, 9)):
        norm = rng.uniform(0.5, 1.5, d), rng.normal(size=d)
        stream = rng.normal(rng.normal(size=(length, 1)), 3.0, (length, d))
        cases.append((stream, *norm, rng.normal(size=(v, d)), rng.normal(size=v)))
    return cases


def _auc_cases(rng: np.random.Generator) -> list[tuple]:
    cases = [
        (np.array([0.9, 0.6]), np.array([0.2, 0.7, 0.6])),
        (np.array([0.8, 0.8, 0.9]), np.array([0.8])),
        (np.array([0.3]), np.array([0.4, 0.3, 0.1])),
    ]
    for m, k in ((8, 5), (20, 30)):
        cases.append((rng.random(m).round(1), (rng.random(k) * 0.8).round(1)))
    return cases


# ---- what people write instead -------------------------------------------------------------------


def _places(tokens: np.ndarray) -> list[tuple[int, np.ndarray]]:
    found = [(i, np.flatnonzero(tokens[:i] == tokens[i])) for i in range(len(tokens))]
    return [(i, earlier) for i, earlier in found if len(earlier) > 0]


def _mean(values: list) -> float:
    return float(np.mean(values)) if values else 0.0


def _copy_itself(weights: np.ndarray, tokens: np.ndarray) -> float:
    return _mean([weights[i, earlier[-1]] for i, earlier in _places(tokens)])


def _first_copy(weights: np.ndarray, tokens: np.ndarray) -> float:
    return _mean([weights[i, earlier[0] + 1] for i, earlier in _places(tokens)])


def _every_copy(weights: np.ndarray, tokens: np.ndarray) -> float:
    return _mean([weights[i, j + 1] for i, earlier in _places(tokens) for j in earlier])


def _sum_of_copies(weights: np.ndarray, tokens: np.ndarray) -> float:
    return _mean([weights[i, earlier + 1].sum() for i, earlier in _places(tokens)])


def _over_all(weights: np.ndarray, tokens: np.ndarray) -> float:
    return float(sum(weights[i, e[-1] + 1] for i, e in _places(tokens)) / len(tokens))


def _turned_round(weights: np.ndarray, tokens: np.ndarray) -> float:
    return induction_score(weights.T, tokens)


def _before_copy(weights: np.ndarray, tokens: np.ndarray) -> float:
    return _mean([weights[i, max(earlier[-1] - 1, 0)] for i, earlier in _places(tokens)])


def _rows(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    return without_head(weight.T, head, heads).T.copy()


def _other_width(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    changed = weight.copy()
    changed[:, head * heads : (head + 1) * heads] = 0
    return changed


def _only_head(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    return weight - without_head(weight, head, heads)


def _from_one(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    return without_head(weight, (head - 1) % heads, heads)


def _every_nth(weight: np.ndarray, head: int, heads: int) -> np.ndarray:
    changed = weight.copy()
    changed[:, head::heads] = 0
    return changed


A = np.ndarray


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


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="10b.1",
        title="How much of an induction head is it?",
        points=3,
        stars=2,
        minutes=15,
        reference=induction_score,
        cases=_score_cases,
        hints=(
            "For position i look at tokens[:i]: np.flatnonzero(tokens[:i] == tokens[i]) gives the "
            "places of earlier copies.",
            "The latest copy is the last of these places, j. What followed it stands at j + 1.",
            "Collect weights[i, j + 1] for the positions that have a copy, and take their mean.",
        ),
        mistakes=(
            Mistake(
                "the copy itself",
                _copy_itself,
                "You read the weight on the earlier copy. The head that predicts the next token "
                "looks at what came after the copy: one place further.",
            ),
            Mistake(
                "the first copy",
                _first_copy,
                "With several earlier copies you take the first. Asked is the latest.",
            ),
            Mistake(
                "mean over all positions",
                _over_all,
                "The sum is divided by the number of all positions. Those without an earlier copy "
                "have nothing to look up and do not count.",
            ),
            Mistake(
                "rows and columns exchanged",
                _turned_round,
                "Rows and columns are exchanged: weights[i, j] is what position i attends to at j.",
            ),
            Mistake(
                "every copy for itself",
                _every_copy,
                "Each earlier copy counts as a case of its own here. A position counts once, with "
                "its latest copy.",
            ),
            Mistake(
                "all copies together",
                _sum_of_copies,
                "The weights after all earlier copies are added up. Asked is the one after the latest.",
            ),
            Mistake(
                "the token before",
                _before_copy,
                "You look at the token before the copy. The one after it tells what may come next.",
            ),
        ),
    ),
    Exercise(
        id="10b.2",
        title="Silence a head",
        points=2,
        stars=1,
        minutes=8,
        reference=without_head,
        cases=_head_cases,
        hints=(
            "Each head owns d / heads neighbouring numbers of `joined`.",
            "joined @ weight.T multiplies number k of `joined` with column k of weight.",
            "changed = weight.copy(); changed[:, from:to] = 0",
        ),
        mistakes=(
            Mistake(
                "rows instead of columns",
                _rows,
                "These are rows. They would silence some features of the output, for all heads. A "
                "head comes in through columns of weight.",
            ),
            Mistake(
                "the wrong width",
                _other_width,
                "The block is `heads` columns wide. Each head has d / heads numbers.",
            ),
            Mistake(
                "only this head is left",
                _only_head,
                "It is the other way round: only this head still speaks.",
            ),
            Mistake(
                "counted from one",
                _from_one,
                "The neighbour is silenced. Heads are counted from 0.",
            ),
            Mistake(
                "every n-th column",
                _every_nth,
                "You take every n-th column. The heads' results stand side by side, each in "
                "neighbouring columns.",
            ),
        ),
    ),
    Exercise(
        id="10b.3",
        title="Find the bug: the lens mixes positions",
        points=2,
        stars=2,
        minutes=10,
        reference=logit_lens,
        starter=_over_positions,
        cases=_lens_cases,
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
                "The norm is right; the softmax now runs over the positions. Each row has to sum "
                "to 1.",
            ),
        ),
    ),
    Exercise(
        id="10b.4",
        title="Does confidence tell?",
        points=2,
        stars=2,
        minutes=10,
        reference=auc,
        cases=_auc_cases,
        hints=(
            "known[:, None] > unknown has one entry for each of the M x K pairs.",
            "The mean of a boolean array is the share of True.",
            "Add half of the share of ties: known[:, None] == unknown.",
        ),
        mistakes=(
            Mistake(
                "ties count nothing",
                lambda known, unknown: float((known[:, None] > unknown).mean()),
                "A tie counts 0 here. Who cannot tell two facts apart is right half of the time.",
            ),
            Mistake(
                "ties count in full",
                lambda known, unknown: float((known[:, None] >= unknown).mean()),
                "A tie counts 1 here. Two equal confidences tell nothing: they count half.",
            ),
            Mistake(
                "the wrong way round",
                lambda known, unknown: auc(unknown, known),
                "This is the share of pairs in which the unknown fact is the surer one.",
            ),
            Mistake(
                "compared with the mean",
                lambda known, unknown: float((known > unknown.mean()).mean()),
                "Each known fact is compared with the mean of the unknown ones. A few very sure "
                "inventions then vanish in the mean: compare all pairs.",
            ),
            Mistake(
                "a threshold of one half",
                lambda known, unknown: float(np.concatenate([known > 0.5, unknown <= 0.5]).mean()),
                "This is the accuracy of one threshold, 0.5. The AUC asks about the order of "
                "pairs and needs no threshold.",
            ),
        ),
    ),
]
