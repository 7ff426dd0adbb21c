"""Lesson 05b, When not to use a network: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="05b",
    stem="05b_when_not_to_use_a_network",
    title="When not to use a network",
    promise="Try the simple thing first",
    you_will="try the simple thing first",
    hours=3,
    needs=("05",),
)
