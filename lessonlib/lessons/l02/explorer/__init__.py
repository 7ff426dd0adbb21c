"""The explorer of lesson 02."""

from lessonlib.lessons.l02.explorer.explorer import PlaygroundExplorer

__all__ = ["PlaygroundExplorer"]
