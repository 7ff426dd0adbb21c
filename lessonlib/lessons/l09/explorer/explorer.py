"""The explorer of lesson 09: where every token looks, head by head, at any temperature."""

import math
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lessonlib import functional as F
from lessonlib.datasets.dates import DATE_DIGITS, DATE_LETTERS, SOURCE_LENGTH, date_ids
from lessonlib.datasets.pronouns import SENTENCE_LENGTH, SENTENCE_WORDS, belongs_to
from lessonlib.models import DateReader, WordReader
from lessonlib.trained import trained
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure

SENTENCE, DATE = "a sentence", "a date"
TEXTS = {SENTENCE: "the old king sees a young nun and she sells the boat", DATE: "march 7, 1994"}
START = {SENTENCE: 8, DATE: 3}  # the token that asks at first: "she", the year's last digit
HEADS = {SENTENCE: ("head 1", "head 2", "mean of both"), DATE: ("its one head",)}
COOLEST, HOTTEST = 0.1, 10.0


@cache
def _readers() -> tuple[WordReader, DateReader]:
    """Both trained networks; the recipe is lessonlib/lessons/l09/recipes/attention.py."""
    stored, rng = trained("09.attention"), np.random.default_rng(0)
    hidden = stored["dates.first.bias"].shape[0]
    readers = WordReader(2, rng=rng), DateReader(hidden, attend=True, rng=rng)
    for name, reader in zip(("words.", "dates."), readers, strict=True):
        weights = {key: value for key, value in stored.arrays.items() if key.startswith(name)}
        reader.load_state_dict({key.removeprefix(name): v for key, v in weights.items()})
        reader.eval()
    return readers


class AttentionExplorer(Explorer):
    """Edit a sentence or a date, pick a head, and see where each token looks.

    weights = softmax(scores / temperature), by lessonlib's own layers with stored weights
    kind : "a sentence" (one layer of self-attention, two heads: for every word the word before it
           and the word it belongs to) or "a date" (the decoder's characters ask the letters)
    Raises ValueError for an unknown kind, head, word or letter, or a temperature outside 0.1..10
    Taught in notebooks/09_attention

    >>> explorer = AttentionExplorer()
    >>> explorer.state["token"], explorer.state["answers"][8]
    ('she', ('and', 'nun'))
    """

    unit: ClassVar[str] = "token"
    speed_control: ClassVar[bool] = False
    reset_hint: ClassVar[str] = "Go back to the first token"
    rates: ClassVar[tuple[int, ...]] = (1, 2, 4)

    def __init__(self, kind: str = SENTENCE) -> None:
        super().__init__()
        self._boxes: dict[str, Any] = {}
        self.temperature, self.texts = 1.0, dict(TEXTS)
        self.choose(kind)

    # What the learner changes --------------------------------------------------------------------

    def choose(self, kind: str) -> None:
        """Take the sentence or the date, as it was last written."""
        if kind not in TEXTS:
            raise ValueError(f"choose: {kind!r}, wanted one of {', '.join(TEXTS)}")
        self.kind, self.head, self.playing = kind, HEADS[kind][0], False
        self._compute(self.texts[kind])
        self.focus = min(START[kind], len(self.queries) - 1)
        self.refresh()

    def write(self, text: str) -> None:
        """Replace the text; the token that asks stays where it is, as far as there is one."""
        text = " ".join(str(text).lower().split())
        pieces = text.split() if self.kind == SENTENCE else list(text)
        known = SENTENCE_WORDS[1:] if self.kind == SENTENCE else DATE_LETTERS[1:]
        what, most = (
            ("word", SENTENCE_LENGTH) if self.kind == SENTENCE else ("letter", SOURCE_LENGTH)
        )
        if not 1 <= len(pieces) <= most:
            raise ValueError(f"write: {len(pieces)} {what}s, wanted 1 to {most}")
        for piece in pieces:
            if piece not in known:
                raise ValueError(f"write: {piece!r} is no {what} that the network knows")
        self._compute(text)
        self.focus = min(self.focus, len(self.queries) - 1)
        self.refresh()

    def pick(self, head: str) -> None:
        """Show one head, or the mean of all."""
        if head not in HEADS[self.kind]:
            raise ValueError(f"pick: {head!r}, wanted one of {', '.join(HEADS[self.kind])}")
        self.head = head
        self.refresh()

    def heat(self, temperature: float) -> None:
        """Divide all scores by this number: above 1 the weights flatten, below they sharpen."""
        if not COOLEST <= temperature <= HOTTEST:  # also refuses NaN
            raise ValueError(f"heat: temperature {temperature}, wanted {COOLEST} to {HOTTEST}")
        self.temperature = float(temperature)
        self._compute(self.texts[self.kind])
        self.refresh()

    def look(self, token: int) -> None:
        """Let this token ask."""
        if not 0 <= token < len(self.queries):
            raise ValueError(f"look: token {token}, wanted 0 to {len(self.queries) - 1}")
        self.focus = int(token)
        self.refresh()

    # The networks --------------------------------------------------------------------------------

    def _compute(self, text: str) -> None:
        """Weights (heads, queries, keys) and answers of the whole text."""
        words_reader, dates_reader = _readers()
        if self.kind == SENTENCE:
            self.keys = self.queries = text.split()
            ids = np.array([[SENTENCE_WORDS.index(word) for word in self.keys]])
            scores, weights = words_reader.look(ids, self.temperature)
            chances, best = F.softmax(scores[0])[0], scores[0].argmax(axis=2)
            self.answers = [tuple(SENTENCE_WORDS[k] for k in pair) for pair in best]
            self.sure = chances.max(axis=2)
            self.weights = weights[0]
        else:
            dates_reader.attention.temperature = self.temperature
            written, weights = dates_reader.write(date_ids([text]))
            self.queries, self.keys = [DATE_DIGITS[k] for k in written[0]], list(text)
            self.answers, self.sure = ["".join(self.queries)], None
            self.weights = weights[:, :, : len(text)]
        self.texts[self.kind] = text

    @property
    def shown(self) -> np.ndarray:
        """The weights on show (queries, keys): of one head, or their mean."""
        k = HEADS[self.kind].index(self.head)
        return self.weights[k] if k < len(self.weights) else self.weights.mean(axis=0)

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

    # The walk over the tokens --------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether the last token asks."""
        return self.focus >= len(self.queries) - 1

    def _step(self) -> None:
        self.focus += 1

    def _reset(self) -> None:
        self.focus = 0

    # The view ------------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name != "look":
            super()._event(name, values)
        token = int(values["token"])
        if token < len(self.queries):  # the text may have become shorter meanwhile
            self.playing = False
            self.look(token)

    def _controls(self) -> "list[Widget]":
        import ipywidgets as widgets

        def box(kind: type, description: str, width: str, **options: Any) -> Any:
            style = {"description_width": "auto"}
            layout = {"width": width}
            return kind(description=description, style=style, layout=layout, **options)

        kind = box(widgets.Dropdown, "Text", "150px", options=list(TEXTS), value=self.kind)
        text = box(widgets.Text, "", "400px", value=self.texts[self.kind], continuous_update=False)
        head = box(widgets.Dropdown, "Head", "180px", options=HEADS[self.kind], value=self.head)
        degrees = np.geomspace(COOLEST, HOTTEST, 21).round(2).tolist()
        near = min(degrees, key=lambda degree: abs(math.log(degree / self.temperature)))
        heat = box(widgets.SelectionSlider, "Temperature", "270px", options=degrees, value=near)
        self._boxes = {"text": text, "head": head}
        for widget, action in (
            (kind, self._choose_in_view),
            (text, self.write),
            (head, self._pick_in_view),
            (heat, self.heat),
        ):
            act = self.guarded(action)
            widget.observe(lambda change, act=act: act(change["new"]), "value")
        return [kind, text, head, heat]

    def _choose_in_view(self, kind: str) -> None:
        self.choose(kind)
        self._boxes["head"].options = HEADS[kind]
        self._boxes["text"].value = self.texts[kind]

    def _pick_in_view(self, head: str | None) -> None:
        if head in HEADS[self.kind]:  # the menu is empty for a moment while its options change
            self.pick(head)

    def _frame(self) -> dict[str, Any]:
        note = self._note()
        return {
            "kind": self.kind,
            "queries": self.queries,
            "keys": self.keys,
            "weights": self.shown.round(3).tolist(),
            "focus": self.focus,
            "help": self._help(),
            "readouts": self._readouts(),
            "note": note,
            "summary": f"{self.head}, temperature {self.temperature:g}. {note}",
        }

    def _help(self) -> str:
        point = "Point at a word, or move with Tab and the arrow keys."
        if self.kind == SENTENCE:
            return f"{point} Words it knows: {', '.join(SENTENCE_WORDS[1:])}."
        return f"{point.replace('word', 'character')} It knows letters, digits, space, and , . /"

    def _readouts(self) -> list[list[str]]:
        row = self.shown[self.focus]
        best = int(row.argmax())
        rows = [["asks", _name(self.queries[self.focus])]]
        rows.append(["looks most at", f"{_name(self.keys[best])} ({row[best]:.2f})"])
        if self.kind == DATE:
            return [*rows, ["the whole answer", self.answers[0]]]
        pairs = zip(("word before", "belongs to"), self.answers[self.focus], strict=True)
        for (task, word), sure in zip(pairs, self.sure[self.focus], strict=True):
            rows.append([f"answer, {task}", f"{word or 'none'} ({sure:.2f})"])
        return [*rows, ["right answers", f"{self.right()} of {2 * len(self.keys)}"]]

    def right(self) -> int:
        """How many of the answers to a sentence are right: two for each word."""
        before = ["", *self.keys[:-1]]
        wanted = [self.keys[k] for k in belongs_to(self.keys)]
        pairs = zip(self.answers, before, wanted, strict=True)
        return sum((a == x) + (b == y) for (a, b), x, y in pairs)

    def _note(self) -> str:
        row = self.shown[self.focus]
        most = [k for k in np.argsort(-row, kind="stable")[:3] if row[k] >= 0.05]
        looks = ", ".join(f"{_name(self.keys[k])} ({row[k]:.2f})" for k in most)
        rest = 1 - sum(row[k] for k in most)
        place = f"{_name(self.queries[self.focus])}, number {self.focus + 1}"
        looks = f"{looks}, the others {rest:.2f}" if most else "all alike"
        return f"{place}, looks at {looks}."

    def _figure(self) -> "Figure":
        import matplotlib.pyplot as plt

        from lessonlib.plots import COLOUR

        figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), width_ratios=(1, 1.25))
        row, n, m = self.shown[self.focus], len(self.queries), len(self.keys)
        y = np.linspace(0, 1, n)[self.focus]
        for k, weight in enumerate(row):
            end = np.linspace(0, 1, m)[k]
            left.plot((0, 1), (y, end), color=COLOUR["forward"], linewidth=0.3 + 6 * weight)
            left.text(1.04, end, _name(self.keys[k]), va="center")
        for k, token in enumerate(self.queries):
            weight = "bold" if k == self.focus else "normal"
            place = np.linspace(0, 1, n)[k]
            left.text(-0.04, place, _name(token), va="center", ha="right", weight=weight)
        left.set(xlim=(-0.45, 1.45), ylim=(1.05, -0.05), title="From the token that asks")
        left.axis("off")
        right.imshow(self.shown, cmap="viridis", vmin=0, vmax=1, aspect="auto")
        right.set(xticks=range(m), yticks=range(n), title=f"All weights of {self.head}")
        right.set_xticklabels(map(_name, self.keys), rotation=60 if self.kind == SENTENCE else 0)
        right.set_yticklabels(map(_name, self.queries))
        return figure


def _name(token: str) -> str:
    """A token that can be seen."""
    return "␣" if token == " " else token
