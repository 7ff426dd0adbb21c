"""Lesson 01, Perceptron: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="01",
    stem="01_perceptron",
    title="Perceptron",
    promise="Draw a line, learn a line",
    you_will="draw a line, learn a line; find out what no line can do",
    hours=3.5,
    needs=("00",),
    explorer="PerceptronExplorer",
)
