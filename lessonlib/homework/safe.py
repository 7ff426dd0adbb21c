"""What a student wrote, made harmless for each place where a person reads it.

Answers, code, output, error texts, names and file names come from outside. They reach a terminal, a
spreadsheet, a Markdown page, a feedback page and formgrader, which shows a notebook with the
instructor's rights. Each of these has one function here, and nothing is written without it.
"""

import base64
import binascii
import html
import re
import secrets
import unicodedata
from functools import cache
from typing import Any

from lessonlib import markup

_MARKDOWN = 10_000  # characters of a text that are read as Markdown; a longer one is shown as it is
_MARKDOWN_OF_ALL = 100_000  # and of a whole notebook
_SHOWN = 100_000  # characters that are shown at all
_PICTURES = 48 * 2**20  # letters of all pictures of a notebook, each as often as it is shown
_KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp")
_SIGNS = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}  # categories of what is not seen but does something
_HARMLESS = "\u200c\u200d"  # joiners, which some scripts need
_FORMULA = "=+-@\t\r\n|%＝＋－＠"


def line(text: object) -> str:
    """A text on one line, without what controls a terminal, an editor or the order of reading.

    >>> line("red \\x1b[31m\\n\\u202etxt"), line("Müller 7")
    ('red ?[31m ?txt', 'Müller 7')
    """
    flat = re.sub(r"[\t-\r\x85\u2028\u2029]+", " ", str(text))
    return "".join(c if _is_seen(c) else "?" for c in flat)


def lines(text: object) -> str:
    """A text of several lines, each of them as `line` makes it.

    >>> lines("a\\nb\\x07").split()
    ['a', 'b?']
    """
    return "\n".join(map(line, str(text).split("\n")))


def _is_seen(character: str) -> bool:
    return character in _HARMLESS or unicodedata.category(character) not in _SIGNS


def cell(text: str) -> str:
    """A text as a cell of a table (CSV) that no spreadsheet takes for a formula.

    A space before it is enough for that, and whoever imports ids takes it off again. What is behind
    a separator gets one too: a spreadsheet of another country cuts there.

    >>> cell("=1+1"), cell("ada"), cell("a;=1+1")
    (' =1+1', 'ada', 'a; =1+1')
    """
    flat = line(text)
    flat = re.sub(rf"([;,|])(?=[{re.escape(_FORMULA)}])", r"\1 ", flat)
    return f" {flat}" if flat.lstrip()[:1] in tuple(_FORMULA) and flat[:1] != " " else flat


def html_text(text: object) -> markup.Html:
    """A text on one line as HTML that a page also leaves alone if it reads it as Markdown.

    >>> html_text("<b> *x*")
    '&lt;b&gt; &#42;x&#42;'
    """
    return markup.Html(_without_markdown(html.escape(line(text))))


_CODE = re.compile(r"(`[^`]+`)")


def markdown(text: object) -> str:
    """A text on one line of a Markdown page: `names` stay code, nothing else is markup.

    >>> print(markdown("`x` is <b> [no](link)"))
    `x` is &lt;b&gt; \\[no\\](link)
    """
    flat = line(text)
    if "``" in flat:
        return _plain_markdown(flat)
    return "".join(
        part if _CODE.fullmatch(part) else _plain_markdown(part) for part in _CODE.split(flat)
    )


def _plain_markdown(text: str) -> str:
    text = re.sub(r"([\\`*_\[\]~$|#])", r"\\\1", text)
    text = text.replace("://", ":\\//").replace("www.", "www\\.").replace("!\\[", "\\!\\[")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# a picture that was pasted and then given a size, which JupyterLab writes as HTML
_ATTACHED = re.compile(
    r"(?i:<img\b[^<>]{0,200}?\bsrc\s{0,9}=\s{0,9})[\"']attachment:([^\"'<>]{1,200})[\"'][^<>]{0,200}>"
)


class Page:
    """The student's texts of one notebook as HTML that can do nothing, whoever shows it.

    A text becomes one piece of HTML on one line, without any character that means something in
    Markdown: a page that reads it as Markdown leaves it as it is.
    """

    def __init__(self) -> None:
        self.left, self.pictures = _MARKDOWN_OF_ALL, _PICTURES

    def text(self, source: str, attachments: Any = None) -> str:
        """A text cell: Markdown is shown, raw HTML as text, no link and only pictures inside it."""
        if len(source) > min(_MARKDOWN, self.left):
            return self.plain(source)
        self.left -= len(source)
        token, shown = f"picture{secrets.token_hex(8)}n", list[str]()
        made = _rendered(_ATTACHED.sub(r"![picture](<attachment:\1>)", source), token, shown)
        return _one_piece(made, token, [self._picture(name, attachments) for name in shown])

    def plain(self, source: str) -> str:
        """A text as it was written."""
        rest = len(source) - _SHOWN
        more = f"\n... and {rest:,} characters more are in the file" if rest > 0 else ""
        return _one_piece(f"<pre>{html.escape(source[:_SHOWN] + more)}</pre>", "", [])

    def _picture(self, name: str, attachments: Any) -> str:
        """An attached picture inside the page, or its name."""
        content = attachments.get(name) if isinstance(attachments, dict) else None
        if not isinstance(content, dict):
            return f"({_without_markdown(html.escape(line(name)))})"
        for kind in _KINDS:
            data = _base64(content.get(kind), self.pictures)
            if data is not None:
                self.pictures -= len(data)
                return f'<img alt="a picture of the student" src="data:{kind};base64,{data}">'
        return f"({_without_markdown(html.escape(line(name)))})"


def _base64(content: Any, most: int) -> str | None:
    """The content of a picture as base64 without anything else in it, or None."""
    content = "".join(map(str, content)) if isinstance(content, list) else content
    if not isinstance(content, str) or len(content) > most:
        return None
    try:
        raw = base64.b64decode("".join(content.split()).encode(), validate=True)
        return base64.b64encode(raw).decode()
    except (binascii.Error, ValueError):
        return None


def _rendered(source: str, token: str, shown: list[str]) -> str:
    """Markdown as HTML; for each picture a mark, and its name in `shown`."""
    from nbconvert.filters.markdown_mistune import MarkdownWithMath

    try:
        return MarkdownWithMath(renderer=_renderer_class()(token, shown)).render(source)
    except Exception:  # the parser gave up; the text is there all the same
        shown.clear()
        return f"<pre>{html.escape(source)}</pre>"


@cache
def _renderer_class() -> Any:
    from nbconvert.filters.markdown_mistune import IPythonRenderer

    class Renderer(IPythonRenderer):
        """nbconvert's own renderer without what reaches outside the page."""

        def __init__(self, token: str, shown: list[str]) -> None:
            super().__init__(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
            self.token, self.shown = token, shown

        def link(self, text: str, url: str, title: str | None = None) -> str:
            """A link as its text and its address: nothing to click on."""
            return text if html.unescape(text) == url else f"{text} ({html.escape(url)})"

        def image(self, text: str, url: str, title: str | None = None) -> str:
            """A picture that is in the notebook, or the text and the address in its place."""
            if not url.startswith("attachment:"):
                return self.link(text, url)
            self.shown.append(url.removeprefix("attachment:"))
            return f"{self.token}{len(self.shown) - 1}n"

        def block_mermaidjs(self, code: str) -> str:
            """A diagram as its text: a script would draw it."""
            return f"<pre>{html.escape(code)}</pre>"

    return Renderer


_TAGS = {
    "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li",
    "ol", "p", "pre", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def _one_piece(made: str, token: str, pictures: list[str]) -> str:
    """HTML with known tags only, on one line, in which nothing is Markdown."""
    import bleach

    clean = bleach.clean(made, tags=_TAGS, attributes=_allowed, strip=True)
    parts = re.split(r"(<[^<>]*>)", clean)
    flat = "".join(p if p.startswith("<") else _without_markdown(p) for p in parts)
    for k, picture in enumerate(pictures):
        flat = flat.replace(f"{token}{k}n", picture)
    return f"<div>{flat}</div>"


def _allowed(tag: str, name: str, value: str) -> bool:
    """Only the classes by which pygments colours code."""
    return (tag, name) in (("span", "class"), ("div", "class")) and bool(
        re.fullmatch(r"highlight|[a-z]{1,2}\d?", value)
    )


def _without_markdown(text: str) -> str:
    """HTML text with every character that means something in Markdown written as its number."""
    seen = "".join(c if c in "\n\t" or _is_seen(c) else "\ufffd" for c in text)
    return re.sub(r"[^\w\s.,;:&'\"/]|_|[\n\r]|#(?!\d)", _numbered, seen)


def _numbered(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
