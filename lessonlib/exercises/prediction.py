"""What a prediction is: a question with choices that the learner answers before seeing a result."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Prediction:
    """A question, its choices, the position of the right one, and the explanation."""

    id: str
    question: str
    choices: tuple[str, ...]
    right: int
    why: str
