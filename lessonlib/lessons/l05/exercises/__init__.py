"""Lesson 05, generalisation: splitting, shrinking, stopping, silencing, reading curves."""
