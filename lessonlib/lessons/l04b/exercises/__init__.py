"""Lesson 04b, deep and stable: a start, batch norm, a clip with a bug, a schedule, a patient."""
