"""The HTML that lessons and feedback pages show: coloured boxes, tables, lists, a plain page.

Styles are written at each element: a notebook's output has no style sheet of its own. Text is
escaped here; a piece that already is HTML comes as `Html`.
"""

import html
import re
from collections.abc import Iterable, Sequence

# kind of box -> (text, background, edge): contrast of text on background is above 7 to 1
_LOOKS = {
    "not attempted": ("#3d3d3d", "#ececec", "#3d3d3d"),
    "not yet": ("#5c2c00", "#fdebd3", "#5c2c00"),
    "correct": ("#0b4a2b", "#dcf3e4", "#0b4a2b"),
    "note": ("#1d2b3a", "#e4edf7", "#2d5d8c"),
    "prediction": ("#2b2140", "#f1ecf8", "#6a4c9c"),
}


_LEFT = " style='text-align:left'"


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def escaped(text: str) -> str:
    """Text as HTML; what is HTML already stays as it is.

    >>> escaped("a < b"), escaped(Html("<b>"))
    ('a &lt; b', '<b>')
    """
    return text if isinstance(text, Html) else html.escape(text)


def sentence(text: str, kind: str) -> str:
    """Text in a box of a kind, with `names` in the typewriter face."""
    colour = _LOOKS[kind][0]
    code = rf"<code style='background:none;color:{colour}'>\1</code>"
    return re.sub(r"`([^`\n]+)`", code, html.escape(text))


def box(kind: str, head: str, body: str, role: str = "") -> str:
    """A coloured box: the head in bold, then `body`, which is HTML."""
    colour, ground, edge = _LOOKS[kind]
    role = f"role='{role}' " if role else ""
    return (
        f"<div {role}style='background:{ground};color:{colour};border-left:5px solid {edge};"
        f"padding:8px 14px;max-width:88ch;line-height:1.45'><strong>{escaped(head)}</strong>"
        f"{body}</div>"
    )


def below(body: str) -> str:
    """A line of a box, a little below the one before."""
    return f"<div style='margin-top:4px'>{body}</div>"


def listing(text: str, kind: str) -> str:
    """Code in a box of a kind."""
    colour = _LOOKS[kind][0]
    return (
        f"<pre style='background:none;color:{colour};margin:6px 0 0 0;overflow-x:auto'>"
        f"{html.escape(text)}</pre>"
    )


def facts(kind: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The (label, code) pairs of a box as a table without lines; nothing where there are none."""
    colour, ground, _ = _LOOKS[kind]
    rows = "".join(
        f"<tr style='background:{ground}'>"  # JupyterLab paints rows in the theme's colour
        f"<th scope='row' style='text-align:left;padding:2px 14px 2px 0;font-weight:600;"
        f"vertical-align:top;color:{colour};white-space:nowrap'>{html.escape(label)}</th>"
        f"<td style='text-align:left;padding:2px 0;color:{colour}'>"
        f"<code style='background:none;color:{colour};white-space:pre-wrap'>"
        f"{html.escape(text)}</code></td></tr>"
        for label, text in pairs
    )
    if not rows:
        return ""
    return f"<table style='border:none;background:{ground};margin:6px 0 0 0'>{rows}</table>"


def table(rows: Iterable[Sequence[str]], head: Sequence[str] = (), left: Sequence[int] = ()) -> str:
    """A table; the columns whose positions are in `left` are aligned left.

    >>> table([("a", "1")], left=[0])
    "<table><tbody><tr><td style='text-align:left'>a</td><td>1</td></tr></tbody></table>"
    """

    def row(cells: Sequence[str], tag: str) -> str:
        made = (
            f"<{tag}{_LEFT if k in left else ''}>{escaped(cell)}</{tag}>"
            for k, cell in enumerate(cells)
        )
        return f"<tr>{''.join(made)}</tr>"

    top = f"<thead>{row(head, 'th')}</thead>" if head else ""
    return f"<table>{top}<tbody>{''.join(row(cells, 'td') for cells in rows)}</tbody></table>"


def bullets(items: Iterable[str]) -> str:
    """A list of sentences.

    >>> bullets(["one", "two"])
    '<ul><li>one</li><li>two</li></ul>'
    """
    return "<ul>" + "".join(f"<li>{escaped(item)}</li>" for item in items) + "</ul>"


def paragraph(text: str) -> str:
    """A paragraph.

    >>> paragraph("x < 1")
    '<p>x &lt; 1</p>'
    """
    return f"<p>{escaped(text)}</p>"


def policy(*more: str) -> str:
    """What a page may do, for its head: show itself. `more` allows single things.

    >>> "script-src" in policy(), "script-src" in policy("script-src 'self'")
    (False, True)
    """
    allowed = ("default-src 'none'", "style-src 'unsafe-inline'", "img-src data:",
               "base-uri 'none'", "form-action 'none'", *more)  # fmt: skip
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(allowed)}">'


def page(title: str, head: str, body: str) -> str:
    """A page of its own with one heading; `body` is HTML."""
    return (
        f"<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>{policy()}"
        f"<title>{escaped(title)}</title></head>"
        "<body style='font-family:sans-serif;max-width:70ch;margin:2em auto'>"
        f"<h1>{escaped(head)}</h1>{body}</body></html>\n"
    )
