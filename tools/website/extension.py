"""What the book adds to Sphinx: formulas as MathML, docstrings as they are written, links between
lessons and library, alt texts of stored figures."""

import base64
import hashlib
from pathlib import Path
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from website.docstrings import to_rst
from website.sources import pictures


def write_inline_math(writer: Any, node: nodes.math) -> None:
    """A formula in a line: browsers draw MathML themselves, so no script and no font is fetched."""
    writer.body.append(convert(node.astext()))
    raise nodes.SkipNode


def write_display_math(writer: Any, node: nodes.math_block) -> None:
    """A formula on a line of its own, which scrolls by itself where the window is narrow."""
    formula = convert(node.astext(), display="block")
    writer.body.append(f'<div class="ns-math" tabindex="0">{formula}</div>')
    raise nodes.SkipNode


class LibraryLinks(SphinxPostTransform):
    """Code words that name something of the library (`nn.Linear`) become links to its page."""

    default_priority = 400

    def run(self, **kwargs: Any) -> None:
        """Link every literal that is not in a link yet."""
        domain = self.env.get_domain("py")
        for literal in list(self.document.findall(nodes.literal)):
            words = literal.astext().split("(")[0].strip()
            name = f"lessonlib.{words.removeprefix('lessonlib.')}"
            entry = domain.objects.get(name)
            inside = isinstance(literal.parent, nodes.reference | nodes.title)
            if entry is None or inside or "." not in words:
                continue
            link = make_refnode(
                self.app.builder, self.env.docname, entry.docname, entry.node_id, literal.deepcopy()
            )
            literal.replace_self(link)


def describe_figures(app: Sphinx, doctree: nodes.document) -> None:
    """Give every stored figure the alt text that the notebook holds for it."""
    for image in doctree.findall(nodes.image):
        if alt := app.config.lesson_alt_texts.get(Path(image["uri"]).stem):
            image["alt"] = alt


def alt_texts(lessons: list[Path]) -> dict[str, str]:
    """Alt texts by the name that MyST-NB gives a figure's file, the SHA-256 of its bytes."""
    return {
        hashlib.sha256(base64.decodebytes(image)).hexdigest(): alt
        for image, alt in pictures(lessons)
    }


def write_docstring(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """Turn a docstring of the house's form into reStructuredText."""
    lines[:] = to_rst(lines)


def name_toggles(app: Sphinx, error: Exception | None) -> None:
    """Give the theme's arrows in the list of pages a name that a screen reader can say."""
    named = '<summary aria-label="Show or hide the pages below"><span class="toctree-toggle"'
    for path in Path(app.outdir).rglob("*.html") if error is None else ():
        text = path.read_text(encoding="utf-8")
        new = text.replace('<summary><span class="toctree-toggle"', named)
        if new != text:
            path.write_text(new, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything."""
    app.add_config_value("lesson_alt_texts", {}, "env", dict)
    app.add_html_math_renderer("mathml", (write_inline_math, None), (write_display_math, None))
    app.add_post_transform(LibraryLinks)
    app.connect("doctree-read", describe_figures)
    app.connect("build-finished", name_toggles)
    app.connect("autodoc-process-docstring", write_docstring)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
