"""The explorer of lesson 09."""

from lessonlib.lessons.l09.explorer.explorer import AttentionExplorer

__all__ = ["AttentionExplorer"]
