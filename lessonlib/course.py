"""`course_map`, under the name by which lesson 00 imports it."""

from lessonlib.learner.course_map import course_map

__all__ = ["course_map"]
