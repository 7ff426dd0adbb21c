"""The book: every lesson and every part of the library has its page, every link leads somewhere,
nothing is fetched from elsewhere, every figure says what it shows."""

import doctest
import functools
import html
import importlib
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from build_notebooks import METADATA
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

pytest.importorskip("latex2mathml", reason="the site is built with the extra [book]")

from website.docstrings import to_rst
from website.sources import parts, relink, repository, unfold

from lessonlib.files import notebooks_folder
from lessonlib.glossary import terms
from lessonlib.lessons.registry import available, cards

ROOT = notebooks_folder().parent
NOTEBOOKS = sorted(notebooks_folder().glob("[0-9]*.ipynb"))
CLAIM = re.compile(r"over \d+ seeds?\)$")  # a line of `expect`
LOADING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


class Page(HTMLParser):
    """What a test wants to know of a page: links, what is loaded, figures, anchors, words."""

    def __init__(self, path):
        super().__init__()
        self.links, self.loads, self.figures, self.anchors, self.words = [], [], [], set(), []
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.anchors |= {values.get("id"), values.get("name")}
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if tag in LOADING and values.get(LOADING[tag]) and values.get("rel") != "canonical":
            self.loads.append(values[LOADING[tag]])
        if tag == "img":
            self.figures.append((values.get("src", ""), values.get("alt")))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def says(self):
        return " ".join("".join(self.words).split())


@pytest.fixture(scope="module")
def page(site):
    """A function that reads a page of the built book, each once."""
    return functools.lru_cache(maxsize=None)(lambda name: Page(site / name))


@pytest.fixture(scope="module")
def pages(site, page):
    names = [path.relative_to(site).as_posix() for path in site.rglob("*.html")]
    return {name: page(name) for name in names if not name.startswith(("lite/", "_static/"))}


def outside(link):
    return re.match(r"(\w+:)?//|mailto:|data:|javascript:", link) is not None


def test_every_lesson_has_its_page_with_number_and_ways_to_run_it(site, page):
    for path in NOTEBOOKS:
        lesson = page(f"notebooks/{path.stem}.html")
        assert re.search(rf"<h1>{path.stem.split('_')[0]} · ", lesson.text)
        owner = repository().removeprefix("https://github.com/")
        binder = f"https://mybinder.org/v2/gh/{owner}/HEAD?urlpath=lab/tree/notebooks/{path.name}"
        assert binder in lesson.links
        colab = f"https://colab.research.google.com/github/{owner}/blob/colab/{path.name}"
        assert colab in lesson.links
        assert (site / "colab" / path.name).is_file()
        assert f"../files/{path.name}" in lesson.links
        assert (site / "files" / path.name).read_bytes() == path.read_bytes()
        in_browser = (site / "lite/files" / path.name).exists()
        assert (f"../lite/lab/index.html?path={path.name}" in lesson.links) == in_browser


def test_the_stored_results_are_shown_and_nothing_was_run(page):
    """What `expect` printed is on the page as it is in the notebook."""
    for path in NOTEBOOKS:
        says = page(f"notebooks/{path.stem}.html").says
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                for line in output.get("text", "").splitlines():
                    if CLAIM.search(line):
                        assert " ".join(line.split()) in says


def test_every_internal_link_leads_to_a_page_and_a_place_on_it(site, pages):
    broken = []
    for name, page in pages.items():
        for link in page.links + page.loads:
            if outside(link):
                continue
            target, _, anchor = urllib.parse.unquote(link).partition("#")
            target = target.partition("?")[0]
            path = (site / name).parent / target if target else site / name
            if path.is_dir():
                path /= "index.html"
            if not path.exists():
                broken.append(f"{name}: {link}")
            elif anchor and path.suffix == ".html" and "lite" not in target:
                here = pages[path.resolve().relative_to(site.resolve()).as_posix()]
                if anchor not in here.anchors:
                    broken.append(f"{name}: {link} (no such place)")
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(pages):
    assert [(n, load) for n, p in pages.items() for load in p.loads if outside(load)] == []


def test_every_figure_carries_the_alt_text_of_its_notebook(page):
    for path in NOTEBOOKS:
        wanted = [
            output.metadata["image/png"]["alt"]
            for cell in nbformat.read(path, as_version=4).cells
            for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {})
        ]
        figures = page(f"notebooks/{path.stem}.html").figures
        assert [alt for _, alt in figures if alt in wanted] == wanted
        assert all(alt and len(alt) > 10 for _, alt in figures)


def test_previous_and_next_go_through_all_lessons_in_order(page):
    seen, here = [], "notebooks/00_start_here.html"
    while here.startswith("notebooks/"):
        seen.append(Path(here).stem)
        following = re.search(r'class="right-next"\s+href="([^"]+)"', page(here).text)[1]
        here = following if following.startswith("..") else f"notebooks/{following}"
    assert seen == [lesson.stem for lesson in cards() if lesson in available()]


def test_lessons_lead_to_the_library_and_the_library_to_lessons(site, page):
    for path in NOTEBOOKS:
        links = page(f"notebooks/{path.stem}.html").links
        assert any(link.startswith("../api/") and "#lessonlib." in link for link in links), path
    for name in parts():
        assert (site / f"api/{name}.html").exists()
    functional = page("api/functional.html")
    assert "lessonlib.functional.linear_backward" in functional.anchors
    assert "../notebooks/02_multilayer_perceptron.html" in functional.links
    assert "dx = dy W; dW = dy^T x" in functional.says


def test_front_page_guide_and_search_are_there(site, page):
    front = page("index.html")
    for lesson in available():
        assert f"notebooks/{lesson.stem}.html" in front.links
        assert lesson.promise in front.says
    assert "<!-- lessons -->" not in front.text
    assert "lessonlib grade fall" in page("instructors.html").says
    assert "REPOSITORY" not in page("start.html").says
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert "backpropag" in index
    assert (site / "search.html").exists()


def test_the_glossary_has_every_term_and_leads_to_its_lesson(page):
    glossary = page("glossary.html")
    says = glossary.says.replace("’", "'")
    for term in terms():
        assert term.name in says
        assert term.meaning in says
    assert {f"notebooks/{lesson.stem}.html" for lesson in available()} <= set(glossary.links)
    assert "<!-- glossary -->" not in glossary.text
    assert "glossary.html" in page("index.html").links


def test_formulas_are_mathml_and_come_with_a_font(site, page):
    text = page("notebooks/01_perceptron.html").text
    assert text.count("<math") > 10
    assert "\\begin{cases}" not in text
    assert (site / "_static/formulas.woff").stat().st_size > 20_000


@pytest.mark.network
def test_links_to_elsewhere_answer(pages):
    """Only those that say that there is nothing; a site that refuses a program is left alone."""
    own = (repository(), "https://mybinder.org/v2/", "https://colab.research.google.com/github/")
    links = {link.partition("#")[0] for p in pages.values() for link in p.links if outside(link)}
    links = {link for link in links if link.startswith("http") and not link.startswith(own)}
    try:
        urllib.request.urlopen("https://docs.python.org/3/", timeout=5).close()
    except OSError as error:
        pytest.skip(f"no network: {error}")
    gone = []
    for link in sorted(links):
        request = urllib.request.Request(link, headers={"User-Agent": "Mozilla/5.0"})
        try:
            urllib.request.urlopen(request, timeout=20).close()
        except urllib.error.HTTPError as error:
            gone += [link] * (error.code in (404, 410))
        except OSError:
            continue
    assert gone == []


# --- the parts it is made of ---


def test_a_folded_cell_is_closed_its_output_shown_and_no_mark_seen(tmp_path):
    """A page of its own, with the book's settings: today's lessons may have no folded cell."""
    shutil.copytree(ROOT / "docs" / "_static", tmp_path / "_static")
    shutil.copy(ROOT / "docs" / "conf.py", tmp_path)
    (tmp_path / "extra").mkdir()
    (tmp_path / "index.md").write_text("# Small\n\n```{toctree}\nfolded\n```\n")
    text = "# Folded\n\nIt reads 0.957 (0.946 to 0.967)<!-- 01.digits averaged --> of *all*."
    seen = new_output("stream", text="42 seen\n")
    cells = [
        new_markdown_cell(text),
        new_code_cell("drawn = 6 * 7", outputs=[seen], metadata={"tags": ["hide-input"]}),
        new_code_cell("opened = 1"),
    ]
    book = new_notebook(cells=cells, metadata=METADATA)
    nbformat.write(book, tmp_path / "folded.ipynb")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", ".", "out"]
    env = os.environ | {"NEURAL_SPARKS_ROOT": str(ROOT)}
    subprocess.run(command, cwd=tmp_path, check=True, env=env)
    page = Page(tmp_path / "out" / "folded.html")
    (closed,) = re.findall(r"<details.*?</details>", page.text, re.DOTALL)
    assert "Show the code" in closed
    assert ">drawn<" in closed
    assert " open" not in closed.partition(">")[0]
    rest = page.text.replace(closed, "")
    assert "42 seen" in rest
    assert ">opened<" in rest
    assert "0.957 (0.946 to 0.967) of all." in page.says


@pytest.mark.parametrize("name", ["sources", "docstrings"])
def test_the_examples_in_the_tools_hold(name):
    outcome = doctest.testmod(importlib.import_module(f"website.{name}"))
    assert outcome.attempted
    assert outcome.failed == 0


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("[a](01_perceptron.ipynb)", "[a](01_perceptron.ipynb)"),
        ("[a](01_perceptron.ipynb#x)", "[a](01_perceptron.ipynb#x)"),
        ("[a](../README.md)", "[a](../index.md)"),
        ("[a](../INSTRUCTORS.md#grade)", "[a](../instructors.md#grade)"),
        ("[a](../data/README.md)", f"[a]({repository()}/blob/HEAD/data/README.md)"),
        ("[a](../lessonlib/nn)", f"[a]({repository()}/tree/HEAD/lessonlib/nn)"),
        ("[lesson 99](99_no_such.ipynb)", "lesson 99"),
        ("[a](#here) [b](https://x.org)", "[a](#here) [b](https://x.org)"),
        ("`[a](../README.md)` ![p](../README.md)", "`[a](../README.md)` ![p](../README.md)"),
        ("```\n[a](../README.md)\n```", "```\n[a](../README.md)\n```"),
    ],
)
def test_links_are_led_to_their_place_in_the_book(text, made):
    assert relink(text, "notebooks") == made


def test_folded_answers_keep_their_formulas():
    made = unfold("<details><summary>Is $x^2$ even?</summary>\nYes, $(-x)^2 = x^2$.</details>")
    assert "<summary>Is <math" in made
    assert "\n\nYes, $(-x)^2 = x^2$.\n\n</details>" in made


def test_docstrings_become_lists_labels_and_examples():
    text = """Slide.   y = w * x

    The sum goes
    over channels.

    x, w  : (N, C) arrays_
            of numbers
    scale : one number
    Returns y (N,)
    Raises ValueError for `x` of another shape
    Source: Someone 2016, section 9. Taught in notebooks/01_perceptron

    >>> 1 + 1
    2"""
    lines = [line.removeprefix("    ") for line in text.splitlines()]
    made = "\n".join(to_rst(lines))
    assert "   y = w * x" in made
    assert "The sum goes over channels." in made
    assert "- ``x``, ``w``: (N, C) arrays\\_ of numbers" in made.replace("``x, w``", "``x``, ``w``")
    assert "- ``scale``: one number" in made
    assert "**Returns** y (N,)" in made
    assert "**Raises** ValueError for ``x`` of another shape" in made
    assert "**Source** Someone 2016, section 9" in made
    assert "**Taught in** :doc:`/notebooks/01_perceptron`" in made
    assert "   >>> 1 + 1\n   2" in made


def test_the_page_class_sees_what_it_is_there_for(tmp_path):
    file = tmp_path / "x.html"
    file.write_text(
        '<p id="a"><img src="http://x/y.png"><a href="b.html#c">' + html.escape("x < y")
    )
    seen = Page(file)
    assert (seen.links, seen.loads, seen.figures) == (
        ["b.html#c"],
        ["http://x/y.png"],
        [("http://x/y.png", None)],
    )
    assert "a" in seen.anchors
    assert seen.says == "x < y"
