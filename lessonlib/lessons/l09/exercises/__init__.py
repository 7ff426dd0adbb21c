"""Lesson 09, attention: scores and mixtures, scaling, masks, heads, and the backward pass."""
