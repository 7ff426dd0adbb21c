"""A prompt and what the stored GPT writes after it: tokens, probabilities, attention."""

from typing import Any

import numpy as np

from lessonlib.models import trained_gpt
from lessonlib.sampling import distribution
from lessonlib.widgets.choices import check_choice

CHOICES: dict[str, tuple[float, ...]] = {  # 0 means "all" in top-k
    "temperature": (0.0, 0.25, 0.5, 0.7, 0.8, 1.0, 1.25, 1.5, 2.0),
    "top-k": (0, 1, 2, 5, 10, 40),
    "top-p": (0.5, 0.8, 0.9, 0.95, 1.0),
}
PROMPT = "If the class does not define it, the object is"
START = {"temperature": 0.8, "top-k": 0, "top-p": 0.9}
LONGEST = 160  # tokens of prompt and text together, where it stops
READ = 400  # characters of a prompt that are read


class Continuation:
    """A prompt and the tokens that are drawn after it, one a step.

    prompt   : any text; an empty one is read as a line break;  seed : of the draws
    settings : any of CHOICES, with "_" for "-";  place : the token whose attention is looked at
    ids      : tokens of the text, the first `given` of them from the prompt
    logits   : (V,) for the next token;  weights : (blocks, heads, L, L) of attention
    Raises ValueError naming the setting and what can be chosen
    Taught in notebooks/10_transformer

    >>> text = Continuation("The value of", temperature=0)
    >>> text.step()
    >>> text.text
    'The value of the'
    """

    def __init__(self, prompt: str = PROMPT, seed: int = 0, **settings: float) -> None:
        self.network, self.code = trained_gpt()
        self.seed = seed
        self.settings = dict(START)
        for name, value in settings.items():
            self.choose(name.replace("_", "-"), value)
        self.set_prompt(prompt)

    # What the learner changes -------------------------------------------------------------------

    def set_prompt(self, prompt: str) -> None:
        """Start from another prompt; of a long one the last 400 characters are read."""
        self.prompt = prompt[-READ:]
        self._begin()

    def choose(self, name: str, value: float) -> None:
        """Set temperature, top-k or top-p for the tokens to come. Raises ValueError by name."""
        check_choice("PromptExplorer", name, value, CHOICES)
        self.settings[name] = value

    def look(self, place: int) -> None:
        """Choose the token whose attention is shown; places outside the context go to its edge."""
        self.place = int(np.clip(place, self.start, len(self.ids) - 1))
        self._follow = self.place == len(self.ids) - 1

    # Writing ------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Go back to the prompt and to the first draw of the seed."""
        ids = self.code.encode(self.prompt or "\n")
        self.ids = [int(i) for i in ids[-LONGEST // 2 :]]
        self.given = len(self.ids)
        self._rng = np.random.default_rng(self.seed)
        self.place, self._follow = len(self.ids) - 1, True
        self._read()

    def _read(self) -> None:
        """Run the network over its context: the last tokens of the text."""
        context = np.array([self.ids[self.start :]])
        self.logits = self.network(context)[0, -1].astype(np.float64)
        self.weights = self.network.attention()[:, 0]

    def step(self) -> None:
        """Draw the next token."""
        drawn = self._rng.choice(len(self.code), p=self.probabilities)
        self.ids.append(int(drawn))
        if self._follow:
            self.place = len(self.ids) - 1
        self.place = max(self.place, self.start)
        self._read()

    def reset(self) -> None:
        """Back to the prompt; from there, to the next seed."""
        if len(self.ids) == self.given:
            self.seed += 1
        self._begin()

    @property
    def finished(self) -> bool:
        """Whether the text has its longest length."""
        return len(self.ids) >= LONGEST

    # The numbers --------------------------------------------------------------------------------

    @property
    def start(self) -> int:
        """The place of the first token that the network still reads."""
        return max(0, len(self.ids) - self.network.length)

    @property
    def text(self) -> str:
        """The prompt and what was written after it."""
        return self.code.decode(self.ids)

    @property
    def expected(self) -> np.ndarray:
        """The network's own probabilities of the next token, (V,)."""
        return distribution(self.logits)

    @property
    def probabilities(self) -> np.ndarray:
        """What the next token is drawn from, (V,)."""
        k, p = int(self.settings["top-k"]) or None, self.settings["top-p"]
        return distribution(self.logits, self.settings["temperature"], k, p)

    @property
    def attention(self) -> np.ndarray:
        """Weights of the chosen token, (blocks, heads, places from the context's first to it)."""
        row = self.place - self.start
        return self.weights[:, :, row, : row + 1].copy()

    @property
    def state(self) -> dict[str, Any]:
        """Settings, text, tokens, probabilities and attention, as plain values and copies."""
        return {
            **self.settings,
            "seed": self.seed,
            "text": self.text,
            "tokens": [self.code.show(i) for i in self.ids],
            "drawn": len(self.ids) - self.given,
            "place": self.place,
            "model probabilities": self.expected,
            "probabilities": self.probabilities,
            "attention": self.attention,
        }


def entropy(p: np.ndarray) -> float:
    """Bits of uncertainty.   H = - sum p log2 p

    >>> entropy(np.array([0.5, 0.5, 0.0]))
    1.0
    """
    p = p[p > 0]
    return float(max(0.0, -(p * np.log2(p)).sum()))
