"""Lesson 05, Generalisation: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="05",
    stem="05_generalisation",
    title="Generalisation",
    promise="Know when it only memorises",
    you_will="know when a network only memorises, and what helps",
    hours=4,
    needs=("04",),
    explorer="CapacityExplorer",
)
