"""The explorer of lesson 07."""

from lessonlib.lessons.l07.explorer.explorer import ReaderExplorer

__all__ = ["ReaderExplorer"]
