"""The explorer of lesson 10: a prompt, what the GPT expects next, and where every head looks."""

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lessonlib.models import trained_gpt
from lessonlib.sampling import distribution
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure

CHOICES: dict[str, tuple[float, ...]] = {  # 0 stands for "all" in top-k
    "temperature": (0.0, 0.25, 0.5, 0.7, 0.8, 1.0, 1.25, 1.5, 2.0),
    "top-k": (0, 1, 2, 5, 10, 40),
    "top-p": (0.5, 0.8, 0.9, 0.95, 1.0),
}
PROMPT = "If the class does not define it, the object is"
START = {"temperature": 0.8, "top-k": 0, "top-p": 0.9}
LONGEST = 160  # tokens of prompt and text together, where it stops
READ = 400  # characters of a prompt that are read
BARS, COLUMNS = 10, 24  # tokens in the bars; places on a map of attention, the rest is summed up
FEWEST = 0.001  # smaller probabilities are drawn as nothing


class PromptExplorer(Explorer):
    """Type a prompt, see the next token's probabilities, draw tokens, look at attention.

    prompt : any text; an empty one stands for a line break
    seed   : of the draws; the same prompt, settings and seed give the same text
    Any of CHOICES by name, with "_" for "-": temperature, top_k, top_p
    The model is the stored "10.gpt": 64 tokens of context, two blocks of four heads.
    Raises ValueError naming the setting and what can be chosen
    Taught in notebooks/10_transformer

    >>> explorer = PromptExplorer("The value of", temperature=0)
    >>> explorer.step(2)
    >>> explorer.text
    'The value of the "'
    """

    speed_control: ClassVar[bool] = False
    unit: ClassVar[str] = "token"
    reset_hint: ClassVar[str] = "Back to the prompt; twice: other draws"

    def __init__(self, prompt: str = PROMPT, seed: int = 0, **settings: float) -> None:
        super().__init__()
        self.model, self.code = trained_gpt()
        self.seed = seed
        self.settings = dict(START)
        for name, value in settings.items():
            self.settings[self._checked(name.replace("_", "-"), value)] = value
        self.set_prompt(prompt)

    # Writing ------------------------------------------------------------------------------------

    def set_prompt(self, prompt: str) -> None:
        """Start from another prompt; of a long one the last 400 characters are read."""
        self.prompt = prompt[-READ:]
        self.playing = False
        self._reset_text()
        self.refresh()

    def choose(self, name: str, value: float) -> None:
        """Set temperature, top-k or top-p for the tokens to come. Raises ValueError by name."""
        self.settings[self._checked(name, value)] = value
        self.refresh()

    def look(self, place: int) -> None:
        """Choose the token whose attention is shown; places outside the context go to its edge."""
        self._place = int(np.clip(place, self.start, len(self.ids) - 1))
        self._follow = self._place == len(self.ids) - 1
        self.refresh()

    @staticmethod
    def _checked(name: str, value: float) -> str:
        if name not in CHOICES:
            raise ValueError(f"PromptExplorer: {name!r}, wanted one of {', '.join(CHOICES)}")
        if value not in CHOICES[name]:
            known = ", ".join(f"{choice:g}" for choice in CHOICES[name])
            raise ValueError(f"PromptExplorer: {name} {value}, wanted one of {known}")
        return name

    def _reset_text(self) -> None:
        ids = self.code.encode(self.prompt or "\n")
        self.ids = [int(i) for i in ids[-LONGEST // 2 :]]
        self.given = len(self.ids)
        self._rng = np.random.default_rng(self.seed)
        self._place, self._follow = len(self.ids) - 1, True
        self._read()

    def _read(self) -> None:
        """Run the model over its context: the last tokens of the text."""
        context = np.array([self.ids[self.start :]])
        self._logits = self.model(context)[0, -1].astype(np.float64)
        self._weights = self.model.attention()[:, 0]  # (blocks, heads, L, L)

    def _step(self) -> None:
        drawn = self._rng.choice(len(self.code), p=self.probabilities)
        self.ids.append(int(drawn))
        if self._follow:
            self._place = len(self.ids) - 1
        self._place = max(self._place, self.start)
        self._read()

    def _reset(self) -> None:
        if len(self.ids) == self.given:  # reset a second time: other draws
            self.seed += 1
        self._reset_text()

    # What is on show ----------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether the text has its longest length."""
        return len(self.ids) >= LONGEST

    @property
    def start(self) -> int:
        """The place of the first token that the model still reads."""
        return max(0, len(self.ids) - self.model.length)

    @property
    def text(self) -> str:
        """The prompt and what was written after it."""
        return self.code.decode(self.ids)

    @property
    def probabilities(self) -> np.ndarray:
        """What the next token is drawn from, (V,)."""
        k, p = int(self.settings["top-k"]) or None, self.settings["top-p"]
        return distribution(self._logits, self.settings["temperature"], k, p)

    @property
    def attention(self) -> np.ndarray:
        """Weights of the chosen token, (blocks, heads, places from the context's first to it)."""
        row = self._place - self.start
        return self._weights[:, :, row, : row + 1].copy()

    @property
    def state(self) -> dict[str, Any]:
        """Settings, text, tokens, probabilities and attention, as plain values and copies."""
        return {
            **self.settings,
            "seed": self.seed,
            "text": self.text,
            "tokens": [self.code.show(i) for i in self.ids],
            "drawn": len(self.ids) - self.given,
            "place": self._place,
            "model probabilities": distribution(self._logits),
            "probabilities": self.probabilities,
            "attention": self.attention,
        }

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name != "look":
            super()._event(name, values)
        self.look(int(values["place"]))

    def _controls(self) -> "list[Widget]":
        import ipywidgets as widgets

        plain = {"description_width": "auto"}
        box = widgets.Text(
            value=self.prompt, description="Prompt", continuous_update=False, style=plain
        )
        box.layout.width = "330px"
        write = self.guarded(self.set_prompt)
        box.observe(lambda change: write(change["new"]), "value")
        return [box, *(self._menu(name) for name in CHOICES)]

    def _menu(self, name: str) -> "Widget":
        import ipywidgets as widgets

        labels = [("all" if name == "top-k" and not v else f"{v:g}", v) for v in CHOICES[name]]
        menu = widgets.Dropdown(
            options=labels,
            value=self.settings[name],
            description=name.capitalize(),
            style={"description_width": "auto"},
            layout={"width": "165px" if name == "temperature" else "120px"},
        )
        act = self.guarded(self.choose)
        menu.observe(lambda change: act(name, change["new"]), "value")
        return menu

    def _label(self, token: int) -> str:
        """A token as a label; a piece of a character, which is no text, as its bytes."""
        piece = self.code.tokens[token]
        shown = self.code.show(token)
        return f"byte {piece.hex()}" if "\ufffd" in shown else visible(shown)

    def _bars(self) -> list[list[Any]]:
        """[token, the model's probability, the one that is drawn from] of the most probable."""
        model, drawn = distribution(self._logits), self.probabilities
        best = np.argsort(-model, kind="stable")[:BARS]
        return [
            [self._label(i), round(float(model[i]), 4), round(float(drawn[i]), 4)] for i in best
        ]

    def _map(self) -> tuple[list[str], np.ndarray]:
        """Labels of the places and (heads of all blocks, places): what the chosen token looks at.

        At most COLUMNS places up to the chosen one; the ones before are summed up in the first.
        """
        weights = self.attention.reshape(-1, self._place - self.start + 1)
        labels = [self._label(i) for i in self.ids[self.start : self._place + 1]]
        if len(labels) > COLUMNS:
            rest = weights[:, : 1 - COLUMNS].sum(axis=1, keepdims=True)
            weights = np.hstack([rest, weights[:, 1 - COLUMNS :]])
            labels = ["earlier", *labels[1 - COLUMNS :]]
        return labels, weights

    def _frame(self) -> dict[str, Any]:
        labels, weights = self._map()
        kept, bars, note = int((self.probabilities > 0).sum()), self._bars(), self._note()
        return {
            "tokens": [self.code.show(i) for i in self.ids],
            "given": self.given,
            "start": self.start,
            "place": self._place,
            "bars": bars,
            "heads": self._weights.shape[1],
            "labels": labels,
            "map": np.round(weights, 3).tolist(),
            "readouts": [
                ["tokens in the text", str(len(self.ids))],
                ["of them read", str(len(self.ids) - self.start)],
                ["uncertainty", f"{entropy(distribution(self._logits)):.1f} bits"],
                ["after the settings", f"{entropy(self.probabilities):.1f} bits"],
                ["tokens that can be drawn", f"{kept} of {len(self.code)}"],
                ["draws from seed", str(self.seed)],
            ],
            "note": note,
            "summary": (
                f"{len(self.ids)} tokens, {len(self.ids) - self.given} of them drawn; most probable"
                f" next {bars[0][0]} with {bars[0][1]:.2f}; {kept} tokens can be drawn. {note}"
            ),
        }

    def _note(self) -> str:
        token = self._label(self.ids[self._place])
        weights = self.attention
        block, head, place = np.unravel_index(int(weights.argmax()), weights.shape)
        target = self._label(self.ids[self.start + place])
        where = "itself" if place == weights.shape[2] - 1 else f"“{target}”"
        return (
            f"Chosen: “{token}”. Its sharpest look: block {block + 1}, head {head + 1}, at "
            f"{where} with weight {weights.max():.2f}."
        )

    def _figure(self) -> "Figure":
        import matplotlib.pyplot as plt

        from lessonlib.plots import COLOUR

        figure, (left, right) = plt.subplots(
            1, 2, figsize=(9.6, 3.9), width_ratios=(1, 1.5), layout="constrained"
        )
        names, model, drawn = zip(*self._bars(), strict=True)
        places = np.arange(len(names))
        left.barh(places - 0.2, model, 0.36, color="white", edgecolor=COLOUR["forward"])
        left.barh(places + 0.2, drawn, 0.36, color=COLOUR["forward"])
        left.set(yticks=places, yticklabels=[_safe(name) for name in names], xlabel="probability")
        left.invert_yaxis()
        left.set_title("Next token (filled: drawn from)")
        labels, weights = self._map()
        right.imshow(weights, cmap="cividis", vmin=0, vmax=1, aspect="auto")
        blocks, heads = self._weights.shape[:2]
        names = [f"block {b + 1}, head {h + 1}" for b in range(blocks) for h in range(heads)]
        right.set(yticks=range(len(names)), yticklabels=names, xticks=range(len(labels)))
        right.set_xticklabels([_safe(label) for label in labels], rotation=60, ha="right")
        right.set_title(f"Where {_safe(labels[-1])} looks (dark 0, bright 1)")
        return figure


def visible(token: str) -> str:
    """A token as a label: a blank as a dot, a line break as an arrow, long runs shortened.

    >>> visible(" the"), visible("-" * 16)
    ('·the', '-×16')
    """
    if len(token) > 4 and len(set(token)) == 1:
        return f"{visible(token[0])}×{len(token)}"
    return token.replace(" ", "·").replace("\n", "⏎").replace("\t", "⇥")


def _safe(label: str) -> str:
    """The label for matplotlib: the dollar sign as itself, signs without a glyph by name."""
    label = label.replace("⏎", "\\n").replace("⇥", "\\t").replace("$", r"\$")
    return "".join(c if 32 <= ord(c) < 127 or c in "·×" else "?" for c in label)


def entropy(p: np.ndarray) -> float:
    """Bits of uncertainty.   H = - sum p log2 p

    >>> entropy(np.array([0.5, 0.5, 0.0]))
    1.0
    """
    p = p[p > 0]
    return float(max(0.0, -(p * np.log2(p)).sum()))
