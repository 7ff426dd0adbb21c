"""The explorer of lesson 10."""

from lessonlib.lessons.l10.explorer.explorer import PromptExplorer

__all__ = ["PromptExplorer"]
