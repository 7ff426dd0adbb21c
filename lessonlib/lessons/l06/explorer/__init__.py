"""The explorer of lesson 06."""

from lessonlib.lessons.l06.explorer.explorer import DrawingExplorer

__all__ = ["DrawingExplorer"]
