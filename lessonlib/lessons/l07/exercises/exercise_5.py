"""Exercise 07.5: find the bug in a writer that never uses its new state."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


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
    return [
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
