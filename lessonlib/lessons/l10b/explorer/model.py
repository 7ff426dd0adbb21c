"""The numbers of the lens: a small transformer, read after every layer, with heads silenced."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from lessonlib import functional as F
from lessonlib.models.attention_only import LENGTH, VOCABULARY, AttentionOnly
from lessonlib.trained import trained

LAYERS, HEADS, FEATURES = 2, 4, 32
LONGEST = LENGTH - 1  # in training the last letter was only ever asked for
TEXT = "quick fox quick fox"

Head = tuple[int, int]  # layer and head, both counted from 0


@cache
def stored_weights() -> dict[str, np.ndarray]:
    """The trained weights: made by `lessonlib make 10b.lens`.

    >>> stored_weights()["token.weight"].shape
    (27, 32)
    """
    return dict(trained("10b.lens").arrays)


class Run(NamedTuple):
    """One pass over a text of L letters, with some heads silenced or none."""

    lens: np.ndarray  # (stages, L, vocabulary) probabilities of the letter after each
    weights: np.ndarray  # (layers, heads, L, L) of attention


class Lens:
    """A text, the place that is looked at, the heads that are silenced, and what follows from them.

    lens : softmax(output(norm(stream))) before the first layer and after each
    now, whole : the Run with the silenced heads, and the one with all heads
    costs : for each layer its heads' losses when each of them alone is silenced
    Raises ValueError for another text, place, layer or head
    Taught in notebooks/10b_inside_a_transformer

    >>> lens = Lens("abcdefgabc")
    >>> lens.choose(9)
    >>> lens.state["expected"][-1]
    'd'
    """

    def __init__(self, text: str = TEXT) -> None:
        generator = np.random.default_rng(0)  # every weight is loaded
        self.network = AttentionOnly(len(VOCABULARY), LENGTH, FEATURES, LAYERS, HEADS, generator)
        self.network.load_state_dict(stored_weights())
        self.network.eval()
        self._layers: list[Any] = list(self.network.layers)
        self._outputs = [layer.attention.out_proj.weight.data for layer in self._layers]
        self._intact = [weight.copy() for weight in self._outputs]
        self.silenced: set[Head] = set()
        self.place = 0
        self.set_text(text)

    # What the learner changes -------------------------------------------------------------------

    def set_text(self, text: str) -> None:
        """Read another text; the chosen place stays, or moves to the end of a shorter one."""
        if not 2 <= len(text) <= LONGEST or any(letter not in VOCABULARY for letter in text):
            raise ValueError(
                f"set_text: {text!r}, wanted 2 to {LONGEST} small letters a to z and spaces"
            )
        self.text = text
        self.tokens = np.array([[VOCABULARY.index(letter) for letter in text]])
        self.place = min(self.place, len(text) - 1)
        self.whole = self._run(set())
        self.counted = self._repeats()
        heads = [[(k, h) for h in range(HEADS)] for k in range(LAYERS)]
        self.costs = [[self.loss(self._run({one})) for one in row] for row in heads]
        self.now = self._run(self.silenced)

    def choose(self, place: int) -> None:
        """Look at the letter at this place, counted from 0."""
        if not 0 <= place < len(self.text):
            raise ValueError(f"choose: place {place}, wanted 0 to {len(self.text) - 1}")
        self.place = int(place)

    def silence(self, layer: int, head: int | None = None, on: bool | None = None) -> None:
        """Silence a head (or a whole layer) or let it speak again; both are counted from 1.

        on : True silences, False lets speak, None does the other of the present
        """
        if not 1 <= layer <= LAYERS or not (head is None or 1 <= head <= HEADS):
            raise ValueError(
                f"silence: layer {layer}, head {head}; wanted 1 to {LAYERS} and 1 to {HEADS}"
            )
        chosen = {(layer - 1, h) for h in (range(HEADS) if head is None else (head - 1,))}
        if on is None:
            on = not chosen <= self.silenced
        self.silenced = self.silenced | chosen if on else self.silenced - chosen
        self.now = self._run(self.silenced)

    # Walking along the text ---------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether the last letter is looked at."""
        return self.place == len(self.text) - 1

    def step(self) -> None:
        """Look at the next letter."""
        self.place += 1

    def reset(self) -> None:
        """Look at the first letter, with all heads at work."""
        self.place, self.silenced = 0, set()
        self.now = self._run(self.silenced)

    # The numbers --------------------------------------------------------------------------------

    def _run(self, silenced: set[Head]) -> Run:
        """Set the output matrices for these heads, and read the text."""
        size = FEATURES // HEADS
        for layer, (weight, intact) in enumerate(zip(self._outputs, self._intact, strict=True)):
            weight[...] = intact
            for head in range(HEADS):
                if (layer, head) in silenced:
                    weight[:, head * size : (head + 1) * size] = 0
        streams = self.network.streams(self.tokens)
        scores = [self.network.output(self.network.norm(x))[0] for x in streams]
        return Run(
            np.array([F.softmax(score)[0] for score in scores]),
            np.array([layer.weights[0] for layer in self._layers]),
        )

    def _repeats(self) -> np.ndarray:
        """Places whose next letter can be copied from after the latest earlier copy."""
        row, places = self.tokens[0], []
        for i in range(1, len(row) - 1):
            earlier = np.flatnonzero(row[:i] == row[i])
            if len(earlier) and row[earlier[-1] + 1] == row[i + 1]:
                places.append(i)
        return np.array(places if places else range(len(row) - 1))

    def loss(self, run: Run) -> float:
        """Mean -log p of the next letters at the counted places, in nats."""
        p = run.lens[-1, self.counted, self.tokens[0, self.counted + 1]]
        return float(-np.log(np.maximum(p, 1e-12)).mean())

    @property
    def copies(self) -> bool:
        """Whether the loss is that of letters that can be copied (else of all letters)."""
        return len(self.counted) < len(self.text) - 1

    @property
    def following(self) -> int | None:
        """The token that follows the chosen place, None at the end of the text."""
        return None if self.finished else int(self.tokens[0, self.place + 1])

    @property
    def attention(self) -> np.ndarray:
        """What each head reads for the chosen place, (layers, heads, places up to it)."""
        return self.now.weights[:, :, self.place, : self.place + 1]

    @property
    def state(self) -> dict[str, Any]:
        """Text, place, silenced heads (from 1), what is expected by stage, losses, weights."""
        lens = self.now.lens[:, self.place]
        return {
            "text": self.text,
            "place": self.place,
            "silenced": sorted((layer + 1, head + 1) for layer, head in self.silenced),
            "expected": [VOCABULARY[k] for k in lens.argmax(axis=1)],
            "lens": lens.copy(),
            "attention": self.attention.copy(),
            "loss": self.loss(self.now),
            "loss of the whole model": self.loss(self.whole),
        }
