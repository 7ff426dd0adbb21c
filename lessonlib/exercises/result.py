"""What the judge answers: one of three states, in words a learner can act on, as text and HTML."""

import html
import re
from dataclasses import dataclass, field

NOT_ATTEMPTED, NOT_YET, CORRECT = "not attempted", "not yet", "correct"

# (text colour, background, mark): contrast of text on background is above 7 to 1
_LOOK = {
    NOT_ATTEMPTED: ("#3d3d3d", "#ececec", "○"),
    NOT_YET: ("#5c2c00", "#fdebd3", "△"),
    CORRECT: ("#0b4a2b", "#dcf3e4", "✓"),
}


@dataclass(frozen=True)
class Result:
    """A judgement: `status`, a `message`, and the facts it rests on.

    `score` is the share of test cases that passed, between 0 and 1. `mistake` is the name of the
    recognised mistake or None. `details` are (label, text) pairs: what was called, what came back,
    what was expected.
    """

    id: str
    title: str
    status: str
    message: str
    score: float = 0.0
    mistake: str | None = None
    details: tuple[tuple[str, str], ...] = field(default=())

    def __bool__(self) -> bool:
        return self.status == CORRECT

    def _head(self) -> str:
        return f"{self.id} {self.title}{'' if self.title.endswith('?') else ':'} {self.status}"

    def __repr__(self) -> str:
        mark = _LOOK[self.status][2]
        lines = [f"{mark} {self._head()}", f"  {self.message}"]
        lines += [f"  {label}: {text}" for label, text in self.details]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        colour, ground, mark = _LOOK[self.status]
        rows = "".join(
            f"<tr style='background:{ground}'>"  # JupyterLab paints rows in the theme's colour
            f"<th scope='row' style='text-align:left;padding:2px 14px 2px 0;font-weight:600;"
            f"vertical-align:top;color:{colour};white-space:nowrap'>{html.escape(label)}</th>"
            f"<td style='text-align:left;padding:2px 0;color:{colour}'>"
            f"<code style='background:none;color:{colour};white-space:pre-wrap'>"
            f"{html.escape(text)}</code></td></tr>"
            for label, text in self.details
        )
        table = (
            f"<table style='border:none;background:{ground};margin:6px 0 0 0'>{rows}</table>"
            if rows
            else ""
        )
        return (
            f"<div role='status' style='background:{ground};color:{colour};"
            f"border-left:5px solid {colour};padding:8px 14px;max-width:88ch;line-height:1.45'>"
            f"<strong>{mark} {html.escape(self._head())}</strong>"
            f"<div style='margin-top:4px'>{_sentence(self.message, colour)}</div>{table}</div>"
        )


class Text:
    """A piece of text shown in a coloured box: a hint, a solution, a note."""

    def __init__(self, head: str, body: str, code: bool = False) -> None:
        self.head, self.body, self.code = head, body, code

    def __repr__(self) -> str:
        return f"{self.head}\n{self.body}"

    def _repr_html_(self) -> str:
        inner = (
            "<pre style='background:none;color:#1d2b3a;margin:6px 0 0 0;overflow-x:auto'>"
            f"{html.escape(self.body)}</pre>"
            if self.code
            else f"<div style='margin-top:4px'>{_sentence(self.body, '#1d2b3a')}</div>"
        )
        return (
            "<div style='background:#e4edf7;color:#1d2b3a;border-left:5px solid #2d5d8c;"
            f"padding:8px 14px;max-width:88ch;line-height:1.45'><strong>{html.escape(self.head)}"
            f"</strong>{inner}</div>"
        )


def _sentence(text: str, colour: str) -> str:
    """Text as HTML, with `names` in a monospaced font."""
    code = rf"<code style='background:none;color:{colour}'>\1</code>"
    return re.sub(r"`([^`\n]+)`", code, html.escape(text))
