"""Homework: assign lessons as nbgrader courses and grade them outside the student's process."""
