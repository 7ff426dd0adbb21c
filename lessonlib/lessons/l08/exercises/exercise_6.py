"""Exercise 08.6: the letters that may come next in an embedded Reber string."""

import numpy as np

from lessonlib import datasets
from lessonlib.exercises.judge import Exercise, Mistake


def may_follow(text: str) -> str:
    """The letters that may come next in an embedded Reber string, in the order of the alphabet."""
    if len(text) < 3:
        return ("B", "PT", "B")[len(text)]  # the wrapping, up to the inner B
    state = 0  # 0 to 5 of the inner walk, then 6 after its E, 7 after the kept letter
    for letter in text[3:]:
        state = dict(datasets.REBER[state])[letter] if state < 5 else state + 1
    if state == 6:
        return text[1]  # the one thing that had to be kept
    return "".join(sorted(dict(datasets.REBER[state]))) if state < 5 else "E"


def _cases(rng: np.random.Generator) -> list[tuple]:
    fixed = ["", "B", "BT", "BTB", "BPBTXS", "BPBTXSE", "BTBTXSE", "BPBTXSEP", "BTBPVP", "BPBPT"]
    for _ in range(6):
        whole = datasets.reber(rng, embedded=True)
        fixed += [whole[:end] for end in (len(whole) // 2, len(whole) - 3, len(whole) - 2)]
    return [(text,) for text in fixed]


# ---- what people write instead -------------------------------------------------------------------


def _forgetful(text: str) -> str:
    letters = may_follow(text)
    return "PT" if letters in "PT" and len(text) > 2 and text[-1] == "E" else letters


def _walks(text: str) -> bool:
    state = 0
    for letter in text:
        if state == 5 or letter not in dict(datasets.REBER[state]):
            return False
        state = dict(datasets.REBER[state])[letter]
    return True


def _unwrapped(text: str) -> str:
    return may_follow("BTB" + text[1:]) if len(text) > 1 and _walks(text[1:]) else may_follow(text)


EXERCISE = Exercise(
    id="08.6",
    title="What may follow",
    points=3,
    stars=3,
    minutes=20,
    reference=may_follow,
    cases=_cases,
    hints=(
        "The string is B, a kept letter T or P, B, a walk through REBER from state 0 to state "
        "5, E, the kept letter, E. Count how far the text has come.",
        "dict(REBER[state]) maps each letter to the state after it. The walk begins at text[3].",
        "After the inner E the only way on is text[1]: that is all that has to be remembered.",
    ),
    mistakes=(
        Mistake(
            "the second letter is forgotten",
            _forgetful,
            "After the inner string both T and P are allowed. The same letter as the second "
            "one must come again: it has to be kept all the way.",
        ),
        Mistake(
            "the inner string is not closed",
            lambda text: (
                text[1] if may_follow(text) == "E" and text[-1] != text[1:2] else may_follow(text)
            ),
            "The inner string ends with its own E, before the kept letter comes again.",
        ),
        Mistake(
            "the walk starts at the second letter",
            _unwrapped,
            "The walk through REBER was begun at text[1]. That letter is the one to keep; the "
            "inner string starts with a B of its own, and its walk at text[3].",
        ),
    ),
)
