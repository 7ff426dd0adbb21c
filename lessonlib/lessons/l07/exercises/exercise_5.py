"""Exercise 07.5: find the bug in a writer that never uses its new state."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def write_best(step: Callable, first: int, state: np.ndarray, count: int) -> list[int]:
    """Write `count` characters, each time the one with the largest score."""
    out, last = [], first
    for _ in range(count):
        scores, state = step(last, state)  # the new state goes into the next step
        last = int(np.argmax(scores))
        out.append(last)
    return out


def _cases(rng: np.random.Generator) -> list[tuple]:
    sizes = ((3, 4, 4), (6, 8, 10), (9, 8, 12))
    cases = [
        (
            rng.normal(size=(H, H)),
            2 * rng.normal(size=(V, H)),
            rng.normal(size=(V, H)),
            int(rng.integers(V)),
            rng.normal(size=H),
            count,
        )
        for V, H, count in sizes
        for _ in range(2)
    ]
    edges = [("where one character is asked", 1), ("where no character is asked", 0)]
    return [*cases, *(Case(about, *cases[2][:-1], count) for about, count in edges)]


def _use(
    answer: Callable,
    U: np.ndarray,
    table: np.ndarray,
    read: np.ndarray,
    first: int,
    state: np.ndarray,
    count: int,
) -> list[int]:
    def step(last: int, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        state = np.tanh(U @ state + table[last])
        return read @ state, state

    return answer(step, first, state, count)


# ---- what every right answer has -----------------------------------------------------------------


def _called(U: Any, table: Any, read: Any, first: int, state: np.ndarray, count: int) -> str:
    return f"write_best(step, first={first}, state=array of {len(state)} numbers, count={count})"


def _has_count(ids: list[int], *given: Any) -> bool:
    return len(ids) == given[-1]


def _goes_on(ids: list[int], fewer: list[int], *_: Any) -> bool:
    return list(ids[: len(fewer)]) == list(fewer)


def _is_repeated(ids: list[int], again: list[int], *_: Any) -> bool:
    return list(ids) == list(again)


def _best_first(ids: list[int], U: Any, table: Any, read: Any, first: int, *rest: Any) -> bool:
    state = np.tanh(U @ rest[0] + table[first])
    return not len(ids) or ids[0] == int(np.argmax(read @ state))


def _is_best_after_its_own_text(ids: list[int], U: Any, table: Any, read: Any, *rest: Any) -> bool:
    """Whether each character is the best one after those that came back before it."""
    last, state, _ = rest
    for written in ids:
        state = np.tanh(U @ state + table[last])
        if written != int(np.argmax(read @ state)):
            return False
        last = written
    return True


def _may_repeat(ids: list[int], U: Any, table: Any, read: Any, *rest: Any) -> bool:
    """Whether a character comes again right after itself where it is the best, in some place."""
    last, state, _ = rest
    wanted = found = False
    for written in ids:
        state = np.tanh(U @ state + table[last])
        wanted = wanted or last == int(np.argmax(read @ state))
        found = found or written == last
        last = written
    return found or not wanted


# ---- what people write instead -------------------------------------------------------------------


def _stuck(step: Callable, first: int, state: np.ndarray, count: int) -> list[int]:
    out, last = [], first
    for _ in range(count):
        scores, _ = step(last, state)
        last = int(np.argmax(scores))
        out.append(last)
    return out


def _first_again(step: Callable, first: int, state: np.ndarray, count: int) -> list[int]:
    out = []
    for _ in range(count):
        scores, state = step(first, state)
        out.append(int(np.argmax(scores)))
    return out


def _reads_twice(step: Callable, first: int, state: np.ndarray, count: int) -> list[int]:
    out, last = [], first
    for _ in range(count):
        _, state = step(last, state)
        scores, state = step(last, state)
        last = int(np.argmax(scores))
        out.append(last)
    return out


EXERCISE = Exercise(
    id="07.5",
    title="Find the bug: it stammers",
    points=2,
    stars=1,
    minutes=8,
    reference=write_best,
    starter=_stuck,
    cases=_cases,
    use=_use,
    called=_called,
    parts={
        "out": "the text",
        "last": "the character written last",
        "step(last, state)": "a step of the model",
        "scores": "the scores",
        "np.argmax(scores)": "the best character",
        "int(np.argmax(scores))": "the best character",
        "last = int(np.argmax(scores))": "the choice of the best character",
        "out.append(last)": "noting the character",
        "scores, state = step(last, state)": "reading a character",
        "range(count)": "the number of characters",
    },
    properties=(
        Property(
            "as many as asked",
            _has_count,
            "The list has to hold `count` characters, those that were written; `first` was given.",
        ),
        Property(
            "nothing is drawn",
            _is_repeated,
            "Two equal calls wrote different texts. The best character is asked for in each step; "
            "nothing is drawn by chance.",
            also=lambda *given: given,
        ),
        Property(
            "the first choice",
            _best_first,
            "In some call the first character is wrong already: it is the one with the largest "
            "score after `first` is read from the state that was given.",
        ),
        Property(
            "a longer text begins like a shorter one",
            _goes_on,
            "With one character fewer the text begins differently. What is written first may depend "
            "neither on how much is asked for nor on chance.",
            also=lambda *given: (*given[:-1], max(0, given[-1] - 1)),
        ),
        Property(
            "the best after its own text",
            _is_best_after_its_own_text,
            "A later character is not the best one after the text that was written before it. In "
            "each step the model has to read the character written last, once, from the state "
            "that its last step returned.",
        ),
        Property(
            "repetition is allowed",
            _may_repeat,
            "If a second time in a row is avoided on purpose: the same character may have the "
            "largest score again. Where the text stammered before, look at what the model was given.",
        ),
    ),
    hints=(
        "Which of the two things that `step` returns is thrown away?",
        "The state after one character is the state before the next.",
    ),
    mistakes=(
        Mistake(
            "reads the first for ever",
            _first_again,
            "The state moves on now, but the character that is read is always the first. Read "
            "what was written last.",
        ),
        Mistake(
            "reads twice",
            _reads_twice,
            "Every character is read twice, so the state sees a text with doubled letters.",
        ),
        Mistake(
            "counts the first",
            lambda step, first, state, count: [
                first,
                *write_best(step, first, state, count - 1),
            ],
            "The list begins with `first`, which was given, not written.",
        ),
    ),
)
