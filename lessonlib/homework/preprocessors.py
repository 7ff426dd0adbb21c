"""The name under which courses of the first edition import nbgrader's configuration."""

from lessonlib.homework.nbgrader.steps import configure

__all__ = ["configure"]
