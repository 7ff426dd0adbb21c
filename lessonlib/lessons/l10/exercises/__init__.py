"""Lesson 10, the transformer: tokens, the mask, the block, the loss, the nucleus, the cache."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l10.exercises.mistakes import (
    bits,
    by_place,
    cached,
    exchanged,
    first_only,
    kept,
    longest_first,
    mask_the_past,
    mask_too_late,
    masked,
    no_residual,
    norm_last,
    normed_residual,
    nothing_kept,
    overflow,
    reached,
    softmax,
    without_itself,
)

Merges = list[tuple[str, str]]
Map = Callable[[np.ndarray], np.ndarray]

# ---- the right answers ---------------------------------------------------------------------------


def encode(word: str, merges: Merges) -> list[str]:
    """The tokens of a word: the merges one after the other, in the order they were learned."""
    tokens = list(word)
    for left, right in merges:
        i = 0
        while i < len(tokens) - 1:
            if tokens[i] == left and tokens[i + 1] == right:
                tokens[i : i + 2] = [left + right]  # and go on behind it
            i += 1
    return tokens


def causal_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Each position takes the values of positions up to its own."""
    scores = q @ k.T / np.sqrt(q.shape[1])  # (L, L): row asks, column answers
    scores = np.where(np.tri(len(q), dtype=bool), scores, -np.inf)  # before the softmax
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v


def block(x: np.ndarray, norm_1: Map, attention: Map, norm_2: Map, mlp: Map) -> np.ndarray:
    """Two branches, each reads the normalised x and adds its answer to x."""
    x = x + attention(norm_1(x))
    return x + mlp(norm_2(x))  # the second branch reads what the first has added


def bits_per_character(logits: np.ndarray, ids: np.ndarray, characters: int) -> float:
    """How many bits the model needs for every character of what it had to predict."""
    logits, targets = logits[:-1], ids[1:]  # position l predicts token l + 1
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    nats = -log_p[np.arange(len(targets)), targets].sum()
    return float(nats / np.log(2) / characters)


def nucleus(p: np.ndarray, share: float) -> np.ndarray:
    """Keep the fewest most probable tokens that together reach the share; scale them to sum 1."""
    order = np.argsort(-p)  # most probable first
    before = np.cumsum(p[order]) - p[order]  # what the more probable ones have reached
    kept = np.zeros_like(p)
    chosen = order[before < share]  # the one that crosses the share is kept
    kept[chosen] = p[chosen]
    return kept / kept.sum()


def attend(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: list) -> np.ndarray:
    """The new token asks every token so far, itself included; only its k and v are new."""
    cache.append((k, v))
    keys, values = (np.stack(column) for column in zip(*cache, strict=True))  # (L, E) each
    scores = keys @ q / np.sqrt(len(q))
    weights = np.exp(scores - scores.max())
    return weights / weights.sum() @ values


# ---- cases ---------------------------------------------------------------------------------------


def _merge_cases(rng: np.random.Generator) -> list[tuple]:
    """Merges learned on few letters, so that they meet in many ways."""
    cases = [
        ("lowest", [("e", "s"), ("es", "t"), ("l", "o")]),
        ("banana", [("a", "n"), ("b", "an"), ("an", "a")]),
        ("aaaa", [("a", "a")]),
        ("abcd", [("c", "d"), ("b", "c"), ("a", "b")]),
        ("abc", [("b", "c"), ("a", "b"), ("ab", "c")]),
        ("abc", [("b", "c"), ("a", "b"), ("a", "bc")]),
        ("xyz", [("a", "b")]),
        ("", [("a", "b")]),
    ]
    for _ in range(5):
        words = ["".join(rng.choice(list("abc"), 12)) for _ in range(6)]
        merges: Merges = []
        for _ in range(6):
            cut = [encode(word, merges) for word in words]
            pairs = [pair for tokens in cut for pair in pairwise(tokens)]
            merges.append(max(sorted(set(pairs)), key=pairs.count))
        cases.append((words[0], merges))
    return cases


def _attention_cases(rng: np.random.Generator) -> list[tuple]:
    eye = np.eye(3)
    shapes = ((1, 2, 2), (4, 3, 2), (6, 4, 5))
    drawn = [
        (rng.normal(size=(L, E)), rng.normal(size=(L, E)), rng.normal(size=(L, V)))
        for L, E, V in shapes
    ]
    return [(2 * eye, eye, np.arange(3.0)[:, None] + 1), *drawn]


def _block_cases(rng: np.random.Generator) -> list[tuple]:
    return [(rng.normal(1, 2, (L, D)).round(2), k) for k, (L, D) in enumerate(((2, 3), (4, 5)))]


def _use_block(answer: Callable[..., Any], x: np.ndarray, seed: int) -> Any:
    """The block with small stand-ins for its parts."""
    rng = np.random.default_rng(seed)
    A, M = rng.normal(size=(2, x.shape[1], x.shape[1]))

    def norm_1(x: np.ndarray) -> np.ndarray:
        return (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)

    def norm_2(x: np.ndarray) -> np.ndarray:
        return 0.5 * norm_1(x) + 0.1

    return answer(
        x, norm_1, lambda x: np.cumsum(x, axis=0) @ A, norm_2, lambda x: np.maximum(x @ M, 0)
    )


def _loss_cases(rng: np.random.Generator) -> list[tuple]:
    cases = [(np.log([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.1, 0.1, 0.8]]), [0, 1, 2], 4)]
    cases += [(2 * rng.normal(size=(L, V)), rng.integers(0, V, L), n) for L, V, n in ((5, 4, 9),)]
    cases += [(900 * rng.normal(size=(6, 5)), rng.integers(0, 5, 6), 12)]
    return [(logits, np.array(ids), n) for logits, ids, n in cases]


def _nucleus_cases(rng: np.random.Generator) -> list[tuple]:
    cases = [(np.array([0.1, 0.5, 0.05, 0.3, 0.05]), share) for share in (0.4, 0.6, 0.85, 1.0)]
    drawn = [rng.dirichlet(np.full(n, 0.5)) for n in (6, 12, 30)]
    return cases + [(p, share) for p, share in zip(drawn, (0.5, 0.9, 0.95), strict=True)]


def _cache_cases(rng: np.random.Generator) -> list[tuple]:
    return [tuple(rng.normal(size=(3, L, E)).round(2)) for L, E in ((1, 2), (3, 2), (6, 4))]


def _use_cache(answer: Callable[..., Any], q: np.ndarray, k: np.ndarray, v: np.ndarray) -> Any:
    """One token after the other with one cache; the outputs, and how long the cache has become."""
    cache: list = []
    outputs = [answer(*row, cache) for row in zip(q, k, v, strict=True)]
    if any(y is None for y in outputs):
        return None
    return np.stack(outputs), len(cache)


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="10.1",
        title="Encode a word",
        points=3,
        stars=2,
        minutes=15,
        reference=encode,
        cases=_merge_cases,
        forbidden=("lessonlib.text.bpe.join",),
        hints=(
            "Begin with list(word), single characters.",
            "An outer loop over the merges, in their order; an inner one over the places.",
            "tokens[i : i + 2] = [left + right] replaces two entries of a list by one.",
        ),
        mistakes=(
            Mistake(
                "longest token first",
                longest_first,
                "At each place it takes the longest known token. Training did not work that way: "
                "apply the merges one after the other, in the order in which they were learned.",
            ),
            Mistake(
                "by place, not by rank",
                by_place,
                "It joins the first pair from the left that is any merge. A merge that was learned "
                "earlier comes first, wherever in the word it applies.",
            ),
            Mistake(
                "first occurrence only",
                first_only,
                "Each merge is applied once. A pair may occur several times in a word: go on "
                "behind the place where it was joined.",
            ),
            Mistake(
                "merges in reverse",
                lambda word, merges: encode(word, merges[::-1]),
                "The last merge comes first. Its parts are often made by earlier merges, so begin "
                "with the first.",
            ),
            Mistake(
                "letters only",
                lambda word, merges: encode(word, [m for m in merges if len("".join(m)) == 2]),
                "Only single letters are joined. A merge may join tokens that are longer already.",
            ),
        ),
    ),
    Exercise(
        id="10.2",
        title="The block",
        points=2,
        stars=1,
        minutes=8,
        reference=block,
        cases=_block_cases,
        use=_use_block,
        hints=(
            "Two lines: one for attention, one for the MLP.",
            "Each line has the form x + branch(norm(x)).",
        ),
        mistakes=(
            Mistake(
                "norm after the sum",
                norm_last,
                "The norms stand behind the sums, as in the paper of 2017. Here each norm stands "
                "before its branch, and nothing stands on the path of x itself.",
            ),
            Mistake(
                "no residual path",
                no_residual,
                "The branches replace x. They have to add to it.",
            ),
            Mistake(
                "residual of the MLP missing",
                lambda x, n1, attention, n2, mlp: mlp(n2(x + attention(n1(x)))),
                "The MLP's answer replaces x. It has to be added, as attention's is.",
            ),
            Mistake(
                "normalised x is passed on",
                normed_residual,
                "The branches are added to the normalised x. Only the branch reads it normalised; "
                "the sum starts from x as it came.",
            ),
            Mistake(
                "side by side",
                lambda x, n1, attention, n2, mlp: x + attention(n1(x)) + mlp(n2(x)),
                "The MLP reads the old x. It comes second: it reads x with attention's answer in "
                "it. (Some models do run both side by side; the asked one does not.)",
            ),
        ),
    ),
    Exercise(
        id="10.3",
        title="Find the bug: the mask",
        points=2,
        stars=2,
        minutes=10,
        reference=causal_attention,
        starter=mask_too_late,
        cases=_attention_cases,
        forbidden=(
            "lessonlib.functional.scaled_dot_product_attention",
            "torch.nn.functional.scaled_dot_product_attention",
        ),
        hints=(
            "What do the weights of each row sum to?",
            "The scores of later positions still make the sum larger in the softmax.",
            "Take the scores out before the softmax: exp(-inf) is 0.",
        ),
        mistakes=(
            Mistake(
                "zeros instead of -inf",
                lambda q, k, v: masked(q, k, v, 0.0),
                "The hidden scores are set to 0, and exp(0) is 1: later positions still get weight. "
                "Set them to -inf.",
            ),
            Mistake(
                "the past is hidden",
                mask_the_past,
                "It hides the past and shows the future. Row l may see the columns 0 .. l.",
            ),
            Mistake(
                "nothing is hidden",
                lambda q, k, v: softmax(q @ k.T / np.sqrt(q.shape[1])) @ v,
                "Every position sees the whole text, also what it is to predict.",
            ),
            Mistake(
                "softmax over the askers",
                lambda q, k, v: masked(q, k, v, -np.inf, axis=0),
                "The weights sum to 1 down the columns. Each row, one asker, shares out weight 1.",
            ),
        ),
    ),
    Exercise(
        id="10.4",
        title="Bits per character",
        points=3,
        stars=2,
        minutes=12,
        reference=bits_per_character,
        cases=_loss_cases,
        forbidden=("lessonlib.functional.cross_entropy", "torch.nn.functional.cross_entropy"),
        hints=(
            "logits[l] was computed from tokens 0 .. l. Which token does it predict?",
            "Compare logits[:-1] with ids[1:].",
            "Sum -log2 p over the predicted tokens, then divide by the number of characters.",
        ),
        mistakes=(
            Mistake(
                "not shifted",
                bits,
                "Position l is compared with token l, which it has just read. It predicts token "
                "l + 1.",
            ),
            Mistake(
                "shifted the wrong way",
                lambda logits, ids, n: bits(logits[1:], ids[:-1], n),
                "Position l is compared with token l - 1, which is in the past. Use logits[:-1] "
                "and ids[1:].",
            ),
            Mistake(
                "nats",
                lambda logits, ids, n: bits_per_character(logits, ids, n) * math.log(2),
                "These are nats, from the natural logarithm. Divide by log 2 for bits.",
            ),
            Mistake(
                "per token",
                lambda logits, ids, n: bits_per_character(logits, ids, len(ids) - 1),
                "These are bits per token. Tokens of another vocabulary are longer or shorter: to "
                "compare, divide by the number of characters.",
            ),
            Mistake(
                "mean over tokens, then characters",
                lambda logits, ids, n: bits_per_character(logits, ids, n) / (len(ids) - 1),
                "It is divided by the tokens and by the characters. The sum over all tokens is to "
                "be divided by the characters alone.",
            ),
            Mistake(
                "overflow",
                overflow,
                "exp of a large logit overflows. Subtract each row's maximum first, and stay with "
                "logarithms.",
            ),
        ),
    ),
    Exercise(
        id="10.5",
        title="The nucleus",
        points=2,
        stars=2,
        minutes=12,
        reference=nucleus,
        cases=_nucleus_cases,
        forbidden=("lessonlib.sampling.distribution",),
        hints=(
            "Sort: np.argsort(-p) gives the most probable token first.",
            "For each token: how much have the more probable ones reached together? Keep it where "
            "that is still below the share.",
            "Write what is kept back to its own place, then divide by the sum.",
        ),
        mistakes=(
            Mistake(
                "the crossing token is dropped",
                lambda p, share: kept(p, reached(p) <= share),
                "The token that crosses the share is dropped, so the kept ones do not reach it. "
                "With one very probable token nothing would be left.",
            ),
            Mistake(
                "not scaled",
                lambda p, share: nucleus(p, share) * p[nucleus(p, share) > 0].sum(),
                "What is kept does not sum to 1. Divide by its sum.",
            ),
            Mistake(
                "a threshold for each token",
                lambda p, share: kept(p, p >= (1 - share) * p.max()),
                "Each token is judged by itself, against the largest. The nucleus counts what the "
                "tokens reach together.",
            ),
            Mistake(
                "not sorted",
                lambda p, share: kept(p, np.cumsum(p) - p < share),
                "The tokens are taken in the order of their ids. The most probable come first.",
            ),
            Mistake(
                "left in sorted order",
                lambda p, share: np.sort(nucleus(p, share))[::-1],
                "The probabilities come back sorted, so they belong to other tokens. Each has to "
                "stand at its own place.",
            ),
        ),
    ),
    Exercise(
        id="10.6",
        title="A cache of keys and values",
        points=3,
        stars=2,
        minutes=12,
        reference=attend,
        cases=_cache_cases,
        use=_use_cache,
        hints=(
            "Append (k, v) to the cache first: the new token may look at itself.",
            "np.stack makes an array (L, E) of a list of L vectors.",
            "Scores keys @ q / sqrt(E), softmax, weights @ values. No mask is needed: nothing "
            "later exists yet.",
        ),
        mistakes=(
            Mistake(
                "does not see itself",
                without_itself,
                "The new token attends to the earlier ones only. In training it also sees itself: "
                "append its key and value before you attend.",
            ),
            Mistake(
                "nothing kept",
                nothing_kept,
                "The cache does not grow, so the next token sees none of the earlier ones. Append "
                "to the list itself.",
            ),
            Mistake(
                "not scaled",
                lambda q, k, v, cache: cached(q, k, v, cache, 1.0),
                "The scores are not divided by sqrt(E). The weights get sharper than those the "
                "model was trained with.",
            ),
            Mistake(
                "scaled by the length",
                lambda q, k, v, cache: cached(q, k, v, cache, math.sqrt(len(cache) + 1)),
                "The scores are divided by the root of the number of tokens. It is the root of E, "
                "the length of a key.",
            ),
            Mistake(
                "keys and values exchanged",
                exchanged,
                "The values are asked and the keys are handed out. Keys answer, values are mixed.",
            ),
        ),
    ),
]
