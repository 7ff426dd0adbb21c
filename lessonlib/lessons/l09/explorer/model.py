"""A sentence or a date, where each of its tokens looks, and what the networks answer."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from lessonlib import functional as F
from lessonlib.datasets.dates import DATE_DIGITS, DATE_LETTERS, SOURCE_LENGTH, date_ids
from lessonlib.datasets.pronouns import SENTENCE_LENGTH, SENTENCE_WORDS, belongs_to
from lessonlib.models import DateReader, WordReader
from lessonlib.trained import trained

SENTENCE, DATE = "a sentence", "a date"
TEXTS = {SENTENCE: "the old king sees a young nun and she sells the boat", DATE: "march 7, 1994"}
START = {SENTENCE: 8, DATE: 3}  # the token that asks at first: "she", the year's last digit
HEADS = {SENTENCE: ("head 1", "head 2", "mean of both"), DATE: ("its one head",)}
COOLEST, HOTTEST = 0.1, 10.0


@cache
def readers() -> tuple[WordReader, DateReader]:
    """Both trained networks: made by `lessonlib make 09.attention`.

    >>> [type(reader).__name__ for reader in readers()]
    ['WordReader', 'DateReader']
    """
    stored, rng = trained("09.attention"), np.random.default_rng(0)
    hidden = stored["dates.first.bias"].shape[0]
    pair = WordReader(2, rng=rng), DateReader(hidden, attend=True, rng=rng)
    for name, reader in zip(("words.", "dates."), pair, strict=True):
        weights = {key: value for key, value in stored.arrays.items() if key.startswith(name)}
        reader.load_state_dict({key.removeprefix(name): v for key, v in weights.items()})
        reader.eval()
    return pair


class AttendedText:
    """A text, the token that asks, the head that is shown, and the temperature of the scores.

    weights : (heads, queries, keys) softmax(scores / temperature), by lessonlib's own layers
    queries, keys : the tokens that ask, those that are looked at; in a sentence the same words
    answers, sure : of a sentence two words for each word and their probabilities; of a date the
                    date itself and None
    Raises ValueError for an unknown kind, head, word or letter, or a temperature outside 0.1..10
    Taught in notebooks/09_attention

    >>> text = AttendedText()
    >>> text.write("the king sees a nun and he sells the boat")
    >>> text.answers[6]
    ('and', 'king')
    """

    def __init__(self, kind: str = SENTENCE) -> None:
        self.temperature, self.texts = 1.0, dict(TEXTS)
        self.answers: list[Any] = []
        self.choose(kind)

    # What the learner changes -------------------------------------------------------------------

    def choose(self, kind: str) -> None:
        """Take the sentence or the date, as it was last written."""
        if kind not in TEXTS:
            raise ValueError(f"choose: {kind!r}, wanted one of {', '.join(TEXTS)}")
        self.kind, self.head = kind, HEADS[kind][0]
        self._compute(self.texts[kind])
        self.focus = min(START[kind], len(self.queries) - 1)

    def write(self, text: str) -> None:
        """Replace the text; the token that asks stays where it is, as far as there is one."""
        text = " ".join(str(text).lower().split())
        if self.kind == SENTENCE:
            _check_pieces(text.split(), "word", SENTENCE_WORDS[1:], SENTENCE_LENGTH)
        else:
            _check_pieces(list(text), "letter", DATE_LETTERS[1:], SOURCE_LENGTH)
        self._compute(text)
        self.focus = min(self.focus, len(self.queries) - 1)

    def pick(self, head: str) -> None:
        """Show one head, or the mean of all."""
        if head not in HEADS[self.kind]:
            raise ValueError(f"pick: {head!r}, wanted one of {', '.join(HEADS[self.kind])}")
        self.head = head

    def heat(self, temperature: float) -> None:
        """Divide all scores by this number: above 1 the weights flatten, below they sharpen."""
        if not COOLEST <= temperature <= HOTTEST:  # also refuses NaN
            raise ValueError(f"heat: temperature {temperature}, wanted {COOLEST} to {HOTTEST}")
        self.temperature = float(temperature)
        self._compute(self.texts[self.kind])

    def look(self, token: int) -> None:
        """Let this token ask."""
        if not 0 <= token < len(self.queries):
            raise ValueError(f"look: token {token}, wanted 0 to {len(self.queries) - 1}")
        self.focus = int(token)

    # The walk over the tokens -------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether the last token asks."""
        return self.focus >= len(self.queries) - 1

    def step(self) -> None:
        """Let the next token ask."""
        self.focus += 1

    def reset(self) -> None:
        """Let the first token ask."""
        self.focus = 0

    # The numbers --------------------------------------------------------------------------------

    def _compute(self, text: str) -> None:
        """Weights and answers of the whole text."""
        if self.kind == SENTENCE:
            self._read_sentence(text.split())
        else:
            self._read_date(text)
        self.texts[self.kind] = text

    def _read_sentence(self, words: list[str]) -> None:
        reader, _ = readers()
        self.keys = self.queries = words
        ids = np.array([[SENTENCE_WORDS.index(word) for word in words]])
        scores, weights = reader.look(ids, self.temperature)
        best = scores[0].argmax(axis=2)
        self.answers = [tuple(SENTENCE_WORDS[k] for k in pair) for pair in best]
        self.sure = F.softmax(scores[0])[0].max(axis=2)
        self.weights = weights[0]

    def _read_date(self, text: str) -> None:
        _, reader = readers()
        assert reader.attention is not None  # it was made with attention
        reader.attention.temperature = self.temperature
        written, weights = reader.write(date_ids([text]))
        assert weights is not None
        self.queries, self.keys = [DATE_DIGITS[k] for k in written[0]], list(text)
        self.answers, self.sure = ["".join(self.queries)], None
        self.weights = weights[:, :, : len(text)]

    @property
    def shown(self) -> np.ndarray:
        """The weights on show (queries, keys): of one head, or their mean."""
        k = HEADS[self.kind].index(self.head)
        return self.weights[k] if k < len(self.weights) else self.weights.mean(axis=0)

    def right(self) -> int:
        """How many of the answers to a sentence are right: two for each word."""
        before = ["", *self.keys[:-1]]
        wanted = [self.keys[k] for k in belongs_to(self.keys)]
        pairs = zip(self.answers, before, wanted, strict=True)
        return sum((a == x) + (b == y) for (a, b), x, y in pairs)

    @property
    def state(self) -> dict[str, Any]:
        """Text, head, temperature, the token that asks, its weights, all answers."""
        return {
            "kind": self.kind,
            "text": self.texts[self.kind],
            "head": self.head,
            "temperature": self.temperature,
            "focus": self.focus,
            "token": self.queries[self.focus],
            "weights": self.shown[self.focus].copy(),
            "answers": list(self.answers),
        }


def _check_pieces(pieces: list[str], what: str, known: Sequence[str], most: int) -> None:
    """Refuse a text that is empty, too long, or has a piece that the network does not know."""
    if not 1 <= len(pieces) <= most:
        raise ValueError(f"write: {len(pieces)} {what}s, wanted 1 to {most}")
    for piece in pieces:
        if piece not in known:
            raise ValueError(f"write: {piece!r} is no {what} that the network knows")
