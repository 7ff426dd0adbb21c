"""`installation`, under the name by which lesson 00 imports it."""

from lessonlib.learner.installation import installation

__all__ = ["installation"]
