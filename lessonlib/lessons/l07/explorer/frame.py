"""What the reader shows, in numbers and words, for the script and for the static figure."""

from typing import Any

import numpy as np

from lessonlib.lessons.l07.explorer.model import TextReader

COLUMNS = 64  # states on the map
BARS = 8  # expected characters that are listed
SIGNS = {" ": "␣", "\n": "⏎"}  # how characters without a shape are shown
WORDS = {" ": "a blank", "\n": "a line end"}  # how a note writes them


def frame(reader: TextReader) -> dict[str, Any]:
    """All that the script draws."""
    k, words, states = reader.position, note(reader), reader.reading.states
    window = np.round(127 * states[first_column(reader) : k].T).astype(np.int8)  # (H, columns)
    coming = reader.text[k] if k < len(reader.text) else None
    return {
        "text": reader.text,
        "position": k,
        "row": reader.chosen,
        "rows": reader.units,
        "columns": COLUMNS,
        "map": np.ascontiguousarray(window).tobytes(),
        "values": states[:k, reader.chosen].round(2).tolist(),
        "surprise": np.nan_to_num(reader.reading.surprise[:k]).round(2).tolist(),
        "bars": [[visible(c), round(p, 4), c == coming] for c, p in reader.expected(BARS)],
        "readouts": readouts(reader),
        "note": words,
        "summary": f"{reader.name}, {k} of {len(reader.text)} characters read. {words}",
    }


def first_column(reader: TextReader) -> int:
    """The place whose state is the first on the map."""
    return max(0, reader.position - COLUMNS)


def readouts(reader: TextReader) -> list[list[str]]:
    """Names and values of the numbers next to the drawing."""
    k, surprise = reader.position, reader.reading.surprise
    unit = f"number {reader.unit}, row {reader.chosen + 1}"
    value = f", value {reader.reading.states[k - 1, reader.chosen]:+.2f}" if k else ""
    return [
        ["read", f"{k} of {len(reader.text)}"],
        ["bits per character so far", f"{surprise[1:k].mean():.2f}" if k > 1 else "not yet"],
        ["surprise of the last one", f"{surprise[k - 1]:.1f} bits" if k > 1 else "not yet"],
        ["chosen unit", (unit + value).replace("-", "−")],
    ]


def note(reader: TextReader) -> str:
    """What is expected after the last character, and what comes."""
    replaced = f" Read as ?: {' '.join(reader.unknown)}." if reader.unknown else ""
    if reader.position == 0:
        return f"Nothing is read yet; the state is zero. Press Step or Play.{replaced}"
    best, p = reader.expected(1)[0]
    last = _named(reader.text[reader.position - 1])
    words = f"After {last} it expects {_named(best)} most, p = {p:.2f}."
    if reader.finished:
        return f"{words} The text is read; Play begins again.{replaced}"
    return f"{words} {_what_comes(reader, best)}{replaced}"


def _what_comes(reader: TextReader, best: str) -> str:
    coming = reader.text[reader.position]
    if coming == best:
        return f"So it comes: {_named(coming)}."
    p = dict(reader.expected())[coming]
    return f"What comes is {_named(coming)}, p = {p:.2g}, {-np.log2(p):.1f} bits."


def visible(character: str) -> str:
    """A character that can be seen.

    >>> visible("a"), visible(" ")
    ('a', '␣')
    """
    return SIGNS.get(character, character)


def _named(character: str) -> str:
    """A character as the notes write it."""
    return WORDS.get(character, f"“{character}”")
