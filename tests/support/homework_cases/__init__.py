"""Simulated submissions for the grader."""
