"""Exercise 10.1: encode a word with learned merges."""

from itertools import pairwise
from typing import Any

import numpy as np

from lessonlib.exercises.exercise import Case, Property
from lessonlib.exercises.judge import Exercise, Mistake

Merges = list[tuple[str, str]]


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


def _cases(rng: np.random.Generator) -> list[tuple]:
    """Merges learned on few letters, so that they meet in many ways."""
    cases: list[tuple] = [
        ("lowest", [("e", "s"), ("es", "t"), ("l", "o")]),
        ("banana", [("a", "n"), ("b", "an"), ("an", "a")]),
        Case("where a pair occurs right behind itself", "aaaa", [("a", "a")]),
        Case("where a pair overlaps with itself", "aaa", [("a", "a")]),
        Case("where a pair lies across two longer tokens", "banana", [("a", "n"), ("n", "a")]),
        Case("where a pair is at the end of the word", "abc", [("b", "c")]),
        ("abcd", [("c", "d"), ("b", "c"), ("a", "b")]),
        ("abc", [("b", "c"), ("a", "b"), ("ab", "c")]),
        ("abc", [("b", "c"), ("a", "b"), ("a", "bc")]),
        ("xyz", [("a", "b")]),
        Case("where the word has one letter", "a", [("a", "b")]),
        Case("where the word is empty", "", [("a", "b")]),
        Case("where there are no merges", "abc", []),
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


# ---- what every right answer has -----------------------------------------------------------------


def _is_word(value: Any, word: str, merges: Merges) -> bool:
    return not all(isinstance(t, str) for t in value) or "".join(value) == word


def _known_tokens(value: Any, word: str, merges: Merges) -> bool:
    known = set(word) | {left + right for left, right in merges}
    return "".join(value) != word or set(value) <= known | {""}


def _last_done(value: Any, word: str, merges: Merges) -> bool:
    return not merges or "".join(value) != word or tuple(merges[-1]) not in set(pairwise(value))


# ---- what people write instead -------------------------------------------------------------------


def _longest_first(word: str, merges: Merges) -> list[str]:
    """The longest known token at each place."""
    known = {left + right for left, right in merges}
    tokens, i = [], 0
    while i < len(word):
        ends = [j for j in range(len(word), i + 1, -1) if word[i:j] in known]
        j = ends[0] if ends else i + 1
        tokens.append(word[i:j])
        i = j
    return tokens


def _by_place(word: str, merges: Merges) -> list[str]:
    """The first pair from the left that is any merge."""
    tokens, i = list(word), 0
    while i < len(tokens) - 1:
        if (tokens[i], tokens[i + 1]) in merges:
            tokens[i : i + 2] = [tokens[i] + tokens[i + 1]]
            i = 0
        else:
            i += 1
    return tokens


def _first_only(word: str, merges: Merges) -> list[str]:
    """Each merge once."""
    tokens = list(word)
    for left, right in merges:
        for i, pair in enumerate(pairwise(tokens)):
            if pair == (left, right):
                tokens[i : i + 2] = [left + right]
                break
    return tokens


def _from_the_right(word: str, merges: Merges) -> list[str]:
    """Each merge from the end of the word to its beginning."""
    tokens = list(word)
    for left, right in merges:
        for i in range(len(tokens) - 2, -1, -1):
            if tokens[i : i + 2] == [left, right]:
                tokens[i : i + 2] = [left + right]
    return tokens


EXERCISE = Exercise(
    id="10.1",
    title="Encode a word",
    points=3,
    stars=2,
    minutes=15,
    reference=encode,
    cases=_cases,
    forbidden=("lessonlib.text.bpe.join",),
    hints=(
        "Begin with list(word), single characters.",
        "An outer loop over the merges, in their order; an inner one over the places.",
        "tokens[i : i + 2] = [left + right] replaces two entries of a list by one.",
    ),
    values=("token",),
    parts={
        "list(word)": "the single characters",
        "tokens": "the tokens",
        "len(tokens)": "the number of tokens",
        "len(tokens) - 1": "the last place that has a right neighbour",
        "i": "the place",
        "i < len(tokens) - 1": "that a right neighbour is left",
        "tokens[i]": "the token at the place",
        "tokens[i + 1]": "the token behind it",
        "left + right": "the joined token",
        "[left + right]": "the joined token",
        "tokens[i] == left": "the left token of the pair",
        "tokens[i + 1] == right": "the right token of the pair",
        "tokens[i] == left and tokens[i + 1] == right": "the two tokens of the pair",
        "tokens[i:i + 2] = [left + right]": "the pair is replaced by the joined token",
        "i += 1": "the step to the next place",
        "i = 0": "each merge begins at the first place",
    },
    properties=(
        Property(
            "the tokens joined are the word",
            _is_word,
            "The tokens put together do not give the word again: letters are lost or doubled.",
        ),
        Property(
            "every token is a letter or made by a merge",
            _known_tokens,
            "A token came out that no merge makes. A merge joins two whole tokens, not the end of "
            "one with the beginning of the next.",
        ),
        Property(
            "the last merge fits nowhere any more",
            _last_done,
            "The pair of the last merge is still there. Each merge is applied wherever its pair "
            "occurs, up to the end of the word.",
        ),
    ),
    mistakes=(
        Mistake(
            "longest token first",
            _longest_first,
            "At each place it takes the longest known token. Training did not work that way: "
            "apply the merges one after the other, in the order in which they were learned.",
        ),
        Mistake(
            "by place, not by rank",
            _by_place,
            "It joins the first pair from the left that is any merge. A merge that was learned "
            "earlier comes first, wherever in the word it applies.",
        ),
        Mistake(
            "first occurrence only",
            _first_only,
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
            "from right to left",
            _from_the_right,
            "The merges come in the right order, and each goes through the word from right to left. "
            "From left to right the first two of three equal letters are joined.",
        ),
        Mistake(
            "letters only",
            lambda word, merges: encode(word, [m for m in merges if len("".join(m)) == 2]),
            "Only single letters are joined. A merge may join tokens that are longer already.",
        ),
    ),
)
