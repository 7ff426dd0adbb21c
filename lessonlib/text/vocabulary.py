"""The list of symbols a model knows, and the way from symbols to integers and back."""

from collections.abc import Iterable, Sequence

import numpy as np


class Vocabulary:
    """Symbols (characters or words) in a fixed order.   id = place in the order

    symbols : any iterable of strings; doubles are dropped, the rest is sorted, so that the same
              text gives the same ids on every machine
    `symbols` is the list, `len` its length V
    Raises ValueError for no symbol
    Taught in notebooks/07_recurrent_networks

    >>> letters = Vocabulary("abba")
    >>> letters.encode("bab"), letters.decode([1, 0])
    (array([1, 0, 1]), 'ba')
    """

    def __init__(self, symbols: Iterable[str]) -> None:
        self.symbols = sorted(set(symbols))
        if not self.symbols:
            raise ValueError("Vocabulary: no symbol at all")
        self.ids = {symbol: i for i, symbol in enumerate(self.symbols)}

    def __len__(self) -> int:
        return len(self.symbols)

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, self.symbols[:5])) + (", ..." if len(self) > 5 else "")
        return f"Vocabulary of {len(self)}: {shown}"

    def encode(self, text: Sequence[str]) -> np.ndarray:
        """The ids of a text (of a list of words), (L,) int64.

        Raises KeyError naming the first symbol that is not known

        >>> Vocabulary(["the", "bank"]).encode("the bank".split())
        array([1, 0])
        """
        try:
            return np.array([self.ids[symbol] for symbol in text], np.int64)
        except KeyError as error:
            raise KeyError(f"Vocabulary: {error.args[0]!r} is not among {self!r}") from None

    def decode(self, ids: Iterable[int], between: str = "") -> str:
        """The text of the ids, with `between` (a blank for words) between two symbols.

        Raises ValueError naming an id that is not 0 .. V - 1, or no whole number

        >>> Vocabulary(["the", "bank"]).decode([1, 0], between=" ")
        'the bank'
        """
        ids = list(ids)
        wrong = [i for i in ids if not 0 <= i < len(self) or i != int(i)]
        if wrong:
            raise ValueError(f"Vocabulary.decode: id {wrong[0]}, wanted 0 .. {len(self) - 1}")
        return between.join(self.symbols[int(i)] for i in ids)
