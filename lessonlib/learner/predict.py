"""Predictions: a question with choices that the learner commits to before running the next cell.

In a live notebook it is a small form, usable by mouse and by keyboard (Tab, arrow keys, space);
without a kernel it reads as text, with the answer folded away. So does one that is answered: its
text says what was chosen.
"""

import html
import os
from typing import TYPE_CHECKING, Any

from lessonlib import markup
from lessonlib.exercises.prediction import Prediction
from lessonlib.learner import record
from lessonlib.lessons.registry import find_prediction

if TYPE_CHECKING:
    from lessonlib.widgets.form import Form

_LETTERS = "abcdefgh"


def predict(prediction: str) -> "PredictionView":
    """Ask for a prediction. The first committed choice counts; the answer opens afterwards."""
    return PredictionView(find_prediction(prediction))


class PredictionView:
    """What `predict` shows: a form where a kernel runs, plain text everywhere else."""

    def __init__(self, asked: Prediction) -> None:
        self.asked = asked
        noted = None if _static() else record.first_choice(asked.id)
        self.choice = noted if noted in range(len(asked.choices)) else None

    def commit(self, choice: int) -> str:
        """Record a choice (the form's button calls this) and return what to tell the learner."""
        if not 0 <= choice < len(self.asked.choices):
            raise ValueError(f"commit: choice {choice}, wanted 0 to {len(self.asked.choices) - 1}")
        if self.choice is None:  # the first committed choice counts
            self.choice = choice
            record.note_prediction(self.asked.id, choice, choice == self.asked.right)
        return f"Committed: ({_LETTERS[self.choice]}). Now run the next cell and compare."

    def answer(self) -> str:
        """The right choice and why, with a word on the committed one."""
        right = self.asked.right
        head = f"({_LETTERS[right]}) {self.asked.choices[right]}."
        if self.choice is None:
            return f"{head} {self.asked.why}"
        verdict = "You had it." if self.choice == right else f"You said ({_LETTERS[self.choice]})."
        return f"{head} {verdict} {self.asked.why}"

    def __repr__(self) -> str:
        choices = "\n".join(f"  {text}" for text in self._choices())
        return f"Predict {self.asked.id}: {self.asked.question}\n{choices}"

    def _choices(self) -> list[str]:
        """The choices with their letters; the committed one is marked."""
        return [
            f"({_LETTERS[k]}) {text}{' (your choice)' if k == self.choice else ''}"
            for k, text in enumerate(self.asked.choices)
        ]

    def _repr_html_(self) -> str:
        choices = "".join(f"<div>{html.escape(text)}</div>" for text in self._choices())
        body = (
            f" {html.escape(self.asked.question)}"
            f"<div style='margin:4px 0 4px 14px'>{choices}</div>{self._folded()}"
        )
        return markup.box("prediction", "Predict.", body)

    def _folded(self) -> str:
        return (
            "<details><summary style='cursor:pointer'>Open the answer after you have run the "
            f"next cell</summary>{markup.below(html.escape(self.answer()))}</details>"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

    def _ipython_display_(self) -> None:
        if _static():
            raise NotImplementedError  # IPython then shows the text
        from lessonlib.widgets.form import replace_form
        from lessonlib.widgets.live import publish

        form = None if self.choice is not None else self._form()
        replace_form(self.asked.id, form)
        if form is None:
            raise NotImplementedError  # the text says what was chosen
        publish(form, form, self._repr_mimebundle_(), {}, "to choose")

    def _form(self) -> "Form":
        """The live form; what is kept for it changes when a choice is committed."""
        from lessonlib.widgets.form import Form
        from lessonlib.widgets.live import keep

        form = Form(question=self.asked.question, choices=self._choices())

        def commit(_: Any, content: dict[str, Any], buffers: list[memoryview]) -> None:
            if form.choice >= 0:  # the first committed choice counts
                return
            note = f"{self.commit(content['choice'])} {self._folded()}"
            with form.hold_sync():
                form.choice, form.note = content["choice"], note
            keep(form, self._repr_mimebundle_())

        form.on_msg(commit)
        return form


def _static() -> bool:
    """Whether outputs are made for pages without a kernel: nothing live, nobody's choice."""
    return os.environ.get("LESSONLIB_OUTPUT") == "static"
