"""Exercise 05.2: read from learning curves whether capacity or data is missing."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


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
        ([0.05, 0.20, 0.25], [0.60, 0.50, 0.28], 0.1),  # little between the curves
        ([0.20, 0.12, 0.05], [0.50, 0.30, 0.08], 0.1),
        ([0.08, 0.09, 0.09], [0.35, 0.22, 0.16], 0.1),
        ([0.00, 0.01, 0.00], [0.30, 0.15, 0.09], 0.1),  # much between them, and below the goal
        ([0.20, 0.17, 0.15], [0.50, 0.30, 0.20], 0.1),
        ([0.01, 0.02, 0.03], [0.40, 0.08, 0.20], 0.1),  # the lowest error is not the last one
        ([0.30, 0.05, 0.20], [0.40, 0.30, 0.25], 0.1),
        ([0.20, 0.12, 0.05], [0.05, 0.08, 0.20], 0.1),
        ([0.01, 0.12, 0.15], [0.40, 0.12, 0.09], 0.1),  # luck in validation
    )
    cases: list[tuple] = [(np.array(a), np.array(b), goal) for a, b, goal in rows]
    at_goal = np.array([0.05, 0.20, 0.25]), np.array([0.90, 0.50, 0.30]), 0.25
    both = np.array([0.05, 0.20, 0.25]), np.array([0.90, 0.50, 0.25]), 0.25
    single = np.array([0.02]), np.array([0.40]), 0.1
    train = np.sort(rng.random(5)) * 0.2
    return [
        *cases,
        Case("where the training error equals the goal", *at_goal),
        Case("where an error equals the goal", *both),
        Case("where there is a single size", *single),
        (train, train[::-1] + 0.3, 0.25),
        (train + 0.3, train[::-1] + 0.4, 0.25),
        (train, train[::-1] * 0.2 + 0.2, 0.25),
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _is_a_choice(got: Any, *arguments: Any) -> bool:
    return str(got) in ("capacity", "data", "done")


def _level_curves(train: Any, validation: Any, goal: float) -> tuple:
    return np.full_like(train, train[-1]), np.full_like(validation, validation[-1]), goal


def _reads_the_last(got: Any, level: Any, *arguments: Any) -> bool:
    return str(got) == str(level)


def _names_capacity(got: Any, level: Any, train: Any, validation: Any, goal: float) -> bool:
    return train[-1] <= goal or str(level) == "capacity"


def _names_data(got: Any, level: Any, train: Any, validation: Any, goal: float) -> bool:
    return train[-1] >= goal or validation[-1] <= goal or str(level) == "data"


def _names_done(got: Any, level: Any, train: Any, validation: Any, goal: float) -> bool:
    return train[-1] >= goal or validation[-1] >= goal or str(level) == "done"


EXERCISE = Exercise(
    id="05.2",
    title="Read the learning curves",
    points=2,
    stars=1,
    minutes=8,
    reference=diagnose,
    cases=_cases,
    parts={
        "train[-1]": "the training error at the largest size",
        "validation[-1]": "the validation error at the largest size",
        "train[-1] > goal": "whether the training error is above the goal",
        "validation[-1] > goal": "whether the validation error is above the goal",
        "if train[-1] > goal: return 'capacity'": "the question about training",
        "if validation[-1] > goal: return 'data'": "the question about validation",
    },
    hints=(
        "Look at the largest number of examples: the last entries.",
        "A training error above the goal cannot be cured by more examples: they only make "
        "it harder to fit.",
        "Ask about training first, then about validation.",
    ),
    properties=(
        Property(
            "one of three words",
            _is_a_choice,
            'Exactly one of the three words has to come back: "capacity", "data" or "done".',
        ),
        Property(
            "only the largest size counts",
            _reads_the_last,
            "With other errors at the smaller sizes the answer changes. Only the errors at the "
            "largest size count: the last entries.",
            also=_level_curves,
        ),
        Property(
            "capacity",
            _names_capacity,
            "Where the training error is above the goal, at every size, capacity is missing. "
            "Yours says something else.",
            also=_level_curves,
        ),
        Property(
            "data",
            _names_data,
            "Where training is below the goal and validation above it, at every size, data are "
            "missing. Yours says something else.",
            also=_level_curves,
        ),
        Property(
            "done",
            _names_done,
            "Where both errors are below the goal, at every size, nothing is missing. Yours says "
            "something else.",
            also=_level_curves,
        ),
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
            "an error at the goal is too high",
            lambda train, validation, goal: diagnose(train, validation, np.nextafter(goal, 0)),
            "An error that equals the goal is taken as too high. It has to be above the goal.",
        ),
        Mistake(
            "the lowest errors",
            lambda train, validation, goal: diagnose(
                np.sort(train)[::-1], np.sort(validation)[::-1], goal
            ),
            "A curve counts as too high only if its lowest error is above the goal. That may be at "
            "a small size: read the curves at the largest.",
        ),
        Mistake(
            "capacity and data exchanged",
            lambda train, validation, goal: {"capacity": "data", "data": "capacity"}.get(
                diagnose(train, validation, goal), "done"
            ),
            "The questions are right, and the answers exchanged: who cannot even fit the training "
            "examples lacks capacity, who fits them but not new ones lacks data.",
        ),
        Mistake(
            "the gap against the goal",
            lambda train, validation, goal: diagnose(train, validation - train[-1], goal),
            "The second question compares the distance between the curves with the goal. It is "
            "the validation error itself that may be too high.",
        ),
        Mistake(
            "any gap means data",
            lambda train, validation, goal: (
                "data" if validation[-1] - train[-1] > goal / 2 else diagnose(train, train, goal)
            ),
            "A large gap between the curves is answered with more data before the errors are "
            "compared with the goal. Ask about the training error first, and then about the "
            "validation error itself.",
        ),
    ),
)
