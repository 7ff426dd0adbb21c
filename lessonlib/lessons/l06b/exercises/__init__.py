"""Lesson 06b, deep vision: a layer's bill, what a unit sees, shortcuts forward and backward."""

from lessonlib.lessons.l06b.exercises import exercise_1, exercise_2, exercise_3, exercise_4

EXERCISES = [
    exercise_1.EXERCISE,
    exercise_2.EXERCISE,
    exercise_3.EXERCISE,
    exercise_4.EXERCISE,
]
