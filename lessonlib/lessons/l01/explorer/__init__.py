"""The explorer of lesson 01."""

from lessonlib.lessons.l01.explorer.explorer import PerceptronExplorer

__all__ = ["PerceptronExplorer"]
