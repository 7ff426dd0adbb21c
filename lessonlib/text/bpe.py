"""Byte-pair encoding: text as tokens between letters and words, learned by counting pairs."""

import heapq
import operator
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

# Merges stay inside a chunk: a word with the blank before it, a number, marks, or white space.
CHUNK = re.compile(r" ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+")
BYTES = 256

Pair = tuple[int, int]


class BytePairEncoding:
    """Tokens made by joining the most frequent pair of neighbours, again and again.

    Ids 0 .. 255 are the bytes; merge k joins two earlier tokens to token 256 + k. As every text is
    bytes (UTF-8), every text can be encoded, and decode(encode(text)) == text.

    merges : pairs of ids, in the order in which they were learned; see `train`
    `tokens` lists the bytes of every token; `len` is their number V = 256 + merges
    Raises ValueError for a pair that names a token not made yet
    Source: Sennrich et al. 2016, section 3.2; on bytes: Radford et al. 2019, section 2.2.
    Taught in notebooks/10_transformer

    >>> code = BytePairEncoding.train("the bath then", merges=2)
    >>> [code.show(i) for i in code.encode("the path")]
    ['the', ' ', 'p', 'a', 'th']
    """

    def __init__(self, merges: Iterable[Sequence[int]]) -> None:
        self.merges: list[Pair] = [(int(a), int(b)) for a, b in merges]
        self.tokens = [bytes([i]) for i in range(BYTES)]
        for a, b in self.merges:
            if not (0 <= a < len(self.tokens) and 0 <= b < len(self.tokens)):
                raise ValueError(
                    f"BytePairEncoding: merge {len(self.tokens) - BYTES} joins {a} and {b}, "
                    f"wanted tokens 0 .. {len(self.tokens) - 1}"
                )
            self.tokens.append(self.tokens[a] + self.tokens[b])
        self._rank = {pair: k for k, pair in enumerate(self.merges)}

    @classmethod
    def train(cls, text: str, merges: int) -> "BytePairEncoding":
        """Learn up to `merges` merges from a text; fewer where no pair is left.

        Counts are kept for pairs, and a merge changes only the chunks that hold its pair. Equal
        counts: the pair with the smaller ids. Raises ValueError for merges < 0, or as `encode`
        """
        if merges < 0:
            raise ValueError(f"BytePairEncoding.train: merges {merges}, wanted 0 or more")
        counter = _PairCounter(text)
        learned: list[Pair] = []
        while len(learned) < merges and (pair := counter.most_frequent()) is not None:
            counter.join(pair, BYTES + len(learned))
            learned.append(pair)
        return cls(learned)

    def __len__(self) -> int:
        return len(self.tokens)

    def __repr__(self) -> str:
        return f"BytePairEncoding: 256 bytes and {len(self.merges)} merges"

    def encode(self, text: str) -> np.ndarray:
        """The ids of a text (L,), int64: in each chunk the merges in the order they were learned.

        Raises ValueError for half a character (a lone surrogate), which has no bytes

        >>> BytePairEncoding([]).encode("hé")
        array([104, 195, 169])
        """
        known: dict[str, list[int]] = {}
        ids: list[int] = []
        for chunk in CHUNK.findall(text):
            if chunk not in known:
                known[chunk] = self._encode_chunk(chunk)
            ids += known[chunk]
        return np.array(ids, np.int64)

    def _encode_chunk(self, chunk: str) -> list[int]:
        ids = list(_bytes(chunk))
        last = len(self.merges)  # the rank of what was never learned
        while len(ids) > 1:
            pair = min(pairwise(ids), key=lambda p: self._rank.get(p, last))
            if pair not in self._rank:
                break
            ids = join(ids, pair, BYTES + self._rank[pair])
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """The text of the ids; bytes that are no UTF-8 (a character cut in two) become U+FFFD.

        Raises ValueError naming an id that is no token, TypeError for ids that are no integers

        >>> BytePairEncoding([]).decode([104, 195, 169])
        'hé'
        """
        ids = [_id(i) for i in ids]
        wrong = [i for i in ids if not 0 <= i < len(self.tokens)]
        if wrong:
            raise ValueError(
                f"BytePairEncoding.decode: id {wrong[0]}, wanted 0 .. {len(self.tokens) - 1}"
            )
        return b"".join(self.tokens[i] for i in ids).decode("utf-8", "replace")

    def show(self, token: int) -> str:
        """One token as text, for labels.

        >>> BytePairEncoding([(116, 104)]).show(256)
        'th'
        """
        return self.decode([token])


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"BytePairEncoding: {error.object[error.start]!r} is half a character, which UTF-8 has "
            "no bytes for; wanted text, as from open(path, encoding='utf-8')"
        ) from None


def _id(i: Any) -> int:
    try:
        return operator.index(i)
    except TypeError:
        raise TypeError(
            f"BytePairEncoding.decode: id {i!r} of type {type(i).__name__}, wanted an integer"
        ) from None


def join(ids: Sequence[int], pair: Pair, new: int) -> list[int]:
    """Replace every occurrence of the pair by the new id, from left to right.

    Source: Sennrich et al. 2016, section 3.2. Taught in notebooks/10_transformer

    >>> join([1, 1, 1, 2], (1, 1), 9)
    [9, 1, 2]
    """
    joined, i = [], 0
    while i < len(ids):
        found = i + 1 < len(ids) and ids[i] == pair[0] and ids[i + 1] == pair[1]
        joined.append(new if found else ids[i])
        i += 2 if found else 1
    return joined


class _PairCounter:
    """How often each pair of neighbours occurs in a text, kept up to date while pairs are joined.

    Every different chunk is kept once with its number of occurrences. The heap holds counts that
    were right when they were put in; those that no longer are get dropped when they come up.
    """

    def __init__(self, text: str) -> None:
        chunks = Counter(CHUNK.findall(text))
        self.words = [list(_bytes(c)) for c in chunks]
        self.times = list(chunks.values())
        self.count: Counter[Pair] = Counter()
        self.where: defaultdict[Pair, set[int]] = defaultdict(set)
        for i in range(len(self.words)):
            self._add(i, self.times[i])
        self.heap = [(-n, pair) for pair, n in self.count.items()]
        heapq.heapify(self.heap)

    def _add(self, i: int, times: int) -> list[Pair]:
        """Count the pairs of chunk i `times` more (or, below 0, fewer)."""
        word = self.words[i]
        pairs = list(pairwise(word))
        for pair in pairs:
            self.count[pair] += times
            self.where[pair].add(i)
        return pairs

    def most_frequent(self) -> Pair | None:
        while self.heap:
            minus, pair = self.heap[0]
            if self.count[pair] == -minus > 0:
                return pair
            heapq.heappop(self.heap)
        return None

    def join(self, pair: Pair, new: int) -> None:
        touched: set[Pair] = set()
        for i in self.where.pop(pair):
            touched.update(self._add(i, -self.times[i]))
            self.words[i] = join(self.words[i], pair, new)
            touched.update(self._add(i, self.times[i]))
        for other in touched:
            if self.count[other] > 0:
                heapq.heappush(self.heap, (-self.count[other], other))
            else:
                del self.count[other]
                self.where.pop(other, None)
