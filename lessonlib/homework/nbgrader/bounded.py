"""Keep what a student wrote to a size that pages can show: rendering never waits for one cell.

A Markdown parser may take hours for a text of megabytes, and minutes for a short one that is made
for it. A text is tried once, with a time limit; one that takes longer is shown as it was typed.
"""

import re
import time
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from lessonlib.exercises.call import TimeUp, time_limit

_MOST_TEXT, _MOST_CODE = 20_000, 50_000  # characters of a cell that are shown
_MOST_TOGETHER = 200_000  # characters of text that are rendered; what follows is shown as typed
_MOST_SHOWN = 1_000_000  # characters of everything
_MOST_PICTURES = 48 * 2**20  # characters of pictures, each as often as it is shown
_SECONDS, _SECONDS_TOGETHER = 2.0, 10.0
_CUT = "[cut here: the whole text is in the file that was handed in]"


def bounded(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with long cells cut, and texts that are hard to render shown as typed.

    >>> cell = {"cell_type": "code", "source": "x" * 10**6}
    >>> len(bounded({"cells": [cell]})["cells"][0]["source"]) < 60_000
    True
    """
    page = _Page()
    return {**notebook, "cells": [page.cell(c) for c in notebook["cells"]]}


class _Page:
    """What is left of a page: characters, text that is rendered, pictures, time."""

    def __init__(self) -> None:
        self.room, self.text, self.pictures = _MOST_SHOWN, _MOST_TOGETHER, _MOST_PICTURES
        self.end = time.monotonic() + _SECONDS_TOGETHER

    def cell(self, cell: dict[str, Any]) -> dict[str, Any]:
        """The cell as it is shown."""
        is_code = cell["cell_type"] == "code"
        most = min(_MOST_CODE if is_code else _MOST_TEXT, max(self.room, 0))
        source = cell["source"]
        if is_cut := len(source) > most:
            source = f"{source[:most]}\n{'# ' if is_code else ''}{_CUT}"
        self.room -= len(source)
        if cell["cell_type"] == "markdown":
            self.text -= len(source)
            shown = None
            if not is_cut and self.text >= 0:
                shown = self._rendered(source, cell.get("attachments", {}))
            typed = "\n".join(f"    {line}" for line in source.split("\n"))
            source = typed if shown is None else shown
        return {**cell, "source": source}

    def _rendered(self, source: str, attachments: dict[str, Any]) -> str | None:
        """A text that becomes HTML in its time, its pictures counted; None once `end` is over."""
        if time.monotonic() > self.end:
            return None
        renderer = _Renderer(attachments, self.pictures)
        try:
            filled = renderer.filled(source)
            with time_limit(_SECONDS + (len(filled) >> 21)):  # megabytes of a picture take longer
                _html(filled, renderer)
        except (TimeUp, Exception):
            return None
        self.pictures = renderer.room
        return source


def _html(source: str, renderer: IPythonRenderer) -> str:
    return MarkdownWithMath(renderer=renderer).render(source)


_IMAGE = re.compile(r"""((?i:<img\b[^<>]*?\bsrc\s*=\s*)["'])attachment:([^"']+)""")


class _Renderer(IPythonRenderer):
    """Renders as the page of feedback does; raises where pictures need more than `room`."""

    def __init__(self, attachments: dict[str, Any], room: int) -> None:
        super().__init__(escape=False, attachments=attachments)
        self.room = room

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture of Markdown."""
        return self._counted(super().image(text, url, title))

    def filled(self, source: str) -> str:
        """A text with the pictures of its HTML in it: nbconvert puts in only those of Markdown."""
        return _IMAGE.sub(self._filled, source)

    def _filled(self, match: re.Match[str]) -> str:
        bundle = self.attachments.get(match[2], {})
        kind = next(iter(bundle), "")
        put = f"{match[1]}data:{kind};base64,{bundle[kind]}" if kind else match[0]
        return self._counted(put)

    def _counted(self, shown: str) -> str:
        self.room -= len(shown)
        if self.room < 0:
            raise ValueError("more pictures than a page shows")
        return shown
