"""Lesson 04b, deep and stable: a start, batch norm in two directions, a schedule, a patient."""
