"""Which modules hold answers: the package `exercises` of every lesson.

They never enter the process that runs a student's code.
"""

ANSWERS = "exercises"


def holds_answers(module: str) -> bool:
    """Whether a module of this name is inside a lesson's package of exercises.

    >>> holds_answers("lessonlib.lessons.l03.exercises.graphs")
    True
    >>> holds_answers("lessonlib.lessons.l03.explorer"), holds_answers("lessonlib.exercises.judge")
    (False, False)
    """
    parts = module.split(".")
    return parts[:2] == ["lessonlib", "lessons"] and ANSWERS in parts[3:4]
