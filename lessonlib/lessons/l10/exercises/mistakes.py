"""How people get the exercises of lesson 10 wrong."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

Merges = list[tuple[str, str]]
Map = Callable[[np.ndarray], np.ndarray]


def longest_first(word: str, merges: Merges) -> list[str]:
    """The longest known token at each place."""
    known = {left + right for left, right in merges}
    tokens, i = [], 0
    while i < len(word):
        ends = [j for j in range(len(word), i + 1, -1) if word[i:j] in known]
        j = ends[0] if ends else i + 1
        tokens.append(word[i:j])
        i = j
    return tokens


def by_place(word: str, merges: Merges) -> list[str]:
    """The first pair from the left that is any merge."""
    tokens, i = list(word), 0
    while i < len(tokens) - 1:
        if (tokens[i], tokens[i + 1]) in merges:
            tokens[i : i + 2] = [tokens[i] + tokens[i + 1]]
            i = 0
        else:
            i += 1
    return tokens


def first_only(word: str, merges: Merges) -> list[str]:
    """Each merge once."""
    tokens = list(word)
    for left, right in merges:
        for i, pair in enumerate(pairwise(tokens)):
            if pair == (left, right):
                tokens[i : i + 2] = [left + right]
                break
    return tokens


def softmax(scores: np.ndarray, axis: int = 1) -> np.ndarray:
    """Softmax along an axis."""
    weights = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return weights / weights.sum(axis=axis, keepdims=True)


def mask_too_late(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The starter: the mask comes after the softmax."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    weights = np.where(np.tri(len(q), dtype=bool), weights, 0)
    return weights @ v


def masked(q: np.ndarray, k: np.ndarray, v: np.ndarray, hidden: Any, axis: int = 1) -> np.ndarray:
    """Attention whose hidden scores get a given value."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    return softmax(np.where(np.tri(len(q), dtype=bool), scores, hidden), axis) @ v


def mask_the_past(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Attention to what comes after."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    return softmax(np.where(np.tri(len(q), dtype=bool).T, scores, -np.inf)) @ v


def norm_last(x: np.ndarray, norm_1: Map, attention: Map, norm_2: Map, mlp: Map) -> np.ndarray:
    """Norms after the sums."""
    x = norm_1(x + attention(x))
    return norm_2(x + mlp(x))


def no_residual(x: np.ndarray, norm_1: Map, attention: Map, norm_2: Map, mlp: Map) -> np.ndarray:
    """Branches replace x."""
    return mlp(norm_2(attention(norm_1(x))))


def normed_residual(
    x: np.ndarray, norm_1: Map, attention: Map, norm_2: Map, mlp: Map
) -> np.ndarray:
    """The sums start from the normalised x."""
    x = norm_1(x)
    x = norm_2(x + attention(x))
    return x + mlp(x)


def bits(logits: np.ndarray, targets: np.ndarray, characters: float) -> float:
    """Bits for each character, targets as given."""
    p = softmax(logits)[np.arange(len(targets)), targets]
    with np.errstate(divide="ignore"):
        return float(-np.log2(p).sum() / characters)


def overflow(logits: np.ndarray, ids: np.ndarray, characters: int) -> float:
    """Probabilities without the maximum subtracted."""
    with np.errstate(all="ignore"):
        e = np.exp(logits[:-1])
        p = e[np.arange(len(e)), ids[1:]] / e.sum(axis=1)
        return float(-np.log2(p).sum() / characters)


def kept(p: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """What is kept of p, scaled; NaN where nothing is kept, as a learner's own division gives."""
    kept = np.where(keep, p, 0.0)
    with np.errstate(invalid="ignore"):
        return kept / kept.sum()


def reached(p: np.ndarray) -> np.ndarray:
    """For every token the probability of itself and all more probable ones."""
    order = np.argsort(-p)
    reached = np.empty_like(p)
    reached[order] = np.cumsum(p[order])
    return reached


def attend_to(q: np.ndarray, pairs: list, scale: float) -> np.ndarray:
    """Attention of one query to pairs of key and value."""
    keys, values = (np.stack(column) for column in zip(*pairs, strict=True))
    return softmax(keys @ q / scale, axis=0) @ values


def without_itself(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: list) -> np.ndarray:
    """Attention to the earlier tokens only."""
    y = attend_to(q, cache, math.sqrt(len(q))) if cache else np.zeros_like(v)
    cache.append((k, v))
    return y


def nothing_kept(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: list) -> np.ndarray:
    """A cache that does not grow."""
    return attend_to(q, [*cache, (k, v)], math.sqrt(len(q)))


def cached(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: list, scale: float) -> np.ndarray:
    """The cache with a scale of its own."""
    cache.append((k, v))
    return attend_to(q, cache, scale)


def exchanged(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: list) -> np.ndarray:
    """Keys and values exchanged."""
    cache.append((v, k))
    return attend_to(q, cache, math.sqrt(len(q)))
