"""The explorer of lesson 05."""

from lessonlib.lessons.l05.explorer.explorer import CapacityExplorer

__all__ = ["CapacityExplorer"]
