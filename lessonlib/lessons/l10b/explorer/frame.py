"""What the lens shows, in numbers and words, for the script and for the static figure."""

from typing import Any

import numpy as np

from lessonlib.lessons.l10b.explorer.model import HEADS, LAYERS, Lens
from lessonlib.models.attention_only import VOCABULARY

STAGES = ("before layer 1", "after layer 1", "after layer 2")
LIKELIEST = 5  # letters of a stage


def frame(lens: Lens) -> dict[str, Any]:
    """All that the script draws."""
    words = note(lens)
    return {
        "letters": [visible(letter) for letter in lens.text],
        "place": lens.place,
        "stages": stages(lens),
        "heads": heads(lens),
        "readouts": readouts(lens),
        "note": words,
        "summary": f"Letter {lens.place + 1} of {len(lens.text)}. {words}",
    }


def stages(lens: Lens) -> list[dict[str, Any]]:
    """For each stage its name and the five likeliest letters with their probabilities."""
    following, found = lens.following, []
    for name, rows in zip(STAGES, lens.now.lens, strict=True):
        p = rows[lens.place]
        bars = [
            {"letter": visible(VOCABULARY[k]), "p": round(float(p[k]), 4), "next": k == following}
            for k in np.argsort(-p)[:LIKELIEST].tolist()
        ]
        found.append({"name": name, "bars": bars})
    return found


def heads(lens: Lens) -> list[list[dict[str, Any]]]:
    """For each layer its heads: weights on the letters so far, silenced, what it costs."""
    whole, attention = lens.loss(lens.whole), lens.attention
    return [
        [
            {
                "weights": attention[k, h].round(3).tolist(),
                "silenced": (k, h) in lens.silenced,
                "cost": _signed(lens.costs[k][h] - whole),
            }
            for h in range(HEADS)
        ]
        for k in range(LAYERS)
    ]


def readouts(lens: Lens) -> list[list[str]]:
    """Names and values of the numbers next to the drawing."""
    runs, following, shares = (lens.now, lens.whole), "the end", ["", ""]
    if lens.following is not None:
        following = visible(VOCABULARY[lens.following])
        shares = [f"{run.lens[-1, lens.place, lens.following]:.2f}" for run in runs]
    losses = [f"{lens.loss(run):.2f} nats" for run in runs]
    return [
        ["letter", f"{lens.place + 1} of {len(lens.text)}"],
        ["next in the text", following],
        ["its probability", shares[0]],
        ["  with all heads", shares[1]],
        [f"loss on {'copies' if lens.copies else 'all letters'}", losses[0]],
        ["  with all heads", losses[1]],
    ]


def note(lens: Lens) -> str:
    """What is expected after the chosen letter, and what silencing has changed."""
    p, q = (run.lens[-1, lens.place] for run in (lens.now, lens.whole))
    expected, before = (visible(VOCABULARY[k.argmax()]) for k in (p, q))
    words = f"After {visible(lens.text[lens.place])} it expects {expected} ({p.max():.2f})."
    if lens.silenced:
        names = ", ".join(f"{k + 1}.{h + 1}" for k, h in sorted(lens.silenced))
        words += f" Silenced: {names}. With all heads: {before} ({q.max():.2f})."
    return words


def visible(letter: str) -> str:
    """A letter as it is drawn: a space becomes visible.

    >>> visible("a"), visible(" ")
    ('a', '␣')
    """
    return "␣" if letter == " " else letter


def _signed(number: float) -> str:
    """Two digits with a sign, a real minus."""
    return f"{number + 0.0:+.2f}".replace("-", "−")
