"""Exercise 08.6: the letters that may come next in an embedded Reber string."""

import numpy as np

from lessonlib import datasets
from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


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
    fixed = ["B", "BT", "BP", "BTB", "BPBTXS", "BPBTXSE", "BTBTXSE", "BPBTXSEP", "BTBPVVET"]
    fixed += ["BTBP", "BPBT", "BTBPVP", "BPBPT", "BPBTSS", "BTBTSXS", "BPBTXXTV", "BTBPVPX"]
    fixed += ["BTBPVPXVVE", "BPBTSXXVPS"]
    for _ in range(6):
        whole = datasets.reber(rng, embedded=True)
        fixed += [whole[:end] for end in (len(whole) // 2, len(whole) - 3, len(whole) - 2)]
    return [Case("where the text is empty", ""), *((text,) for text in fixed)]


# ---- what every right answer has -----------------------------------------------------------------


def _is_one_string(letters: str, text: str) -> bool:
    return isinstance(letters, str)


def _is_in_order(letters: str, text: str) -> bool:
    return not isinstance(letters, str) or list(letters) == sorted(letters)


def _place(text: str) -> int:
    """How far a text has come: -1 in its first three letters, then the state, 5 and more after."""
    if len(text) < 3:
        return -1
    state = 0
    for letter in text[3:]:
        state = dict(datasets.REBER[state])[letter] if state < 5 else state + 1
    return state


def _begins_right(letters: str, text: str) -> bool:
    return len(text) > 2 or sorted(letters) == sorted(("B", "PT", "B")[len(text)])


def _walks_right(letters: str, text: str) -> bool:
    state = _place(text)
    return not 0 <= state < 5 or sorted(letters) == sorted(dict(datasets.REBER[state]))


def _closes_the_walk(letters: str, text: str) -> bool:
    return _place(text) != 5 or list(letters) == ["E"]


def _remembers(letters: str, text: str) -> bool:
    return _place(text) != 6 or list(letters) == [text[1]]


def _ends_right(letters: str, text: str) -> bool:
    return _place(text) != 7 or list(letters) == ["E"]


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
    parts={
        "text[1]": "the kept letter",
        "text[3:]": "the walk",
        "text": "the text",
        "len(text)": "the length of the text",
        "state": "the state of the walk",
        "state == 6": "the question whether the inner string is closed",
        "state < 5": "the question whether the walk goes on",
        "letter": "the letter",
        "dict(datasets.REBER[state])": "the ways out of the state",
        "dict(datasets.REBER[state])[letter]": "the state after the letter",
        "sorted(dict(datasets.REBER[state]))": "the letters in their order",
    },
    properties=(
        Property(
            "one string",
            _is_one_string,
            "The letters are asked as one string, such as “PT”: join them.",
        ),
        Property(
            "in the order of the alphabet",
            _is_in_order,
            "The letters do not come in the order of the alphabet.",
        ),
        Property(
            "the first three letters",
            _begins_right,
            "The first three letters are not right: B, then T or P, then B. The text may be empty.",
        ),
        Property(
            "the walk",
            _walks_right,
            "Within the inner walk some letters are wrong. It begins after the third letter in "
            "state 0, and each letter leads from state to state; the last letter alone does not "
            "tell the state.",
        ),
        Property(
            "the end of the walk",
            _closes_the_walk,
            "When the walk has come to state 5, the inner string is closed by an E, and nothing "
            "else may follow.",
        ),
        Property(
            "the kept letter",
            _remembers,
            "After the E that closes the walk only one letter may follow: the same T or P that "
            "came second in the text.",
        ),
        Property(
            "the last letter",
            _ends_right,
            "After the second T or P the whole ends with one more E.",
        ),
    ),
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
