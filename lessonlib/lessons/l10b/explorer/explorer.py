"""The explorer of lesson 10b: what a small transformer expects after each layer, and which head
reads what; heads and layers can be silenced."""

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lessonlib import functional as F
from lessonlib.models.attention_only import LENGTH, VOCABULARY, AttentionOnly
from lessonlib.trained import trained
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure

LAYERS, HEADS, FEATURES = 2, 4, 32
LONGEST = LENGTH - 1  # in training the last letter was only ever asked for
TEXT = "quick fox quick fox"
STAGES = ("before layer 1", "after layer 1", "after layer 2")


@cache
def stored_weights() -> dict[str, np.ndarray]:
    """The trained weights of the recipe lens_10b.

    >>> stored_weights()["token.weight"].shape
    (27, 32)
    """
    return dict(trained("10b.lens").arrays)


class LensExplorer(Explorer):
    """Click a letter: the logit lens by layer, what each head reads for it; silence heads.

    text : 2 to 23 small letters and spaces. The model has two attention layers of four heads and
           was trained to continue random letters that repeat
    lens : softmax(output(norm(stream))) before the first layer and after each
    Silencing a head sets its columns of the layer's output matrix to 0.
    Raises ValueError for another text, place, layer or head
    Taught in notebooks/10b_inside_a_transformer

    >>> explorer = LensExplorer("abcdefgabc")
    >>> explorer.choose(9)
    >>> explorer.state["expected"][-1]
    'd'
    """

    unit: ClassVar[str] = "letter"
    reset_hint: ClassVar[str] = "All heads back to work, and back to the first letter"
    rates: ClassVar[tuple[int, ...]] = (1, 2, 4, 8)

    def __init__(self, text: str = TEXT) -> None:
        super().__init__()
        generator = np.random.default_rng(0)  # every weight is loaded
        self.model = AttentionOnly(len(VOCABULARY), LENGTH, FEATURES, LAYERS, HEADS, generator)
        self.model.load_state_dict(stored_weights())
        self.model.eval()
        self._outputs = [layer.attention.out_proj.weight.data for layer in self.model.layers]
        self._intact = [weight.copy() for weight in self._outputs]
        self.silenced: set[tuple[int, int]] = set()
        self.set_text(text)
        self.choose(min(12, len(text) - 1))

    # What the learner does ----------------------------------------------------------------------

    def set_text(self, text: str) -> None:
        """Read another text; the chosen place stays, or moves to the end of a shorter one."""
        if not 2 <= len(text) <= LONGEST or any(letter not in VOCABULARY for letter in text):
            raise ValueError(
                f"set_text: {text!r}, wanted 2 to {LONGEST} small letters a to z and spaces"
            )
        self.text = text
        self.tokens = np.array([[VOCABULARY.index(letter) for letter in text]])
        self.place = min(getattr(self, "place", 0), len(text) - 1)
        self.whole = self._run(set())
        self.counted = self._repeats()
        heads = [[(k, h) for h in range(HEADS)] for k in range(LAYERS)]
        self.costs = [[self._loss(self._run({one})) for one in row] for row in heads]
        self._update()

    def choose(self, place: int) -> None:
        """Look at the letter at this place, counted from 0."""
        if not 0 <= place < len(self.text):
            raise ValueError(f"choose: place {place}, wanted 0 to {len(self.text) - 1}")
        self.place = int(place)
        self.refresh()

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
        self._update()

    # The numbers --------------------------------------------------------------------------------

    def _run(self, silenced: set[tuple[int, int]]) -> dict[str, Any]:
        """The lens's probabilities (stages, L, vocabulary) and the heads' weights."""
        size = FEATURES // HEADS
        for layer, (weight, intact) in enumerate(zip(self._outputs, self._intact, strict=True)):
            weight[...] = intact
            for head in range(HEADS):
                if (layer, head) in silenced:
                    weight[:, head * size : (head + 1) * size] = 0
        streams = self.model.streams(self.tokens)
        scores = [self.model.output(self.model.norm(x))[0] for x in streams]
        return {
            "lens": np.array([F.softmax(score)[0] for score in scores]),
            "weights": np.array([layer.weights[0] for layer in self.model.layers]),
        }

    def _repeats(self) -> np.ndarray:
        """Places whose next letter can be copied from after the latest earlier copy."""
        row, places = self.tokens[0], []
        for i in range(1, len(row) - 1):
            earlier = np.flatnonzero(row[:i] == row[i])
            if len(earlier) and row[earlier[-1] + 1] == row[i + 1]:
                places.append(i)
        return np.array(places if places else range(len(row) - 1))

    def _loss(self, run: dict[str, Any]) -> float:
        """Mean -log p of the next letters at the counted places, in nats."""
        p = run["lens"][-1, self.counted, self.tokens[0, self.counted + 1]]
        return float(-np.log(np.maximum(p, 1e-12)).mean())

    def _update(self) -> None:
        self.now = self._run(self.silenced)
        self.refresh()

    @property
    def copies(self) -> bool:
        """Whether the loss is that of letters that can be copied (else of all letters)."""
        return len(self.counted) < len(self.text) - 1

    @property
    def state(self) -> dict[str, Any]:
        """Text, place, silenced heads (from 1), what is expected by stage, losses, weights."""
        best = self.now["lens"][:, self.place].argmax(axis=1)
        return {
            "text": self.text,
            "place": self.place,
            "silenced": sorted((layer + 1, head + 1) for layer, head in self.silenced),
            "expected": [VOCABULARY[k] for k in best],
            "lens": self.now["lens"][:, self.place].copy(),
            "attention": self.now["weights"][:, :, self.place, : self.place + 1].copy(),
            "loss": self._loss(self.now),
            "loss of the whole model": self._loss(self.whole),
        }

    # Walking along the text ---------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether the last letter is looked at."""
        return self.place == len(self.text) - 1

    def _step(self) -> None:
        self.place += 1

    def _reset(self) -> None:
        self.place, self.silenced = 0, set()
        self._update()

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name == "choose":
            self.choose(values["place"])
        elif name == "silence":
            self.silence(values["layer"], values.get("head"))
        else:
            super()._event(name, values)

    def _controls(self) -> "list[Widget]":
        import ipywidgets as widgets

        box = widgets.Text(
            value=self.text,
            description="Text",
            continuous_update=False,
            style={"description_width": "auto"},
            layout={"width": "290px"},
        )
        act = self.guarded(self.set_text)
        box.observe(lambda change: act(change["new"]), "value")
        return [box]

    def _wanted(self) -> int | None:
        """The token that follows the chosen place, None at the end of the text."""
        return None if self.finished else int(self.tokens[0, self.place + 1])

    def _stages(self) -> list[dict[str, Any]]:
        """For each stage its name and the five likeliest letters with their probabilities."""
        wanted, stages = self._wanted(), []
        for name, rows in zip(STAGES, self.now["lens"], strict=True):
            p = rows[self.place]
            bars = [
                {"letter": _shown(VOCABULARY[k]), "p": round(float(p[k]), 4), "next": k == wanted}
                for k in np.argsort(-p)[:5].tolist()
            ]
            stages.append({"name": name, "bars": bars})
        return stages

    def _heads(self) -> list[list[dict[str, Any]]]:
        """For each layer its heads: weights on the letters so far, silenced, what it costs."""
        whole = self._loss(self.whole)
        return [
            [
                {
                    "weights": self.now["weights"][k, h, self.place, : self.place + 1]
                    .round(3)
                    .tolist(),
                    "silenced": (k, h) in self.silenced,
                    "cost": _signed(self.costs[k][h] - whole),
                }
                for h in range(HEADS)
            ]
            for k in range(LAYERS)
        ]

    def _readouts(self) -> list[list[str]]:
        wanted, kind = self._wanted(), "copies" if self.copies else "all letters"
        following, *shares = "the end", "", ""
        if wanted is not None:
            following = _shown(VOCABULARY[wanted])
            runs = (self.now, self.whole)
            shares = [f"{run['lens'][-1, self.place, wanted]:.2f}" for run in runs]
        rows = [["letter", f"{self.place + 1} of {len(self.text)}"]]
        rows.append(["next in the text", following])
        rows.append(["its probability", shares[0]])
        rows.append(["  with all heads", shares[1]])
        rows.append([f"loss on {kind}", f"{self._loss(self.now):.2f} nats"])
        rows.append(["  with all heads", f"{self._loss(self.whole):.2f} nats"])
        return rows

    def _note(self) -> str:
        p, q = (run["lens"][-1, self.place] for run in (self.now, self.whole))
        expected, before = (_shown(VOCABULARY[k.argmax()]) for k in (p, q))
        note = f"After {_shown(self.text[self.place])} it expects {expected} ({p.max():.2f})."
        if self.silenced:
            names = ", ".join(f"{k + 1}.{h + 1}" for k, h in sorted(self.silenced))
            note += f" Silenced: {names}. With all heads: {before} ({q.max():.2f})."
        return note

    def _frame(self) -> dict[str, Any]:
        note = self._note()
        return {
            "letters": [_shown(letter) for letter in self.text],
            "place": self.place,
            "stages": self._stages(),
            "heads": self._heads(),
            "readouts": self._readouts(),
            "note": note,
            "summary": f"Letter {self.place + 1} of {len(self.text)}. {note}",
        }

    def _figure(self) -> "Figure":
        import matplotlib.pyplot as plt

        from lessonlib.plots import COLOUR

        figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.8), width_ratios=(1, 1.5))
        for k, stage in enumerate(self._stages()):
            for row, bar in enumerate(stage["bars"]):
                colour = COLOUR["forward"] if bar["next"] else "#9A9A9A"
                left.barh(6 * k + row, bar["p"], color=colour)
                left.text(bar["p"] + 0.02, 6 * k + row, bar["letter"], va="center", fontsize=9)
        left.set(yticks=[2, 8, 14], yticklabels=STAGES, xlim=(0, 1.12), xlabel="probability")
        left.invert_yaxis()
        left.set_title(f"Expected after letter {self.place + 1}")
        weights = self.now["weights"][:, :, self.place, : self.place + 1].reshape(
            -1, self.place + 1
        )
        right.imshow(weights, cmap="cividis", vmin=0, vmax=1, aspect="auto")
        names = [f"{k + 1}.{h + 1}" for k in range(LAYERS) for h in range(HEADS)]
        right.set(yticks=range(len(names)), yticklabels=names, ylabel="layer.head")
        right.set_xticks(range(self.place + 1), [_shown(c) for c in self.text[: self.place + 1]])
        right.set_title("What each head reads for it")
        right.grid(False)
        return figure


def _shown(letter: str) -> str:
    """A letter as it is drawn: a space becomes visible."""
    return "␣" if letter == " " else letter


def _signed(number: float) -> str:
    """Two digits with a sign, a real minus."""
    return f"{number + 0.0:+.2f}".replace("-", "−")
