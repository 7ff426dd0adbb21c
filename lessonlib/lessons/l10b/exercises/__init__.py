"""Lesson 10b, inside a transformer: a head's score, an ablation, a lens with a bug, confidence."""
