"""Lesson 04b, deep and stable: starting scale, batch norm, a clip with a bug, a schedule."""
