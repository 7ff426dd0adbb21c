"""The card of a lesson: what README, the book, lesson 00 and the grader need to know about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    number   : "03", "04b", as in every id of the lesson
    stem     : the notebook's file name without its ending
    title    : as in the table of lessons
    promise  : what it does, in a few words, for the map of the course
    you_will : what the learner will do, for README's table
    hours    : how long it takes
    needs    : numbers of the lessons that come before it
    explorer : the name of its explorer's class, if it has one
    """

    number: str
    stem: str
    title: str
    promise: str
    you_will: str
    hours: float
    needs: tuple[str, ...]
    explorer: str | None = None
