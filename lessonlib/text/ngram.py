"""Language models that count: what followed this context, and how often."""

import math

import numpy as np

SMOOTHINGS = ("add", "witten-bell")


class NGram:
    """Count tables of order n: the next symbol given the n symbols before it.

    "add"         : p(s | c) = (count(c, s) + k) / (count(c) + k V)
    "witten-bell" : p_n(s | c) = (count(c, s) + u(c) p_(n-1)(s | c')) / (count(c) + u(c)),
                    u(c) different symbols seen after c, c' = c without its first symbol,
                    p_(-1) = 1 / V

    order : n >= 0, symbols of context;  size : V, symbols in the vocabulary
    k     : what "add" adds to every count
    Raises ValueError for an unknown smoothing, a negative order or k, or V^(n + 1) beyond 2^63
    Source: Shannon 1951; Witten and Bell 1991 (method C). Taught in notebooks/07_recurrent_networks

    >>> table = NGram(order=1, size=2, k=0).fit(np.array([0, 1, 0, 1, 1]))
    >>> table.probabilities([1])  # after 1 came 0 once and 1 once
    array([0.5, 0.5])
    """

    def __init__(self, order: int, size: int, smoothing: str = "add", k: float = 0.05) -> None:
        if smoothing not in SMOOTHINGS:
            raise ValueError(f"NGram: smoothing {smoothing!r}, wanted {' or '.join(SMOOTHINGS)}")
        if order < 0 or size < 1:
            raise ValueError(f"NGram: order {order}, size {size}, wanted order >= 0 and size >= 1")
        if size ** (order + 1) >= 2**63:
            raise ValueError(f"NGram: {size} symbols to the power {order + 1} leaves 64 bits")
        if not 0 <= k < math.inf:
            raise ValueError(f"NGram: k {k}, wanted a finite number, 0 or more")
        self.order, self.size, self.smoothing, self.k = order, size, smoothing, k
        self._tables: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def fit(self, ids: np.ndarray) -> "NGram":
        """Count every run of n + 1 symbols (Witten-Bell: of every shorter length too) in ids (L,).

        Raises ValueError for ids outside 0 .. V - 1 or fewer than n + 1 of them, TypeError for
        ids that are no integers
        """
        ids = self._checked(ids)
        orders = range(self.order + 1) if self.smoothing == "witten-bell" else [self.order]
        self._tables = {n: np.unique(_runs(ids, n, self.size), return_counts=True) for n in orders}
        return self

    def probabilities(self, context: list[int] | np.ndarray) -> np.ndarray:
        """p(next symbol | the last n ids of the context), (V,), sums to 1.

        Raises ValueError for a context shorter than n or with ids outside 0 .. V - 1
        """
        context = self._known(context)
        if len(context) < self.order:
            raise ValueError(f"NGram: {len(context)} symbols of context, wanted {self.order}")
        tail = context[len(context) - self.order :]
        every = np.column_stack([np.tile(tail, (self.size, 1)), np.arange(self.size)])
        return self._probability(every)

    def bits(self, ids: np.ndarray) -> float:
        """Mean bits per symbol on a text: - mean log2 p(ids[t] | ids[t - n .. t - 1]).

        A symbol that the table holds for impossible costs infinitely many bits.
        Raises ValueError as `fit` does
        """
        ids = self._checked(ids)
        windows = np.lib.stride_tricks.sliding_window_view(ids, self.order + 1)
        probability = self._probability(windows)
        return math.inf if (probability == 0).any() else float(-np.log2(probability).mean())

    def _checked(self, ids: np.ndarray) -> np.ndarray:
        ids = self._known(ids)
        if len(ids) <= self.order:
            raise ValueError(f"NGram: ids of shape {ids.shape}, wanted ({self.order + 1} or more,)")
        return ids

    def _known(self, ids: list[int] | np.ndarray) -> np.ndarray:
        """The ids (L,) of symbols that the table has."""
        ids = np.asarray(ids)
        if ids.size and ids.dtype.kind not in "iu":
            raise TypeError(f"NGram: ids are {ids.dtype}, wanted integers")
        ids = ids.astype(np.int64)
        if ids.ndim != 1:
            raise ValueError(f"NGram: ids of shape {ids.shape}, wanted one axis")
        if ids.size and (ids.min() < 0 or ids.max() >= self.size):
            raise ValueError(f"NGram: ids {ids.min()} to {ids.max()}, wanted 0 to {self.size - 1}")
        return ids

    def _probability(self, windows: np.ndarray) -> np.ndarray:
        """p of the last symbol of each window (N, n + 1) given the ones before it."""
        if not self._tables:
            raise RuntimeError("NGram: fit comes first")
        if self.smoothing == "add":
            count, total, _ = self._counts(windows, self.order)
            weight = total + self.k * self.size
            # a context never seen tells nothing: 1 / V
            return np.where(
                weight > 0, (count + self.k) / np.where(weight > 0, weight, 1), 1 / self.size
            )
        p = np.full(len(windows), 1 / self.size)
        for n in range(self.order + 1):
            count, total, kinds = self._counts(windows, n)
            p = np.where(total > 0, (count + kinds * p) / np.maximum(total + kinds, 1), p)
        return p

    def _counts(self, windows: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """count(c, s), count(c) and u(c) for the last n + 1 symbols of each window."""
        keys, counts = self._tables[n]
        powers = self.size ** np.arange(n, -1, -1)
        wanted = windows[:, -n - 1 :] @ powers
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        count = np.where(keys[place] == wanted, counts[place], 0)
        first = wanted - wanted % self.size  # the key of (c, symbol 0)
        low, high = np.searchsorted(keys, first), np.searchsorted(keys, first + self.size)
        sums = np.concatenate([[0], np.cumsum(counts)])
        return count, sums[high] - sums[low], high - low


def _runs(ids: np.ndarray, n: int, size: int) -> np.ndarray:
    """Every run of n + 1 ids as one integer: its digits in base `size`."""
    keys = np.zeros(len(ids) - n, np.int64)
    for i in range(n + 1):
        keys = keys * size + ids[i : len(ids) - n + i]
    return keys
