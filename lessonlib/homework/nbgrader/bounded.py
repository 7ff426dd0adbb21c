"""Keep what a student wrote to a size that pages can show: rendering never waits for one cell.

A Markdown parser may take hours for a text of megabytes, and minutes for a short one that is made
for it. A text is tried once, with a time limit; one that takes longer is shown as it was typed.
"""

import time
from typing import Any

from nbconvert.filters.markdown_mistune import markdown2html_mistune

from lessonlib.exercises.call import TimeUp, time_limit

_MOST_TEXT, _MOST_CODE = 20_000, 50_000  # characters of a cell that are shown
_MOST_TOGETHER = 200_000  # characters of text that are rendered; what follows is shown as typed
_MOST_SHOWN = 1_000_000  # characters of everything
_SECONDS, _SECONDS_TOGETHER = 2.0, 10.0
_CUT = "[cut here: the whole text is in the file that was handed in]"


def bounded(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with long cells cut, and texts that are hard to render shown as typed.

    >>> cell = {"cell_type": "code", "source": "x" * 10**6}
    >>> len(bounded({"cells": [cell]})["cells"][0]["source"]) < 60_000
    True
    """
    room, text, end = _MOST_SHOWN, _MOST_TOGETHER, time.monotonic() + _SECONDS_TOGETHER
    cells = []
    for cell in notebook["cells"]:
        is_code = cell["cell_type"] == "code"
        most = min(_MOST_CODE if is_code else _MOST_TEXT, max(room, 0))
        source = cell["source"]
        if len(source) > most:
            source = f"{source[:most]}\n{'# ' if is_code else ''}{_CUT}"
        room -= len(source)
        if cell["cell_type"] == "markdown":
            text -= len(source)
            if len(cell["source"]) > most or text < 0 or not _renders(source, end):
                source = "\n".join(f"    {line}" for line in source.split("\n"))
        cells.append({**cell, "source": source})
    return {**notebook, "cells": cells}


def _renders(source: str, end: float) -> bool:
    """Whether a text becomes HTML in its time; nothing is tried after `end`.

    nbconvert gives up on an attached picture that it is not handed: here it is any other picture.
    """
    if time.monotonic() > end:
        return False
    try:
        with time_limit(_SECONDS):
            markdown2html_mistune(source.replace("attachment:", "attachment/"))
        return True
    except (TimeUp, Exception):
        return False
