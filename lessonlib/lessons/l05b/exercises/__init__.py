"""Lesson 05b, when not to use a network: fair splits, honest importance, wrong labels."""
