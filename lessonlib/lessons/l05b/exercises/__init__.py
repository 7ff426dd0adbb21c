"""Lesson 05b, when not to use a network: fair splits, honest importance, wrong labels."""

from lessonlib.lessons.l05b.exercises import exercise_1, exercise_2, exercise_3, exercise_4

EXERCISES = [
    exercise_1.EXERCISE,
    exercise_2.EXERCISE,
    exercise_3.EXERCISE,
    exercise_4.EXERCISE,
]
