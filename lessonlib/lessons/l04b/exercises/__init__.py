"""Lesson 04b, deep and stable: starting scale, batch norm, a clip with a bug, a schedule."""

from lessonlib.lessons.l04b.exercises import exercise_1, exercise_2, exercise_3, exercise_4

EXERCISES = [
    exercise_1.EXERCISE,
    exercise_2.EXERCISE,
    exercise_3.EXERCISE,
    exercise_4.EXERCISE,
]
