"""Exercise 05.2: read from learning curves whether capacity or data is missing."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def diagnose(train: np.ndarray, validation: np.ndarray, goal: float) -> str:
    """What to change, from the errors at growing numbers of examples."""
    if train[-1] > goal:
        return "capacity"  # it cannot even fit what it has seen
    if validation[-1] > goal:
        return "data"  # it fits what it has seen, and new examples not yet
    return "done"


def _cases(rng: np.random.Generator) -> list[tuple]:
    rows = (
        ([0.30, 0.32, 0.33], [0.60, 0.40, 0.34], 0.1),
        ([0.00, 0.01, 0.02], [0.50, 0.40, 0.30], 0.1),
        ([0.01, 0.03, 0.04], [0.40, 0.12, 0.06], 0.1),
        ([0.05, 0.20, 0.25], [0.60, 0.50, 0.45], 0.1),
        ([0.20, 0.12, 0.05], [0.50, 0.30, 0.08], 0.1),
        ([0.08, 0.09, 0.09], [0.35, 0.22, 0.16], 0.1),
    )
    cases = [(np.array(a), np.array(b), goal) for a, b, goal in rows]
    train = np.sort(rng.random(5)) * 0.2
    return [*cases, (train, train[::-1] + 0.3, 0.25)]


EXERCISE = Exercise(
    id="05.2",
    title="Read the learning curves",
    points=2,
    stars=1,
    minutes=8,
    reference=diagnose,
    cases=_cases,
    hints=(
        "Look at the largest number of examples: the last entries.",
        "A training error above the goal cannot be mended by more examples: they only make "
        "it harder to fit.",
        "Ask about training first, then about validation.",
    ),
    mistakes=(
        Mistake(
            "validation first",
            lambda train, validation, goal: (
                "data" if validation[-1] > goal else "capacity" if train[-1] > goal else "done"
            ),
            "A high validation error is answered with more data even where the training error "
            "is too high. Such a network cannot fit what it has: ask about training first.",
        ),
        Mistake(
            "satisfied by training",
            lambda train, validation, goal: "capacity" if train[-1] > goal else "done",
            "A low training error is taken as success. It says nothing about new examples.",
        ),
        Mistake(
            "reads the first entries",
            lambda train, validation, goal: diagnose(train[:1], validation[:1], goal),
            "These are the errors at the smallest number of examples. Read the last entries.",
        ),
        Mistake(
            "any gap means data",
            lambda train, validation, goal: (
                "data" if validation[-1] - train[-1] > goal / 2 else diagnose(train, train, goal)
            ),
            "Only the gap between the curves is read. It counts only once the training error "
            "is low enough, and what matters then is the validation error against the goal.",
        ),
    ),
)
