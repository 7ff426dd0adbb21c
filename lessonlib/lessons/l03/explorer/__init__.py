"""The explorer of lesson 03."""

from lessonlib.lessons.l03.explorer.explorer import GraphExplorer

__all__ = ["GraphExplorer"]
