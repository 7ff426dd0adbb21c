"""The web site in a real browser: the book in three sizes and two themes, JupyterLite's start."""

import functools
import http.server
import re
import threading
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from jupyterlite_pyodide_kernel.constants import PYODIDE_LOCK_DEFAULT_URL

SIZES = {"phone": (390, 844), "laptop": (1280, 800), "wide": (1920, 1080)}
LESSON = "notebooks/01_perceptron.html"
PAGES = ("index.html", LESSON, "api/perceptron.html", "instructors.html")
PATIENCE = 120_000


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing; wheels and modules with the types that browsers insist on."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def address(site):
    """The site on a server of its own."""
    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def window(browser, address):
    """A function that opens a page; what the console and the network say is kept and checked."""
    contexts, errors, outside = [], [], []

    def open_page(name, size="laptop", theme="light", **options):
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda r: outside.append(r.url) if _is_outside(r.url, address) else None)
        page.goto(f"{address}/{name}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
    assert outside == []


def _is_outside(url, address):
    return not url.startswith((address, "data:", "blob:"))


def findings(page):
    """What axe-core calls serious or critical."""
    result = Axe().run(page, options={"preload": False})  # it would ask for files that are not
    return [
        f"{one['id']}: {node['target']} {node['html'][:160]}"
        for one in result.response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_windows_of_every_size(window, name):
    page = window(name)
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.locator("article h1").is_visible()
        widest = """() => Math.max(0, ...[...document.querySelectorAll("article img")]
            .map(image => image.getBoundingClientRect().width))"""
        assert page.evaluate(widest) <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(window, name, theme):
    page = window(name, theme=theme)
    page.wait_for_function("document.documentElement.dataset.theme !== undefined")
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert findings(page) == []


def test_the_theme_changes_by_keyboard(window):
    page = window(LESSON)
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.locator("button.theme-switch-button:visible").focus()
    page.keyboard.press("Enter")  # opens a list: as the system is set, light, dark
    choice = page.locator(".theme-change-button:visible", has_text="Dark")
    choice.wait_for()
    choice.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")


def test_the_links_to_run_a_lesson_are_reached_by_keyboard(window):
    page = window(LESSON)
    page.get_by_role("link", name="Open in Binder").focus()
    names = []
    for _ in range(4):
        names.append(page.evaluate("document.activeElement.textContent"))
        page.keyboard.press("Tab")
    assert names == ["Open in Binder", "Open in JupyterLite", "Open in Colab", "Download"]


def test_search_finds_lessons_and_library(window):
    page = window("search.html?q=backpropagation")
    page.locator("#search-results li a").first.wait_for(timeout=PATIENCE)
    found = page.locator("#search-results li a").all_inner_texts()
    assert any("03 · " in title for title in found)


def test_reduced_motion_stops_what_moves(window):
    page = window(LESSON, reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter(node => {
        const style = getComputedStyle(node);
        return style.transitionDuration.split(", ").some(t => parseFloat(t) > 0)
            && style.transitionProperty !== "none";
    }).length"""
    assert page.evaluate(moving) == 0


def test_narrow_windows_open_the_contents_by_keyboard(window):
    page = window(LESSON, "phone")
    button = page.locator("button.primary-toggle:visible").first
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("02 · ")).first.wait_for(state="visible")


# --- JupyterLite ---


@pytest.fixture
def lite(browser, address):
    """A function that opens a lesson in JupyterLite and waits until it is shown."""
    context = browser.new_context()
    pages = []

    def open_lesson(name):
        page = context.new_page()
        pages.append(page)
        page.goto(f"{address}/lite/lab/index.html?path={name}")
        page.locator(".jp-Notebook h1").first.wait_for(timeout=PATIENCE)
        ready = "() => window.jupyterapp?.shell?.currentWidget?.model?.sharedModel"
        page.wait_for_function(ready, timeout=PATIENCE)
        return page

    yield open_lesson
    for page in pages:
        page.close()
    context.close()


def cells(page):
    return page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.model.sharedModel.toJSON().cells"
    )


def test_jupyterlite_shows_a_lesson_with_its_stored_results(lite):
    page = lite("01_perceptron.ipynb")
    shown = cells(page)
    assert "Draw a line" in page.locator(".jp-Notebook h1").first.inner_text()
    code = [cell for cell in shown if cell["cell_type"] == "code"]
    assert "piplite.install" in "".join(code[0]["source"])
    assert not any("\nimport torch" in "\n" + "".join(cell["source"]) for cell in code)
    assert any("image/png" in o.get("data", {}) for cell in code for o in cell["outputs"])
    assert page.locator(".jp-Dialog").count() == 0, "it asks nothing"


@pytest.mark.network
def test_jupyterlite_runs_a_whole_lesson(lite):
    """Python and NumPy come from Pyodide's public network, at run time only."""
    try:
        urllib.request.urlopen(PYODIDE_LOCK_DEFAULT_URL, timeout=10).close()
    except OSError as error:
        pytest.skip(f"Pyodide's network does not answer: {error}")
    page = lite("00_start_here.ipynb")
    page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(
        """() => window.jupyterapp.shell.currentWidget.model.sharedModel.toJSON().cells
            .filter(cell => cell.cell_type === "code" && [...cell.source].length)
            .every(cell => cell.execution_count !== null)""",
        timeout=600_000,
    )
    outputs = [output for cell in cells(page) for output in cell.get("outputs", [])]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    assert any("nearest centroid, test accuracy" in str(output.get("text")) for output in outputs)
