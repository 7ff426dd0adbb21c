"""Lesson 00: one exercise, solved together, so that check, hint and solution are known."""

from lessonlib.lessons.l00.exercises import exercise_1

EXERCISES = [
    exercise_1.EXERCISE,
]
