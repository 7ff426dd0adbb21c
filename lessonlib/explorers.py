"""Explorers: interactive views over the lessons' own code, each loaded when it is first asked for.

State and stepping are plain Python; widgets are loaded when a view is first shown. An explorer is
in its lesson's folder, `lessonlib/lessons/lNN/explorer/`; a cell imports it from here.
"""

from typing import Any

from lessonlib.lessons.registry import cards, explorer
from lessonlib.widgets.explorer import Explorer as Explorer

__all__ = [  # noqa: PLE0604 (loaded when asked for; all are strings)
    "Explorer",
    *sorted(card.explorer for card in cards() if card.explorer),
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return explorer(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
