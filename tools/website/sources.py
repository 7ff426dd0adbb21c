"""The book's sources: docs/ with the lessons, the guides and a page for each part of the library.

`write` fills a folder that Sphinx reads. What there is decides what is written: a new notebook or a
new module needs no entry anywhere. Stored outputs are taken as they are, nothing is executed.
"""

import ast
import html
import posixpath
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import ismodule
from pathlib import Path

import nbformat
from latex2mathml.converter import convert
from nbformat import NotebookNode

from lessonlib.glossary import terms
from lessonlib.lessons.registry import available
from website import ROOT
from website.font import write_math_font

# A document of the repository -> its page in the book
GUIDES = {
    "INSTRUCTORS.md": "instructors.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
# Parts of the library that a reader of the lessons has no use for
HIDDEN_PARTS = {"cli", "course", "files", "homework", "installation", "learner", "lessons"}
HIDDEN_PARTS |= {"markup", "recipes", "widgets"}
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"^(`{3,}).*?^\1`*$|(`+)(?!`).+?(?<!`)\2(?!`)", re.MULTILINE | re.DOTALL)
FOLD = re.compile(r"<details>\s*<summary>(.*?)</summary>\s*(.*?)\s*</details>", re.DOTALL)
STORED_LINK = re.compile(r"""(href=['"][\w-]+)\.ipynb(['"])""")  # in the map of the course
MATHS = re.compile(r"\$([^$\n]+)\$")


def repository() -> str:
    """The address of the repository, from pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["urls"]["Repository"]


def parts() -> list[str]:
    """The public modules and packages of lessonlib that have a page of their own."""
    names = {
        path.stem
        for path in (ROOT / "lessonlib").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    return sorted(name for name in names - HIDDEN_PARTS if not name.startswith("_"))


def page_of(path: str) -> str | None:
    """The page that shows a file of the repository, as a path in the book's sources.

    >>> page_of("INSTRUCTORS.md"), page_of("notebooks/01_perceptron.ipynb"), page_of("LICENSE")
    ('instructors.md', 'notebooks/01_perceptron.ipynb', None)
    """
    if path.startswith("notebooks/") and (ROOT / path).is_file() and path.endswith(".ipynb"):
        return path
    return {"README.md": "index.md", **GUIDES}.get(path)


def relink(text: str, folder: str, place: Callable[[str], str | None] = page_of) -> str:
    """Adapt links to where a text is now; code spans and code blocks stay as they are.

    A file that has a `place` becomes a link to it, another file of the repository one to the
    repository, a lesson that is not written yet becomes its words alone.

    folder : where the text is in the repository
    """

    def change(match: re.Match) -> str:
        target, _, part = match["target"].partition("#")
        if not target or re.match(r"\w+:", target):
            return match[0]
        path = posixpath.normpath(posixpath.join(folder, target))
        if page := place(path):
            way = posixpath.relpath(page, folder or ".")
            return f"[{match['text']}]({way}{'#' + part if part else ''})"
        if not (ROOT / path).exists():
            return match["text"]
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return f"[{match['text']}]({repository()}/{kind}/HEAD/{path})"

    pieces, end = [], 0
    for code in CODE.finditer(text):
        pieces += [LINK.sub(change, text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*pieces, LINK.sub(change, text[end:])])


def heading_anchor(title: str) -> str:
    """The anchor that JupyterLab and GitHub give a heading of a notebook.

    >>> heading_anchor("What no line can do")
    'What-no-line-can-do'
    """
    return title.replace(" ", "-")


def unfold(text: str) -> str:
    """Let Markdown and formulas work inside <details>: blank lines around, MathML in the summary.

    >>> unfold("<details><summary>How?</summary> So. </details>").split()
    ['<details>', '<summary>How?</summary>', 'So.', '</details>']
    """

    def change(match: re.Match) -> str:
        summary = MATHS.sub(lambda found: convert(found[1]), match[1])
        return f"\n\n<details>\n<summary>{summary}</summary>\n\n{match[2]}\n\n</details>\n\n"

    return FOLD.sub(change, text)


def colab_address(name: str) -> str:
    """Where a lesson opens in Colab, which reads notebooks from branches of GitHub."""
    owner = repository().removeprefix("https://github.com/")
    return f"https://colab.research.google.com/github/{owner}/blob/colab/{name}"


def launch_row(stem: str, in_browser: bool) -> str:
    """Write the links under a lesson's title: run it on a server, in the browser, or take it."""
    owner = repository().removeprefix("https://github.com/")
    binder = f"https://mybinder.org/v2/gh/{owner}/HEAD?urlpath=lab/tree/notebooks/{stem}.ipynb"
    links = [(binder, "a session on a server, about a minute to start", "Open in Binder")]
    if in_browser:
        lite = f"../lite/lab/index.html?path={stem}.ipynb"
        links.append((lite, "runs in this browser, nothing to install", "Open in JupyterLite"))
    links.append(
        (
            colab_address(f"{stem}.ipynb"),
            "a session on a server of Google, with an account",
            "Open in Colab",
        )
    )
    links.append((f"../files/{stem}.ipynb", "the notebook, to run on your machine", "Download"))
    made = "".join(
        f'<a href="{html.escape(link)}" title="{tip}">{name}</a>' for link, tip, name in links
    )
    made = made.replace(">Download<", " download>Download<")
    return f'<nav class="ns-launch" aria-label="Run this lesson">{made}</nav>'


def library_names(book: NotebookNode) -> list[str]:
    """What a lesson's code takes from lessonlib's modules, such as "perceptron.fit".

    >>> cell = nbformat.v4.new_code_cell("from lessonlib import nn, check\\nnn.Linear(2, 1)")
    >>> library_names(nbformat.v4.new_notebook(cells=[cell]))
    ['nn.Linear']
    """
    known, found = set(parts()), set()
    trees = [tree for cell in book.cells if cell.cell_type == "code" for tree in _parsed(cell)]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lessonlib."):
            found |= {f"{node.module[10:]}.{alias.name}" for alias in node.names}
    called = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "lessonlib":
            called |= {a.asname or a.name: a.name for a in node.names if a.name in known}
    for node in nodes:
        if isinstance(node, ast.Attribute) and (name := getattr(node.value, "id", "")) in called:
            found.add(f"{called[name]}.{node.attr}")
    return sorted(found)


def _parsed(cell: NotebookNode) -> list[ast.Module]:
    try:
        return [ast.parse(cell.source)]
    except SyntaxError:
        return []


def lesson_page(path: Path, in_browser: bool) -> NotebookNode:
    """A lesson as a page: its number in the title, the links to run it, links that work here."""
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        if cell.cell_type == "markdown":
            cell.source = unfold(relink(cell.source, "notebooks"))
        for output in cell.get("outputs", []):
            if table := output.get("data", {}).get("text/html"):
                output.data["text/html"] = STORED_LINK.sub(r"\1.html\2", table)
    title, _, rest = book.cells[0].source.partition("\n")
    number = path.stem.split("_")[0]
    row = launch_row(path.stem, in_browser)
    book.cells[0].source = f"# {number} · {title.removeprefix('# ')}\n\n{row}\n{rest}"
    if names := library_names(book):
        text = "**In the library**: " + " · ".join(f"`{name}`" for name in names)
        book.cells.append(nbformat.v4.new_markdown_cell(text, id=f"{number}-library"))
    return book


def lesson_table() -> str:
    """The lessons that are there, as a Markdown table."""
    rows = [
        f"| [{lesson.number}](notebooks/{lesson.stem}.ipynb) "
        f"| [{lesson.promise}](notebooks/{lesson.stem}.ipynb) | {lesson.hours:g} | "
        f"{', '.join(lesson.needs) or 'nothing'} |"
        for lesson in available()
    ]
    return "\n".join(["| lesson | what it does | hours | needs |", "|---|---|---|---|", *rows])


def glossary_table() -> str:
    """The terms of the course as a table, each with a link to the lesson that introduces it."""
    pages = {lesson.number: f"notebooks/{lesson.stem}.ipynb" for lesson in available()}
    rows = [
        f"| {term.name} | {term.meaning} | [{term.lesson}]({pages[term.lesson]}) |"
        for term in terms()
    ]
    return "\n".join(["| term | meaning | lesson |", "|---|---|---|", *rows])


def part_page(name: str) -> str:
    """The page of one part of the library; Sphinx fills it from the docstrings.

    A module that the part offers by its name, such as `plots.diagram`, has a section of its own.

    >>> part_page("plots").count("automodule"), part_page("text").count("automodule")
    (2, 1)
    """
    part = import_module(f"lessonlib.{name}")
    offered = [one for one in getattr(part, "__all__", ()) if ismodule(getattr(part, one))]
    sections = [f"# {name}\n\n{_members(name)}"]
    sections += [f"## {name}.{one}\n\n{_members(f'{name}.{one}')}" for one in offered]
    return "\n".join(sections)


def _members(name: str) -> str:
    directive = f".. automodule:: lessonlib.{name}\n   :members:\n   :member-order: groupwise"
    return f"```{{eval-rst}}\n{directive}\n```\n"


def write(folder: Path, in_browser: Callable[[Path], bool], lessons: list[Path]) -> None:
    """Write all sources into a folder, which must not exist.

    in_browser : says of a notebook whether the site has it in JupyterLite
    lessons    : the notebooks to take
    """
    shutil.copytree(ROOT / "docs", folder)
    write_math_font(folder / "_static" / "formulas.woff")
    index = (folder / "index.md").read_text(encoding="utf-8")
    _write(folder / "index.md", index.replace("<!-- lessons -->", lesson_table()))
    glossary = (folder / "glossary.md").read_text(encoding="utf-8")
    _write(folder / "glossary.md", glossary.replace("<!-- glossary -->", glossary_table()))
    start = (folder / "start.md").read_text(encoding="utf-8")
    _write(folder / "start.md", start.replace("REPOSITORY", repository()))
    for source, page in GUIDES.items():
        text = relink((ROOT / source).read_text(encoding="utf-8"), "")
        _write(folder / page, text)
    for path in lessons:
        page = lesson_page(path, in_browser(path))
        _write(folder / "notebooks" / path.name, nbformat.writes(page))
    for name in parts():
        _write(folder / "api" / f"{name}.md", part_page(name))


def pictures(lessons: list[Path]) -> Iterator[tuple[bytes, str]]:
    """(PNG as base64, alt text) of every stored figure."""
    for path in lessons:
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                if image := output.get("data", {}).get("image/png"):
                    alt = output.metadata.get("image/png", {}).get("alt", "")
                    yield image.encode("ascii"), alt


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
