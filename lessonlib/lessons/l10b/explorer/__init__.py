"""The explorer of lesson 10b."""

from lessonlib.lessons.l10b.explorer.explorer import LensExplorer

__all__ = ["LensExplorer"]
