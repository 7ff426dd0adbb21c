"""Lesson 02, Multilayer perceptron: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="02",
    stem="02_multilayer_perceptron",
    title="Multilayer perceptron",
    promise="Bend the plane",
    you_will="bend the plane, then draw a line; build a network that finds its own weights",
    hours=4,
    needs=("01",),
    explorer="PlaygroundExplorer",
)
