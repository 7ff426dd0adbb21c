"""What the judge answers: one of three states, in words a learner can act on, as text and HTML."""

from dataclasses import dataclass, field

from lessonlib import markup

NOT_ATTEMPTED, NOT_YET, CORRECT = "not attempted", "not yet", "correct"

_MARKS = {NOT_ATTEMPTED: "○", NOT_YET: "△", CORRECT: "✓"}


@dataclass(frozen=True)
class Result:
    """A judgement: `status`, a `message`, and the facts it rests on.

    `score` is the share of test cases that passed, between 0 and 1. `mistake` is the name of the
    recognised mistake or None. `details` are (label, text) pairs: what was called, what came back,
    what was expected. `how` says by which means the fault was found (see `diagnosis.explain`), and
    `finding` is the short name under which equal ones are counted.
    """

    id: str
    title: str
    status: str
    message: str
    score: float = 0.0
    mistake: str | None = None
    details: tuple[tuple[str, str], ...] = field(default=())
    finding: str = ""
    how: str = ""

    def __bool__(self) -> bool:
        return self.status == CORRECT

    def _head(self) -> str:
        return f"{self.id} {self.title}{'' if self.title.endswith('?') else ':'} {self.status}"

    def __repr__(self) -> str:
        lines = [f"{_MARKS[self.status]} {self._head()}", f"  {self.message}"]
        lines += [f"  {label}: {text}" for label, text in self.details]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        kind = self.status
        message = markup.below(markup.sentence(self.message, kind))
        head = f"{_MARKS[kind]} {self._head()}"
        return markup.box(kind, head, message + markup.facts(kind, self.details), role="status")


class Text:
    """A piece of text shown in a coloured box: a hint, a solution, a note."""

    def __init__(self, head: str, body: str, code: bool = False) -> None:
        self.head, self.body, self.code = head, body, code

    def __repr__(self) -> str:
        return f"{self.head}\n{self.body}"

    def _repr_html_(self) -> str:
        if self.code:
            return markup.box("note", self.head, markup.listing(self.body, "note"))
        return markup.box("note", self.head, markup.below(markup.sentence(self.body, "note")))
