"""The explorer of lesson 08."""

from lessonlib.lessons.l08.explorer.explorer import MemoryCellExplorer

__all__ = ["MemoryCellExplorer"]
