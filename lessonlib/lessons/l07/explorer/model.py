"""A text that the stored character model reads: its states, what it expects, its surprise."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from lessonlib import datasets
from lessonlib import functional as F
from lessonlib.models import CharacterRNN, trained_character_rnn
from lessonlib.text import Vocabulary

LONGEST = 400  # characters of a text
HEAD_START = 28  # characters read when a text is first shown
OWN = "own text"
TEXTS = {
    "a sentence": "The function returns the value of the expression, or None if there is none.",
    "a quotation": (
        'If the name is given as a string, such as "first name", the value of the "name" is '
        'used; otherwise it is not, and "None" is returned.'
    ),
    "indented code": (
        "The class is defined by:\n\n   class Meta(type):\n      def __new__(cls, name):\n"
        "         return name\n\nThe method is called when the class is created.\n"
    ),
    "twice the same": "A banana is a banana. A zqxjv is a zqxjv. A zqxjv is a zqxjv.",
}


class Reading(NamedTuple):
    """What a model made of a text of L characters: h_1 .. h_L and what it expected next."""

    states: np.ndarray  # (L, H), units that keep their value best first
    expected: np.ndarray  # (L, V) probabilities of the character after each
    surprise: np.ndarray  # (L,) bits of each character given those before; nan for the first


class CharacterModel(NamedTuple):
    """The stored character model, and the order in which its units are shown."""

    letters: Vocabulary
    network: CharacterRNN
    order: np.ndarray  # (H,) unit numbers, those that keep their value best first

    def states(self, ids: np.ndarray) -> np.ndarray:
        """The state after each character, (L, H), units in their own order."""
        return self.network.states(ids[None])[0]

    def reads(self, text: str) -> Reading:
        """Read a text of known characters from an empty state."""
        ids = self.letters.encode(text)
        y = self.states(ids)
        expected = F.softmax(self.network.read(y).astype(float))[0]  # (L, V)
        surprise = np.full(len(ids), np.nan)
        surprise[1:] = -np.log2(expected[np.arange(len(ids) - 1), ids[1:]])
        return Reading(y[:, self.order], expected, surprise)


@cache
def stored_model() -> CharacterModel:
    """The character model of `trained("07.characters")`, its first seed.

    Units are ordered by how much of their value they keep: the correlation of one step with the
    next on 3,000 characters of the validation text, the highest first.
    """
    network, letters = trained_character_rnn()
    model = CharacterModel(letters, network, np.arange(network.read.weight.data.shape[1]))
    y = model.states(model.letters.encode(datasets.prose("validation")[:3000]))
    y = y - y.mean(axis=0)
    kept = (y[:-1] * y[1:]).sum(axis=0) / (y**2).sum(axis=0)
    return model._replace(order=np.argsort(-kept, kind="stable"))


class TextReader:
    """A text, how far it is read, and the unit that is looked at.

    reading  : states, expectations and surprise of the whole text, by `model`
    position : characters read so far;  chosen : row of the unit, 0 keeps most of its value
    unknown  : characters of the text that the model does not know; they are read as "?"
    Raises ValueError for an empty text or a unit outside 0 .. 127
    Taught in notebooks/07_recurrent_networks

    >>> reader = TextReader("a sentence")
    >>> reader.position, reader.expected(1)[0][0]
    (28, 'u')
    """

    def __init__(self, text: str = "a sentence") -> None:
        self.model = stored_model()
        self.chosen = 0
        self.own = "Type a text of your own here."
        if text in TEXTS:
            self.choose(text)
        else:
            self.write(text)

    # What the learner changes -------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Take a text by its name ("own text": what was typed last) and read its beginning."""
        if name not in (*TEXTS, OWN):
            raise ValueError(f"choose: {name!r}, wanted one of {', '.join((*TEXTS, OWN))}")
        self.name = name
        self._take(self.own if name == OWN else TEXTS[name])

    def write(self, text: str) -> None:
        """Take a text of one's own. Raises ValueError for an empty one."""
        if not text:
            raise ValueError("write: an empty text, wanted one character or more")
        self.own, self.name = text, OWN
        self._take(text)

    def _take(self, text: str) -> None:
        known = self.model.letters.ids
        cut = text[:LONGEST]
        self.unknown = sorted(set(cut) - set(known))
        self.text = "".join(c if c in known else "?" for c in cut)
        self.reading = self.model.reads(self.text)
        self.position = min(HEAD_START, len(self.text))

    def go(self, position: int) -> None:
        """Go to where `position` characters are read; places outside go to the nearest end."""
        self.position = max(0, min(len(self.text), int(position)))

    def choose_unit(self, row: int) -> None:
        """Choose the unit in a row of the map; row 0 keeps most of its value."""
        if not 0 <= row < self.units:
            raise ValueError(f"choose_unit: {row}, wanted 0 to {self.units - 1}")
        self.chosen = int(row)

    # Reading ------------------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether the whole text is read."""
        return self.position == len(self.text)

    def step(self) -> None:
        """Read the next character."""
        self.position += 1

    def reset(self) -> None:
        """Go back to the first character."""
        self.position = 0

    # The numbers --------------------------------------------------------------------------------

    @property
    def units(self) -> int:
        """How many units the model has."""
        return len(self.model.order)

    @property
    def unit(self) -> int:
        """The number of the chosen unit."""
        return int(self.model.order[self.chosen])

    def expected(self, count: int | None = None) -> list[tuple[str, float]]:
        """The characters that are expected most (None: all), and their probabilities."""
        if self.position == 0:
            return []
        p = self.reading.expected[self.position - 1]
        best = np.argsort(-p, kind="stable")[:count]
        return [(self.model.letters.symbols[k], float(p[k])) for k in best]

    @property
    def state(self) -> dict[str, Any]:
        """Text, what is read of it, the states so far, what is expected next, surprise so far."""
        k = self.position
        return {
            "text": self.text,
            "read": self.text[:k],
            "position": k,
            "unit": self.unit,
            "states": self.reading.states[:k].copy(),
            "expected": dict(self.expected()),
            "surprise": self.reading.surprise[:k].copy(),
        }
