"""Predictions: a question with choices that the learner commits to before running the next cell.

In a live notebook it is a small form, usable by mouse and by keyboard (Tab, arrow keys, space);
without a kernel it reads as text, with the answer folded away.
"""

import html
import os
from typing import Any

from lessonlib import markup
from lessonlib.exercises.prediction import Prediction
from lessonlib.learner import record
from lessonlib.lessons.registry import find_prediction

_LETTERS = "abcdefgh"


def predict(prediction: str) -> "PredictionView":
    """Ask for a prediction. The first committed choice counts; the answer opens afterwards."""
    return PredictionView(find_prediction(prediction))


class PredictionView:
    """What `predict` shows: a form where a kernel runs, plain text everywhere else."""

    def __init__(self, asked: Prediction) -> None:
        self.asked = asked
        self.choice: int | None = None

    def commit(self, choice: int) -> str:
        """Record a choice (the form's button calls this) and return what to tell the learner."""
        if not 0 <= choice < len(self.asked.choices):
            raise ValueError(f"commit: choice {choice}, wanted 0 to {len(self.asked.choices) - 1}")
        self.choice = choice
        record.note_prediction(self.asked.id, choice, choice == self.asked.right)
        return f"Committed: ({_LETTERS[choice]}). Now run the next cell and compare."

    def answer(self) -> str:
        """The right choice and why, with a word on the committed one."""
        right = self.asked.right
        head = f"({_LETTERS[right]}) {self.asked.choices[right]}."
        if self.choice is None:
            return f"{head} {self.asked.why}"
        verdict = "You had it." if self.choice == right else f"You said ({_LETTERS[self.choice]})."
        return f"{head} {verdict} {self.asked.why}"

    def __repr__(self) -> str:
        choices = "\n".join(
            f"  ({_LETTERS[k]}) {text}" for k, text in enumerate(self.asked.choices)
        )
        return f"Predict {self.asked.id}: {self.asked.question}\n{choices}"

    def _repr_html_(self) -> str:
        choices = "".join(
            f"<div>({_LETTERS[k]}) {html.escape(text)}</div>"
            for k, text in enumerate(self.asked.choices)
        )
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
        bundle = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if os.environ.get("LESSONLIB_OUTPUT") != "static":
            bundle |= self._form()
        return bundle

    def _form(self) -> dict[str, Any]:
        """The live form as a widget view."""
        from lessonlib.widgets.form import Form

        form = Form(
            question=self.asked.question,
            choices=[f"({_LETTERS[k]}) {text}" for k, text in enumerate(self.asked.choices)],
        )

        def commit(_: Any, content: dict[str, Any], buffers: list[memoryview]) -> None:
            if form.choice >= 0:  # the first committed choice counts
                return
            note = f"{self.commit(content['choice'])} {self._folded()}"
            with form.hold_sync():
                form.choice, form.note = content["choice"], note

        form.on_msg(commit)
        view = "application/vnd.jupyter.widget-view+json"
        bundle = form._repr_mimebundle_()
        assert bundle is not None  # only a widget without a view has none
        return {view: bundle[0][view]}
