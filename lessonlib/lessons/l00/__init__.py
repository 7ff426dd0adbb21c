"""Lesson 00, Start here: its card."""

from lessonlib.lessons.card import Lesson

CARD = Lesson(
    number="00",
    stem="00_start_here",
    title="Start here",
    promise="Check the installation, teach a machine to read digits",
    you_will="check the installation, meet the digits, write a program that learns to read them",
    hours=2,
    needs=(),
)
