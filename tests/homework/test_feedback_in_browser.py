"""The feedback page in a browser: its formulas are set, and nothing else in it runs."""

import importlib.util
from pathlib import Path

import nbformat
import pytest
from homework_cases.course import MARKS
from playwright.sync_api import Error

from lessonlib.homework.nbgrader.steps import FeedbackExporter

pytestmark = MARKS
CDN = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7"
# As the network's does it: it adds the script that reads the page's own settings
LOADS = f"""const s = document.createElement("script");
s.src = "{CDN}/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full,Safe";
document.head.appendChild(s);"""


def local_mathjax():
    """The folder of MathJax where jupyter_server_mathjax is installed, else None."""
    found = importlib.util.find_spec("jupyter_server_mathjax")
    return Path(found.origin).parent / "static" if found and found.origin else None


def serve(page, folder):
    """Let the page find at the network's address what is in a folder."""

    def answer(route):
        path = route.request.url.split("?")[0].removeprefix(CDN).strip("/")
        if path == "latest.js":
            route.fulfill(body=LOADS, content_type="text/javascript")
        elif (folder / path).is_file():
            route.fulfill(path=folder / path)
        else:
            route.abort()

    page.route("https://cdnjs.cloudflare.com/**", answer)


@pytest.mark.network
def test_formulas_are_set_and_a_script_in_a_text_does_not_run(browser, tmp_path):
    """MathJax comes from the network, or from jupyter_server_mathjax where that is installed."""
    text = "Energy $E = mc^2$:\n\n$$\\frac{a}{b}$$\n\n<script>window.planted = 1</script>"
    text += "<img src=x onerror='window.planted = 2'>"
    tree = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    file = tmp_path / "page.html"
    file.write_text(FeedbackExporter().from_notebook_node(tree)[0])
    page = browser.new_page()
    if folder := local_mathjax():
        serve(page, folder)
    try:
        page.goto(file.as_uri())
        try:
            page.wait_for_function("window.MathJax && MathJax.Hub", timeout=15_000)
        except Error:
            pytest.skip("no MathJax: neither the network's nor jupyter_server_mathjax")
        page.wait_for_function("document.querySelectorAll('.MathJax, .mjx-chtml').length >= 2")
        assert page.evaluate("window.planted") is None
    finally:
        page.close()
