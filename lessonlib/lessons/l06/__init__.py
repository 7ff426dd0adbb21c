"""Lesson 06, Convolution: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="06",
    stem="06_convolution",
    title="Convolution",
    promise="Share the weights",
    you_will="share the weights: a convolution layer of your own trains LeNet, and what a built-in "
    "assumption is worth; draw a digit and watch every layer",
    hours=4,
    needs=("05",),
    explorer="DrawingExplorer",
)
