"""What the attention explorer shows, in numbers and words, for the script and for readers."""

from typing import Any

import numpy as np

from lessonlib.datasets.pronouns import SENTENCE_WORDS
from lessonlib.lessons.l09.explorer.model import DATE, SENTENCE, AttendedText

NAMED, LEAST = 3, 0.05  # tokens that the note names at most; the smallest weight that it names


def frame(model: AttendedText) -> dict[str, Any]:
    """All that the script draws."""
    words = note(model)
    return {
        "kind": model.kind,
        "queries": model.queries,
        "keys": model.keys,
        "weights": model.shown.round(3).tolist(),
        "focus": model.focus,
        "help": usage(model),
        "readouts": readouts(model),
        "note": words,
        "summary": f"{model.head}, temperature {model.temperature:g}. {words}",
    }


def usage(model: AttendedText) -> str:
    """How to choose a token, and what the network can read."""
    point = "Point at a word, or move with Tab and the arrow keys."
    if model.kind == SENTENCE:
        return f"{point} Words it knows: {', '.join(SENTENCE_WORDS[1:])}."
    return f"{point.replace('word', 'character')} It knows letters, digits, space, and , . /"


def readouts(model: AttendedText) -> list[list[str]]:
    """Names and values of the numbers next to the drawing."""
    row = model.shown[model.focus]
    best = int(row.argmax())
    rows = [["asks", visible(model.queries[model.focus])]]
    rows.append(["looks most at", f"{visible(model.keys[best])} ({row[best]:.2f})"])
    if model.kind == DATE:
        return [*rows, ["the whole answer", model.answers[0]]]
    pairs = zip(("word before", "belongs to"), model.answers[model.focus], strict=True)
    for (task, word), sure in zip(pairs, model.sure[model.focus], strict=True):
        rows.append([f"answer, {task}", f"{word or 'none'} ({sure:.2f})"])
    return [*rows, ["right answers", f"{model.right()} of {2 * len(model.keys)}"]]


def note(model: AttendedText) -> str:
    """Where the token that asks looks: the largest weights by name, the others summed up."""
    row = model.shown[model.focus]
    most = [k for k in np.argsort(-row, kind="stable")[:NAMED] if row[k] >= LEAST]
    looks = ", ".join(f"{visible(model.keys[k])} ({row[k]:.2f})" for k in most)
    rest = 1 - sum(row[k] for k in most)
    place = f"{visible(model.queries[model.focus])}, number {model.focus + 1}"
    looks = f"{looks}, the others {rest:.2f}" if most else "all alike"
    return f"{place}, looks at {looks}."


def visible(token: str) -> str:
    """A token that can be seen.

    >>> visible("nun"), visible(" ")
    ('nun', '␣')
    """
    return "␣" if token == " " else token
