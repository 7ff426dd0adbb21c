"""What the prompt explorer shows, in numbers and words, for the script and the static figure."""

from typing import Any

import numpy as np

from lessonlib.lessons.l10.explorer.model import Continuation, entropy

BARS, COLUMNS = 10, 24  # tokens in the bars; places on a map of attention, the rest is summed up


def frame(model: Continuation) -> dict[str, Any]:
    """All that the script draws."""
    labels, weights = attention_map(model)
    likeliest, words = bars(model), note(model)
    name, expected, _ = likeliest[0]
    drawn, kept = len(model.ids) - model.given, _kept(model)
    return {
        "tokens": [model.code.show(i) for i in model.ids],
        "given": model.given,
        "start": model.start,
        "place": model.place,
        "bars": likeliest,
        "heads": model.weights.shape[1],
        "labels": labels,
        "map": np.round(weights, 3).tolist(),
        "readouts": readouts(model),
        "note": words,
        "summary": (
            f"{len(model.ids)} tokens, {drawn} of them drawn; most probable"
            f" next {name} with {expected:.2f}; {kept} tokens can be drawn. {words}"
        ),
    }


def bars(model: Continuation) -> list[list[Any]]:
    """[token, the model's probability, the one that is drawn from] of the most probable."""
    expected, drawn = model.expected, model.probabilities
    best = np.argsort(-expected, kind="stable")[:BARS]
    return [
        [label(model, i), round(float(expected[i]), 4), round(float(drawn[i]), 4)] for i in best
    ]


def attention_map(model: Continuation) -> tuple[list[str], np.ndarray]:
    """Labels of the places and (heads of all blocks, places): what the chosen token looks at.

    At most COLUMNS places up to the chosen one; the ones before are summed up in the first.
    """
    weights = model.attention.reshape(-1, model.place - model.start + 1)
    labels = [label(model, i) for i in model.ids[model.start : model.place + 1]]
    if len(labels) > COLUMNS:
        rest = weights[:, : 1 - COLUMNS].sum(axis=1, keepdims=True)
        weights = np.hstack([rest, weights[:, 1 - COLUMNS :]])
        labels = ["earlier", *labels[1 - COLUMNS :]]
    return labels, weights


def readouts(model: Continuation) -> list[list[str]]:
    """Names and values of the numbers next to the drawing."""
    return [
        ["tokens in the text", str(len(model.ids))],
        ["of them read", str(len(model.ids) - model.start)],
        ["uncertainty", f"{entropy(model.expected):.1f} bits"],
        ["after the settings", f"{entropy(model.probabilities):.1f} bits"],
        ["tokens that can be drawn", f"{_kept(model)} of {len(model.code)}"],
        ["draws from seed", str(model.seed)],
    ]


def _kept(model: Continuation) -> int:
    """How many tokens can be drawn."""
    return int((model.probabilities > 0).sum())


def note(model: Continuation) -> str:
    """The largest weight of the chosen token."""
    token = label(model, model.ids[model.place])
    weights = model.attention
    block, head, place = np.unravel_index(int(weights.argmax()), weights.shape)
    target = label(model, model.ids[model.start + place])
    where = "itself" if place == weights.shape[2] - 1 else f"“{target}”"
    return (
        f"Chosen: “{token}”. Its sharpest look: block {block + 1}, head {head + 1}, at "
        f"{where} with weight {weights.max():.2f}."
    )


def label(model: Continuation, token: int) -> str:
    """A token as a label; a piece of a character, which is no text, as its bytes."""
    piece = model.code.tokens[token]
    shown = model.code.show(token)
    return f"byte {piece.hex()}" if "\ufffd" in shown else visible(shown)


def visible(token: str) -> str:
    """A token as a label: a blank as a dot, a line break as an arrow, long runs shortened.

    >>> visible(" the"), visible("-" * 16)
    ('·the', '-×16')
    """
    if len(token) > 4 and len(set(token)) == 1:
        return f"{visible(token[0])}×{len(token)}"
    return token.replace(" ", "·").replace("\n", "⏎").replace("\t", "⇥")
