"""The explorer of lesson 07: a character model reads a text, one character a step."""

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from lessonlib import datasets
from lessonlib import functional as F
from lessonlib.models import CharacterRNN, trained_character_rnn
from lessonlib.text import Vocabulary
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure

LONGEST = 400  # characters of a text
COLUMNS = 64  # states on the map
BARS = 8  # expected characters that are listed
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
SIGNS = {" ": "␣", "\n": "⏎"}  # how characters without a shape are shown


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
    model = CharacterModel(letters, network, np.arange(network.rnn.hidden_size))
    y = model.states(model.letters.encode(datasets.prose("validation")[:3000]))
    y = y - y.mean(axis=0)
    kept = (y[:-1] * y[1:]).sum(axis=0) / (y**2).sum(axis=0)
    return model._replace(order=np.argsort(-kept, kind="stable"))


class ReaderExplorer(Explorer):
    """Step through a text: the state as a map, what is expected next as bars.

    text : one of the texts that are offered, by name, or a text of your own (at most 400
           characters are read; one that the model does not know is read as "?")
    The model is the plain recurrent network of `trained("07.characters")`, 128 units.
    Raises ValueError for an empty text or a unit outside 0 .. 127
    Source: Karpathy, Johnson and Fei-Fei 2016, Visualizing and understanding recurrent networks
    (colouring a text by one unit). Taught in notebooks/07_recurrent_networks

    >>> reader = ReaderExplorer("a sentence")
    >>> reader.step(3)
    >>> reader.state["read"]
    'The function returns the value '
    """

    unit: ClassVar[str] = "character"
    reset_hint: ClassVar[str] = "Go back to the first character"
    rates: ClassVar[tuple[int, ...]] = (1, 4, 15, 60)

    def __init__(self, text: str = "a sentence") -> None:
        super().__init__()
        self.model = stored_model()
        self.chosen = 0
        self.own = "Type a text of your own here."
        if text in TEXTS:
            self.choose(text)
        else:
            self.write(text)

    # Reading ------------------------------------------------------------------------------------

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
        self.playing = False
        self.position = min(HEAD_START, len(self.text))
        self.refresh()

    def go(self, position: int) -> None:
        """Go to where `position` characters are read; places outside go to the nearest end."""
        self.position = max(0, min(len(self.text), int(position)))
        self.refresh()

    def choose_unit(self, row: int) -> None:
        """Choose the unit in a row of the map; row 0 keeps most of its value."""
        if not 0 <= row < len(self.model.order):
            raise ValueError(f"choose_unit: {row}, wanted 0 to {len(self.model.order) - 1}")
        self.chosen = int(row)
        self.refresh()

    @property
    def finished(self) -> bool:
        """Whether the whole text is read."""
        return self.position == len(self.text)

    def _step(self) -> None:
        self.position += 1

    def _reset(self) -> None:
        self.position = 0

    @property
    def state(self) -> dict[str, Any]:
        """Text, what is read of it, the states so far, what is expected next, surprise so far."""
        k = self.position
        return {
            "text": self.text,
            "read": self.text[:k],
            "position": k,
            "unit": int(self.model.order[self.chosen]),
            "states": self.reading.states[:k].copy(),
            "expected": dict(self._bars(len(self.model.letters))),
            "surprise": self.reading.surprise[:k].copy(),
        }

    def _bars(self, count: int) -> list[tuple[str, float]]:
        """The characters that are expected most, and their probabilities."""
        if self.position == 0:
            return []
        p = self.reading.expected[self.position - 1]
        best = np.argsort(-p, kind="stable")[:count]
        return [(self.model.letters.symbols[k], float(p[k])) for k in best]

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name == "go":
            self.go(values["position"])
        elif name == "unit":
            self.choose_unit(values["row"])
        else:
            super()._event(name, values)

    def _controls(self) -> "list[Widget]":
        import ipywidgets as widgets

        style = {"description_width": "auto"}
        choice = widgets.Dropdown(
            options=[*TEXTS, OWN], value=self.name, description="Text", style=style
        )
        choice.layout.width = "180px"
        typed = widgets.Text(
            value=self.own, description="Own text", continuous_update=False, style=style
        )
        typed.layout.width = "330px"

        def wrote(text: str) -> None:
            self.write(text)
            choice.value = OWN

        def chose(name: str) -> None:
            if name != self.name:
                self.choose(name)

        for control, action in ((choice, chose), (typed, wrote)):
            act = self.guarded(action)
            control.observe(lambda change, act=act: act(change["new"]), "value")
        return [choice, typed]

    def _frame(self) -> dict[str, Any]:
        k, note = self.position, self._note()
        first = max(0, k - COLUMNS)
        window = np.round(127 * self.reading.states[first:k].T).astype(np.int8)  # (H, columns)
        coming = self.text[k] if k < len(self.text) else None
        return {
            "text": self.text,
            "position": k,
            "row": self.chosen,
            "rows": len(self.model.order),
            "columns": COLUMNS,
            "map": np.ascontiguousarray(window).tobytes(),
            "values": self.reading.states[:k, self.chosen].round(2).tolist(),
            "surprise": np.nan_to_num(self.reading.surprise[:k]).round(2).tolist(),
            "bars": [[SIGNS.get(c, c), round(p, 4), c == coming] for c, p in self._bars(BARS)],
            "readouts": self._readouts(),
            "note": note,
            "summary": f"{self.name}, {k} of {len(self.text)} characters read. {note}",
        }

    def _readouts(self) -> list[list[str]]:
        k = self.position
        rows = [["read", f"{k} of {len(self.text)}"]]
        told = self.reading.surprise[1:k]
        rows.append(["bits per character so far", f"{told.mean():.2f}" if k > 1 else "not yet"])
        shown = "not yet" if k < 2 else f"{self.reading.surprise[k - 1]:.1f} bits"
        rows.append(["surprise of the last one", shown])
        unit = f"number {self.model.order[self.chosen]}, row {self.chosen + 1}"
        value = f", value {self.reading.states[k - 1, self.chosen]:+.2f}" if k else ""
        rows.append(["chosen unit", (unit + value).replace("-", "−")])
        return rows

    def _note(self) -> str:
        replaced = f" Read as ?: {' '.join(self.unknown)}." if self.unknown else ""
        if self.position == 0:
            return f"Nothing is read yet; the state is zero. Press Step or Play.{replaced}"
        (best, p), coming = self._bars(1)[0], self.text[self.position :][:1]
        last = self.text[self.position - 1]
        words = f"After {_sign(last)} it expects {_sign(best)} most, p = {p:.2f}."
        if not coming:
            return f"{words} The text is read; Play begins again.{replaced}"
        chance = dict(self._bars(len(self.model.letters)))[coming]
        comes = f" So it comes: {_sign(coming)}." if coming == best else (
            f" What comes is {_sign(coming)}, p = {chance:.2g}, {-np.log2(chance):.1f} bits."
        )  # fmt: skip
        return words + comes + replaced

    def _figure(self) -> "Figure":
        import matplotlib.pyplot as plt

        from lessonlib.plots import COLOUR, SIGNED

        k = self.position
        first = max(0, k - COLUMNS)
        columns = max(1, k - first)
        figure, (left, right) = plt.subplots(
            1, 2, figsize=(9.4, 4.2), gridspec_kw={"width_ratios": (3.4, 1)}
        )
        window = self.reading.states[first:k].T if k else np.zeros((len(self.model.order), 1))
        left.imshow(window, cmap=SIGNED, vmin=-1, vmax=1, aspect="auto")
        left.set_xticks(range(columns), [SIGNS.get(c, c) for c in self.text[first:k]] or [""])
        left.set(xlabel="character just read", ylabel="unit, keeps most (top) to least")
        left.set_title(f"The state after each of {k} characters")
        left.grid(False)
        bars = self._bars(BARS)[::-1]
        right.barh(range(len(bars)), [p for _, p in bars], color=COLOUR["forward"])
        right.set_yticks(range(len(bars)), [SIGNS.get(c, c) for c, _ in bars])
        right.set(xlim=(0, 1), xlabel="probability", title="Expected next")
        return figure


def _sign(character: str) -> str:
    """A character as the notes write it."""
    return {" ": "a blank", "\n": "a line end"}.get(character, f"“{character}”")
