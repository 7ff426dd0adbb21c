"""Lesson 05, generalisation: splitting, bias and variance, shrinking, stopping, silencing."""
