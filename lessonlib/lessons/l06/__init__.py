"""Lesson 06, Convolution: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="06",
    stem="06_convolution",
    title="Convolution",
    promise="Share the weights",
    you_will="share the weights: LeNet in NumPy, and what a built-in assumption is worth; draw a "
    "digit and watch every layer",
    hours=3,
    needs=("05",),
    explorer="DrawingExplorer",
)
