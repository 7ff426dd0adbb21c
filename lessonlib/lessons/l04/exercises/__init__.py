"""Lesson 04, training dynamics: steps of the optimizers, batches, and the scale of the inputs."""

from lessonlib.lessons.l04.exercises import (
    exercise_1,
    exercise_2,
    exercise_3,
    exercise_4,
    exercise_5,
    exercise_6,
)

EXERCISES = [
    exercise_1.EXERCISE,
    exercise_2.EXERCISE,
    exercise_3.EXERCISE,
    exercise_4.EXERCISE,
    exercise_5.EXERCISE,
    exercise_6.EXERCISE,
]
