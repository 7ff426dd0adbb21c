"""The explorer of lesson 04."""

from lessonlib.lessons.l04.explorer.explorer import RaceExplorer

__all__ = ["RaceExplorer"]
